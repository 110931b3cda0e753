"""What happens in a live talk, the same for every kind of server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self

RATE_IN = 16_000
"""Samples per second of what is sent: mono, signed 16 bit, little endian."""

Profile = Literal["duplex", "turns", "chat", "camera"]
"""duplex: listens while it speaks (/v1/realtime?duplex=1). turns: one utterance, one answer (/v1/realtime). chat: each
utterance is a message of /v1/chat/completions. camera: a question beside pictures (/v1/video/chat/stream)."""
Speaker = Literal["you", "model"]
TurnStatus = Literal["completed", "interrupted", "failed"]


@dataclass(frozen=True)
class TalkConfig:
    """What a talk begins with.

    hold: the visitor says when a turn ends (hold to talk); else silence does. reference_audio: WAV bytes of a voice
    sample, which some duplex models insist on. modalities: "audio" and "text", or "text" alone. max_tokens: of one
    answer, where the talk goes over chat completions; live routes take no such limit. camera: pictures will be sent.
    """

    instructions: str | None = None
    voice: str | None = None
    hold: bool = False
    reference_audio: bytes | None = None
    modalities: tuple[str, ...] = ("audio", "text")
    max_tokens: int | None = None
    camera: bool = False


@dataclass(frozen=True)
class SpeechStarted:
    """The visitor began to speak. at_ms: since the call began, by the samples that were sent."""

    at_ms: int


@dataclass(frozen=True)
class SpeechStopped:
    """The visitor stopped speaking."""

    at_ms: int


@dataclass(frozen=True)
class TurnStarted:
    """The model begins to answer."""

    turn: str


@dataclass(frozen=True)
class TalkAudio:
    """The next piece of an answer: mono signed 16-bit little-endian samples."""

    turn: str
    pcm: bytes
    rate: int


@dataclass(frozen=True)
class Caption:
    """Words of one side. text: the next piece of an answer, or the whole text where `final` is set.

    turn: "" for what the visitor said.
    """

    speaker: Speaker
    text: str
    turn: str = ""
    final: bool = False


@dataclass(frozen=True)
class TurnEnded:
    """An answer is over. reason: the server's word for it. After an interruption nothing more of it may be played."""

    turn: str
    status: TurnStatus
    reason: str = ""


@dataclass(frozen=True)
class Notice:
    """One sentence for the visitor; the call goes on. level: "info" or "error"."""

    sentence: str
    level: Literal["info", "error"] = "info"


@dataclass(frozen=True)
class CallEnded:
    """The last event. sentence: why, "" when the visitor ended it."""

    sentence: str = ""
    failed: bool = False


TalkEvent = SpeechStarted | SpeechStopped | TurnStarted | TalkAudio | Caption | TurnEnded | Notice | CallEnded


@dataclass(frozen=True)
class Capabilities:
    """What this kind of talk can do.

    playback: it wants to know what was heard (`played`). video: it takes pictures (`send_frame`). text: it takes
    questions in writing (`send_text`).
    """

    profile: Profile
    interrupts: bool = True
    playback: bool = False
    resumes: bool = False
    video: bool = False
    text: bool = False
    history: bool = True
    raw: dict[str, object] = field(default_factory=dict)


class TalkSession(Protocol):
    """A live talk. One task reads `events`, another may send meanwhile."""

    @property
    def can(self) -> Capabilities: ...

    async def send_audio(self, pcm: bytes) -> None:
        """Samples of the microphone: RATE_IN, mono, signed 16 bit."""

    async def end_turn(self) -> None:
        """The visitor has finished (hold to talk): answer now."""

    async def interrupt(self) -> None:
        """Stops the answer."""

    async def played(self, turn: str, milliseconds: int) -> None:
        """How much of an answer was heard, counted from its beginning."""

    async def send_text(self, text: str) -> bool:
        """Says something in writing. False where this kind of talk takes none."""

    async def send_frame(self, frame: bytes, at_ms: int) -> None:
        """A picture of a camera, JPEG or PNG, at this time of the call. Nothing where `can.video` is False."""

    def events(self) -> AsyncIterator[TalkEvent]:
        """What happens, until CallEnded."""

    async def aclose(self) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
