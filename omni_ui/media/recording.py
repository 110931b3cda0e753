"""Recordings that a visitor gives: read right whatever their format, and made into WAV where a server needs it.

The samples are read as floats by libsndfile (soundfile). A cast by hand turns 24-bit files to noise.
"""

import asyncio
import io
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from omni_ui.core.files import keep
from omni_ui.core.invalid import Invalid
from omni_ui.media.container import Container, identify
from omni_ui.media.decoding import WHOLE, NotDecoded, check_length, decode, share_words, stream_seconds

LONGEST = 600.0
"""Seconds that are read unless the caller says otherwise."""

MOST_SAMPLES = 60_000_000
"""Over all channels: ten minutes of stereo at 48 kHz, 240 MB of memory."""

JOINTS = 0.9
"""In joined files the header of each part counts as a packet that holds no sound."""
JOINED = {"ogg": b"OggS\0\x02", "flac": b"fLaC\0\0\0\x22"}
"""What begins another file within one (RFC 3533, 6; RFC 9639, 8.1)."""
UNKNOWN_LENGTH = 0x7F000000
"""From this number of bytes on the length in a WAV is a stand-in of a program that did not know it yet."""
PLAIN = {"WAV", "WAVEX", "FLAC", "OGG", "MP3"}
"""Formats that every server decodes by itself: it reads with libsndfile, and takes these by their type."""


@dataclass(frozen=True)
class Recording:
    """What a file holds.

    samples: float32 (frames, channels), -1..1, though float files may go beyond. rate: frames per second.
    kind: such as "WAV, 24 bit". plain: servers can decode the file as it is. note: what was done with a file that they
    cannot decode, or that is damaged, else "".
    """

    path: Path
    samples: np.ndarray
    rate: int
    kind: str
    plain: bool
    note: str = ""

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        return int(self.samples.shape[1])

    @property
    def mono(self) -> np.ndarray:
        """The mean of the channels: float32 (frames,). Servers take the mean too (serving_speech.py:1284)."""
        return self.samples[:, 0] if self.channels == 1 else self.samples.mean(axis=1)


async def read_recording(path: str | Path, field: str, *, longest: float = LONGEST) -> Recording:
    """Reads a sound file, or the sound of a video, off the event loop.

    longest: seconds; a longer file is refused by its header, before it is decoded. Raises Invalid with a sentence for
    `field` when there is nothing to read.
    """
    path = Path(path)
    try:
        return await asyncio.to_thread(_read, path, longest)
    except NotDecoded as wrong:
        raise Invalid.because(field, f"{path.name} {wrong}") from None


async def as_wav(recording: Recording, *, mono: bool = False, rate: int | None = None) -> Path:
    """A file that every server can decode: the recording's own when it is one, else a WAV of 16 bits, written once.

    mono: one channel, the mean of all. rate: frames per second; None keeps the recording's.
    """
    rate = rate or recording.rate
    if recording.plain and rate == recording.rate and not (mono and recording.channels > 1):
        return recording.path
    samples = recording.mono[:, None] if mono else recording.samples
    data = await asyncio.to_thread(lambda: wav_bytes(resample(samples, recording.rate, rate), rate))
    return await keep(data, f"{recording.path.stem}.wav")


def wav_bytes(samples: np.ndarray, rate: int) -> bytes:
    """A WAV file of 16 bits. Samples are floats, (frames,) or (frames, channels); beyond -1..1 all is turned down."""
    peak = float(np.abs(samples).max(initial=0))
    file = io.BytesIO()
    whole = np.round(samples * (32767 / max(peak, 1))).astype("<i2")
    soundfile.write(file, whole, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def resample(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """The same sound at another rate; nothing folds back. float32, (frames, channels)."""
    if rate == wanted or not len(samples):
        return samples
    resampled: np.ndarray = soxr.resample(samples, rate, wanted, quality="VHQ")
    return resampled


def _read(path: Path, longest: float) -> Recording:
    """libsndfile first; what it cannot read, whatever it raises, goes to PyAV."""
    if not path.is_file():
        raise NotDecoded("is no longer available: choose it again.")
    if not path.stat().st_size:
        raise NotDecoded("is empty: choose another file.")
    container = identify(path)
    if container.kind == "image" and container.sure:
        raise NotDecoded("is a picture, not a recording: choose a sound file.")
    try:
        with soundfile.SoundFile(path) as file:
            recording = _by_soundfile(path, file, longest)
    except NotDecoded:
        raise
    except Exception:  # libsndfile cannot read it: formats that it does not know, damage, or a fault of its own
        return _by_av(path, container, longest)
    if not len(recording.samples):  # a header that was never filled in, as of a recorder that was cut off
        return _by_av(path, container, longest)
    if _goes_on(recording, container):
        whole = _by_av(path, container, longest, joined=True)
        return whole if whole.seconds > 1.01 * recording.seconds + 0.3 else recording
    return recording


def _by_soundfile(path: Path, file: soundfile.SoundFile, longest: float) -> Recording:
    check_length(file.frames / file.samplerate, longest)
    if file.frames * file.channels > MOST_SAMPLES:
        raise NotDecoded("is too large: use a shorter piece of it, or one with fewer channels.")
    samples = file.read(file.frames, dtype="float32", always_2d=True)
    # A float file may hold numbers that are none; they would spoil every sum.
    samples = np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    form = "WAV" if file.format == "WAVEX" else file.format
    kind = f"{form}, {_depth(file.subtype)}"
    # Servers read to the end without asking how long it is, which fails where libsndfile cannot go back (GSM).
    plain = file.format in PLAIN and file.seekable()
    taken = form if file.format not in PLAIN else _depth(file.subtype).upper()
    note = "" if plain else f"{path.name} was converted to WAV: servers do not accept {taken}."
    if form == "WAV" and (share := _share_of_wav(path)) < WHOLE:
        note = " ".join(filter(None, (note, f"{path.name} is damaged: {share_words(share)} of it could be read.")))
    return Recording(path, samples, file.samplerate, kind, plain, note)


def _goes_on(recording: Recording, container: Container) -> bool:
    """Whether a file continues after the end in its first header, as joined files do."""
    if mark := JOINED.get(container.reader or ""):
        return recording.path.read_bytes().find(mark, 64) > 0
    if container.reader != "mp3":
        return False
    try:
        return stream_seconds(recording.path, container.reader or "") > 1.01 * recording.seconds + 0.3
    except ImportError:
        return False


def _share_of_wav(path: Path) -> float:
    """How much of the samples that a WAV states is there; 1 where it states none, as one that was streamed."""
    with path.open("rb") as file:
        at, size = 12, path.stat().st_size
        while at + 8 <= size:
            file.seek(at)
            name, length = struct.unpack("<4sI", file.read(8))
            if name == b"data":
                stated = 0 < length < UNKNOWN_LENGTH
                return min(1.0, (size - at - 8) / length) if stated else 1.0
            at += 8 + length + length % 2
    return 1.0


def _depth(subtype: str) -> str:
    words = {"FLOAT": "32 bit float", "DOUBLE": "64 bit float", "PCM_U8": "8 bit", "PCM_S8": "8 bit"}
    return words.get(subtype) or (
        f"{subtype[4:]} bit" if subtype.startswith("PCM_") else subtype.replace("_", " ").lower()
    )


def _by_av(path: Path, container: Container, longest: float, joined: bool = False) -> Recording:
    unknown = NotDecoded("is not a sound file that can be read: choose a WAV, MP3, FLAC, OGG, M4A or WebM file.")
    if container.reader is None:
        raise unknown
    try:
        sound = decode(path, container, longest, MOST_SAMPLES)
    except ImportError:
        raise NotDecoded(
            "cannot be read here, since the package av is not installed: save it as WAV, MP3 or FLAC first."
        ) from None
    except NotDecoded as wrong:
        if container.sure or "long" in str(wrong) or "large" in str(wrong):
            raise
        raise unknown from None
    codec = sound.codec.upper()
    if joined:
        form = {"mp3": "MP3", "ogg": "Ogg", "flac": "FLAC"}[container.reader]
        note = f"{path.name} was converted to WAV: it is several {form} files, and servers read only the first."
    else:
        note = f"The sound of {path.name} ({codec}) was converted to WAV: servers cannot decode this format."
    if sound.share < (JOINTS if joined else 1):
        note += f" It is damaged: {share_words(sound.share)} of it could be read."
    return Recording(path, sound.samples, sound.rate, codec, False, note)
