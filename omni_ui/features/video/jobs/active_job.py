"""A video job while it is open: its record, the pages that watch it, its session, and the request to stop it."""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import TypeVar

from omni_ui.client import JobSession, NotFound, OmniError, VideoRequest, ui_option
from omni_ui.client.connection.call_labels import LABELS, CallLabels
from omni_ui.client.requests.files import FILE_KINDS
from omni_ui.core.files import Json
from omni_ui.store import Lease, VideoRecord

log = logging.getLogger(__name__)

T = TypeVar("T")
NOT_HERE = "The server that answered does not know the job. Asking again: another one may have it."
GONE = "The server no longer knows this job: it was restarted, or the job was deleted there. Run it again."
SWEPT = "The server made this video but has already removed its file. Run it again."
AGAIN = "The server lost this video, so it was requested again."
CUT_OFF = "The app restarted while this job was being sent, so it may not have reached the server. Run it again."
CUT_OFF_AT_ONCE = "The app restarted while it waited for this video, so the video is lost. Run it again."
"""What is said of a job that cannot be followed to its end."""


OTHERS_TRY = 600.0
"""Seconds after its making for which a video that one process cannot keep is fetched by others."""


class Stopped(Exception):
    """The job is to be cancelled."""


class LostJob(NotFound):
    """No replica of the server knows the job."""


class TooLong(OmniError):
    """The server works on it, or lets it wait, for longer than the host allows."""

    default_hint = "Try fewer frames, fewer steps or a smaller size. The host can raise OMNI_TIMEOUT."


def check_time(record: VideoRecord, limit: float, give_up: float) -> None:
    """TooLong for a job on which the server works for over `limit` seconds, or that waits for over `give_up`."""
    now = time.time()
    if record.started and not record.made and now - record.started > limit:
        raise TooLong(f"The server did not finish within {limit:.0f} s and was stopped.")
    if not record.started and now - record.created > give_up:
        raise TooLong("The job waited a whole day in the server's queue and was cancelled.")


class LeaseLost(Exception):
    """Another process follows this job now, or it was deleted: this one says no more of it, here and at its server."""


class ActiveJob:
    """The record of an open job, and an event for those who watch it.

    session: under which all calls of the job reach the server; the same after a restart of the app, and in another
    process. lease: the right to follow it, None until the store has it.
    """

    def __init__(self, record: VideoRecord, lease: Lease | None = None) -> None:
        self.record = record
        self.lease = lease
        self.lost = False
        """Whether it is followed here no more, although it is not over."""
        self.unable = False
        """Whether it is followed here no more because this process cannot keep its video."""
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

    def change(self, **changes: object) -> None:
        self.record = self.record.but(**changes)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def lose(self) -> None:
        """Tells its watchers that this process no longer polls it."""
        self.lost = True
        self.change()

    def give_to_others(self) -> bool:
        """Whether another process may fetch the finished video, where this one's disk does not take it."""
        self.unable = self.record.made and time.time() - (self.record.ended or 0.0) < OTHERS_TRY
        return self.unable

    async def changes(self) -> AsyncIterator[VideoRecord]:
        """The record as it is, and at each change, until it is over or lost."""
        while True:
            changed, record = self._changed, self.record
            yield record
            if record.over or self.lost:
                return
            if self.record is record:
                await changed.wait()

    async def unless_stopped(self, work: Coroutine[object, object, T], grace: float = 0.0) -> T:
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


def begun_again(record: VideoRecord) -> Json:
    """What changes in the record when the job is sent once more."""
    log.warning("A server has lost a video job, which is sent once more.")
    facts = record.facts | {"sent_again": True}
    return {"state": "sending", "server_id": None, "started": None, "ended": None, "made": False, "facts": facts}


def request_again(record: VideoRecord) -> VideoRequest | None:
    """What is sent once more; None when that was done before, or the files it needs lie with another process."""
    if record.facts.get("sent_again"):
        return None
    try:
        return VideoRequest.model_validate(record.request | files_of(record))
    except ValueError:
        return None


def files_of(record: VideoRecord) -> dict[str, object]:
    """The files of a job's request as paths, by field. Some may be gone."""
    files: dict[str, object] = {}
    for name, info in VideoRequest.model_fields.items():
        if ui_option(info, "kind") in FILE_KINDS and (value := record.request.get(name)):
            files[name] = [Path(path) for path in value] if isinstance(value, list) else Path(value)
    return files
