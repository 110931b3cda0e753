"""What can be done with a whole conversation: undo, clear, export, import, and editing a message again."""

import asyncio
import inspect
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from omni_ui.core import status
from omni_ui.core.files import keep
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Updates
from omni_ui.core.scripts import call, mounted
from omni_ui.features.chat.conversation import Conversation, Message
from omni_ui.features.chat.conversation_json import as_json, from_json
from omni_ui.features.chat.export.markdown import as_markdown
from omni_ui.features.chat.messages import ChatView
from omni_ui.media.message_files import take_media
from omni_ui.widgets.events import SILENT, trigger
from omni_ui.widgets.fields import Component
from omni_ui.widgets.file_input import download_field, pick_field
from omni_ui.widgets.form import by_name

PANEL_SWITCH = Markup(
    '<button type="button" class="omni-small" aria-expanded="true">'
    '<span>Settings</span><span class="omni-count" hidden></span></button>'
)
EXPORT_NAME = "conversation.json"
MARKDOWN_NAME = "conversation.md"


@dataclass(frozen=True)
class Composer:
    """Where a message is written, and the conversation that it goes to."""

    talk: Component
    system: Component
    text: Component
    files: Component
    change: Component

    def filled(self, message: Message | None) -> Updates:
        """The message back in its fields; nothing when there is none."""
        return {self.text: message.text, self.files: message.files} if message else {}


class ChatTools:
    """The small buttons above a conversation. Made first, wired when all else of the tab is there."""

    def __init__(self) -> None:
        with gr.Row(elem_classes="omni-tools"):
            gr.HTML(**mounted(PANEL_SWITCH, "chat_panel"), elem_id="chat-panel-switch", padding=False, min_width=60)
            # The browser enables them once there is something for them (features/chat/window.js).
            self.undo = gr.Button("Undo", size="sm", elem_id="chat-undo", min_width=60, interactive=False)
            self.clear = gr.Button("Clear", size="sm", elem_id="chat-clear", min_width=60, interactive=False)
            self.export = gr.Button("Export", size="sm", elem_id="chat-export", min_width=60, interactive=False)
            self.bring = pick_field("Import", ".json,.jsonl,.ndjson,application/json", "chat-import", min_width=60)
            self.file = download_field("chat-export-file")
            self.export_markdown = gr.HTML(
                None, visible="hidden", elem_id="chat-export-markdown", **mounted("", "chat_export_markdown")
            )

    def wire(self, view: ChatView, composer: Composer, note: Component, hello: Markup) -> None:
        """note: the status of the tab. hello: what it says when nothing was said yet."""
        parts_shown = [view.conversation_json, view.result, view.live, note]
        fields = [composer.text, composer.files]
        none_changed = {composer.change: ""}  # the message that was to be changed may be gone
        talk_and_system = [composer.talk, composer.system]

        async def undo(talk: Conversation, system: str | None) -> Updates:
            """Takes back the last change of the conversation: a message, a clearing, an import."""
            talk.check_idle()
            if not talk.can_undo:
                raise Invalid.because("talk", "There is nothing to undo.")
            entered = talk.undo()
            return view.all(talk, system) | {note: done_note("Undone.")} | none_changed | composer.filled(entered)

        async def clear(talk: Conversation, system: str | None) -> Updates:
            """Empties the conversation."""
            talk.check_idle()
            if talk.messages:
                talk.change([])
            return view.all(talk, system) | {note: hello} | none_changed

        async def bring(file: str | None, talk: Conversation) -> Updates:
            """Imports a conversation in JSON: OpenAI's message format, or an export of another chat program."""
            talk.check_idle()
            if not file:
                raise Invalid.because("conversation", "Choose a conversation file.")
            imported = await from_json(await asyncio.to_thread(Path(file).read_bytes), take_media)
            talk.change(imported.messages)
            system = imported.system
            updates = view.all(talk, system) | none_changed
            return updates | {composer.system: system, note: done_note(imported.sentences)}

        async def edit(change: str, talk: Conversation) -> Updates:
            """The message that is to be edited ("edit N", from 0): its text and its files."""
            number = int(change.removeprefix("edit ")) if change.removeprefix("edit ").isdigit() else -1
            talk.before(number)
            return composer.filled(talk.messages[number])

        on = _Wiring(note)
        on(self.undo.click, undo, talk_and_system, [*parts_shown, *fields, composer.change], "chat_undo")
        on(self.clear.click, clear, talk_and_system, [*parts_shown, composer.change], "chat_clear")
        self._wire_exports(on, talk_and_system, note)
        on(
            trigger(self.bring, "upload"),
            bring,
            [self.bring, composer.talk],
            [*parts_shown, composer.system, composer.change],
            "chat_import",
        )
        on(trigger(composer.change, "input"), edit, [composer.change, composer.talk], [*fields, note], "chat_edit")

    def _wire_exports(self, on: "_Wiring", talk_and_system: list[Component], note: Component) -> None:
        """The browser asks which of the two is wanted (omni_ui/features/chat/export/export_menu.js)."""

        async def export(talk: Conversation, system: str | None) -> Updates:
            """The conversation as a JSON file in OpenAI's message format, its media inside."""
            _check_any(talk)
            body = await asyncio.to_thread(lambda: _as_text(as_json(talk.messages, system or "")))
            return {self.file: await keep(body, EXPORT_NAME), note: done_note("Exported.")}

        async def export_markdown(talk: Conversation, system: str | None) -> Updates:
            """The conversation as a Markdown file to read; its media are named in it."""
            _check_any(talk)
            text = as_markdown(talk.messages, system or "", time.time())
            return {self.file: await keep(text.encode(), MARKDOWN_NAME), note: done_note("Exported.")}

        for event, act, api_name, file_name in (
            (self.export.click, export, "chat_export", EXPORT_NAME),
            (trigger(self.export_markdown, "input"), export_markdown, "chat_export_markdown", MARKDOWN_NAME),
        ):
            exported = on(event, act, talk_and_system, [self.file, note], api_name)
            exported.success(None, self.file, None, js=call("download_file", file_name), queue=False)


def _check_any(talk: Conversation) -> None:
    if not talk.messages:
        raise Invalid.because("talk", "There is no conversation to export yet.")


def done_note(sentence: str) -> Markup:
    return status.done([("", sentence)])


def _as_text(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


class _Wiring:
    """Ties a button to what it does. A sentence about what is wrong goes to the status, or to the API's caller."""

    def __init__(self, note: Component) -> None:
        self.note = note

    def __call__(
        self,
        event: Callable[..., gr.events.Dependency],
        act: Callable[..., Awaitable[Updates]],
        inputs: list[Component],
        outputs: list[Component],
        api_name: str,
    ) -> gr.events.Dependency:
        async def safely(request: gr.Request, *values: object) -> Updates:
            try:
                return await act(*values)
            except Invalid as wrong:
                if request.headers.get("x-gradio-user") == "api":
                    raise gr.Error(str(wrong), print_exception=False) from None
                return {self.note: status.failed(str(wrong))}

        named = by_name(list(inspect.signature(act).parameters), safely)
        return event(named, inputs, outputs, api_name=api_name, api_description=act.__doc__, **SILENT)
