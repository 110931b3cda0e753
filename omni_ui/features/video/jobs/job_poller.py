"""Follows the video jobs of one server to their end, whether anybody looks or not.

The pages only look. What is known of a job goes to the store at each change, so that an app that was killed takes it
up again; the finished file is fetched in constant memory.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from omni_ui.client import (
    BadRequest,
    NotFound,
    NotReachable,
    NotVllmOmni,
    OmniError,
    ServerBusy,
    ServerFailed,
    TimedOut,
    Unauthorized,
    VideoRequest,
    Wait,
)
from omni_ui.core.servers.backend import Backend
from omni_ui.features.video.jobs import active_job
from omni_ui.features.video.jobs.active_job import ActiveJob, LeaseLost, LostJob, Stopped, TooLong, check_time
from omni_ui.features.video.jobs.job_leases import LEASE
from omni_ui.features.video.jobs.job_waiting import SyncObserver, changes_of, note_time, with_waiting
from omni_ui.store import Store, StoreFailed, VideoRecord
from omni_ui.store.database import explain

log = logging.getLogger(__name__)

FIRST_LOOK, USUAL, AWAY = 0.25, 2.0, 15.0
"""Seconds between two looks at a job: at first, later, and while the server does not answer."""
CROWD = 8
"""Open jobs above which each is looked at less often, so that the server is asked about as often as before."""
GIVE_UP = 24 * 3600.0
"""Seconds after which a job that stays in line, or whose server stays away, is given up."""
MISSES, MISSING_PAUSE = 40, 0.5
"""404s in a row after which a job is given up, and seconds between two of them.

Behind a router each replica knows its own jobs only (llm-d/llm-d#2428). With polls at random over three replicas, 40
misses in a row have a chance of 1 in 10 million; a job that is gone is sent once more after 20 s, then given up.
"""
DELETE_TRIES, DELETE_PAUSE = 12, 0.05
"""How often a delete is sent that meets 404, as long as nothing tells of several replicas; then MISSES times."""
GRACE = 2.0
"""Seconds that a job which is being sent gets to arrive before it is cancelled: then it can be deleted there."""

AWAY_ERRORS = (NotReachable, ServerBusy, TimedOut, ServerFailed, NotVllmOmni, Unauthorized)
"""They say nothing about the job: it may go on while nobody answers."""
ON_DISK = "on disk"
"""Of the answer to whom knows the job and has swept its file (api_server.py:2925)."""


class JobPoller:
    """One server's open jobs. limit: seconds that the server may work on one before it is told to stop."""

    def __init__(self, backend: Backend, store: Store, limit: float) -> None:
        self.backend = backend
        self._store = store
        self._limit = limit
        self._tasks: dict[asyncio.Task[None], ActiveJob] = {}

    def follow(
        self, job: ActiveJob, request: VideoRequest | None, ended: Callable[[ActiveJob], None]
    ) -> "asyncio.Task[None]":
        """Follows a job in a task of its own. request: when it must be sent first. ended: called at its end here."""
        self.backend.hold()
        task = asyncio.create_task(self._follow(job, request, ended))
        self._tasks[task] = job
        task.add_done_callback(self._tasks.pop)
        return task

    def let_go(self, job: ActiveJob) -> None:
        """Follows a job no more. It goes on at the server."""
        for task in [task for task, followed in self._tasks.items() if followed is job]:
            task.cancel()

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    async def close(self) -> None:
        """Stops following. The jobs go on at the server and are taken up by the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, job: ActiveJob, request: VideoRequest | None, ended: Callable[[ActiveJob], None]) -> None:
        try:
            with suppress(LeaseLost):
                await self._to_its_end(job, request)
        finally:
            if not job.record.over:
                job.lose()
            ended(job)
            await self.backend.let_go()

    async def _to_its_end(self, job: ActiveJob, request: VideoRequest | None) -> None:
        try:
            if request is not None:
                await self._send(job, request)
            elif job.record.server_id is None:
                await self.fail(job, active_job.CUT_OFF_AT_ONCE if job.record.at_once else active_job.CUT_OFF)
            while not job.record.over:
                try:
                    if not job.record.made:
                        await self._wait(job)
                    await self._fetch(job)
                except LostJob:
                    if (request := active_job.request_again(job.record)) is None:
                        raise
                    await self._change(job, **active_job.begun_again(job.record))
                    await self._send(job, request)
                    job.change(note=active_job.AGAIN)
        except Stopped:
            await self._change(job, state="cancelled", note=await self.delete_on_server(job), ended=time.time())
        except TooLong as error:
            await self.delete_on_server(job)
            await self.fail(job, error.sentence)
        except LeaseLost:
            raise
        except OmniError as error:
            await self.fail(job, error.sentence, error.server_message)
        except StoreFailed as problem:
            if self._store.database.shared and job.give_to_others():
                raise LeaseLost from problem
            await self.fail(job, problem.sentence)
        except Exception:  # a fault of our own: the visitor gets a sentence, the log the trace
            log.exception("following a video job failed in the app itself")
            await self.fail(job, "Something went wrong in this app, not on the server. It was written to the log.")

    async def _send(self, job: ActiveJob, request: VideoRequest) -> None:
        def report(wait: Wait) -> None:
            job.change(note=f"{wait.reason} Trying again in {wait.seconds:.0f} s.")

        await self._change(job)
        sending = self.backend.client.create_video(request, on_wait=report, session=job.session)
        try:
            created = await job.unless_stopped(sending, GRACE)
        except BadRequest as refused:
            if refused.status != 409:
                raise
            await self._make_at_once(job, request)
            return
        await self._change(job, server_id=created.id, model=created.model or job.record.model, note="", state="queued")

    async def _make_at_once(self, job: ActiveJob, request: VideoRequest) -> None:
        """For servers with several API workers, which keep no jobs (WIRE.md 11)."""
        await self._change(job, state="in_progress", at_once=True, started=time.time(), note="")
        path = self._store.files.incoming(".mp4")
        try:
            observer = SyncObserver()
            await job.unless_stopped(self.backend.client.video_sync(request, path, on_wait=observer))
            job.record = job.record.but(facts=job.record.facts | {"times": observer.times})
            await self._keep(job, path)
            await note_time(self._store, job.record)
        except OSError as wrong:
            raise StoreFailed(explain(wrong, path)) from wrong
        finally:
            path.unlink(missing_ok=True)

    async def _wait(self, job: ActiveJob) -> None:
        """Looks at the job until the server has made it."""
        pause, answered, misses = FIRST_LOOK, time.time(), 0
        whole = job.record.state == "queued"
        while not job.record.made:
            try:
                looking = self.backend.client.video(job.record.server_id or "", session=job.session)
                seen = await job.unless_stopped(looking)
            except NotFound as gone:
                misses += 1
                if misses >= MISSES:
                    raise LostJob(active_job.GONE, "", server_message=gone.server_message) from None
                await self._missed(job, misses)
                check_time(job.record, self._limit, GIVE_UP)
                continue
            except AWAY_ERRORS as error:
                if time.time() - answered > GIVE_UP:
                    raise
                if not job.record.note:
                    job.change(note=f"{error.what} The job may still be running there; asking again.")
                pause = min(AWAY, 2 * pause)
            else:
                if misses:
                    job.scattered = True
                    self.backend.client.note_replicas()
                answered, misses = time.time(), 0
                if seen.error:
                    raise seen.error
                if changes := changes_of(job.record, seen):
                    await self._change(job, **changes)
                pause = min(USUAL, 1.4 * pause)
            check_time(job.record, self._limit, GIVE_UP)
            if not job.record.made:
                await job.unless_stopped(asyncio.sleep(pause * max(1.0, len(self._tasks) / CROWD)))
        if whole:
            await note_time(self._store, job.record)

    async def _missed(self, job: ActiveJob, misses: int) -> None:
        """After a 404: another replica may know the job, so the router's cookie goes and the next look comes soon."""
        job.session.drop_cookies()
        if misses == 5:  # a few are usual where nothing ties a job to its replica
            job.change(note=active_job.NOT_HERE)
        await job.unless_stopped(asyncio.sleep(MISSING_PAUSE if misses > 5 else MISSING_PAUSE / 5))

    async def _fetch(self, job: ActiveJob) -> None:
        await self._change(job, state="fetching")
        pause, began, misses = 1.0, time.time(), 0
        while not job.record.over:
            path = self._store.files.incoming(".mp4")
            try:
                id = job.record.server_id or ""
                await job.unless_stopped(self.backend.client.video_content(id, path, session=job.session))
                await self._keep(job, path)
            except NotFound as gone:
                misses += 1
                if ON_DISK in gone.server_message or misses >= MISSES:
                    lost = NotFound if ON_DISK in gone.server_message else LostJob
                    raise lost(active_job.SWEPT, "", server_message=gone.server_message) from None
                await self._missed(job, misses)
            except OSError as wrong:
                raise StoreFailed(explain(wrong, path)) from wrong
            except AWAY_ERRORS as error:
                if time.time() - began > GIVE_UP:
                    raise
                job.change(note=f"The video is ready. {error.what} Fetching it again.")
                await job.unless_stopped(asyncio.sleep(pause))
                pause = min(AWAY, 2 * pause)
            finally:
                path.unlink(missing_ok=True)

    async def _keep(self, job: ActiveJob, path: Path) -> None:
        size = (await asyncio.to_thread(path.stat)).st_size
        name = await self._store.files.keep(path)
        ended, facts = job.record.ended or time.time(), with_waiting(job.record)
        done = {"state": "done", "made": True, "file": name, "bytes": size, "ended": ended, "facts": facts}
        await self._change(job, **done, note="", error="", details="")

    async def delete_on_server(self, job: ActiveJob) -> str:
        """Stops the job on the server, where stopping is deleting. A sentence when it could not be stopped, else "".

        A 404 is no proof that it is gone: a router may have asked a replica that never had it.
        """
        record = job.record
        if record.at_once:
            return "The server will finish it anyway."
        if not record.server_id:
            return ""
        scattered = job.scattered or self.backend.client.scattered
        for _ in range(MISSES if scattered else DELETE_TRIES):
            try:
                await self.backend.client.delete_video(record.server_id, session=job.session)
                return ""
            except NotFound:
                job.session.drop_cookies()
                await asyncio.sleep(DELETE_PAUSE)
            except OmniError as error:
                return f"{error.what} It may still be working on it."
        return ""  # no replica has it, which is what was wanted

    async def fail(self, job: ActiveJob, sentence: str, details: str = "") -> None:
        ended = job.record.ended or time.time()
        await self._change(job, state="failed", ended=ended, error=sentence, details=details, note="")

    async def _change(self, job: ActiveJob, **changes: object) -> None:
        """Stores a change, then notifies: what a page has seen survives a restart. LeaseLost."""
        await self.write(job, job.record.but(**changes))
        job.change(**changes)

    async def write(self, job: ActiveJob, record: VideoRecord) -> None:
        """Writes down how a job is, if it is still this process that follows it; else LeaseLost."""
        try:
            if job.lease is None:
                job.lease = await self._store.jobs.begin(record, self._store.processes.id, LEASE)
                held = job.lease is not None
            else:
                held = await self._store.jobs.save(record, job.lease)
            job.written = True
            if held and record.over and job.lease:
                await self._store.jobs.release([job.lease])
        except StoreFailed as problem:
            log.warning("A video job could not be written down. %s", problem.sentence)
            job.written, held = False, True
        if not held:
            raise LeaseLost
