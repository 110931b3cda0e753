"""Where pictures that came back are seen: one large, the others small; an original, if there is one, behind a slider.

It is light (omni_ui/widgets/pictures/gallery.js) and gives a program that uses the API what Gradio's own gallery gives.
"""

from pathlib import Path

from gradio.components.gallery import GalleryData

from omni_ui.core.files import Json, shown
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file
from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import FileHTML, ObjectHTML


class ResultGallery(FileHTML, metaclass=ComponentClass):
    """The pictures of a result. In the API the same as Gradio's own gallery."""

    def api_info(self) -> Json:
        """Gradio's description of a gallery."""
        return GalleryData.model_json_schema()


def viewer(elem_id: str, *, sends_to: str | None = None) -> ResultGallery:
    """Shows what `gallery_of` made: a list of {"image": file, "caption": …}, in the API too.

    sends_to: the elem_id of a picture field of the same tab, whose first picture a shown one may replace.
    """
    return ResultGallery(
        None, label="Result", elem_id=elem_id,
        **mounted(html_file("widgets/pictures/gallery.html"), "gallery", sendsTo=sends_to),
    )  # fmt: skip


def original(elem_id: str, of: str) -> ObjectHTML:
    """The picture that the results in the viewer `of` were made from: file data or None. It is shown there."""
    return ObjectHTML(None, elem_id=elem_id, visible="hidden", **mounted("", "gallery_original", viewer=of))


def gallery_of(paths: list[Path], pictures: int) -> list[Json]:
    """The value of a viewer for the files of an answer to a request for that many pictures."""
    named = captions(len(paths), pictures)
    return [{"image": shown(path), "caption": caption} for path, caption in zip(paths, named, strict=True)]


def arriving_gallery(paths: list[Path], pictures: int) -> list[Json | None]:
    """What is pushed to a viewer while an answer comes: the pictures so far, and None for each of the others."""
    named = captions(pictures, pictures)
    entries = [{"image": shown(path), "caption": caption} for path, caption in zip(paths, named, strict=False)]
    return [*entries, *[None] * (pictures - len(entries))]


def captions(count: int, pictures: int) -> list[str | None]:
    """The captions of `count` entries of an answer.

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
