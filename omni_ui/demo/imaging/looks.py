"""Changes of hour, weather and tone for any picture, photos too; each takes an RGB picture and a random generator."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from omni_ui.demo.imaging.canvas import (
    GREY,
    array,
    blend,
    blurred,
    coloured,
    colours,
    ease,
    mask_of,
    mix,
    noise,
    picture_of,
    unit_of,
)  # fmt: skip
from omni_ui.demo.imaging.sky import flakes, streaks
from omni_ui.demo.imaging.styles import vignette


def sky_of(picture: Image.Image) -> np.ndarray:
    """Where the sky probably is, 0..1: from the top edge down to where it gets darker; nothing in a room."""
    columns = 160
    small = picture.resize((columns, max(8, columns * picture.height // picture.width)), Image.Resampling.BOX)
    values = array(blurred(small, 1))
    grey, (r, _, b) = values @ GREY, values[: max(2, small.height // 8)].mean((0, 1))
    # A sky gets lighter downwards, land does not.
    usual = np.maximum.accumulate(np.quantile(grey, 0.35, axis=1))[:, None]
    dy, dx = np.gradient(grey)
    cool = (values[..., 2] > values[..., 0] * 0.8) & (values[..., 2] > values[..., 1] * 0.86)
    is_sky = _reached((grey > usual * 0.86) & cool & (np.hypot(dx, dy) < 0.05), [(x, 0) for x in range(0, columns, 8)])
    # A blue or a grey sky only: a warm wall is not to be full of stars.
    if b < r - 0.02 or b < 0.2 or is_sky.mean() < 0.1:
        return np.zeros((picture.height, picture.width), np.float32)
    mask = mask_of(is_sky).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(3))
    mask = mask.resize(picture.size, Image.Resampling.BICUBIC)
    edge = Image.fromarray(usual.astype(np.float32)).resize((1, picture.height), Image.Resampling.BILINEAR)
    return array(mask) * ease(0.66, 0.84, array(picture.convert("L")) / np.maximum(np.asarray(edge), 0.05))


def _reached(open_cells: np.ndarray, seeds) -> np.ndarray:
    """The cells that can be walked to from the seeds (x, y) over open ones."""
    field = mask_of(open_cells).copy()  # a copy can be drawn on
    for seed in seeds:
        if field.getpixel(seed) == 255:
            ImageDraw.floodfill(field, seed, 128)
    return np.asarray(field) == 128


def subject_of(picture: Image.Image) -> Image.Image:
    """A mask of the main thing, probably: what differs from the colours along the border, near the middle.

    A guess from colours alone: good for one thing on a plain ground, poor in a busy picture.
    """
    small = picture.resize((128, max(16, 128 * picture.height // picture.width)), Image.Resampling.BOX)
    values = array(blurred(small, 0.8))
    h, w = values.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    edge = max(2, h // 14)
    rim = np.ones((h, w), bool)
    rim[edge : h - edge // 2, edge:-edge] = False
    around = np.dstack([values * 3, y[..., None] / h])  # a border colour counts for its own height most
    samples = around[rim][:: max(1, int(rim.sum()) // 220)]
    far = np.sqrt(((around[:, :, None, :] - samples[None, None]) ** 2).sum(-1)).min(-1)
    score = far * (0.25 + np.exp(-(((x / w - 0.5) / 0.36) ** 2) - ((y / h - 0.56) / 0.42) ** 2))
    likely = np.asarray(mask_of(score > 0.45 * np.quantile(score, 0.99)).filter(ImageFilter.MedianFilter(5))) > 0
    top = np.unravel_index(int((score * likely).argmax()), score.shape)
    outline = mask_of(_reached(likely, [(int(top[1]), int(top[0]))]))
    outline = outline.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MinFilter(7))
    around = np.pad(np.asarray(outline) == 0, 1, constant_values=True)  # what cannot be reached from outside is a hole
    whole = mask_of(~_reached(around, [(0, 0)])[1:-1, 1:-1]).resize(picture.size, Image.Resampling.BICUBIC)
    return blurred(whole, unit_of(picture) * 0.006)


def _new_sky(picture, mask, hues) -> np.ndarray:
    """The sky in a gradient of `hues`, keeping the relief of its clouds."""
    values = array(picture)
    rows = np.linspace(0, 1, picture.height, dtype=np.float32)
    foot = max(0.15, float((rows[:, None] * (mask > 0.5)).max()))
    relief = (values @ GREY) - array(blurred(picture.convert("L"), unit_of(picture) * 0.08))
    return mix(values, blend(hues, rows / foot)[:, None, :] + relief[..., None] * 0.7, mask[..., None])


def night(picture, rng):
    """Blue and dark, the sky with stars, lamps and windows left bright."""
    mask, values = sky_of(picture), array(picture)
    warm = ease(0.2, 0.5, values[..., :1] - values[..., 2:]) * ease(0.72, 0.95, values.max(-1, keepdims=True))
    dim = mix(values, (values @ GREY)[..., None], 0.45) ** 1.25
    dim = dim * np.array((0.3, 0.4, 0.66), np.float32) + np.array((0.01, 0.018, 0.05), np.float32)
    dim = mix(dim, values * np.array((1.0, 0.86, 0.6), np.float32), warm * 0.6)
    sky = _new_sky(picture, mask, colours("060b22 0d1b42 24406e")) * 0.86
    stars = mask_of(rng.random(mask.shape, dtype=np.float32) > 1 - 0.0011)
    fade = np.linspace(1, 0.2, picture.height, dtype=np.float32)[:, None]
    sky = sky + (array(blurred(stars, max(0.5, unit_of(picture) / 1100))) * fade * 2.2)[..., None]
    done = picture_of(mix(dim, sky, mask[..., None]))
    return ImageChops.screen(done, blurred(picture_of(array(done) - 0.5), unit_of(picture) * 0.015))


def sunset(picture, rng):
    mask, values = sky_of(picture), array(picture)
    tint = mix(
        np.array((0.62, 0.42, 0.55), np.float32),
        np.array((1.16, 0.88, 0.62), np.float32),
        ease(0.1, 0.75, (values @ GREY)[..., None]),
    )
    sky = _new_sky(picture, mask, colours("34407e 9a5a8e f0805c ffd083"))
    done = mix(values * tint, sky, mask[..., None])
    y, x = np.linspace(0, 1, picture.height)[:, None], np.linspace(-1, 1, picture.width)[None, :]
    glow = np.exp(-((x - 0.35) ** 2) * 1.6 - ((y - 0.45) / 0.4) ** 2)[..., None].astype(np.float32)
    return picture_of(1 - (1 - done) * (1 - glow * np.array((0.34, 0.19, 0.06), np.float32)))


def golden(picture, rng):
    values = array(picture)
    tint = mix(
        np.array((0.92, 0.82, 0.72), np.float32), np.array((1.16, 1.0, 0.74), np.float32), (values @ GREY)[..., None]
    )
    return picture_of(values * tint + np.array((0.05, 0.025, 0.0), np.float32))


def snow(picture, rng):
    """Snow lying on what faces up, cold light, falling flakes."""
    values, (w, h), unit = array(picture), picture.size, unit_of(picture)
    grey = values @ GREY
    soft = array(blurred(picture.convert("L"), max(1, unit * 0.004)))
    up = np.gradient(soft)[0] * unit * 0.05  # brighter below than above: an upper edge
    ground = ease(0.35, 0.75, np.linspace(0, 1, h)[:, None]) * ease(0.12, 0.4, grey)
    patches = noise(rng, h, w, unit * 0.05, 5, 0.6) - 0.5
    lying = np.clip(ground * 0.95 + ease(0.08, 0.4, -up) * 0.7 + patches * 0.7, 0, 1)
    warm = ease(0.1, 0.35, values[..., 0] - values[..., 1:].max(-1))  # fur, brick and skin keep more of their colour
    lying = lying * (1 - sky_of(picture)) * (1 - 0.75 * warm)
    white = mix(
        np.array((0.66, 0.74, 0.88), np.float32),
        np.array((0.98, 0.985, 1.0), np.float32),
        ease(0.08, 0.6, grey)[..., None],
    )
    cold = mix(values, grey[..., None], 0.35) * np.array((0.95, 1.0, 1.08), np.float32) + 0.02
    done = picture_of(mix(cold, white, (lying * 0.86)[..., None])).convert("RGBA")
    done.alpha_composite(flakes(w, h, rng, 1.1))
    return done.convert("RGB")


def rain(picture, rng):
    dim = picture_of(array(coloured(picture, 0.6)) * np.array((0.74, 0.79, 0.86), np.float32) + 0.03)
    dim = Image.blend(dim, blurred(dim, unit_of(picture) * 0.005), 0.4).convert("RGBA")
    dim.alpha_composite(streaks(picture.width, picture.height, rng, 1.3))
    return dim.convert("RGB")


def fog(picture, rng):
    """Thicker higher up in the picture, where things are farther away."""
    (w, h), unit = picture.size, unit_of(picture)
    far = ease(1.05, 0.25, np.linspace(0, 1, h)[:, None])
    bank = noise(rng, h, w, (unit * 0.12, unit * 0.6), 4) - 0.5
    veil = np.clip(0.22 + 0.62 * far + bank * 0.5, 0, 0.93)[..., None].astype(np.float32)
    soft = coloured(blurred(picture, unit * 0.002), 0.7)
    return picture_of(mix(array(soft), np.array((0.83, 0.86, 0.88), np.float32), veil))


def _on_values(change: Callable[[np.ndarray], np.ndarray]) -> Callable:
    return lambda picture, rng: picture_of(change(array(picture)))


def _behind(picture, ground):
    return Image.composite(picture, ground, subject_of(picture))


def border(picture, rng):
    """A white mount with a thin dark line, inside the picture's own size."""
    w, h = picture.size
    wide = max(2, int(unit_of(picture) * 0.055))
    line = max(1, wide // 14)
    done = Image.new("RGB", picture.size, (250, 248, 243))
    for gap, paint in ((line * 3, (70, 66, 62)), (line * 2, (250, 248, 243))):
        done.paste(paint, (wide - gap, wide - gap, w - wide + gap, h - wide + gap))
    done.paste(ImageOps.fit(picture, (max(1, w - 2 * wide), max(1, h - 2 * wide))), (wide, wide))
    return done


LOOKS: dict[str, Callable] = {
    **{look.__name__: look for look in (night, sunset, golden, snow, rain, fog, border)},
    "warmer": _on_values(lambda v: v * np.array((1.1, 1.01, 0.84), np.float32)),
    "cooler": _on_values(lambda v: v * np.array((0.86, 1.0, 1.12), np.float32)),
    "brighter": _on_values(lambda v: v**0.68),
    "darker": _on_values(lambda v: v**1.5),
    "contrast": _on_values(lambda v: mix(v, v * v * (3 - 2 * v), 0.85)),
    "soften": _on_values(lambda v: 0.5 + (v - 0.5) * 0.7),
    "sharpen": lambda p, rng: p.filter(ImageFilter.UnsharpMask(max(1, unit_of(p) * 0.002), 170, 2)),
    "blur": lambda p, rng: blurred(p, max(1, unit_of(p) * 0.014)),
    "blur background": lambda p, rng: _behind(p, blurred(p, max(1, unit_of(p) * 0.018))),
    "remove background": lambda p, rng: _behind(p, Image.new("RGB", p.size, (248, 248, 246))),
    "vignette": lambda p, rng: picture_of(array(p) * vignette(p, 0.65, 0.55, 1.5)),
    "mirror": lambda p, rng: ImageOps.mirror(p),
    "flip vertically": lambda p, rng: ImageOps.flip(p),
    "invert": lambda p, rng: ImageOps.invert(p),
}
"""The edits that need no more than the picture, by name."""


def tint(picture, colour: str):
    """The hue of `colour` with the picture's own light and shade."""
    values = array(picture)
    grey = (values @ GREY)[..., None]
    hue = colours(colour)[0]
    middle = float(hue @ GREY)
    lighter = mix(hue, 1.0, (grey - middle) / max(1 - middle, 0.05))
    return picture_of(mix(values, np.where(grey < middle, hue * grey / max(middle, 0.05), lighter), 0.8))


def match_colours(picture, reference):
    """The picture with the mean and the spread of the reference's colours."""
    values, wanted = array(picture), array(reference.convert("RGB").resize((96, 96), Image.Resampling.BOX))
    spread = wanted.std((0, 1)) / np.maximum(values.std((0, 1)), 0.02)
    return picture_of((values - values.mean((0, 1))) * np.clip(spread, 0.5, 1.8) + wanted.mean((0, 1)))
