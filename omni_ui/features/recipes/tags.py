"""Texts in the tags of WAV, FLAC, MP3, Ogg and MP4 files, by mutagen. The coded samples and frames stay as they are."""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any

try:
    import mutagen
    from mutagen.flac import FLAC
    from mutagen.id3 import COMM, TXXX
    from mutagen.mp3 import MP3
    from mutagen.mp4 import MP4, MP4FreeForm
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis
    from mutagen.wave import WAVE
except ImportError:  # it is under the GPL, so a host may leave it out: sounds and videos then go without settings
    mutagen = None  # type: ignore[assignment]  # `available` is asked before anything is opened

KEY = "omni"
MP4_KEY = "----:omni-ui:recipe"
MP4_COMMENT = "\xa9cmt"


def available() -> bool:
    """Whether mutagen is installed."""
    return mutagen is not None


class Untagged(ValueError):
    """mutagen cannot make sense of the file."""


def _open(kind: str, file: BytesIO) -> Any:
    readers = {"audio/wav": WAVE, "audio/flac": FLAC, "audio/mpeg": MP3, "video/mp4": MP4, "audio/ogg": _ogg}
    try:
        return readers[kind](file)
    except mutagen.MutagenError as wrong:
        raise Untagged(str(wrong)) from None


def _ogg(file: BytesIO) -> object:
    head = file.getvalue()[:64]
    return (OggOpus if b"OpusHead" in head else OggVorbis)(file)


def with_tags(kind: str, data: bytes, recipe: str, words: str) -> bytes:
    """The file with the recipe as a tag and the words as its comment. ValueError when it is damaged."""
    file = BytesIO(data)
    media = _open(kind, file)
    if media.tags is None:
        media.add_tags()
    if kind in ("audio/wav", "audio/mpeg"):
        media.tags.add(TXXX(encoding=3, desc=KEY, text=[recipe]))
        media.tags.setall("COMM", [COMM(encoding=3, lang="eng", desc="", text=[words])])
    elif kind == "video/mp4":
        media.tags[MP4_KEY] = [MP4FreeForm(recipe.encode())]
        media.tags[MP4_COMMENT] = [words]
    else:
        media.tags[KEY] = [recipe]
        media.tags["comment"] = [words]
    file.seek(0)
    try:
        media.save(file)
    except mutagen.MutagenError as wrong:
        raise Untagged(str(wrong)) from None
    return with_info_comment(file.getvalue(), words) if kind == "audio/wav" else file.getvalue()


def with_info_comment(data: bytes, words: str) -> bytes:
    """A WAV whose LIST/INFO chunk, if it has one, holds the comment as well.

    ffprobe up to 5.1 at least hides the ID3 tags of a WAV that has both; without LIST/INFO it shows them.
    """
    chunks = list(_riff_chunks(data, 12))
    if not any(name == b"LIST" and content[:4] == b"INFO" for name, content in chunks):
        return data
    body = b""
    for name, content in chunks:
        if name == b"LIST" and content[:4] == b"INFO":
            others = [_riff_chunk(*entry) for entry in _riff_chunks(content, 4) if entry[0] != b"ICMT"]
            comment = _riff_chunk(b"ICMT", words.encode("utf-8", "replace") + b"\0")
            content = b"INFO" + b"".join(others) + comment
        body += _riff_chunk(name, content)
    return struct.pack("<4sI4s", b"RIFF", len(body) + 4, b"WAVE") + body


def _riff_chunks(data: bytes, start: int) -> Iterator[tuple[bytes, bytes]]:
    at = start
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _riff_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + bytes(len(content) % 2)


def read_tags(kind: str, file: BytesIO) -> dict[str, str]:
    """{"omni": recipe} when the file has one. ValueError when it is damaged."""
    tags = _open(kind, file).tags
    if not tags:
        return {}
    if kind in ("audio/wav", "audio/mpeg"):
        values = [str(text) for frame in tags.getall(f"TXXX:{KEY}") for text in frame.text]
    elif kind == "video/mp4":
        values = [bytes(value).decode("utf-8", "replace") for value in tags.get(MP4_KEY, [])]
    else:
        values = tags.get(KEY, [])
    return {"omni": values[0]} if values else {}
