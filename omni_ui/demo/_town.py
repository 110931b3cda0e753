"""Streets and the houses along them."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from omni_ui.demo._canvas import Stage, colours, ease, mix, noise


def buildings(
    stage: Stage, foot: int, height: float, haze: float, hues: np.ndarray, signs: np.ndarray | None, gap=0.0
) -> None:
    """A row of houses and towers, each with a lit and a shaded side and rows of windows; `gap` opens the middle."""
    rng, unit, light = stage.rng, stage.unit, stage.light
    picture = Image.new("RGBA", (stage.width, foot + 2))
    glow = Image.new("RGBA", picture.size)
    pen, shine = ImageDraw.Draw(picture), ImageDraw.Draw(glow)
    haze_colour = mix(light.haze, light.sky[-1], 0.3)

    def paint(albedo, k, fade=0.0):
        return tuple((np.clip(mix(light.on(albedo, k), haze_colour, min(1, haze + fade)), 0, 1) * 255).astype(int))

    x = -unit * 0.05
    while x < stage.width:
        side = abs((x + unit * 0.05) / stage.width - 0.5) * 2
        wide = unit * rng.uniform(0.055, 0.13)
        tall = height * rng.uniform(0.35, 1.0) * (0.55 + 0.6 * side if gap else 1.15 - 0.55 * side)
        if side < gap or rng.random() < 0.04:
            x += wide * 0.7
            continue
        top, hue = foot - tall, hues[int(rng.integers(len(hues)))]
        lit, dark, split = 0.85, 0.12, x + wide * (0.3 if stage.side > 0 else 0.7)
        pen.rectangle((x, top, x + wide, foot + 2), paint(hue, lit if stage.side > 0 else dark))
        pen.rectangle((x, top, split, foot + 2), paint(hue, dark if stage.side > 0 else lit))
        cap = rng.random()
        if cap < 0.3:
            inset = wide * rng.uniform(0.15, 0.3)
            pen.rectangle((x + inset, top - tall * 0.09, x + wide - inset, top), paint(hue, 0.5))
            pen.line((x + wide / 2, top - tall * 0.24, x + wide / 2, top), paint(hue, 0.2), max(1, int(unit * 0.0025)))
        elif cap < 0.45:
            pen.polygon(
                [(x, top), (x + wide, top), (x + wide * (0.9 if stage.side > 0 else 0.1), top - tall * 0.12)],
                paint(hue, 0.6),
            )
        cell = max(unit * 0.0125 * (1.1 - 0.4 * haze), 3)
        for row in np.arange(top + cell, foot - cell, cell * 1.55):
            for column in np.arange(x + cell * 0.6, x + wide - cell * 0.8, cell * 1.25):
                on = rng.random() < (0.42 if light.dark or light.height < 0 else 0.06)
                if on:
                    warm = colours("ffd98a ffbf66 fff1c4 9fe4ff")[int(rng.choice(4, p=(0.4, 0.3, 0.2, 0.1)))]
                    colour = tuple((mix(warm, haze_colour, haze * 0.6) * 255).astype(int))
                else:
                    colour = paint(mix(hue * 0.55, light.sky[1], 0.35), 0.55)
                pen.rectangle((column, row, column + cell * 0.62, row + cell * 0.85), colour)
                if on and light.dark:
                    shine.rectangle((column, row, column + cell * 0.62, row + cell * 0.85), (*colour, 150))
        if signs is not None and haze < 0.55 and rng.random() < 0.75:
            neon = tuple((signs[int(rng.integers(len(signs)))] * 255).astype(int))
            sx, sy = x + wide * rng.uniform(0.08, 0.7), top + tall * rng.uniform(0.1, 0.45)
            upright = rng.random() < 0.65
            box = (
                sx,
                sy,
                sx + unit * (0.018 if upright else 0.06),
                sy + unit * (rng.uniform(0.08, 0.16) if upright else 0.022),
            )
            for target, strength in ((pen, 255), (shine, 255)):
                target.rounded_rectangle(box, unit * 0.006, (*neon, strength))
            pen.rounded_rectangle(
                [box[0] + unit * 0.004, box[1] + unit * 0.004, box[2] - unit * 0.004, box[3] - unit * 0.004],
                unit * 0.004,
                tuple(min(255, int(c * 0.4 + 160)) for c in neon),
            )
        x += wide * rng.uniform(0.85, 1.1)
    if light.dark:
        for radius in (0.02, 0.006):
            picture.alpha_composite(glow.filter(ImageFilter.GaussianBlur(unit * radius)))
    stage.put("buildings", picture, 0, 0)


def street(stage: Stage, wet: float) -> None:
    """A pavement and a road across the picture; `wet` 0..1 mirrors what stands behind it."""
    rng, unit, top = stage.rng, stage.unit, stage.horizon
    rows = stage.height - top
    behind = stage.behind()
    d = np.arange(rows, dtype=np.float32)[:, None]
    share = d / rows
    rough = noise(rng, rows, stage.width, (unit * 0.006, unit * 0.05), 4, 0.7) - 0.5
    path = ease(0.16, 0.15, share)[..., None]
    albedo = mix(colours("6a6874")[0], colours("b4aca4")[0], path) * (1 + rough[..., None] * 0.22)
    colour = stage.light.on(albedo, 0.75 - 0.3 * share)
    from_row = np.clip(top - d * 1.3 - rough * unit * 0.06, 0, max(top - 1, 0)).astype(np.int32)
    from_column = np.clip(np.arange(stage.width) + rough * unit * 0.05, 0, stage.width - 1).astype(np.int32)
    colour = mix(colour, behind[from_row, from_column], wet * (0.6 + rough[..., None]))
    kerb = np.exp(-(((share - 0.165) / 0.008) ** 2))[..., None]
    colour = mix(colour, stage.light.on(colours("ded8cc")[0], 0.8), kerb * 0.8)
    x = np.arange(stage.width, dtype=np.float32)[None, :] / unit
    dash = ease(0.3, 0.34, (x * 4) % 1) * np.exp(-(((share - 0.66) / 0.014) ** 4))
    colour = mix(colour, stage.light.on(colours("efe6cc")[0], 0.8), dash[..., None] * 0.75)
    stage.add("street", colour, np.ones((rows, stage.width), np.float32), top)
