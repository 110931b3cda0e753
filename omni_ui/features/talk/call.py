"""One call: events of the page to the server, and what the server says back to the page."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress

from omni_ui.client.live import (
    CallEnded,
    Caption,
    Notice,
    SpeechStarted,
    SpeechStopped,
    TalkAudio,
    TalkEvent,
    TalkSession,
    TurnEnded,
    TurnStarted,
)
from omni_ui.core.files import Json
from omni_ui.features.talk.frames import FrameCheck
from omni_ui.features.talk.recording import CallRecording
from omni_ui.features.talk.replay.inputs import CallInputs

LONGEST_TEXT = 4_000
"""Characters of what is written in a call, and of its instructions."""
LARGEST_PIECE = 64 * 1024
"""Bytes of microphone sound in one frame: 2 s. The page sends 20 to 40 ms."""

CheckText = Callable[[str], str]
"""Why the host's limits do not allow a text, "" where they do."""
SendJson = Callable[[Json], Awaitable[None]]
SendBytes = Callable[[bytes], Awaitable[None]]

PROFILES = {
    "duplex": "The model listens while it speaks: speak at any time to interrupt it.",
    "turns": "One question, one answer: this server forgets what was said before.",
    "chat": "What you say is sent as a recording, and the answer is read aloud.",
    "camera": "The model sees your pictures: ask about them, by voice or in writing.",
}
"""What the page says of each kind of talk."""


class Call:
    """Bridges one page and one talk until either ends. send_json and send_bytes go to the page."""

    def __init__(
        self,
        talk: TalkSession,
        recording: CallRecording,
        send_json: SendJson,
        send_bytes: SendBytes,
        check_text: CheckText = lambda text: "",
        token: str = "",
    ) -> None:
        """token: with which the page may take the call up again."""
        self._talk, self.recording = talk, recording
        self._json, self._bytes, self._check_text = send_json, send_bytes, check_text
        self._token = token
        self.inputs = CallInputs(recording.folder)
        self._frames = FrameCheck()
        self._state_now = ""
        self.answered = asyncio.Event()
        """Set when an answer is over, or will not come."""
        self._numbers: dict[str, int] = {}
        self._rates: dict[str, int] = {}
        self.turns = 0
        self.ended: CallEnded | None = None

    async def run(self) -> CallEnded:
        """Passes on what the server says, until the call is over."""
        await self._json(
            {
                "type": "ready",
                "profile": self._talk.can.profile,
                "says": PROFILES[self._talk.can.profile],
                "interrupts": self._talk.can.interrupts,
                "video": self._talk.can.video,
                "text": self._talk.can.text,
                "call": self._token,
            }
        )
        await self._state("listening")
        async for event in self._talk.events():
            if isinstance(event, CallEnded):
                self.ended = event
                break
            await self._pass_on(event)
        return self.ended or CallEnded()

    async def hear(self, pcm: bytes) -> None:
        """Sound of the microphone: 16 kHz, mono, signed 16 bit. What is too large or odd is left out."""
        if not pcm or len(pcm) > LARGEST_PIECE or len(pcm) % 2:
            return
        self.recording.add_microphone(pcm)
        await self._talk.send_audio(pcm)

    async def receive(self, message: bytes | Json) -> bool:
        """A message of the page. False when it ends the call."""
        if isinstance(message, bytes):
            await self.hear(message)
            return True
        return await self.take(message)

    async def take(self, event: Json) -> bool:
        """An event of the page. False when it ends the call."""
        kind, turn = event.get("type"), str(event.get("turn") or "")[:200]
        if kind == "end":
            return False
        if kind == "release":
            await self._asked()
            await self._talk.end_turn()
        elif kind == "text":
            await self._write(event.get("text"))
        elif kind == "frame":
            await self._look(event.get("data"))
        elif kind == "interrupt":
            self.recording.turn_ended(turn, "interrupted", "barge_in")
            await self._talk.interrupt()
        elif kind == "played":
            milliseconds = _milliseconds(event.get("ms"))
            self.recording.heard(turn, milliseconds)
            await self._talk.played(turn, milliseconds)
        elif kind == "sounding":
            self.recording.page_latency(turn, _milliseconds(event.get("ms")))
        return True

    async def _write(self, text: object) -> None:
        """A question in writing."""
        text = text.strip()[:LONGEST_TEXT] if isinstance(text, str) else ""
        if not text or not self._talk.can.text:
            return
        if problem := self._check_text(text):
            await self._json({"type": "notice", "text": problem, "level": "error"})
            return
        await self._asked()
        await self._talk.send_text(text)

    async def _asked(self) -> None:
        """The visitor let go of the button, or sent a question."""
        self.recording.asked()
        self.inputs.asked()
        await self._state("thinking")

    async def _look(self, data: object) -> None:
        """A picture of the camera: what is no picture, too large or too frequent is left out."""
        if self._talk.can.video and (picture := await self._frames.read(data)):
            await self.look(picture)

    async def look(self, picture: bytes) -> None:
        """A picture for the model: JPEG or PNG."""
        if self._talk.can.video:
            self.recording.frames += 1
            self.inputs.show(picture, self.recording.now_ms)
            await self._talk.send_frame(picture, self.recording.now_ms)

    async def _pass_on(self, event: TalkEvent) -> None:
        if isinstance(event, TalkAudio):
            await self._sound(event)
        elif isinstance(event, Caption):
            self.recording.add_words(event.speaker, event.text, event.turn, event.final)
            await self._json(
                {"type": "caption", "who": event.speaker, "turn": event.turn, "text": event.text, "final": event.final}
            )
        elif isinstance(event, SpeechStarted | SpeechStopped):
            started = isinstance(event, SpeechStarted)
            self.recording.speech(started, event.at_ms)
            if not started:
                self.inputs.asked()
            await self._json({"type": "speech", "on": started})
            await self._state("listening" if started else "thinking")
        elif isinstance(event, TurnStarted):
            self.turns += 1
            self.recording.turn_started(event.turn)
            await self._json({"type": "turn", "turn": event.turn, "number": self._number(event.turn)})
        elif isinstance(event, TurnEnded):
            self.recording.turn_ended(event.turn, event.status, event.reason)
            await self._json({"type": "turn-end", "turn": event.turn, "status": event.status})
            self.answered.set()
            await self._state("interrupted" if event.status == "interrupted" else "listening")
        elif isinstance(event, Notice):
            await self._json({"type": "notice", "text": event.sentence, "level": event.level})
            if event.level == "error" and self._state_now == "thinking":
                await self._state("listening")  # what was said will not be answered
                self.answered.set()

    async def _sound(self, event: TalkAudio) -> None:
        """A frame of sound: the turn's number as 32 bits, then the samples."""
        if not event.pcm:
            return
        if self._rates.get(event.turn) != event.rate:
            self._rates[event.turn] = event.rate
            number = self._number(event.turn)
            await self._json({"type": "audio", "turn": event.turn, "number": number, "rate": event.rate})
            await self._state("speaking")
        self.recording.add_answer(event.turn, event.pcm, event.rate)
        await self._bytes(struct.pack("<I", self._number(event.turn)) + event.pcm)

    def _number(self, turn: str) -> int:
        return self._numbers.setdefault(turn, len(self._numbers) + 1)

    async def _state(self, state: str) -> None:
        self._state_now = state
        await self._json({"type": "state", "state": state})

    async def close(self) -> None:
        """Ends the call at the server, within a second."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._talk.aclose()


def _milliseconds(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e8 else 0
