"""A grid as one picture: every result in its place, with the values beside it."""

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

LARGEST = 512
"""Pixels of the longer side of a result."""
WHOLE = 9000
"""Pixels of the longer side of the sheet, about."""
SMALLEST = 96
MARGIN, GAP = 24, 10
SIZE, TITLE = 22, 26
"""Pixels of the letters."""
INK, QUIET, BAD, PAPER, EMPTY = "#1f2630", "#5b6472", "#b42318", "#ffffff", "#f2f4f8"
WIDE_FONTS = ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf")
"""Of the system, for what the built-in letters do not have, such as Chinese."""
READ = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")


@dataclass(frozen=True)
class Entry:
    """What is drawn in a place: (across, down). path: the picture, None without one. words: instead of it.

    text, more: what else an answer is made of, which a picture of the grid leaves out.
    """

    at: tuple[int, int]
    path: Path | None = None
    words: str = ""
    failed: bool = False
    text: str = ""
    more: Sequence[Path] = ()


@dataclass(frozen=True)
class Sheet:
    """across, down: the name of a setting and its values; `down` has none for a single row. notes: lines below."""

    title: str
    across: tuple[str, Sequence[str]]
    down: tuple[str, Sequence[str]] = ("", ("",))
    entries: Sequence[Entry] = ()
    notes: Sequence[str] = field(default_factory=tuple)


def draw(sheet: Sheet) -> bytes:
    """The sheet as a PNG. Blocking; a picture that cannot be read is named so."""
    columns, rows = max(1, len(sheet.across[1])), max(1, len(sheet.down[1]))
    largest = max(SMALLEST, min(LARGEST, WHOLE // columns, WHOLE // rows))
    pictures = {entry.at: _small(entry.path, largest) for entry in sheet.entries if entry.path}
    seen = [picture for picture in pictures.values() if picture]
    side = max(SMALLEST * 2, *(picture.width for picture in seen)) if seen else SMALLEST * 2
    tall = max(SMALLEST, *(picture.height for picture in seen)) if seen else SMALLEST

    named = any(sheet.down[1])
    left = MARGIN + (
        max(_wide(_fold(text, 18), SIZE) for text in (*sheet.down[1], sheet.down[0])) + GAP if named else 0
    )
    heads = [_fold(text, max(8, side // 13)) for text in sheet.across[1]]
    line = SIZE + 8
    head = line * max(text.count("\n") + 1 for text in heads)
    width = left + columns * (side + GAP) + MARGIN
    title = _fold(sheet.title, max(30, width // 14))
    top = MARGIN + (TITLE + 10) * (title.count("\n") + 1) + line + head + GAP
    notes = [_fold(text, max(30, width // 12)) for text in sheet.notes]
    below = sum(line * (text.count("\n") + 1) for text in notes)
    whole = Image.new("RGB", (width, top + rows * (tall + GAP) + below + MARGIN), PAPER)
    pen = ImageDraw.Draw(whole)

    _write(pen, (MARGIN, MARGIN), title, TITLE, INK)
    _write(pen, (left, top - head - line - GAP), sheet.across[0], SIZE, QUIET)
    for column, words in enumerate(heads):
        _write(pen, (left + column * (side + GAP), top - head - GAP // 2), words, SIZE, INK)
    if named:
        _write(pen, (MARGIN, top - head - GAP // 2), _fold(sheet.down[0], 18), SIZE, QUIET)
        for row, words in enumerate(sheet.down[1]):
            _write(pen, (MARGIN, top + row * (tall + GAP)), _fold(words, 18), SIZE, INK)
    for entry in sheet.entries:
        corner = left + entry.at[0] * (side + GAP), top + entry.at[1] * (tall + GAP)
        picture = pictures.get(entry.at)
        if picture:
            whole.paste(picture, (corner[0] + (side - picture.width) // 2, corner[1] + (tall - picture.height) // 2))
            continue
        pen.rectangle((*corner, corner[0] + side - 1, corner[1] + tall - 1), fill=EMPTY)
        words = entry.words or "This picture cannot be shown here."
        _write(pen, (corner[0] + GAP, corner[1] + GAP), _fold(words, side // 13), SIZE, BAD if entry.failed else QUIET)
    at = top + rows * (tall + GAP)
    for words in notes:
        _write(pen, (MARGIN, at), words, SIZE, QUIET)
        at += line * (words.count("\n") + 1)
    file = io.BytesIO()
    whole.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _small(path: Path, largest: int) -> Image.Image | None:
    """A picture on white, at most so large; None when it cannot be read."""
    try:
        with Image.open(path, formats=READ) as opened:
            opened.draft("RGB", (largest * 2, largest * 2))
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    picture.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", picture.size, PAPER)
    paper.paste(picture, mask=picture)
    return paper


def _fold(words: str, letters: int) -> str:
    """Words on as many lines as they need, four at most. Chinese has no spaces, so long words break anywhere."""
    return "\n".join(textwrap.wrap(words, max(6, letters), max_lines=4, placeholder=" …")) or words[:letters]


def _wide(words: str, size: int) -> int:
    return max(int(_font(size, _is_wide(line)).getlength(line)) for line in words.split("\n"))


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], words: str, size: int, ink: str) -> None:
    for number, line in enumerate(words.split("\n")):
        pen.text((at[0], at[1] + number * (size + 8)), line, fill=ink, font=_font(size, _is_wide(line)))


def _is_wide(words: str) -> bool:
    return any(ord(letter) > 0x2E7F for letter in words)


@cache
def _font(size: int, wide: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in WIDE_FONTS if wide else ():
        try:
            return ImageFont.truetype(name, size)
        except OSError:  # not on this system
            continue
    return ImageFont.load_default(size)
