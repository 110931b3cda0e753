"""The texts in the metadata of a file, by name, in all the places where other programs put them.

PNG: tEXt, zTXt, iTXt and eXIf (PNG specification, 11.3). JPEG, WebP, AVIF: EXIF, XMP and comments, by Pillow, which
decodes no pixels for it. Sounds and videos: tags of the container and its streams, by PyAV.
"""

import html
import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from omni_ui.client.answers.valid_text import valid_text

LONGEST = 4_000_000
"""Characters of all texts of a file that are read: workflows of ComfyUI have up to a million."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
EXIF_NAMES = {
    0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x9286: "UserComment",
    0x927C: "MakerNote", 0x9C9C: "XPComment",
}  # fmt: skip
EXIF_IFD = 0x8769


def texts_in(path: Path) -> dict[str, str]:
    """The texts of a file by name; {} when it has none. Raises what Pillow and PyAV raise for broken files."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(SIGNATURE):
        texts = _png_texts(path.read_bytes())
    elif head.startswith(b"\xff\xd8") or head[8:12] in (b"WEBP", b"avif", b"avis"):
        texts = _picture_texts(path)
    else:
        texts = _tags(path)
    return {name: valid_text(text) for name, text in texts.items() if text}


def _png_texts(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = {}
    room = LONGEST
    for name, body in _png_chunks(data):
        if name in (b"tEXt", b"zTXt", b"iTXt"):
            key, _, rest = body.partition(b"\0")
            text = _png_text(name, rest, room)
            room -= len(text)
            texts.setdefault(key.decode("latin-1"), text)
        elif name == b"eXIf" and len(body) <= room:
            for key_, text in _exif_texts(body).items():
                texts.setdefault(key_, text)
    if xmp := texts.get("XML:com.adobe.xmp"):
        texts |= {name: text for name, text in _xmp_texts(xmp).items() if name not in texts}
    return texts


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            return
        if name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            yield name, data[at + 8 : at + 8 + length]
        at += 12 + length


def _png_text(name: bytes, body: bytes, room: int) -> str:
    """iTXt is UTF-8; the others should be Latin-1, but several programs write UTF-8 there too."""
    packed = name == b"zTXt"
    if name == b"iTXt":
        packed, rest = body[:1] == b"\1", body[2:].split(b"\0", 2)
        body = rest[2] if len(rest) == 3 else b""
    elif packed:
        body = body[1:]
    if packed:
        try:
            body = zlib.decompressobj().decompress(body, max(room, 1))
        except zlib.error:
            return ""
    return _decode(body[: max(room, 0)], "utf-8" if name == b"iTXt" else "latin-1")


def _decode(body: bytes, otherwise: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(otherwise, "replace")


def _picture_texts(path: Path) -> dict[str, str]:
    with Image.open(path) as picture:
        info = picture.info
        texts: dict[str, str] = {}
        exif = info.get("exif")
        if isinstance(exif, bytes) and len(exif) <= LONGEST:
            texts = _exif_texts(exif.removeprefix(b"Exif\0\0"))
        xmp = info.get("xmp")
        if isinstance(xmp, bytes) and len(xmp) <= LONGEST:
            texts |= {name: text for name, text in _xmp_texts(_decode(xmp, "latin-1")).items() if name not in texts}
        comment = info.get("comment")
        if isinstance(comment, bytes | str):
            texts["comment"] = comment[:LONGEST] if isinstance(comment, str) else _decode(comment[:LONGEST], "latin-1")
    return texts


def _exif_texts(content: bytes) -> dict[str, str]:
    """Texts of EXIF by the name of their tag. UserComment also where it does not belong, as Fooocus puts it."""
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + content)
    texts: dict[str, str] = {}
    for place in (exif.get_ifd(EXIF_IFD), exif):
        for tag, name in EXIF_NAMES.items():
            value = place.get(tag)
            if isinstance(value, tuple) and all(isinstance(part, int) and 0 <= part < 256 for part in value):
                value = bytes(value)
            text = _exif_text(value) if isinstance(value, bytes) else value
            if isinstance(text, str) and text.strip("\0 "):
                texts.setdefault(name, text.strip("\0"))
    return texts


def _exif_text(value: bytes) -> str:
    """Exif 2.3, 4.6.5: eight bytes name the code of a UserComment; other texts have no such beginning."""
    code, text = value[:8], value[8:]
    if code == b"UNICODE\0":
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return text.decode("utf-16", "replace")
        if b"\0" not in text:  # UTF-8 under the wrong name
            return _decode(text, "utf-16-be")
        big = text[::2].count(0) >= text[1::2].count(0)  # most programs write big-endian, whatever the file's order
        return text.decode("utf-16-be" if big else "utf-16-le", "replace")
    if code in (b"ASCII\0\0\0", b"\0" * 8):
        return _decode(text, "latin-1")
    return _decode(value, "latin-1")


def _xmp_texts(xmp: str) -> dict[str, str]:
    """Found as text: no XML of a stranger is parsed. `xmp` holds the maker's name, `UserComment` its settings."""
    xmp = xmp[:LONGEST]
    texts = {"xmp": xmp}
    comment = re.search(r"<exif:UserComment>(.{0,2000000}?)</exif:UserComment>", xmp, re.DOTALL)
    if comment:
        text = re.sub(r"</?rdf:[^>]{0,200}>", "", comment[1])
        texts["UserComment"] = html.unescape(text).strip()
    if tool := re.search(r"<xmp:CreatorTool>([^<]{0,200})<|xmp:CreatorTool=\"([^\"]{0,200})\"", xmp):
        texts["CreatorTool"] = html.unescape(tool[1] or tool[2]).strip()
    return texts


def _tags(path: Path) -> dict[str, str]:
    """Tags of a sound or video. A comment that is an object counts as its texts, as VideoHelperSuite writes it."""
    try:
        import av  # slow, and most files are pictures
    except ImportError:  # optional: sounds and videos of other programs are then not read
        return {}
    texts: dict[str, str] = {}
    try:
        with av.open(str(path), metadata_errors="replace") as media:
            held = [media.metadata, *(stream.metadata for stream in media.streams)]
    except (av.error.FFmpegError, UnicodeError):
        return {}
    for tags in held:
        for name, text in tags.items():
            texts.setdefault(name.lower(), text[:LONGEST])
    try:
        comment = json.loads(texts.get("comment", ""))
    except (ValueError, RecursionError):
        comment = None
    if isinstance(comment, dict):
        for name in ("prompt", "workflow"):
            inner = comment.get(name)
            if inner and name not in texts:
                texts[name] = inner if isinstance(inner, str) else json.dumps(inner)
    return texts
