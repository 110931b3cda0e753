"""All video jobs of the app: begins them, finds them again, cancels and deletes them. A poller per server follows them.

Of several processes one follows a job (job_leases.py). All others read from the database how it stands, and ask through
the database for it to be stopped (its column `stop`, which is seen at the next renewal of the lease).

A job is known here by its ticket, which nobody can guess. It belongs to the visitor who made it: only they can list,
cancel or delete it. Whoever has the ticket may see the one result: that is what its link is for.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path

from omni_ui.client import VideoRequest
from omni_ui.core.backends import Backends
from omni_ui.core.servers.backend import Backend
from omni_ui.features.video.jobs.active_job import ActiveJob, LeaseLost
from omni_ui.features.video.jobs.job_leases import LEASE, JobLeases
from omni_ui.features.video.jobs.job_poller import JobPoller
from omni_ui.features.video.jobs.job_report import report_job
from omni_ui.features.video.watch.watched import WatchedVideos
from omni_ui.store import Lease, Store, StoreFailed, VideoRecord
from omni_ui.store.timings import load_of

LOOK = 1.0
"""Seconds between two looks of a page at a job that another process follows."""
GIVEN_UP = 3600.0
"""Seconds after which a job of a program that another process served is taken for given up."""
OVER_WITHIN = 30.0
"""Seconds that another process gets to stop a job that is to be deleted."""
ELSEWHERE = "It is being made on a different server from the one this page uses now."


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
        self._leases = JobLeases(
            store, self._active, self._servers, self._take_up, self._stop_following, self._write_late
        )
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def open_count(self) -> int:
        """How many jobs are followed."""
        return sum(not job.record.over for job in self._active.values())

    async def start(self) -> None:
        """Claims the jobs that no process polls, such as those that were open when the app ended; and so again and
        again, where several processes share the jobs."""
        with suppress(StoreFailed):  # said by the store itself
            for record in await self.store.jobs.of_nobody():
                long_ago = (record.ended or record.created) < time.time() - GIVEN_UP
                if record.over and (long_ago or not self.store.database.shared):
                    await self.drop(record)
        await self._leases.start()

    async def close(self) -> None:
        """Stops following. The jobs go on at their servers, and other processes go on with them."""
        await self.hand_over()
        await asyncio.gather(*(poller.close() for poller in self._pollers.values()))

    def end_soon(self) -> None:
        """The end is announced: where there are other processes, they follow all jobs from now on."""
        if self.store.database.shared:
            self._soon(self.hand_over())

    async def hand_over(self) -> None:
        """Lets other processes follow all jobs from now on; no more are taken up here."""
        await self._leases.hand_over()

    def _servers(self) -> list[str]:
        host = self._backends.for_tab("video")
        return [backend.known_as for backend in {*([host] if host else []), *self._pollers}]

    async def _write_late(self, job: ActiveJob) -> None:
        """Writes down a job that was over when the store was away."""
        backend = self._backend_of(job.record)
        try:
            if backend:
                await self._poller(backend).write(job, job.record)
        except LeaseLost:
            job.written = True  # by the process that has gone on with it
        if job.written:
            self._active.pop(job.record.ticket, None)

    def _stop_following(self, job: ActiveJob) -> None:
        self._active.pop(job.record.ticket, None)
        for poller in self._pollers.values():
            poller.let_go(job)

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
        with suppress(StoreFailed):  # said by the store itself
            expected = await self.store.timings.expect(server, model, load_of(request))
            job.record = job.record.but(expected=expected)
        self._poller(backend).follow(job, request, self._ended)
        return job.record

    async def find(self, ticket: str) -> VideoRecord | None:
        if ticket in self._active:
            return self._active[ticket].record
        with suppress(StoreFailed):
            return await self._find_kept(ticket)
        return None

    async def _find_kept(self, ticket: str) -> VideoRecord | None:
        record = await self.store.jobs.find(ticket)
        return self._with_note(record) if record else None

    async def of_visitor(self, visitor: str | None) -> list[VideoRecord]:
        """Newest first."""
        if visitor is None:
            return []
        records: dict[str, VideoRecord] = {}
        with suppress(StoreFailed):
            records = {job.ticket: self._with_note(job) for job in await self.store.jobs.of_visitor(visitor)}
        records |= {ticket: job.record for ticket, job in self._active.items() if job.record.visitor == visitor}
        return sorted(records.values(), key=lambda job: -job.created)

    async def changes(self, ticket: str) -> AsyncIterator[VideoRecord]:
        """The job as it is, and at each change, until it is over, whichever process follows it. Nothing for a ticket
        that is unknown."""
        last = None
        while True:
            if job := self._active.get(ticket):
                async for last in job.changes():
                    yield last
                if job.record.over:
                    return
            try:
                record = await self._find_kept(ticket)
            except StoreFailed:  # said by the store itself; the job goes on meanwhile
                record = last
                if last is None:
                    return
            if record is None:
                return
            if record != last:
                yield record
                last = record
            if record.over or record.note == ELSEWHERE:
                return
            await asyncio.sleep(LOOK)

    def cancel(self, ticket: str) -> None:
        """Has an open job stopped on its server. Its record follows, see `changes`."""
        if job := self._active.get(ticket):
            job.stop.set()
        else:
            self._soon(self._ask_to_stop(ticket))

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        """Does it without anybody waiting for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask_to_stop(self, ticket: str) -> None:
        with suppress(StoreFailed):  # said by the store itself
            await self.store.jobs.ask_to_stop(ticket)

    async def delete(self, ticket: str) -> None:
        """Cancels a job that is open, and removes all that is known of it: here, and on its server. StoreFailed."""
        record = await self.find(ticket)
        if record and not record.over and record.note != ELSEWHERE:
            self.cancel(ticket)
            with suppress(TimeoutError):
                async with asyncio.timeout(OVER_WITHIN):
                    async for current in self.changes(ticket):
                        record = current
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
        """Removes the local state of a job without an owner. Its server is left alone, and so is the copy
        that its caller was given. StoreFailed."""
        self._active.pop(record.ticket, None)
        if record.file:
            await self.store.files.remove(record.file)
        await self.store.jobs.delete(record.ticket)

    async def fetch_again(self, ticket: str) -> None:
        """Fetches a video once more that the server has made and that is not here."""
        record = await self.find(ticket)
        if record and self.fetchable(record):
            record = record.but(state="fetching", error="", details="", file=None)
            lease = await self.store.jobs.begin(record, self.store.processes.id, LEASE)
            if lease:
                self._take_up(record, lease)

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
        """The finished video on this machine, None when it is not kept. StoreFailed."""
        return await self.store.files.fetch(record.file) if record.file else None

    def public_message(self, text: str, record: VideoRecord) -> str:
        """A sentence for visitors, see Backends.discreet."""
        return self._backends.redact_address(text, self._backend_of(record))

    def _take_up(self, record: VideoRecord, lease: Lease) -> None:
        """Follows a job of the store from now on."""
        if backend := self._backend_of(record):
            job = self._active[record.ticket] = ActiveJob(record, lease)
            self._poller(backend).follow(job, None, self._ended)
            if record.visitor is None and not record.over:
                job.stop.set()  # whoever asked for it is gone

    def _ended(self, job: ActiveJob) -> None:
        """A job is over, or followed here no more."""
        ticket = job.record.ticket
        if job.record.over:
            report_job(self._backends.reports, job)
            self.on_end(job.record)
        if job.unable and job.lost and job.lease:
            self._soon(self._leases.give_to_others(job.lease))
        if (job.written or job.lost) and self._active.get(ticket) is job:
            del self._active[ticket]
        host = self._backends.for_tab("video")
        self._pollers = {backend: poller for backend, poller in self._pollers.items() if backend is host or poller.busy}

    def _with_note(self, record: VideoRecord) -> VideoRecord:
        """Of a job that is not followed here."""
        return record if record.over or self._backend_of(record) else record.but(note=ELSEWHERE)

    def _poller(self, backend: Backend) -> JobPoller:
        return self._pollers.setdefault(backend, JobPoller(backend, self.store, self._backends.settings.timeout))

    def _backend_of(self, record: VideoRecord) -> Backend | None:
        """The server of a job: one that is in use, or the host's own."""
        host = self._backends.for_tab("video")
        backends = [*([host] if host else []), *self._pollers]
        return next((backend for backend in backends if backend.known_as == record.server), None)


async def _nothing(ticket: str) -> None: ...
