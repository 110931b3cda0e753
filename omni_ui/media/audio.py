"""Finished speech as files: joined, with a header, in the format that was asked for. No ffmpeg."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from omni_ui.core.files import keep, new_path

FORMATS = {"wav": ("WAV", "PCM_16"), "flac": ("FLAC", "PCM_16"), "mp3": ("MP3", None), "opus": ("OGG", "OPUS"),
           "pcm": ("RAW", "PCM_16")}  # fmt: skip
"""libsndfile's names. Opus stands in an Ogg file, as the server sends it."""
SUFFIXES = {"opus": ".ogg"}
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)


def wav_of(pcm: bytes, rate: int, channels: int = 1) -> bytes:
    """A WAV file around 16-bit samples."""
    file = io.BytesIO()
    samples = np.frombuffer(pcm[: len(pcm) // (2 * channels) * 2 * channels], "<i2").reshape(-1, channels)
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


async def save_pcm(pcm: bytes, rate: int, channels: int, stem: str = "speech") -> Path:
    """A WAV file of what was streamed."""
    return await keep(await asyncio.to_thread(wav_of, pcm, rate, channels), f"{stem}.wav")


@dataclass(frozen=True)
class Bare:
    """What bare samples do not contain: frames per second, and channels. They are 16-bit, little endian."""

    rate: int
    channels: int = 1

    @property
    def media_type(self) -> str:
        return f"audio/pcm;rate={self.rate};channels={self.channels}"

    def samples(self, pcm: bytes) -> np.ndarray:
        """float32 (frames, channels), -1..1."""
        whole = len(pcm) // (2 * self.channels) * 2 * self.channels
        return np.frombuffer(pcm[:whole], "<i2").reshape(-1, self.channels).astype(np.float32) / 32768


async def join(pieces: Sequence[tuple[Path, float]], form: str, stem: str = "speech") -> tuple[Path, Bare | None]:
    """One file of several, with silence after each but the last; what it does not tell about itself, if it is "pcm".

    pieces: WAV files, and the seconds of silence. form: wav, flac, mp3, opus, pcm. ValueError when they differ in rate
    or channels.
    """
    return await asyncio.to_thread(_join, pieces, form, stem)


def _join(pieces: Sequence[tuple[Path, float]], form: str, stem: str) -> tuple[Path, Bare | None]:
    first = soundfile.info(pieces[0][0])
    if form == "opus" and first.samplerate not in OPUS_RATES:
        raise ValueError(f"Opus does not support {first.samplerate} Hz: choose another format.")
    kind, subtype = FORMATS[form]
    path = new_path(f"{stem}{SUFFIXES.get(form, f'.{form}')}")
    with soundfile.SoundFile(path, "w", first.samplerate, first.channels, subtype, "LITTLE" if form == "pcm" else None,
                             kind) as out:  # fmt: skip
        for number, (piece, pause) in enumerate(pieces, 1):
            samples, rate = soundfile.read(piece, dtype="int16", always_2d=True)
            if (rate, samples.shape[1]) != (first.samplerate, first.channels):
                raise ValueError("The parts differ in rate or channels, so they cannot be joined.")
            out.write(samples)
            if number < len(pieces):
                out.write(np.zeros((round(pause * rate), samples.shape[1]), np.int16))
    return path, Bare(first.samplerate, first.channels) if form == "pcm" else None


def peaks(samples: np.ndarray, count: int = 60) -> list[int]:
    """The loudness of `count` stretches of a sound, 0 to 100, for a small drawing. samples: (frames,)."""
    edges = np.linspace(0, len(samples), count + 1).astype(int)
    tops = [float(np.abs(samples[a:b]).max(initial=0)) for a, b in pairwise(edges)]
    return [round(100 * min(1.0, top)) for top in tops]
