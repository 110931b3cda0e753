"""Turns beside pictures over /v1/video/chat/stream: frames of a camera, questions by voice or in writing (WIRE.md 18).

The server keeps the last frames and answers a question with a few of them. It does not detect speech; a new question
replaces an answer, and there is no event that only stops one.
"""

import asyncio
import base64
import io
import wave
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

from omni_ui.client.answers.formats import decode_base64
from omni_ui.client.errors import BrokenAnswer, NotReachable, OmniError
from omni_ui.client.live.duplex import error_sentence
from omni_ui.client.live.events import (
    CallEnded,
    Capabilities,
    Caption,
    Notice,
    TalkAudio,
    TalkConfig,
    TalkEvent,
    TurnEnded,
    TurnStarted,
)
from omni_ui.client.live.sockets import Event, LiveSocket
from omni_ui.client.live.utterances import Utterance, UtteranceTalk

FRAMES_USED, FRAMES_KEPT = 4, 16
"""Frames that one question looks at, and that the server keeps."""
PIECE = 512 * 1024
"""Bytes of sound in one event."""
PING_EVERY = 20.0
"""Seconds. A session without a message for 60 s is ended (video_stream_base.py:59)."""
SOUND_PATIENCE = 30.0
"""Seconds to wait for the sound of an answer whose text is there; a model that does not speak sends no end of it."""
LARGEST_ANSWER = 2_000
"""Events of an answer that wait to be read."""


class CameraTurns(UtteranceTalk):
    """One answer for each question about the frames before it."""

    def __init__(self, socket: LiveSocket, config: TalkConfig) -> None:
        super().__init__(config)
        self._socket = socket
        self._frames = 0
        self._answer_events: asyncio.Queue[Event] | None = None

    @property
    def can(self) -> Capabilities:
        return Capabilities(profile="camera", video=True, text=True)

    async def send_frame(self, frame: bytes, at_ms: int) -> None:
        data = base64.b64encode(frame).decode()
        self._frames += 1
        # Without a frame_id there is no answer to each frame.
        with suppress(NotReachable):
            await self._socket.send({"type": "video.frame", "data": data, "pts_ms": at_ms})

    async def _answer(self, utterance: Utterance) -> None:
        turn = uuid4().hex
        self._turn = turn
        if not self._frames:
            self._emit(Notice("The model has not seen a picture yet: wait until the camera is on.", "error"))
            self._emit(TurnEnded(turn, "failed"))
            return
        events = self._answer_events = asyncio.Queue(LARGEST_ANSWER)
        for begin in range(0, len(utterance.pcm), PIECE):
            piece = base64.b64encode(utterance.pcm[begin : begin + PIECE]).decode()
            await self._socket.send({"type": "audio.chunk", "data": piece})
        await self._socket.send({"type": "video.query", "text": utterance.text})
        self._emit(TurnStarted(turn))
        async for event in self._until_silent(events):
            for item in _read(event, turn, "audio" in self._config.modalities):
                self._emit(item)
                if isinstance(item, TurnEnded):
                    self._answer_events = None
                    return
        self._answer_events = None
        self._emit(TurnEnded(turn, "completed"))

    @staticmethod
    async def _until_silent(events: asyncio.Queue[Event]) -> AsyncIterator[Event]:
        """The events of an answer; ends where its text is there and no sound follows."""
        patience: float | None = None
        while True:
            try:
                async with asyncio.timeout(patience):
                    event = await events.get()
            except TimeoutError:
                return
            yield event
            if event.get("type") == "response.text.done":
                patience = SOUND_PATIENCE

    async def _stop_answer(self) -> None:
        """The rest of the answer is ignored until the next one starts."""
        self._answer_events = None

    async def _run(self) -> None:
        reading, staying = asyncio.create_task(self._read_all()), asyncio.create_task(self._keep_alive())
        answering = asyncio.create_task(super()._run())
        try:
            await asyncio.wait((reading, answering), return_when=asyncio.FIRST_COMPLETED)
            if not self._closing:
                self._emit(CallEnded("The connection to the server was lost. Call again.", failed=True))
        finally:
            for task in (reading, staying, answering):
                task.cancel()
            await asyncio.gather(reading, staying, answering, return_exceptions=True)

    async def _read_all(self) -> None:
        """Reads all the time, even when no answer is awaited, so that the connection stays alive."""
        open_answer: asyncio.Queue[Event] | None = None
        with suppress(OmniError):
            async for event in self._socket.events():
                if isinstance(event, bytes):
                    continue
                if event.get("type") == "response.start":
                    open_answer = self._answer_events
                elif event.get("type") == "error":
                    # Before a start too: the question itself was refused.
                    await self._put(self._answer_events, event)
                elif open_answer is not None and open_answer is self._answer_events:
                    await self._put(open_answer, event)

    async def _put(self, answer: asyncio.Queue[Event] | None, event: Event) -> None:
        if answer is not None:
            await answer.put(event)
        else:
            self._emit(Notice(error_sentence(event), "error"))

    async def _keep_alive(self) -> None:
        with suppress(OmniError):
            while True:
                await asyncio.sleep(PING_EVERY)
                await self._socket.send({"type": "ping"})

    async def _close(self) -> None:
        await super()._close()
        await self._socket.aclose()


def session_config(config: TalkConfig, model: str | None) -> Event:
    """The first message of a session."""
    session: Event = {
        "type": "session.config",
        "modalities": list(config.modalities),
        "num_frames": FRAMES_USED,
        "max_frames": FRAMES_KEPT,
    }
    if config.instructions:
        session["system_prompt"] = config.instructions
    if model:
        session["model"] = model
    return session


def _read(event: Event, turn: str, speaks: bool) -> list[TalkEvent]:
    kind = event.get("type")
    if kind == "response.text.delta":
        text = event.get("delta")
        return [Caption("model", text, turn)] if isinstance(text, str) and text else []
    if kind == "response.output_audio.delta":
        return _sound(event.get("data"), turn)
    if kind == "response.output_audio.done" or (kind == "response.text.done" and not speaks):
        return [TurnEnded(turn, "completed")]
    if kind == "error":
        return [Notice(error_sentence(event), "error"), TurnEnded(turn, "failed")]
    return []


def _sound(data: object, turn: str) -> list[TalkEvent]:
    """Each piece is a WAV file of its own, with its rate in its header."""
    try:
        with wave.open(io.BytesIO(decode_base64(data))) as file:
            if file.getsampwidth() != 2 or file.getnchannels() != 1:
                raise wave.Error
            return [TalkAudio(turn, file.readframes(file.getnframes()), file.getframerate())]
    except (BrokenAnswer, wave.Error, EOFError):
        return [Notice("Part of the answer could not be read and was left out.", "error")]
