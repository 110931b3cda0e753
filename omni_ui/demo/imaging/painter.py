"""The demo server's painter: pictures from words with numpy and Pillow, and no neural model.

The words of the prompt pick scene, hour, weather, style and subjects (_words.py, words.txt); a stage is painted in
layers from the sky to the weather (_scenes.py and what it imports); the style goes over the whole (_styles.py). The
seed decides the rest.
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageChops, ImageEnhance

from omni_ui.demo.imaging.canvas import Layer, Stage, flatten, mask_of
from omni_ui.demo.imaging.scenes import build
from omni_ui.demo.imaging.styles import finish, unfinished
from omni_ui.demo.words import Wish, read

WORKING = 1280 * 1024
"""Pixels that are painted at most; larger pictures are scaled up from that."""
MOVES = {
    "drift": lambda t, rate, side, k: (rate * t * side, 0),
    "fall": lambda t, rate, side, k: (-rate * t * 0.16, rate * t),
    "sway": lambda t, rate, side, k: (np.sin(t * 0.7 + k) * 0.012, 0),
    "bob": lambda t, rate, side, k: (t * 0.007 * rate * side, np.sin(t * (1.1 + rate) + k) * 0.005),
}
"""Where a layer is after `t` seconds, in units across and down; k tells layers of one kind apart."""
FINISHED = 20
"""From this many steps on nothing is left unfinished."""


def paint(prompt, *, width, height, seed, steps=None, guidance=None, negative_prompt=None) -> Image.Image:
    """An RGB picture of exactly width x height pixels; the same arguments give the same bytes.

    Fewer than 20 `steps` leave it unfinished, blobs and bare canvas; `guidance` (neutral about 4) is how literally the
    words are taken: low is muted with a small subject or none, high is strong in colour with a large one.
    """
    wish, stage = _stage(prompt, width, height, seed, guidance, negative_prompt)
    whole = _finished(flatten(stage.layers, stage.width, stage.height), wish, seed, steps, guidance)
    return whole.resize((width, height), Image.Resampling.LANCZOS)


def paint_layers(
    prompt, *, width, height, seed, layers, steps=None, guidance=None, negative_prompt=None
) -> list[Image.Image]:
    """`layers` RGBA pictures of the full size, background first, that compose to what `paint` gives."""
    wish, stage = _stage(prompt, width, height, seed, guidance, negative_prompt)
    groups = np.array_split(np.arange(len(stage.layers)), layers)
    cut = _styled(stage, [[stage.layers[i] for i in group] for group in groups], wish, seed, steps, guidance)
    return [picture.resize((width, height), Image.Resampling.LANCZOS) for picture in cut]


def frames(
    prompt, *, width, height, num_frames, fps, seed, steps=None, guidance=None, negative_prompt=None
) -> Iterator[np.ndarray]:
    """The same picture in motion: `num_frames` arrays of height x width x 3 bytes.

    Clouds drift, water ripples, stars and glitter twinkle, rain and snow fall, boats and balloons rock; every layer is
    painted once, and only moved and laid over the others for each frame.
    """
    wish, stage = _stage(prompt, width, height, seed, guidance, negative_prompt)
    groups: list[list[Layer]] = []
    for layer in stage.layers:  # neighbours that stand still are laid together once and for all
        if layer.motion or not groups or groups[-1][0].motion:
            groups.append([layer])
        else:
            groups[-1].append(layer)
    pictures = _styled(stage, groups, wish, seed, steps, guidance)
    moving = [(picture, group[0]) for picture, group in zip(pictures, groups, strict=True)]
    for number in range(num_frames):
        whole = _compose(moving, stage, number / fps)
        if not any(layer.motion for _, layer in moving):  # nothing in it moves by itself: the camera comes closer
            near = 0.04 * (1 - np.cos(min(1.0, number / fps / 10) * np.pi)) / 2
            box = (whole.width * near, whole.height * near, whole.width * (1 - near), whole.height * (1 - near))
            whole = whole.resize((width, height), Image.Resampling.BICUBIC, box)
        elif whole.size != (width, height):
            whole = whole.resize((width, height), Image.Resampling.BICUBIC)
        yield np.asarray(whole)


def _stage(prompt, width, height, seed, guidance, negative) -> tuple[Wish, Stage]:
    wish = read(prompt, negative)
    scale = min(1.0, (WORKING / (width * height)) ** 0.5)
    size = max(16, round(width * scale)), max(16, round(height * scale))
    if min(size) < 128:  # tiny pictures are painted larger, then reduced
        grow = min(128 / min(size), (WORKING / (size[0] * size[1])) ** 0.5)
        size = max(16, round(size[0] * grow)), max(16, round(size[1] * grow))
    weight = 1.0 if guidance is None else float(np.interp(guidance, (0, 1, 2, 4, 8, 20), (0, 0.3, 0.7, 1, 1.15, 1.4)))
    return wish, build(wish, *size, seed or 0, weight)


def _finished(picture: Image.Image, wish: Wish, seed, steps, guidance) -> Image.Image:
    rng = np.random.default_rng([wish.key, (seed or 0) % 2**64, 1])
    picture = finish(picture, wish.style, rng)
    if guidance is not None and not 3 <= guidance <= 8:
        strength = float(np.interp(guidance, (0, 3, 8, 20), (0.55, 1, 1, 1.45)))
        picture = ImageEnhance.Contrast(ImageEnhance.Color(picture).enhance(strength)).enhance(0.6 + 0.4 * strength)
    if steps is not None and steps < FINISHED:
        picture = unfinished(picture, steps / FINISHED, rng)
    return picture


def _styled(stage: Stage, groups, wish, seed, steps, guidance) -> list[Image.Image]:
    """One finished RGBA picture per group: its own colours are what remains when what lies below it is taken out."""
    out, below, whole = [], None, Image.new("RGBA", (stage.width, stage.height), (0, 0, 0, 255))
    plain = not wish.style and guidance is None and (steps is None or steps >= FINISHED)
    for group in groups:
        alone = Image.new("RGBA", whole.size)
        for layer in group:
            alone.alpha_composite(layer.picture, (layer.left, layer.top))
        if plain:
            out.append(alone)
            continue
        whole.alpha_composite(alone)
        done = np.asarray(_finished(whole.convert("RGB"), wish, seed, steps, guidance), np.float32)
        cover = np.asarray(alone.getchannel("A"), np.float32)[..., None] / 255
        if below is None:
            colour, cover = done, np.ones_like(cover)
        else:
            colour = np.where(cover > 0.02, (done - (1 - cover) * below) / np.maximum(cover, 0.02), 0)
        cut = np.dstack([np.clip(colour + 0.5, 0, 255), cover * 255])
        out.append(Image.fromarray(cut.astype(np.uint8), "RGBA"))
        below = done
    return out


def _compose(moving, stage: Stage, t: float) -> Image.Image:
    """The picture at `t` seconds."""
    whole = Image.new("RGBA", (stage.width, stage.height), (0, 0, 0, 255))
    for number, (picture, layer) in enumerate(moving):
        if layer.motion == "ripple":
            picture = _rippled(picture, layer, stage, t)
        elif layer.motion == "twinkle":
            picture = _twinkled(picture, t)
        elif layer.motion:
            x, y = (round(share * stage.unit) for share in MOVES[layer.motion](t, layer.rate, stage.side, number))
            moved = ImageChops.offset(picture, x, y)
            if layer.motion == "sway":  # light that goes on beyond the edges: nothing comes in from the other side
                moved = picture.copy()
                moved.paste(picture, (x, 0))
            picture = moved
        whole.alpha_composite(picture)
    return whole.convert("RGB")


def _rippled(picture: Image.Image, layer: Layer, stage: Stage, t: float) -> Image.Image:
    """Each row of the water slides a little to and fro, the near rows slower and further."""
    rows = np.asarray(picture.crop((0, layer.top, picture.width, layer.top + layer.picture.height)))
    d = np.arange(rows.shape[0]) / max(1, rows.shape[0])
    slide = np.sin(d**0.6 * 60 - t * 2.4) * (0.7 + stage.unit * (0.001 + 0.011 * d) * (0.4 + layer.rate))
    columns = np.clip(np.arange(rows.shape[1]) + np.rint(slide)[:, None].astype(int), 0, rows.shape[1] - 1)
    moved = rows[np.arange(rows.shape[0])[:, None], columns]
    out = picture.copy()
    out.paste(Image.fromarray(moved, "RGBA"), (0, layer.top))
    return out


def _twinkled(picture: Image.Image, t: float) -> Image.Image:
    """Brightness that runs over the picture in slow waves, so that points of light come and go."""
    y, x = np.arange(64)[:, None], np.arange(64)[None, :]
    wave = 0.62 + 0.38 * np.sin(x * 5.1 + y * 3.7 + t * 3.1) * np.sin(x * 2.3 - y * 4.9 - t * 2.2)
    veil = mask_of(wave).resize(picture.size, Image.Resampling.BILINEAR)
    picture = picture.copy()
    picture.putalpha(ImageChops.multiply(picture.getchannel("A"), veil))
    return picture
