"""Websockets /v1/realtime and /v1/duplex: live talk (wire: entrypoints/duplex and realtime of vLLM-Omni 0.30.0).

There is no model: it hears that somebody spoke, how long and how high, says so, and can be interrupted.
"""

import asyncio
import base64
import binascii
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import numpy as np
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from omni_ui.demo.audio import voice
from omni_ui.demo.audio.hearing import RATE, Hearing, trimmed
from omni_ui.demo.audio.listen import measure
from omni_ui.demo.engine import Ask
from omni_ui.demo.json_types import Json

router = APIRouter()
FORMAT = {"format": "pcm16", "sample_rate_hz": voice.RATE}
FIRST_MESSAGE = 10.0
"""Seconds in which the session must be asked for."""
IDLE = 300.0
"""Seconds without a message after which a session ends."""
LARGEST_PIECE = 4 * 2**20
"""Characters of base64 in one piece of sound: about 98 s."""
CAPABILITIES = {
    "supports_barge_in": True,
    "supports_playback_ack": True,
    "supports_session_resume": False,
    "required_input_modalities": ["audio"],
    "optional_input_modalities": [],
    "chunk_period_ms": 20,
}


@router.websocket("/v1/realtime")
@router.websocket("/v1/duplex")
async def realtime(socket: WebSocket) -> None:
    """`?duplex=1`, and /v1/duplex, listen while they speak; without it one utterance is one answer."""
    await socket.accept()
    duplex = socket.query_params.get("duplex") == "1" or socket.url.path.endswith("/v1/duplex")
    demo = socket.app.state.demo
    if "chat" not in demo.modes:
        await socket.send_json({"type": "error", "error": "Realtime API is not available", "code": "unsupported"})
        await socket.close(1008)
        return
    talk = Duplex(socket, demo) if duplex else Turns(socket, demo)
    try:
        await talk.run()
    except (WebSocketDisconnect, RuntimeError):
        pass  # the caller is gone
    finally:
        await talk.stop("client_cancelled")


def what_is_said(samples: np.ndarray) -> str:
    """A true answer to sound that no model has understood. samples: int16, 16 kHz."""
    samples = trimmed(samples)
    seconds = len(samples) / RATE
    match = measure(samples, RATE)
    pitch = f", at about {match.pitch_hz:.0f} hertz" if match.pitch_hz else ""
    return (
        f"I heard you for {seconds:.1f} seconds{pitch}. "
        "This is a demo without a model: it hears that you speak, and cannot tell the words. "
        "Speak now if you want to interrupt me."
    )


def sentences(text: str) -> list[str]:
    return [f"{part.strip('. ')}. " for part in text.split(". ") if part.strip()]


class Talk:
    """What both kinds share: a socket, an ear, an answer that can be stopped."""

    def __init__(self, socket: WebSocket, demo: Any) -> None:
        self.socket, self.demo = socket, demo
        self.hearing = Hearing()
        self.answering: asyncio.Task[None] | None = None

    async def stop(self, reason: str) -> None:
        """Ends the answer that is being given."""
        if self.answering and not self.answering.done():
            self.answering.cancel(reason)
            with suppress(asyncio.CancelledError):
                await self.answering
        self.answering = None

    async def speak(self, text: str) -> AsyncIterator[np.ndarray]:
        """The text as samples, int16 mono 24 kHz, through the engine, so that it may be slow or fail on request."""
        ask = Ask(text, {"text": text}, id=f"realtime-{uuid4().hex[:16]}", modalities=["text", "audio"])

        def work() -> Iterator[np.ndarray]:
            yield from voice.speak(text, seed=0)

        async for piece in self.demo.engine.stream(ask, work):
            yield piece


def decode(text: Any) -> np.ndarray:
    """Samples out of base64; ValueError for anything else."""
    if not isinstance(text, str) or len(text) > LARGEST_PIECE:
        raise ValueError("audio must be base64 of at most 3 MiB")
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("audio is not base64") from None
    return np.frombuffer(content[: len(content) // 2 * 2], "<i2").astype(np.int16)


def encode(samples: np.ndarray) -> str:
    return base64.b64encode(samples.astype("<i2").tobytes()).decode()


class Duplex(Talk):
    """Listens while it speaks. Turns end by silence (`turn_detection`) or by `input_audio_buffer.commit`."""

    def __init__(self, socket: WebSocket, demo: Any) -> None:
        super().__init__(socket, demo)
        self.id = f"duplex-{uuid4().hex}"
        self.sequence = 0
        self.detects = False
        self.played: dict[str, int] = {}

    async def send(self, kind: str, **fields: Any) -> None:
        self.sequence += 1
        await self.socket.send_json({"type": kind, "server_event_seq": self.sequence, **fields})

    async def error(self, code: str, message: str, event_id: Any = None) -> None:
        await self.send(
            "error", event_id=event_id, error={"type": "invalid_request_error", "code": code, "message": message}
        )

    async def run(self) -> None:
        try:
            event = await asyncio.wait_for(self._receive(), FIRST_MESSAGE)
        except TimeoutError:
            await self.error("config_timeout", "No session was asked for.")
            return
        session = event.get("session") if event.get("type") == "session.update" else {}
        await self._configure(session if isinstance(session, dict) else {})
        state = {"id": self.id, "state": "open", "turn_state": "idle", "epoch": 0, "idle_timeout_s": IDLE}
        await self.send(
            "session.created",
            session=state | {"overlap_policy": "barge_in_on_speech", "capabilities": CAPABILITIES},
            attachment_generation=1,
            resume_token=secrets.token_urlsafe(16),
        )
        await self.send("session.updated", session=state)
        while True:
            try:
                event = await asyncio.wait_for(self._receive(), IDLE)
            except TimeoutError:
                await self.send("session.expired", reason="idle_timeout")
                return
            if await self._handle(event):
                return

    async def _receive(self) -> Json:
        while True:
            try:
                event = json.loads(await self.socket.receive_text())
            except (ValueError, KeyError):
                await self.error("invalid_json", "A message is not JSON.")
                continue
            if isinstance(event, dict):
                return event
            await self.error("bad_event", "A message is not an object.")

    async def _configure(self, session: Json) -> None:
        if "turn_detection" in session:
            detection = session["turn_detection"]
            self.detects = isinstance(detection, dict) and detection.get("type") == "server_vad"
        self.hearing.keeps_all = not self.detects

    async def _handle(self, event: Json) -> bool:
        """True when the session is over."""
        kind = event.get("type")
        if kind == "input_audio_buffer.append":
            await self._hear(event)
        elif kind == "input_audio_buffer.commit":
            await self.send("input_audio_buffer.committed")
        elif kind == "response.create":
            await self._answer()
        elif kind in ("barge_in", "response.cancel", "output_audio_buffer.clear"):
            await self.stop("barge_in" if kind == "barge_in" else "client_cancelled")
        elif kind == "playback.ack":
            self.played[str(event.get("response_id"))] = int(event.get("played_ms") or 0)
            await self.send(
                "playback.acknowledged", event={"played_ms": event.get("played_ms"), "history_committed": True}
            )
        elif kind == "session.update":
            session = event.get("session")
            await self._configure(session if isinstance(session, dict) else {})
            await self.send("session.updated", session={"id": self.id})
        elif kind == "session.heartbeat":
            await self.send("session.heartbeat_ack")
        elif kind == "session.close":
            await self.stop("client_cancelled")
            await self.send("session.closed", reason="client_close")
            await self.socket.close(1000)
            return True
        elif kind not in ("session.event_ack", "input_audio_buffer.clear"):
            await self.error("unknown_event", f"The event {kind!r} is unknown here.", event.get("event_id"))
        return False

    async def _hear(self, event: Json) -> None:
        try:
            changes = self.hearing.feed(decode(event.get("audio")))
        except ValueError as wrong:
            await self.error("bad_audio", str(wrong), event.get("event_id"))
            return
        for change in changes if self.detects else ():
            if change == "started":
                await self.send("input_audio_buffer.speech_started", audio_start_ms=self.hearing.milliseconds - 100)
                await self.stop("turn_detected")
            else:
                await self.send("input_audio_buffer.speech_stopped", audio_end_ms=self.hearing.milliseconds - 500)
                await self._answer()

    async def _answer(self) -> None:
        await self.stop("turn_detected")
        self.answering = asyncio.create_task(self._respond(self.hearing.take()))

    async def _respond(self, samples: np.ndarray) -> None:
        response = f"resp-{self.id}-{self.sequence}"
        item = f"item-{uuid4().hex[:16]}"
        state: Json = {"id": response, "object": "realtime.response", "status": "in_progress"}
        await self.send("response.created", response=state)
        said, sent = "", 0
        status, reason = "completed", "stop"
        try:
            text = await asyncio.to_thread(what_is_said, samples)
            for sentence in sentences(text):
                spoken = False
                async for piece in self.speak(sentence):
                    sent += len(piece) * 1000 // voice.RATE
                    await self.send(
                        "response.output_audio.delta",
                        response_id=response,
                        item_id=item,
                        delta=encode(piece),
                        format="pcm16",
                        sample_rate_hz=voice.RATE,
                        metadata={"end_of_turn": False, "audio_duration_ms": sent},
                    )
                    words, spoken = ("" if spoken else sentence), True
                    said += words
                    await self.send(
                        "response.output_audio_transcript.delta", response_id=response, item_id=item, delta=words
                    )
        except asyncio.CancelledError as cancelled:
            status, reason = "cancelled", str(cancelled.args[0] if cancelled.args else "client_cancelled")
            raise
        except Exception as wrong:
            status, reason = "failed", str(wrong)
        finally:
            with suppress(WebSocketDisconnect, RuntimeError):
                await self.send("response.output_audio.done", response_id=response, item_id=item)
                await self.send("response.output_audio_transcript.done", response_id=response, transcript=said)
                state |= {"status": status, "status_details": {"type": status, "reason": reason}}
                await self.send("response.done", response=state)


class Turns(Talk):
    """Takes an utterance between two commits and answers it. No detection, no interruption."""

    async def run(self) -> None:
        await self.socket.send_json({"type": "session.created", "id": f"sess-{uuid4().hex}", "created": 0})
        validated = False
        heard: list[np.ndarray] = []
        while True:
            try:
                event = json.loads(await self.socket.receive_text())
            except ValueError:
                await self._error("invalid_json", "Invalid JSON")
                continue
            kind = event.get("type") if isinstance(event, dict) else None
            if kind == "session.update":
                validated = True
            elif kind == "input_audio_buffer.append":
                try:
                    heard.append(decode(event.get("audio")))
                except ValueError as wrong:
                    await self._error("invalid_audio", str(wrong))
                del heard[:-120]
            elif kind == "input_audio_buffer.commit" and not validated:
                await self._error("model_not_validated", "Send session.update with the model first")
            elif kind == "input_audio_buffer.commit" and event.get("final"):
                utterance = np.concatenate([np.zeros(0, np.int16), *heard])
                heard.clear()
                await self.stop("replaced")
                self.answering = asyncio.create_task(self._respond(utterance))
            elif kind != "input_audio_buffer.commit":
                await self._error("unknown_event", f"Unknown event type: {kind}")

    async def _error(self, code: str, message: str) -> None:
        await self.socket.send_json({"type": "error", "error": message, "code": code})

    async def _respond(self, samples: np.ndarray) -> None:
        text = await asyncio.to_thread(what_is_said, samples) if len(samples) else ""
        try:
            for word in text.split(" "):
                await self.socket.send_json({"type": "transcription.delta", "delta": f"{word} "})
            async for piece in self.speak(text):
                await self.socket.send_json({"type": "response.output_audio.delta", "audio": encode(piece), **FORMAT})
        except Exception as wrong:
            await self._error("processing_error", str(wrong))
            return
        await self.socket.send_json({"type": "transcription.done", "text": text, "usage": {}})
        await self.socket.send_json({"type": "response.output_audio.done", "has_audio": bool(text)})
