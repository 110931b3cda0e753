"""The Image tab: pictures from words."""

from collections.abc import AsyncIterator
from functools import partial

from omni_ui.client import ImageRequest, OmniClient, Pictures
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates
from omni_ui.core.status import seed_name
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.stage.examples import hello
from omni_ui.features.tab_services import TabServices
from omni_ui.media.result_images import picture_facts
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.fields import Component
from omni_ui.widgets.pictures.gallery import ArrivingPictures, gallery_of, viewer

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
        self._arriving = ArrivingPictures(self, RESULT, request.n)

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Pictures]:
        with self._arriving.shown_if_whole():
            pictures = await omni.images(self.request, on_wait=reporter, on_picture=self._arriving.take)
        yield pictures

    async def show(self, events: list[Pictures]) -> Updates:
        pictures = events[-1]
        self._made.files = await self._arriving.keep(pictures.pictures)
        self._made.facts, self.metrics = picture_facts(pictures), pictures.metrics
        return {self._result: gallery_of(self._made.files, self.request.n)}

    def outcome(self) -> RunResult:
        return self._made
