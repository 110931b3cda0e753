"""Video jobs that their server has lost, with a restart or with one of several replicas."""

import pytest

from omni_ui.features.video.jobs import job_poller as poller
from tests.features.video.jobs.jobs_bench import Bench
from tests.video_server import MP4, VideoServer

pytestmark = pytest.mark.usefixtures("hurry")


@pytest.mark.parametrize("lost_when", ["in_progress", "ready"])
async def test_a_job_that_its_server_has_lost_is_sent_once_more(tmp_path, lost_when):
    """A replica that was killed: its jobs were in its memory."""
    missing = [404] * poller.MISSES
    server = VideoServer(states=["in_progress", *missing, "in_progress", "completed"])
    if lost_when == "ready":
        server = VideoServer(content=[*missing, MP4])
    async with Bench(tmp_path, server) as bench:
        states = []
        async for job in bench.jobs.changes((await bench.begin()).ticket):
            states += [job.state] if job.state != states[-1:] else []
        assert (job.state, job.error, server.made) == ("done", "", 2)
        assert states.count("sending") >= 2
        assert (await bench.jobs.fetch_file(job)).read_bytes() == MP4


async def test_a_job_is_not_sent_a_third_time(tmp_path):
    server = VideoServer(content=[404])
    async with Bench(tmp_path, server) as bench:
        job = await bench.end_of((await bench.begin()).ticket)
        assert (job.state, server.made) == ("failed", 2)


async def test_a_lost_job_whose_files_are_not_here_says_so(tmp_path):
    async with Bench(tmp_path, VideoServer(states=["in_progress"])) as bench:
        ticket = (await bench.begin()).ticket
        job = await bench.until(ticket, "in_progress")
        await bench.jobs.hand_over()
        request = job.request | {"input_reference": str(tmp_path / "of another process.png")}
        await bench.store.jobs.save(job.but(request=request))
    async with Bench(tmp_path, VideoServer(states=[404])) as bench:
        job = await bench.end_of(ticket)
        assert job.state == "failed"
        assert "no longer knows this job" in job.error
