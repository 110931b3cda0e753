"""Trees, flowers and grass: firs and broad trees as cut-outs with a light side, rows of them, flowers, tufts."""

import numpy as np
from PIL import Image, ImageDraw

from omni_ui.demo.imaging.canvas import Stage, blend, colours, cutout, ease, inside, mix, noise, pick, rgb

GREENS = ["7fae55 5f9a4e 3f7d49 2c5f43", "9bb85a 7aa54f 4f8748 35663f", "a9b565 86a356 5b8a52 3c6a4a"]
AUTUMN = ["e8a33c d97a30 b4502c 7a3a2c", "f0c04a e28c34 c25a30 84402e"]
FLOWERS = ["f2e26a ffffff e85d4a", "b48ae0 8a6ad0 f0c8f0", "e8483c f07a4a ffd9a0", "f58ab0 ffd0de fff2a0"]


def conifer(rng, tall: int, light, side: int, palette: np.ndarray, snow: float) -> Image.Image:
    """A fir: ragged tiers, light on the sun's side, each tier shading the one below it."""
    wide = max(6, int(tall * 0.46))
    y = np.linspace(0, 1, tall, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    tiers = rng.integers(7, 10)
    phase = (np.clip(y - 0.02, 0, 1) ** 0.85 * tiers + np.abs(x) * 0.5) % 1
    ragged = noise(rng, tall, wide, (tall * 0.03, tall * 0.03), 3, 0.7) - 0.5
    reach = np.clip(y * 0.96 - 0.01, 0, 1) ** 0.9 * (0.62 + 0.36 * phase) + ragged * 0.22 * (0.3 + y)
    cover = ease(0.0, 0.07, reach - np.abs(x)) * (y < 0.93)
    trunk = (np.abs(x) < 0.06) & (y >= 0.9)
    k = np.clip(0.42 + x * side * 0.55 + (phase - 0.55) * 0.75 + ragged * 1.3, 0, 1)
    albedo = mix(palette[3] * 0.8, palette[1] * 0.9, k[..., None])
    white = ease(0.1, 0.35, (phase - 0.45) * snow + ragged * 0.7 + k * 0.25 - (1 - snow))[..., None] * (snow > 0)
    albedo = mix(albedo, colours("f2f6ff")[0], white)
    albedo = np.where(trunk[..., None], colours("4a3528")[0], albedo)
    return cutout(light.on(albedo, k), np.maximum(cover, trunk))


def leafy(rng, tall: int, light, side: int, palette: np.ndarray, trunk="5b4334") -> Image.Image:
    """A broad tree: trunk and boughs, then leaves in many dabs from the shaded under-side to the lit crown."""
    size = tall * 2
    picture = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(picture)
    bark, mid = rgb(light.on(colours(trunk)[0], 0.35)), size / 2
    shape = ((0.458, 1), (0.48, 0.55), (0.52, 0.55), (0.542, 1))
    pen.polygon([(x * size, y * size) for x, y in shape], bark)
    clumps = []
    for angle in np.linspace(-1.25, 1.25, 7) + rng.uniform(-0.15, 0.15, 7):
        reach = size * rng.uniform(0.2, 0.33)
        end = mid + np.sin(angle) * reach * 1.05, 0.52 * size - np.cos(angle) * reach * 0.85
        bough = [(mid, 0.66 * size), (mid * 0.4 + end[0] * 0.6, 0.2 * size + end[1] * 0.62), end]
        pen.line(bough, bark, max(1, int(size * 0.017)))
        clumps.append((*end, size * rng.uniform(0.13, 0.18)))
    for _ in range(6):
        x, y, r = (rng.uniform(*span) for span in ((-0.16, 0.16), (0.22, 0.46), (0.11, 0.17)))
        clumps.append((mid + size * x, size * y, size * r))
    clumps.sort(key=lambda clump: -clump[1])
    fine = float(np.clip((tall / 200) ** 0.6, 0.8, 1.8))
    cx, cy, r = np.repeat(np.array(clumps), int(46 * fine**2), 0).T
    a, d = rng.uniform(0, 2 * np.pi, cx.size), r * np.sqrt(rng.random(cx.size))
    dx, dy = np.cos(a) * d, np.sin(a) * d * 0.82
    k = ((dx * side - dy * 1.25) / r + 1) * 0.3 + (1 - cy / size) * 0.42
    order = np.argsort(k + rng.uniform(-0.16, 0.16, k.size))
    k = np.clip(k + rng.uniform(-0.12, 0.12, k.size), 0, 1)
    tones = np.clip(light.on(blend(palette, 1 - k), k * 1.2), 0, 1) * 255
    wide = size * rng.uniform(0.014, 0.027, k.size) / fine
    boxes = np.stack([cx + dx - wide * 1.15, cy + dy - wide * 0.85, cx + dx + wide * 1.15, cy + dy + wide * 0.85], 1)
    for box, tone in zip(boxes[order].tolist(), tones[order].astype(int).tolist(), strict=True):
        pen.ellipse(box, tuple(tone))
    return picture.resize((tall, tall), Image.Resampling.LANCZOS)


def hazed(picture: Image.Image, stage: Stage, haze: float) -> Image.Image:
    """The cut-out faded towards the haze, as things far away are."""
    out = Image.blend(picture.convert("RGB"), Image.new("RGB", picture.size, rgb(stage.light.haze)), haze)
    out.putalpha(picture.getchannel("A"))
    return out


def tree_row(stage: Stage, foot, tall: float, haze: float, kinds: list[Image.Image], gap: float, hole=None) -> None:
    """A row of trees along `foot` (a row number, or one per column); `hole` (two shares of the width) stays open."""
    foot = np.broadcast_to(np.asarray(foot, np.float32), stage.width)
    picture, x = Image.new("RGBA", (stage.width, stage.height)), -tall * 0.3
    faded = [hazed(kind, stage, haze) for kind in kinds]
    while x < stage.width + tall * 0.3:
        size = max(4, int(tall * stage.rng.uniform(0.7, 1.12)))
        tree = faded[int(stage.rng.integers(len(kinds)))]
        if not (hole and hole[0] < x / stage.width < hole[1]):
            tree = tree.resize((max(2, size * tree.width // tree.height), size), Image.Resampling.LANCZOS)
            ground = foot[int(np.clip(x, 0, stage.width - 1))]
            tree, *corner = inside(tree, int(x - tree.width / 2), int(ground - size * 0.96), *picture.size)
            picture.alpha_composite(tree, tuple(corner))
        x += tall * gap * stage.rng.uniform(0.55, 1.45)
    stage.put("trees", picture, 0, 0)


def flowers(stage: Stage, top: float) -> None:
    """Flowers on the near ground, larger and sparser towards us."""
    rng, unit = stage.rng, stage.unit
    picture = Image.new("RGBA", (stage.width, stage.height))
    pen = ImageDraw.Draw(picture)
    hues = colours(pick(rng, FLOWERS))
    depth = np.sort(rng.random(int(700 * stage.width / unit)) ** 0.7)
    for d in depth:
        y = top + (stage.height - top) * d
        x, r = rng.random() * stage.width, unit * (0.0022 + 0.0075 * d * d) * rng.uniform(0.7, 1.2)
        tone = rgb(stage.light.on(pick(rng, hues), rng.uniform(0.5, 1)))
        stem = rgb(stage.light.on(colours("3f6a3a")[0], 0.5))
        pen.line((x, y, x + r * 0.4, y + r * 3.5), stem, max(1, int(r * 0.4)))
        for a in np.arange(5) * 1.2566 + rng.random():
            px, py = x + np.cos(a) * r * 0.75, y + np.sin(a) * r * 0.5
            pen.ellipse((px - r * 0.62, py - r * 0.5, px + r * 0.62, py + r * 0.5), tone)
        pen.ellipse((x - r * 0.35, y - r * 0.3, x + r * 0.35, y + r * 0.3), (250, 214, 96))
    stage.put("flowers", picture, 0, 0)


def tufts(stage: Stage, left, foot, width, tall) -> None:
    """Grass that grows up in front of the feet."""
    rng, light = stage.rng, stage.light
    high = tall * 0.07
    picture = Image.new("RGBA", (int(width * 1.3) + 2, int(high * 3) + 2))
    pen = ImageDraw.Draw(picture)
    for x in rng.uniform(0, picture.width, int(60 + width / stage.unit * 260)):
        edge = 1 - abs(x / picture.width - 0.5) * 1.7
        y, reach = high * rng.uniform(2.0, 2.5), high * rng.uniform(0.35, 1.05) * edge
        tone = pick(rng, stage.ground)
        lean = rng.normal() * reach * 0.35
        shape = [(x - high * 0.06, y), (x + high * 0.06, y), (x + lean, y - max(reach, 1))]
        pen.polygon(shape, rgb(light.on(tone, rng.uniform(0.25, 0.9))))
    stage.put("grass", picture, left - width * 0.15, foot - high * 2.2)
