"""Chat of the demo server: short, true answers without a language model."""

import re
from collections.abc import Iterator


def reply(messages: list[dict], *, voices: list[str] | None = None) -> Iterator[str]:
    """Pieces of a Markdown answer to OpenAI-format messages."""
    yield from re.findall(r"\S+\s*", "This is a demo without a language model.")


def wants_picture(text: str) -> str | None:
    """The prompt when the text asks for a picture."""
    found = re.match(r"\s*(?:please\s+)?(?:draw|paint|sketch)\s+(?:me\s+)?(.+)", text, re.IGNORECASE | re.DOTALL)
    return found[1].strip() if found else None
