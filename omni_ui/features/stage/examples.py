"""Four examples on the stage of an empty tab, each with what the demo made of its words. A click runs it.

The pictures are made by `python -m bench.make_examples`; stage.js is the browser's half.
"""

import hashlib
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from markupsafe import Markup

from omni_ui.core import status
from omni_ui.core.templates import fragment

FOLDER = Path(__file__).parent / "examples"
SAMPLE = "edit/sample.webp"
"""The picture that the examples of Edit change, where none is there."""
EXAMPLES: dict[str, tuple[str, ...]] = {
    "image": (
        "A lighthouse on a cliff at dusk, long exposure, calm sea",
        "A red fox in deep snow, soft morning light",
        "A neon city street at night in the rain",
        "A sailing boat on a quiet lake, watercolour",
    ),
    "edit": ("Make it night", "Make it a watercolour", "Remove the background", "Make it snow"),
    "speech": (
        "Good morning! The kettle is on, and the day is yours.",
        "The old lighthouse keeper counted the waves, one by one, until the fog lifted.",
        "The train to the coast leaves from platform four in ten minutes.",
        "今天天气很好，我们一起去公园散步吧。",
    ),
    "sound": (
        "Rain on a tin roof, distant thunder",
        "A calm piano melody",
        "Birds at dawn by a small stream",
        "Waves on a beach, slow and deep",
    ),
    "video": (
        "A lighthouse at dusk, waves rolling in, the camera moves slowly closer",
        "A red fox runs through deep snow, soft morning light",
        "A paper boat drifts down a stream in the rain",
        "Clouds drift over mountains at sunrise",
    ),
}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def picture_name(tab: str, number: int) -> str:
    """Within FOLDER and below the address of the pictures."""
    return f"{tab}/{number + 1}.webp"


def _mark() -> str:
    """Changes with the pictures, so that browsers may keep them."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*/*.webp")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


MARK = _mark()


def hello(tab: str, sentence: str, target: str) -> Markup:
    """HTML of a tab before its first run. target: the elem_id of the field that an example fills in."""
    cards = fragment(
        "features/stage/stage.html.jinja",
        "cards",
        tab=tab,
        target=target,
        examples=EXAMPLES[tab],
        folder=f"omni/examples/{MARK}",
        pictures=[picture_name(tab, number) for number in range(len(EXAMPLES[tab]))],
        sample=SAMPLE if tab == "edit" else "",
    )
    return status.empty(sentence, cards=cards)


def example_routes() -> APIRouter:
    """The pictures of the cards, under an address that changes with them."""
    router = APIRouter(prefix="/omni/examples")
    names = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.webp")}

    @router.get("/{mark}/{tab}/{name}")
    async def picture(mark: str, tab: str, name: str) -> FileResponse:
        path = f"{tab}/{name}"
        if mark != MARK or path not in names:
            raise HTTPException(404, "There is no such picture.")
        return FileResponse(FOLDER / path, headers=FOREVER)

    return router
