"""Websockets /v1/realtime and /v1/duplex: live talk (wire: entrypoints/duplex and realtime of vLLM-Omni 0.30.0).

There is no model: it hears that somebody spoke, how long and how high, says so, and can be interrupted.
"""

import asyncio
import json
import secrets
from contextlib import suppress
from uuid import uuid4

import numpy as np
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from omni_ui.demo.audio import voice
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.live_talk import Talk, decode, encode, sentences, what_is_said
from omni_ui.demo.routes.live_turns import Turns
from omni_ui.demo.state import Demo

router = APIRouter()
FIRST_MESSAGE = 10.0
"""Seconds in which the session must be asked for."""
IDLE = 300.0
"""Seconds without a message after which a session ends."""
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
    await talk.serve("client_cancelled")


class Duplex(Talk):
    """Listens while it speaks. Turns end by silence (`turn_detection`) or by `input_audio_buffer.commit`."""

    def __init__(self, socket: WebSocket, demo: Demo) -> None:
        super().__init__(socket, demo)
        self.id = f"duplex-{uuid4().hex}"
        self.sequence = 0
        self.detects = False
        self.played: dict[str, int] = {}

    async def send(self, kind: str, **fields: object) -> None:
        self.sequence += 1
        await self.socket.send_json({"type": kind, "server_event_seq": self.sequence, **fields})

    async def error(self, code: str, message: str, event_id: object = None) -> None:
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
