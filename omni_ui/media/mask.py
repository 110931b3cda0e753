"""Masks: which part of a picture may change. White is repainted, black is kept."""

from pathlib import Path

import numpy as np
from PIL import Image

from omni_ui.core.files import new_path
from omni_ui.core.heavy_work import run_heavy
from omni_ui.core.invalid import Invalid
from omni_ui.media.image_input import Taken, take_picture

FIELD = "mask_image"
LIGHT = 128
"""From here on a grey counts as white when it is asked whether a mask says anything."""


async def take_mask(path: str | Path, picture: Taken) -> Taken:
    """A mask for that picture, in its size. Invalid with a sentence when it says nothing or has another shape."""
    mask = await take_picture(path, FIELD, keep_transparency=True)
    return await run_heavy(_fit, mask, picture)


def _fit(mask: Taken, picture: Taken) -> Taken:
    with Image.open(mask.path) as file:
        grey = _grey(file)
        plain = file.mode in ("L", "RGB")
    low, high = np.asarray(grey).min(), np.asarray(grey).max()
    if high < LIGHT:
        raise Invalid.because(FIELD, "The mask is all black, so nothing would change. Paint something white.")
    notes = [mask.note] if mask.note else []
    if low >= LIGHT:
        notes.append("The mask is all white: the whole picture may change.")
    size = picture.width, picture.height
    if grey.size == size and plain:
        return Taken(mask.path, *size, " ".join(notes) or None)
    if abs(grey.width * size[1] - grey.height * size[0]) > 0.02 * grey.width * size[1]:
        raise Invalid.because(
            FIELD,
            f"The mask has {grey.width} × {grey.height} pixels, but the picture {size[0]} × "
            f"{size[1]}: a different shape. Paint the mask again, or remove it.",
        )
    if grey.size != size:
        notes.append(f"The mask was scaled from {grey.width} × {grey.height} to {size[0]} × {size[1]} pixels.")
        grey = grey.resize(size, Image.Resampling.BILINEAR)
    path = new_path("mask.png")
    grey.save(path, "PNG")
    return Taken(path, *size, " ".join(notes) or None)


def _grey(mask: Image.Image) -> Image.Image:
    """What is see-through counts as black."""
    if mask.mode != "RGBA":
        return mask.convert("L")
    black = Image.new("RGBA", mask.size, "black")
    black.alpha_composite(mask)
    return black.convert("L")
