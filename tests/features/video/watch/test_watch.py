"""Videos that are watched while they are made: as a run, over the page's socket, and in the history."""

import asyncio
import hashlib
import io
import json
import socket
from contextlib import aclosing, asynccontextmanager

import av
import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import connect

from omni_ui.client import OmniClient, VideoRequest
from omni_ui.core.backends import Backends
from omni_ui.core.files import use_cache_folder
from omni_ui.core.run import execute
from omni_ui.core.run_queue import RunQueue
from omni_ui.core.servers.backend import Backend
from omni_ui.demo.server import DemoServer
from omni_ui.features.history.service import Limits, Recorder
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.features.video.watch.watch_routes import watch_routes
from omni_ui.features.video.watch.watch_run import WatchRun, WatchStage, write_watched
from omni_ui.features.video.watch.watched import WatchedVideos
from omni_ui.settings import Settings
from omni_ui.store import Store

STAGE = WatchStage("result", "player")
SECRET = "v" * 32
VISITOR = hashlib.sha256(SECRET.encode()).hexdigest()[:32]


@pytest.fixture(scope="module")
def demo():
    with DemoServer(["video"], stub=True) as server:
        yield server


@pytest.fixture
def bench(demo, tmp_path):
    return Bench(demo, tmp_path)


class Bench:
    """An app without its page."""

    def __init__(self, demo, folder, **settings):
        use_cache_folder(folder / "cache")
        self.demo, self.folder = demo, folder
        self.settings = Settings(base_url=demo.url).model_copy(update=settings)
        self.videos = WatchedVideos(self.settings)
        self.written = []

    async def __aenter__(self):
        self.backend = Backend(self.demo.url, OmniClient(self.demo.url), RunQueue(8))
        return self

    async def __aexit__(self, *_):
        await self.backend.client.aclose()

    def run(self, visitor=VISITOR, longest=None, write=None, **fields):
        request = VideoRequest(
            **{"prompt": "a sea", "size": "64x48", "num_frames": 32, "fps": 16, "watch": True} | fields
        )

        async def note(run):
            self.written.append(run)

        run = WatchRun(request, STAGE, self.videos, as_it_is, write or note, longest)
        run.visitor, run.owner, run.session, run.entered = visitor, visitor or "a", "s", {"prompt": request.prompt}
        return run

    async def steps(self, run):
        return [step async for step in execute(self.backend, run)]

    async def engine_is_idle(self):
        async with asyncio.timeout(1):
            while self.demo.app.state.demo.engine.running:  # noqa: ASYNC110  # of another thread
                await asyncio.sleep(0.01)


async def as_it_is(request, session):
    return request, []


def frames_in(data):
    with av.open(io.BytesIO(data)) as file:
        return sum(1 for _ in file.decode(video=0))


async def test_a_watched_video_is_one_file_with_what_was_changed(bench):
    async with bench:
        run = bench.run(timeline=[{"at": 0.9, "prompt": "night"}, {"at": 50, "prompt": "never"}])
        steps = await bench.steps(run)
    assert steps[-1].kind == "done"
    updates = [step.updates for step in steps if step.updates]
    assert updates[0] == {"player": run.video.ticket, "result": None}
    assert updates[-1] == {"result": run.video.path}
    assert frames_in(run.video.path.read_bytes()) == 32
    facts = {name: value for name, value in steps[-1].outcome.facts if name}
    assert facts["changed"].endswith("night")
    assert "1 of the timeline's changes were after the end" in facts["note"]
    assert [change.prompt for change in run.request.timeline] == ["night"]
    assert bench.written == [run]
    assert len(run.record) == 32


async def test_stop_ends_it_at_the_server_and_keeps_what_arrived(bench):
    async with bench:
        run = bench.run(prompt="a sea [[slow:20]]", num_frames=400)
        steps = execute(bench.backend, run)
        async with aclosing(steps):
            async for _ in steps:
                if run.video and run.video.chunks >= 2:
                    break
        await bench.engine_is_idle()
        assert run.video.kept.is_set()
        assert not run.video.complete
        assert bench.written == [run]
        assert frames_in(run.video.path.read_bytes()) >= 15
        assert run.outcome().files == [run.video.path]
        assert (await bench.steps(bench.run()))[-1].kind == "done"  # the place is free again


async def test_what_arrived_before_an_error_is_kept_with_one_sentence(bench):
    async with bench:
        run = bench.run(prompt="a sea [[fail:midstream]]")
        step = (await bench.steps(run))[-1]
        nothing = bench.run(prompt="a sea [[fail:generate]]")
        assert (await bench.steps(nothing))[-1].kind == "failed"
    assert (step.kind, step.error.what) == ("failed", "Making the video failed at the server.")
    assert run.after_failure() == {"result": run.video.path}
    assert bench.written == [run]
    assert run.video.events[-1]["text"].startswith("The video was cut off.")
    assert nothing.after_failure() == {"player": ""}
    assert nothing.record == ""


async def test_a_visitor_watches_one_at_a_time_and_within_the_hosts_limits(demo, tmp_path):
    async with Bench(demo, tmp_path, watched_mb=0.03, caps=None) as bench:
        first = bench.run(prompt="a sea [[slow:20]]")
        steps = execute(bench.backend, first)
        async with aclosing(steps):
            async for step in steps:
                if step.updates:
                    break
            refused = (await bench.steps(bench.run()))[-1]
            other = (await bench.steps(bench.run(visitor="w" * 32, num_frames=320)))[-1]
        long = (await bench.steps(bench.run(longest=5, timeline=[{"at": 1, "prompt": "longer than that"}])))[-1]
    assert "already watching a video being made" in str(refused.error)
    assert ("note", "Videos watched while generating are limited to 0.03 MB here.") in other.outcome.facts
    assert other.outcome.files[0].stat().st_size <= 30_000
    assert "the limit is 5" in str(long.error)
    async with Bench(demo, tmp_path, watched_videos=0) as bench:
        assert not bench.videos.offered
        assert "does not show unfinished videos" in str((await bench.steps(bench.run()))[-1].error)


async def test_a_slow_video_ends_at_the_hosts_limit_of_time(demo, tmp_path):
    async with Bench(demo, tmp_path, watched_minutes=0.1 / 60) as bench:
        step = (await bench.steps(bench.run(prompt="a sea [[slow:1]]", num_frames=80)))[-1]
    assert any("minutes here" in value for _, value in step.outcome.facts)


@asynccontextmanager
async def page_of(videos):
    """The page's socket, served in this event loop: `opened(ticket, secret)` opens it."""
    app = FastAPI()
    app.include_router(watch_routes(videos))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    address = f"ws://127.0.0.1:{listener.getsockname()[1]}/omni/watch/"
    yield lambda ticket, secret=SECRET: connect(
        address + ticket, additional_headers={"Cookie": f"omni_visitor={secret}"}, proxy=None
    )
    server.should_exit = True
    await serving


async def pieces(line):
    """Everything up to the end: the events, and the bytes joined."""
    events, data = [], b""
    async with asyncio.timeout(10):
        async for message in line:
            if isinstance(message, bytes):
                data += message
            else:
                events.append(json.loads(message))
    return events, data


async def test_whoever_watches_gets_all_of_it_from_the_start_and_strangers_nothing(bench):
    async with bench:
        run = bench.run()
        await bench.steps(run)
    async with page_of(bench.videos) as opened:
        for _ in range(2):
            async with opened(run.video.ticket) as line:
                events, data = await pieces(line)
            assert data == run.video.path.read_bytes()
            assert [event["type"] for event in events] == ["piece"] * 5 + ["end"]
            assert events[0]["codec"].startswith("avc1.")
            assert "offset" not in events[0]
        for ticket, secret in ((run.video.ticket, "x" * 32), ("nothing", SECRET)):
            async with opened(ticket, secret) as line:
                events, data = await pieces(line)
            assert [event["type"] for event in events] == ["end"]
            assert data == b""


async def changed_by_hand(line):
    """Sends nonsense, another prompt and keys; the changes that were made of it."""
    for message in ("{", "[]", '"a"', '{"prompt": " "}', '{"keys": "zz"}', '{"prompt": 7}', "x" * 200_000, b"abc"):
        await line.send(message)
    await line.send(json.dumps({"prompt": "a storm"}))
    await line.send(json.dumps({"keys": "WD"}))
    changes = []
    async for message in line:
        event = json.loads(message) if isinstance(message, str) else {}
        changes += [event] if event.get("type") == "change" else []
        if len(changes) == 2:
            return changes
    raise AssertionError(f"only {changes}")


async def test_changes_by_hand_reach_the_engine_and_nonsense_does_not(bench):
    async with bench, page_of(bench.videos) as opened:
        run = bench.run(prompt="a sea [[slow:20]]", num_frames=400)
        steps = execute(bench.backend, run)
        async with aclosing(steps):
            async for _ in steps:
                if run.video and run.video.chunks:
                    break
            async with opened(run.video.ticket) as line:
                changes = await asyncio.wait_for(changed_by_hand(line), 60)
            while len(run.video.stream.changes) < 2:  # both are sent before they are told
                await anext(steps)
        record = list(bench.demo.app.state.demo.engine.records)[-1]
    assert [(change.get("prompt"), change.get("keys")) for change in changes] == [("a storm", None), (None, "wd")]
    assert [change.prompt or change.keys for change in run.request.timeline] == ["a storm", "wd"]
    assert [item["event_id"] for item in record["prompt"]["interactions"]] == ["change-1", "change-2"]


async def test_the_history_has_the_file_the_recipe_and_the_timeline(bench):
    store = Store(bench.folder / "data")
    await store.open()
    recorder = Recorder(store, VideoJobs(Backends(bench.settings), store), Limits())
    async with bench:

        async def write(run):
            await write_watched(recorder, run)

        run = bench.run(write=write, timeline=[{"at": 1, "prompt": "night", "transition_chunks": 1}])
        await bench.steps(run)
    await recorder.settled()
    record = await store.history.find(run.record, VISITOR)
    assert record.recipe["request"]["timeline"] == [{"at": 1.0, "prompt": "night", "transition_chunks": 1}]
    assert record.recipe["request"]["watch"] is True
    assert [(file.role, file.kind) for file in record.files] == [("result", "video/mp4")]
    assert (await store.history.fetch(record.files[0])).read_bytes() == run.video.path.read_bytes()
    assert record.summary == "a sea"
    await store.close()
