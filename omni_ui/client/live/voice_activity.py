"""Finds where speech begins and ends in 16 kHz samples, by loudness over the background noise.

Used where the server does not listen for itself (turns, chat). Its rules are those of the server's own detector
(vLLM-Omni 0.30.0, engine/duplex/turn_detection.py: silence 500 ms, shortest speech 96 ms, 300 ms kept before it).
"""

import math
import sys
from array import array
from collections import deque
from dataclasses import dataclass
from typing import Literal

from omni_ui.client.live.events import RATE_IN

FRAME = RATE_IN // 50
"""Samples that are judged at once: 20 ms."""
SHORTEST_SPEECH = 0.096
SILENCE = 0.5
BEFORE = 0.3
"""Seconds: of sound that counts as speech, of quiet that ends it, and of sound kept from before it."""
FLOOR = 0.006
"""Loudness (RMS of full scale) below which nothing is speech, however quiet the room."""
OVER_NOISE = 3.0
"""How many times louder than the room's noise speech is."""
ADAPT = 0.05
"""How fast the noise of the room is learnt, per frame of quiet; it sinks at once."""


@dataclass(frozen=True)
class Activity:
    """A change: speech began, or stopped. at: samples since the beginning of all that was heard."""

    kind: Literal["started", "stopped"]
    at: int


class VoiceActivity:
    """Feed it samples; it says what changed, and keeps the utterance that is being spoken."""

    def __init__(self, longest: float = 120.0) -> None:
        """longest: seconds after which an utterance is taken to be over, so that nothing grows without bound."""
        self._rest = b""
        self._heard = 0
        self._noise = FLOOR / OVER_NOISE
        self._loud = 0
        self._quiet = 0
        self._before: deque[bytes] = deque(maxlen=int(BEFORE / 0.02))
        self._utterance = bytearray()
        self._most = int(longest * RATE_IN) * 2
        self.speaking = False

    def feed(self, pcm: bytes) -> list[Activity]:
        """What changed with these samples (signed 16 bit, mono, 16 kHz, any length)."""
        self._rest += pcm
        changes: list[Activity] = []
        while len(self._rest) >= 2 * FRAME:
            frame, self._rest = self._rest[: 2 * FRAME], self._rest[2 * FRAME :]
            self._heard += FRAME
            if change := self._judge(frame):
                changes.append(change)
        return changes

    def take(self) -> bytes:
        """The utterance so far; the next one starts empty."""
        utterance = bytes(self._utterance)
        self._utterance.clear()
        return utterance

    def _judge(self, frame: bytes) -> Activity | None:
        loudness = _loudness(frame)
        is_loud = loudness > max(FLOOR, self._noise * OVER_NOISE)
        if not is_loud:
            self._noise = min(loudness, self._noise + ADAPT * (loudness - self._noise))
        if self.speaking:
            return self._while_speaking(frame, is_loud)
        self._before.append(frame)
        self._loud = self._loud + 1 if is_loud else max(0, self._loud - 1)
        if self._loud * 0.02 < SHORTEST_SPEECH:
            return None
        self.speaking, self._quiet = True, 0
        self._utterance += b"".join(self._before)
        self._before.clear()
        return Activity("started", self._heard - self._loud * FRAME)

    def _while_speaking(self, frame: bytes, is_loud: bool) -> Activity | None:
        self._utterance += frame
        self._quiet = 0 if is_loud else self._quiet + 1
        if self._quiet * 0.02 < SILENCE and len(self._utterance) < self._most:
            return None
        self.speaking, self._loud = False, 0
        return Activity("stopped", self._heard - self._quiet * FRAME)


def _loudness(frame: bytes) -> float:
    """The root mean square of a frame, 1 at full scale. 20 ms take some 15 microseconds without numpy."""
    samples = array("h", frame)
    if sys.byteorder == "big":
        samples.byteswap()
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples)) / 32768
