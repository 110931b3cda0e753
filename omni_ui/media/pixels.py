"""Pixels of every kind that files hold, as the 8 bits of grey, RGB or RGBA that servers take."""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

ORIENTATION = 0x0112
BITS_PER_SAMPLE = 258
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What to do by the number of EXIF's orientation."""
TWELVE_BITS = 1 << 12
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values of one pixel by its type of colour (11.2.2)."""
PIECE = 4096
"""Packed bytes that are unpacked at once: those before a damaged piece are kept."""


def plain_pixels(picture: Image.Image, opened: Image.Image, path: Path, notes: list[str]) -> Image.Image | None:
    """The picture in 8 bits per colour: L, RGB or RGBA. None for a mode that holds no colours."""
    mode = picture.mode
    if mode in ("L", "RGB", "RGBA"):
        # Pillow reads 16 bits per colour as 8 already; the file is written anew so that no server has to.
        if _depth(opened, path) == 16:
            if _brightest(picture) < TWELVE_BITS >> 8 and (stretched := _twelve_bits(path)):
                notes.append("its 12 bits per colour were stretched to 8")
                return stretched
            notes.append("16 bits per colour became 8")
        return _resolved(picture, notes)
    if mode == "1":
        notes.append("black and white became grey")
        return picture.convert("L")
    if mode.startswith("I"):
        return _eight_bits(np.asarray(picture), notes)
    if mode in ("P", "PA", "LA", "La", "RGBa"):
        see_through = mode != "P" or "transparency" in picture.info
        if mode in ("P", "PA"):
            notes.append("its colour table was resolved")
        else:
            notes.append("grey with transparency became colour with transparency")
        return picture.convert("RGBA" if see_through else "RGB")
    if mode in ("CMYK", "YCbCr", "LAB", "HSV", "RGBX"):
        notes.append(f"{mode} colours became RGB and may look a little different")
        return picture.convert("RGB")
    return None


def _resolved(picture: Image.Image, notes: list[str]) -> Image.Image:
    """A PNG may name one colour that is transparent: what lies there is hidden in browsers."""
    if picture.mode == "RGBA" or "transparency" not in picture.info:
        return picture
    return picture.convert("RGBA")


def _eight_bits(samples: np.ndarray, notes: list[str]) -> Image.Image | None:
    """16 bits as 8; cameras and scanners that measure 12 bits leave the upper four empty, which would be black."""
    if samples.min() < 0 or samples.max() > 65535:
        return None
    if 255 < samples.max() < TWELVE_BITS:
        notes.append("its 12 bits per colour were stretched to 8")
        return Image.fromarray((samples >> 4).astype(np.uint8))
    notes.append("16 bits per colour became 8")
    return Image.fromarray((samples >> 8).astype(np.uint8))


def _depth(opened: Image.Image, path: Path) -> int:
    """Bits per colour of a PNG or a TIFF; 8 for anything else."""
    if opened.format == "TIFF":
        bits = opened.tag_v2.get(BITS_PER_SAMPLE, 8) if isinstance(opened, TiffImageFile) else 8
        return int(bits[0] if isinstance(bits, tuple) else bits)
    if opened.format != "PNG":
        return 8
    with path.open("rb") as file:
        return file.read(25)[24]


def _brightest(picture: Image.Image) -> int:
    """The largest value of any colour, transparency aside."""
    return max(int(np.asarray(band).max()) for band in picture.split()[:3])


def _twelve_bits(path: Path) -> Image.Image | None:
    """Colours of which the upper four bits are empty, as `_eight_bits`. Pillow drops the lower eight, so PyAV reads."""
    try:
        import av

        with av.open(str(path)) as container:
            samples = np.asarray(next(container.decode(video=0)).to_ndarray(format="rgb48le"), np.uint16)
    except (ImportError, OSError, ValueError, StopIteration):  # optional: without it the picture stays dark
        return None
    return Image.fromarray((samples >> 4).astype(np.uint8)) if 255 < samples.max() < TWELVE_BITS else None


def rows_in(data: bytes, mended: Image.Image) -> float:
    """The share of a cut JPEG's rows that could be decoded. The rest is one colour, that of the last block."""
    if data.count(b"\xff\xda") > 1:  # progressive: all rows are there after the first pass
        return 1.0 if data.count(b"\xff\xda") >= 4 else 0.0
    pixels = np.asarray(mended)
    same = (pixels[1:] == pixels[:-1]).reshape(len(pixels) - 1, -1).all(axis=1)[::-1]
    filled = len(same) if same.all() else int(np.argmin(same))
    return 1.0 if filled < 16 else 1 - filled / len(pixels)


def turn_of(opened: Image.Image) -> Image.Transpose | None:
    """How to turn a picture upright, by EXIF alone: browsers do not read what XMP says. TIFF and HEIC come upright.

    Chromium does not turn a WebP whatever its EXIF says.
    """
    if opened.format in ("TIFF", "HEIF", "WEBP") or not opened.info.get("exif"):
        return None
    exif = Image.Exif()
    try:
        exif.load(opened.info["exif"])
        return TURNS.get(int(exif.get(ORIENTATION, 1)))
    except Exception:  # damaged notes are no reason to refuse a picture
        return None


# PNGs that break off, which Pillow refuses as a whole: rows are packed one after the other (PNG specification, 10), so
# what was unpacked before the end is right.


def mended_png(data: bytes) -> tuple[bytes, int] | None:
    """A whole PNG of what is there, and the number of its rows that are; None for a file that cannot be mended."""
    if not data.startswith(SIGNATURE) or len(data) < 33 or data[12:16] != b"IHDR":
        return None
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    if interlaced or colour not in SAMPLES:
        return None
    row = 1 + (width * depth * SAMPLES[colour] + 7) // 8
    kept, packed = _chunks(data)
    pixels = _unpacked(packed, row * height)
    rows = len(pixels) // row
    whole = pixels[: rows * row] + bytes((height - rows) * row)
    return SIGNATURE + kept + _chunk(b"IDAT", zlib.compress(whole, 1)) + _chunk(b"IEND", b""), rows


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """The chunks before the pixels, with right checksums, and the packed pixels as far as they go."""
    kept, packed = bytearray(), bytearray()
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        if name == b"IDAT":
            packed += content
        elif name == b"IEND":
            break
        elif not packed and len(content) == length:
            kept += _chunk(name, content)
        at += 12 + length
    return bytes(kept), bytes(packed)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _unpacked(packed: bytes, most: int) -> bytes:
    """What can be unpacked, `most` bytes at most."""
    unpacker = zlib.decompressobj()
    pixels = bytearray()
    for at in range(0, len(packed), PIECE):
        try:
            pixels += unpacker.decompress(packed[at : at + PIECE], max(most - len(pixels), 1))
        except zlib.error:
            break
        if len(pixels) >= most or unpacker.eof:
            break
    return bytes(pixels[:most])
