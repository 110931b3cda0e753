"""Sound out of files that libsndfile cannot read (AAC, M4A, WebM, MP4 …), with PyAV when it is installed."""

from pathlib import Path

import numpy as np

CONTAINERS = ((4, b"ftyp", "mp4"), (0, b"\x1a\x45\xdf\xa3", "matroska"), (0, b"\x30\x26\xb2\x75", "asf"),
              (0, b"#!AMR", "amr"), (0, b"RIFF", "wav"), (0, b"ID3", "mp3"))  # fmt: skip
"""Where a file's first bytes tell what it is, and the name of the reader for it. No other reader is ever tried: some
of them follow addresses that a file names."""


class NotDecoded(ValueError):
    """Why there are no samples: a sentence without the file's name, such as "holds no sound."."""


def container_of(head: bytes) -> str | None:
    """The reader for a file that starts with these (at least 12) bytes, None when there is none."""
    for at, mark, name in CONTAINERS:
        if head[at : at + len(mark)] == mark:
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 else None


def decode(path: Path, longest: float, most_samples: int) -> tuple[np.ndarray, int, str]:
    """Samples (n, channels) as float32 in -1..1, frames per second, and the name of the codec.

    longest: seconds; most_samples: over all channels. NotDecoded says what is wrong; ImportError when PyAV is missing.
    """
    import av  # optional: the app runs without it

    with path.open("rb") as file:
        reader = container_of(file.read(16))
        if reader is None:
            raise NotDecoded("is not a sound file.")
        file.seek(0)
        try:
            with av.open(file, format=reader) as container:
                if not container.streams.audio:
                    raise NotDecoded("holds no sound.")
                stream = container.streams.audio[0]
                if container.duration and reader != "aac":  # raw AAC has no header: its length is a guess
                    check_length(container.duration / av.time_base, longest)
                return _read(container, stream, longest, most_samples)
        except av.error.FFmpegError:
            raise NotDecoded("is broken: its sound cannot be read.") from None


def _read(container, stream, longest: float, most_samples: int) -> tuple[np.ndarray, int, str]:
    import av

    planar = av.AudioResampler(format="fltp")
    pieces: list[np.ndarray] = []
    frames = 0
    for frame in container.decode(stream):
        for same in planar.resample(frame):
            pieces.append(same.to_ndarray())
            frames += pieces[-1].shape[1]
            check_length(frames / same.sample_rate, longest)
            if frames * len(pieces[-1]) > most_samples:
                raise NotDecoded("is too large: use a shorter piece of it, or one with fewer channels.")
    if not frames:
        raise NotDecoded("holds no sound.")
    return np.concatenate(pieces, axis=1).T.copy(), stream.rate, stream.codec_context.name


def check_length(seconds: float, longest: float) -> None:
    if seconds > longest:
        raise NotDecoded(f"is {in_words(seconds)} long, and at most {in_words(longest)} can be used: cut it first.")


def in_words(seconds: float) -> str:
    """A length as people say it: "0.2 seconds", "12 seconds", "3 minutes", "1 hour"."""
    for name, size in (("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = f"{seconds / size:.1f}".removesuffix(".0")
            return f"{count} {name}{'' if count == '1' else 's'}"
    return f"{seconds:.0f} seconds" if seconds >= 9.95 else f"{seconds:.1f} seconds"
