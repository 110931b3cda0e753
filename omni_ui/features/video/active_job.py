"""A video job while it is open: what is known of it, those who look at it, and the wish to have it stopped."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

from omni_ui.store import VideoRecord

T = TypeVar("T")


class Stopped(Exception):
    """Somebody wants this job cancelled."""


class Followed:
    """Its record, and a bell for those who look at it."""

    def __init__(self, record: VideoRecord) -> None:
        self.record = record
        self.written = True
        """Whether the store has the record as it is."""
        self.stop = asyncio.Event()
        self._news = asyncio.Event()

    def change(self, **changes: Any) -> None:
        self.record = self.record.but(**changes)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def changes(self) -> AsyncIterator[VideoRecord]:
        """The record as it is, and at each change, until it is over."""
        while True:
            news, shown = self._news, self.record
            yield shown
            if shown.over:
                return
            if self.record is shown:
                await news.wait()

    async def unless_stopped(self, work: Coroutine[Any, Any, T], grace: float = 0.0) -> T:
        """What `work` gives; Stopped when the job is to be cancelled before, and `grace` seconds more have passed."""
        task, bell = asyncio.create_task(work), asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({task, bell}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                await asyncio.wait({task}, timeout=grace)
            if not task.done():
                raise Stopped
            return task.result()
        finally:
            bell.cancel()
            task.cancel()
            await asyncio.gather(task, bell, return_exceptions=True)
