"""A video job while it is open: its record, the pages that watch it, its session, and the request to stop it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

from omni_ui.client import JobSession
from omni_ui.client.connection.call_labels import LABELS, CallLabels
from omni_ui.store import VideoRecord

T = TypeVar("T")


class Stopped(Exception):
    """Somebody wants this job cancelled."""


class ActiveJob:
    """The record of an open job, and an event for those who watch it.

    session: under which all calls of the job reach the server; the same after a restart of the app.
    """

    def __init__(self, record: VideoRecord) -> None:
        self.record = record
        self.written = True
        """Whether the store has the record as it is."""
        # Whoever has the ticket may see the result, so the server is not told it.
        self.session = JobSession(hashlib.sha256(b"session:" + record.ticket.encode()).hexdigest()[:32])
        self.scattered = False
        """Whether some answers know the job and others do not: several replicas, each with jobs of its own."""
        self.labels: CallLabels | None = LABELS.get()
        """Of the run that asks for it; its poller goes on with them. None after a restart of the app."""
        self.stop = asyncio.Event()
        self._changed = asyncio.Event()

    def change(self, **changes: Any) -> None:
        self.record = self.record.but(**changes)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def changes(self) -> AsyncIterator[VideoRecord]:
        """The record as it is, and at each change, until it is over."""
        while True:
            changed, record = self._changed, self.record
            yield record
            if record.over:
                return
            if self.record is record:
                await changed.wait()

    async def unless_stopped(self, work: Coroutine[Any, Any, T], grace: float = 0.0) -> T:
        """What `work` gives; Stopped when the job is to be cancelled before, and `grace` seconds more have passed."""
        task, stopped = asyncio.create_task(work), asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                await asyncio.wait({task}, timeout=grace)
            if not task.done():
                raise Stopped
            return task.result()
        finally:
            stopped.cancel()
            task.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)
