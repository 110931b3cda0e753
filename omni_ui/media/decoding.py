"""Sound out of files that libsndfile cannot read (AAC, M4A, WebM, GSM …), with PyAV when it is installed.

Damaged files give what can be decoded, with a sentence about how much that is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from omni_ui.media.container import Container

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

Samples = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""float32 (frames, channels), -1..1."""
GUESSED_LENGTH = {"aac", "mp3", "amr", "mpegts", "mpeg"}
"""Readers of streams without a header that tells the length: theirs is a guess from the bit rate."""
LEAST_SHARE = 0.1
"""A file of which less can be decoded is refused."""
WHOLE = 0.97
"""From this share of the stated length on nothing is missing: encoders add and cut some thousandths at both ends."""


class NotDecoded(ValueError):
    """Why there are no samples: a sentence without the file's name, such as "holds no sound."."""


@dataclass(frozen=True)
class Decoded:
    """Sound of a file. rate: frames per second. codec: its short name. share: how much of it could be decoded, 0..1."""

    samples: Samples
    rate: int
    codec: str
    share: float = 1.0


@dataclass
class _Progress:
    """What was decoded so far. lost: packets that could not be."""

    pieces: list[np.ndarray] = field(default_factory=list)
    frames: int = 0
    packets: int = 0
    lost: int = 0
    cut_off: bool = False


def decode(path: Path, container: Container, longest: float, most_samples: int) -> Decoded:
    """The sound of a file, packet by packet: one that cannot be decoded is left out.

    longest: seconds; most_samples: over all channels. NotDecoded says what is wrong; ImportError when PyAV is missing.
    """
    import av  # optional: the app runs without it

    if container.reader is None:
        raise NotDecoded("is not a sound file.")
    try:
        with path.open("rb") as file, av.open(file, "r", format=container.reader) as opened:
            if not opened.streams.audio:
                raise NotDecoded("holds no sound.")
            stream = opened.streams.audio[0]
            # The longest of the streams is what a player would show.
            stated = (opened.duration or 0) / av.time_base if container.reader not in GUESSED_LENGTH else 0.0
            check_length(stated, longest)
            return _read(opened, stream, longest, most_samples, _length_of(stream) or stated)
    except NotDecoded:
        raise
    except Exception as error:  # whatever a decoder raises, the visitor gets a sentence
        raise NotDecoded("is broken: its sound cannot be read.") from error


def _length_of(stream: "AudioStream") -> float:
    """Seconds that the stream itself states, 0 when it does not."""
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0


def _read(opened: "InputContainer", stream: "AudioStream", longest: float, most_samples: int, stated: float) -> Decoded:
    from av import AudioResampler

    rate, layout = stream.rate, stream.codec_context.layout
    planar = AudioResampler(format="fltp", layout=layout, rate=rate)
    progress = _Progress()
    form: tuple[str, str, int] | None = None
    for frame in _frames(opened, stream, progress):
        if form != (form := (frame.format.name, frame.layout.name, frame.sample_rate)):
            # Damage, or a joined file: from here on it has another rate or other channels, which PyAV does not see.
            planar = AudioResampler(format="fltp", layout=layout, rate=rate)
        for part in planar.resample(frame):
            progress.pieces.append(part.to_ndarray())
            progress.frames += part.samples
        check_length(progress.frames / rate, longest)
        if progress.pieces and progress.frames * len(progress.pieces[0]) > most_samples:
            raise NotDecoded("is too large: use a shorter piece of it, or one with fewer channels.")
    if not progress.frames:
        raise NotDecoded("is broken: its sound cannot be read." if progress.lost else "holds no sound.")
    share = _share(progress, rate, 0.0 if opened.format.name in GUESSED_LENGTH else stated)
    if share < LEAST_SHARE:
        raise NotDecoded(f"is broken: only {share:.0%} of its sound can be read.")
    samples = np.nan_to_num(np.concatenate(progress.pieces, axis=1).T, nan=0.0, posinf=1.0, neginf=-1.0)
    return Decoded(np.ascontiguousarray(samples), rate, stream.codec_context.codec.canonical_name, share)


def _frames(opened: "InputContainer", stream: "AudioStream", progress: _Progress) -> "Iterator[AudioFrame]":
    """The frames of all packets that can be decoded. What comes after a break in the container is lost."""
    from av.error import FFmpegError

    packets = opened.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError:
            progress.cut_off = True
            packet = None
        if packet is None:
            return
        progress.packets += bool(packet.size)
        try:
            yield from packet.decode()
        except FFmpegError:
            progress.lost += bool(packet.size)


def _share(progress: _Progress, rate: int, stated: float) -> float:
    """How much could be decoded: by its packets, or by the length that the file states when that is less."""
    by_packets = 1 - progress.lost / max(1, progress.packets)
    by_length = progress.frames / rate / stated if stated else 1.0
    return min(by_packets, 1.0 if by_length >= WHOLE and not progress.cut_off else by_length, 1.0)


def share_words(share: float) -> str:
    """A share as people say it, never rounded up to all: "99.6 %", "54 %"."""
    percent = min(100 * share, 99.9)
    return f"{percent:.1f} %" if percent >= 99 else f"{percent:.0f} %"


def check_length(seconds: float, longest: float) -> None:
    """Raises NotDecoded for a sound that is longer than `longest` seconds."""
    if seconds > longest:
        raise NotDecoded(f"is {in_words(seconds)} long; the limit is {in_words(longest)}: trim it first.")


def in_words(seconds: float) -> str:
    """A length as people say it: "0.2 seconds", "12 seconds", "3 minutes", "1 hour"."""
    for name, size in (("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = f"{seconds / size:.1f}".removesuffix(".0")
            return f"{count} {name}{'' if count == '1' else 's'}"
    return f"{seconds:.0f} seconds" if seconds >= 9.95 else f"{seconds:.1f} seconds"


def stream_seconds(path: Path, reader: str) -> float:
    """Seconds of all packets of a stream, counted without decoding; 0 when that fails. ImportError without PyAV."""
    import av

    try:
        with path.open("rb") as file, av.open(file, "r", format=reader) as opened:
            stream = opened.streams.audio[0]
            if not stream.time_base:
                return 0.0
            return float(sum(packet.duration or 0 for packet in opened.demux(stream)) * stream.time_base)
    except Exception:  # only a second opinion is asked for: the first reader has the file already
        return 0.0
