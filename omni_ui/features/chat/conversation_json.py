"""Conversations as JSON in OpenAI's message format: out of the page, and back in.

    {"messages": [{"role": "system", "content": "…"},
                  {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:…"}},
                                               {"type": "text", "text": "…"}]},
                  {"role": "assistant", "content": "…", "reasoning": "…"}]}

A file that is brought in is not trusted: media must stand in it as data, nothing that it names is opened or fetched.
"""

import asyncio
import base64
import binascii
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from omni_ui.client import FileRef, media_type_of, replace_files
from omni_ui.core.files import Json, keep
from omni_ui.core.invalid import Invalid
from omni_ui.features.chat.conversation import Kind, Message, Part, wire_part
from omni_ui.features.chat.imports import ExportedMedia, ExportedMessage, NotAConversation, read_export
from omni_ui.media.message_files import Media

MEDIA = {"image_url": "url", "audio_url": "url", "video_url": "url", "input_audio": "data"}
"""Content parts that hold media, and where in them the data stand."""
SUFFIXES = {"image": ".png", "audio": ".wav", "video": ".mp4", "": ".bin"}
NAMED = 5
"""How many of the things that were left out are named."""

TakeMedia = Callable[[Path], Awaitable[Media]]


def as_json(messages: list[Message], system: str = "", file: Callable[[FileRef], object] = FileRef.read) -> Json:
    """The conversation. file: what stands for a file; by default its data."""
    entries: list[Json] = [{"role": "system", "content": system}] if system.strip() else []
    for message in messages:
        entry: Json = {"role": message.role, "content": message.text}
        if message.files:
            entry["content"] = [wire_part(part) for part in message.parts]
        if message.reasoning:
            entry["reasoning"] = message.reasoning
        entries.append(entry)
    return {"messages": replace_files(entries, file)}


@dataclass(frozen=True)
class Imported:
    """A conversation that was brought in. left_out: what of the file is not in it, in words. others: conversations
    that the file holds besides this one, which is the newest."""

    messages: list[Message]
    system: str = ""
    left_out: list[str] = field(default_factory=list)
    others: int = 0

    @property
    def sentences(self) -> str:
        """What was taken and what was not, for the visitor."""
        count = f"{len(self.messages)} message{'s' * (len(self.messages) != 1)}"
        result = f"Imported {count}."
        if self.others:
            result += f" The file holds {self.others + 1} conversations; this is the newest."
        return result + (f" Left out: {_list(self.left_out)}." if self.left_out else "")


async def from_json(content: bytes, take_media: TakeMedia) -> Imported:
    """The conversation of a file that was exported here or elsewhere.

    take_media: looks at each medium. Raises Invalid with one sentence that names what is wrong.
    """
    try:
        export = await asyncio.to_thread(read_export, content)
    except NotAConversation as wrong:
        raise _not(str(wrong)) from None
    left_out = list(export.left_out)
    messages = [await _message(message, take_media, left_out) for message in export.messages]
    messages = [message for message in messages if message.parts or message.reasoning]
    if not messages:
        raise _not(f"nothing in it can be taken: {_list(left_out)}" if left_out else "it contains no messages")
    return Imported(messages, export.system, left_out, export.others)


def _list(phrases: list[str]) -> str:
    """The phrases, each once with how often it came, and not more than people read."""
    counted = [f"{times} × {phrase}" if times > 1 else phrase for phrase, times in Counter(phrases).items()]
    more = f"; and {len(counted) - NAMED} more" if len(counted) > NAMED else ""
    return "; ".join(counted[:NAMED]) + more


def from_history(kept: Json) -> tuple[list[Message], str]:
    """The messages and the system prompt of what `as_json` gave to the history, with paths where files stand."""
    messages: list[Message] = []
    system = ""
    for entry in kept.get("messages", []):
        content: str | list[Json] = entry.get("content") or []
        if entry["role"] == "system":
            system = str(content or "")
            continue
        message = Message(entry["role"], reasoning=entry.get("reasoning", ""))
        parts: list[Json] = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for part in parts:
            if part["type"] == "text":
                message.parts.append(Part("text", part["text"]))
            elif path := part[part["type"]].get(MEDIA[part["type"]]):  # None when the file is gone
                kind: Kind = part["type"].removesuffix("_url").removeprefix("input_")
                message.parts.append(Part(kind, path=Path(path)))
        messages.append(message)
    return messages, system


async def _message(message: ExportedMessage, take_media: TakeMedia, left_out: list[str]) -> Message:
    """A message with its media looked at; a medium that cannot be taken is named in left_out."""
    result = Message("user" if message.role == "user" else "assistant", reasoning=message.reasoning)
    for part in message.parts:
        if isinstance(part, str):
            result.parts.append(Part("text", part))
            continue
        try:
            result.parts.append(await _medium(part, message.number, take_media))
        except Invalid as wrong:
            left_out.append(str(wrong).removesuffix("."))
    return result


async def _medium(medium: ExportedMedia, number: int, take_media: TakeMedia) -> Part:
    data = medium.data.partition(",")[2] if medium.data.startswith("data:") else medium.data
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid.because("conversation", f"message {number} has media that are not base64") from None
    suffix = f".{(media_type_of(raw[:16]) or '').partition('/')[2]}".replace("jpeg", "jpg").replace("mpeg", "mp3")
    path = await keep(raw, f"message-{number}{suffix if len(suffix) > 1 else SUFFIXES[medium.kind]}")
    taken = await take_media(path)
    return Part(taken.kind, path=taken.path)


def _not(why: str) -> Invalid:
    return Invalid.because("conversation", f"This file cannot be used as a conversation: {why}.")
