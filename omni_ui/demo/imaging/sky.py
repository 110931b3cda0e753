"""Skies and weather: gradient and sun, moon, stars, clouds, northern lights, rainbow; fog, rain, falling snow."""

import numpy as np
from PIL import Image, ImageDraw

from omni_ui.demo.imaging.canvas import Stage, array, blend, blurred, colours, ease, line, measure, mix, noise, pick

WHITE = np.ones(3, np.float32)


def grid(stage, rows=None):
    """Row and column numbers as float arrays that broadcast to the picture."""
    y = np.arange(rows or stage.height, dtype=np.float32)[:, None]
    return y, np.arange(stage.width, dtype=np.float32)[None, :]


def sky(stage: Stage) -> None:
    """The gradient from zenith to horizon, brighter and warmer around the sun."""
    y, x = grid(stage)
    light, stops = stage.light, len(stage.light.sky)
    place = np.clip(y / max(stage.horizon - stage.peaks, 1), 0, 1) ** 1.25 * (stops - 1)
    index = np.minimum(place.astype(int), stops - 2)[:, 0]
    t = ease(0, 1, place - index[:, None]) * 0.5 + (place - index[:, None]) * 0.5
    column = mix(light.sky[index], light.sky[index + 1], t)[:, None, :]
    far = np.hypot((x - stage.sun[0]) * 0.75, y - stage.sun[1]) / stage.unit
    glow = np.exp(-far * (5.5 if light.dark else 3.2)) * (0.28 if light.dark else 0.55)
    stage.add("sky", mix(column, light.sun, glow[..., None]), np.ones((stage.height, stage.width), np.float32))


def sun(stage: Stage) -> None:
    y, x = grid(stage)
    size = stage.unit * (0.026 if stage.light.height > 0.3 else 0.052)
    far = np.hypot(x - stage.sun[0], y - stage.sun[1]) / size
    cover = ease(1.04, 0.96, far) + 0.5 * np.exp(-np.maximum(far - 1, 0) * 0.55) * (far > 0.96)
    stage.add("sun", mix(stage.light.sun, WHITE, 0.35), np.clip(cover, 0, 1))


def moon(stage: Stage, crescent: bool) -> None:
    y, x = grid(stage)
    size = stage.unit * 0.042
    dx, dy = (x - stage.sun[0]) / size, (y - stage.sun[1]) / size
    far = np.hypot(dx, dy)
    disc = ease(1.03, 0.97, far)
    if crescent:
        disc = disc * ease(0.92, 1.0, np.hypot(dx + 0.42 * stage.side, dy - 0.12))
    seas = noise(stage.rng, stage.height, stage.width, size * 0.9, 3)
    face = mix(WHITE, colours("b9bfd2")[0], ease(0.5, 0.75, seas)[..., None] * 0.5)
    halo = 0.3 * np.exp(-np.maximum(far - 1, 0) * 0.5)
    stage.add("halo", stage.light.sun, np.where(far < 1, 0.3 * (1 - disc) * crescent, halo).astype(np.float32))
    stage.add("moon", face * colours("fbf6e6")[0], disc)


def stars(stage: Stage, rows: int, many=1.0) -> None:
    """Points of unequal brightness, thinner towards the horizon, a few of them with a soft glow."""
    rng, count = stage.rng, int(many * 260 * stage.width * rows / stage.unit**2)
    picture = Image.new("RGBA", (stage.width, rows), (232, 240, 255, 0))  # no dark fringe when it is blurred
    pen = ImageDraw.Draw(picture)
    for _ in range(count):
        x, y, power = rng.random() * stage.width, rng.random() ** 1.3 * rows, rng.random() ** 3
        r = stage.unit / 1000 * (0.45 + 1.1 * power)
        tint = (255, 246, 226) if rng.random() < 0.3 else (222, 234, 255)
        pen.ellipse((x - r, y - r, x + r, y + r), (*tint, int(90 + 165 * power)))
    picture.alpha_composite(blurred(picture, stage.unit / 500))
    stage.put("stars", picture, 0, 0, "twinkle")


def clouds(stage: Stage, amount: float, kind: str) -> None:
    """Cloud from fractal noise, flatter towards the horizon and lit from the sun's side.

    `kind` is "heap" (cumulus), "streak" (high, thin) or "blanket" (overcast).
    """
    rows, light, rng = stage.horizon, stage.light, stage.rng
    if rows < 8 or amount <= 0:
        return
    size = {"heap": (0.1, 0.34), "streak": (0.03, 0.75), "blanket": (0.13, 0.6)}[kind]
    spare = max(8, stage.width // 4)
    tall = noise(rng, rows, stage.width + spare, (size[0] * stage.unit, size[1] * stage.unit), 7, 0.52)
    share = ease(0, 1, np.arange(spare, dtype=np.float32) / spare)
    tall[:, :spare] = mix(tall[:, stage.width :], tall[:, :spare], share)  # so that a clip can drift it round for ever
    height = np.linspace(1, 0, rows, dtype=np.float32)
    take = ((rows - 1) * (1 - np.log1p(height * 6) / np.log(7))).astype(int)  # flatter and closer towards the horizon
    cloud = tall[take, : stage.width]
    if kind == "heap":  # gathers the heaps in banks, with open sky between them
        bank = noise(rng, rows, stage.width, (0.25 * stage.unit, 0.8 * stage.unit), 2)
        cloud = cloud + 0.45 * (bank - 0.5)
    low = float(np.quantile(cloud[::4, ::4], 1 - amount))
    cover = ease(low, low + (0.12 if kind == "heap" else 0.3), cloud)
    step = max(2, int(stage.unit * 0.016))
    up = step if light.height > 0.2 else -step // 2
    other = np.roll(np.pad(cloud, ((step, step), (0, 0)), mode="edge"), -stage.side * step, 1)[step - up :][:rows]
    lit = np.clip(0.56 + (cloud - other) * (3.2 if kind == "heap" else 1.6) - (cloud - low) * 0.75, 0, 1)
    y, x = grid(stage, rows)
    far = np.exp(-np.hypot(x - stage.sun[0], y - stage.sun[1]) / stage.unit * 2.2)
    bright = mix(light.sun, light.lit * 0.5 + light.sky[-1] * 0.5, (1 - far)[..., None] * 0.65)
    dark = mix(light.shade * 0.55 + light.sky[1] * 0.45, light.sky[-2], 0.3)
    if light.dark:
        bright, dark = mix(light.sky[-1], light.lit, 0.5), light.sky[2] * 0.75
    colour = mix(dark, bright, lit[..., None])
    colour = mix(light.sky[-1], colour, ease(0, 0.5, height)[:, None, None] * 0.75 + 0.25)
    cover *= mix(0.35, 1, ease(0.0, 0.3, height))[:, None] * {"heap": 0.96, "streak": 0.8, "blanket": 0.9}[kind]
    stage.add("clouds", colour, cover, motion="drift", rate=0.012)


def lightning(stage: Stage) -> None:
    """One forked bolt from the clouds to the horizon, and the sky lit up around it."""
    rng, unit = stage.rng, stage.unit
    picture = Image.new("L", (stage.width, stage.height))
    pen = ImageDraw.Draw(picture)

    def bolt(x, y, end, wide):
        points = [(x, y)]
        while y < end:
            x, y = x + rng.normal() * unit * 0.016, y + unit * rng.uniform(0.01, 0.03)
            points.append((x, min(y, end)))
            if wide > unit * 0.0025 and rng.random() < 0.14:
                bolt(x, y, y + unit * rng.uniform(0.06, 0.16), wide * 0.5)
        pen.line(points, 255, max(1, round(wide)), "curve")

    bolt(stage.width * (0.5 + stage.side * rng.uniform(0.12, 0.3)), stage.horizon * 0.1, stage.horizon, unit * 0.005)
    for radius, strength in ((0.05, 2.2), (0.008, 1.6), (0.0008, 1.2)):
        veil = array(blurred(picture, unit * radius))
        stage.add("lightning", colours("e8ecff")[0], np.clip(veil * strength, 0, 1), motion="twinkle")


def aurora(stage: Stage) -> None:
    """Three curtains of light whose rays fade upwards from green to violet."""
    rows, rng = stage.horizon, stage.rng
    y, _ = grid(stage, rows)
    glow, high = np.zeros((rows, stage.width), np.float32), np.zeros((rows, stage.width), np.float32)
    for k in range(3):
        swing = line(rng, stage.width, stage.unit * rng.uniform(0.5, 0.9), 3, 0.4) - 0.5
        foot = rows * (0.5 + 0.13 * k) + swing * rows * 0.75
        rays = line(rng, stage.width, stage.unit * 0.05, 4, 0.6)
        strength = line(rng, stage.width, stage.unit * 0.5, 2)
        reach = rows * (0.14 + 0.3 * np.clip(rays, 0, 1)) * (1.05 - 0.2 * k)
        rise = (foot[None, :] - y) / reach[None, :]
        veil = np.exp(np.where(rise > 0, -rise * 1.7, rise * 16)) * ease(0.25, 0.75, strength)[None, :]
        glow += veil * (0.55 + 0.6 * rays[None, :]) * 0.95
        high += veil * np.clip(rise, 0, 2.2)
    tint = np.clip(high / (glow + 1e-3) * 0.75, 0, 1)[..., None]
    hue = colours(pick(rng, ["4ff0a0 6a8cf0", "5cf2b8 b066e6", "7af08c e06ab8"]))
    stage.add("aurora", mix(hue[0], hue[1], tint), np.clip(1 - np.exp(-glow * 1.2), 0, 0.92), motion="sway", rate=0.15)


def rainbow(stage: Stage) -> None:
    y, x = grid(stage, stage.horizon)
    centre = stage.width * (0.5 - 0.2 * stage.side)
    far = np.hypot(x - centre, y - stage.horizon * 1.15) / (stage.unit * 0.62)
    band = np.clip((1.06 - far) / 0.12, 0, 1)
    hues = colours("e8604c f2a44c f4e06a 7fd07a 5aa6e0 8a6cd0")
    stage.add("rainbow", blend(hues, band), np.clip(np.sin(band * np.pi), 0, 1) ** 0.7 * 0.42)


def fog(stage: Stage) -> None:
    """Banks of mist, thickest at the horizon."""
    y, _ = grid(stage)
    bank = noise(stage.rng, stage.height, stage.width, (stage.unit * 0.1, stage.unit * 0.7), 4)
    near = np.exp(-((np.abs(y - stage.horizon * 1.04) / (stage.height * 0.23)) ** 1.4))
    cover = np.clip(near * (0.35 + bank) * 0.75, 0, 0.9)
    stage.add("fog", mix(stage.light.haze, stage.light.sky[-1], 0.4), cover, motion="drift", rate=0.012)


def rain(stage: Stage) -> None:
    stage.put("rain", streaks(stage.width, stage.height, stage.rng), 0, 0, "fall", 1.6)


def streaks(width, height, rng, many=1.0) -> Image.Image:
    """Slanting rain, near drops long and clear, far ones short and faint."""
    tint, unit = (226, 234, 246), measure(width, height)
    picture = Image.new("RGBA", (width, height), (*tint, 0))
    pen = ImageDraw.Draw(picture)
    for _ in range(int(many * 620 * width * height / unit**2)):
        near = rng.random() ** 2
        length = unit * (0.018 + 0.05 * near)
        x, y = rng.random() * width, rng.random() * height - length / 2
        wide = max(1, round(unit / 1000 * (0.6 + 1.3 * near)))
        pen.line((x, y, x - length * 0.16, y + length), (*tint, int(46 + 86 * near)), wide)
    return blurred(picture, unit / 2200)


def snowfall(stage: Stage) -> None:
    stage.put("snowfall", flakes(stage.width, stage.height, stage.rng), 0, 0, "fall", 0.14)


def flakes(width, height, rng, many=1.0) -> Image.Image:
    """Falling snow: many small far flakes and a few large soft ones."""
    unit, whole = measure(width, height), Image.new("RGBA", (width, height), (255, 255, 255, 0))
    for share, size, blur, strength in ((420, 1.3, 0.4, 200), (120, 2.6, 0.9, 215), (22, 6.5, 3.0, 150)):
        picture = Image.new("RGBA", (width, height), (255, 255, 255, 0))
        pen = ImageDraw.Draw(picture)
        for _ in range(int(many * share * width * height / unit**2)):
            x, y, r = rng.random() * width, rng.random() * height, unit / 1000 * size * rng.uniform(0.6, 1.3)
            pen.ellipse((x - r, y - r, x + r, y + r), (255, 255, 255, strength))
        whole.alpha_composite(blurred(picture, blur * unit / 1000))
    return whole
