"""Settings into files and out of them. Pixels and samples are never touched: only what stands beside them changes.

Pictures get an `omni` text with the recipe, and the `parameters` text that other tools read; sounds and videos get
the recipe as a tag, and the words as their comment.
"""

import struct
from io import BytesIO
from pathlib import Path

from omni_ui.client import media_type_of
from omni_ui.features.recipes import pictures, tags
from omni_ui.features.recipes.makers import OpenedSettings, read_foreign, read_foreign_text
from omni_ui.features.recipes.recipe import BadRecipe, Recipe
from omni_ui.features.recipes.words import parameters

PICTURES = {
    "image/png": (pictures.png_with, pictures.png_texts),
    "image/jpeg": (pictures.jpeg_with, pictures.jpeg_texts),
    "image/webp": (pictures.webp_with, pictures.webp_texts),
}
SOUNDS = ("audio/wav", "audio/flac", "audio/mpeg", "audio/ogg", "video/mp4")
FOREIGN = ("image/avif", "video/webm", "video/x-matroska")
"""Kinds of files that carry settings of other programs, and none of ours."""
TABS = {"video": "video", "audio": "sound"}
"""The tab for the settings of another program, by what the file is."""
DAMAGED = (
    ValueError, struct.error, IndexError, KeyError, EOFError, OSError, RecursionError, OverflowError, SyntaxError,
    TypeError,
)  # fmt: skip
"""What reading a broken file may raise; the last two are Pillow's."""


class CannotHold(ValueError):
    """This file cannot take settings; the text is one sentence."""


def can_hold(path: Path) -> bool:
    """Whether this file is there and of a kind that can carry settings, which raw samples are not."""
    try:
        kind = _kind(path)
    except BadRecipe:
        return False
    return kind in PICTURES or (kind in SOUNDS and tags.available())


def with_settings(path: Path, recipe: Recipe) -> bytes:
    """The bytes of the file with the recipe in it. CannotHold when they have no place for it."""
    kind, data = _kind(path), path.read_bytes()
    try:
        if kind in PICTURES:
            size = pictures.size_of(kind, data)
            return PICTURES[kind][0](data, recipe.as_json(ascii_only=True), parameters(recipe, size))
        if kind in SOUNDS and not tags.available():
            raise CannotHold(
                "Saving settings in sounds and videos needs the package mutagen, which is not installed here."
            )
        if kind in SOUNDS:
            return tags.with_tags(kind, data, recipe.as_json(), parameters(recipe))
    except CannotHold:
        raise
    except pictures.TooLong:
        raise CannotHold("These settings are too long for a JPEG picture: use PNG or WebP.") from None
    except DAMAGED as wrong:
        raise CannotHold("This file has an unusual structure, so settings cannot be added.") from wrong
    raise CannotHold("This kind of file cannot contain settings.")


def read_settings(path: Path) -> tuple[Recipe, list[str]]:
    """The recipe in a file, and the names of settings in it that could not be taken over. See `open_settings`."""
    opened = open_settings(path)
    return opened.recipe, opened.left_out


def open_settings(path: Path) -> OpenedSettings:
    """What a file says that was made here (also a recipe saved as JSON) or by another program.

    BadRecipe with one sentence for all else.
    """
    kind = _kind(path)
    try:
        if kind in PICTURES:
            texts = PICTURES[kind][1](path.read_bytes())
        elif kind in SOUNDS and not tags.available():
            raise BadRecipe(
                "Reading settings from sounds and videos needs the package mutagen, which is not installed here."
            )
        elif kind in SOUNDS:
            texts = tags.read_tags(kind, BytesIO(path.read_bytes()))
        elif kind in FOREIGN:
            texts = {}
        elif text := _saved_alone(path):
            if '"omni"' not in text:
                return read_foreign_text(text)
            texts = {"omni": text}
        else:
            raise BadRecipe(
                "This kind of file contains no settings: drop a PNG, JPEG, WebP, AVIF, WAV, FLAC, MP3, Ogg or MP4."
            )
        if "omni" in texts:
            return OpenedSettings(Recipe.from_json(texts["omni"]))
        return read_foreign(path, TABS.get((kind or "").partition("/")[0], "image"))
    except BadRecipe:
        raise
    except Exception:  # whatever Pillow, PyAV or mutagen raise
        raise BadRecipe("This file is damaged, so its settings cannot be read.") from None


def _saved_alone(path: Path) -> str:
    """The text of a file that holds settings and nothing else: JSON, or a text of A1111. "" for any other file."""
    if path.stat().st_size > pictures.LONGEST:
        return ""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    return text if text.lstrip()[:1] == "{" or "\nSteps: " in text else ""


def _kind(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return media_type_of(file.read(16))
    except OSError:
        raise BadRecipe("This file is no longer available: choose it again.") from None
