"""A conversation as the page shows it: HTML of messages, and of the answer while it arrives.

chat.js puts it into the page: it keeps the messages that it has (by `data-key`), so that a player goes on
playing, and renews only the last block of the answer that arrives.
"""

from html import escape
from pathlib import Path
from urllib.parse import quote

from omni_ui.core.files import FILE_ROUTE
from omni_ui.features.chat.conversation import Draft, Message, Part
from omni_ui.media.markdown import GrowingMarkdown, render

THOUGHT = 1500
"""Characters of its thinking that are shown while a model thinks; all of it can be unfolded afterwards."""
ICONS = {
    "copy": '<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3.5 10.5h-1v-8h8v1"/>',
    "edit": '<path d="M2.5 13.5l.6-3L10.7 3a1 1 0 0 1 1.4 0l.9.9a1 1 0 0 1 0 1.4L5.5 12.9z"/>',
    "again": '<path d="M13 8a5 5 0 1 1-1.5-3.6M13 2.5v3h-3"/>',
    "menu": '<circle cx="3.5" cy="8" r=".8"/><circle cx="8" cy="8" r=".8"/><circle cx="12.5" cy="8" r=".8"/>',
}
"""The inside of each icon, drawn in lines on a square of 16."""
ROLES = {"user": "You", "assistant": "Answer"}


def address(path: Path) -> str:
    """Where the page finds a file of the cache: below its own root, which chat.js puts before it."""
    return f"{FILE_ROUTE}{quote(str(path))}"


def messages_html(messages: list[Message]) -> str:
    """All messages. Rendering a new one takes some milliseconds; it is kept with the message."""
    articles = []
    for number, message in enumerate(messages):
        message.html = message.html or _inside(message)
        articles.append(
            f'<article class="omni-message" data-role="{message.role}" data-key="{message.key}" '
            f'data-number="{number}" data-parts="{len(message.parts)}">{message.html}</article>'
        )
    return "".join(articles)


def _inside(message: Message) -> str:
    mine = message.role == "user"
    parts = message.parts
    thought = (
        f'<details class="omni-thought"><summary>Thinking</summary><div>{render(message.reasoning)}</div></details>'
        if message.reasoning
        else ""
    )
    body = "".join(
        (f'<p class="omni-said">{escape(part.text)}</p>' if mine else render(part.text))
        if part.kind == "text"
        else media_html(part, mine)
        for part in parts
    )
    notes = "".join(f'<p class="omni-note-line">{escape(note)}</p>' for note in message.notes)
    facts = " · ".join(" ".join(f"<span>{escape(words)}</span>" for words in fact if words) for fact in message.facts)
    facts = f'<span class="omni-message-facts" hidden>{facts}</span>' if facts else ""
    copy = _button("copy", "Copy") if message.text else ""
    acts = _button("edit", "Edit") if mine else _button("again", "Try again") + _button("menu", "More")
    source = f'<textarea class="omni-source" hidden>{escape(message.text)}</textarea>' if message.text else ""
    return (
        f'<h3 class="omni-who">{ROLES[message.role]}</h3>{thought}<div class="omni-body">{body}</div>{notes}'
        f'<div class="omni-message-foot">{copy}{acts}{facts}</div>{source}'
    )


def _button(act: str, words: str) -> str:
    """A small button of a message: an icon with a name. chat.js knows what it does by `act`."""
    menu = ' aria-haspopup="menu" aria-expanded="false"' if act == "menu" else ""
    return (
        f'<button type="button" data-act="{act}" aria-label="{words}" title="{words}"{menu}>'
        f'<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{ICONS[act]}</svg></button>'
    )


def media_html(part: Part, mine: bool = False) -> str:
    """A picture, or a player. Pictures of an answer can be taken into the next message."""
    assert part.path is not None
    source, name = escape(address(part.path)), escape(part.path.name)
    if part.kind == "image":
        use = f'<button type="button" data-act="attach" data-file="{source}">Use in my next message</button>'
        return (
            f'<figure class="omni-picture"><a href="{source}" target="_blank" rel="noopener">'
            f'<img src="{source}" alt="{name if mine else "Picture of the answer"}"></a>{"" if mine else use}</figure>'
        )
    if part.kind == "audio":
        label = name if mine else "Spoken answer"
        return f'<audio controls preload="metadata" src="{source}" aria-label="{label}"></audio>'
    return f'<video controls preload="metadata" src="{source}" aria-label="{name}"></video>'


class LiveAnswer:
    """The answer that arrives, as HTML blocks of which only the last ones change."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[GrowingMarkdown, int]] = {}

    def blocks(self, draft: Draft) -> list[str]:
        """What to show now."""
        blocks_html = []
        if draft.reasoning:
            tail = draft.reasoning[-THOUGHT:]
            before = "… " if len(draft.reasoning) > THOUGHT else ""
            blocks_html.append(f'<div class="omni-thought"><b>Thinking</b><div>{before}{escape(tail)}</div></div>')
        for number, part in enumerate(draft.parts):
            blocks_html += self._text(number, part.text) if part.kind == "text" else [media_html(part)]
        return blocks_html

    def _text(self, number: int, text: str) -> list[str]:
        growing, read = self._texts.get(number) or (GrowingMarkdown(), 0)
        growing.add(text[read:])
        self._texts[number] = growing, len(text)
        return growing.blocks()
