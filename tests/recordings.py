"""What a fake microphone hears."""

import wave
from pathlib import Path

import numpy as np

MICROPHONE_RATE = 48_000


def speech(path: Path, *parts: tuple[str, float]) -> Path:
    """A file with parts of tone and silence, in seconds."""
    pieces = []
    for kind, seconds in parts:
        t = np.arange(int(seconds * MICROPHONE_RATE)) / MICROPHONE_RATE
        pieces.append(0.4 * np.sin(2 * np.pi * 200 * t) if kind == "tone" else np.zeros(len(t)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_RATE)
        file.writeframes((np.concatenate(pieces) * 32767).astype("<i2").tobytes())
    return path
