"""An answer is read aloud while it arrives, by the Speech tab's server, sentence by sentence."""

import asyncio
from contextlib import aclosing, suppress

from omni_ui.client import ChatRequest, OmniError, SpeechRequest
from omni_ui.core.audio.audio_stream import Listening, Stream
from omni_ui.core.backends import Backends
from omni_ui.core.run import AnyRun
from omni_ui.core.run_queue import QueueFull
from omni_ui.core.servers.backend import Backend
from omni_ui.features.chat.conversation import Draft
from omni_ui.features.chat.speech.spoken_text import AnswerFeed
from omni_ui.features.speech.sentence_voice import SentenceVoice

LEFT_OUT = "Code and formulas were not read aloud."
NO_SERVER = "Not read aloud: no server here can speak it."
PATIENCE = 10.0
"""Seconds that the voice waits for a place on its server."""


class ReadAloud:
    """The voice of one answer. What was heard becomes a recording of the answer, also when it is stopped."""

    def __init__(self, backends: Backends, listening: Listening, run: AnyRun) -> None:
        self._backends, self._listening, self._run = backends, listening, run
        self.stream: Stream | None = None
        self._feed = AnswerFeed()
        self._sentences: asyncio.Queue[str | None] = asyncio.Queue()
        self._go = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._draft: Draft | None = None

    async def begin(self, draft: Draft, request: ChatRequest, may_speak: bool) -> None:
        """Looks for a server that speaks; a note in the answer says why there is none.

        may_speak: whether the model's own answers may hold speech. Where that was not asked for in so many words, its
        answer is read once it is whole and came without: two voices at a time help nobody.
        """
        if may_speak and "audio" in (request.modalities or ()):
            return
        backend = self._backends.for_tab("speech", self._run.session)
        ability = await backend.ability("speech") if backend else None
        if backend is None or ability is None or not ability.can:
            draft.notes.append(NO_SERVER)
        else:
            self._draft = draft
            if request.modalities or not may_speak:
                self._go.set()
            self._task = asyncio.create_task(self._read(backend, draft))

    def add(self, text: str) -> None:
        """More of the answer."""
        if self._task:
            for sentence in self._feed.take(text):
                self._sentences.put_nowait(sentence)

    async def finish(self) -> None:
        """The answer is whole: waits until all of it was spoken."""
        if not self._task or not self._draft:
            return
        for sentence in self._feed.take("", done=True):
            self._sentences.put_nowait(sentence)
        self._sentences.put_nowait(None)
        self._go.set()
        if self._feed.left_out:
            self._draft.notes.append(LEFT_OUT)
        await asyncio.wait([self._task])

    async def aclose(self) -> None:
        """Ends the voice, and the work of its server. More than once does no harm."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self.stream:
            self.stream.close()

    async def _read(self, backend: Backend, draft: Draft) -> None:
        await self._go.wait()
        try:
            slot = backend.gate.enter(self._run.owner)
        except QueueFull as full:
            draft.notes.append(f"Not read aloud: {full}")
            return
        backend.hold()
        try:
            if not await slot.ready(PATIENCE):
                draft.notes.append("Not read aloud: its server is busy.")
                return
            request = (await backend.fit(SpeechRequest(input="-"))).request
            async with await SentenceVoice.open(backend.client, request) as voice:
                while (sentence := await self._sentences.get()) is not None:
                    async with aclosing(voice.speak(sentence)) as chunks:
                        async for chunk in chunks:
                            self._hear(chunk.pcm, chunk.rate, chunk.channels, draft)
                    self._pause(draft)
        except OmniError as error:
            draft.notes.append(self._backends.redact_address(f"The voice was cut off: {error.sentence}", backend))
        finally:
            slot.leave()
            await backend.let_go()
            if self.stream:
                self.stream.close(whole=True)

    def _hear(self, pcm: bytes, rate: int, channels: int, draft: Draft) -> None:
        self.stream = self.stream or self._listening.open(rate, channels)
        self.stream.feed(pcm)
        draft.add_sound(pcm, rate, channels)

    def _pause(self, draft: Draft) -> None:
        if draft.rate:
            self._hear(bytes(2 * draft.channels * (draft.rate // 4)), draft.rate, draft.channels, draft)
