"""All video jobs of the app: begins them, finds them again, cancels and deletes them. A poller per server follows them.

A job is known here by its ticket, which nobody can guess. It belongs to the visitor who made it: only they can list,
cancel or delete it. Whoever has the ticket may see the one result: that is what its link is for.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from omni_ui.client import VideoRequest
from omni_ui.core.backends import Backends
from omni_ui.core.servers.backend import Backend
from omni_ui.features.video.active_job import ActiveJob
from omni_ui.features.video.job_poller import JobPoller
from omni_ui.features.video.job_report import report_job
from omni_ui.features.video.watched import WatchedVideos
from omni_ui.store import Store, StoreTrouble, VideoRecord
from omni_ui.store.timings import load_of

ELSEWHERE = "It is being made on another server than the one that this page uses now."


class VideoJobs:
    """All video jobs of this app. Started and closed with it."""

    def __init__(self, backends: Backends, store: Store) -> None:
        self._backends = backends
        self.store = store
        self.watched = WatchedVideos(backends.settings)
        """Videos that are no jobs: they are seen while they are made, and end with their page."""
        self._pollers: dict[Backend, JobPoller] = {}
        self._active: dict[str, ActiveJob] = {}
        """Open jobs, and those that could not be written down."""
        self.on_stage: dict[str, str] = {}
        """By session: the ticket of the job that its page shows."""
        self.on_end: Callable[[VideoRecord], None] = lambda job: None
        """Told of each job that is over; and `on_delete` of each one, by its ticket, that was deleted."""
        self.on_delete: Callable[[str], Awaitable[None]] = _nothing

    @property
    def open_count(self) -> int:
        """How many jobs are followed."""
        return sum(not job.record.over for job in self._active.values())

    async def start(self) -> None:
        """Takes up the jobs that were open when the app ended."""
        with suppress(StoreTrouble):  # said by the store itself
            for record in await self.store.jobs.of_nobody():
                if record.over:
                    await self.drop(record)
            for record in await self.store.jobs.still_open():
                self._take_up(record)
                if record.visitor is None:
                    self.cancel(record.ticket)  # whoever asked for it is gone

    async def close(self) -> None:
        """Stops following. The jobs go on at their servers."""
        await asyncio.gather(*(poller.close() for poller in self._pollers.values()))

    async def begin(
        self, backend: Backend, request: VideoRequest, visitor: str | None, model: str | None
    ) -> VideoRecord:
        """A new job, on its way to the server. It goes on whatever happens to the caller."""
        server = backend.known_as
        job = ActiveJob(
            VideoRecord(
                ticket=secrets.token_urlsafe(24),
                visitor=visitor,
                server=server,
                request=request.model_dump(mode="json", exclude_none=True),
                created=time.time(),
                model=model,
                version=backend.version,
            )
        )
        self._active[job.record.ticket] = job
        with suppress(StoreTrouble):  # said by the store itself
            expected = await self.store.timings.expect(server, model, load_of(request))
            job.record = job.record.but(expected=expected)
        self._poller(backend).follow(job, request, self._ended)
        return job.record

    async def find(self, ticket: str) -> VideoRecord | None:
        if ticket in self._active:
            return self._active[ticket].record
        with suppress(StoreTrouble):
            if record := await self.store.jobs.find(ticket):
                return self._with_note(record)
        return None

    async def of_visitor(self, visitor: str | None) -> list[VideoRecord]:
        """Newest first."""
        if visitor is None:
            return []
        records: dict[str, VideoRecord] = {}
        with suppress(StoreTrouble):
            records = {job.ticket: self._with_note(job) for job in await self.store.jobs.of_visitor(visitor)}
        records |= {ticket: job.record for ticket, job in self._active.items() if job.record.visitor == visitor}
        return sorted(records.values(), key=lambda job: -job.created)

    async def changes(self, ticket: str) -> AsyncIterator[VideoRecord]:
        """The job as it is, and at each change, until it is over. Nothing for a ticket that is unknown."""
        if job := self._active.get(ticket):
            async for record in job.changes():
                yield record
        elif found := await self.find(ticket):
            yield found

    def cancel(self, ticket: str) -> None:
        """Has an open job stopped on its server. Its record follows, see `changes`."""
        if job := self._active.get(ticket):
            job.stop.set()

    async def delete(self, ticket: str) -> None:
        """Cancels a job that is open, and removes all that is known of it: here, and on its server. StoreTrouble."""
        if job := self._active.get(ticket):
            job.stop.set()
            async for _ in job.changes():
                pass
        record = await self.find(ticket)
        if record is None:
            return
        backend = self._backend_of(record)
        if backend and record.server_id and record.state != "cancelled":
            await self._poller(backend).delete_on_server(ActiveJob(record))
        if record.file:
            await self.store.files.remove(record.file, everywhere=True)
        self._active.pop(ticket, None)
        await self.store.jobs.delete(ticket)
        await self.on_delete(ticket)

    async def drop(self, record: VideoRecord) -> None:
        """Removes what is known of a job here, for one that nobody owns. Its server is left alone, and so is the copy
        that its caller was given. StoreTrouble."""
        self._active.pop(record.ticket, None)
        if record.file:
            await self.store.files.remove(record.file)
        await self.store.jobs.delete(record.ticket)

    async def fetch_again(self, ticket: str) -> None:
        """Fetches a video once more that the server has made and that is not here."""
        record = await self.find(ticket)
        if record and self.fetchable(record):
            self._take_up(record.but(state="fetching", error="", details="", file=None))

    def forget(self, session: str) -> None:
        """A page was closed. Its jobs go on."""
        self.on_stage.pop(session, None)

    def fetchable(self, record: VideoRecord) -> bool:
        """Whether its server has made the video, and it is not here."""
        return record.over and record.made and bool(record.server_id) and not self.has_file(record)

    def has_file(self, record: VideoRecord) -> bool:
        """Whether the finished video is kept."""
        return bool(record.file) and self.store.files.has(record.file or "")

    async def fetch_file(self, record: VideoRecord) -> Path | None:
        """The finished video on this machine, None when it is not kept. StoreTrouble."""
        return await self.store.files.fetch(record.file) if record.file else None

    def said(self, text: str, record: VideoRecord) -> str:
        """A sentence for visitors, see Backends.discreet."""
        return self._backends.discreet(text, self._backend_of(record))

    def _take_up(self, record: VideoRecord) -> None:
        """Follows a job of the store. One of another server waits until the page uses that server again."""
        if backend := self._backend_of(record):
            job = self._active[record.ticket] = ActiveJob(record)
            self._poller(backend).follow(job, None, self._ended)

    def _ended(self, job: ActiveJob) -> None:
        report_job(self._backends.reports, job)
        self.on_end(job.record)
        if job.written:
            self._active.pop(job.record.ticket, None)
        host = self._backends.for_tab("video")
        self._pollers = {backend: poller for backend, poller in self._pollers.items() if backend is host or poller.busy}

    def _with_note(self, record: VideoRecord) -> VideoRecord:
        return record if record.over else record.but(note=ELSEWHERE)

    def _poller(self, backend: Backend) -> JobPoller:
        return self._pollers.setdefault(backend, JobPoller(backend, self.store, self._backends.settings.timeout))

    def _backend_of(self, record: VideoRecord) -> Backend | None:
        """The server of a job: one that is in use, or the host's own."""
        host = self._backends.for_tab("video")
        backends = [*([host] if host else []), *self._pollers]
        return next((backend for backend in backends if backend.known_as == record.server), None)


async def _nothing(ticket: str) -> None: ...
