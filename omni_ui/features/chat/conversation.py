"""A conversation of one visitor: what was said, in order, with files of Gradio's cache for what is not text.

It lives in the session on this side and is changed in place, so that what has arrived stays when a run is stopped.
Its way to the server, out of the page and back in is OpenAI's message format (`conversation_json`).
"""

import asyncio
import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from uuid import uuid4

from markupsafe import Markup

from omni_ui.client import FileRef
from omni_ui.core.files import Json, new_path
from omni_ui.core.invalid import Invalid
from omni_ui.core.templates import NOTHING

Kind = Literal["text", "image", "audio", "video"]
KEPT = 50
"""Earlier states that Undo can go back to."""


def _new_key() -> str:
    return uuid4().hex[:12]


@dataclass(frozen=True)
class Part:
    """A piece of a message: a text, or a file."""

    kind: Kind
    text: str = ""
    path: Path | None = None


@dataclass
class Message:
    """What one side said at once. facts: for the line below an answer. notes: sentences about what happened to it.

    model, at: which model answered, and when it was said or begun, in seconds since 1970; "" and 0 where not known.
    """

    role: Literal["user", "assistant"]
    parts: list[Part] = field(default_factory=list)
    reasoning: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    model: str = ""
    at: float = 0.0
    key: str = field(default_factory=_new_key)
    html: Markup = NOTHING
    """How the page shows it; filled in when it is first shown."""
    html_number: int = -1
    """Its number in the conversation when `html` was made."""

    @property
    def text(self) -> str:
        return "\n\n".join(part.text for part in self.parts if part.kind == "text")

    @property
    def files(self) -> list[Path]:
        return [part.path for part in self.parts if part.path]


@dataclass
class Draft(Message):
    """An answer while it arrives. pcm: the sound so far, int16 with `channels` interleaved."""

    pcm: bytearray = field(default_factory=bytearray)
    rate: int = 0
    channels: int = 1

    def add_text(self, text: str) -> None:
        if self.parts and self.parts[-1].kind == "text":
            text = self.parts.pop().text + text
        self.parts.append(Part("text", text))

    def add_sound(self, pcm: bytes, rate: int, channels: int) -> None:
        self.rate, self.channels = rate, channels
        self.pcm += pcm

    def finished(self) -> Message | None:
        """The message that it became, its sound written as one WAV file; None when nothing had arrived."""
        parts = list(self.parts)
        if self.pcm:
            path = new_path("answer.wav")
            path.write_bytes(_wav(bytes(self.pcm), self.rate, self.channels))
            parts.append(Part("audio", path=path))
        if not parts and not self.reasoning:
            return None
        return Message("assistant", parts, self.reasoning, self.facts, self.notes, self.model, self.at, self.key)


@dataclass(frozen=True)
class Earlier:
    """The messages before a change, and what had been entered for it."""

    messages: list[Message]
    entered: Message | None = None


class Conversation:
    """The messages, the answer that is being made, and the way back."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.draft: Draft | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self.run = ""
        """The key of the last answer that was begun."""
        self.in_vain = False
        """Whether it brought no result, so that what was entered belongs back into its field."""
        self._earlier: list[Earlier] = []

    def fork(self) -> "Conversation":
        """One that begins with the same messages and goes its own way; the history takes it for another."""
        other = Conversation()
        if self.messages:
            other.messages = [replace(self.messages[0], key=_new_key()), *self.messages[1:]]
        return other

    def change(self, messages: list[Message], entered: Message | None = None) -> None:
        """Puts other messages in the place of all; `undo` takes it back."""
        self._earlier = [*self._earlier[-KEPT:], Earlier(self.messages, entered)]
        self.messages = messages

    def branch(self, number: int) -> None:
        """Forks the conversation: the messages up to the one with this number (from 0). `undo` takes it back.

        Raises Invalid when there is no such message.
        """
        self.check_idle()
        if not 0 <= number < len(self.messages):
            raise Invalid.because("talk", f"There is no message number {number}.")
        first, *rest = self.messages[: number + 1]
        self.change([replace(first, key=_new_key()), *rest])

    @property
    def can_undo(self) -> bool:
        return bool(self._earlier)

    def undo(self) -> Message | None:
        """Goes back to before the last change; the message that had been entered for it, to be entered again."""
        if not self._earlier:
            return None
        earlier = self._earlier.pop()
        self.messages = earlier.messages
        return earlier.entered

    @contextmanager
    def answering(self, messages: list[Message], entered: Message | None) -> Iterator[Draft]:
        """An answer to these messages. However the block ends, what had arrived by then stays as a message.

        When nothing had, the conversation is as before. Raises Invalid while another answer is being made.
        """
        self.check_idle()
        self._idle.clear()
        self.change(messages, entered)
        self.draft = Draft("assistant")
        self.run = self.draft.key
        try:
            yield self.draft
        finally:
            draft, self.draft = self.draft, None
            self._idle.set()
            answer = draft.finished()
            self.in_vain = answer is None
            if answer:
                self.messages = [*self.messages, answer]
            else:
                self.undo()

    def check_idle(self) -> None:
        if not self._idle.is_set():
            raise Invalid.because("text", "The answer is not finished yet. Wait for it, or stop it.")

    async def idle(self) -> None:
        """Waits for the end of the answer that is being made."""
        await self._idle.wait()

    def before(self, number: int) -> list[Message]:
        """The messages before the one with this number (from 0). Raises Invalid when it is not one of the visitor's."""
        if not 0 <= number < len(self.messages) or self.messages[number].role != "user":
            raise Invalid.because("change", f"You have no message number {number}.")
        return self.messages[:number]

    def last_of_visitor(self) -> int:
        """The number of the visitor's last message."""
        for number in reversed(range(len(self.messages))):
            if self.messages[number].role == "user":
                return number
        raise Invalid.because("change", "There is no answer to retry yet.")


def wire_messages(messages: list[Message], system: str = "") -> list[Json]:
    """The conversation as the server wants it.

    Files of the visitor are sent again each time. An answer goes back as its text alone: the server reads neither the
    sound of earlier answers (WIRE.md 8) nor pictures outside a user's turn (serving_chat.py:4008-4075).
    """
    sent: list[Json] = [{"role": "system", "content": system}] if system.strip() else []
    for message in messages:
        parts = [wire_part(part) for part in message.parts] if message.files and message.role == "user" else None
        sent.append({"role": message.role, "content": parts or message.text})
    return sent


def wire_part(part: Part) -> Json:
    """A piece of a message in OpenAI's format; a file is a FileRef."""
    if part.path is None:
        return {"type": "text", "text": part.text}
    if part.kind == "audio":
        sound = {"data": FileRef(part.path, "base64"), "format": part.path.suffix.lstrip(".").lower()}
        return {"type": "input_audio", "input_audio": sound}
    name = f"{part.kind}_url"
    return {"type": name, name: {"url": FileRef(part.path)}}


def _wav(pcm: bytes, rate: int, channels: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(pcm[: len(pcm) // (2 * channels) * 2 * channels])
    return file.getvalue()
