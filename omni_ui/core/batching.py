"""Batches the events of a stream, so that a slow page keeps up.

A page that is redrawn for every token chokes (measured: 22 s for a 10 s answer), and a handler that waits without
yielding does not notice that its visitor has left. So the stream is read at full speed by a task of its own, and its
items are handed on in batches, at most `rate` times a second, with an empty batch as a heartbeat.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

T = TypeVar("T")
HEARTBEAT = 0.5
RATE = 18.0
SOON = 0.01
"""Seconds between the second batch and the third; the next wait is twice as long, up to the usual one. The first two
follow each other at once: the first word of an answer often comes close behind the news that it was asked for."""
LATE, SELDOM = 0.015, 0.3
"""Seconds: when this process is later than LATE with a batch, it has too much to do, and batches come less often, up
to SELDOM apart."""
FORGOTTEN = 1.0
"""Seconds after which it says nothing any more that a batch was late."""


class Pace:
    """How far apart the batches of all streams of this process are. What one learns of its load holds for the others:
    a stream that begins in a crowd does not begin with the quick batches of one that is alone."""

    def __init__(self) -> None:
        self._stretch = 1.0
        self._noted = 0.0

    def note(self, late: float) -> None:
        """late: seconds by which a wait was longer than it should have been."""
        stretch = self._current
        self._stretch = min(1.5 * stretch, SELDOM * RATE) if late > LATE else max(0.9 * stretch, 1.0)
        self._noted = time.monotonic()

    def pause(self, soon: float, usual: float) -> float:
        """Seconds until the next batch. soon: how long a stream that has just begun would wait."""
        stretch = self._current
        return min(soon, usual) if stretch == 1 else max(usual, min(stretch * usual, SELDOM))

    @property
    def _current(self) -> float:
        return self._stretch if time.monotonic() - self._noted < FORGOTTEN else 1.0


PACE = Pace()


async def batch_stream(
    source: AsyncIterator[T], heartbeat: float = HEARTBEAT, rate: float = RATE
) -> AsyncGenerator[list[T]]:
    """Batches of what `source` gave, in order; an empty list after `heartbeat` seconds of silence.

    The first items are handed on (nearly) at once, and the last ones. An error of the source is raised after its last
    items. Closing this generator (or cancelling its task) cancels the source, which closes the connection to the
    server.
    """
    items: list[T] = []
    news = asyncio.Event()

    async def read() -> None:
        try:
            async for item in source:
                items.append(item)
                news.set()
        finally:
            news.set()

    soon = 0.0
    reader = asyncio.create_task(read())
    try:
        while not (reader.done() and not items):
            try:
                await asyncio.wait_for(news.wait(), heartbeat)
            except TimeoutError:
                yield []
                continue
            news.clear()
            if items:
                batch = items.copy()
                items.clear()
                yield batch
            began, pause = time.monotonic(), PACE.pause(soon, 1 / rate)
            await asyncio.wait([reader], timeout=pause)
            PACE.note(time.monotonic() - began - pause)
            soon = 2 * soon or SOON
        await reader
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
