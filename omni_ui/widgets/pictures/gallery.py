"""Where pictures that came back are seen: one large, the others small; an original, if there is one, behind a slider.

It is light (omni_ui/widgets/pictures/gallery.js) and gives a program that uses the API what Gradio's own gallery gives.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradio.components.gallery import GalleryData

from omni_ui.client import Picture
from omni_ui.core.files import Json, shown
from omni_ui.core.run import AnyRun
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file
from omni_ui.media.result_images import picture_path, picture_paths, write_pictures
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


class ArrivingPictures:
    """The pictures of a run's answer: the page gets each of them, past Gradio's updates, while the others still come.
    Then they are kept as files; without a page that is all.

    viewer: the elem_id of the viewer. stem: how the files begin. original: the elem_id of what
    holds the picture that these were made from, which is pushed before them.
    """

    def __init__(self, run: AnyRun, viewer: str, expected: int, *, stem: str = "picture", original: str = "") -> None:
        self._run = run
        self._viewer = viewer
        self._expected = expected
        self._stem = stem
        self._original = original
        self._source: Path | None = None
        self._arrived: dict[Path, Picture] = {}
        """What has come of the answer, by the paths that the pictures will have."""

    def made_from(self, source: Path) -> None:
        """The picture that they are shown beside."""
        self._source = source

    def take(self, picture: Picture) -> None:
        """One more has come."""
        number, expected = len(self._arrived) + 1, self._expected
        if number <= expected:  # a layered model makes more
            path = picture_path(picture, number, expected > 1, self._stem)
            self._arrived[path] = picture
            self._announce({path: picture}, arriving_gallery(list(self._arrived), expected))

    @contextmanager
    def shown_if_whole(self) -> Iterator[None]:
        """What was pushed of an answer that fails or is stopped goes: the page shows what it has shown before."""
        try:
            yield
        except BaseException:
            if self._arrived:
                self._push_original(None)
                self._run.push(self._viewer, None)
            raise

    async def keep(self, pictures: list[Picture]) -> list[Path]:
        """Writes all pictures of the answer; their paths. OmniError when they cannot be kept."""
        files = self._arrived
        if list(files.values()) != pictures or len(files) != self._expected:
            files = self._arrived = picture_paths(pictures, self._stem)
            self._announce(files, [*gallery_of(list(files), self._expected)])
        with self.shown_if_whole():
            return await write_pictures(files)

    def _announce(self, files: dict[Path, Picture], value: list[Json | None]) -> None:
        """The page is told what to show, and fetches new pictures out of memory before they are written."""
        if self._run.pages and not self._run.in_background:
            self._run.pages.files.hold({path: picture.data for path, picture in files.items()})
            self._push_original(shown(self._source) if self._source else None)
            self._run.push(self._viewer, value)

    def _push_original(self, value: Json | None) -> None:
        if self._original:
            self._run.push(self._original, value)
