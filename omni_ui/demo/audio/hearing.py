"""Hears in 16 kHz samples when somebody begins and stops to speak, by loudness alone."""

import numpy as np

RATE = 16_000
FRAME = RATE // 50
LOUD = 0.01
"""Root mean square over 20 ms above which it is speech, as in the test stub of the real server."""
SHORTEST = 5
"""Loud frames of 20 ms that make speech."""
QUIET = 25
"""Quiet frames of 20 ms that end it."""


class Hearing:
    """Takes samples as they come; keeps what was said last, at most a minute."""

    def __init__(self) -> None:
        self.speaking = False
        self.keeps_all = False
        """Keeps what was said before silence too: for those who say themselves when a turn ends."""
        self.heard = np.zeros(0, np.int16)
        self._rest = np.zeros(0, np.int16)
        self._loud = self._quiet = self._frames = 0
        self._is_untaken = False  # speech is over, and more frames of the same piece follow

    @property
    def milliseconds(self) -> int:
        return self._frames * 20

    def feed(self, samples: np.ndarray) -> list[str]:
        """Changes, "started" and "stopped", in their order. samples: int16, mono, 16 kHz."""
        changes = []
        self._rest = np.concatenate([self._rest, samples])
        while len(self._rest) >= FRAME:
            frame, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            self._frames += 1
            if change := self._judge(frame):
                changes.append(change)
        return changes

    def take(self) -> np.ndarray:
        """What was heard since the last time."""
        heard, self.heard = self.heard, np.zeros(0, np.int16)
        self._is_untaken = False
        return heard

    def _judge(self, frame: np.ndarray) -> str | None:
        loud = float(np.sqrt(np.mean((frame / 32768.0) ** 2))) > LOUD
        self.heard = np.concatenate([self.heard, frame])[-60 * RATE :]
        if self.speaking:
            self._quiet = 0 if loud else self._quiet + 1
            if self._quiet >= QUIET:
                self.speaking, self._loud, self._is_untaken = False, 0, True
                return "stopped"
            return None
        self._loud = self._loud + 1 if loud else 0
        if self._loud < SHORTEST:
            self.heard = self.heard if self.keeps_all or self._is_untaken else self.heard[-RATE // 2 :]
            return None
        self.speaking, self._quiet = True, 0
        return "started"


def trimmed(samples: np.ndarray) -> np.ndarray:
    """Without the quiet before and after."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME) / 32768.0
    loud = np.flatnonzero(np.sqrt(np.mean(frames**2, axis=1)) > LOUD)
    return samples[loud[0] * FRAME : (loud[-1] + 1) * FRAME] if len(loud) else samples[:0]
