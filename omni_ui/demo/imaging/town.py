"""Streets and the houses along them."""

import numpy as np
from PIL import Image, ImageDraw

from omni_ui.demo.imaging.canvas import Stage, blurred, colours, ease, mix, noise, pick, rgb


def buildings(stage: Stage, height: float, haze: float, hues: np.ndarray, signs: np.ndarray | None = None, gap=0.0):
    """A row of houses and towers, each with a lit and a shaded side and rows of windows; `gap` opens the middle."""
    rng, unit, light, foot = stage.rng, stage.unit, stage.light, stage.horizon
    picture = Image.new("RGBA", (stage.width, foot + 2))
    glow = Image.new("RGBA", picture.size)
    pen, shine = ImageDraw.Draw(picture), ImageDraw.Draw(glow)
    haze_colour = mix(light.haze, light.sky[-1], 0.3)

    def paint(albedo, k):
        return rgb(mix(light.on(albedo, k), haze_colour, haze))

    x = -unit * 0.05
    while x < stage.width:
        side = abs((x + unit * 0.05) / stage.width - 0.5) * 2
        wide = unit * rng.uniform(0.055, 0.13)
        tall = height * rng.uniform(0.35, 1.0) * (0.55 + 0.6 * side if gap else 1.15 - 0.55 * side)
        if side < gap or rng.random() < 0.04:
            x += wide * 0.7
            continue
        top, hue = foot - tall, pick(rng, hues)
        left, right = (0.12, 0.85) if stage.side > 0 else (0.85, 0.12)
        pen.rectangle((x, top, x + wide, foot + 2), paint(hue, right))
        pen.rectangle((x, top, x + wide * (0.5 - 0.2 * stage.side), foot + 2), paint(hue, left))
        cap = rng.random()
        if cap < 0.3:
            inset = wide * rng.uniform(0.15, 0.3)
            pen.rectangle((x + inset, top - tall * 0.09, x + wide - inset, top), paint(hue, 0.5))
            pen.line((x + wide / 2, top - tall * 0.24, x + wide / 2, top), paint(hue, 0.2), max(1, int(unit * 0.0025)))
        elif cap < 0.45:
            tip = x + wide * (0.5 + 0.4 * stage.side), top - tall * 0.12
            pen.polygon([(x, top), (x + wide, top), tip], paint(hue, 0.6))
        cell = max(unit * 0.0125 * (1.1 - 0.4 * haze), 3)
        for row in np.arange(top + cell, foot - cell, cell * 1.55):
            for column in np.arange(x + cell * 0.6, x + wide - cell * 0.8, cell * 1.25):
                on = rng.random() < (0.42 if light.dark or light.height < 0 else 0.06)
                if on:
                    warm = colours("ffd98a ffbf66 fff1c4 9fe4ff")[int(rng.choice(4, p=(0.4, 0.3, 0.2, 0.1)))]
                    colour = rgb(mix(warm, haze_colour, haze * 0.6))
                else:
                    colour = paint(mix(hue * 0.55, light.sky[1], 0.35), 0.55)
                pane = (column, row, column + cell * 0.62, row + cell * 0.85)
                pen.rectangle(pane, colour)
                if on and light.dark:
                    shine.rectangle(pane, (*colour, 150))
        if signs is not None and haze < 0.55 and rng.random() < 0.75:
            neon = rgb(pick(rng, signs))
            sx, sy = x + wide * rng.uniform(0.08, 0.7), top + tall * rng.uniform(0.1, 0.45)
            across, down = (0.018, rng.uniform(0.08, 0.16)) if rng.random() < 0.65 else (0.06, 0.022)
            box, rim = (sx, sy, sx + unit * across, sy + unit * down), unit * 0.004
            for target in (pen, shine):
                target.rounded_rectangle(box, unit * 0.006, neon)
            inner = (box[0] + rim, box[1] + rim, box[2] - rim, box[3] - rim)
            pen.rounded_rectangle(inner, rim, tuple(min(255, int(c * 0.4 + 160)) for c in neon))
        x += wide * rng.uniform(0.85, 1.1)
    if light.dark:
        for radius in (0.02, 0.006):
            picture.alpha_composite(blurred(glow, unit * radius))
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
