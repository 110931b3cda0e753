"""Websocket /v1/audio/speech/stream: text in pieces, speech out (wire: serving_speech_stream.py of 0.30.0)."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np
from fastapi import APIRouter, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import AliasChoices, BaseModel, Field, ValidationError, model_validator

from omni_ui.demo.audio import voice
from omni_ui.demo.json_types import Json
from omni_ui.demo.live.word_times import word_times
from omni_ui.demo.routes.media import Format, encode_audio
from omni_ui.demo.routes.speech import prepare
from omni_ui.demo.routes.voices import INT64, Speech, Task, check
from omni_ui.demo.state import Demo

router = APIRouter()
CONFIG_TIMEOUT, IDLE_TIMEOUT = 10.0, 30.0
LARGEST_CONFIG, LARGEST_TEXT = 4 * 2**20, 128 * 2**10
ENDS = {"sentence": r"(?<=[.!?。！？])\s+|(?<=[。！？])", "clause": r"(?<=[.!?,;:。！？，；])\s+|(?<=[。！？，；])"}
NO_ALIGNER = (
    "word_timestamps=true but the server was launched without --forced-aligner; either restart the server with that "
    "flag or set word_timestamps=false in session.config."
)
NOT_PCM = (
    "word_timestamps=true requires stream_audio=true and response_format='pcm' (timestamps ride the per-sentence PCM "
    "audio.chunk stream)."
)


class SpeechConfig(BaseModel):
    """The first message of a session, and each later one between two utterances."""

    model: str | None = None
    voice: str | None = Field(None, validation_alias=AliasChoices("voice", "speaker"))
    task_type: Task | None = None
    language: str | None = None
    instructions: str | None = None
    response_format: Format = "wav"
    speed: float | None = Field(1.0, ge=0.25, le=4.0)
    max_new_tokens: int | None = Field(None, ge=1, le=INT64 - 1)
    ref_audio: str | None = None
    ref_text: str | None = None
    x_vector_only_mode: bool | None = None
    stream_audio: bool = False
    word_timestamps: bool = False
    seed: int | None = Field(None, ge=-INT64, le=INT64 - 1)
    split_granularity: Literal["none", "sentence", "clause"] = "none"

    @model_validator(mode="after")
    def _streams_samples(self) -> "SpeechConfig":
        if self.stream_audio and (self.response_format != "pcm" or self.speed not in (None, 1.0)):
            raise ValueError(
                "WebSocket streaming audio (stream_audio=true) requires response_format='pcm' and speed=1.0."
            )
        return self

    def request(self, text: str) -> Speech:
        fields = self.model_dump(exclude={"stream_audio", "word_timestamps", "split_granularity", "voice"})
        return Speech(**fields, voice=self.voice, input=text, stream=self.stream_audio)


@router.websocket("/v1/audio/speech/stream")
async def speech_stream(socket: WebSocket) -> None:
    """Utterances one after the other, until the caller is gone."""
    await socket.accept()
    demo: Demo = socket.app.state.demo
    if "speech" not in demo.modes:
        await socket.send_json({"type": "error", "message": "Streaming speech is not available"})
        await socket.close()
        return
    with suppress(WebSocketDisconnect, RuntimeError):  # the caller is gone
        await SpeechStream(socket, demo).run()


@dataclass
class SpeechStream:
    """One connection."""

    socket: WebSocket
    demo: Demo
    config: SpeechConfig | None = None
    text: str = ""
    open: bool = False
    utterance: int = 0
    sentence: int = 0
    chunk: int = 0

    async def run(self) -> None:
        while True:
            try:
                timeout = IDLE_TIMEOUT if self.config else CONFIG_TIMEOUT
                message = await asyncio.wait_for(self.socket.receive_text(), timeout)
            except TimeoutError:
                late = "Idle timeout: no message received" if self.config else "Timeout waiting for session.config"
                return await self.error(late)
            event = await self._read(message)
            configured = self.config is not None
            if event is None:
                if not configured:
                    return None
                continue
            if event.get("type") == "session.config":
                await self._configure(event)
            elif not configured:
                return await self.error(f"Expected session.config, got: {event.get('type')}")
            elif event.get("type") == "session.close":
                return await self.socket.close()
            else:
                await self._take(event)
            if self.config is None:
                return None

    async def error(self, message: str, **more: object) -> None:
        await self.socket.send_json({"type": "error", "message": message, **more})

    async def _read(self, message: str) -> Json | None:
        problem, event = "", {}
        if len(message) > LARGEST_CONFIG:
            problem = "WebSocket message too large"
        else:
            try:
                event = json.loads(message)
            except ValueError:
                problem = "Invalid JSON message"
        if not problem and not isinstance(event, dict):
            problem = "WebSocket messages must be JSON objects"
        elif not problem and event.get("type") != "session.config" and len(message) > LARGEST_TEXT:
            problem = "input.text message too large"
        if problem:
            await self.error(problem)
            return None
        return event

    async def _configure(self, event: Json) -> None:
        if self.open:
            wait = "session.config cannot be applied while an utterance is in progress; send input.done first"
            return await self.error(wait)
        try:
            config = SpeechConfig(**{name: value for name, value in event.items() if name != "type"})
        except ValidationError as wrong:
            return await self.error(f"Invalid session config: {wrong}")
        if config.model not in (None, self.demo.model("speech")):
            return await self.error(f"The model `{config.model}` does not exist.")
        self.config = config
        return None

    async def _take(self, event: Json) -> None:
        kind, text = event.get("type"), event.get("text", "")
        if kind == "input.text" and isinstance(text, str):
            self.open = self.open or bool(text)
            self.text += text
            await self._speak_all(*self._complete())
        elif kind == "input.text":
            await self.error("input.text requires a string value")
        elif kind == "input.done":
            pieces, rest = self._complete()
            await self._speak_all([*pieces, *([rest] if rest.strip() else [])], "")
            done = {"utterance_index": self.utterance, "total_sentences": self.sentence}
            await self.socket.send_json({"type": "session.done", **done})
            self.utterance, self.sentence, self.open = self.utterance + 1, 0, False
        else:
            await self.error(f"Unknown message type: {kind}")

    def _complete(self) -> tuple[list[str], str]:
        """What can be spoken of the text so far, and the rest."""
        ends = ENDS.get(self.config.split_granularity) if self.config else None
        pieces = re.split(ends, self.text) if ends else [self.text]
        return [piece for piece in pieces[:-1] if piece.strip()], pieces[-1]

    async def _speak_all(self, pieces: list[str], rest: str) -> None:
        self.text = rest
        for piece in pieces:
            await self._speak(piece)
            self.sentence += 1

    async def _speak(self, text: str) -> None:
        config = self.config
        assert config
        if config.word_timestamps and not self.demo.aligner:
            return await self.error(NO_ALIGNER)
        if config.word_timestamps and not (config.stream_audio and config.response_format == "pcm"):
            return await self.error(NOT_PCM)
        at: Json = {"utterance_index": self.utterance, "sentence_index": self.sentence}
        start: Json = {"type": "audio.start", **at, "sentence_text": text, "format": config.response_format}
        if config.stream_audio:
            start["sample_rate"] = voice.RATE
        await self.socket.send_json(start | ({"word_timestamps": True} if config.word_timestamps else {}))
        sent, failed, self.chunk = 0, False, 0
        try:
            async with aclosing(self._sound(config.request(text))) as pieces:
                async for data in pieces:
                    if config.word_timestamps:
                        await self._chunk(at, sent, data)
                    else:
                        await self.socket.send_bytes(data)
                    sent += len(data)
            if config.word_timestamps:
                words = await asyncio.to_thread(word_times, text, sent / 2 / voice.RATE)
                await self._chunk(at, sent, b"", words)
        except WebSocketDisconnect:
            raise
        except Exception as wrong:
            failed = True
            why = wrong.detail if isinstance(wrong, HTTPException) else str(wrong)
            partial: Json = {"partial_audio": True, "action": "discard"} if sent else {}
            place = f"utterance {self.utterance}, sentence {self.sentence}"
            await self.error(f"Generation failed for {place}: {why}", **partial)
        await self.socket.send_json({"type": "audio.done", **at, "total_bytes": sent, "error": failed})
        return None

    async def _sound(self, body: Speech) -> AsyncGenerator[bytes]:
        if wrong := check(body, self.demo):
            raise ValueError(wrong)
        ask, work, _ = await prepare(body, self.demo)
        empty = True
        async with aclosing(self.demo.engine.stream(ask, work, pieces=4)) as pieces:
            if body.stream:
                async for piece in pieces:
                    empty = False
                    yield piece.astype("<i2").tobytes()
            else:
                chunks = [piece async for piece in pieces]
                if chunks:
                    empty = False
                    yield await asyncio.to_thread(
                        encode_audio, np.concatenate(chunks), voice.RATE, body.response_format
                    )
        if empty:
            raise ValueError("No output generated from the model.")

    async def _chunk(self, at: Json, sent: int, data: bytes, words: list[Json] | None = None) -> None:
        """`audio.chunk`: sound, or the words of the sentence after it."""
        begin, end = ((1000 * count) // (2 * voice.RATE) for count in (sent, sent + len(data)))
        times: Json = {
            "chunk_id": self.chunk,
            "chunk_start_ms": begin if data else 0,
            "chunk_end_ms": end,
            "sample_rate": voice.RATE,
        }
        self.chunk += 1
        sound = base64.b64encode(data).decode()
        await self.socket.send_json({"type": "audio.chunk", **at, **times, "audio_b64": sound, "timestamps": words})
