"""What comes out of a stream, and the parts that several calls share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from omni_ui.client.answers.formats import SUFFIXES, Picture
from omni_ui.client.errors import OmniError


@dataclass(frozen=True)
class TextDelta:
    """The next piece of the text."""

    text: str


@dataclass(frozen=True)
class ReasoningDelta:
    """The next piece of what the model thinks before it answers."""

    text: str


@dataclass(frozen=True)
class AudioChunk:
    """The next piece of sound: whole frames of signed 16-bit little-endian samples, channels interleaved, no header."""

    pcm: bytes
    rate: int
    channels: int = 1

    @property
    def seconds(self) -> float:
        return len(self.pcm) / (2 * self.channels * self.rate)


@dataclass(frozen=True)
class PictureMade:
    """A finished picture."""

    picture: Picture


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counts them. A pure diffusion server makes them up (WIRE.md 7)."""

    input_tokens: int
    output_tokens: int
    total_tokens: int


@dataclass(frozen=True)
class Finish:
    """The end of an answer: stop, or length when `max_tokens` cut it. metrics: what the server says of its stages."""

    reason: str
    metrics: Mapping[str, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Discard:
    """The server says that the sound so far is spoilt and should be thrown away."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """The last event of a stream that broke after it had begun."""

    error: OmniError


ChatEvent = TextDelta | ReasoningDelta | AudioChunk | PictureMade | Usage | Finish | Failed
SpeechEvent = AudioChunk | Usage | Discard | Failed


@dataclass(frozen=True)
class Speech:
    """A whole sound: the bytes that the server sent, unchanged. seconds: from the call to the last byte.

    rate, channels: of bare PCM (frames per second), which does not tell them itself; None and 1 otherwise.
    """

    data: bytes
    media_type: str
    usage: Usage | None = None
    seconds: float = 0.0
    rate: int | None = None
    channels: int = 1

    @property
    def suffix(self) -> str:
        """The suffix of a file name, such as ".wav"."""
        return SUFFIXES.get(self.media_type, ".bin")


def usage_from(body: object) -> Usage | None:
    """The usage of chat (prompt_tokens …) or of speech (input_tokens …); None when it counts nothing."""
    if not isinstance(body, dict):
        return None
    into = _count(body.get("prompt_tokens", body.get("input_tokens")))
    out = _count(body.get("completion_tokens", body.get("output_tokens")))
    return Usage(into, out, _count(body.get("total_tokens")) or into + out) if into or out else None


def _count(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) and 0 <= value < 2**53 else 0
