"""Which of several processes follows a video job: the one that holds its lease in the database (store/jobs.py).

It renews its leases again and again. When it is gone another one goes on within LEASE + BEAT seconds, under the same id
at the server. A process that stood still for too long loses its leases and says no more of those jobs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from omni_ui.features.video.jobs.active_job import ActiveJob
from omni_ui.store import Lease, Store, StoreFailed, VideoRecord

LEASE = 10.0
"""Seconds, by the database's clock, for which one process follows a job."""
BEAT = 2.5
"""Seconds between two renewals of all leases, and two looks for jobs that nobody follows."""
REST = 20.0
"""Seconds for which a process takes up no jobs after it could not keep a video."""
AT_ONCE = 20
"""Jobs that one process takes up at a time, so that others take their part."""


class JobLeases:
    """The leases of one process.

    active: the jobs that it follows, by ticket. servers: the addresses of those whose jobs it can follow. take_up:
    follows a job from now on. let_go: follows it no more. write: tries once more to write down a job that is over.
    """

    def __init__(
        self,
        store: Store,
        active: dict[str, ActiveJob],
        servers: Callable[[], list[str]],
        take_up: Callable[[VideoRecord, Lease], None],
        let_go: Callable[[ActiveJob], None],
        write: Callable[[ActiveJob], Awaitable[None]],
    ) -> None:
        self._store, self._active, self._servers = store, active, servers
        self._take_up, self._let_go, self._write = take_up, let_go, write
        self._beating: asyncio.Task[None] | None = None
        self._rests_until = 0.0

    async def start(self) -> None:
        """Claims all jobs that no process polls, and keeps looking for more."""
        with suppress(StoreFailed):  # said by the store itself
            while await self.claim():
                """There may be more."""
        self._beating = asyncio.create_task(self._beat_for_ever())

    async def hand_over(self) -> None:
        """Follows nothing from now on: other processes go on at once."""
        if self._beating:
            self._beating.cancel()
        jobs = self._held()
        for job in jobs.values():
            self._let_go(job)
        with suppress(StoreFailed):  # they are free when their leases have run out
            await self._store.jobs.release([job.lease for job in jobs.values() if job.lease])

    async def give_to_others(self, lease: Lease) -> None:
        """Lets others take up a job that this process cannot bring to its end, and takes up none itself for a while."""
        self._rests_until = time.monotonic() + REST
        with suppress(StoreFailed):  # it is free when its lease has run out
            await self._store.jobs.release([lease])

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            with suppress(StoreFailed):  # said by the store itself
                await self.renew()
                await self.claim()

    async def renew(self) -> None:
        """Renews the leases of this process, and reads which jobs are to be stopped. StoreFailed."""
        jobs = self._held()
        leases = [job.lease for job in jobs.values() if job.lease]
        held = await self._store.jobs.renew(leases, LEASE) if leases else {}
        for ticket, job in jobs.items():
            if ticket not in held:
                self._let_go(job)
            elif held[ticket]:
                job.stop.set()
        for job in [job for job in self._active.values() if job.record.over and not job.written]:
            await self._write(job)

    async def claim(self) -> int:
        """Claims jobs that no process polls; how many. StoreFailed."""
        if time.monotonic() < self._rests_until:
            return 0
        claimed = await self._store.jobs.claim(self._store.processes.id, LEASE, AT_ONCE, self._servers())
        for record, lease in claimed:
            self._take_up(record, lease)
        return len(claimed)

    def _held(self) -> dict[str, ActiveJob]:
        return {ticket: job for ticket, job in self._active.items() if job.lease and not job.record.over}
