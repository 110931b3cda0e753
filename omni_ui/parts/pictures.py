"""Pictures of a server as files, and what is said about them."""

from pathlib import Path

from omni_ui.client import Pictures
from omni_ui.parts.files import keep


async def save_pictures(pictures: Pictures, stem: str = "picture") -> list[Path]:
    """Writes each picture's bytes as they came; the paths in the order of the answer."""
    many = len(pictures.pictures) > 1
    return [
        await keep(one.data, f"{stem}-{number}{one.suffix}" if many else f"{stem}{one.suffix}")
        for number, one in enumerate(pictures.pictures, 1)
    ]


def picture_facts(pictures: Pictures) -> list[tuple[str, str]]:
    """Size and format for the line below the result."""
    kind = pictures.pictures[0].suffix.lstrip(".").upper() if pictures.pictures else ""
    size = (pictures.size or "").replace("x", " × ")
    return [("", f"{size} {kind}".strip())]
