"""Recordings written down: by a server that listens, else by a chat model that hears, which is then said."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from omni_ui.client import ChatRequest, FileRef, OmniClient, TranscriptionRequest
from omni_ui.core.backends import Backends
from omni_ui.core.run import AnyRun, RetryReporter, Run, RunResult, Updates
from omni_ui.core.servers.backend import Backend
from omni_ui.features.assist.prompt_help import ChatTextRun
from omni_ui.media.message_files import take_media

LONGEST = 40.0
"""Seconds that may be dictated at a time: as base64 they fit into a body of the page's limit."""
ASKED = "Write down word for word what is said in the recording, in its own language. Answer with those words alone."


@dataclass(frozen=True)
class Ear:
    """Who writes down what is said. by: "server", or "chat" for a model that was asked to."""

    backend: Backend
    by: Literal["server", "chat"]
    model: str | None = None

    @property
    def said(self) -> str:
        """One sentence for the visitor."""
        if self.backend.demo:
            return "The demo cannot recognise words."
        if self.by == "server":
            return "Transcribed by the server: check it for mistakes."
        name = self.model or "The chat model"
        return f"Transcribed by {name}, since no transcription server is set: check it."


async def find_ear(backends: Backends, session: str | None) -> Ear | None:
    """The server of OMNI_LISTEN_URL, else the Chat tab's where it listens or its model hears; None without any."""
    if backends.listener:
        return Ear(backends.listener, "server")
    chat = backends.for_tab("chat", session)
    if chat is None:
        return None
    if await chat.client.listens():
        return Ear(chat, "server")
    ability = await chat.ability("chat")
    hears = ability and ability.can and not ability.guess
    if ability and hears and "audio" in ability.detail["inputs"] and "text" in ability.detail["outputs"]:
        return Ear(chat, "chat", ability.model)
    return None


class ListenRun(Run[TranscriptionRequest, str]):
    """Has a recording written down by a server that listens."""

    timed = False
    note = "Listening"

    def __init__(self, request: TranscriptionRequest) -> None:
        self.request = request
        self._text = ""

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[str]:
        yield (await omni.transcribe(self.request, on_wait=reporter)).text

    async def show(self, events: list[str]) -> Updates:
        self._text = events[-1]
        return {}

    def outcome(self) -> RunResult:
        return RunResult(text=self._text)


async def hearing_run(ear: Ear, path: Path) -> AnyRun:
    """The run that writes a recording down. Invalid or OmniError where it cannot be sent."""
    if ear.by == "server":
        return ListenRun(TranscriptionRequest.model_construct(file=path, language=None, prompt=None))
    media = await take_media(path)
    sound = {"type": "audio_url", "audio_url": {"url": FileRef(media.path)}}
    return ChatTextRun(
        ChatRequest.model_construct(
            messages=[{"role": "user", "content": [sound, {"type": "text", "text": ASKED}]}],
            modalities=["text"],
            max_tokens=1000,
            stream=True,
        )
    )
