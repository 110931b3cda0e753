"""Where pictures that came back are seen: one large, the others small; an original, if there is one, behind a slider.

It is light (omni_ui/widgets/gallery.js) and gives a program that uses the API what Gradio's own gallery gives.
"""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.gallery import GalleryData

from omni_ui.core.files import shown
from omni_ui.core.scripts import mounted
from omni_ui.widgets.fields import Component

TEMPLATE = (
    '<div class="omni-viewer omni-viewer-empty" role="group" aria-label="{label}"><div class="omni-view"></div>'
    '<div class="omni-strip" hidden></div><div class="omni-view-actions"></div></div>'
)


def viewer(elem_id: str, *, sends_to: str | None = None) -> Component:
    """Shows what `gallery_of` made: a list of {"image": file, "caption": …}, in the API too.

    sends_to: the elem_id of a picture field of the same tab, whose first picture a shown one may replace.
    """
    made = gr.HTML(
        None, label="Result", elem_id=elem_id,
        **mounted(TEMPLATE.format(label="Result"), "gallery", sendsTo=sends_to),
    )  # fmt: skip
    made.api_info = GalleryData.model_json_schema
    made.example_payload = made.example_value = lambda: None
    return made


def original(elem_id: str, of: str) -> Component:
    """The picture that the results in the viewer `of` were made from: file data or None. It is shown there."""
    made = gr.HTML(None, elem_id=elem_id, visible="hidden", **mounted("", "gallery_original", viewer=of))
    made.api_info = lambda: {"type": "object"}
    return made


def gallery_of(paths: list[Path], pictures: int) -> list[dict[str, Any]]:
    """The value of a viewer for the files of an answer to a request for that many pictures."""
    named = captions(len(paths), pictures)
    return [{"image": shown(path), "caption": caption} for path, caption in zip(paths, named, strict=True)]


def captions(count: int, pictures: int) -> list[str | None]:
    """What stands below each of `count` entries of an answer.

    Layered models give the layers of each picture one after the other, without a mark of which is which (WIRE.md 5).
    pictures: how many were asked for.
    """
    if count == 1:
        return [None]
    each, rest = divmod(count, max(1, pictures))
    if each < 2 or rest:
        return [f"Picture {number}" for number in range(1, count + 1)]
    if pictures == 1:
        return [f"Layer {number}" for number in range(1, count + 1)]
    return [f"Picture {p}, layer {layer}" for p in range(1, pictures + 1) for layer in range(1, each + 1)]
