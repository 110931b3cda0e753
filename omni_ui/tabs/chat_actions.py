"""What the menu of an answer does in the app: have it spoken, or go on from it in another conversation."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

import gradio as gr

from omni_ui.core import status
from omni_ui.core.audio.audio_stream import Listening
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Updates, execute, explain
from omni_ui.core.scripts import mounted
from omni_ui.features.chat.conversation import Conversation
from omni_ui.features.chat.messages import ChatView
from omni_ui.features.chat.speech.speak import SpokenAnswer, answer_to_speak
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.events import PRIVATE

BRANCHED = "This is a new conversation up to here. Undo returns to the other one."
NO_SPEECH = "No server here can speak it: the Server tab shows what each server can do."


class MessageActions:
    """Made within the tab, wired when all else of it is there."""

    def __init__(self) -> None:
        self.act = gr.HTML("", **mounted("<span></span>", "chat_act"), elem_id="chat-act", padding=False)

    def wire(self, tab: OmniTab, view: ChatView, talk: gr.State, system: gr.Textbox, listening: Listening) -> None:
        async def perform(
            act: str, talk: Conversation, system: str | None, request: gr.Request
        ) -> AsyncGenerator[Updates]:
            verb, number = _read_act(act)
            try:
                if verb == "branch":
                    talk.branch(number)
                    yield view.all(talk, system) | {tab.status: status.done([("", BRANCHED)])}
                    return
                async with aclosing(_speak(tab, view, listening, talk, system, number, request)) as changes:
                    async for updates in changes:
                        yield updates
            except Invalid as wrong:
                yield {tab.status: status.failed(str(wrong))}

        outputs = [*view.parts, tab.status]
        acted = self.act.input(perform, [self.act, talk, system], outputs, **PRIVATE)
        tab.stop_button.click(None, cancels=[acted], api_visibility="private", queue=False)


def _read_act(act: str) -> tuple[str, int]:
    """("speak" or "branch", the number of the message); a number that no message has where it is something else."""
    parts = re.fullmatch(r"(speak|branch) (\d{1,6})", act or "")
    return (parts[1], int(parts[2])) if parts else ("branch", -1)


async def _speak(
    tab: OmniTab, view: ChatView, listening: Listening, talk: Conversation, system: str | None, number: int,
    request: gr.Request,
) -> AsyncGenerator[Updates]:  # fmt: skip
    message, asked = answer_to_speak(talk, number)
    backend = tab.backends.for_tab("speech", request.session_hash)
    ability = await backend.ability("speech") if backend else None
    if backend is None or ability is None or not ability.can:
        raise Invalid.because("", NO_SPEECH)
    yield {tab.status: status.working("Speaking")}
    make = partial(SpokenAnswer, message=message, talk=talk, view=view, listening=listening)
    run = tab.begin(make, asked, {"system": system}, request, backend, ability.model)
    async with aclosing(execute(backend, run)) as steps:
        async for step in steps:
            if step.kind in ("failed", "called off"):
                sentence, details = (tab.backends.redact_address(text, backend) for text in explain(step.error))
                yield {tab.status: status.failed(sentence, details)}
            elif step.kind == "done":
                yield {tab.status: status.done([("spoken in", f"{step.seconds:.1f} s")])}
            else:
                yield step.updates or {tab.status: gr.skip()}
