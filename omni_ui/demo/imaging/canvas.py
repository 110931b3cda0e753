"""What every picture is made of: colours, fractal noise, light, and a stage that collects layers from back to front.

Colours are float32 in 0..1, picture arrays are rows x columns (x 3). A `Layer` is a cut-out in 8 bit, so that laying
layers over each other, and moving them in a clip, is fast; every layer is dithered, so that gradients show no bands.
"""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

GREY = np.array((0.299, 0.587, 0.114), np.float32)
"""How much red, green and blue count for brightness."""


def colours(text: str) -> np.ndarray:
    """`"2f7fd0 dcedf2"` as an array of one row per colour."""
    return np.array([[int(word[i : i + 2], 16) / 255 for i in (0, 2, 4)] for word in text.split()], np.float32)


def mix(a, b, t):
    return a + (b - a) * t


def blend(hues: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The colour at `place` (0..1, any array) along a row of hues."""
    place = np.clip(place, 0, 0.9999) * (len(hues) - 1)
    index = place.astype(int)
    return mix(hues[index], hues[index + 1], (place - index)[..., None])


def array(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, np.float32) / 255


def picture_of(values: np.ndarray) -> Image.Image:
    return Image.fromarray((np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")


def mask_of(values: np.ndarray) -> Image.Image:
    return Image.fromarray((values * 255).astype(np.uint8))


def cutout(colour, cover) -> Image.Image:
    """`colour` (rows x columns x 3) with `cover` as its opacity."""
    return Image.fromarray((np.clip(np.dstack([colour, cover]), 0, 1) * 255).astype(np.uint8), "RGBA")


def rgb(colour) -> tuple[int, ...]:
    """A colour as Pillow's pens want it."""
    return tuple(int(value) for value in np.clip(colour, 0, 1) * 255)


def pick(rng, options):
    return options[int(rng.integers(len(options)))]


def ease(low, high, x):
    """0 below `low`, 1 above `high`, smooth between (with low > high it falls instead)."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def measure(width: int, height: int) -> float:
    """The length that sizes in a picture are shares of: its short side, but not less than an eighth of the long one."""
    return max(min(width, height * 1.2), max(width, height) / 8)


def unit_of(picture: Image.Image) -> float:
    return measure(*picture.size)


def blurred(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius))


def coloured(picture: Image.Image, strength: float) -> Image.Image:
    """Stronger colours above 1, weaker below."""
    return ImageEnhance.Color(picture).enhance(strength)


def noise(rng, rows, columns, size, octaves=5, gain=0.5) -> np.ndarray:
    """Fractal noise around 0.5, most of it in 0..1; `size` is its largest feature in pixels (or rows and columns)."""
    tall, wide = size if isinstance(size, tuple) else (size, size)
    tall, wide = max(tall, 1.5), max(wide, 1.5)
    grid = rng.standard_normal((int(rows / tall) + 3, int(columns / wide) + 3), dtype=np.float32)
    strength = 1.0
    for _ in range(octaves - 1):
        if min(tall, wide) < 2 or grid.size > rows * columns:
            break
        tall, wide, strength = tall / 2, wide / 2, strength * gain
        grid = resize(grid, grid.shape[0] * 2, grid.shape[1] * 2)
        grid = grid + strength * rng.standard_normal(grid.shape, dtype=np.float32)
    box = (1, 1, min(1 + columns / wide, grid.shape[1]), min(1 + rows / tall, grid.shape[0]))
    out = resize(grid, rows, columns, box)
    return 0.5 + 0.2 * (out - grid.mean()) / (grid.std() + 1e-6)


def resize(grid, rows, columns, box=None) -> np.ndarray:
    return np.asarray(Image.fromarray(grid).resize((columns, rows), Image.Resampling.BICUBIC, box))


def line(rng, columns, size, octaves=6, gain=0.5) -> np.ndarray:
    """One row of `noise`."""
    return noise(rng, 8, columns, (8, size), octaves, gain)[0]


@dataclass(frozen=True)
class Light:
    """The hour: `sky` from zenith to horizon, what light and shade multiply colours by, the haze of far things."""

    sky: np.ndarray
    sun: np.ndarray
    lit: np.ndarray
    shade: np.ndarray
    haze: np.ndarray
    height: float
    dark: bool = False

    def on(self, albedo, k):
        """`albedo` with a share `k` (0..1, any array) of it in the light."""
        k = np.asarray(k, np.float32)[..., None]
        return np.asarray(albedo, np.float32) * (self.shade * (1 - k) + self.lit * k)


HOURS = """\
day       0.62  2f79c8 62a5e0 a6d0ee e4f0ee  fff6dc fffaea 7d90b8 c9dfea
day        0.5  2c8fb5 6cc0cf b5e1da f4f0d8  fff3cf fff8e2 7a94a8 d3e6dc
day       0.55  4a82c4 8db6e0 cfdff0 f6efe6  fff4e2 fff6ea 8489b4 d8dfec
dawn      0.14  5f80bd a9a5cf f0bcc0 ffe3bd  fff0cf ffe6cc 7b78a6 f0cdc4
dawn      0.18  5796b0 a3c4c4 f3d8b8 ffedc4  fff6d8 fff0d0 728a9c efdcc6
golden    0.24  5d8fb8 a8bfc0 f3d39a ffe9ae  fff4c4 ffe3ac 8a7690 f6d7a2
golden     0.2  6a7fae c4a9ae f7c58a ffe29a  fff0bb ffdca0 80688c f4c596
sunset    0.09  2b3a74 8a4c86 ee7a58 ffcf7d  fff0b4 ffc48a 5e4a80 ee9a76
sunset    0.08  1f4a78 6f7fa0 f09a62 ffdc8a  fff3c0 ffcb90 4f5c86 f0ac82
sunset    0.07  3a2a68 b0447a f7705c ffb46a  ffe6a0 ffb27c 663c74 ec8678
dusk     -0.05  141c48 3c3a7c 9a5c90 f0a284  ffe0b8 c9a0bc 3c3868 84689c
dusk     -0.05  0f2748 2c5a80 7d93a4 f2bf98  ffe8c4 a8b4c8 2c4468 748ca4
night     0.68  050b22 0c1a40 1b3564 355a86  eef4ff 86a4d4 1d2c58 27477a
night     0.66  0a0a28 181748 2f2c70 545088  f6f0ff 9a9ad6 29265c 3b3a7c
night      0.7  03121f 07283c 10485a 2a7078  effcf8 7eb4bc 12384c 1c5868
neon      0.68  0a0824 24104e 6a1e78 d8488c  ffd0f0 a08ade 33215e 6a2878
neon      0.68  040c26 0e2452 3a3c92 b04aa8  d8f4ff 8ea0e0 26265c 3f3c8e
storm      0.5  1e2836 35445a 5c6f82 9fb0b4  e8eef0 a9b6c4 46546c 6f8292
storm      0.5  241f38 413c5c 6d6a86 b4a8a8  f0e8ea b4acbe 504a6c 7f7a92
overcast   0.6  8795a6 a2b0bc bfcad0 dcdfdc  f4f4ee dbe2e6 7c8aa0 c2ccd0
overcast   0.6  6b7c8e 8b9ca8 b4bfc2 d6d8d0  f0f0e8 ccd6da 6a7b90 b0bcc2
"""
"""By row: the hour, the height of the light (1 is the zenith); then colours: the sky from zenith to horizon, the sun
or moon, what light and what shade multiply by, the haze."""


def _lights() -> dict[str, list[Light]]:
    lights: dict[str, list[Light]] = {}
    for row in HOURS.splitlines():
        hour, height, *codes = row.split()
        hues = colours(" ".join(codes))
        lights.setdefault(hour, []).append(
            Light(hues[:4], hues[4], hues[5], hues[6], hues[7], float(height), hour in ("night", "neon"))
        )
    return lights


LIGHTS = _lights()


@dataclass
class Layer:
    """A cut-out at `left`, `top`; `motion` and its `rate` say how a clip moves it."""

    name: str
    picture: Image.Image
    left: int = 0
    top: int = 0
    motion: str = ""
    rate: float = 0.0


@dataclass
class Stage:
    """The picture while it is painted; `unit` is the length that sizes are measured in, `horizon` a row."""

    width: int
    height: int
    rng: np.random.Generator
    light: Light
    horizon: int = 0
    side: int = 1  # where the light comes from: 1 right, -1 left
    sun: tuple[float, float] = (0, 0)
    layers: list[Layer] = field(default_factory=list)
    ground: np.ndarray | None = None  # the colours of the near ground, light to dark
    snowy: bool = False
    bank: float = 0  # the row to stand things on where water lies before the horizon
    peaks: float = 0  # how far mountains will rise above the horizon: low light is to be seen over them

    def __post_init__(self):
        self.unit = measure(self.width, self.height)
        self._grain = np.random.default_rng(7).random((self.height, self.width, 1), dtype=np.float32)

    def add(self, name, colour, cover, top=0, motion="", rate=0.0) -> None:
        """Lays `colour` over what is there; `cover` (rows x columns, 0..1) is its opacity, its first row at `top`."""
        top_cut, rows = max(0, -top), cover.shape[0]
        rows = min(rows, self.height - top) - top_cut
        if rows <= 0:
            return
        cover = cover[top_cut : top_cut + rows]
        colour = np.asarray(colour, np.float32)
        colour = colour[top_cut : top_cut + rows] if colour.ndim == 3 and colour.shape[0] > 1 else colour
        out = np.empty((rows, cover.shape[1], 4), np.float32)
        out[..., :3], out[..., 3] = colour, cover
        out *= 255
        out += self._grain[:rows, : cover.shape[1]]
        np.clip(out, 0, 255.99, out)
        out[..., 3][cover <= 0] = 0
        self.layers.append(Layer(name, Image.fromarray(out.astype(np.uint8), "RGBA"), 0, max(top, 0), motion, rate))

    def put(self, name, picture, left, top, motion="", rate=0.0) -> None:
        """Adds a ready cut-out, its corner at `left`, `top`, which may lie outside."""
        part, left, top = inside(picture, int(left), int(top), self.width, self.height)
        if part.width and part.height:
            self.layers.append(Layer(name, part, left, top, motion, rate))

    def behind(self) -> np.ndarray:
        """What has been painted so far."""
        return array(flatten(self.layers, self.width, self.height))


def inside(picture: Image.Image, left: int, top: int, width: int, height: int) -> tuple[Image.Image, int, int]:
    """What of a cut-out lies within width x height, and where its corner comes to lie."""
    x, y = max(0, -left), max(0, -top)
    box = (x, y, max(x, min(picture.width, width - left)), max(y, min(picture.height, height - top)))
    return picture.crop(box), max(left, 0), max(top, 0)


def flatten(layers, width, height) -> Image.Image:
    whole = Image.new("RGBA", (width, height), (0, 0, 0, 255))
    for layer in layers:
        whole.alpha_composite(layer.picture, (layer.left, layer.top))
    return whole.convert("RGB")
