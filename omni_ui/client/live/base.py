"""What the three kinds of talk share: a task that reads, a bounded queue of events, and one way to end."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import suppress

from omni_ui.client.closing import AsyncClosing
from omni_ui.client.errors import OmniError
from omni_ui.client.live.events import CallEnded, Capabilities, TalkEvent

MOST_EVENTS = 10_000
"""Events that wait for a reader that does not come; then the call ends. An answer of a minute has about 1,000."""


class BaseTalk(AsyncClosing):
    """Reads in a task of its own from the first look at `events` on."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[TalkEvent] = asyncio.Queue(MOST_EVENTS)
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._turn = ""

    @property
    @abstractmethod
    def can(self) -> Capabilities: ...

    @abstractmethod
    async def _run(self) -> None:
        """Reads the server's events and emits ours; returns after CallEnded."""

    @abstractmethod
    async def _close(self) -> None:
        """Says goodbye and closes the line."""

    async def events(self) -> AsyncIterator[TalkEvent]:
        """What happens, until CallEnded. To be read once."""
        self._task = asyncio.create_task(self._guarded())
        while True:
            event = await self._queue.get()
            yield event
            if isinstance(event, CallEnded):
                return

    async def _guarded(self) -> None:
        try:
            await self._run()
        except OmniError as error:
            self._emit(CallEnded(error.sentence, failed=True))
        else:
            self._emit(CallEnded())

    def _emit(self, event: TalkEvent) -> None:
        if self._queue.full():
            self._queue.get_nowait()
            event = CallEnded("The page did not keep up with the call.", failed=True)
        self._queue.put_nowait(event)

    async def send_text(self, text: str) -> bool:
        """Says something in writing. False: this kind of talk takes none."""
        return False

    async def send_frame(self, frame: bytes, at_ms: int) -> None:
        """A picture of a camera. Most kinds of talk take none."""
        return

    async def played(self, turn: str, milliseconds: int) -> None:
        """How much of an answer was heard. Nobody wants to know, unless a subclass says so."""
        return

    async def aclose(self) -> None:
        """Ends the call at the server. More than once does no harm."""
        if self._closing:
            return
        self._closing = True
        try:
            with suppress(OmniError):
                await self._close()
        finally:
            if self._task:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
            with suppress(asyncio.QueueFull):
                self._queue.put_nowait(CallEnded())
