"""The Edit tab: pictures changed by words, with a brush for where."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from omni_ui.client import Ability, EditRequest, Failed, OmniClient, Pictures, TextDelta
from omni_ui.core.files import shown
from omni_ui.core.heavy_work import run_heavy
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates
from omni_ui.core.status import seed_name
from omni_ui.core.templates import NOTHING
from omni_ui.features.edit.input_stage import input_stage
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.recipes import BadRecipe, open_settings
from omni_ui.features.stage.examples import hello
from omni_ui.features.tab_services import TabServices
from omni_ui.media.image_input import Taken, take_picture
from omni_ui.media.mask import take_mask
from omni_ui.media.result_images import picture_facts
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.fields import Component
from omni_ui.widgets.pictures.gallery import ArrivingPictures, gallery_of, original, viewer
from omni_ui.widgets.pictures.image_input import PictureForm

HELLO = "Choose, drop or paste a picture, and say what to change."
STOPPED = "Stopped waiting; what you entered is still here. An edit cannot be cancelled: the server will finish it."
THINKING = Markup('<details class="omni-thoughts" open><summary>What the model thinks</summary><p>{}</p></details>')

RESULT, ORIGINAL = "edit-result", "edit-original"
"""The viewer and what holds the picture before, to which both are pushed too."""


@dataclass(frozen=True)
class Stage:
    """What a run of this tab shows: the results, what the model thinks, and the picture they were made from."""

    result: Component
    thoughts: Component
    before: Component


def build(services: TabServices) -> OmniTab:
    tab = OmniTab(EditRequest, services.backends, hello("edit", HELLO, "edit-prompt"))
    tab.form = PictureForm(
        tab.form.model,
        mask=("mask_image", "image"),
        most=partial(_most_pictures, tab),
        whole_tab="image",
        has_settings=has_settings,
    )
    with tab.frame():
        with tab.controls():
            pass
        with tab.stage():
            stage = Stage(
                viewer(RESULT, sends_to="edit-image"),
                gr.HTML(elem_id="edit-thoughts", padding=False),
                original(ORIGINAL, of=RESULT),
            )
            input_stage("edit", picture="edit-image", mask="edit-mask_image", result=RESULT)

    async def stopped(request: gr.Request) -> str:
        return "" if await _streams_text(tab, request.session_hash) else STOPPED

    async def show_restored(restored: RestoredResult) -> Updates:
        first = (restored.entered.get("image") or [None])[0]
        return {
            stage.result: gallery_of(restored.results, restored.request.get("n", 1)),
            stage.thoughts: thinking(restored.record.text),
            stage.before: shown(first) if first else None,
        }

    parts = [stage.result, stage.thoughts, stage.before]
    tab.runs(partial(EditRun, tab, stage), parts, stopped=stopped)
    tab.show_restored, tab.restored_components = show_restored, parts
    return tab


class EditRun(Run[EditRequest, TextDelta | Pictures]):
    """Looks at the pictures, then asks once. Multi-stage models tell what they think before the pictures come."""

    def __init__(self, tab: OmniTab, stage: Stage, request: EditRequest) -> None:
        self.request = request
        self.seed_name = seed_name(request.n)
        self._tab = tab
        self._stage = stage
        self._text = ""
        self._outcome = RunResult()
        self._notes: list[str] = []
        self._arriving = ArrivingPictures(self, RESULT, request.n, stem="edited", original=ORIGINAL)

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[TextDelta | Pictures]:
        await self._take_files(await _most_pictures(self._tab, self.session))
        if not await _streams_text(self._tab, self.session):
            with self._arriving.shown_if_whole():
                pictures = await omni.edits(self.request, on_wait=reporter, on_picture=self._arriving.take)
            yield pictures
            return
        async with aclosing(omni.edits_stream(self.request, on_wait=reporter)) as stream:
            async for event in stream:
                if isinstance(event, Failed):
                    raise event.error
                yield event

    async def _take_files(self, most: int | None) -> None:
        """Puts the pictures as they will be sent into the request. Raises Invalid."""
        request = self.request
        if most and len(request.image) > most:
            takes = "one picture" if most == 1 else f"{most} pictures"
            raise Invalid.because(
                "image",
                f"This model accepts {takes}, but there are {len(request.image)}. Remove some.",
                {"field": "image", "action": "keep", "value": most},
            )
        pictures = await take_pictures(request.image, await self._tab.ability(self.session))
        taken = list(pictures)
        files: dict[str, Path | list[Path]] = {"image": [picture.path for picture in pictures]}
        if request.mask_image and pictures:
            taken.append(await take_mask(request.mask_image, pictures[0]))
            files["mask_image"] = taken[-1].path
        if request.reference_image:
            taken.append(await take_picture(request.reference_image, "reference_image"))
            files["reference_image"] = taken[-1].path
        self._notes = list(dict.fromkeys(picture.note for picture in taken if picture.note))
        self.request = request.model_copy(update=files)
        if pictures:
            self._arriving.made_from(pictures[0].path)

    async def show(self, events: list[TextDelta | Pictures]) -> Updates:
        updates: Updates = {}
        for event in events:
            if isinstance(event, TextDelta):
                self._text += event.text
                if not self.has_partial_result:  # thoughts stand beside no other edit than their own
                    self.has_partial_result, updates = True, {self._stage.result: [], self._stage.before: None}
            else:
                self._text = event.text or self._text
                updates |= await self._keep(event)
        return updates | {self._stage.thoughts: thinking(self._text)}

    async def _keep(self, pictures: Pictures) -> Updates:
        self._outcome.files = files = await self._arriving.keep(pictures.pictures)
        self.metrics = pictures.metrics
        self._outcome.facts = picture_facts(pictures) + [("note", note) for note in self._notes]
        first = shown(self.request.image[0]) if self.request.image else None
        return {self._stage.result: gallery_of(files, self.request.n), self._stage.before: first}

    def outcome(self) -> RunResult:
        self._outcome.text = self._text
        return self._outcome


async def take_pictures(paths: list[Path], ability: Ability | None) -> list[Taken]:
    """The pictures as they will be sent; models that take them apart into layers read their transparency."""
    layered = bool(ability and ability.detail.get("layered"))
    return [await take_picture(path, "image", keep_transparency=layered) for path in paths]


async def has_settings(path: str) -> bool:
    """Whether a picture holds the settings it was made with, in a form that this page can fill in."""
    try:
        await run_heavy(open_settings, Path(path))
    except BadRecipe:
        return False
    return True


def thinking(text: str) -> Markup:
    """What a multi-stage model thinks, as HTML; nothing when it thinks nothing."""
    return THINKING.format(text.strip()) if text.strip() else NOTHING


async def _most_pictures(tab: OmniTab, session: str | None) -> int | None:
    """How many the model is known to take at once; None when the server sets no limit, or nobody knows."""
    ability = await tab.ability(session)
    return ability.detail.get("max_images") if ability and not ability.guess else None


async def _streams_text(tab: OmniTab, session: str | None) -> bool:
    ability = await tab.ability(session)
    return bool(ability and ability.detail.get("streams_text"))
