"""Video jobs of several processes on one database: each is followed by one, and by another when that one is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from omni_ui.client import OmniClient, VideoRequest
from omni_ui.core.backends import Backends
from omni_ui.core.run_queue import RunQueue
from omni_ui.core.servers.backend import Backend
from omni_ui.features.video.jobs import job_leases, job_poller, jobs
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.settings import Settings
from omni_ui.store import Store, VideoRecord
from tests.store.postgres_server import postgres_server
from tests.video_server import VideoServer

ASKED = VideoRequest(prompt="a sea", size="64x64", num_frames=32, seed=7)
LEASE, BEAT = 1.0, 0.1


@pytest.fixture(scope="module")
def postgres():
    with postgres_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    for name, value in (("FIRST_LOOK", 0.05), ("USUAL", 0.05), ("LEASE", LEASE)):
        monkeypatch.setattr(job_poller, name, value)
    monkeypatch.setattr(job_leases, "LEASE", LEASE)
    monkeypatch.setattr(job_leases, "BEAT", BEAT)
    monkeypatch.setattr(jobs, "LOOK", 0.05)


class Process:
    """A process of the page, without the page. `ended`: the jobs whose end it has told."""

    def __init__(self, folder: Path, database: str, server: VideoServer) -> None:
        client = OmniClient("http://gpu:8091", http=server.http)
        backends = Backends(Settings(base_url="http://gpu:8091"))
        self.backend = backends._by_tab["video"] = Backend("http://gpu:8091", client, RunQueue(64))
        self.store = Store(folder, database)
        self.jobs = VideoJobs(backends, self.store)
        self.ended: list[VideoRecord] = []
        self.jobs.on_end = self.ended.append

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Process"]:
        await self.store.open()
        await self.jobs.start()
        try:
            yield self
        finally:
            await self.jobs.close()
            await self.backend.client.aclose()
            await self.store.close()

    async def begin(self) -> str:
        job = await self.jobs.begin(self.backend, ASKED, "me", "wan")
        await self.until(job.ticket, "in_progress")
        return job.ticket

    async def until(self, ticket: str, state: str) -> VideoRecord:
        async with asyncio.timeout(15):
            async for job in self.jobs.changes(ticket):
                if job.state == state:
                    return job
        raise AssertionError(f"never {state}")

    async def following(self, number: int) -> None:
        """Until it follows so many jobs, which must be soon after the leases of another have run out."""
        async with asyncio.timeout(LEASE + 10 * BEAT + 3):
            while self.jobs.open_count < number:  # noqa: ASYNC110  # there is no event for it
                await asyncio.sleep(0.02)

    def die(self) -> None:
        """As SIGKILL does: nothing is said to anybody."""
        assert self.jobs._leases._beating
        self.jobs._leases._beating.cancel()
        self.jobs._leases._beating = None
        for poller in self.jobs._pollers.values():
            for task in poller._tasks:
                task.cancel()
        self.jobs._active.clear()


@pytest.fixture
async def two(tmp_path, postgres):
    server = VideoServer(states=["in_progress"])
    url = await postgres.with_tables()
    async with (
        Process(tmp_path / "1", url, server).running() as first,
        Process(tmp_path / "2", url, server).running() as second,
    ):
        yield first, second, server


async def test_jobs_of_a_process_that_dies_are_gone_on_with_at_the_server_and_no_other_is_asked_for(two):
    first, second, server = two
    tickets = [await first.begin() for _ in range(4)]
    seen_before = [await second.jobs.find(ticket) for ticket in tickets]
    assert all(record and record.state == "in_progress" and not record.note for record in seen_before)
    first.die()
    await second.following(4)
    server.states = ["completed"]
    done = [await second.until(ticket, "done") for ticket in tickets]
    assert [job.server_id for job in done] == [record.server_id for record in seen_before]
    assert server.made == 4
    assert len(second.ended) == 4
    assert first.ended == []


async def test_an_orderly_end_hands_jobs_over_before_their_leases_run_out_and_pages_see_them_go_on(two, monkeypatch):
    first, second, server = two
    monkeypatch.setattr(job_poller, "LEASE", 600.0)
    monkeypatch.setattr(job_leases, "LEASE", 600.0)
    ticket = await first.begin()
    await asyncio.sleep(3 * BEAT)
    page = asyncio.create_task(first.until(ticket, "done"))
    first.jobs.end_soon()
    server.states = ["completed"]
    assert (await second.until(ticket, "done")).ticket == ticket
    assert (await page).state == "done"
    assert [job.ticket for job in second.ended] == [ticket]


async def test_a_job_is_stopped_and_deleted_from_a_process_that_does_not_follow_it(two):
    first, second, server = two
    ticket, other = await first.begin(), await first.begin()
    assert ticket not in second.jobs._active
    second.jobs.cancel(ticket)
    await second.until(ticket, "cancelled")
    await second.jobs.delete(other)
    assert await first.jobs.find(other) is None
    assert server.deleted == {"video_1", "video_2"}


async def test_a_process_that_stood_still_says_no_more_of_jobs_that_another_follows(two):
    first, second, server = two
    ticket = await first.begin()
    assert first.jobs._leases._beating
    first.jobs._leases._beating.cancel()  # it renews nothing, and its poller goes on
    await second.following(1)
    server.states = ["completed"]
    await second.until(ticket, "done")
    await first.until(ticket, "done")
    assert first.ended == []
    assert len(second.ended) == 1
    assert server.deleted == set()


async def test_a_video_that_one_process_cannot_keep_is_fetched_by_another(two, monkeypatch):
    first, second, server = two
    ticket = await first.begin()

    async def full(path: Path) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(first.store.files, "keep", full)
    server.states = ["completed"]
    assert (await first.until(ticket, "done")).made
    assert [job.ticket for job in second.ended] == [ticket]
    assert first.ended == []
