"""Scenes without a landscape: space, underwater, the studio, abstract shapes."""

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from omni_ui.demo.imaging.canvas import Stage, array, blend, blurred, colours, cutout, ease, line, mix, noise, pick, rgb
from omni_ui.demo.imaging.sky import grid, stars

NEBULAE = [
    "060818 1b1650 6a2c8c e0568c ffb48a",
    "04101c 0c3050 1c7088 5cc8b8 f4e6b0",
    "0a0612 341444 8c2a4c e8744a ffd890",
]
SEAS = ["0a3f6a 1370a0 35a8bc a4e4dc", "08305e 1a5fa0 4aa6d0 b8ecee", "064a58 0f7f86 46b8a4 c4ecc8"]
BACKDROPS = [
    "e9d8c4 d8b99a b5764e 7a4a3a",
    "d5e0d8 a9c4b6 5f8f84 33524f",
    "e8d5d3 d3a5a2 a9656d 6a3c4c",
    "dbe2ec a9bcd4 5f7ca8 34466c",
    "efe3c2 e0c07c c08a3c 6e4a28",
]
ABSTRACTS = [
    "f5ecdc e4572e f3a712 29335c 669bbc",
    "f7f3e8 264653 2a9d8f e9c46a e76f51",
    "f3eee4 6d597a b56576 e88c7d eaac8b",
    "eef0e8 1b4965 62b6cb f4a259 bc4b51",
    "f8f1e5 3d405b 81b29a f2cc8f e07a5f",
]
PLANETS = [
    "f3d9b0 d99a66 a8583c f0c48c",
    "b9dcea 5f9cc8 2f5f98 e4f0ee",
    "e4c0e0 a878c0 5c3c88 f0d4e0",
    "cfe6c0 7fb48c 3c7464 eef0d0",
]
CORALS = "f2795f f4a259 e9637f b46cc4 f6c667 ef8fb0"


def space(stage: Stage, planet: bool) -> None:
    rng, unit, shape = stage.rng, stage.unit, (stage.height, stage.width)
    hues = colours(pick(rng, NEBULAE))
    bend = ((noise(rng, *shape, unit * 0.5, 4) - 0.5) * unit * 0.4).astype(int)
    cloud = noise(rng, *shape, unit * 0.65, 7, 0.56)
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    cloud = cloud[np.clip(rows + bend, 0, shape[0] - 1), np.clip(columns - bend, 0, shape[1] - 1)]
    y, x = grid(stage)
    tilt = rng.uniform(-0.5, 0.5)
    band = np.exp(-((((y - shape[0] * 0.48) + (x - shape[1] / 2) * tilt) / (unit * 0.34)) ** 2))
    power = np.clip((cloud - 0.36) * 1.25 * (0.32 + 0.85 * band) + 0.14 * band, 0, 0.97)
    dust = ease(0.52, 0.72, noise(rng, *shape, unit * 0.25, 6, 0.6)) * band * 0.6
    stage.add("nebula", mix(blend(hues, power), hues[0], dust[..., None]), np.ones(shape, np.float32))
    stars(stage, stage.height, 1.9)
    if planet:
        radius = unit * rng.uniform(0.17, 0.22)
        globe(stage, stage.width * (0.5 - 0.22 * stage.side), stage.height * 0.4, radius, rings=False)


def globe(stage: Stage, cx, cy, radius, rings: bool, hue: str | None = None) -> None:
    """A planet in bands, its night side dark, an atmosphere round the lit rim; with rings if asked."""
    rng, reach = stage.rng, 2.5
    n = int(radius * reach * 2)
    v, u = np.mgrid[-reach : reach : n * 1j, -reach : reach : n * 1j].astype(np.float32)
    far = np.hypot(u, v)
    z = np.sqrt(np.clip(1 - far**2, 0, 1))
    cos, sin = np.cos(0.35), np.sin(0.35)
    across, along = v * cos - u * sin, u * cos + v * sin
    swirl = noise(rng, n, n, (radius * 0.12, radius * 0.7), 5) - 0.5
    hues = colours(pick(rng, PLANETS))
    if hue:
        hues = mix(hues, colours(hue), 0.65)
    skin = blend(hues, 0.5 + 0.5 * np.sin(across * 7 + swirl * 2.2 + 2 * np.sin(across * 3)))
    lamp = (0.72 * stage.side, -0.5, 0.48)
    k = ease(-0.1, 0.95, u * lamp[0] + v * lamp[1] + z * lamp[2])
    skin = mix(
        skin * (0.06 + 1.08 * k[..., None]),
        np.array((0.8, 0.92, 1), np.float32),
        (ease(0.35, 0, z) * k)[..., None] * 0.6,
    )
    halo = np.exp(-np.maximum(far - 1, 0) * 11) * np.clip(0.25 + u * lamp[0] + v * lamp[1], 0, 1) * 0.5

    def lay(name, colour, cover):
        colour = np.broadcast_to(colour, (n, n, 3)) + rng.random((n, n, 1)) * 0.0039  # dithered: no bands
        stage.put(name, cutout(colour, cover), cx - n / 2, cy - n / 2)

    lay("atmosphere", mix(hues[3], 1, 0.4), halo * (far >= 1))
    edge = ease(1, 1 - 2.5 / radius, far)
    if not rings:
        lay("planet", skin, edge)
        return
    r = np.hypot(along, across / 0.26)
    grooves = 0.55 + 0.45 * np.sin(r * 34 + 3 * np.sin(r * 11))
    cover = ease(1.3, 1.36, r) * ease(2.3, 2.24, r) * (0.35 + 0.6 * grooves)
    cover *= np.where((r > 1.86) & (r < 1.93), 0.15, 1)
    shadow = (u * lamp[0] + v * lamp[1] < -0.15) & (np.abs(u * lamp[1] - v * lamp[0]) < 0.88)
    dust = mix(hues[0], hues[1], grooves[..., None] * 0.6) * np.where(shadow & (across < 0), 0.3, 1.0)[..., None]
    lay("rings", dust, cover * (across < 0))
    lay("planet", skin * (1 - 0.5 * ease(0.06, 0.02, np.abs(across + 0.16)) * k)[..., None], edge)
    lay("rings", dust, cover * (across >= 0))


def underwater(stage: Stage) -> None:
    rng, unit, shape = stage.rng, stage.unit, (stage.height, stage.width)
    hues = colours(pick(rng, SEAS))
    y, x = grid(stage)
    depth = np.clip(y / shape[0] + np.abs(x / shape[1] - 0.5 - 0.12 * stage.side) * 0.35, 0, 1)
    stage.add("sea", blend(hues, (1 - depth) ** 1.2), np.ones(shape, np.float32))
    angle = np.arctan2(x - shape[1] * (0.5 + 0.14 * stage.side), y + shape[0] * 0.45)
    fans = line(rng, 2048, 120, 5, 0.6)
    ray = ease(0.5, 0.85, fans[np.clip((angle + 0.9) / 1.8 * 2047, 0, 2047).astype(int)])
    stage.add("rays", hues[3], ray * np.exp(-y / shape[0] * 2.2) * 0.5, motion="sway", rate=0.25)
    for k, (level, haze) in enumerate(((0.66, 0.72), (0.76, 0.45), (0.87, 0.1))):
        reef(stage, level * shape[0], unit * (0.16 + 0.04 * k), haze, hues)
    bubbles = Image.new("RGBA", (stage.width, stage.height))
    pen = ImageDraw.Draw(bubbles)
    for _ in range(4):
        bx, by = rng.uniform(0.08, 0.92) * stage.width, rng.uniform(0.3, 0.8) * stage.height
        for _ in range(9):
            r = unit * rng.uniform(0.002, 0.007)
            cx, cy = bx + rng.normal() * unit * 0.02, by - rng.uniform(0, 0.3) * unit
            box = (cx - r, cy - r, cx + r, cy + r)
            pen.ellipse(box, (230, 250, 252, 46), (236, 252, 255, 170), max(1, int(unit / 700)))
    stage.put("bubbles", bubbles, 0, 0, "fall", -0.05)


def reef(stage: Stage, base: float, height: float, haze: float, sea: np.ndarray) -> None:
    """A bank of rock with fans, brain corals, tubes and weed."""
    rng, unit = stage.rng, stage.unit
    bank = base - height * 0.5 * (line(rng, stage.width, unit * 0.5, 5) - 0.3)
    picture = Image.new("RGBA", (stage.width, stage.height))
    pen = ImageDraw.Draw(picture)
    dim, hues = mix(sea[1], sea[2], 0.35), colours(CORALS)

    def tone(colour, k):
        return rgb(mix(colour * (0.55 + 0.6 * k), dim, haze))

    for x in np.arange(0, stage.width, unit * 0.055):
        x = x + rng.uniform(-0.03, 0.03) * unit
        foot = float(bank[int(np.clip(x, 0, stage.width - 1))]) + unit * 0.012
        hue, kind, tall = pick(rng, hues), rng.random(), height * rng.uniform(0.35, 0.9)
        if kind < 0.34:
            lean = -np.pi / 2 + rng.uniform(-0.2, 0.2)
            branch(pen, x, foot, lean, tall * 0.36, unit * 0.011, rng, 4, lambda k, hue=hue: tone(hue, k))
        elif kind < 0.6:
            r = tall * 0.33
            for i in range(10):
                q, cx, cy = r * (1 - i / 10), x + r * 0.03 * i * stage.side, foot - r * (0.3 + 0.05 * i)
                pen.ellipse((cx - q, cy - q * 0.85, cx + q, cy + q * 0.85), tone(hue, 0.25 + i * 0.085))
        elif kind < 0.76:
            r = unit * 0.006
            for i in rng.permutation(5):
                tx, top = x + (i - 2) * r * 2, foot - tall * rng.uniform(0.3, 0.85)
                pen.rounded_rectangle((tx - r, top, tx + r, foot + r * 3), r * 0.9, tone(hue, 0.45 + 0.12 * i))
                pen.ellipse((tx - r, top - r * 0.5, tx + r, top + r * 0.9), tone(hue, 0.1))
        else:
            weed, t = pick(rng, colours("4f9a5c 7fb04f 3a8a72")), np.linspace(0, 1, 12)
            for i in range(4):
                lean, length = rng.uniform(-1, 1) * unit * 0.03, tall * rng.uniform(0.8, 1.5)
                sway = np.sin(t * 5 + i) * unit * 0.008 * t * 2 + lean * t * t
                points = list(zip(x + (i - 1.5) * unit * 0.013 + sway, foot - t * length, strict=True))
                for j in range(11):
                    wide = max(1, int(unit * 0.009 * (1.1 - j / 11)))
                    pen.line(points[j : j + 2], tone(weed, 0.2 + 0.07 * j), wide)
    stage.put("corals", picture, 0, 0)
    start = max(0, int(bank.min()) - 1)
    depth = np.arange(start, stage.height, dtype=np.float32)[:, None] - bank[None, :]
    rough = noise(rng, stage.height - start, stage.width, unit * 0.06, 5, 0.6) - 0.5
    rock = mix(colours("3c4c6c")[0], pick(rng, hues), 0.16)
    k = np.clip(0.75 - depth / (unit * 0.25) + rough * 1.5, 0, 1)[..., None]
    colour = mix(mix(rock * 0.4, mix(rock, sea[3], 0.3), k), dim, haze)
    stage.add("reef", colour, np.clip(depth + 0.5, 0, 1), start)


def branch(pen, x, y, angle, length, width, rng, left, tone) -> None:
    """A branching coral or bough, `left` forks deep; `tone(k)` gives the colour, lighter towards the tips."""
    end = x + np.cos(angle) * length, y + np.sin(angle) * length
    pen.line([(x, y), end], tone(0.85 - left * 0.15), max(1, int(width)))
    r = width / 2
    pen.ellipse((end[0] - r, end[1] - r, end[0] + r, end[1] + r), tone(0.9 - left * 0.12))
    for turn in () if not left else (-0.5, 0.45) if left < 4 else (-0.75, -0.1, 0.6):
        turn += rng.uniform(-0.2, 0.2)
        branch(pen, *end, angle + turn, length * rng.uniform(0.6, 0.85), width * 0.74, rng, left - 1, tone)


def studio(stage: Stage, table: bool, hue: str | None = None) -> None:
    """A plain room: a wall with light falling in from a window, and a table or a backdrop with an arch."""
    rng, unit, shape = stage.rng, stage.unit, (stage.height, stage.width)
    tones = colours(pick(rng, BACKDROPS))
    if hue:
        tones = mix(tones, colours(hue), np.array((0.3, 0.45, 0.4, 0.3), np.float32)[:, None])
    y, x = grid(stage)
    full = np.ones(shape, np.float32)
    centre = shape[1] * (0.5 + 0.16 * stage.side)
    spot = np.exp(-((np.hypot((x - centre) / 1.2, y - shape[0] * 0.34) / (unit * 0.62)) ** 2))
    plaster = (noise(rng, *shape, unit * 0.25, 6, 0.6) - 0.5) * 0.07
    stage.add("wall", mix(mix(tones[1], tones[2], 0.28), tones[0], np.clip(spot + plaster, 0, 1)[..., None]), full)
    if not table:
        radius, cy = unit * 0.36, shape[0] * 0.45
        far = np.where(y < cy, np.hypot(x - shape[1] * 0.5, y - cy), np.abs(x - shape[1] * 0.5) + 0 * y)
        fade = np.clip(0.5 - (y - cy) / unit, 0, 1)[..., None] * 0.5
        stage.add("arch", mix(tones[2], tones[1], fade), ease(radius + 1, radius - 1, far) * 0.9)
        stage.add("shade", tones[3], ease(0.3, 1.1, y / shape[0]) * 0.28 * full)
        return
    slant = ((x - centre) + (y - shape[0] * 0.3) * 0.35 * stage.side) / (unit * 0.2)
    level = (y - shape[0] * 0.06 - (x - centre) * 0.12 * stage.side) / (unit * 0.16)
    window = full
    for place, panes in ((slant, (-1.9, -0.65, 0.6, 1.85)), (level, (0, 1.15, 2.3, 3.45))):
        inside = [ease(a, a + 0.1, place) * ease(b - 0.04, b - 0.14, place) for a, b in pairwise(panes)]
        window = window * sum(inside)
    stage.add("window light", mix(tones[0], 1.0, 0.55), window * 0.42)
    rows = shape[0] - stage.horizon
    grain = noise(rng, rows, shape[1], (unit * 0.012, unit * 0.5), 5, 0.6) - 0.5
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    lamp = np.exp(-(((x - centre) / (unit * 0.75)) ** 2))
    wood = mix(tones[3], tones[2], np.clip(0.42 + lamp * 0.5 - down * 0.35 + grain * 0.45, 0, 1)[..., None])
    lip = np.exp(-down * rows / (unit * 0.004))[..., None] * 0.4
    stage.add("table", mix(wood, tones[0], lip), full[stage.horizon :], stage.horizon)


def abstract(stage: Stage, hues: list[str]) -> None:
    """Poster shapes: discs, arches, pebbles and bars that overlap like tinted paper, each with its soft shadow."""
    rng, unit = stage.rng, stage.unit
    palette = colours(pick(rng, ABSTRACTS))
    if hues:
        asked = colours(" ".join(hues))
        palette = np.concatenate([palette[:1], asked, mix(asked, 1, 0.45), mix(asked, 0.1, 0.35)])
    paper = noise(rng, stage.height, stage.width, unit * 0.3, 6, 0.6) - 0.5
    full = np.ones((stage.height, stage.width), np.float32)
    stage.add("paper", palette[0] * (1 + 0.06 * paper[..., None]), full)
    order = rng.permutation(np.arange(1, len(palette)))
    for k in range(11):
        size = unit * (0.42 - 0.03 * k) * rng.uniform(0.65, 1.1)
        place = stage.width * rng.uniform(0.12, 0.88), stage.height * rng.uniform(0.12, 0.88)
        cut_paper(stage, *place, size, palette[order[k % len(order)]], 0.93 if k % 3 else 0.74)
    lines = Image.new("RGBA", (stage.width, stage.height))
    pen = ImageDraw.Draw(lines)
    ink = rgb(palette[np.argmin(palette.sum(1))] * 200 / 255)
    for _ in range(3):
        x, y, r = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), unit * rng.uniform(0.1, 0.3)
        cx, cy = x * stage.width, y * stage.height
        for ring in range(int(rng.integers(1, 5))):
            q = r * (1 - ring * 0.16)
            pen.arc((cx - q, cy - q, cx + q, cy + q), 0, 360 if ring % 2 else 250, ink, max(1, int(unit * 0.0028)))
    for _ in range(26):
        cx, cy, r = rng.random() * stage.width, rng.random() * stage.height, unit * rng.uniform(0.002, 0.006)
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), ink)
    stage.put("lines", lines, 0, 0)


def cut_paper(stage: Stage, cx, cy, r, hue, strength) -> None:
    rng, side = stage.rng, int(r * 2.5)
    mask = Image.new("L", (side * 2, side * 2))
    pen, c, q, kind = ImageDraw.Draw(mask), side, r * 2, int(rng.integers(5))
    if kind == 0:
        pen.ellipse((c - q, c - q, c + q, c + q), 255)
    elif kind == 1:
        pen.pieslice((c - q, c - q, c + q, c + q), 180, 360, 255)
        pen.rectangle((c - q, c, c + q, c + q * 0.8), 255)
    elif kind == 2:
        pen.pieslice((c - q, c - q, c + q, c + q), 0, 180, 255)
    elif kind == 3:
        a, lobes = np.linspace(0, 2 * np.pi, 120), rng.uniform(0.1, 0.25, 4)
        s = q * (0.72 + 0.7 * sum(v * np.sin((i + 1) * a + 9 * v) for i, v in enumerate(lobes)))
        pen.polygon(list(zip(c + np.cos(a) * s, c + np.sin(a) * s, strict=True)), 255)
    else:
        pen.rounded_rectangle((c - q * 0.22, c - q * 1.2, c + q * 0.22, c + q * 1.2), q * 0.22, 255)
    turn = int(rng.integers(8)) * 45
    mask = mask.rotate(turn, Image.Resampling.BICUBIC).resize((side, side), Image.Resampling.LANCZOS)
    grain = noise(rng, side, side, r * 0.5, 6, 0.65) - 0.5
    v, u = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    colour = hue * (1 + 0.1 * grain + 0.12 * (u * stage.side - v))[..., None]
    shadow = Image.new("RGBA", mask.size, (40, 30, 40))
    shadow.putalpha(blurred(mask, r * 0.06).point(lambda level: level * 0.28))
    left, top = cx - side / 2, cy - side / 2
    stage.put("shadow", shadow, left - stage.side * r * 0.05, top + r * 0.06)
    stage.put("shape", cutout(colour, array(mask) * strength), left, top, "bob", rng.uniform(0.3, 1))
