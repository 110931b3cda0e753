"""Sound of the demo server: numpy synthesis picked by words of the prompt."""

import zlib

import numpy as np

RATE = 44_100


def synthesise(
    prompt: str,
    *,
    seconds: float,
    start: float = 0.0,
    seed: int = 0,
    steps: int | None = None,
    guidance: float | None = None,
    negative_prompt: str | None = None,
) -> np.ndarray:
    """Stereo float32 (n, 2) at `RATE`."""
    n = round(seconds * RATE)
    t = start + np.arange(n) / RATE
    root = 110 * 2 ** ((zlib.crc32(f"{prompt}{seed}".encode()) % 12) / 12)
    tones = [np.sin(2 * np.pi * root * r * t) for r in (1, 1.5, 2, 2.5)]
    return (0.1 * np.stack([tones[0] + tones[1], tones[0] + tones[2]], axis=1)).astype(np.float32)
