"""Our own limit of runs per server, with a visible place in line (Gradio's limits are per function, and show no place).

Visitors take turns: the next free place goes to the visitor whose last turn is the longest ago, and each visitor may
hold only so many places, so one who sends many runs waits behind his own.
"""

import asyncio
import time
from collections import OrderedDict, deque
from dataclasses import dataclass

MINUTE = 60.0


class QueueFull(Exception):
    """A visitor has more runs in line, or in this minute, than the host allows; the text is one sentence."""


@dataclass(frozen=True)
class FairShare:
    """The limits of one visitor. None is without a limit.

    running, waiting: runs at one time. per_minute: runs begun within a minute.
    """

    running: int | None = None
    waiting: int | None = None
    per_minute: int | None = None


class RunQueue:
    """Lets `limit` runs through at a time, visitor by visitor in turn (round robin), each one's in their order."""

    def __init__(self, limit: int, share: FairShare | None = None) -> None:
        self.limit = limit
        self.share = share or FairShare()
        self.running = 0
        self._lines: OrderedDict[str, deque[Slot]] = OrderedDict()
        """Waiting runs by visitor; the first visitor is next."""
        self._running_of: dict[str, int] = {}
        self._begun: OrderedDict[str, deque[float]] = OrderedDict()
        """By visitor: when the runs of the last minute were entered."""

    @property
    def waiting(self) -> int:
        """Runs in line."""
        return sum(map(len, self._lines.values()))

    def enter(self, visitor: str = "") -> "Slot":
        """Takes a place in line; the caller must `leave()` it, whether or not its turn came. QueueFull when it may not.

        visitor: whoever takes turns with others; "" is one such too, without limits of its own.
        """
        if visitor:
            self._check(visitor)
        slot = Slot(self, visitor)
        self._lines.setdefault(visitor, deque()).append(slot)
        self._advance()
        return slot

    def _check(self, visitor: str) -> None:
        share, line = self.share, self._lines.get(visitor, ())
        full = share.running is not None and self._running_of.get(visitor, 0) >= share.running
        if share.waiting is not None and len(line) >= share.waiting and (full or self.running >= self.limit):
            raise QueueFull(f"{len(line)} of your runs are waiting already: try again when one of them is done.")
        if share.per_minute is None:
            return
        now = time.monotonic()
        while self._begun and next(iter(self._begun.values()))[-1] < now - MINUTE:
            self._begun.popitem(last=False)  # so that it does not grow with each visitor who ever came
        times = self._begun.setdefault(visitor, deque())
        while times and times[0] < now - MINUTE:
            times.popleft()
        if len(times) >= share.per_minute:
            wait = max(1, round(times[0] + MINUTE - now))
            raise QueueFull(f"This page takes {share.per_minute} runs a minute from each visitor: wait {wait} s.")
        times.append(now)
        self._begun.move_to_end(visitor)

    def _may_run(self, visitor: str) -> bool:
        most = self.share.running
        return not visitor or most is None or self._running_of.get(visitor, 0) < most

    def _advance(self) -> None:
        while self.running < self.limit:
            visitor = next((name for name in self._lines if self._may_run(name)), None)
            if visitor is None:
                return
            slot = self._lines[visitor].popleft()
            self._lines.move_to_end(visitor)
            if not self._lines[visitor]:
                del self._lines[visitor]
            self.running += 1
            self._running_of[visitor] = self._running_of.get(visitor, 0) + 1
            slot._called.set()

    def _leave(self, slot: "Slot") -> None:
        visitor = slot._visitor
        if slot._called.is_set():
            self.running -= 1
            self._running_of[visitor] -= 1
            if not self._running_of[visitor]:
                del self._running_of[visitor]
        else:
            self._lines[visitor].remove(slot)
            if not self._lines[visitor]:
                del self._lines[visitor]
        self._advance()

    def _place(self, slot: "Slot") -> int:
        """The number of a waiting run in the order in which they will be called, as far as that is known: in rounds of
        visitors. Each run in line asks for it twice a second."""
        turn = self._lines[slot._visitor].index(slot)
        place, later = 0, False
        for visitor, line in self._lines.items():
            later = later or visitor == slot._visitor
            place += min(len(line), turn if later else turn + 1)
        return place + 1


class Slot:
    """One run's place."""

    def __init__(self, queue: RunQueue, visitor: str) -> None:
        self._queue = queue
        self._visitor = visitor
        self._called = asyncio.Event()
        self._left = False

    @property
    def place(self) -> int:
        """How many stand before this one, counting itself; 0 when it is its turn."""
        if self._called.is_set():
            return 0
        return self._queue._place(self)

    async def ready(self, timeout: float) -> bool:
        """Waits up to `timeout` seconds; True when the run may start."""
        if self._called.is_set():
            return True
        try:
            await asyncio.wait_for(self._called.wait(), timeout)
        except TimeoutError:
            return False
        return True

    def leave(self) -> None:
        """Gives the place back. A second call does nothing."""
        if not self._left:
            self._left = True
            self._queue._leave(self)
