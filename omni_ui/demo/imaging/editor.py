"""The demo server's picture edits: operations found in the prompt by whole words, the longest phrase first."""

import re
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from omni_ui.demo import words as _words
from omni_ui.demo.imaging import looks
from omni_ui.demo.imaging.canvas import LIGHTS, Stage
from omni_ui.demo.imaging.drawing import drawings
from omni_ui.demo.imaging.painter import FINISHED, paint
from omni_ui.demo.imaging.sky import aurora, moon, rainbow, stars, sun
from omni_ui.demo.imaging.styles import STYLES, unfinished
from omni_ui.demo.imaging.subjects import place_subjects

LARGEST = 4_000_000
"""Pixels that an operation works on at most; larger pictures are worked on reduced, and the change is scaled up."""
SMALLEST = 16
"""Pixels that a side has while it is worked on."""
PAINTED = 256
"""Pixels that the shorter side of what is painted into a mask has at least, before it is made smaller."""

WORDS = {
    "night": _words.LEXICON["hour"]["night"] + ", dark sky",
    "sunset": _words.LEXICON["hour"]["sunset"] + ", sunrise, dusk, dawn, twilight",
    "golden": _words.LEXICON["hour"]["golden"],
    "snow": "snow, snowy, winter, snowfall, snowing, snowstorm, frozen",
    "rain": _words.LEXICON["weather"]["rain"] + ", storm, stormy",
    "fog": _words.LEXICON["weather"]["fog"],
    **_words.LEXICON["style"],
    "warmer": "warmer, warm, warm up, warmth",
    "cooler": "cooler, colder, cool, cold, cool down",
    "brighter": "brighter, bright, brighten, lighten, lighter, increase brightness, more light",
    "darker": "darker, darken, dark, dim, less light",
    "contrast": "contrast, more contrast, higher contrast, increase contrast",
    "soften": "less contrast, lower contrast, reduce contrast, soften",
    "sharpen": "sharpen, sharp, sharper, crisp, more detail",
    "blur": "blur, blurry, blurred, out of focus",
    "blur background": "blur background, blur the background, blurred background, blurry background, bokeh,"
    " depth of field, blur the back",
    "remove background": "remove background, remove the background, white background, cut out, plain background",
    "replace background": "replace background, replace the background, change background, change the background,"
    " new background, different background, background to, background with",
    "rotate": "rotate, turn, upside down",
    "mirror": "mirror, mirrored, flip, flip horizontally, flipped, flop",
    "flip vertically": "flip vertically, flip upside down, vertical flip",
    "invert": "invert, inverted, negative, invert colours, invert colors",
    "border": "border, frame, framed, mount",
    "vignette": "vignette, dark corners",
    "match": "match, match colours, match colors, same colours, same colors, same style, like the reference",
}
JOIN = {
    "side by side": "side by side, next to, beside, collage, together, row",
    "inset": "inset, picture in picture, in the corner, corner, thumbnail",
    "blend": "blend, mix, double exposure, combine, merge, overlay, fuse",
    "place": "into, onto, in front of, place, put, insert, on top of",
}
ADD = {"add", "put", "insert", "place", "draw", "include", "paint"}
SKY_THINGS: dict[str, Callable[[Stage], None]] = {
    "moon": lambda stage: moon(stage, False),
    "sun": sun,
    "stars": lambda stage: stars(stage, stage.horizon),
    "aurora": aurora,
    "rainbow": rainbow,
}
EDITS = STYLES | looks.LOOKS
FOUND, JOINED = _words.phrases({name: f"{name}, {text}" for name, text in WORDS.items()}), _words.phrases(JOIN)


KNOWN = [text.split(", ")[0] for text in WORDS.values()]


class NotUnderstood(ValueError):
    """No word of the prompt names an edit; the message lists the words that do."""

    def __init__(self, prompt: str):
        things = ", ".join(name for name in drawings() if not name.startswith("figure"))
        super().__init__(
            f"The demo editor knows no edit by the words {prompt[:120]!r}. It knows: {', '.join(KNOWN)}; "
            f"make it (a colour: red, blue, ...); add (a thing: {things}, {', '.join(SKY_THINGS)}); "
            f"and for several pictures: {', '.join(JOIN)}."
        )


def edit(
    images, prompt, *, mask=None, reference=None, width=None, height=None, seed=0, steps=None, guidance=None,
    strength=None, negative_prompt=None,
) -> Image.Image:  # fmt: skip
    """The picture of `images` (the first, or all of them put together), changed as `prompt` says; RGB.

    mask: a picture of any size whose white may change; where it is black every pixel stays what it was, and its greys
    mix. strength: 0 leaves the picture, 1 (the default) is the full change; guidance below 3 weakens it too.
    Where no word names an edit, what the words name is painted into the white of the mask. Raises NotUnderstood
    without a mask, or when the painter knows none of the words either.
    """
    pictures = [_opaque(image) for image in images]
    size = (width or pictures[0].width, height or pictures[0].height)
    first = pictures[0] if pictures[0].size == size else ImageOps.fit(pictures[0], size, Image.Resampling.LANCZOS)
    words, rng = _words.tokens(prompt), np.random.default_rng([len(prompt), (seed or 0) % 2**64])
    steps_found = _operations(words, _words.tokens(negative_prompt or ""), reference, seed)
    joins = [value for _, _, value in _words.find(words, JOINED)]
    if not steps_found and (len(pictures) == 1):
        if mask is None or not any(_words.find(words, _words.EVERY)):
            raise NotUnderstood(prompt)
        return _painted(first, prompt, mask.convert("L").resize(size, Image.Resampling.BILINEAR), seed)
    after = first if len(pictures) == 1 else _joined([first, *pictures[1:]], joins[0] if joins else "side by side")
    shrink = min(1.0, (LARGEST / (size[0] * size[1])) ** 0.5)
    if shrink < 1 or min(size) < SMALLEST:
        work = (max(SMALLEST, round(side * shrink)) for side in size)
        after = after.resize(tuple(work), Image.Resampling.LANCZOS)
    for operation in steps_found:
        after = operation(after, rng)
    if steps is not None and steps < FINISHED:
        after = unfinished(after, steps / FINISHED, rng)
    if after.size != size:
        turned = (after.width > after.height) != (size[0] > size[1]) and mask is None and not (width and height)
        after = after if turned and shrink == 1 else after.resize(size, Image.Resampling.LANCZOS)
    share = 1.0 if strength is None else float(np.clip(strength, 0, 1))
    share *= float(np.interp(guidance or 4, (0, 3), (0.4, 1)))
    if share < 1 and after.size == first.size:
        after = Image.blend(first, after, share)
    if mask is not None:
        after = Image.composite(after, first, mask.convert("L").resize(size, Image.Resampling.BILINEAR))
    return after


def _painted(picture: Image.Image, prompt: str, area: Image.Image, seed: int | None) -> Image.Image:
    """The picture with what the prompt names where the area is white, as large as that."""
    box = area.getbbox()
    if box is None:
        return picture
    width, height = box[2] - box[0], box[3] - box[1]
    scale = max(1.0, PAINTED / min(width, height))
    painted = paint(prompt, width=round(width * scale), height=round(height * scale), seed=seed or 0)
    whole = picture.copy()
    whole.paste(painted.resize((width, height), Image.Resampling.LANCZOS), box)
    return Image.composite(whole, picture, area)


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        return white.convert("RGB")
    return image.convert("RGB")


def _operations(words: list[str], banned: list[str], reference, seed) -> list[Callable]:
    """The edits that the words name, in their order."""
    refused = {value for _, _, value in _words.find(banned, FOUND)}
    operations: list[tuple[int, Callable]] = []
    skip: set[int] = set()
    for place, word in enumerate(words):
        if word in ADD:
            end = next((i for i in range(place + 1, len(words)) if words[i] in {",", ".", ";"}), len(words))
            scene = _words.read(" ".join(words[place + 1 : end]))
            if scene.subject or any(name in SKY_THINGS for name in scene.feature):
                operations.append((place, lambda picture, rng, scene=scene: _add(picture, rng, scene)))
                skip.update(range(place, end) if scene.subject else ())
    named: dict[str, int] = {}
    for place, _, value in _words.find(words, FOUND):
        denied = value in refused or any(word in _words.NOT for word in words[max(0, place - 2) : place])
        if place not in skip and not denied:
            named.setdefault(value, place)
    if reference is not None:
        like = named.pop("match", len(words))
        operations.append((like, lambda picture, rng: looks.match_colours(picture, reference)))
    own = {
        "rotate": lambda place: _rotation(words),
        "replace background": lambda place: lambda picture, rng: _new_background(picture, words[place:], seed),
        "match": lambda place: None,  # there is nothing to be like
    }
    for value, place in named.items():
        operation = own[value](place) if value in own else EDITS[value]
        if operation:
            operations.append((place, operation))
    hues = [hue for place, _, hue in _words.find(words, _words.TABLES["colour"]) if place not in skip]
    if hues and not operations and not {"mono", "golden"} & set(named):
        operations.append((0, lambda picture, rng: looks.tint(picture, hues[0])))
    return [operation for _, operation in sorted(operations, key=lambda entry: entry[0])]


def _rotation(words: list[str]) -> Callable:
    """By the degrees that are said, else a quarter turn; clockwise unless "left" or "counter" is said."""
    said = re.search(r"-?\d+", " ".join(words))
    degrees = 180 if {"upside", "180"} & set(words) else int(said[0]) if said else 90
    if {"left", "counterclockwise", "anticlockwise", "counter", "anti"} & set(words):
        degrees = -degrees

    def rotate(picture, rng):
        if degrees % 90 == 0:
            return picture.rotate(-degrees, expand=True)
        zoomed = picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=False)
        turn = np.radians(degrees % 180)
        shape = max(picture.width / picture.height, picture.height / picture.width)
        grow = abs(np.cos(turn)) + abs(np.sin(turn)) * shape
        w, h = picture.width / grow, picture.height / grow
        box = ((picture.width - w) / 2, (picture.height - h) / 2, (picture.width + w) / 2, (picture.height + h) / 2)
        return zoomed.resize(picture.size, Image.Resampling.BICUBIC, box)

    return rotate


def _add(picture: Image.Image, rng, scene: _words.Wish) -> Image.Image:
    """The painter's subjects stood in the picture, in a light taken from its brightness."""
    bright = float(np.asarray(picture.convert("L")).mean()) / 255
    hour = "day" if bright > 0.42 else "dusk" if bright > 0.22 else "night"
    stage = Stage(*picture.size, rng, LIGHTS[hour][0])
    stage.horizon, stage.sun = int(picture.height * 0.6), (picture.width * 0.76, picture.height * 0.16)
    for name in scene.feature:
        if name in SKY_THINGS:
            SKY_THINGS[name](stage)
    place_subjects(stage, scene, "meadow", 1.0)
    whole = picture.convert("RGBA")
    for layer in stage.layers:
        whole.alpha_composite(layer.picture, (layer.left, layer.top))
    return whole.convert("RGB")


def _new_background(picture: Image.Image, words: list[str], seed) -> Image.Image:
    behind = paint(" ".join(words), width=picture.width, height=picture.height, seed=seed)
    return Image.composite(picture, behind, looks.subject_of(picture))


def _joined(pictures: list[Image.Image], how: str) -> Image.Image:
    """All pictures in one of the first one's size."""
    w, h = pictures[0].size
    fit = Image.Resampling.LANCZOS
    if how == "blend":
        whole = pictures[0]
        for number, other in enumerate(pictures[1:], 2):
            whole = Image.blend(whole, ImageOps.fit(other, (w, h), fit), 1 / number)
        return whole
    if how == "inset":
        whole, side = pictures[0].copy(), max(1, int(min(w, h) * 0.3))
        gap = max(1, side // 12)
        for number, other in enumerate(pictures[1:]):
            card = ImageOps.expand(ImageOps.fit(other, (side, side), fit), max(1, side // 40), "white")
            whole.paste(card, (w - gap - card.width, h - (gap + card.height) * (number + 1)))
        return whole
    if how == "place":  # the main thing of the first in front of the second
        whole = ImageOps.fit(pictures[1], (w, h), fit)
        return Image.composite(pictures[0], whole, looks.subject_of(pictures[0]))
    gap, count = max(1, w // 120), len(pictures)
    whole, wide = Image.new("RGB", (w, h), "white"), (w - gap * (count - 1)) / count
    for number, other in enumerate(pictures):
        left = round(number * (wide + gap))
        whole.paste(ImageOps.fit(other, (max(1, round(wide)), h), fit), (left, 0))
    return whole
