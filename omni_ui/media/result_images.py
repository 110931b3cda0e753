"""Pictures of a server as files, and what is said about them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

from omni_ui.client import Pictures
from omni_ui.core.files import keep_all


def _no_one(_: dict[Path, bytes]) -> None:
    """Nobody waits for the pictures."""


async def save_pictures(
    pictures: Pictures, stem: str = "picture", announce: Callable[[dict[Path, bytes]], None] = _no_one
) -> list[Path]:
    """Writes each picture's bytes as they came; the paths in the order of the answer. announce: as for `keep_all`."""
    many = len(pictures.pictures) > 1
    names = [
        f"{stem}-{n}{picture.suffix}" if many else f"{stem}{picture.suffix}"
        for n, picture in enumerate(pictures.pictures, 1)
    ]
    files = [(picture.data, name) for picture, name in zip(pictures.pictures, names, strict=True)]
    return await keep_all(files, announce)


def picture_facts(pictures: Pictures) -> list[tuple[str, str]]:
    """Size and format of the first picture, for the line below the result, and how many could not be read.

    They are read from the picture itself: a streamed edit states the size that was asked for (WIRE.md 6).
    """
    first, missing = pictures.pictures[0], pictures.missing
    lost = [("lost", f"{missing} of {missing + len(pictures.pictures)}, damaged by the server")] if missing else []
    if pictures.not_drawn:
        lost.append(("not drawn", ", ".join(pictures.not_drawn)))
    kind = first.suffix.lstrip(".").upper()
    try:
        with Image.open(BytesIO(first.data)) as picture:
            return [("", f"{picture.width} × {picture.height} {kind}"), *lost]
    except OSError:  # a format that Pillow does not know: the browser may
        return [("", kind), *lost]
