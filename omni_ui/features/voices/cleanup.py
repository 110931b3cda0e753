"""Small repairs of a reference recording: silence cut off, a level that models expect. Nothing else is changed."""

import asyncio
from pathlib import Path

import numpy as np

from omni_ui.core.files import keep
from omni_ui.features.voices.reference_check import BEST, FRAME, LONGEST, decibel, loudness, measure
from omni_ui.media.recording import Recording, wav_bytes

MARGIN = 0.25
"""Seconds left before and after the voice: a cut close to it is heard in the copy."""
SPEECH_LEVEL = -20.0
"""dB below full scale for the louder parts, as speech corpora have it."""
HIGHEST_PEAK = -1.0


def trim(samples: np.ndarray, rate: int) -> np.ndarray:
    """Without the silence at its ends; one that is still too long for servers ends at a pause before 15 s."""
    seen = measure(samples, rate)
    start, end = max(0.0, seen.first - MARGIN), min(seen.seconds, seen.last + MARGIN)
    if end - start > LONGEST:
        loud = loudness(samples, rate)
        low, high = round((start + BEST[0]) / FRAME), round((start + BEST[1]) / FRAME)
        # The quietest fifth of a second, the later one among equals.
        pause = np.convolve(loud[low:high], np.ones(10) / 10, "valid")[::-1]
        end = (high - int(pause.argmin()) - 5) * FRAME
    return samples[round(start * rate) : round(end * rate)]


def level(samples: np.ndarray, rate: int) -> np.ndarray:
    """The voice as loud as models expect, without a shift of the zero line."""
    centred = samples - samples.mean()
    gain = min(SPEECH_LEVEL - measure(centred, rate).speech, HIGHEST_PEAK - decibel(float(np.abs(centred).max())))
    louder: np.ndarray = (centred * 10 ** (gain / 20)).astype(np.float32)
    return louder


async def cleaned(recording: Recording, *, cut: bool, even: bool) -> Path:
    """A WAV in mono of the recording with its ends trimmed (cut) and its level set (even)."""

    def work() -> bytes:
        samples = recording.mono
        samples = trim(samples, recording.rate) if cut else samples
        return wav_bytes(level(samples, recording.rate) if even else samples, recording.rate)

    return await keep(await asyncio.to_thread(work), f"{recording.path.stem}-clean.wav")
