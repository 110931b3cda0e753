"""The Image tab: pictures from words."""

from collections.abc import AsyncIterator
from pathlib import Path

from omni_ui.client import ImageRequest, OmniClient, OmniError, Pictures
from omni_ui.core.backends import Backends
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates
from omni_ui.core.status import seed_name
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.stage.examples import hello
from omni_ui.media.result_images import picture_facts, save_pictures
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.pictures.gallery import gallery_of, viewer

HELLO = "Your picture will appear here."
RESULT = "image-result"
"""The viewer, to which pictures are pushed too."""


def build(backends: Backends) -> OmniTab:
    tab = OmniTab(ImageRequest, "Image", backends, hello("image", HELLO, "image-prompt"))
    with tab.frame():
        with tab.controls():
            pass
        with tab.stage():
            result = viewer(RESULT)

    class ImageRun(Run[ImageRequest, Pictures]):
        """Asks once; the answer holds all pictures."""

        def __init__(self, request: ImageRequest) -> None:
            self.request = request
            self.seed_name = seed_name(request.n)
            self._made = RunResult()

        async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Pictures]:
            yield await omni.images(self.request, on_wait=reporter)

        async def show(self, events: list[Pictures]) -> Updates:
            pictures = events[-1]
            try:
                self._made.files = await save_pictures(pictures, announce=self._announce)
            except OmniError:  # what was pushed cannot be kept
                self.push(RESULT, None)
                raise
            self._made.facts, self.metrics = picture_facts(pictures), pictures.metrics
            return {result: gallery_of(self._made.files, self.request.n)}

        def _announce(self, files: dict[Path, bytes]) -> None:
            """The page is told of the pictures at once, and fetches them while they are written."""
            if self.pages:
                self.pages.files.hold(files)
                self.push(RESULT, gallery_of(list(files), self.request.n))

        def outcome(self) -> RunResult:
            return self._made

    async def show_restored(restored: RestoredResult) -> Updates:
        return {result: gallery_of(restored.results, restored.request.get("n", 1))}

    tab.runs(ImageRun, [result])
    tab.show_restored, tab.restored_components = show_restored, [result]
    return tab
