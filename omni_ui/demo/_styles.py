"""Styles that go over a finished picture: watercolour, oil, pixel, sketch, ink, neon, poster, cartoon, and tones.

Each takes an RGB picture and a random generator and gives an RGB picture of the same size. The editor uses them too.
"""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from omni_ui.demo._canvas import ease, measure, mix, noise


def _array(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, np.float32) / 255


def _picture(array: np.ndarray) -> Image.Image:
    return Image.fromarray((np.clip(array, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")


def _unit(picture: Image.Image) -> float:
    return measure(picture.width, picture.height)


def _grey(array: np.ndarray) -> np.ndarray:
    return array @ np.float32((0.299, 0.587, 0.114))


def _edges(picture: Image.Image, radius: float) -> np.ndarray:
    """How strongly brightness changes, 0..1, from a picture smoothed by `radius`."""
    grey = _array(picture.convert("L").filter(ImageFilter.GaussianBlur(radius)))
    dy, dx = np.gradient(grey)
    return np.hypot(dx, dy) * radius * 4


def smoothed(picture: Image.Image, size: int) -> Image.Image:
    """Flat patches with clear borders: medians at half size."""
    small = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.BOX)
    size = max(3, size | 1)
    return small.filter(ImageFilter.MedianFilter(size)).resize(picture.size, Image.Resampling.BICUBIC)


def watercolour(picture, rng):
    """Washes that run into each other, darker where they dry, on rough paper left white at the margins."""
    unit, (w, h) = _unit(picture), picture.size
    wash = smoothed(ImageEnhance.Color(picture).enhance(1.2), min(5, int(unit * 0.006)))
    array = _array(wash)
    push = [(noise(rng, h, w, unit * 0.05, 4, 0.45) - 0.5) * unit * 0.018 for _ in range(2)]
    rows = np.clip(np.arange(h)[:, None] + push[0], 0, h - 1).astype(np.int32)
    columns = np.clip(np.arange(w)[None, :] + push[1], 0, w - 1).astype(np.int32)
    array = array[rows, columns]
    rim = np.clip(_edges(_picture(array), max(1, unit * 0.0022)) * 0.8, 0, 0.26)[..., None]
    pool = (noise(rng, h, w, unit * 0.16, 5) - 0.5)[..., None]
    paper = (noise(rng, h, w, unit * 0.006, 3, 0.7) - 0.5)[..., None]
    light = np.float32((0.985, 0.97, 0.935))
    array = mix(array, light, np.clip(0.15 + pool * 0.4, 0, 0.5)) * (1 - rim)
    y, x = np.arange(h)[:, None] / unit, np.arange(w)[None, :] / unit
    margin = np.minimum(np.minimum(x, w / unit - x), np.minimum(y, h / unit - y))
    ragged = noise(rng, h, w, unit * 0.1, 6, 0.6) - 0.5
    bare = ease(0.012, 0.034, margin + ragged * 0.04)[..., None]
    return _picture(mix(light, array, bare) * (1 + paper * 0.11))


def strokes(picture, rng, passes, canvas=None) -> Image.Image:
    """Brush strokes along the forms; `passes` are (length, width, spacing) as shares of the unit, broad ones first."""
    unit, (w, h) = _unit(picture), picture.size
    out = picture.copy() if canvas is None else canvas
    for length, width, spacing in passes:
        soft = picture.filter(ImageFilter.GaussianBlur(max(0.6, unit * width * 0.5)))
        grey = _array(soft.convert("L").filter(ImageFilter.GaussianBlur(unit * width)))
        dy, dx = np.gradient(grey)
        swirl = noise(rng, h, w, unit * 0.3, 2) * 5
        flat = np.hypot(dx, dy) < 0.4 / unit
        angle = np.where(flat, swirl, np.arctan2(dx, -dy))
        step = max(2, int(unit * spacing))
        y, x = (place.ravel() for place in np.mgrid[0 : h + step : step, 0 : w + step : step])
        y = np.clip(y + rng.integers(-step, step + 1, y.size), 0, h - 1)
        x = np.clip(x + rng.integers(-step, step + 1, x.size), 0, w - 1)
        order = rng.permutation(y.size)
        y, x = y[order], x[order]
        tone = np.asarray(soft, np.float32)[y, x] * rng.normal(1, 0.055, (y.size, 1)) + rng.normal(0, 3, (y.size, 3))
        a, reach = angle[y, x], unit * length * rng.uniform(0.5, 1.1, y.size) / 2
        ends = np.stack([x - np.cos(a) * reach, y - np.sin(a) * reach, x + np.cos(a) * reach, y + np.sin(a) * reach], 1)
        thick = max(1, round(unit * width))
        pen = ImageDraw.Draw(out)
        for line, colour in zip(ends.tolist(), np.clip(tone, 0, 255).astype(int).tolist(), strict=True):
            pen.line(line, tuple(colour), thick)
    return out


def oil(picture, rng):
    """Thick strokes, lit across their ridges."""
    strong = ImageEnhance.Color(picture).enhance(1.22)
    done = strokes(strong, rng, ((0.07, 0.018, 0.014), (0.04, 0.009, 0.008), (0.022, 0.0045, 0.0055)))
    done = Image.blend(done, strong, 0.18)
    relief = _grey(_array(done)) + (noise(rng, done.height, done.width, 4, 2) - 0.5) * 0.06
    bump = np.clip((relief - np.roll(relief, (1, 1), (0, 1))) * 0.9, -0.1, 0.1)
    return _picture(_array(done) + bump[..., None])


def few_colours(picture: Image.Image, count: int, dither=0.0) -> Image.Image:
    """The picture in `count` colours, chosen so that small strong colours are not lost."""
    small = picture.resize((128, max(1, 128 * picture.height // picture.width)), Image.Resampling.BOX)
    values = np.asarray(small).reshape(-1, 3)
    spread = values.max(1).astype(int) - values.min(1)
    strong = values[np.argsort(spread, kind="stable")[-max(1, len(values) // 12) :]]
    sample = np.concatenate([values, np.repeat(strong, 4, 0)])
    chart = Image.fromarray(sample[None], "RGB").quantize(count, Image.Quantize.MEDIANCUT, kmeans=2)
    if dither:
        bayer = np.float32([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 - 0.47
        rows, columns = np.arange(picture.height) % 4, np.arange(picture.width) % 4
        picture = _picture(_array(picture) + bayer[rows[:, None], columns[None, :]][..., None] * dither)
    return picture.quantize(palette=chart, dither=Image.Dither.NONE).convert("RGB")


def pixel(picture, rng):
    """Large square pixels in few colours."""
    cell = max(2, round(_unit(picture) / 150))
    size = max(1, picture.width // cell), max(1, picture.height // cell)
    small = ImageEnhance.Color(picture.resize(size, Image.Resampling.BOX)).enhance(1.25)
    small = few_colours(small.filter(ImageFilter.UnsharpMask(1, 60, 0)), 32, 0.05)
    return small.resize(picture.size, Image.Resampling.NEAREST)


def sketch(picture, rng):
    """Pencil: outlines, tone rubbed softly, two directions of hatching in the darks, warm paper."""
    unit, (w, h) = _unit(picture), picture.size
    grey = picture.convert("L")
    grey = Image.blend(grey, ImageOps.autocontrast(grey, 1), 0.7)
    blurred = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(max(2, unit * 0.008)))
    base, top = _array(grey), _array(blurred)
    dodge = np.clip(base / np.maximum(1 - top, 0.04), 0, 1) ** 1.5
    rubbed = 1 - (1 - base) * 0.28
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None, :]
    wobble = (noise(rng, h, w, unit * 0.06, 3) - 0.5) * unit * 0.02
    pitch, hatch = 2 * np.pi / max(3.2, unit * 0.0055), 1.0
    for level, slope in ((0.66, 0.75), (0.38, -1.1)):
        waves = 0.5 + 0.5 * np.sin((x * slope + y + wobble) * pitch)
        hatch = hatch * (1 - ease(level, level - 0.3, base) * ease(0.45, 0.95, waves) * 0.5)
    tooth = noise(rng, h, w, 3, 2) - 0.5
    ink = np.clip((1 - dodge * rubbed * hatch) * (1 + tooth * 1.1), 0, 1)
    return _picture(mix(np.float32((0.97, 0.955, 0.92)), np.float32((0.19, 0.18, 0.2)), ink[..., None]))


def ink(picture, rng):
    """Ink wash: four greys of diluted ink with brushed outlines on cream paper, one red seal."""
    unit, (w, h) = _unit(picture), picture.size
    soft = smoothed(picture, min(5, int(unit * 0.006)))
    grey = soft.convert("L")
    grey = (
        _array(Image.blend(ImageOps.autocontrast(grey, 2), ImageOps.equalize(grey), 0.5))
        + (noise(rng, h, w, unit * 0.14, 6, 0.6) - 0.5) * 0.13
    )
    levels = sum(ease(level - 0.035, level + 0.035, grey) for level in (0.16, 0.34, 0.52, 0.72)) / 4
    outline = ease(0.1, 0.3, _edges(soft, max(1, unit * 0.002)))
    tone = np.clip(levels - outline * 0.6, 0, 1)
    paper = np.float32((0.965, 0.94, 0.885)) * (1 + (noise(rng, h, w, unit * 0.01, 3, 0.7) - 0.5)[..., None] * 0.08)
    done = _picture(mix(np.float32((0.09, 0.1, 0.13)), paper, (0.06 + 0.94 * tone**0.8)[..., None]))
    side = int(unit * 0.045)
    box = (w - side * 2, h - side * 2, w - side, h - side)
    pen = ImageDraw.Draw(done)
    pen.rounded_rectangle(box, side * 0.15, (176, 50, 40))
    for k in range(3):
        pen.line(
            (
                box[0] + side * 0.25,
                box[1] + side * (0.3 + 0.2 * k),
                box[2] - side * 0.25,
                box[1] + side * (0.3 + 0.2 * k),
            ),
            (246, 232, 214),
            max(1, side // 12),
        )
    return done


def neon(picture, rng):
    """Dark and saturated, with light that bleeds, and magenta and cyan in the shadows and lights."""
    array = _array(ImageEnhance.Color(picture).enhance(1.5))
    grey = _grey(array)[..., None]
    dark = np.clip(array * 1.02 - 0.06, 0, 1) ** (1.1 + 1.2 * float(grey.mean()))
    tint = mix(np.float32((0.42, 0.1, 0.75)), np.float32((0.2, 0.95, 1.0)), grey)
    array = mix(dark, dark * 0.55 + tint * grey * 0.75, 0.5)
    bright = _picture(np.clip(array - 0.42, 0, 1) * 1.7)
    glow = bright.filter(ImageFilter.GaussianBlur(_unit(picture) * 0.014))
    return ImageChops.screen(_picture(array), glow)


def poster(picture, rng):
    """Screen print: few flat inks, clean borders, a hint of grain."""
    unit = _unit(picture)
    flat = smoothed(ImageEnhance.Color(picture).enhance(1.25), min(7, int(unit * 0.006)))
    few = few_colours(flat, 18).filter(ImageFilter.MedianFilter(3))
    grain = noise(rng, picture.height, picture.width, 2, 1)[..., None] - 0.5
    return _picture(_array(few) * (1 + grain * 0.07))


def cartoon(picture, rng):
    """Flat colours in steps of brightness, dark outlines."""
    unit = _unit(picture)
    soft = smoothed(ImageEnhance.Color(picture).enhance(1.35), 3)
    array = _array(soft)
    grey = np.maximum(_grey(array), 0.02)
    steps = grey * 9
    level = (np.floor(steps) + ease(0.3, 0.7, steps - np.floor(steps))) / 9
    outline = ease(0.14, 0.3, _edges(soft, max(1, unit * 0.0016)))
    return _picture(mix(array * (level / grey)[..., None], np.float32((0.08, 0.07, 0.12)), outline[..., None] * 0.9))


def mosaic(picture, rng):
    """Stained glass: irregular panes in one colour each, dark leads between them."""
    unit, (w, h) = _unit(picture), picture.size
    cell = max(6, unit / 26)
    rows, columns = int(h / cell) + 2, int(w / cell) + 2
    jitter = rng.uniform(-0.42, 0.42, (2, rows, columns))
    py, px = (np.arange(rows)[:, None] + jitter[0]) * cell, (np.arange(columns)[None, :] + jitter[1]) * cell
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None, :]
    near = np.full((2, h, w), 1e9, np.float32)
    owner = np.zeros((h, w), np.int32)
    gy, gx = (y / cell + 0.5).astype(int), (x / cell + 0.5).astype(int)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            i, j = np.clip(gy + dy, 0, rows - 1), np.clip(gx + dx, 0, columns - 1)
            far = np.hypot(py[i, j] - y, px[i, j] - x).astype(np.float32)
            closer = far < near[0]
            near[1] = np.where(closer, near[0], np.where(far > near[0], np.minimum(near[1], far), near[1]))
            owner = np.where(closer, i * columns + j, owner)
            near[0] = np.minimum(near[0], far)
    array = _array(ImageEnhance.Color(picture).enhance(1.4)).reshape(-1, 3)
    count = np.maximum(np.bincount(owner.ravel(), minlength=rows * columns), 1)
    panes = np.stack([np.bincount(owner.ravel(), array[:, c], rows * columns) / count for c in range(3)], 1)
    lead = ease(0.1, 0.03, (near[1] - near[0]) / cell)[..., None]
    shine = 1.08 - 0.16 * (near[0] / cell)[..., None]
    return _picture(mix(panes[owner].astype(np.float32) * shine, np.float32((0.07, 0.07, 0.09)), lead * 0.85))


def mono(picture, rng):
    return ImageOps.autocontrast(picture.convert("L"), (0.5, 0.2)).convert("RGB")


def sepia(picture, rng):
    return ImageOps.colorize(ImageOps.autocontrast(picture.convert("L"), 0.3), "#2a180c", "#fff3d8", "#a9815a")


def vintage(picture, rng):
    """Faded film: lifted blacks, warm lights, green shadows, grain, dark corners."""
    array = _array(ImageEnhance.Color(picture).enhance(0.72))
    array = 0.07 + array * 0.86
    grey = _grey(array)[..., None]
    array = array * mix(np.float32((0.98, 1.0, 0.9)), np.float32((1.08, 1.0, 0.84)), grey)
    grain = (noise(rng, picture.height, picture.width, 2.5, 2) - 0.5)[..., None] * 0.09
    return _picture((array + grain) * _vignette(picture, 0.42))


def _vignette(picture, strength):
    y, x = np.linspace(-1, 1, picture.height)[:, None], np.linspace(-1, 1, picture.width)[None, :]
    return (1 - strength * ease(0.6, 1.6, np.hypot(x, y)))[..., None].astype(np.float32)


def vivid(picture, rng):
    return ImageEnhance.Contrast(ImageEnhance.Color(picture).enhance(1.55)).enhance(1.1)


def cinematic(picture, rng):
    """Teal shadows, warm lights, a soft bloom and dark corners."""
    array = _array(picture)
    grey = _grey(array)[..., None]
    array = np.clip(
        array + mix(np.float32((-0.05, 0.0, 0.06)), np.float32((0.06, 0.015, -0.06)), ease(0.1, 0.8, grey)), 0, 1
    )
    array = mix(array, array * array * (3 - 2 * array), 0.55)
    bloom = _picture(np.clip(array - 0.55, 0, 1)).filter(ImageFilter.GaussianBlur(_unit(picture) * 0.02))
    return _picture((1 - (1 - array) * (1 - _array(bloom) * 0.8)) * _vignette(picture, 0.5))


def pastel(picture, rng):
    array = _array(ImageEnhance.Color(picture).enhance(0.8))
    return _picture(0.3 + 0.7 * array + 0.03 * np.float32((1.0, 0.4, 0.8)))


STYLES = {
    "watercolour": watercolour, "oil": oil, "pixel": pixel, "sketch": sketch, "ink": ink, "neon": neon,
    "poster": poster, "cartoon": cartoon, "mosaic": mosaic, "mono": mono, "sepia": sepia, "vintage": vintage,
    "vivid": vivid, "cinematic": cinematic, "pastel": pastel,
}  # fmt: skip
TONES = ("vivid", "pastel", "cinematic", "neon", "mono", "sepia", "vintage")


def finish(picture: Image.Image, styles: list[str], rng) -> Image.Image:
    """Applies the named styles: the first technique, then the tones."""
    techniques = [name for name in styles if name not in TONES][:1]
    for name in techniques + [name for name in styles if name in TONES]:
        picture = STYLES[name](picture, rng)
    return picture


def unfinished(picture: Image.Image, done: float, rng) -> Image.Image:
    """The picture after a share `done` (0..1) of its steps: broad blobs on bare canvas, then ever smaller strokes."""
    unit, (w, h) = _unit(picture), picture.size
    rough = (1 - done) ** 1.3
    weave = 0.5 + 0.25 * (np.sin(np.arange(w) * 2.2)[None, :] + np.sin(np.arange(h) * 2.2)[:, None])
    ground = np.float32((0.9, 0.86, 0.78)) * (0.94 + 0.08 * weave[..., None])
    size = 0.004 + 0.05 * rough
    blobs = strokes(picture, rng, ((size * 2.6, size * 1.1, size * 0.85),), _picture(ground))
    blobs = Image.blend(blobs, blobs.filter(ImageFilter.GaussianBlur(unit * size * 0.25)), 0.6)
    patch = noise(rng, h, w, unit * 0.22, 6, 0.6)
    y, x = np.linspace(-1, 1, h)[:, None], np.linspace(-1, 1, w)[None, :]
    heart = np.exp(-(x * x + y * y) * 0.9)
    bare = ease(0.5, 0.62, patch + 0.22 * (1 - heart) + 0.62 * rough - 0.42)[..., None] * np.clip(rough * 1.5, 0, 1)
    sharp = ease(0.55, 0.4, patch - 0.3 * heart * done + 0.75 * rough - 0.22)[..., None]
    array = mix(_array(blobs), _array(picture), sharp * min(1.0, done * 1.2))
    return _picture(mix(array, ground, bare * 0.9))
