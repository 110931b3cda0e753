"""Native duplex: the model listens while it speaks (WIRE.md 16; vLLM-Omni 0.30.0, entrypoints/duplex/serving.py)."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable

from omni_ui.client.answers.formats import decode_base64
from omni_ui.client.errors import BadRequest, BrokenAnswer, NotReachable, OmniError, ServerBusy
from omni_ui.client.live.base import BaseTalk
from omni_ui.client.live.events import (
    CallEnded,
    Capabilities,
    Caption,
    Notice,
    SpeechStarted,
    SpeechStopped,
    TalkAudio,
    TalkConfig,
    TalkEvent,
    TurnEnded,
    TurnStarted,
    TurnStatus,
)
from omni_ui.client.live.sockets import Event, LiveSocket

HANDSHAKE = 10.0
"""Seconds until the session must stand; the server waits as long for its first message."""
GRACE = 30.0
"""Seconds for which a server keeps a session whose line was cut (`disconnect_grace_s`)."""
RESUME_PAUSE = 0.5
"""Seconds between two tries to take a cut line up again."""
ACKNOWLEDGE_EVERY = 50
"""Events after which the server is told that they arrived, so that it may forget them (its journal holds 8 MiB)."""

OpenSocket = Callable[[], Awaitable[LiveSocket]]


def session_object(config: TalkConfig) -> Event:
    """The session that is asked for.

    Held to talk, the visitor ends turns. Else the model decides when to answer (`auto_response`) and the server's own
    detector cuts its answer off when the visitor speaks: `server_vad` alone never ends a turn with MiniCPM-o.
    """
    session: Event = {
        "modalities": list(config.modalities),
        "output_audio_format": "pcm16",
        "audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}},
    }
    if not config.hold:
        session |= {"turn_detection": {"type": "server_vad"}, "extra_body": {"auto_response": True}}
    if config.instructions:
        session["instructions"] = config.instructions
    if config.voice:
        session["voice"] = config.voice
    if config.reference_audio and "audio" in config.modalities:
        session["ref_audio"] = "data:audio/wav;base64," + base64.b64encode(config.reference_audio).decode()
    return session


class DuplexTalk(BaseTalk):
    """One duplex session. A line that is cut is taken up again within the server's grace time."""

    def __init__(self, open_socket: OpenSocket, socket: LiveSocket, created: Event) -> None:
        super().__init__()
        self._open, self._socket = open_socket, socket
        session = created.get("session") or {}
        offered = session.get("capabilities") or {}
        self._session_id = str(session.get("id") or "")
        self._resume_token = created.get("resume_token")
        self._sequence = 0
        self._reader: asyncio.Task[None] | None = None
        self._line = asyncio.Event()
        self._line.set()
        self._frame: bytes | None = None
        self._can = Capabilities(
            profile="duplex",
            interrupts=bool(offered.get("supports_barge_in", True)),
            playback=bool(offered.get("supports_playback_ack")),
            resumes=bool(offered.get("supports_session_resume")) and bool(self._resume_token),
            video="video" in (offered.get("optional_input_modalities") or []),
            raw=dict(offered),
        )

    @property
    def can(self) -> Capabilities:
        return self._can

    async def send_audio(self, pcm: bytes) -> None:
        event: Event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()}
        if self._frame:
            event["video_frames"] = [base64.b64encode(self._frame).decode()]
            self._frame = None
        await self._tell(event)

    async def end_turn(self) -> None:
        await self._tell({"type": "input_audio_buffer.commit"})
        await self._tell({"type": "response.create"})

    async def interrupt(self) -> None:
        await self._tell({"type": "barge_in"})

    async def played(self, turn: str, milliseconds: int) -> None:
        if self._can.playback:
            await self._tell({"type": "playback.ack", "response_id": turn, "played_ms": milliseconds})

    async def send_frame(self, frame: bytes, at_ms: int) -> None:
        """The newest picture goes beside the next piece of sound: the model takes at most 2 in a second."""
        if self._can.video:
            self._frame = frame

    async def _tell(self, event: Event) -> None:
        """Sends an event. While the line is cut, sound is let go: what was said then nobody could hear."""
        if not self._line.is_set():
            return
        try:
            await self._socket.send(event)
        except NotReachable:
            self._line.clear()

    async def _run(self) -> None:
        """Reads the server's events until the session ends."""
        ended = False
        while not ended:
            async for event in self._socket.events():
                if isinstance(event, bytes):
                    continue
                self._sequence = max(self._sequence, _number(event.get("server_event_seq")))
                if self._sequence and self._sequence % ACKNOWLEDGE_EVERY == 0:
                    await self._tell({"type": "session.event_ack", "server_event_seq": self._sequence})
                for item in self._read(event):
                    ended = ended or isinstance(item, CallEnded)
                    self._emit(item)
                if ended:
                    return
            if self._closing:
                return
            self._line.clear()
            if not self._can.resumes or not await self._resume():
                self._emit(CallEnded("The connection to the server was lost. Call again.", failed=True))
                return

    async def _resume(self) -> bool:
        """Takes the session up again; False when that cannot be."""
        self._emit(Notice("The connection was lost. Reconnecting."))
        end = time.monotonic() + GRACE
        while time.monotonic() < end and not self._closing:
            try:
                socket = await self._open()
                await socket.send(
                    {
                        "type": "session.resume",
                        "session_id": self._session_id,
                        "resume_token": self._resume_token,
                        "last_received_server_event_seq": self._sequence,
                    }
                )
                async with asyncio.timeout(HANDSHAKE):
                    answer = await socket.receive()
            except (OmniError, TimeoutError):
                await asyncio.sleep(RESUME_PAUSE)
                continue
            if isinstance(answer, dict) and answer.get("type") == "session.resumed":
                self._socket = socket
                self._resume_token = answer.get("resume_token") or self._resume_token
                self._line.set()
                self._emit(Notice("Connected again."))
                return True
            await socket.aclose()
            return False
        return False

    def _read(self, event: Event) -> list[TalkEvent]:
        kind = event.get("type")
        turn = str(event.get("response_id") or (event.get("response") or {}).get("id") or self._turn)
        if kind == "input_audio_buffer.speech_started":
            return [SpeechStarted(_number(event.get("audio_start_ms")))]
        if kind == "input_audio_buffer.speech_stopped":
            return [SpeechStopped(_number(event.get("audio_end_ms")))]
        if kind == "response.created":
            self._turn = turn
            return [TurnStarted(turn)]
        if kind == "response.output_audio.delta":
            return _audio(turn, event.get("delta"), event.get("sample_rate_hz"))
        if kind in ("response.output_audio_transcript.delta", "response.output_text.delta"):
            text = event.get("delta")
            return [Caption("model", text, turn)] if isinstance(text, str) and text else []
        if kind == "conversation.item.input_audio_transcription.completed":
            return [Caption("you", str(event.get("transcript") or ""), final=True)]
        if kind == "response.done":
            return [_turn_end(turn, event.get("response") or {})]
        if kind == "error":
            return [Notice(error_sentence(event), "error")]
        if kind in ("session.closed", "session.replaced", "session.expired"):
            return [_call_end(kind, str(event.get("reason") or ""))]
        return []

    async def _close(self) -> None:
        await self._tell({"type": "session.close"})
        await self._socket.aclose()


def _audio(turn: str, text: object, rate: object) -> list[TalkEvent]:
    try:
        pcm = decode_base64(text)
    except BrokenAnswer:
        return [Notice("Part of the answer could not be read and was left out.", "error")]
    return [TalkAudio(turn, pcm[: len(pcm) // 2 * 2], _number(rate) or 24_000)]


def _turn_end(turn: str, response: Event) -> TurnEnded:
    """`turn_detected` and `barge_in` are the visitor's voice, `client_cancelled` a button."""
    details = response.get("status_details") or {}
    reason = str(details.get("reason") or "")
    statuses: dict[str, TurnStatus] = {"completed": "completed", "cancelled": "interrupted"}
    return TurnEnded(turn, statuses.get(str(response.get("status")), "failed"), reason)


def _call_end(kind: str, reason: str) -> CallEnded:
    if kind == "session.closed" and reason == "client_close":
        return CallEnded()
    if kind == "session.replaced":
        return CallEnded("The call was taken over from another window.")
    if reason == "idle_timeout":
        return CallEnded("The server ended the call, since nothing was said for a long time. Call again.")
    return CallEnded("The server ended the call. Call again.", failed=True)


def error_sentence(event: Event) -> str:
    """The server's own words of an `error` event, in whichever of its shapes (WIRE.md 14)."""
    error = event.get("error")
    words = error.get("message") if isinstance(error, dict) else error or event.get("message")
    return f"The server said: {str(words or 'no reason given').strip().rstrip('.')[:500]}."


def error_code(event: Event) -> str:
    error = event.get("error")
    return str((error.get("code") if isinstance(error, dict) else event.get("code")) or "")


def refused(event: Event) -> OmniError:
    """The error for a session that the server would not open."""
    code, words = error_code(event), error_sentence(event)
    if code == "resource_exhausted":
        return ServerBusy(
            "All call slots of this server are taken.", "Try again in half a minute.", server_message=words
        )
    if code == "ref_audio_required":
        return BadRequest(
            "This model answers in a voice that you give it.",
            "Add a recording of a voice, or choose written answers.",
            field="ref_audio",
            server_message=words,
        )
    return BadRequest("The server refused the call.", words, server_message=words)


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and abs(value) < 2**53 else 0
