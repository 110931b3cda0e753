"""A conversation as the page shows it: HTML of messages, and of the answer while it arrives.

chat.js puts it into the page: it keeps the messages that it has (by `data-key`), so that a player goes on
playing, and renews only the last block of the answer that arrives.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup, escape

from omni_ui.client import FileRef
from omni_ui.core.files import FILE_ROUTE, Json
from omni_ui.core.run import AnyRun, Updates
from omni_ui.core.templates import NOTHING, fragment
from omni_ui.features.chat.conversation import Conversation, Draft, Message, Part
from omni_ui.features.chat.conversation_json import as_json
from omni_ui.media.markdown import GrowingMarkdown, render
from omni_ui.widgets.fields import Component

THOUGHT = 1500
"""Characters of its thinking that are shown while a model thinks; all of it can be unfolded afterwards."""
TEMPLATE = "features/chat/messages.html.jinja"
ROLES = {"user": "You", "assistant": "Answer"}
SAID = Markup('<p class="omni-said">{}</p>')

SENT, DONE, BACK = "sent", "done", "back"
LIVE, RESULT = "chat-live", "chat-result"
"""What is pushed to the page: the answer that arrives, and all messages."""


def address(path: Path) -> str:
    """Where the page finds a file of the cache: below its own root, which chat.js puts before it."""
    return f"{FILE_ROUTE}{quote(str(path))}"


def messages_html(messages: list[Message]) -> Markup:
    """All messages. Rendering a new one takes some milliseconds; it is kept with the message."""
    # A join of Markup looks at each once more.
    return Markup("".join(message_html(number, message) for number, message in enumerate(messages)))


def message_html(number: int, message: Message) -> Markup:
    """One message, with its number in the conversation."""
    if not message.html or message.html_number != number:
        message.html, message.html_number = _article(number, message), number
    return message.html


def _article(number: int, message: Message) -> Markup:
    mine = message.role == "user"
    parts = (
        media_html(part, mine) if part.kind != "text" else SAID.format(part.text) if mine else render(part.text)
        for part in message.parts
    )
    return fragment(
        TEMPLATE,
        "article",
        message=message,
        number=number,
        title=ROLES[message.role],
        thought=render(message.reasoning) if message.reasoning else NOTHING,
        body=NOTHING.join(parts),
    )


def media_html(part: Part, mine: bool = False) -> Markup:
    """A picture, or a player. Pictures of an answer can be taken into the next message."""
    assert part.path is not None
    return fragment(TEMPLATE, "media", kind=part.kind, source=address(part.path), name=part.path.name, mine=mine)


class LiveAnswer:
    """The answer that arrives, as HTML blocks of which only the last ones change."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[GrowingMarkdown, int]] = {}
        self._media: dict[int, Markup] = {}

    def blocks(self, draft: Draft) -> list[str]:
        """What to show now."""
        blocks_html: list[str] = []
        if draft.reasoning:
            tail = draft.reasoning[-THOUGHT:]
            before = "… " if len(draft.reasoning) > THOUGHT else ""
            # Up to 18 times a second, and a template takes twice as long.
            blocks_html.append(f'<div class="omni-thought"><b>Thinking</b><div>{before}{escape(tail)}</div></div>')
        for number, part in enumerate(draft.parts):
            if part.kind == "text":
                blocks_html += self._text(number, part.text)
                continue
            if number not in self._media:
                self._media[number] = media_html(part)
            blocks_html.append(self._media[number])
        return blocks_html

    def _text(self, number: int, text: str) -> list[str]:
        growing, read = self._texts.get(number) or (GrowingMarkdown(), 0)
        growing.add(text[read:])
        self._texts[number] = growing, len(text)
        return growing.blocks()


@dataclass(frozen=True)
class ChatView:
    """The components that show a conversation: as JSON for programs, as HTML, the answer that arrives, its speech."""

    conversation_json: Component
    result: Component
    live: Component
    player: Component

    @property
    def parts(self) -> list[Component]:
        return [self.conversation_json, self.result, self.live, self.player]

    def all(self, talk: Conversation, system: str | None = "", state: str = DONE, added: bool = False) -> Updates:
        """The whole conversation, and the answer that arrives put away (or begun, when the state is SENT).
        added: only the last message is drawn, for which the first word waits: the page has the others."""
        live: Json = {"state": state, "id": talk.run, "blocks": [], "undo": talk.can_undo}
        updates = self.conversation(talk, system) | {self.live: live}
        if added:
            live["message"] = message_html(len(talk.messages) - 1, talk.messages[-1])
            return updates
        return updates | {self.result: messages_html(talk.messages)}

    def conversation(self, talk: Conversation, system: str | None) -> Updates:
        """The conversation as JSON, for programs and for the page that is loaded again."""
        return {self.conversation_json: as_json(talk.messages, system or "", _named)}

    def push_sent(self, run: AnyRun, talk: Conversation, added: bool) -> bool:
        """As `all` for an answer that begins, past Gradio's updates; False where the page does not take that."""
        live: Json = {"state": SENT, "id": talk.run, "blocks": []}
        if added:
            return run.push(LIVE, live | {"message": message_html(len(talk.messages) - 1, talk.messages[-1])})
        return run.push(RESULT, messages_html(talk.messages)) and run.push(LIVE, live)

    def after_stop(self, talk: Conversation, system: str | None = "") -> Updates:
        """After a run that did not reach its end: what had arrived, or what was entered back in its field."""
        return self.all(talk, system, BACK if talk.in_vain else DONE)


def _named(file: FileRef) -> str:
    """Over the API a file is named by its address below the app's root; the export holds the data themselves."""
    return f"/{address(file.path)}"
