"""Pictures of a server as files, and what is said about them."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from omni_ui.client import Picture, Pictures
from omni_ui.core.files import future_path, write_all


def picture_path(picture: Picture, number: int, many: bool, stem: str = "picture") -> Path:
    """Where a picture of an answer will lie, which is not written yet. many: whether it is one of several."""
    return future_path(f"{stem}-{number}{picture.suffix}" if many else f"{stem}{picture.suffix}")


def picture_paths(pictures: list[Picture], stem: str = "picture") -> dict[Path, Picture]:
    """`picture_path` for all pictures of an answer, in their order."""
    many = len(pictures) > 1
    return {picture_path(picture, number, many, stem): picture for number, picture in enumerate(pictures, 1)}


async def write_pictures(files: dict[Path, Picture]) -> list[Path]:
    """Writes each picture's bytes as they came; the paths in their order. OmniError for a full disk."""
    await write_all({path: picture.data for path, picture in files.items()})
    return list(files)


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
