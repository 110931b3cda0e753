"""Pictures that come in: looked at before they are sent, so that every server gets one that it can open.

A PNG, JPEG or WebP of eight bits, upright and of a sensible size is passed on as it is, byte for byte. Anything else
is written anew (and the visitor is told), or refused with a sentence.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from omni_ui.core.files import new_path
from omni_ui.core.heavy_work import run_heavy
from omni_ui.core.invalid import Invalid

LARGEST = 4096 * 4096
"""Pixels. The server refuses results above 33 million (cli/serve.py:1030), and a result is as large as its picture."""
LONGEST_SIDE = 8192
SHORTEST_SIDE = 16
MOST_READ = 33_554_432
"""Pixels that are opened at all: what the server takes at most, 134 MB of memory in a look."""

READ = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
"""Formats by Pillow's names. Not more: some of its others start programs (EPS) or are never pictures of a visitor."""
PASSED_ON = {"PNG", "JPEG", "MPO", "WEBP"}
UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, struct.error, zlib.error)
"""What Pillow raises for damaged files."""
ORIENTATION = 0x0112


@dataclass(frozen=True)
class Taken:
    """A picture that can be sent. Width and height in pixels; `note` says what was changed, None when nothing was."""

    path: Path
    width: int
    height: int
    note: str | None = None


async def take_picture(path: str | Path, field: str = "image", *, largest: int = LARGEST) -> Taken:
    """Looks at a picture that a visitor gave, off the event loop.

    field: the wire name that an `Invalid` names. largest: pixels above which the picture is scaled down.
    Raises Invalid with one sentence for what cannot be sent.
    """
    return await run_heavy(_take, Path(path), field, largest)


def _take(path: Path, field: str, largest: int) -> Taken:
    def refuse(sentence: str) -> Invalid:
        return Invalid.because(field, sentence)

    picture = _open(path, refuse)
    with picture:
        width, height = picture.size
        if width * height > MOST_READ:
            raise refuse(
                f"{path.name} has {width} × {height} pixels, which is more than this page opens "
                f"({MOST_READ // 1_000_000} million). Make it smaller first."
            )
        notes: list[str] = []
        frames = getattr(picture, "n_frames", 1) if picture.format != "MPO" else 1
        try:
            picture.load()
            made = _plain(picture, notes)
            made = _upright(picture, made, notes)
        except UNREADABLE:
            raise refuse(f"{path.name} is damaged: it breaks off or cannot be read. Save it again.") from None
        if made is None:
            raise refuse(f"{path.name} holds measurements rather than colours. Save it as an 8-bit PNG.")
        if frames > 1:
            notes.insert(0, f"only the first of its {frames} frames is used")
        made = _fitting(made, largest, notes)
        if min(made.size) < SHORTEST_SIDE:
            raise refuse(
                f"{path.name} is too small: {width} × {height} pixels, and each side needs {SHORTEST_SIDE} or more."
            )
        if not notes and picture.format in PASSED_ON:
            return Taken(path, width, height)
        if not notes:
            notes.append(f"{picture.format} was saved as PNG")
        return Taken(_save(made, path, picture.format), *made.size, f"{path.name}: {', '.join(notes)}.")


def _open(path: Path, refuse: Callable[[str], Invalid]) -> Image.Image:
    """The opened file, not decoded yet."""
    Image.init()
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        raise refuse(f"{path.name} is not there any more. Choose it again.") from None
    if not head:
        raise refuse(f"{path.name} is empty. Choose another picture.")
    try:
        return Image.open(path, formats=[name for name in READ if name in Image.OPEN])
    except Image.DecompressionBombError:
        raise refuse(f"{path.name} has far too many pixels to be opened. Make it smaller first.") from None
    except UNREADABLE:
        raise refuse(_why_not(path, head)) from None


def _why_not(path: Path, head: bytes) -> str:
    """Why a file is not a picture that can be opened, and what to do."""
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"):
        return f"{path.name} is an HEIC picture, which cannot be read here. Save it as JPEG or PNG."
    if b"<svg" in head.lower() or path.suffix.lower() == ".svg":
        return f"{path.name} is a drawing (SVG), not a picture of pixels. Export it as PNG."
    return f"{path.name} is not a picture that can be read. Choose a PNG, JPEG or WebP file."


def _plain(picture: Image.Image, notes: list[str]) -> Image.Image | None:
    """The first frame in 8 bits per colour: L, RGB or RGBA. None for a mode that holds no colours."""
    mode = picture.mode
    if mode in ("L", "RGB", "RGBA"):
        # Pillow reads 16 bits per colour as 8 already; the file is written anew so that no server has to.
        if picture.format == "PNG" and _png_depth(picture) == 16:
            notes.append("16 bits per colour became 8")
        return picture
    if mode == "1":
        notes.append("black and white became grey")
        return picture.convert("L")
    if mode.startswith("I"):
        samples = np.asarray(picture)
        if samples.min() < 0 or samples.max() > 65535:
            return None
        notes.append("16 bits per colour became 8")
        return Image.fromarray((samples >> 8).astype(np.uint8))
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


def _png_depth(picture: Image.Image) -> int:
    with open(picture.filename, "rb") as file:
        return file.read(25)[24]


def _upright(picture: Image.Image, made: Image.Image | None, notes: list[str]) -> Image.Image | None:
    """Turned as the camera held it: models do not read the note in the file that says so."""
    if made is None or picture.getexif().get(ORIENTATION, 1) not in range(2, 9):
        return made
    made.info.setdefault("exif", picture.info.get("exif", b""))
    notes.append("turned upright")
    return ImageOps.exif_transpose(made)


def _fitting(made: Image.Image, largest: int, notes: list[str]) -> Image.Image:
    width, height = made.size
    scale = min(1.0, (largest / (width * height)) ** 0.5, LONGEST_SIDE / max(width, height))
    if scale == 1:
        return made
    size = max(1, int(width * scale)), max(1, int(height * scale))
    notes.append(f"scaled down from {width} × {height} to {size[0]} × {size[1]} pixels")
    return made.resize(size, Image.Resampling.LANCZOS)


def _save(made: Image.Image, source: Path, form: str | None) -> Path:
    """A photograph stays a JPEG of high quality (a PNG would be ten times its size); all else keeps every pixel."""
    if form in ("JPEG", "MPO"):
        path = new_path(f"{source.stem}.jpg")
        made.save(path, "JPEG", quality=95, subsampling=0)
    else:
        path = new_path(f"{source.stem}.png")
        made.save(path, "PNG", compress_level=1)
    return path
