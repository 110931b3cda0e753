"""The words of a request, as one text."""

from omni_ui.client import PROMPT_FIELDS, Request

LONGEST = 2000


def prompt_of(request: Request) -> str | None:
    """What the visitor asked for: the prompt, the text to speak, or the last message; None where there is none."""
    for name in PROMPT_FIELDS:
        if isinstance(text := getattr(request, name, None), str):
            return text[:LONGEST]
    messages = getattr(request, "messages", None)
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return None
    content = messages[-1].get("content")
    parts = content if isinstance(content, list) else [{"text": content}]
    texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return "\n".join(texts)[:LONGEST] or None
