"""Video jobs from their making to their end, with a server that goes away, forgets, fails and never ends."""

import asyncio
import time

import httpx
import pytest

from omni_ui.client import OmniClient
from omni_ui.core.run_queue import RunQueue
from omni_ui.core.servers.backend import Backend
from omni_ui.core.servers.waiting import Waiting
from tests.features.video.jobs.jobs_bench import ASKED, Bench
from tests.pace import allowed
from tests.video_server import MP4, VideoServer

FACTS = {"fps": 16.0, "frames": 32, "duration": 2.0}
pytestmark = pytest.mark.usefixtures("hurry")


async def test_a_job_is_made_fetched_and_kept(tmp_path):
    async with Bench(tmp_path, VideoServer()) as bench:
        begun = await bench.begin()
        states = [job.state async for job in bench.jobs.changes(begun.ticket)]
        assert list(dict.fromkeys(states)) == ["sending", "queued", "in_progress", "fetching", "done"]
        job = await bench.jobs.find(begun.ticket)
        assert (await bench.jobs.fetch_file(job)).read_bytes() == MP4
        assert {name: job.facts[name] for name in ("fps", "frames", "duration")} == FACTS
        waiting = Waiting.from_dict(job.facts["waiting"])
        assert waiting is not None
        assert waiting.whole >= (job.ended or 0) - job.created - 0.01
        assert job.request["seed"] == 7
        assert len(job.ticket) >= 32
        assert bench.jobs._active == {}
        assert list((tmp_path / "files" / "incoming").iterdir()) == []


async def test_nobody_has_to_look(tmp_path):
    async with Bench(tmp_path, VideoServer()) as bench:
        ticket = (await bench.begin()).ticket
        await asyncio.sleep(1)
        assert (await bench.jobs.find(ticket)).state == "done"


async def test_a_job_is_taken_up_after_a_restart(tmp_path):
    server = VideoServer(states=["in_progress"])
    async with Bench(tmp_path, server) as bench:
        ticket = (await bench.begin()).ticket
        await bench.until(ticket, "in_progress")
    assert server.deleted == set()
    server.states = ["in_progress", "completed"]
    async with Bench(tmp_path, server) as bench:
        job = await bench.end_of(ticket)
        assert (job.state, server.made) == ("done", 1)
        assert (await bench.jobs.fetch_file(job)).read_bytes() == MP4


async def test_a_job_that_was_ready_is_fetched_after_a_restart(tmp_path):
    async with Bench(tmp_path, VideoServer()) as bench:
        ticket = (await bench.begin()).ticket
        done = await bench.end_of(ticket)
        await bench.store.jobs.save(done.but(state="fetching", file=None))
    async with Bench(tmp_path, VideoServer(states=[404])) as bench:
        assert (await bench.end_of(ticket)).state == "done"


async def test_a_job_that_was_being_sent_when_the_app_was_killed_says_so(tmp_path):
    async with Bench(tmp_path, VideoServer()) as bench:
        job = await bench.end_of((await bench.begin()).ticket)
        await bench.store.jobs.save(job.but(state="sending", server_id=None, made=False, file=None))
    server = VideoServer()
    async with Bench(tmp_path, server) as bench:
        job = await bench.end_of(job.ticket)
        assert job.state == "failed"
        assert "restarted while this job was being sent" in job.error
        assert server.calls == []


async def test_a_server_that_is_away_for_a_while_is_waited_for(tmp_path):
    away = [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), 503, 500]
    async with Bench(tmp_path, VideoServer(states=["in_progress", *away, "in_progress", "completed"])) as bench:
        notes = [job.note async for job in bench.jobs.changes((await bench.begin()).ticket)]
        assert any("may still be running there" in note for note in notes)
        assert notes[-1] == ""
        assert (await bench.jobs.of_visitor("me"))[0].state == "done"


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (VideoServer(states=["in_progress", 404]), "no longer knows this job: it was restarted"),
        (VideoServer(content=404), "has already removed its file"),
        (VideoServer(content=b"<html>" * 100), "not a video"),
        (VideoServer(content=b""), "empty file"),
        (VideoServer(states=["in_progress", "failed"]), "engine failed"),
        (VideoServer(states=["asleep"]), "unknown status: asleep"),
        (VideoServer(create=400), "one API worker"),
    ],
    ids=["restarted", "swept", "no video", "empty", "failed", "nonsense", "refused"],
)
async def test_how_a_job_fails_is_one_sentence(tmp_path, server, says):
    async with Bench(tmp_path, server) as bench:
        job = await bench.end_of((await bench.begin()).ticket)
        assert job.state == "failed"
        assert says in f"{job.error} {job.details}"
        assert "\n" not in job.error
        assert await bench.jobs.fetch_file(job) is None


async def test_a_job_that_never_ends_is_told_to_stop(tmp_path):
    server = VideoServer(states=["in_progress"])
    async with Bench(tmp_path, server, timeout=0.2) as bench:
        job = await bench.end_of((await bench.begin()).ticket)
        assert job.state == "failed"
        assert "OMNI_TIMEOUT" in job.error
        assert server.deleted == {"video_1"}


async def test_cancelling_deletes_the_job_on_the_server(tmp_path):
    server = VideoServer(states=["in_progress"])
    async with Bench(tmp_path, server) as bench:
        ticket = (await bench.begin()).ticket
        await bench.until(ticket, "in_progress")
        asked = time.monotonic()
        bench.jobs.cancel(ticket)
        assert (await bench.end_of(ticket)).state == "cancelled"
        assert time.monotonic() - asked < allowed(1)
        assert server.deleted == {"video_1"}
        bench.jobs.cancel(ticket)  # once more does nothing


async def test_cancelling_while_it_is_being_sent_leaves_nothing_behind(tmp_path):
    server = VideoServer(states=["in_progress"])
    slow = server._create

    async def create(request):
        await asyncio.sleep(0.3)
        return await slow(request)

    server._create = create
    async with Bench(tmp_path, server) as bench:
        ticket = (await bench.begin()).ticket
        await asyncio.sleep(0.05)
        bench.jobs.cancel(ticket)
        assert (await bench.end_of(ticket)).state == "cancelled"
        assert server.deleted == {"video_1"}


async def test_a_server_without_jobs_makes_it_at_once(tmp_path):
    server = VideoServer(create=409)
    async with Bench(tmp_path, server) as bench:
        job = await bench.end_of((await bench.begin()).ticket)
        assert (job.state, job.at_once) == ("done", True)
        assert (await bench.jobs.fetch_file(job)).read_bytes() == MP4
        assert server.calls == ["POST /v1/videos", "POST /v1/videos/sync"]


async def test_deleting_removes_record_file_and_the_copy_on_the_server(tmp_path):
    server = VideoServer()
    async with Bench(tmp_path, server) as bench:
        job = await bench.end_of((await bench.begin()).ticket)
        path = await bench.jobs.fetch_file(job)
        await bench.jobs.delete(job.ticket)
        assert await bench.jobs.find(job.ticket) is None
        assert not path.exists()
        assert server.deleted == {"video_1"}
        await bench.jobs.delete(job.ticket)


async def test_deleting_a_job_that_is_open_cancels_it_first(tmp_path):
    server = VideoServer(states=["in_progress"])
    async with Bench(tmp_path, server) as bench:
        ticket = (await bench.begin()).ticket
        await bench.until(ticket, "in_progress")
        await bench.jobs.delete(ticket)
        assert (await bench.jobs.of_visitor("me"), server.deleted) == ([], {"video_1"})


async def test_a_file_that_is_gone_here_is_fetched_again(tmp_path):
    async with Bench(tmp_path, VideoServer()) as bench:
        job = await bench.end_of((await bench.begin()).ticket)
        (await bench.jobs.fetch_file(job)).unlink()
        assert await bench.jobs.fetch_file(job) is None
        await bench.jobs.fetch_again(job.ticket)
        again = await bench.end_of(job.ticket)
        assert (await bench.jobs.fetch_file(again)).read_bytes() == MP4


async def test_visitors_see_their_own_jobs_only(tmp_path):
    async with Bench(tmp_path, VideoServer()) as bench:
        mine = await bench.end_of((await bench.begin("me")).ticket)
        await bench.end_of((await bench.begin("you")).ticket)
        await bench.end_of((await bench.begin(None)).ticket)
        assert [one.ticket for one in await bench.jobs.of_visitor("me")] == [mine.ticket]
        assert await bench.jobs.of_visitor(None) == []


async def test_what_a_program_left_behind_goes_with_the_next_start(tmp_path):
    server = VideoServer()
    async with Bench(tmp_path, server) as bench:
        job = await bench.end_of((await bench.begin(None)).ticket)
        path = await bench.jobs.fetch_file(job)
        assert path.exists()
    async with Bench(tmp_path, server) as bench:
        assert await bench.jobs.find(job.ticket) is None
        assert not path.exists()
        assert server.deleted == set()
        server.states = ["in_progress"]
        left = await bench.begin(None)
        await bench.until(left.ticket, "in_progress")
    async with Bench(tmp_path, server) as bench:
        assert (await bench.end_of(left.ticket)).state == "cancelled"
        assert server.deleted == {"video_2"}


async def test_a_disk_that_is_full_fails_in_one_sentence_and_can_be_tried_again(tmp_path, monkeypatch):
    async with Bench(tmp_path, VideoServer()) as bench:
        keep = bench.store.files.keep
        monkeypatch.setattr(bench.store.files, "keep", _raises(OSError(28, "No space left on device")))
        job = await bench.end_of((await bench.begin()).ticket)
        assert (job.state, job.made) == ("failed", True)
        assert "is full: free up space" in job.error
        monkeypatch.setattr(bench.store.files, "keep", keep)
        await bench.jobs.fetch_again(job.ticket)
        assert (await bench.end_of(job.ticket)).state == "done"


async def test_records_that_cannot_be_written_do_not_stop_the_job(tmp_path, monkeypatch):
    async with Bench(tmp_path, VideoServer()) as bench:
        await bench.store.database.read("PRAGMA query_only = 1")
        job = await bench.end_of((await bench.begin()).ticket)
        assert job.state == "done"
        assert (await bench.jobs.find(job.ticket)).state == "done"
        assert [one.ticket for one in await bench.jobs.of_visitor("me")] == [job.ticket]


async def test_a_job_of_another_server_waits_for_that_server(tmp_path):
    server = VideoServer(states=["in_progress"])
    async with Bench(tmp_path, server) as bench:
        ticket = (await bench.begin()).ticket
        await bench.until(ticket, "in_progress")
        job = await bench.jobs.find(ticket)
        await bench.jobs.close()
        await bench.store.jobs.save(job.but(server="http://other:8091"))
    async with Bench(tmp_path, server) as bench:
        seen = await bench.jobs.find(ticket)
        assert not seen.over
        assert "a different server" in seen.note


async def test_an_estimate_comes_with_the_fourth_like_run(tmp_path):
    server = VideoServer(states=["completed"])
    async with Bench(tmp_path, server) as bench:
        expected = []
        for _ in range(4):
            begun = await bench.begin()
            expected.append(begun.expected)
            await bench.end_of(begun.ticket)
        assert expected[:3] == [None] * 3
        low, high = expected[3]
        assert 0 < low <= high < 5


async def test_a_visitors_own_server_stays_reachable_for_its_job(tmp_path):
    server = VideoServer(states=["in_progress"])
    async with Bench(tmp_path, server) as bench:
        own = Backend("http://mine:1", OmniClient("http://mine:1", http=server.http), RunQueue(8))
        await bench.jobs._backends.adopt("session", ["video"], own)
        ticket = (await bench.jobs.begin(own, ASKED, "me", None)).ticket
        await bench.until(ticket, "in_progress")
        await bench.jobs._backends.forget("session")
        server.states = ["completed"]
        assert (await bench.end_of(ticket)).state == "done"
        await asyncio.sleep(0.01)
        assert own.client._wire._http.is_closed


def _raises(error: Exception):
    def fail(*_: object) -> None:
        raise error

    return fail
