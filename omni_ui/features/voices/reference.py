"""A recording of a voice with its transcript: looked at by the coach, repaired on request, with a preview."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import gradio as gr

from omni_ui.client.server.model_rules import copies_sound_alone
from omni_ui.core.backends import Backends
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Updates
from omni_ui.features.assist.heard import heard_in, note_of
from omni_ui.features.voices.cleanup import cleaned
from omni_ui.features.voices.reference_check import NO_WORDS, SOUND_ALONE, Check, as_html, checks
from omni_ui.media.recording import read_recording
from omni_ui.widgets.events import PRIVATE, trigger
from omni_ui.widgets.fields import SAVE, Component

NOTHING = ""
FILL_EMPTY = "(heard, text) => (text || '').trim() ? text : (heard || text)"
"""In the browser, where it is known what was typed meanwhile."""


class Reference:
    """The coach and the repairs below a recording and its transcript. Made in the layout that is open.

    timbre: a switch that makes the transcript needless, where there is one.
    saves: whether the voice can be kept from here; `save` is then the button.
    """

    def __init__(
        self,
        backends: Backends,
        prefix: str,
        recording: Component,
        transcript: Component,
        timbre: Component | None = None,
        saves: bool = False,
    ) -> None:
        self.backends = backends
        self.field = prefix
        self._timbre = [timbre] if timbre else []
        self.checks = gr.HTML(elem_id=f"speech-{prefix}-coach", padding=False)
        with gr.Row(visible=False, elem_id=f"speech-{prefix}-repairs", elem_classes="omni-repairs") as self.repairs:
            self.trim = gr.Button("Trim silence", elem_id=f"speech-{prefix}-trim", size="sm", min_width=60)
            self.level = gr.Button("Normalise level", elem_id=f"speech-{prefix}-level", size="sm", min_width=60)
            if saves:
                self.save = gr.Button("Save this voice", elem_id=f"speech-{prefix}-save", size="sm", min_width=60)
        with gr.Group(visible=False, elem_id=f"speech-{prefix}-preview", elem_classes="omni-preview") as self.preview:
            self.cleaned = gr.Audio(
                label="Repaired recording",
                type="filepath",
                interactive=False,
                elem_id=f"speech-{prefix}-cleaned",
                buttons=SAVE,
            )
            with gr.Row():
                self.take = gr.Button("Use this one", elem_id=f"speech-{prefix}-take", size="sm", min_width=60)
                self.drop = gr.Button("Keep the original", elem_id=f"speech-{prefix}-drop", size="sm", min_width=60)
        self._wire(recording, transcript, timbre)

    def listen(self, recording: Component, transcript: Component) -> None:
        """Has a recording written down where its transcript is empty; never over what was typed.

        Call it in the layout that is open: what was heard stands below the transcript.
        """
        heard = gr.Textbox(visible=False, elem_id=f"speech-{self.field}-heard", label="Heard")
        note = gr.HTML(elem_id=f"speech-{self.field}-heard-note", padding=False)

        async def write_down(path: str | None, text: str | None, request: gr.Request) -> AsyncGenerator[Updates]:
            yield {heard: "", note: ""}
            if not path or (text or "").strip():
                return
            async with aclosing(heard_in(self.backends, path, request)) as steps:
                async for step in steps:
                    yield {note: note_of(step), **({heard: step["text"]} if step.get("text") else {})}

        ran = trigger(recording, "change")(
            write_down, [recording, transcript], [heard, note], trigger_mode="always_last", **PRIVATE
        )
        filled = ran.then(None, [heard, transcript], transcript, js=FILL_EMPTY, queue=False)
        filled.then(self._look, [recording, transcript, *self._timbre], [self.checks, self.repairs], **PRIVATE)

    def _wire(self, recording: Component, transcript: Component, timbre: Component | None) -> None:
        looked = [self.checks, self.repairs]
        inputs = [recording, transcript] + ([timbre] if timbre else [])
        changes = [trigger(recording, "change"), trigger(transcript, "blur"), trigger(transcript, "submit")]
        changes += [trigger(timbre, "input")] if timbre else []
        gr.on(changes, self._look, inputs, looked, trigger_mode="always_last", **PRIVATE)
        trigger(recording, "change")(lambda: gr.Group(visible=False), None, self.preview, **PRIVATE)

        async def trim(path: str | None) -> tuple[object, ...]:
            return await self._repair(path, cut=True)

        async def level(path: str | None) -> tuple[object, ...]:
            return await self._repair(path, even=True)

        repaired = [self.cleaned, self.preview, self.checks]
        self.trim.click(trim, recording, repaired, **PRIVATE)
        self.level.click(level, recording, repaired, **PRIVATE)
        self.take.click(lambda path: path, self.cleaned, recording, **PRIVATE)
        self.drop.click(lambda: gr.Group(visible=False), None, self.preview, **PRIVATE)

    async def _look(
        self, request: gr.Request, path: str | None, transcript: str | None, timbre: bool | None = None
    ) -> tuple[object, ...]:
        """What the coach says, and whether repairs are offered."""
        if not path:
            return NOTHING, gr.Row(visible=False)
        try:
            recording = await read_recording(path, self.field)
        except Invalid as wrong:
            return as_html([Check("stop", str(wrong))]), gr.Row(visible=False)
        backend = self.backends.for_tab("speech", request.session_hash)
        can_do_without = copies_sound_alone(await backend.ability("speech") if backend else None)
        without = SOUND_ALONE if can_do_without else NO_WORDS
        results = await asyncio.to_thread(checks, recording, transcript, timbre_only=bool(timbre), without=without)
        silent = any(check.level == "stop" and check.fix is None and check.about == "sound" for check in results)
        return as_html(results), gr.Row(visible=not silent)

    async def _repair(self, path: str | None, *, cut: bool = False, even: bool = False) -> tuple[object, ...]:
        """A repaired copy to listen to; the recording itself stays until it is taken."""
        if not path:
            return gr.skip(), gr.Group(visible=False), gr.skip()
        try:
            recording = await read_recording(path, self.field)
        except Invalid as wrong:
            return gr.skip(), gr.Group(visible=False), as_html([Check("stop", str(wrong))])
        return str(await cleaned(recording, cut=cut, even=even)), gr.Group(visible=True), gr.skip()
