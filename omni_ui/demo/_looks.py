"""Changes of hour, weather and tone for any picture, photos too; each takes an RGB picture and a random generator."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from omni_ui.demo._canvas import colours, ease, measure, mix, noise
from omni_ui.demo._sky import flakes, streaks

GREY = np.float32((0.299, 0.587, 0.114))


def array(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, np.float32) / 255


def picture_of(values: np.ndarray) -> Image.Image:
    return Image.fromarray((np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")


def unit(picture: Image.Image) -> float:
    return measure(picture.width, picture.height)


def sky_of(picture: Image.Image) -> np.ndarray:
    """Where the sky probably is, 0..1: from the top edge down to where it gets darker; nothing in a room."""
    columns = 160
    small = picture.resize((columns, max(8, columns * picture.height // picture.width)), Image.Resampling.BOX)
    values = array(small.filter(ImageFilter.GaussianBlur(1)))
    grey, (r, _, b) = values @ GREY, values[: max(2, small.height // 8)].mean((0, 1))
    nothing = np.zeros((picture.height, picture.width), np.float32)
    if b < r - 0.02 or b < 0.2:  # a blue or a grey sky only: a warm wall is not to be full of stars
        return nothing
    usual = np.maximum.accumulate(np.quantile(grey, 0.35, axis=1))[
        :, None
    ]  # a sky gets lighter downwards, land does not
    dy, dx = np.gradient(grey)
    cool = (values[..., 2] > values[..., 0] * 0.8) & (values[..., 2] > values[..., 1] * 0.86)
    is_sky = _reached((grey > usual * 0.86) & cool & (np.hypot(dx, dy) < 0.05), [(x, 0) for x in range(0, columns, 8)])
    if is_sky.mean() < 0.1:
        return nothing
    mask = (
        Image.fromarray((is_sky * 255).astype(np.uint8))
        .filter(ImageFilter.MaxFilter(5))
        .filter(ImageFilter.MinFilter(3))
    )
    mask = mask.resize(picture.size, Image.Resampling.BICUBIC)
    fine = np.asarray(picture.convert("L"), np.float32) / 255
    edge = np.asarray(Image.fromarray(usual.astype(np.float32)).resize((1, picture.height), Image.Resampling.BILINEAR))
    return np.asarray(mask, np.float32) / 255 * ease(0.66, 0.84, fine / np.maximum(edge, 0.05))


def _reached(open_cells: np.ndarray, seeds) -> np.ndarray:
    """The cells that can be walked to from the seeds (x, y) over open ones."""
    field = Image.fromarray((open_cells * 255).astype(np.uint8)).copy()  # a copy can be drawn on
    for seed in seeds:
        if field.getpixel(seed) == 255:
            ImageDraw.floodfill(field, seed, 128)
    return np.asarray(field) == 128


def subject_of(picture: Image.Image) -> np.ndarray:
    """Where the main thing probably is, 0..1: what differs from the colours along the border, near the middle.

    A guess from colours alone: good for one thing on a plain ground, poor in a busy picture.
    """
    small = picture.resize((128, max(16, 128 * picture.height // picture.width)), Image.Resampling.BOX)
    values = array(small.filter(ImageFilter.GaussianBlur(0.8)))
    h, w = values.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    edge = max(2, h // 14)
    rim = np.ones((h, w), bool)
    rim[edge : h - edge // 2, edge:-edge] = False
    around = np.dstack([values * 3, y[..., None] / h])  # a border colour counts for its own height most
    samples = around[rim][:: max(1, int(rim.sum()) // 220)]
    far = np.sqrt(((around[:, :, None, :] - samples[None, None]) ** 2).sum(-1)).min(-1)
    centre = np.exp(-(((x / w - 0.5) / 0.36) ** 2) - ((y / h - 0.56) / 0.42) ** 2)
    score = far * (0.25 + centre)
    likely = Image.fromarray(((score > 0.45 * np.quantile(score, 0.99)) * 255).astype(np.uint8)).filter(
        ImageFilter.MedianFilter(5)
    )
    top = np.unravel_index(int((score * (np.asarray(likely) > 0)).argmax()), score.shape)
    one = _reached(np.asarray(likely) > 0, [(int(top[1]), int(top[0]))])
    mask = (
        Image.fromarray((one * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MinFilter(7))
    )
    around = np.pad(np.asarray(mask) == 0, 1, constant_values=True)  # what cannot be reached from outside is a hole
    whole = np.where(_reached(around, [(0, 0)])[1:-1, 1:-1], 0, 255).astype(np.uint8)
    mask = Image.fromarray(whole).resize(picture.size, Image.Resampling.BICUBIC)
    return np.asarray(mask.filter(ImageFilter.GaussianBlur(unit(picture) * 0.006)), np.float32) / 255


def _new_sky(picture, mask, hues, rng) -> np.ndarray:
    """The sky in a gradient of `hues`, keeping the relief of its clouds."""
    values = array(picture)
    rows = np.linspace(0, 1, picture.height, dtype=np.float32)
    foot = max(0.15, float((rows[:, None] * (mask > 0.5)).max()))
    place = np.clip(rows / foot, 0, 1) * (len(hues) - 1.001)
    index = place.astype(int)
    column = mix(hues[index], hues[index + 1], (place - index)[:, None])[:, None, :]
    grey = (values @ GREY)[..., None]
    relief = grey - array(picture.convert("L").filter(ImageFilter.GaussianBlur(unit(picture) * 0.08)))[..., None]
    return mix(values, column + relief * 0.7, mask[..., None])


def night(picture, rng):
    """Blue and dark, the sky with stars, lamps and windows left bright."""
    mask = sky_of(picture)
    values = array(picture)
    grey = (values @ GREY)[..., None]
    warm = ease(0.2, 0.5, values[..., :1] - values[..., 2:]) * ease(0.72, 0.95, values.max(-1, keepdims=True))
    dim = mix(values, grey, 0.45) ** 1.25 * np.float32((0.3, 0.4, 0.66)) + np.float32((0.01, 0.018, 0.05))
    dim = mix(dim, values * np.float32((1.0, 0.86, 0.6)), warm * 0.6)
    sky = _new_sky(picture, mask, colours("060b22 0d1b42 24406e"), rng)
    sky = mix(sky, sky * 0.72, 0.5)
    stars = rng.random(mask.shape, dtype=np.float32)
    dots = Image.fromarray(((stars > 1 - 0.0011) * 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(max(0.5, unit(picture) / 1100))
    )
    fade = np.linspace(1, 0.2, picture.height, dtype=np.float32)[:, None]
    sky = sky + (np.asarray(dots, np.float32) / 255 * fade * 2.2)[..., None]
    done = picture_of(mix(dim, sky, mask[..., None]))
    glow = picture_of(np.clip(array(done) - 0.5, 0, 1)).filter(ImageFilter.GaussianBlur(unit(picture) * 0.015))
    return ImageChops.screen(done, glow)


def sunset(picture, rng):
    mask = sky_of(picture)
    grey = (array(picture) @ GREY)[..., None]
    tint = mix(np.float32((0.62, 0.42, 0.55)), np.float32((1.16, 0.88, 0.62)), ease(0.1, 0.75, grey))
    sky = _new_sky(picture, mask, colours("34407e 9a5a8e f0805c ffd083"), rng)
    done = mix(array(picture) * tint, sky, mask[..., None])
    y, x = np.linspace(0, 1, picture.height)[:, None], np.linspace(-1, 1, picture.width)[None, :]
    glow = np.exp(-((x - 0.35) ** 2) * 1.6 - ((y - 0.45) / 0.4) ** 2)[..., None].astype(np.float32)
    return picture_of(1 - (1 - done) * (1 - glow * np.float32((0.34, 0.19, 0.06))))


def golden(picture, rng):
    grey = (array(picture) @ GREY)[..., None]
    tint = mix(np.float32((0.92, 0.82, 0.72)), np.float32((1.16, 1.0, 0.74)), grey)
    return picture_of(array(picture) * tint + np.float32((0.05, 0.025, 0.0)))


def snow(picture, rng):
    """Snow lying on what faces up, cold light, falling flakes."""
    values, (w, h) = array(picture), picture.size
    grey = values @ GREY
    soft = array(picture.convert("L").filter(ImageFilter.GaussianBlur(max(1, unit(picture) * 0.004))))
    up = np.gradient(soft)[0] * unit(picture) * 0.05  # brighter below than above: an upper edge
    ground = ease(0.35, 0.75, np.linspace(0, 1, h)[:, None]) * ease(0.12, 0.4, grey)
    lying = np.clip(
        ground * 0.95 + ease(0.08, 0.4, -up) * 0.7 + (noise(rng, h, w, unit(picture) * 0.05, 5, 0.6) - 0.5) * 0.7, 0, 1
    )
    warm = ease(0.1, 0.35, values[..., 0] - values[..., 1:].max(-1))  # fur, brick and skin keep more of their colour
    lying = lying * (1 - sky_of(picture)) * (1 - 0.75 * warm)
    white = mix(np.float32((0.66, 0.74, 0.88)), np.float32((0.98, 0.985, 1.0)), ease(0.08, 0.6, grey)[..., None])
    cold = mix(values, grey[..., None], 0.35) * np.float32((0.95, 1.0, 1.08)) + 0.02
    done = picture_of(mix(cold, white, (lying * 0.86)[..., None])).convert("RGBA")
    done.alpha_composite(flakes(w, h, rng, 1.1))
    return done.convert("RGB")


def rain(picture, rng):
    grey = ImageEnhance.Color(picture).enhance(0.6)
    dim = picture_of(array(grey) * np.float32((0.74, 0.79, 0.86)) + 0.03)
    dim = Image.blend(dim, dim.filter(ImageFilter.GaussianBlur(unit(picture) * 0.005)), 0.4).convert("RGBA")
    dim.alpha_composite(streaks(*picture.size, rng, 1.3))
    return dim.convert("RGB")


def fog(picture, rng):
    """Thicker higher up in the picture, where things are farther away."""
    w, h = picture.size
    far = ease(1.05, 0.25, np.linspace(0, 1, h)[:, None])
    bank = noise(rng, h, w, (unit(picture) * 0.12, unit(picture) * 0.6), 4) - 0.5
    veil = np.clip(0.22 + 0.62 * far + bank * 0.5, 0, 0.93)[..., None].astype(np.float32)
    soft = ImageEnhance.Color(picture.filter(ImageFilter.GaussianBlur(unit(picture) * 0.002))).enhance(0.7)
    return picture_of(mix(array(soft), np.float32((0.83, 0.86, 0.88)), veil))


def warmer(picture, rng):
    return picture_of(array(picture) * np.float32((1.1, 1.01, 0.84)))


def cooler(picture, rng):
    return picture_of(array(picture) * np.float32((0.86, 1.0, 1.12)))


def brighter(picture, rng):
    return picture_of(array(picture) ** 0.68)


def darker(picture, rng):
    return picture_of(array(picture) ** 1.5)


def contrast(picture, rng):
    values = array(picture)
    return picture_of(mix(values, values * values * (3 - 2 * values), 0.85))


def soften(picture, rng):
    return picture_of(0.5 + (array(picture) - 0.5) * 0.7)


def sharpen(picture, rng):
    return picture.filter(ImageFilter.UnsharpMask(max(1, unit(picture) * 0.002), 170, 2))


def blur(picture, rng):
    return picture.filter(ImageFilter.GaussianBlur(max(1, unit(picture) * 0.014)))


def blur_background(picture, rng):
    mask = Image.fromarray((subject_of(picture) * 255).astype(np.uint8))
    far = picture.filter(ImageFilter.GaussianBlur(max(1, unit(picture) * 0.018)))
    return Image.composite(picture, far, mask)


def remove_background(picture, rng):
    mask = Image.fromarray((subject_of(picture) * 255).astype(np.uint8))
    return Image.composite(picture, Image.new("RGB", picture.size, (248, 248, 246)), mask)


def border(picture, rng):
    """A white mount with a thin dark line, inside the picture's own size."""
    w, h = picture.size
    wide = max(2, int(unit(picture) * 0.055))
    inner = ImageOps.fit(picture, (max(1, w - 2 * wide), max(1, h - 2 * wide)), Image.Resampling.LANCZOS)
    line = max(1, wide // 14)
    done = Image.new("RGB", picture.size, (250, 248, 243))
    done.paste((70, 66, 62), (wide - line * 3, wide - line * 3, w - wide + line * 3, h - wide + line * 3))
    done.paste((250, 248, 243), (wide - line * 2, wide - line * 2, w - wide + line * 2, h - wide + line * 2))
    done.paste(inner, (wide, wide))
    return done


def vignette(picture, rng):
    y, x = np.linspace(-1, 1, picture.height)[:, None], np.linspace(-1, 1, picture.width)[None, :]
    return picture_of(array(picture) * (1 - 0.65 * ease(0.55, 1.5, np.hypot(x, y)))[..., None])


def tint(picture, colour: str):
    """The hue of `colour` with the picture's own light and shade."""
    values = array(picture)
    grey = (values @ GREY)[..., None]
    hue = colours(colour)[0]
    middle = float(hue @ GREY)
    toned = np.where(
        grey < middle, hue * grey / max(middle, 0.05), mix(hue, 1.0, (grey - middle) / max(1 - middle, 0.05))
    )
    return picture_of(mix(values, toned, 0.8))


def match_colours(picture, reference):
    """The picture with the mean and the spread of the reference's colours."""
    values, wanted = array(picture), array(reference.convert("RGB").resize((96, 96), Image.Resampling.BOX))
    spread = wanted.std((0, 1)) / np.maximum(values.std((0, 1)), 0.02)
    return picture_of((values - values.mean((0, 1))) * np.clip(spread, 0.5, 1.8) + wanted.mean((0, 1)))
