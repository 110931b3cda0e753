"""Writes down what every tab makes, and hands it out again. See store/history.py for what is kept.

It is called at the end of each run, and for a video job when that ends, whoever looks. Without a visitor (a program,
a browser that stores nothing) nothing is written down.
"""

import asyncio
import hashlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from omni_ui.client import Request, VideoRequest, type_of_file
from omni_ui.core.run import AnyRun, RunResult, Values
from omni_ui.core.storage import Storage
from omni_ui.features.history.serialize import Pack, as_files, plain, recipe_json, result_of, summary_of
from omni_ui.features.history.unfinished import write_cut_off
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.features.video.video_files import video_facts
from omni_ui.store import HistoryRecord, Source, Store, StoreFailed, VideoRecord

log = logging.getLogger(__name__)
PATIENCE = 0.5
"""Seconds that a run waits for its record; a slow disk then goes on without it."""
REMEMBERED = 200
"""Results that can be sent on although they could not be written down."""
SWEEP_EVERY, LOOK_EVERY = 60.0, 10.0
"""Seconds between two looks for what is too old, and for what another process has left behind."""
JOB = "job:"
"""The thread of a video job's record, before its ticket."""
TOO_LARGE = (
    "The last result is larger than the storage for results, so it was not kept. The host can raise OMNI_MAX_STORAGE."
)
STARS = "Starred results fill the storage, so the last result was not saved: delete some of them."


@dataclass(frozen=True)
class Sendable:
    """A result that can be sent on: its files, with their media types, and what the server wrote."""

    files: list[tuple[Path, str]]
    text: str = ""


@dataclass(frozen=True)
class Limits:
    """How long results are kept (seconds), their room (bytes), None: without a limit; if strangers share the page."""

    seconds: float | None = None
    bytes: int | None = None
    shared: bool = False


class Recorder:
    """Started and closed with the app."""

    def __init__(self, store: Store, jobs: VideoJobs, limits: Limits, storage: Storage | None = None) -> None:
        self.store = store
        self.jobs = jobs
        self.limits = limits
        self.storage = storage
        store.on_remove = storage.remove_copies if storage else store.on_remove
        self._unwritten = ""
        self._writing: set[asyncio.Task[None]] = set()
        self._recent: OrderedDict[str, tuple[str, Sendable]] = OrderedDict()
        """By id: whose it is, and the files as the page shows them."""
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def problem(self) -> str:
        """What is wrong with keeping results, as one sentence; "" when nothing is."""
        return self.store.problem or self._unwritten

    def start(self) -> None:
        self.jobs.on_end, self.jobs.on_delete = self._job_ended, self._job_deleted
        self._sweeper = asyncio.create_task(self._sweep_for_ever())

    async def close(self) -> None:
        if self._sweeper:
            self._sweeper.cancel()
        await self.settled()

    async def result(self, run: AnyRun, outcome: RunResult, seconds: float) -> str:
        """Writes down a finished run; the id of its record."""
        record = HistoryRecord(
            visitor=run.visitor or "",
            tab=run.request.tab,
            at=time.time(),
            thread=outcome.thread,
            text=outcome.text,
            model=run.model,
            version=run.version,
            seconds=round(seconds, 3),
            facts=outcome.facts,
            waiting=outcome.waiting.as_dict() if outcome.waiting else None,
        )
        self._remember(record.id, run.visitor or run.session or "", outcome)
        if run.visitor:
            results = [result_of(path) for path in outcome.files]
            await self._soon(self._pack_and_write(record, results, run.request, run.entered, outcome.conversation_json))
        return record.id

    async def failure(
        self,
        model: type[Request],
        visitor: str | None,
        sentence: str,
        details: str = "",
        *,
        entered: Values,
        run: AnyRun | None = None,
    ) -> None:
        """Writes down a try that failed. The same one once more takes the place of the one before."""
        if not visitor:
            return
        same = json.dumps([model.tab, sentence, plain(entered, {})], default=str, sort_keys=True)
        record = HistoryRecord(
            visitor=visitor,
            tab=model.tab,
            at=time.time(),
            thread="failed:" + hashlib.sha256(same.encode(errors="replace")).hexdigest()[:32],
            error=sentence,
            details=details[:20_000],
            model=run.model if run else None,
        )
        await self._soon(self._pack_and_write(record, [], run.request if run else None, entered, None, model))

    async def write(self, record: HistoryRecord, sources: list[Source]) -> None:
        """Writes down a record that its maker has put together, such as a call. The files stay where they are."""
        await self._soon(self._write(record, sources))

    def add_fact(self, id: str, visitor: str, fact: tuple[str, str]) -> None:
        """Adds a fact to a result that is recorded elsewhere, such as a video job's."""
        self.begin(self._add_fact(id, visitor, fact, set(self._writing)))

    async def _add_fact(self, id: str, visitor: str, fact: tuple[str, str], first: set["asyncio.Task[None]"]) -> None:
        if first:
            await asyncio.wait(first, timeout=10)
        with suppress(StoreFailed):  # said by the store itself
            await self.store.history.add_fact(id, visitor, *fact)

    async def sendable(self, id: str, visitor: str | None, session: str | None) -> Sendable | None:
        """What can be sent on of a result of this visitor."""
        owner, sendable = self._recent.get(id, ("", None))
        if sendable and owner and owner in (visitor, session) and all(path.is_file() for path, _ in sendable.files):
            return sendable
        record = await self.find(id, visitor)
        if record is None:
            return None
        kept = [(await self.store.history.fetch(file), file.kind) for file in record.files]
        return Sendable([(path, kind) for path, kind in kept if path], record.text)

    async def find(self, id: str, visitor: str | None) -> HistoryRecord | None:
        """A record of this visitor, once it is written. StoreFailed."""
        if not visitor:
            return None
        await self.settled()
        return await self.store.history.find(id, visitor)

    async def remove(self, records: list[tuple[str, str]]) -> None:
        """Removes records, given by id and thread, and the video jobs that they are of. StoreFailed."""
        tickets = [thread.removeprefix(JOB) for _, thread in records if thread.startswith(JOB)]
        await self.store.history.delete([id for id, _ in records])
        for id, _ in records:
            self._recent.pop(id, None)
        await asyncio.gather(*(self.jobs.delete(ticket) for ticket in tickets))

    async def sweep(self) -> None:
        """Deletes what is too old, then the oldest without a star while there is too little room. StoreFailed."""
        if self.limits.seconds is not None:
            before = time.time() - self.limits.seconds
            await self.remove(await self.store.history.older_than(before))
            for ticket in await self.store.jobs.over_before(before):
                await self.jobs.delete(ticket)
        cached = 0
        if self.storage:
            results = (await self.store.history.disk_usage()).all
            await asyncio.to_thread(self.storage.sweep, results)
            cached = max(0, self.storage.used - results)
        while (
            self.limits.bytes is not None and (await self.store.history.disk_usage()).all + cached > self.limits.bytes
        ):
            oldest = await self.store.history.oldest_unstarred(1)
            if not oldest:
                return
            await self.remove(oldest)

    def _remember(self, id: str, owner: str, outcome: RunResult) -> None:
        self._recent[id] = owner, Sendable([(path, type_of_file(path)) for path in outcome.files], outcome.text)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    async def _soon(self, writing: Coroutine[object, object, None]) -> None:
        """Waits for a record to be written, but not for long. It is written even when the page goes away meanwhile."""
        await asyncio.wait({self.begin(writing)}, timeout=PATIENCE)

    def begin(self, writing: Coroutine[object, object, None]) -> "asyncio.Task[None]":
        """Writes something down without anybody waiting for it; the app does not end before."""
        task = asyncio.create_task(writing)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return task

    async def settled(self) -> None:
        if self._writing:
            await asyncio.wait(set(self._writing), timeout=10)

    async def _pack_and_write(
        self,
        record: HistoryRecord,
        sources: list[Source],
        request: Request | None,
        entered: Values,
        conversation_json: object,
        model: type[Request] | None = None,
    ) -> None:
        pack = Pack(sources)
        model = type(request) if request else model
        typed = {name: as_files(name, value, model) for name, value in entered.items()}
        record = record.but(entered=pack.plain(typed), told=pack.plain(conversation_json))
        if request:
            pack.plain({name: getattr(request, name) for name in type(request).model_fields})  # the files as sent
            record = record.but(recipe=await asyncio.to_thread(recipe_json, request, record.model))
        await self._write(record.but(summary=summary_of(record.entered, record.recipe)), pack.sources)

    async def _write(self, record: HistoryRecord, sources: list[Source]) -> None:
        try:
            await self.store.history.keep(record, sources)
            self._unwritten = ""
            if self.limits.bytes is None:
                return
            await self.sweep()
            if await self.store.history.find(record.id, record.visitor) is None:
                room = await self.store.history.disk_usage()
                self._unwritten = STARS if room.all > self.limits.bytes / 2 else TOO_LARGE
        except StoreFailed as problem:
            self._unwritten = problem.sentence
            log.warning("A result could not be written down. %s", problem.sentence)

    def _job_ended(self, job: VideoRecord) -> None:
        """Writes down a video job that is done or has failed."""
        if job.visitor and job.state != "cancelled":
            self.begin(self._write_job(job))

    async def _job_deleted(self, ticket: str) -> None:
        await self.settled()
        await self.store.history.delete([record_of(ticket)])

    async def _write_job(self, job: VideoRecord) -> None:
        path = await self.jobs.fetch_file(job)
        pack = Pack([result_of(path, "video.mp4")] if path else [])
        typed = {name: as_files(name, value, VideoRequest) for name, value in job.request.items()}
        request = VideoRequest.model_construct(**typed)
        record = HistoryRecord(
            id=record_of(job.ticket),
            visitor=job.visitor or "",
            tab="video",
            at=job.ended or job.created,
            thread=JOB + job.ticket,
            error=self.jobs.public_message(job.error, job),
            details=self.jobs.public_message(job.details, job),
            model=job.model,
            version=job.version,
            seconds=round((job.ended or job.created) - job.created, 3),
            recipe=await asyncio.to_thread(recipe_json, request, job.model),
            entered=pack.plain(typed),
            facts=video_facts(job),
            waiting=job.facts.get("waiting"),
        )
        await self._write(record.but(summary=summary_of(record.entered, record.recipe)), pack.sources)

    async def _sweep_for_ever(self) -> None:
        swept, shared = 0.0, self.store.database.shared
        while True:
            try:
                if shared or not swept:
                    await self._take_up()
                if not swept or time.monotonic() - swept > SWEEP_EVERY:
                    await self.sweep()
                    swept = time.monotonic()
            except StoreFailed as problem:
                log.warning("Old results could not be deleted. %s", problem.sentence)
            await asyncio.sleep(LOOK_EVERY if shared else SWEEP_EVERY)

    async def _take_up(self) -> None:
        """Writes down what a process has left behind that was ended: this one before its start, or another one."""
        await write_cut_off(self.store)
        for job in await self.store.jobs.without_record():
            await self._write_job(job)


def record_of(ticket: str) -> str:
    """The id of the record of a video job."""
    return hashlib.sha256(f"record of {ticket}".encode()).hexdigest()[:32]
