"""Files on their way in and out: what kind they are, base64, WAV headers."""

import binascii
import mimetypes
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pybase64

from omni_ui.client.errors import BrokenAnswer

SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/avif": ".avif",
    "image/heic": ".heic",
    "image/bmp": ".bmp",
    "image/tiff": ".tiff",
    "audio/wav": ".wav",
    "audio/pcm": ".pcm",
    "audio/flac": ".flac",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}

STILLS = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
}
"""Brands of MP4's container that hold a picture."""


MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"caff", "audio/x-caf"),
    (0, b"riff\x2e\x91\xcf\x11", "audio/x-w64"),
    (0, b"#!AMR", "audio/amr"),
    (0, b".snd", "audio/basic"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (4, b"moov", "video/mp4"),
    (4, b"mdat", "video/mp4"),
    (4, b"wide", "video/mp4"),
)
"""Where a file's first bytes tell what it is. video/ also stands for containers that may hold sound alone."""
FORMS = {
    (b"RIFF", b"WEBP"): "image/webp",
    (b"RIFF", b"WAVE"): "audio/wav",
    (b"RF64", b"WAVE"): "audio/wav",
    (b"RIFF", b"AVI "): "video/x-msvideo",
    (b"FORM", b"AIFF"): "audio/aiff",
    (b"FORM", b"AIFC"): "audio/aiff",
}
"""Containers of chunks, by their first four bytes and those after the size."""


def media_type_of(head: bytes) -> str | None:
    """What a file is by its first 16 bytes, None when unknown. Names and headers are not to be trusted."""
    for offset, mark, name in MAGIC:
        if head[offset : offset + len(mark)] == mark:
            return name
    if head[4:8] == b"ftyp":
        return STILLS.get(head[8:12], "video/mp4")
    if len(head) > 1 and head[0] == 0xFF:
        if head[1] & 0xF6 == 0xF0:
            return "audio/aac"
        if head[1] & 0xE6 in (0xE2, 0xE4):
            return "audio/mpeg"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and len(head) > 15 and head[15:16] == b"\0":
        return "image/bmp"
    return FORMS.get((head[:4], head[8:12]))


@dataclass(frozen=True)
class FileRef:
    """A leaf of a JSON body that stands for a local file, put in just before sending.

    as_: "data_url" for `data:TYPE;base64,…`, "base64" for the base64 alone (input_audio wants that, WIRE.md 8).
    """

    path: Path
    as_: Literal["data_url", "base64"] = "data_url"

    def read(self) -> str:
        data = self.path.read_bytes()
        text = pybase64.b64encode_as_string(data)
        return text if self.as_ == "base64" else f"data:{type_of_file(self.path, data[:16])};base64,{text}"


def type_of_file(path: Path, head: bytes | None = None) -> str:
    """The media type of a local file: by its first bytes, else by its name."""
    if head is None:
        with path.open("rb") as file:
            head = file.read(16)
    return media_type_of(head) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def replace_files(value: object, by: Callable[[FileRef], object]) -> Any:
    """A JSON value with `by(leaf)` in the place of every FileRef."""
    if isinstance(value, FileRef):
        return by(value)
    if isinstance(value, dict):
        return {name: replace_files(item, by) for name, item in value.items()}
    if isinstance(value, list):
        return [replace_files(item, by) for item in value]
    return value


@dataclass(frozen=True)
class Picture:
    """One picture: the bytes that the server sent, unchanged."""

    data: bytes
    media_type: str

    @property
    def suffix(self) -> str:
        """The suffix of a file name, such as ".png"."""
        return SUFFIXES[self.media_type]


def decode_base64(text: object) -> bytes:
    """The bytes of base64, with or without `data:…;base64,` before it. BrokenAnswer when it is not base64.

    Bytes are taken as they are: they were decoded as they arrived.
    """
    if isinstance(text, bytes):
        return text
    if not isinstance(text, str):
        raise BrokenAnswer("The server sent no base64 where media belongs.")
    if text[:5].lower() == "data:":
        text = text.partition(",")[2]
    for attempt in (text, "".join(text.split())):  # lines of 76 characters, as in mail, are base64 too
        try:
            return pybase64.b64decode(attempt, validate=True)
        except (binascii.Error, ValueError):
            continue
    raise BrokenAnswer("The server sent media that is not base64.")


def picture_from(text: object) -> Picture:
    """The picture in a base64 text or data URL. BrokenAnswer when it is none, or broke off before its end."""
    data = decode_base64(text)
    kind = media_type_of(data[:16])
    if kind is None or not kind.startswith("image/"):
        raise BrokenAnswer("The server sent something that is not a picture.")
    ends = {"image/png": data[-8:-4] == b"IEND", "image/jpeg": b"\xff\xd9" in data[-64:]}
    if kind == "image/webp":
        ends[kind] = len(data) >= struct.unpack("<I", data[4:8])[0] + 8
    if not ends.get(kind, True):
        raise BrokenAnswer("The server sent an incomplete picture.")
    return Picture(data, kind)


@dataclass(frozen=True)
class WavHead:
    """rate: frames per second; offset: bytes before the samples; bits: per sample; size: bytes of samples said."""

    rate: int
    channels: int
    bits: int
    offset: int
    size: int


def read_wav_head(data: bytes) -> WavHead | None:
    """The header of a WAV file, None when `data` does not start with a whole one.

    A stream's header says 0xFFFFFFFF for its sizes, since the end is not known yet (WIRE.md 9).
    """
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    at, form = 12, None
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            return WavHead(form[2], form[1], form[5], at + 8, size) if form else None
        if name == b"fmt " and size >= 16 and at + 24 <= len(data):
            form = struct.unpack_from("<HHIIHH", data, at + 8)
        at += 8 + size + size % 2
    return None
