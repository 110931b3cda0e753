"""The demo server's painter: pictures from words with numpy and Pillow, and no neural model."""

import hashlib

import numpy as np
from PIL import Image


def paint(prompt, *, width, height, seed, steps=None, guidance=None, negative_prompt=None) -> Image.Image:
    """An RGB picture of exactly width x height pixels; the same arguments give the same bytes."""
    digest = hashlib.sha256(f"{prompt}|{negative_prompt}|{seed}|{steps}|{guidance}".encode()).digest()
    rng = np.random.default_rng(list(digest))
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, low = rng.uniform(0.1, 0.6, 3), rng.uniform(0.6, 1.0, 3)
    sky = np.broadcast_to(top * (1 - y) + low * y, (height, width, 3)).copy()
    x = np.linspace(0, 1, width)
    for depth in (0.3, 0.6, 1.0):
        ridge = (
            0.45
            + 0.3 * depth
            + sum(rng.uniform(-0.05, 0.05) * np.sin(x * k * 3 + rng.uniform(0, 6)) for k in (1, 2, 3, 5, 8))
        )
        sky = np.where(y >= ridge[None, :, None], low * (1 - depth) + top * 0.5 * depth, sky)
    return Image.fromarray((np.clip(sky, 0, 1) * 255).astype(np.uint8), "RGB")


def paint_layers(
    prompt, *, width, height, seed, layers, steps=None, guidance=None, negative_prompt=None
) -> list[Image.Image]:
    """`layers` RGBA pictures, background first, that compose to what `paint` gives."""
    whole = paint(
        prompt, width=width, height=height, seed=seed, steps=steps, guidance=guidance, negative_prompt=negative_prompt
    )
    clear = Image.new("RGBA", (width, height))
    return [whole.convert("RGBA"), *(clear.copy() for _ in range(layers - 1))]
