"""Small pictures for the history, made when they are first looked at and kept beside the file that they show."""

import io
import os
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageOps

from omni_ui.media.waveform import small_waveform
from omni_ui.store.files import THUMB

SIDE = 320
"""Pixels of the longer side."""
MOST_READ = 80_000_000
"""Pixels of a picture that is opened at all."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError)


def small_path(path: Path) -> Path:
    return path.with_name(f"{path.name}{THUMB}")


def thumb(path: Path, kind: str) -> Path | None:
    """The small picture of a picture, a video's first frame or a sound's waveform; None without one. Blocking."""
    small = small_path(path)
    if small.is_file():
        return small
    picture = _frame(path) if kind.startswith("video/") else _picture(path) if kind.startswith("image/") else None
    picture = small_waveform(path, SIDE) if kind.startswith("audio/") else picture
    if picture is None:
        return None
    picture.thumbnail((SIDE, SIDE))
    part = small.with_suffix(f".{os.getpid()}")
    try:
        picture.save(part, "WEBP", quality=80, method=2)
        part.replace(small)
    except OSError:  # no room, or read-only: the page shows a sign instead
        with suppress(OSError):
            part.unlink()
        return None
    return small


def preview(path: Path, kind: str, side: int) -> bytes | None:
    """A picture, or a video's first frame, as WebP of at most `side` pixels; None where there is none. Blocking."""
    picture = _frame(path) if kind.startswith("video/") else _picture(path) if kind.startswith("image/") else None
    if picture is None:
        return None
    picture.thumbnail((side, side))
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=85, method=2)
    return file.getvalue()


def _picture(path: Path) -> Image.Image | None:
    try:
        with Image.open(path, formats=[form for form in FORMATS if form in Image.OPEN or Image.init()]) as opened:
            if opened.width * opened.height > MOST_READ:
                return None
            opened.draft("RGB", (SIDE * 2, SIDE * 2))
            upright = ImageOps.exif_transpose(opened)
            return upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in opened.info else "RGB")
    except (*UNREADABLE, Image.DecompressionBombError):
        return None


def _frame(path: Path) -> Image.Image | None:
    try:
        import av  # optional: without it the page shows a sign instead
    except ImportError:
        return None
    try:
        with path.open("rb") as file, av.open(file, "r", format="mp4") as container:
            frame = next(container.decode(video=0), None)
            return Image.fromarray(frame.to_ndarray(format="rgb24")) if frame else None
    except (av.error.FFmpegError, IndexError, *UNREADABLE):
        return None
