"""Video jobs over two and three replicas, each with a store of its own, with any routing."""

import asyncio
from pathlib import Path

import pytest

from omni_ui.features.video.jobs import job_poller as poller
from tests.features.video.jobs.jobs_bench import ASKED, Bench
from tests.gateways.replicas import Replicas
from tests.video_server import MP4


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"FIRST_LOOK": 0.001, "USUAL": 0.005, "MISSING_PAUSE": 0.005, "DELETE_PAUSE": 0.001}.items():
        monkeypatch.setattr(poller, name, seconds)


class App(Bench):
    """The page's jobs over several replicas."""

    def __init__(self, folder: Path, replicas: Replicas) -> None:
        super().__init__(folder, replicas, model="wan")

    async def run(self) -> str:
        ticket = (await self.jobs.begin(self.backend, ASKED, "me", "wan")).ticket
        async with asyncio.timeout(60):
            async for job in self.jobs.changes(ticket):
                last = job
        path = await self.jobs.fetch_file(last)
        return last.state if path is None or path.read_bytes() == MP4 else "another file"


@pytest.mark.parametrize("routing", ["random", "session", "cookie"])
@pytest.mark.parametrize("number", [2, 3])
async def test_twenty_of_twenty_jobs_end_right(tmp_path: Path, number: int, routing) -> None:
    replicas = Replicas(number, routing)
    async with App(tmp_path, replicas) as app:
        states = await asyncio.gather(*(app.run() for _ in range(20)))
    assert states == ["done"] * 20
    assert replicas.started == 20  # none was started twice
    assert len(replicas.sessions) == 20  # each job keeps its own session


async def test_a_session_binds_every_call_of_a_job_to_its_replica(tmp_path: Path) -> None:
    replicas = Replicas(3, "session")
    async with App(tmp_path, replicas) as app:
        assert await app.run() == "done"
    assert sum(bool(server.calls) for server in replicas.servers) == 1


async def test_a_job_that_no_replica_knows_is_given_up(tmp_path: Path) -> None:
    replicas = Replicas(3)
    for server in replicas.servers:
        server.states_of_each = [404]
    async with App(tmp_path, replicas) as app:
        assert await app.run() == "failed"


async def test_a_cancelled_job_is_stopped_wherever_it_runs(tmp_path: Path) -> None:
    replicas = Replicas(3)
    for server in replicas.servers:
        server.states_of_each = ["in_progress"]
    async with App(tmp_path, replicas) as app:
        for _ in range(10):
            ticket = (await app.jobs.begin(app.backend, ASKED, "me", "wan")).ticket
            async with asyncio.timeout(20):
                async for job in app.jobs.changes(ticket):
                    if job.state == "in_progress":
                        app.jobs.cancel(ticket)
            assert job.state == "cancelled"
    assert sum(len(server.deleted) for server in replicas.servers) == 10


async def test_lists_of_jobs_are_merged(tmp_path: Path) -> None:
    replicas = Replicas(3)
    async with App(tmp_path, replicas) as app:
        await asyncio.gather(*(app.run() for _ in range(9)))
        listed = await app.backend.client.videos(looks=30)
    assert len({job.id for job in listed}) == len(listed) == 9
