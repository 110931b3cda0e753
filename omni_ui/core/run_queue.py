"""Our own limit of runs per server, with a visible place in line (Gradio's limits are per function and blind)."""

import asyncio
from collections import deque


class Gate:
    """Lets `limit` runs through at a time, first come first served."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.running = 0
        self._line: deque[Turn] = deque()

    @property
    def waiting(self) -> int:
        return len(self._line)

    def enter(self) -> "Turn":
        """Takes a place in line. The caller must `leave()` it, whether or not its turn came."""
        turn = Turn(self)
        self._line.append(turn)
        self._advance()
        return turn

    def _advance(self) -> None:
        while self._line and self.running < self.limit:
            turn = self._line.popleft()
            self.running += 1
            turn._called.set()

    def _leave(self, turn: "Turn") -> None:
        if turn._called.is_set():
            self.running -= 1
        else:
            self._line.remove(turn)
        self._advance()


class Turn:
    """One run's place."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._called = asyncio.Event()
        self._left = False

    @property
    def place(self) -> int:
        """How many stand before this one, counting itself; 0 when it is its turn."""
        return 0 if self._called.is_set() else self._gate._line.index(self) + 1

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
        if not self._left:
            self._left = True
            self._gate._leave(self)
