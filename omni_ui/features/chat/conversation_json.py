"""Conversations as JSON in OpenAI's message format: out of the page, and back in.

    {"messages": [{"role": "system", "content": "…"},
                  {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:…"}},
                                               {"type": "text", "text": "…"}]},
                  {"role": "assistant", "content": "…", "reasoning": "…"}]}

A file that is brought in is not trusted: media must stand in it as data, nothing that it names is opened or fetched.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from omni_ui.client import FileRef, media_type_of, replace_files
from omni_ui.client.answers.valid_text import read_json
from omni_ui.core.files import Json, keep
from omni_ui.core.invalid import Invalid
from omni_ui.features.chat.conversation import Message, Part, wire_part
from omni_ui.media.message_files import Media

MOST_MESSAGES = 1000
LONGEST_TEXT = 1_000_000
"""Characters of one message."""
MEDIA = {"image_url": "url", "audio_url": "url", "video_url": "url", "input_audio": "data"}
"""Content parts that hold media, and where in them the data stand."""
SUFFIXES = {"image": ".png", "audio": ".wav", "video": ".mp4"}

TakeMedia = Callable[[Path], Awaitable[Media]]


def as_json(messages: list[Message], system: str = "", file: Callable[[FileRef], str] = FileRef.read) -> Json:
    """The conversation. file: what stands for a file; by default its data."""
    told: list[Json] = [{"role": "system", "content": system}] if system.strip() else []
    for message in messages:
        one: Json = {"role": message.role, "content": message.text}
        if message.files:
            one["content"] = [wire_part(part) for part in message.parts]
        if message.reasoning:
            one["reasoning"] = message.reasoning
        told.append(one)
    return {"messages": replace_files(told, file)}


async def from_json(content: bytes, take_media: TakeMedia) -> tuple[list[Message], str]:
    """The messages and the system prompt of a file that was exported here or elsewhere.

    take_media: looks at each medium. Raises Invalid with one sentence that names what is wrong.
    """
    try:
        body = read_json(content)
    except (ValueError, RecursionError):
        raise _not("it is not JSON") from None
    listed = body.get("messages") if isinstance(body, dict) else body
    if not isinstance(listed, list) or not listed:
        raise _not("it has no list of messages")
    if len(listed) > MOST_MESSAGES:
        raise _not(f"it has {len(listed):,} messages, and at most {MOST_MESSAGES:,} are taken")
    messages: list[Message] = []
    system = ""
    for number, one in enumerate(listed, 1):
        role = one.get("role") if isinstance(one, dict) else None
        if role in ("system", "developer") and number == 1 and isinstance(one.get("content"), str):
            system = one["content"]
        elif role in ("user", "assistant"):
            messages.append(await _message(one, number, take_media))
        else:
            raise _not(f"message {number} has the role {role!r}; only user and assistant can be shown")
    if not messages:
        raise _not("nobody says anything in it")
    return messages, system


def from_history(told: Json) -> tuple[list[Message], str]:
    """The messages and the system prompt of what `as_json` gave to the history, with paths where files stand."""
    messages, system = [], ""
    for one in told.get("messages", []):
        content = one.get("content") or []
        if one["role"] == "system":
            system = content
            continue
        message = Message(one["role"], reasoning=one.get("reasoning", ""))
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            if part["type"] == "text":
                message.parts.append(Part("text", part["text"]))
            elif path := part[part["type"]].get(MEDIA[part["type"]]):  # None when the file is gone
                kind = part["type"].removesuffix("_url").removeprefix("input_")
                message.parts.append(Part(kind, path=Path(path)))
        messages.append(message)
    return messages, system


async def _message(one: Json, number: int, take_media: TakeMedia) -> Message:
    content = one.get("content")
    listed = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if listed is None:
        listed = []
    if not isinstance(listed, list):
        raise _not(f"message {number} has a content that is neither text nor a list of parts")
    message = Message(one["role"])
    for part in listed:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            if len(part["text"]) > LONGEST_TEXT:
                raise _not(f"message {number} is longer than {LONGEST_TEXT:,} characters")
            message.parts += [Part("text", part["text"])] if part["text"] else []
        elif kind in MEDIA:
            message.parts.append(await _medium(part.get(kind), kind, number, take_media))
        else:
            raise _not(f"message {number} has a part of the type {kind!r}, which is not known here")
    if isinstance(one.get("reasoning"), str):
        message.reasoning = one["reasoning"][:LONGEST_TEXT]
    return message


async def _medium(inside: Any, kind: str, number: int, take_media: TakeMedia) -> Part:
    data = inside.get(MEDIA[kind]) if isinstance(inside, dict) else None
    if not isinstance(data, str):
        raise _not(f"message {number} has a part without its data")
    if kind != "input_audio" and not data.startswith("data:"):
        named = data if len(data) <= 80 else data[:80] + " …"
        raise _not(f"message {number} names {named!r}; only media that stand in the file itself (data:) are taken")
    try:
        raw = base64.b64decode(data.partition(",")[2] if data.startswith("data:") else data, validate=True)
    except (binascii.Error, ValueError):
        raise _not(f"message {number} has media that are not base64") from None
    modality = kind.removesuffix("_url").removeprefix("input_")
    suffix = f".{(media_type_of(raw[:16]) or '').partition('/')[2]}".replace("jpeg", "jpg").replace("mpeg", "mp3")
    path = await keep(raw, f"message-{number}{suffix if len(suffix) > 1 else SUFFIXES[modality]}")
    taken = await take_media(path)
    return Part(taken.kind, path=taken.path)


def _not(why: str) -> Invalid:
    return Invalid.because("conversation", f"This file cannot be used as a conversation: {why}.")
