"""Styles that go over a finished picture: watercolour, oil, pixel, sketch, ink, neon, poster, cartoon, and tones.

Each takes an RGB picture and a random generator and gives an RGB picture of the same size. The editor uses them too.
"""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from omni_ui.demo.imaging.canvas import GREY, array, blurred, coloured, ease, mix, noise, picture_of, unit_of


def slope(picture: Image.Image, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """How brightness changes down and across, once the picture is smoothed by `radius`."""
    return np.gradient(array(blurred(picture.convert("L"), radius)))


def edges(picture: Image.Image, share: float) -> np.ndarray:
    """How strongly brightness changes, 0..1, at a fineness that is a share of the unit."""
    radius = max(1, unit_of(picture) * share)
    return np.hypot(*slope(picture, radius)) * radius * 4


def smoothed(picture: Image.Image, most: int) -> Image.Image:
    """Flat patches with clear borders: medians at half size, over `most` pixels or less in a small picture."""
    small = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.BOX)
    size = max(3, min(most, int(unit_of(picture) * 0.006)) | 1)
    return small.filter(ImageFilter.MedianFilter(size)).resize(picture.size, Image.Resampling.BICUBIC)


def grain(picture, rng, size, octaves=3, gain=0.5) -> np.ndarray:
    """Noise around 0 for every pixel and all of its colours."""
    return (noise(rng, picture.height, picture.width, size, octaves, gain) - 0.5)[..., None]


def vignette(picture, strength, start=0.6, end=1.6) -> np.ndarray:
    """What to multiply a picture by to darken its corners."""
    y, x = np.linspace(-1, 1, picture.height)[:, None], np.linspace(-1, 1, picture.width)[None, :]
    return (1 - strength * ease(start, end, np.hypot(x, y)))[..., None].astype(np.float32)


def watercolour(picture, rng):
    """Washes that run into each other, darker where they dry, on rough paper left white at the margins."""
    unit, (w, h) = unit_of(picture), picture.size
    values = array(smoothed(coloured(picture, 1.2), 5))
    push = [(noise(rng, h, w, unit * 0.05, 4, 0.45) - 0.5) * unit * 0.018 for _ in range(2)]
    rows = np.clip(np.arange(h)[:, None] + push[0], 0, h - 1).astype(np.int32)
    columns = np.clip(np.arange(w)[None, :] + push[1], 0, w - 1).astype(np.int32)
    values = values[rows, columns]
    rim = np.clip(edges(picture_of(values), 0.0022) * 0.8, 0, 0.26)[..., None]
    pool, paper = grain(picture, rng, unit * 0.16, 5), grain(picture, rng, unit * 0.006, 3, 0.7)
    light = np.array((0.985, 0.97, 0.935), np.float32)
    values = mix(values, light, np.clip(0.15 + pool * 0.4, 0, 0.5)) * (1 - rim)
    y, x = np.arange(h)[:, None] / unit, np.arange(w)[None, :] / unit
    margin = np.minimum(np.minimum(x, w / unit - x), np.minimum(y, h / unit - y))
    bare = ease(0.012, 0.034, margin[..., None] + grain(picture, rng, unit * 0.1, 6, 0.6) * 0.04)
    return picture_of(mix(light, values, bare) * (1 + paper * 0.11))


def strokes(picture, rng, passes, canvas=None) -> Image.Image:
    """Brush strokes along the forms; `passes` are (length, width, spacing) as shares of the unit, broad ones first."""
    unit, (w, h) = unit_of(picture), picture.size
    out = picture.copy() if canvas is None else canvas
    for length, width, spacing in passes:
        soft = blurred(picture, max(0.6, unit * width * 0.5))
        dy, dx = slope(soft, unit * width)
        swirl = noise(rng, h, w, unit * 0.3, 2) * 5
        angle = np.where(np.hypot(dx, dy) < 0.4 / unit, swirl, np.arctan2(dx, -dy))
        step = max(2, int(unit * spacing))
        y, x = (place.ravel() for place in np.mgrid[0 : h + step : step, 0 : w + step : step])
        y = np.clip(y + rng.integers(-step, step + 1, y.size), 0, h - 1)
        x = np.clip(x + rng.integers(-step, step + 1, x.size), 0, w - 1)
        order = rng.permutation(y.size)
        y, x = y[order], x[order]
        tone = np.asarray(soft, np.float32)[y, x] * rng.normal(1, 0.055, (y.size, 1)) + rng.normal(0, 3, (y.size, 3))
        a, reach = angle[y, x], unit * length * rng.uniform(0.5, 1.1, y.size) / 2
        ends = np.stack([x - np.cos(a) * reach, y - np.sin(a) * reach, x + np.cos(a) * reach, y + np.sin(a) * reach], 1)
        pen, thick = ImageDraw.Draw(out), max(1, round(unit * width))
        for line, colour in zip(ends.tolist(), np.clip(tone, 0, 255).astype(int).tolist(), strict=True):
            pen.line(line, tuple(colour), thick)
    return out


def oil(picture, rng):
    """Thick strokes, lit across their ridges."""
    strong = coloured(picture, 1.22)
    done = strokes(strong, rng, ((0.07, 0.018, 0.014), (0.04, 0.009, 0.008), (0.022, 0.0045, 0.0055)))
    values = array(Image.blend(done, strong, 0.18))
    relief = (values @ GREY)[..., None] + grain(done, rng, 4, 2) * 0.06
    return picture_of(values + np.clip((relief - np.roll(relief, (1, 1), (0, 1))) * 0.9, -0.1, 0.1))


def few_colours(picture: Image.Image, count: int, dither=0.0) -> Image.Image:
    """The picture in `count` colours, chosen so that small strong colours are not lost."""
    small = picture.resize((128, max(1, 128 * picture.height // picture.width)), Image.Resampling.BOX)
    values = np.asarray(small).reshape(-1, 3)
    spread = values.max(1).astype(int) - values.min(1)
    strong = values[np.argsort(spread, kind="stable")[-max(1, len(values) // 12) :]]
    sample = np.concatenate([values, np.repeat(strong, 4, 0)])
    chart = Image.fromarray(sample[None], "RGB").quantize(count, Image.Quantize.MEDIANCUT, kmeans=2)
    if dither:
        bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47
        rows, columns = np.arange(picture.height) % 4, np.arange(picture.width) % 4
        picture = picture_of(array(picture) + bayer[rows[:, None], columns[None, :]][..., None] * dither)
    return picture.quantize(palette=chart, dither=Image.Dither.NONE).convert("RGB")


def pixel(picture, rng):
    """Large square pixels in few colours."""
    cell = max(2, round(unit_of(picture) / 150))
    size = max(1, picture.width // cell), max(1, picture.height // cell)
    small = coloured(picture.resize(size, Image.Resampling.BOX), 1.25)
    small = few_colours(small.filter(ImageFilter.UnsharpMask(1, 60, 0)), 32, 0.05)
    return small.resize(picture.size, Image.Resampling.NEAREST)


def sketch(picture, rng):
    """Pencil: outlines, tone rubbed softly, two directions of hatching in the darks, warm paper."""
    unit, (w, h) = unit_of(picture), picture.size
    grey = picture.convert("L")
    grey = Image.blend(grey, ImageOps.autocontrast(grey, 1), 0.7)
    base, top = array(grey), array(blurred(ImageOps.invert(grey), max(2, unit * 0.008)))
    dodge = np.clip(base / np.maximum(1 - top, 0.04), 0, 1) ** 1.5
    rubbed = 1 - (1 - base) * 0.28
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None, :]
    wobble = (noise(rng, h, w, unit * 0.06, 3) - 0.5) * unit * 0.02
    pitch, hatch = 2 * np.pi / max(3.2, unit * 0.0055), 1.0
    for level, lean in ((0.66, 0.75), (0.38, -1.1)):
        waves = 0.5 + 0.5 * np.sin((x * lean + y + wobble) * pitch)
        hatch = hatch * (1 - ease(level, level - 0.3, base) * ease(0.45, 0.95, waves) * 0.5)
    ink = np.clip((1 - dodge * rubbed * hatch)[..., None] * (1 + grain(picture, rng, 3, 2) * 1.1), 0, 1)
    return picture_of(mix(np.array((0.97, 0.955, 0.92), np.float32), np.array((0.19, 0.18, 0.2), np.float32), ink))


def ink(picture, rng):
    """Ink wash: four greys of diluted ink with brushed outlines on cream paper, one red seal."""
    unit, (w, h) = unit_of(picture), picture.size
    soft = smoothed(picture, 5)
    plain = soft.convert("L")
    grey = array(Image.blend(ImageOps.autocontrast(plain, 2), ImageOps.equalize(plain), 0.5))
    grey = grey + (noise(rng, h, w, unit * 0.14, 6, 0.6) - 0.5) * 0.13
    levels = sum(ease(level - 0.035, level + 0.035, grey) for level in (0.16, 0.34, 0.52, 0.72)) / 4
    tone = np.clip(levels - ease(0.1, 0.3, edges(soft, 0.002)) * 0.6, 0, 1)
    paper = np.array((0.965, 0.94, 0.885), np.float32) * (1 + grain(picture, rng, unit * 0.01, 3, 0.7) * 0.08)
    done = picture_of(mix(np.array((0.09, 0.1, 0.13), np.float32), paper, (0.06 + 0.94 * tone**0.8)[..., None]))
    side, pen = int(unit * 0.045), ImageDraw.Draw(done)
    left, top = w - side * 2, h - side * 2
    pen.rounded_rectangle((left, top, w - side, h - side), side * 0.15, (176, 50, 40))
    for share in (0.3, 0.5, 0.7):
        y = top + side * share
        pen.line((left + side * 0.25, y, left + side * 0.75, y), (246, 232, 214), max(1, side // 12))
    return done


def neon(picture, rng):
    """Dark and saturated, with light that bleeds, and magenta and cyan in the shadows and lights."""
    values = array(coloured(picture, 1.5))
    grey = (values @ GREY)[..., None]
    dark = np.clip(values * 1.02 - 0.06, 0, 1) ** (1.1 + 1.2 * float(grey.mean()))
    tint = mix(np.array((0.42, 0.1, 0.75), np.float32), np.array((0.2, 0.95, 1.0), np.float32), grey)
    values = mix(dark, dark * 0.55 + tint * grey * 0.75, 0.5)
    bright = picture_of(np.clip(values - 0.42, 0, 1) * 1.7)
    return ImageChops.screen(picture_of(values), blurred(bright, unit_of(picture) * 0.014))


def poster(picture, rng):
    """Screen print: few flat inks, clean borders, a hint of grain."""
    few = few_colours(smoothed(coloured(picture, 1.25), 7), 18).filter(ImageFilter.MedianFilter(3))
    return picture_of(array(few) * (1 + grain(picture, rng, 2, 1) * 0.07))


def cartoon(picture, rng):
    """Flat colours in steps of brightness, dark outlines."""
    soft = smoothed(coloured(picture, 1.35), 3)
    values = array(soft)
    grey = np.maximum(values @ GREY, 0.02)
    steps = grey * 9
    level = (np.floor(steps) + ease(0.3, 0.7, steps - np.floor(steps))) / 9
    outline = ease(0.14, 0.3, edges(soft, 0.0016))[..., None] * 0.9
    return picture_of(mix(values * (level / grey)[..., None], np.array((0.08, 0.07, 0.12), np.float32), outline))


def mono(picture, rng):
    return ImageOps.autocontrast(picture.convert("L"), (0.5, 0.2)).convert("RGB")


def sepia(picture, rng):
    return ImageOps.colorize(ImageOps.autocontrast(picture.convert("L"), 0.3), "#2a180c", "#fff3d8", "#a9815a")


def vintage(picture, rng):
    """Faded film: lifted blacks, warm lights, green shadows, grain, dark corners."""
    values = 0.07 + array(coloured(picture, 0.72)) * 0.86
    tint = mix(
        np.array((0.98, 1.0, 0.9), np.float32), np.array((1.08, 1.0, 0.84), np.float32), (values @ GREY)[..., None]
    )
    return picture_of((values * tint + grain(picture, rng, 2.5, 2) * 0.09) * vignette(picture, 0.42))


def vivid(picture, rng):
    return ImageEnhance.Contrast(coloured(picture, 1.55)).enhance(1.1)


def cinematic(picture, rng):
    """Teal shadows, warm lights, a soft bloom and dark corners."""
    values = array(picture)
    warm = ease(0.1, 0.8, (values @ GREY)[..., None])
    values = np.clip(
        values + mix(np.array((-0.05, 0.0, 0.06), np.float32), np.array((0.06, 0.015, -0.06), np.float32), warm), 0, 1
    )
    values = mix(values, values * values * (3 - 2 * values), 0.55)
    bloom = array(blurred(picture_of(np.clip(values - 0.55, 0, 1)), unit_of(picture) * 0.02))
    return picture_of((1 - (1 - values) * (1 - bloom * 0.8)) * vignette(picture, 0.5))


def pastel(picture, rng):
    return picture_of(0.3 + 0.7 * array(coloured(picture, 0.8)) + 0.03 * np.array((1.0, 0.4, 0.8), np.float32))


TECHNIQUES = (watercolour, oil, pixel, sketch, ink, poster, cartoon)
TONES = (neon, mono, sepia, vintage, vivid, cinematic, pastel)
STYLES = {style.__name__: style for style in (*TECHNIQUES, *TONES)}


def finish(picture: Image.Image, styles: list[str], rng) -> Image.Image:
    """Applies the named styles: the first technique, then the tones."""
    named = [STYLES[name] for name in styles]
    techniques = [style for style in named if style in TECHNIQUES][:1]
    for style in techniques + [style for style in named if style in TONES]:
        picture = style(picture, rng)
    return picture


def unfinished(picture: Image.Image, done: float, rng) -> Image.Image:
    """The picture after a share `done` (0..1) of its steps: broad blobs on bare canvas, then ever smaller strokes."""
    unit, (w, h) = unit_of(picture), picture.size
    rough = (1 - done) ** 1.3
    weave = 0.5 + 0.25 * (np.sin(np.arange(w) * 2.2)[None, :] + np.sin(np.arange(h) * 2.2)[:, None])
    ground = np.array((0.9, 0.86, 0.78), np.float32) * (0.94 + 0.08 * weave[..., None])
    size = 0.004 + 0.05 * rough
    blobs = strokes(picture, rng, ((size * 2.6, size * 1.1, size * 0.85),), picture_of(ground))
    blobs = Image.blend(blobs, blurred(blobs, unit * size * 0.25), 0.6)
    patch = noise(rng, h, w, unit * 0.22, 6, 0.6)
    y, x = np.linspace(-1, 1, h)[:, None], np.linspace(-1, 1, w)[None, :]
    heart = np.exp(-(x * x + y * y) * 0.9)
    bare = ease(0.5, 0.62, patch + 0.22 * (1 - heart) + 0.62 * rough - 0.42)[..., None] * np.clip(rough * 1.5, 0, 1)
    sharp = ease(0.55, 0.4, patch - 0.3 * heart * done + 0.75 * rough - 0.22)[..., None]
    return picture_of(mix(mix(array(blobs), array(picture), sharp * min(1.0, done * 1.2)), ground, bare * 0.9))
