"""An answer of a conversation spoken by the Speech tab's server: heard while it arrives, then a part of the answer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from omni_ui.client import AudioChunk, OmniClient, SpeechRequest
from omni_ui.core.audio.audio_stream import Listening
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates
from omni_ui.core.templates import NOTHING
from omni_ui.features.chat.conversation import Conversation, Message, Part
from omni_ui.features.chat.messages import ChatView
from omni_ui.features.chat.speech.spoken_text import spoken_text
from omni_ui.features.speech.run import Spoken
from omni_ui.media.audio import save_pcm


def answer_to_speak(talk: Conversation, number: int) -> tuple[Message, SpeechRequest]:
    """The message with this number (from 0), and the request that has it spoken. Raises Invalid."""
    talk.check_idle()
    if not 0 <= number < len(talk.messages):
        raise Invalid.because("talk", f"There is no message number {number}.")
    message = talk.messages[number]
    text = spoken_text(message.text)
    if not text:
        raise Invalid.because("talk", "This answer has no words to speak.")
    return message, SpeechRequest(input=text, stream=True)


class SpokenAnswer(Run[SpeechRequest, AudioChunk | None]):
    """Has one answer spoken. What was heard becomes a recording of that answer."""

    note = "Speaking"

    def __init__(
        self, request: SpeechRequest, message: Message, talk: Conversation, view: ChatView, listening: Listening
    ) -> None:
        self.request = request
        self._message, self._talk, self._view = message, talk, view
        self._spoken = Spoken(listening, self)
        self._heard = False
        self._path: Path | None = None

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncGenerator[AudioChunk | None]:
        spoken = self._spoken
        try:
            async with aclosing(spoken.streamed(omni, self.request, reporter)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            if spoken.stream:
                spoken.stream.close()
        self._path = await save_pcm(bytes(spoken.pcm), spoken.rate, spoken.channels, "answer")
        yield None

    async def show(self, events: list[AudioChunk | None]) -> Updates:
        updates: Updates = {}
        if self._spoken.stream and not self._heard:
            self._heard = True
            updates[self._view.player] = self._spoken.stream.element
        if self._path and None in events:
            self._message.parts.append(Part("audio", path=self._path))
            self._message.html = NOTHING
            updates |= await asyncio.to_thread(self._view.all, self._talk, self.entered["system"])
        return updates

    def outcome(self) -> RunResult:
        return RunResult([self._path] if self._path else [])
