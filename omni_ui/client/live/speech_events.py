"""What comes over the websocket /v1/audio/speech/stream (WIRE.md 13): samples, and the words of a sentence."""

import re
from dataclasses import dataclass

from omni_ui.client.answers.failures import error_from_body, known_error
from omni_ui.client.answers.formats import decode_base64
from omni_ui.client.answers.samples import USUAL_RATE
from omni_ui.client.errors import BrokenAnswer, NotFound, OmniError
from omni_ui.client.events import AudioChunk
from omni_ui.client.live.sockets import Event

PATH = "/v1/audio/speech/stream"
MOST_SOUND = 64 * 2**20
"""Bytes of sound of one piece: 23 minutes at 24 kHz. More is a server that has lost its way."""
MOST_WORDS = 20_000
LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000
BEFORE = re.compile(r"^Generation failed for utterance \d+, sentence \d+: ")
"""What the server puts before the words of an error (serving_speech_stream.py:395-399)."""
NO_ROUTE = "This server cannot speak while you type."


@dataclass(frozen=True)
class Word:
    """One word, and when it is heard: seconds from the beginning of its piece."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class WordTimes:
    """The words of a piece, after its sound; only from a server with a forced aligner."""

    words: tuple[Word, ...]


SpokenEvent = AudioChunk | WordTimes


class Sound:
    """Bytes of an utterance as whole samples: mono, signed 16 bit, little endian."""

    def __init__(self) -> None:
        self._rate, self._rest, self._size = USUAL_RATE, b"", 0

    def start(self, rate: object) -> None:
        self._rest = b""
        self._set_rate(rate)

    def _set_rate(self, rate: object) -> None:
        if isinstance(rate, int) and LOWEST_RATE <= rate <= HIGHEST_RATE:
            self._rate = rate

    def feed(self, data: bytes) -> AudioChunk | None:
        self._size += len(data)
        if self._size > MOST_SOUND:
            raise BrokenAnswer("The server sent endless sound for one sentence.")
        data = self._rest + data
        whole = len(data) // 2 * 2
        self._rest = data[whole:]
        return AudioChunk(data[:whole], self._rate) if whole else None

    def chunk(self, event: Event) -> list[SpokenEvent]:
        """An `audio.chunk`: sound in base64, or the words after it."""
        self._set_rate(event.get("sample_rate"))
        heard = self.feed(decode_base64(event.get("audio_b64") or ""))
        times = _words(event.get("timestamps"))
        return [*([heard] if heard else []), *([WordTimes(times)] if times else [])]


def _words(listed: object) -> tuple[Word, ...]:
    """The words that make sense, in their order; times are milliseconds from the beginning of the sentence."""
    words: list[Word] = []
    for entry in listed[:MOST_WORDS] if isinstance(listed, list) else ():
        if not isinstance(entry, dict):
            continue
        text, start, end = entry.get("word"), entry.get("start_ms"), entry.get("end_ms")
        if not isinstance(text, str) or not isinstance(start, int | float) or not isinstance(end, int | float):
            continue
        before = words[-1].start if words else 0.0
        if text.strip() and before <= start / 1000 <= end / 1000 <= MOST_SOUND:
            words.append(Word(text.strip()[:200], start / 1000, end / 1000))
    return tuple(words)


def stream_error(event: Event) -> OmniError:
    """{"type":"error","message"}: the server's words without what it puts before them."""
    said = event.get("message")
    message = said if isinstance(said, str) else ""
    message = BEFORE.sub("", message)
    if "not available" in message and "Streaming speech" in message:
        return NotFound(NO_ROUTE, f"Its {PATH} says: {message}", server_message=message)
    refused = message.startswith("Invalid ") or known_error(message) is not None
    return error_from_body({"error": {"message": message}}, 400 if refused else 500, path=PATH)
