"""A conversation as Markdown, to be read: who said what, when, and by which model. Files are named, not held."""

from collections.abc import Iterator
from datetime import UTC, datetime

from omni_ui.features.chat.conversation import Message, Part

ROLES = {"user": "You", "assistant": "Assistant"}
KINDS = {"image": "Picture", "audio": "Sound", "video": "Video"}


def as_markdown(messages: list[Message], system: str, now: float) -> str:
    """The conversation. now: seconds since 1970. What is not known of a message, such as its time, is left out."""
    blocks = ["# Conversation", f"Exported {_time(now)}"]
    if system.strip():
        blocks += ["## System prompt", system.strip()]
    for message in messages:
        blocks += _message(message)
    return "\n\n".join(blocks) + "\n"


def _message(message: Message) -> Iterator[str]:
    yield f"## {ROLES[message.role]}"
    details = [message.model, _time(message.at) if message.at else ""]
    if any(details):
        yield f"*{' · '.join(part for part in details if part)}*"
    if message.reasoning:
        yield _quoted(f"Thinking\n\n{message.reasoning.strip()}")
    for part in message.parts:
        yield _part(part)
    for note in message.notes:
        yield f"*{note}*"


def _part(part: Part) -> str:
    if part.path is None:
        return part.text.strip()
    return f"[{KINDS[part.kind]}: `{part.path.name}`]"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _time(seconds: float) -> str:
    """Of the world, since the host's clock is not that of the reader."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
