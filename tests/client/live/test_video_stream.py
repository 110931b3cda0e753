"""Videos that are read while they are made (WIRE.md 17): against the demo server, and servers that go wrong."""

import asyncio
import json
import math

import pytest
from websockets.asyncio.server import serve

from omni_ui.client import (
    BadRequest,
    BrokenAnswer,
    NotFound,
    NotReachable,
    OmniClient,
    ServerFailed,
    TimedOut,
    TimelineEvent,
    VideoRequest,
)
from omni_ui.client.live import (
    InteractionQueued,
    InteractionRefused,
    StreamEnded,
    StreamStarted,
    VideoChunk,
    VideoStream,
)
from omni_ui.client.live import video as stream_module
from omni_ui.demo.server import DemoServer
from omni_ui.demo.streaming.video_pieces import Changes, Script, paint
from tests.pace import allowed

TASTE = {"seed": 1, "steps": None, "guidance": None, "negative_prompt": None}
PIECES = list(paint(Script("a sea", 64, 48, 16, 16.0, TASTE), Changes()))


@pytest.fixture(scope="module")
def demo():
    with DemoServer(["video"], stub=True) as server:
        yield server.url


def ask(**more):
    fields = {"prompt": "a sea", "size": "64x48", "num_frames": 24, "fps": 16, "seed": 3, "watch": True}
    return VideoRequest(**fields | more)


def described(piece, **more):
    facts = {"type": "video.chunk_metadata", "kind": "media" if piece.frames else "trailer"}
    return json.dumps(
        facts | {"num_frames": piece.frames, "byte_length": len(piece.data), "started_event_ids": []} | more
    )


class Server:
    """A server of one script: what it answers after the first message, as texts, bytes, or pauses in seconds.

    `said`: what it was told. `gone`: set when the line is closed.
    """

    def __init__(self, *script, greeting=None):
        self.script, self.greeting = script, greeting
        self.said, self.asked, self.gone = [], asyncio.Event(), asyncio.Event()

    async def __aenter__(self):
        async def talk(socket):
            reader = asyncio.create_task(self._read(socket))
            if self.greeting:
                await socket.send(self.greeting)
            await self.asked.wait()
            for item in self.script:
                await (asyncio.sleep(item) if isinstance(item, float) else socket.send(item))
            if not self.script or self.script[-1] != 60.0:
                socket.transport.abort()  # most servers end without a close frame (WIRE.md 14)
            await reader

        self.server = await serve(talk, "127.0.0.1", 0, max_size=2**25)
        self.omni = OmniClient(f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}", model="a")
        return self

    async def _read(self, socket):
        try:
            async for message in socket:
                self.said.append(json.loads(message))
                self.asked.set()
        finally:
            self.gone.set()

    async def __aexit__(self, *_):
        await self.omni.aclose()
        self.server.close()

    async def stream(self, timeline=()):
        socket = await self.omni._open_stream()
        return VideoStream(socket, {"type": "session.start", "prompt": "a sea"}, list(timeline))


START = json.dumps({"type": "video.start", "request_id": "r"})
DONE = json.dumps({"type": "session.done", "stopped": False})


async def read(stream):
    """All events, and the error that ended them."""
    seen = []
    try:
        async with stream:
            async for event in stream.events():
                seen.append(event)
    except Exception as error:
        return seen, error
    return seen, None


async def test_the_pieces_of_the_demo_joined_are_one_video_with_changes_where_they_were_asked_for(demo, tmp_path):
    import av

    async with OmniClient(demo) as omni:
        assert await omni.streams_videos()
        stream = await omni.open_video(
            ask(num_frames=40, timeline=[{"at": 1, "prompt": "night"}, {"at": 99, "keys": "w"}])
        )
        seen, error = await read(stream)
    assert error is None
    chunks = [event for event in seen if isinstance(event, VideoChunk)]
    assert isinstance(seen[0], StreamStarted)
    assert seen[-1] == StreamEnded(False)
    assert [chunk.kind for chunk in chunks] == ["media"] * 5 + ["trailer"]
    assert chunks[0].codec.startswith("avc1.")
    assert math.isclose(sum(chunk.seconds for chunk in chunks), 2.5)
    begun = next(chunk for chunk in chunks if "change-1" in chunk.events)
    assert 0.8 < begun.start < 2.0
    assert InteractionQueued("change-1") in seen
    assert [change.at for change in stream.unsent] == [99]
    path = tmp_path / "video.mp4"
    path.write_bytes(b"".join(chunk.data for chunk in chunks))
    with av.open(str(path)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 40


async def test_stop_ends_the_video_and_leaving_aborts_it(demo):
    async with OmniClient(demo) as omni:
        async with await omni.open_video(ask(prompt="a sea [[slow:30]]", num_frames=160)) as stream:
            events = stream.events()
            await anext(events)
            await stream.stop()
            async with asyncio.timeout(1):
                assert [event async for event in events] == [StreamEnded(True)]
        stream = await omni.open_video(ask(prompt="a sea [[slow:30]]", num_frames=160))
        await anext(stream.events())
        async with asyncio.timeout(1):
            await stream.aclose()
            await stream.aclose()
            while (await omni._get("/_stub/requests"))["running"]:  # noqa: ASYNC110  # it is another program
                await asyncio.sleep(0.01)


async def test_a_change_is_sent_when_the_next_piece_holds_its_second():
    script = [START, described(PIECES[0]), PIECES[0].data, 0.1, described(PIECES[1]), PIECES[1].data, DONE]
    timeline = [
        TimelineEvent(at=0.8, prompt="later"),
        TimelineEvent(at=5, prompt="never"),
        TimelineEvent(at=0, keys="Dw"),
    ]
    async with Server(*script) as server:
        stream = await server.stream(timeline)
        seen, error = await read(stream)
    assert error is None
    assert isinstance(seen[-1], StreamEnded)
    sent = [message["interaction"]["event"] for message in server.said if message["type"] == "session.interaction"]
    camera = {"mode": "velocity", "data": {"translation": [0.05, 0, 0.05], "rotation": [0, 0, 0, 1]}}
    assert sent == [{"multi_modal_data": {"camera": camera}}, {"prompt": "later"}]
    assert [change.prompt for change in stream.unsent] == ["never"]


async def test_a_video_that_is_whole_before_its_change_is_due_stays_whole():
    async with Server(START, described(PIECES[0]), PIECES[0].data, DONE) as server:
        stream = await server.stream([TimelineEvent(at=0, prompt="too late")])
        events = stream.events()
        assert isinstance(await anext(events), StreamStarted)
        await stream._socket._connection.wait_closed()
        seen = [event async for event in events]
    assert [type(event) for event in seen] == [VideoChunk, StreamEnded]
    assert [change.prompt for change in stream.unsent] == ["too late"]
    assert stream.changes == {}


async def test_a_change_that_the_model_does_not_take_is_said_and_the_video_goes_on():
    refusal = {"type": "error", "message": "Failed to apply interaction", "code": "interaction_failed"}
    script = [START, described(PIECES[0]), PIECES[0].data, 0.05, json.dumps(refusal | {"event_id": "change-1"}), DONE]
    async with Server(*script) as server:
        stream = await server.stream([TimelineEvent(at=0.1, keys="w")])
        seen, error = await read(stream)
    refused = next(event for event in seen if isinstance(event, InteractionRefused))
    assert (error, seen[-1]) == (None, StreamEnded(False))
    assert refused.sentence == "This model does not react to keys. The video continues."
    assert stream.changes == {}


FIRST = [START, described(PIECES[0]), PIECES[0].data]
ERROR = json.dumps({"type": "error", "message": "out of luck"})


@pytest.mark.parametrize(
    ("script", "kind", "chunks"),
    [
        ([*FIRST, ERROR], ServerFailed, 1),
        ([*FIRST], NotReachable, 1),
        ([*FIRST, "{"], BrokenAnswer, 1),
        ([*FIRST, "[]"], BrokenAnswer, 1),
        ([*FIRST, PIECES[1].data], BrokenAnswer, 1),
        ([*FIRST, described(PIECES[1]), PIECES[1].data[:-10]], BrokenAnswer, 1),
        ([*FIRST, described(PIECES[1], byte_length=None), PIECES[1].data[:-10]], BrokenAnswer, 1),
        ([*FIRST, described(PIECES[1]), DONE], BrokenAnswer, 1),
        ([START, described(PIECES[0], byte_length=4), b"oops"], BrokenAnswer, 0),
        ([ERROR], BadRequest, 0),
        (["{}"], BrokenAnswer, 0),
        ([START, json.dumps({"type": "error", "message": "Stall timeout: no generation progress"})], TimedOut, 0),
        ([], NotReachable, 0),
    ],
)
async def test_what_arrived_is_there_whatever_goes_wrong(script, kind, chunks):
    async with Server(*script) as server:
        seen, error = await read(await server.stream())
        await asyncio.wait_for(server.gone.wait(), allowed(1))
    assert isinstance(error, kind), error
    assert error.sentence
    assert "\n" not in error.sentence
    assert sum(isinstance(event, VideoChunk) for event in seen) == chunks


async def test_a_server_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(stream_module, "SILENCE", 0.05)
    async with Server(*FIRST, 60.0) as server:
        seen, error = await read(await server.stream())
    assert isinstance(error, TimedOut)
    assert isinstance(seen[-1], VideoChunk)


async def test_whether_videos_are_streamed_is_asked_and_nothing_is_made(demo):
    async with OmniClient(demo) as omni:
        before = len((await omni._get("/_stub/requests"))["requests"])
        assert await omni.streams_videos()
        assert len((await omni._get("/_stub/requests"))["requests"]) == before
    with DemoServer(["chat"]) as other:
        async with OmniClient(other.url) as omni:
            assert not await omni.streams_videos()
            with pytest.raises(NotFound) as refused:
                async with await omni.open_video(ask()) as stream:
                    await anext(stream.events())
    assert refused.value.remedy == {"field": "watch", "value": False}
    async with Server(ERROR) as server:
        assert not await server.omni.streams_videos()
    async with OmniClient("http://127.0.0.1:9") as omni:
        assert not await omni.streams_videos()


async def test_a_job_and_a_watched_video_are_not_mixed_up(demo, tmp_path):
    async with OmniClient(demo) as omni:
        with pytest.raises(BadRequest):
            await omni.create_video(ask())
        with pytest.raises(BadRequest):
            await omni.video_sync(ask(), tmp_path / "video.mp4")
        with pytest.raises(BadRequest):
            await omni.open_video(ask(watch=False))
