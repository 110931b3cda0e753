"""Land and water: mountain ranges, hills, dunes, cliffs, beaches, and water that mirrors what stands behind it."""

import numpy as np

from omni_ui.demo.imaging.canvas import Stage, blend, colours, ease, line, mix, noise

SNOW = "fbfcff eef3fb dfe8f5 cfdcef"
SAND = ["f3d3a0 e9bb80 d99e68 b87a58", "f4c89a e8a878 cc805c a05a50"]


def below(stage, top: np.ndarray, spare=1.0):
    """What lies under the line `top` (a row number per column): its first row, the depth, the soft-edged cover."""
    start = int(np.clip(top.min() - spare, 0, stage.height - 1))
    y = np.arange(start, stage.height, dtype=np.float32)[:, None]
    depth = y - top[None, :].astype(np.float32)
    return start, depth, np.clip(depth + 0.5, 0, 1)


def mountains(stage: Stage, base, height: float, haze: float, snowline: float, rock: np.ndarray, peaks=3) -> None:
    """A range of peaks with lit and shaded faces; `haze` 0..1 fades it, snow lies above `snowline` (0 foot, 1 top)."""
    rng, width, unit = stage.rng, stage.width, stage.unit
    x = np.arange(width, dtype=np.float32)
    top = np.zeros(width, np.float32)
    for k in range(peaks + 2):
        centre = (k - 0.5 + rng.uniform(-0.3, 0.3)) / peaks * width
        tall, slope = height * rng.uniform(0.62, 1.0), rng.uniform(0.5, 0.8)
        top = np.maximum(top, tall - np.abs(x - centre) * slope * (1 + 0.25 * np.sign(x - centre) * stage.side))
    rough = line(rng, width, unit * 0.16, 7, 0.55) - 0.5
    top = np.maximum(top + rough * height * 0.3, height * 0.1 + rough * height * 0.2)
    ridge = base - top
    start, depth, cover = below(stage, ridge)
    rows = len(depth)
    warp = noise(rng, rows, width, (unit * 0.22, unit * 0.09), 6, 0.6) - 0.5
    slopes = [np.gradient(_soften(ridge, n)) for n in (max(2, int(unit * 0.012)), max(3, int(unit * 0.05)))]
    take = np.clip(x[None, :] + warp * np.minimum(depth * 1.3 + 4, unit * 0.35), 0, width - 1).astype(np.int32)
    facing = mix(slopes[0][take], slopes[1][take], np.clip(depth / (height * 0.5), 0, 1)) * -stage.side
    lit = ease(-0.22, 0.3, facing + warp * 0.35)
    level = np.clip(1 - (start + np.arange(rows, dtype=np.float32) - (base - height))[:, None] / height, 0, 1)
    snow = ease(-0.03, 0.05, level + warp * 0.35 + facing * -0.05 - snowline)[..., None]
    albedo = mix(rock, np.array((0.96, 0.97, 1.0), np.float32), snow)
    colour = stage.light.on(albedo, lit * 0.92 + 0.08)
    fade = np.clip(haze + (1 - haze) * 0.55 * (1 - level) ** 1.5, 0, 1)[..., None]
    stage.add("mountains", mix(colour, stage.light.haze, fade), cover, start)


def _soften(values, n):
    padded = np.pad(values, n, mode="edge")
    return np.convolve(padded, np.ones(2 * n + 1, np.float32) / (2 * n + 1), "valid")


def far_ridge(stage: Stage, base: float, height: float, haze: float, albedo) -> None:
    """A soft, far line of hills or an island chain."""
    top = base - height * (0.35 + line(stage.rng, stage.width, stage.unit * 0.5, 6, 0.45))
    start, depth, cover = below(stage, top)
    fade = np.clip(haze + depth / height * 0.25, 0, 0.96)[..., None]
    stage.add("far hills", mix(stage.light.on(albedo, 0.45), stage.light.haze, fade), cover, start)


def hill(stage: Stage, base: float, height: float, haze: float, palette: np.ndarray) -> np.ndarray:
    """A rolling hill, light on the sun's side; returns its top row for every column, to stand things on."""
    rng, unit = stage.rng, stage.unit
    top = base - height * np.clip(line(rng, stage.width, unit * 0.9, 3, 0.35) * 1.6 - 0.3, -0.2, 1.3)
    start, depth, cover = below(stage, top, 2)
    rows = len(depth)
    slope = np.gradient(_soften(_soften(top, max(2, int(unit * 0.05))), max(2, int(unit * 0.05)))) * -stage.side
    near = np.clip(depth / (unit * 0.5), 0, 1)
    rough = 0.3 if palette.min() > 0.7 else 1.0  # snow lies smoother than grass
    patch = noise(rng, rows, stage.width, (unit * 0.03, unit * 0.3), 4, 0.5) - 0.5
    tufts = noise(rng, rows, stage.width, (unit * 0.009, unit * 0.014), 3, 0.6) - 0.5
    k = 0.64 + slope[None, :] * 1.8 - near * 0.42 + (patch * 0.75 + tufts * (0.12 + 0.4 * near) * (1 - haze)) * rough
    k = np.clip(k, 0, 1)
    colour = stage.light.on(blend(palette, 1 - k), np.clip(k * 1.15, 0, 1))
    rim = np.exp(-np.abs(depth) / (unit * 0.006)) * 0.22 * (1 - haze)
    colour = mix(colour, stage.light.sun * 0.9, rim[..., None] * (0.4 if stage.light.dark else 1))
    stage.add("hill", mix(colour, stage.light.haze, haze), cover, start)
    return top


def dunes(stage: Stage, base: float, height: float, haze: float, palette: np.ndarray) -> None:
    """A dune with a sharp crest: a lit windward face, a shaded slip face that starts at the winding crest line."""
    rng, unit, width = stage.rng, stage.unit, stage.width
    wave = line(rng, width, unit * 0.6, 2, 0.22)
    top = base - height * (1.05 - np.abs(2 * np.clip(wave, 0, 1) - 1) * 1.1)
    start, depth, cover = below(stage, top, 2)
    rows = len(depth)
    x = np.arange(width, dtype=np.float32)
    curl = np.sin(np.clip(depth, 0, None) / unit * 9 + rng.uniform(0, 6)) - np.sin(rng.uniform(0, 6))
    shift = stage.side * (depth * 1.1 + unit * 0.06 * curl * np.clip(depth / (unit * 0.1), 0, 1))
    take = np.clip(x[None, :] + shift, 0, width - 1).astype(np.int32)
    facing = np.gradient(_soften(top, max(1, int(unit * 0.003))))[take] * -stage.side
    lit = ease(-0.03, 0.06, facing + np.clip(depth / unit - 0.1, 0, 1) * 0.35)
    bend = 0.14 * noise(rng, rows, width, unit * 0.2, 3)
    ripple = np.sin((depth / unit + bend) * 320) * 0.035 * (1 - haze)
    near = np.clip(depth / (unit * 0.4), 0, 1)
    albedo = mix(palette[0], palette[2], 0.25 + 0.5 * near[..., None]) * (1 + ripple[..., None])
    shaded = palette[3] * stage.light.shade * 1.35 if stage.light.dark else stage.light.on(palette[3], 0.4)
    colour = mix(shaded, stage.light.on(albedo, 1.0), lit[..., None] * 0.85 + 0.15)
    stage.add("dune", mix(colour, stage.light.haze, haze), cover, start)


def water(stage: Stage, top: int, calm=0.5, tint=None) -> None:
    """Water from row `top` down: a rippled mirror of what is above, darker towards us, with glitter under the sun."""
    rng, unit, width = stage.rng, stage.unit, stage.width
    rows = stage.height - top
    if rows < 2:
        return
    behind = stage.behind()
    d = np.arange(1, rows + 1, dtype=np.float32)[:, None]
    depth = d / max(rows, stage.height * 0.3)
    far = 1 / (depth + 0.09)  # perspective: rows near the horizon show waves from far away
    waves = noise(rng, int(unit * 0.9) + 4, width, (unit * 0.05, unit * 0.32), 6, 0.62) - 0.5
    near = 1 - (far - far.min()) / (far.max() - far.min() + 1e-6)
    take = np.clip((waves.shape[0] - 1) * near**0.8, 0, waves.shape[0] - 1)
    wave = waves[take[:, 0].astype(int)] * (1.15 - 0.9 * calm)
    x = np.arange(width, dtype=np.float32)[None, :]
    from_row = np.clip(top - d * 0.92 - wave * unit * 0.25 * (0.25 + depth), 0, max(top - 1, 0)).astype(np.int32)
    from_column = np.clip(x + wave * unit * 0.12 * (0.3 + depth), 0, width - 1).astype(np.int32)
    mirror = behind[from_row, from_column]
    deep = stage.light.sky[0] * 0.55 + stage.light.sky[1] * 0.3 + 0.02 if tint is None else tint
    colour = mix(mirror, deep, np.clip(0.1 + 0.62 * depth + wave * 0.55, 0.04, 0.82)[..., None])
    swell = np.clip(1.2 - 1.6 * calm, 0, 1)
    colour *= 1 + (wave * 1.3 * swell)[..., None]
    foam = ease(0.13, 0.24, wave + 0.05 * swell) * (1 - 0.6 * calm) * (0.4 + 0.5 * swell)
    colour = mix(colour, mix(stage.light.sky[-1], stage.light.lit, swell * 0.6), foam[..., None])
    path = np.exp(-(((x - stage.sun[0]) / (unit * (0.035 + 0.17 * depth))) ** 2))
    spark = noise(rng, rows, width, (unit * 0.006, unit * 0.03), 3, 0.7)
    glitter = path * ease(0.5, 0.66, spark + wave * 0.5 + 0.06 * (1 - depth))
    glitter *= 0.85 if stage.light.height < 0.3 else 0.45
    colour = mix(colour, stage.light.sun, (path * 0.2)[..., None])
    stage.add("water", colour, np.ones((rows, width), np.float32), top, motion="ripple", rate=1 - calm)
    stage.add("glitter", stage.light.sun, np.clip(glitter, 0, 1), top, motion="twinkle")


def beach(stage: Stage, snowy: bool) -> None:
    """A strip of sand before the water, wet and foaming where the waves run out."""
    rng, unit, width = stage.rng, stage.unit, stage.width
    edge = stage.height - (stage.height - stage.horizon) * 0.42
    x = np.linspace(-1, 1, width)
    line_at = edge + x * stage.side * unit * 0.06 + (line(rng, width, unit * 0.4, 4, 0.4) - 0.5) * unit * 0.12
    start, depth, _ = below(stage, line_at, unit * 0.05)
    ripple = noise(rng, len(depth), width, (unit * 0.014, unit * 0.12), 5, 0.6) - 0.5
    d = depth / unit + ripple * 0.02
    dry = ease(0.03, 0.11, d)[..., None]
    sand = colours("f4f7fc" if snowy else "f0d7a6")[0]
    albedo = mix(sand * np.array((0.72, 0.66, 0.62), np.float32), sand, dry) * (1 + ripple[..., None] * 0.16)
    colour = stage.light.on(albedo, np.clip(0.85 - depth / stage.height * 0.5 + ripple * 0.3, 0, 1))
    colour = mix(colour, stage.light.sky[-2], (1 - dry) * 0.28)
    foam = np.exp(-((d / 0.011) ** 2)) + 0.5 * np.exp(-(((d - 0.025) / 0.006) ** 2))
    colour = mix(colour, mix(stage.light.lit, stage.light.sky[-1], 0.3), np.clip(foam, 0, 1)[..., None] * 0.85)
    stage.add("beach", colour, ease(-0.012, 0.0, d), start)
    stage.bank = edge + (stage.height - edge) * 0.56


def headland(stage: Stage, edge: float, height: float, foot: float, albedo, cap) -> tuple[float, float]:
    """A cliff that falls from one side of the picture into the sea; returns the place near its edge to build on."""
    rng, unit, width = stage.rng, stage.unit, stage.width
    x = np.arange(width, dtype=np.float32)
    out = (x - edge) * (1 if edge > width / 2 else -1) / unit
    rise = ease(-0.03, 0.08, out + (line(rng, width, unit * 0.12, 5) - 0.5) * 0.1)
    top = foot - height * rise * (0.92 + 0.22 * np.clip(out, 0, 1))
    top += (line(rng, width, unit * 0.1, 5, 0.6) - 0.5) * unit * 0.03
    start, depth, cover = below(stage, top)
    cracks = noise(rng, len(depth), width, (unit * 0.2, unit * 0.035), 6, 0.6) - 0.5
    level = (start + np.arange(len(depth), dtype=np.float32))[:, None]
    foam = foot + (line(rng, width, unit * 0.05, 4) - 0.5) * unit * 0.025
    cover = cover * np.clip(foam[None, :] - level + 0.5, 0, 1) * ease(unit * 0.012, unit * 0.02, foot - top)[None, :]
    lit = np.clip(0.5 + cracks * 2.2 + (0.25 if (edge > width / 2) != (stage.side > 0) else -0.1), 0, 1)
    grass = ease(0.055, 0.02, depth / unit + cracks * 0.06)[..., None]
    colour = stage.light.on(mix(albedo, cap, grass), lit * 0.9 + 0.1 * grass[..., 0])
    wet = ease(unit * 0.05, 0, foam[None, :] - level)[..., None]
    colour = mix(colour * (1 - 0.45 * wet), stage.light.haze, 0.12)
    stage.add("cliff", colour, cover, start)
    place = width - (width - edge) * 0.55 if edge > width / 2 else edge * 0.55
    return place, float(top[int(np.clip(place, 0, width - 1))])
