"""Drawings: reads drawings.txt and renders each subject as a cut-out whose every shape has its light and its shade."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from omni_ui.demo.imaging.canvas import Stage, blurred, colours, mix, pick, rgb
from omni_ui.demo.imaging.plants import GREENS, hazed, leafy

LAMP = (255, 214, 128)
PANES = ("5a6a7a", "4a5a6a", "4a4450")
"""Colours of windows, which light up after dark."""


@dataclass(frozen=True)
class Drawing:
    """One entry of drawings.txt; a part is (letter, flags, colour, numbers)."""

    home: str
    size: float
    box: tuple[int, int]
    colour: str
    parts: tuple[tuple[str, str, str, tuple[float, ...]], ...]


@lru_cache(maxsize=1)
def drawings() -> dict[str, Drawing]:
    drawings_by_name = {}
    text = Path(__file__).with_name("drawings.txt").read_text(encoding="utf-8")
    for entry in text.split("\n= ")[1:]:
        head, *lines = entry.strip().split("\n")
        *name, home, size, box, colour = head.split()
        wide, tall = box.split("x")
        parts = []
        for row in lines:
            kind, tone, *numbers = row.split()
            values = tuple(float(number) for group in numbers for number in group.split(","))
            parts.append((kind[0], kind[1:], tone, values))
        drawings_by_name[" ".join(name)] = Drawing(home, float(size), (int(wide), int(tall)), colour, tuple(parts))
    return drawings_by_name


def curve(points: np.ndarray, closed: bool) -> np.ndarray:
    """A smooth line through the points (Catmull-Rom); a point given twice makes a corner."""
    ends = (points[-1:], points[:2]) if closed else (points[:1], points[-1:])
    points = np.concatenate([ends[0], points, ends[1]])
    a, b, c, d = (points[i : len(points) - 3 + i] for i in range(4))
    span = np.hypot(*(c - b).T)[:, None]

    def tangent(move):  # never longer than the stretch it bends, so that corners make no loops
        return move * np.minimum(0.5, span / (np.hypot(*move.T)[:, None] + 1e-9))

    b, c, m, n = (edge[:, None] for edge in (b, c, tangent(c - a), tangent(d - b)))
    t = np.linspace(0, 1, 9)[:-1, None]
    out = b + m * t + (3 * (c - b) - 2 * m - n) * t**2 + (2 * (b - c) + m + n) * t**3
    out = out.reshape(-1, 2)
    return out if closed else np.concatenate([out, points[-1:]])


def draw(name: str, tall: float, stage: Stage, colour: str | None = None, haze=0.0, snowy=False) -> Image.Image:
    """The subject `tall` pixels high, lit from the stage's side."""
    light, side, rng = stage.light, stage.side, stage.rng
    tall, evening = max(int(tall), 6), light.dark or light.height < 0
    if name in ("tree", "blossom tree"):
        pink = name == "blossom tree"
        leaves = "fff0f2 fbc9d6 ee98b4 b8648c" if pink else pick(rng, GREENS)
        palette = mix(colours(leaves), colours(colour), 0.6) if colour else colours(leaves)
        return hazed(leafy(rng, tall, light, side, palette, "4a3430" if pink else "5b4334"), stage, haze)
    drawing = drawings()[name]
    scale = 2 * tall / drawing.box[1]
    size = (int(drawing.box[0] * scale), int(drawing.box[1] * scale))
    picture, glow = Image.new("RGBA", size), Image.new("L", size)
    own = colours(colour or drawing.colour)[0]
    tones = {"A": own, "A-": own * 0.74, "A+": mix(own, 1, 0.3), "ROOF": colours("eef3fb" if snowy else "6e4038")[0]}
    for letter, flags, tone, values in drawing.parts:
        if letter == "R":
            rose(picture, stage, colours(tone)[0], *(np.array(values) * scale))
            continue
        mask = Image.new("L", size)
        _shape(ImageDraw.Draw(mask), letter, np.array(values), scale)
        if "m" in flags:
            mask = ImageChops.lighter(mask, mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
        box = mask.getbbox()
        if box is None:
            continue
        if tone == "-":
            picture.putalpha(ImageChops.subtract(picture.getchannel("A"), mask))
            continue
        mask = mask.crop(box)
        if "g" in flags and (evening or tone not in PANES):
            patch = Image.new("RGB", mask.size, rgb(colours("ffd98a" if tone in PANES else tone)[0]))
            glow.paste(255, box, mask)
        else:
            patch = _lit(mask, tones[tone] if tone in tones else colours(tone)[0], stage, flat="f" in flags)
        patch.putalpha(mask)
        picture.alpha_composite(patch, box[:2])
    picture = _toned(picture, stage, haze)
    if glow.getbbox():
        picture = _shining(picture, glow, strength=0.8 if evening else 0.25)
    picture = picture.resize((max(1, size[0] // 2), max(1, size[1] // 2)), Image.Resampling.LANCZOS)
    return picture.crop(picture.getchannel("A").point(lambda v: v > 40 and 255).getbbox())


def _shape(pen, letter, values, scale) -> None:
    if letter == "e":
        cx, cy, rx, ry = values * scale
        pen.ellipse((cx - rx, cy - ry, cx + rx, cy + ry), 255)
        return
    wide, values = (values[0], values[1:]) if letter == "l" else (0, values)
    points = values.reshape(-1, 2) * scale
    if letter == "l":
        points, wide = curve(points, closed=False), max(1.0, wide * scale)
        pen.line([tuple(point) for point in points], 255, round(wide), "curve")
        for x, y in points[:: max(1, len(points) - 1)]:
            pen.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), 255)
        return
    pen.polygon([tuple(point) for point in (points if letter == "p" else curve(points, closed=True))], 255)


def _lit(mask: Image.Image, albedo, stage: Stage, flat: bool) -> Image.Image:
    """The colour of one shape: a shade along the edge away from the light, a thin rim of light on the other."""
    light, side = stage.light, stage.side
    patch = Image.new("RGB", mask.size, rgb(light.on(albedo, 0.86)))
    if flat:
        return patch
    reach = max(1, int(min(mask.size) * 0.17))
    padded = Image.new("L", (mask.width + 2 * reach, mask.height + 2 * reach))
    padded.paste(mask, (reach, reach))
    soft = blurred(padded, reach * 0.45)

    def moved(dx, dy):
        return ImageChops.invert(soft.crop((reach - dx, reach - dy, reach - dx + mask.width, reach - dy + mask.height)))

    shade = moved(int(side * reach * 0.8), -int(reach * 0.6)).point(lambda v: v * 0.8)
    patch.paste(rgb(light.on(albedo * 0.92, 0.1)), (0, 0), shade)
    rim = moved(-int(side * reach * 0.45), int(reach * 0.35)).point(lambda v: max(0, v - 110) * 0.9)
    patch.paste(rgb(mix(light.on(albedo, 1), light.sun, 0.45)), (0, 0), rim)
    return patch


def _toned(picture: Image.Image, stage: Stage, haze: float) -> Image.Image:
    """A gouache grain and a fall of light over the whole cut-out, and the haze of its distance."""
    out = np.asarray(picture, np.float32).copy()
    rows, columns = out.shape[:2]
    v, u = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None, :]
    fall = 1.0 + 0.07 * (u * stage.side - v)
    out[..., :3] *= (fall + stage.rng.standard_normal((rows, columns), dtype=np.float32) * 0.022)[..., None]
    out[..., :3] = mix(out[..., :3], stage.light.haze * 255, haze)
    return Image.fromarray(np.clip(out, 0, 255).astype(np.uint8), "RGBA")


def _shining(picture, glow, strength) -> Image.Image:
    margin = blurred(glow, picture.height * 0.025).point(lambda v: min(255, v * 1.6) * strength)
    halo = Image.new("RGBA", picture.size, LAMP)
    halo.putalpha(margin)
    under = Image.alpha_composite(halo, picture)
    halo.putalpha(margin.point(lambda v: v * 0.35))
    return Image.alpha_composite(under, halo)


def rose(picture, stage: Stage, colour, cx, cy, r) -> None:
    """A flower head of three rings of petals, darker towards the centre."""
    pen, rng = ImageDraw.Draw(picture), stage.rng
    for ring, (reach, petals) in enumerate(((0.72, 9), (0.46, 7), (0.2, 5))):
        start = rng.random()
        for k in range(petals):
            a = (k / petals + start) * 2 * np.pi
            x, y, q = cx + np.cos(a) * r * reach, cy + np.sin(a) * r * reach, r * (0.4 - 0.06 * ring)
            lit = 0.6 + 0.4 * (np.cos(a) * stage.side - np.sin(a)) / 1.42 - 0.12 * ring + rng.uniform(-0.08, 0.08)
            tone = rgb(stage.light.on(colour * (1 - 0.1 * ring), lit))
            pen.ellipse((x - q, y - q * 0.92, x + q, y + q * 0.92), tone)
    pen.ellipse((cx - r * 0.14, cy - r * 0.14, cx + r * 0.14, cy + r * 0.14), rgb(colours("f4cf6a")[0]))
