"""A clip that ends with a picture, and a clip of which a part is painted anew."""

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageOps

Frames = Iterator[np.ndarray]
Mask = Sequence[Sequence[Sequence[float]]]
"""Steps of time, rows, columns: 1 is painted anew, 0 is kept."""
SHARE = 0.4
"""The part of a clip in which it turns into its last frame."""


def towards(frames: Frames, last: Image.Image, size: tuple[int, int], count: int) -> Frames:
    """The frames, of which the last ones turn into a picture."""
    end = np.asarray(ImageOps.fit(last.convert("RGB"), size, Image.Resampling.LANCZOS)).astype(np.float32)
    begin = count * (1 - SHARE)
    for number, pixels in enumerate(frames):
        share = (number + 1 - begin) / (count - begin)
        weight = 1.0 if number == count - 1 else max(0.0, share)
        yield (pixels * (1 - weight) + end * weight).astype(np.uint8) if weight else pixels


def changed_in_part(kept: Frames, anew: Frames, mask: Mask, size: tuple[int, int], count: int) -> Frames:
    """The kept frames, with the new ones where and when the mask says so. ValueError for a mask of no such form."""
    try:
        steps = np.asarray(mask, dtype=np.float32)
    except (TypeError, ValueError):
        raise ValueError("video_noise_mask must be a finite numeric tensor") from None
    if steps.ndim == 0:
        steps = steps.reshape(1, 1, 1)
    if steps.ndim != 3 or not steps.size or not np.isfinite(steps).all() or steps.min() < 0 or steps.max() > 1:
        raise ValueError("video_noise_mask must be numbers from 0 to 1: steps, rows, columns")
    for number, (old, new) in enumerate(zip(kept, anew, strict=False)):
        step = steps[min(len(steps) - 1, number * len(steps) // count)]
        grid = Image.fromarray((step * 255).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)
        weight = np.asarray(grid, dtype=np.float32)[..., None] / 255
        yield (old * (1 - weight) + new * weight).astype(np.uint8)
