"""A sound as pictures: its waveform, one lane for each channel, and its spectrogram. Drawn with numpy, saved as PNG."""

import asyncio
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from omni_ui.core.files import new_path

WIDTH, LANE, TALL = 1000, 96, 200
"""Pixels: the width of both pictures, the height of one channel's waveform, the height of the spectrogram."""
WINDOW = 2048
LOWEST = 40.0
"""Hertz: the bottom of the spectrogram; its frequencies rise by octaves, as ears hear them."""
LONGEST = 3 * 3600.0
"""Seconds of a file of which a small waveform is drawn."""
BLOCK = 2**22
"""Frames that are read at a time: three minutes of speech."""
FAINT = 0.02
"""What is softer than this is not drawn as if it were loud."""
FAINTEST = -80.0
"""Decibels below the loudest that are still seen."""
COLOURS = np.array([(12, 14, 30), (58, 20, 110), (148, 38, 129), (226, 89, 72), (252, 174, 60), (252, 250, 190)])
"""From silent to loud: rising in lightness, so that it reads without colour vision."""


@dataclass(frozen=True)
class Drawing:
    """Paths of the two PNGs. The waveform is white on clear: the page gives it its own colour."""

    waveform: Path
    spectrogram: Path
    highest: float
    """Hertz at the top of the spectrogram."""


async def draw(samples: np.ndarray, rate: int) -> Drawing:
    """Draws float samples (frames, channels), -1 to 1, off the event loop."""
    return await asyncio.to_thread(_draw, samples, rate)


def _draw(samples: np.ndarray, rate: int) -> Drawing:
    paths = new_path("waveform.png"), new_path("spectrogram.png")
    for path, picture in zip(paths, (waveform(samples), spectrogram(samples.mean(axis=1), rate)), strict=True):
        file = io.BytesIO()
        picture.save(file, "PNG")
        path.write_bytes(file.getvalue())
    return Drawing(*paths, rate / 2)


def waveform(samples: np.ndarray) -> Image.Image:
    """For every column the range from the lowest to the highest sample; a lane for each channel, the first on top."""
    edges = np.linspace(0, len(samples), WIDTH + 1).astype(int)
    starts = np.minimum(edges[:-1], len(samples) - 1)
    return _lanes(np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts))


def small_waveform(path: Path, width: int) -> Image.Image | None:
    """The waveform of a file's first channel in at most so many columns, its loudest place as tall as the picture; None
    for a file that cannot be read, or would take too long. Blocking.
    """
    low: list[np.ndarray] = []
    high: list[np.ndarray] = []
    try:
        with soundfile.SoundFile(path) as file:
            if not 0 < file.frames / file.samplerate <= LONGEST:
                return None
            column = -(-file.frames // width)
            # Not all at once: an hour has a gigabyte of samples. Nor column by column: soundfile seeks after each read,
            # and an MP3 that goes on from there is not the same.
            for samples in file.blocks(column * max(1, BLOCK // column), dtype="float32", always_2d=True):
                starts = np.arange(0, len(samples), column)
                low.append(np.minimum.reduceat(samples[:, :1], starts))
                high.append(np.maximum.reduceat(samples[:, :1], starts))
    except (OSError, RuntimeError, ValueError):  # soundfile's own errors are RuntimeErrors
        return None
    if not low:
        return None
    peak = max(FAINT, *(float(np.abs(edges).max()) for edges in (*low, *high)))
    return _lanes(np.concatenate(low) / peak, np.concatenate(high) / peak)


def _lanes(low: np.ndarray, high: np.ndarray) -> Image.Image:
    """What lies between two edges, -1 to 1, of each column and channel."""
    middle = (LANE - 1) / 2
    rows = np.arange(LANE)[:, None]
    lanes = []
    for channel in range(low.shape[1]):
        top = np.floor(middle - np.clip(high[:, channel], -1, 1) * middle)
        bottom = np.ceil(middle - np.clip(low[:, channel], -1, 1) * middle)
        lanes.append((rows >= top) & (rows <= bottom))
    ink = np.concatenate(lanes).astype(np.uint8) * 255
    return Image.merge("LA", (Image.new("L", ink.shape[::-1], 255), Image.fromarray(ink)))


def spectrogram(mono: np.ndarray, rate: int) -> Image.Image:
    """Time to the right, frequency upwards by octaves from LOWEST to half the rate, loudness as colour."""
    padded = np.pad(mono, (WINDOW // 2, WINDOW // 2 + max(0, WINDOW - len(mono))))
    starts = np.linspace(0, len(padded) - WINDOW, WIDTH).astype(int)
    frames = padded[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames)).T ** 2
    wanted = np.geomspace(rate / 2, LOWEST, TALL) * WINDOW / rate
    bins = np.arange(len(power))
    share = np.clip(wanted[:, None] - np.floor(wanted)[:, None], 0, 1)
    below = np.clip(np.floor(wanted).astype(int), 0, bins[-1])
    level = power[below] * (1 - share) + power[np.minimum(below + 1, bins[-1])] * share
    loud = 10 * np.log10(np.maximum(level, 1e-12) / max(level.max(), 1e-12))
    at = np.clip(1 - loud / FAINTEST, 0, 1) * (len(COLOURS) - 1)
    steps = np.arange(len(COLOURS))
    return Image.fromarray(np.stack([np.interp(at, steps, COLOURS[:, k]) for k in range(3)], -1).astype(np.uint8))
