"""The demo server's picture edits: operations found in the prompt by whole words."""

import re

from PIL import Image, ImageEnhance, ImageOps

OPERATIONS = {
    "sepia": lambda image: ImageOps.colorize(image.convert("L"), "#2b1a0e", "#fff1d6"),
    "black and white": lambda image: image.convert("L").convert("RGB"),
    "night": lambda image: Image.blend(image, Image.new("RGB", image.size, (10, 20, 60)), 0.6),
    "mirror": ImageOps.mirror,
    "invert": ImageOps.invert,
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.3),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.7),
}


class NotUnderstood(ValueError):
    """No word of the prompt names an edit; the message lists the words that do."""


def edit(
    images,
    prompt,
    *,
    mask=None,
    reference=None,
    width=None,
    height=None,
    seed=0,
    steps=None,
    guidance=None,
    strength=None,
    negative_prompt=None,
) -> Image.Image:
    """The first of `images`, changed as `prompt` says; pixels outside `mask` (white: may change) stay as they are."""
    words = [word for word in OPERATIONS if re.search(rf"\b{word}\b", prompt.lower())]
    if not words:
        raise NotUnderstood(f"The demo editor found no edit in these words. It knows: {', '.join(OPERATIONS)}.")
    before = images[0].convert("RGB")
    if width and height:
        before = before.resize((width, height), Image.Resampling.LANCZOS)
    after = before
    for word in words:
        after = OPERATIONS[word](after)
    if mask is not None:
        after = Image.composite(after, before, mask.convert("L").resize(before.size))
    return after
