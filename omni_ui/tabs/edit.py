"""The Edit tab: pictures changed by words, with a brush for where."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from omni_ui.client import Ability, EditRequest, Failed, OmniClient, Pictures, TextDelta
from omni_ui.core.backends import Backends
from omni_ui.core.files import shown
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Outcome, Tell, Updates, Work
from omni_ui.features.history.opened import Opened
from omni_ui.features.stage.examples import hello
from omni_ui.media.image_input import Taken, take_picture
from omni_ui.media.mask import take_mask
from omni_ui.media.result_images import picture_facts, save_pictures
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.gallery import gallery_of, original, viewer
from omni_ui.widgets.image_input import PictureForm

HELLO = "Add a picture and say what to change. The result will appear here, beside the original."
STOPPED = (
    "Stopped waiting; what you entered is still here. An edit cannot be called off: the server works on it to its end."
)


def build(backends: Backends) -> OmniTab:
    tab = OmniTab(EditRequest, "Edit", backends, hello("edit", HELLO, "edit-prompt"))

    tab.form = PictureForm(tab.form.model, mask=("mask_image", "image"), most=partial(_most_pictures, tab))
    with tab.frame():
        with tab.controls():
            pass
        with tab.stage():
            result = viewer("edit-result", sends_to="edit-image")
            thoughts = gr.HTML(elem_id="edit-thoughts", padding=False)
            before = original("edit-original", of="edit-result")

    class Editing(Work):
        """Looks at the pictures, then asks once. Multi-stage models tell what they think before the pictures come."""

        request: EditRequest

        def __init__(self, request: EditRequest) -> None:
            self.request = request
            self._text = ""
            self._made = Outcome()
            self._notes: list[str] = []

        async def events(self, omni: OmniClient, tell: Tell) -> AsyncIterator[Any]:
            await self._take_files(await _most_pictures(tab, self.session))
            if not await _streams_text(tab, self.session):
                yield await omni.edits(self.request, on_wait=tell)
                return
            async with aclosing(omni.edits_stream(self.request, on_wait=tell)) as stream:
                async for event in stream:
                    if isinstance(event, Failed):
                        raise event.error
                    yield event

        async def _take_files(self, most: int | None) -> None:
            """Puts the pictures as they will be sent into the request. Raises Invalid."""
            given = self.request
            if most and len(given.image) > most:
                takes = "one picture" if most == 1 else f"{most} pictures"
                raise Invalid.because(
                    "image",
                    f"This model takes {takes}, and {len(given.image)} are here. Remove some.",
                    {"field": "image", "action": "keep", "value": most},
                )
            pictures = await take_pictures(given.image, await tab.ability(self.session))
            taken = list(pictures)
            files: dict[str, Any] = {"image": [one.path for one in pictures]}
            if given.mask_image and pictures:
                taken.append(await take_mask(given.mask_image, pictures[0]))
                files["mask_image"] = taken[-1].path
            if given.reference_image:
                taken.append(await take_picture(given.reference_image, "reference_image"))
                files["reference_image"] = taken[-1].path
            self._notes = list(dict.fromkeys(one.note for one in taken if one.note))
            self.request = given.model_copy(update=files)

        async def show(self, events: list[TextDelta | Pictures]) -> Updates:
            updates: Updates = {}
            for event in events:
                if isinstance(event, TextDelta):
                    self._text += event.text
                    if not self.fresh:  # thoughts stand beside no other edit than their own
                        self.fresh, updates = True, {result: [], before: None}
                else:
                    self._text = event.text or self._text
                    updates |= await self._keep(event)
            return updates | {thoughts: thinking(self._text)}

        async def _keep(self, pictures: Pictures) -> Updates:
            self._made.files = files = await save_pictures(pictures, "edited")
            self.metrics = pictures.metrics
            self._made.facts = picture_facts(pictures) + [("note", note) for note in self._notes]
            first = shown(self.request.image[0]) if self.request.image else None
            return {result: gallery_of(files, self.request.n), before: first}

        def outcome(self) -> Outcome:
            self._made.text = self._text
            return self._made

    async def stopped(request: gr.Request) -> str:
        return "" if await _streams_text(tab, request.session_hash) else STOPPED

    async def reopen(opened: Opened) -> Updates:
        first = (opened.entered.get("image") or [None])[0]
        return {
            result: gallery_of(opened.results, opened.request.get("n", 1)),
            thoughts: thinking(opened.record.text),
            before: shown(first) if first else None,
        }

    tab.runs(Editing, [result, thoughts, before], stopped=stopped)
    tab.reopen, tab.reopened = reopen, [result, thoughts, before]
    return tab


async def take_pictures(paths: list[Path], ability: Ability | None) -> list[Taken]:
    """The pictures as they will be sent; models that take them apart into layers read their transparency."""
    layered = bool(ability and ability.detail.get("layered"))
    return [await take_picture(path, "image", keep_transparency=layered) for path in paths]


def thinking(text: str) -> str:
    """What a multi-stage model thinks, as HTML; nothing when it thinks nothing."""
    if not text.strip():
        return ""
    body = escape(text.strip())
    return f'<details class="omni-thoughts" open><summary>What the model thinks</summary><p>{body}</p></details>'


async def _most_pictures(tab: OmniTab, session: str | None) -> int | None:
    """How many the model is known to take at once; None when the server sets no limit, or nobody knows."""
    ability = await tab.ability(session)
    return ability.detail.get("max_images") if ability and not ability.guess else None


async def _streams_text(tab: OmniTab, session: str | None) -> bool:
    ability = await tab.ability(session)
    return bool(ability and ability.detail.get("streams_text"))
