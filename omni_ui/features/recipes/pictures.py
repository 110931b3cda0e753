"""Texts in PNG, JPEG and WebP files, put in and taken out by walking over the file's blocks. Nothing is decoded.

PNG: text chunks `omni` and `parameters` (PNG specification, 11.3.3). JPEG and WebP: the recipe as XMP in a namespace
of our own, the parameters as EXIF's UserComment, where A1111 puts them too (Exif 2.3, 4.6.5; WebP container, RFC 9649).
"""

import html
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

LONGEST = 1_000_000
"""Bytes of one text that is read."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYS = ("omni", "parameters")
EXIF, XMP = b"Exif\x00\x00", b"http://ns.adobe.com/xap/1.0/\x00"
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
"""Segments of a JPEG that begin a frame and hold its size (ITU-T T.81, B.2.2)."""
SEGMENT = 65_533
"""Bytes that one segment of a JPEG can hold."""
USER_COMMENT, EXIF_IFD = 0x9286, 0x8769
LONG, UNDEFINED = 4, 7
"""Types of values in EXIF."""
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:omni="urn:omni-ui:recipe"><omni:recipe>{}</omni:recipe></rdf:Description></rdf:RDF>'
    "</x:xmpmeta>"
)
VP8X_XMP, VP8X_EXIF, VP8X_ALPHA = 0x04, 0x08, 0x10


class TooLong(ValueError):
    """The file's format has no room for this text."""


def size_of(kind: str, data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, from the header; None where it has none."""
    if kind == "image/png":
        return struct.unpack_from(">II", data, 16)
    if kind == "image/webp":
        return _webp_canvas(data)[:2]
    for marker, start, end in _jpeg_segments(data):
        if marker in FRAMES and end - start >= 9:
            height, width = struct.unpack_from(">HH", data, start + 5)
            return width, height
    return None


# PNG: length, name, content, checksum, one after the other.


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, where it begins, where it ends) of each chunk."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            return
        yield name, at, end
        at = end


def png_with(data: bytes, recipe: str, words: str) -> bytes:
    """Before the pixels, so that readers which stop there find them. Older texts of these names are left out."""
    chunks = list(_png_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR":
        raise ValueError("a PNG begins with its header")
    rest = memoryview(data)  # a slice of this is no copy, and pictures are large
    parts: list[bytes | memoryview] = [rest[: chunks[0][2]], _png_text("omni", recipe), _png_text("parameters", words)]
    after = chunks[0][2]
    for name, start, end in chunks:
        if name in (b"tEXt", b"iTXt", b"zTXt") and data[start + 8 : end].split(b"\0", 1)[0].decode("latin-1") in KEYS:
            parts.append(rest[after:start])
            after = end
    return b"".join([*parts, rest[after:]])


def _png_text(key: str, text: str) -> bytes:
    """Latin-1 where it will do, since more tools read that."""
    try:
        name, body = b"tEXt", key.encode() + b"\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        name, body = b"iTXt", key.encode() + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_texts(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, start, end in _png_chunks(data):
        if name in (b"tEXt", b"iTXt", b"zTXt"):
            key, _, body = data[start + 8 : end - 4].partition(b"\0")
            if key.decode("latin-1") in KEYS:
                texts.setdefault(key.decode(), _png_body(name, body))
    return texts


def _png_body(name: bytes, body: bytes) -> str:
    packed = name == b"zTXt"
    if name == b"iTXt":
        packed = body[:1] == b"\1"
        body = body[2:].split(b"\0", 2)[2]
    elif packed:
        body = body[1:]
    if packed:
        try:
            body = zlib.decompressobj().decompress(body, LONGEST)
        except zlib.error:
            raise ValueError("a packed text is damaged") from None
    return body[:LONGEST].decode("utf-8" if name == b"iTXt" else "latin-1", "replace")


# JPEG: marker, length, content; the pixels begin after SOS.


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, where it begins, where it ends) of the segments before the pixels."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data):
            return
        yield data[at + 1], at, end
        at = end


def jpeg_with(data: bytes, recipe: str, words: str) -> bytes:
    """After the JFIF header, which must come first; older EXIF and XMP is left out."""
    first, others, end = b"", b"", 2
    for marker, start, end in _jpeg_segments(data):
        if marker == 0xE0:
            first += data[start:end]
        elif marker != 0xE1 or not data[start + 4 : end].startswith((EXIF, XMP)):
            others += data[start:end]
    put = _segment(EXIF + _exif(words)) + _segment(XMP + _packet(recipe))
    return data[:2] + first + put + others + data[end:]


def _segment(content: bytes) -> bytes:
    if len(content) > SEGMENT:
        raise TooLong
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def jpeg_texts(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = {}
    for marker, start, end in _jpeg_segments(data):
        content = data[start + 4 : end]
        if marker == 0xE1 and content.startswith(EXIF):
            texts |= _read_exif(content[len(EXIF) :])
        elif marker == 0xE1 and content.startswith(XMP):
            texts |= _read_packet(content[len(XMP) :])
    return texts


# WebP: a RIFF file. Metadata need the extended header VP8X, which a plain file does not have.


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > len(data):
            return
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _riff_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


def _webp_canvas(data: bytes) -> tuple[int, int, int]:
    """Width, height and the flags for VP8X, from the first chunk."""
    name, content = next(_riff_chunks(data), (b"", b""))
    if name == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (4, 7))
        return width, height, content[0]
    if name == b"VP8L":
        bits = int.from_bytes(content[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, VP8X_ALPHA if bits >> 28 & 1 else 0
    if name == b"VP8 " and content[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 6)
        return width & 0x3FFF, height & 0x3FFF, 0
    raise ValueError("a WebP begins with its picture")


def webp_with(data: bytes, recipe: str, words: str) -> bytes:
    width, height, flags = _webp_canvas(data)
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = [_riff_chunk(b"VP8X", bytes([flags | VP8X_EXIF | VP8X_XMP, 0, 0, 0]) + canvas)]
    chunks += [_riff_chunk(*chunk) for chunk in _riff_chunks(data) if chunk[0] not in (b"VP8X", b"EXIF", b"XMP ")]
    chunks += [_riff_chunk(b"EXIF", _exif(words)), _riff_chunk(b"XMP ", _packet(recipe))]
    body = b"WEBP" + b"".join(chunks)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def webp_texts(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, content in _riff_chunks(data):
        if name == b"EXIF":
            texts |= _read_exif(content.removeprefix(EXIF))
        elif name == b"XMP ":
            texts |= _read_packet(content)
    return texts


# EXIF and XMP


def _exif(words: str) -> bytes:
    """The words as UserComment, in UTF-16 as its code for Unicode wants.

    Written by hand, since Pillow makes it BYTE where EXIF wants UNDEFINED (Exif 2.3, 4.6.5), which piexif cannot read.
    """
    comment = b"UNICODE\0" + words.encode("utf-16-be", "replace")
    directory, end = struct.pack(">H", 1), bytes(4)
    exif_at = 8 + len(directory) + 12 + len(end)
    comment_at = exif_at + len(directory) + 12 + len(end)
    first = directory + struct.pack(">HHII", EXIF_IFD, LONG, 1, exif_at) + end
    exif = directory + struct.pack(">HHII", USER_COMMENT, UNDEFINED, len(comment), comment_at) + end
    return b"MM\0*" + struct.pack(">I", 8) + first + exif + comment


def _read_exif(content: bytes) -> dict[str, str]:
    if len(content) > LONGEST:
        return {}
    exif = Image.Exif()
    exif.load(EXIF + content)
    comment = exif.get_ifd(EXIF_IFD).get(USER_COMMENT, b"")
    if isinstance(comment, str):
        return {"parameters": comment}
    code, text = bytes(comment[:8]), bytes(comment[8:])
    if code == b"UNICODE\0":
        # Most programs write big-endian whatever the file's own order; text shows which it is.
        big = text[::2].count(0) >= text[1::2].count(0)
        return {"parameters": text.decode("utf-16-be" if big else "utf-16-le", "replace")}
    return {"parameters": text.decode("utf-8", "replace")} if text else {}


def _packet(recipe: str) -> bytes:
    return PACKET.format(html.escape(recipe, quote=False)).encode()


def _read_packet(content: bytes) -> dict[str, str]:
    """Found as text: no XML of a stranger is parsed."""
    match = re.search(rb"<omni:recipe>([^<]*)</omni:recipe>", content[:LONGEST])
    return {"omni": html.unescape(match[1].decode("utf-8", "replace"))} if match else {}
