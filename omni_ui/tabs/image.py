"""The Image tab: pictures from words."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from omni_ui.client import ImageRequest, OmniClient, OmniError, Picture, Pictures
from omni_ui.core.files import Json
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates
from omni_ui.core.status import seed_name
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.stage.examples import hello
from omni_ui.features.tab_services import TabServices
from omni_ui.media.result_images import picture_facts, picture_path, picture_paths, write_pictures
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.fields import Component
from omni_ui.widgets.pictures.gallery import arriving_gallery, gallery_of, viewer

HELLO = "Your picture will appear here."
RESULT = "image-result"
"""The viewer, to which pictures are pushed too."""


def build(services: TabServices) -> OmniTab:
    tab = OmniTab(ImageRequest, services.backends, hello("image", HELLO, "image-prompt"))
    with tab.frame():
        with tab.controls():
            pass
        with tab.stage():
            result = viewer(RESULT)

    async def show_restored(restored: RestoredResult) -> Updates:
        return {result: gallery_of(restored.results, restored.request.get("n", 1))}

    tab.runs(partial(ImageRun, result), [result])
    tab.show_restored, tab.restored_components = show_restored, [result]
    return tab


class ImageRun(Run[ImageRequest, Pictures]):
    """Asks once; the answer holds all pictures. The page gets each of them while the others still come."""

    def __init__(self, result: Component, request: ImageRequest) -> None:
        self.request = request
        self._result = result
        self.seed_name = seed_name(request.n)
        self._made = RunResult()
        self._arrived: dict[Path, Picture] = {}
        """What has come of the answer, by the paths that the pictures will have."""

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Pictures]:
        try:
            pictures = await omni.images(self.request, on_wait=reporter, on_picture=self._take)
        except BaseException:
            self._withdraw()
            raise
        yield pictures

    def _take(self, picture: Picture) -> None:
        number, expected = len(self._arrived) + 1, self.request.n
        if number <= expected:  # a layered model makes more
            path = picture_path(picture, number, expected > 1)
            self._arrived[path] = picture
            self._announce({path: picture}, arriving_gallery(list(self._arrived), expected))

    def _announce(self, files: dict[Path, Picture], value: list[Json | None]) -> None:
        """The page is told what to show, and fetches new pictures out of memory before they are written."""
        if self.pages and not self.in_background:
            self.pages.files.hold({path: picture.data for path, picture in files.items()})
            self.push(RESULT, value)

    def _withdraw(self) -> None:
        """What was pushed of an answer that failed goes: the page shows what it has shown before."""
        if self._arrived:
            self.push(RESULT, None)

    async def show(self, events: list[Pictures]) -> Updates:
        pictures, files, expected = events[-1], self._arrived, self.request.n
        if list(files.values()) != pictures.pictures or len(files) != expected:
            files = self._arrived = picture_paths(pictures.pictures)
            self._announce(files, [*gallery_of(list(files), expected)])
        try:
            self._made.files = await write_pictures(files)
        except OmniError:  # what was pushed cannot be kept
            self._withdraw()
            raise
        self._made.facts, self.metrics = picture_facts(pictures), pictures.metrics
        return {self._result: gallery_of(self._made.files, expected)}

    def outcome(self) -> RunResult:
        return self._made
