"""Finished speech as files: joined, with a header, in the format that was asked for. No ffmpeg."""

import asyncio
import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from omni_ui.parts.files import keep, new_path

FORMATS = {"wav": ("WAV", "PCM_16"), "flac": ("FLAC", "PCM_16"), "mp3": ("MP3", None), "opus": ("OGG", "OPUS")}
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


async def join(pieces: Sequence[tuple[Path, float]], form: str, stem: str = "speech") -> tuple[Path, Path | None]:
    """One file of several, with silence after each; for "pcm" also a WAV to listen to.

    pieces: WAV files, and the seconds of silence after each. form: wav, flac, mp3, opus, pcm. All that differ from the
    first in rate or channels are a ValueError.
    """
    return await asyncio.to_thread(_join, pieces, form, stem)


def _join(pieces: Sequence[tuple[Path, float]], form: str, stem: str) -> tuple[Path, Path | None]:
    first = soundfile.info(pieces[0][0])
    kind, subtype = FORMATS.get(form, FORMATS["wav"])
    if form == "opus" and first.samplerate not in OPUS_RATES:
        raise ValueError(f"Opus has no rate of {first.samplerate} Hz: choose another format.")
    path = new_path(f"{stem}{SUFFIXES.get(form, f'.{form}') if form in FORMATS else '.wav'}")
    with soundfile.SoundFile(path, "w", first.samplerate, first.channels, subtype, format=kind) as out:
        for number, (piece, pause) in enumerate(pieces, 1):
            samples, rate = soundfile.read(piece, dtype="int16", always_2d=True)
            if (rate, samples.shape[1]) != (first.samplerate, first.channels):
                raise ValueError("The parts differ in rate or channels, so they cannot be joined.")
            out.write(samples)
            if number < len(pieces):
                out.write(np.zeros((round(pause * rate), samples.shape[1]), np.int16))
    if form != "pcm":
        return path, None
    raw = path.with_suffix(".pcm")
    raw.write_bytes(soundfile.read(path, dtype="int16", always_2d=True)[0].tobytes())
    return raw, path


def peaks(samples: np.ndarray, count: int = 60) -> list[int]:
    """The loudness of `count` stretches of a sound, 0 to 100, for a small drawing. samples: (frames,)."""
    edges = np.linspace(0, len(samples), count + 1).astype(int)
    tops = [float(np.abs(samples[a:b]).max(initial=0)) for a, b in pairwise(edges)]
    return [round(100 * min(1.0, top)) for top in tops]
