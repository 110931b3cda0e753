"""Videos while they are made: websocket /v1/realtime/video (WIRE.md 17; endings: 14; the route on all servers: 3)."""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from omni_ui.client import TimelineEvent, VideoRequest
from omni_ui.client.live import InteractionQueued, StreamEnded, VideoChunk
from tests.contract.scene import Scene
from tests.contract.table import case

SMALL = {"prompt": "a sea", "size": "64x48", "num_frames": 24, "fps": 8, "seed": 3}
START = {"type": "session.start", **SMALL}
METADATA = {"type", "request_id", "kind", "num_frames", "byte_length", "generation_chunk_index", "started_event_ids"}
METADATA |= {"active_event_ids", "completed_event_ids", "transport_chunk_index"}


def line(s: Scene) -> connect:
    return connect(s.place.url.replace("http", "ws", 1) + "/v1/realtime/video", max_size=2**24, proxy=None)


async def rest(socket: ClientConnection) -> list[Any]:
    """All that comes until the line is closed."""
    seen: list[Any] = []
    try:
        async for message in socket:
            seen.append(message if isinstance(message, bytes) else json.loads(message))
            if not isinstance(message, bytes) and seen[-1]["type"] == "session.done":
                break
    except ConnectionClosed:
        pass
    return seen


@case("video", since="0.30")
async def a_stream_is_a_start_described_pieces_and_an_end(s: Scene) -> None:
    async with line(s) as socket:
        await socket.send(json.dumps(START))
        seen = await rest(socket)
    start, done = seen[0], seen[-1]
    assert (start["type"], start["format"]) == ("video.start", "m4s")
    assert start["request_id"].startswith("video_stream-")
    assert {name: start["config"][name] for name in SMALL} == SMALL
    facts, pieces = seen[1:-1:2], seen[2:-1:2]
    assert all(set(fact) == METADATA for fact in facts)
    assert [fact["byte_length"] for fact in facts] == [len(piece) for piece in pieces]
    assert [fact["kind"] for fact in facts] == ["media"] * (len(facts) - 1) + ["trailer"]
    assert sum(fact["num_frames"] for fact in facts) == 24
    assert pieces[0][4:8] == b"ftyp"
    assert [fact["transport_chunk_index"] for fact in facts] == list(range(len(facts)))
    assert facts[-1]["generation_chunk_index"] is None
    assert done == {"type": "session.done", "request_id": start["request_id"], "chunks": len(facts), "stopped": False}


@case("video", since="0.30")
async def a_stream_says_what_it_does_not_take_and_goes_on(s: Scene) -> None:
    async with line(s) as socket:
        await socket.send(json.dumps(START | {"prompt": "a sea [[slow:0.3]]"}))
        for message in (
            "{", "[]", {"type": "session.dance"}, {"type": "session.interaction"},
            {"type": "session.interaction", "interaction": {"event_id": "e", "event": {"prompt": " "}}},
            {"type": "session.interaction", "interaction": {"event": {"prompt": "b"}, "transition_chunks": -1}},
            {"type": "session.ping"},
        ):  # fmt: skip
            await socket.send(message if isinstance(message, str) else json.dumps(message))
        seen = [message for message in await rest(socket) if not isinstance(message, bytes)]
    assert sum(message["type"] == "error" for message in seen) == 6
    assert {"type": "session.pong"} in seen
    assert seen[-1]["type"] == "session.done"


@case("video", since="0.30")
async def a_stream_that_is_asked_for_wrongly_gets_an_error_and_no_close_frame(s: Scene) -> None:
    for text, words in (
        ("{", "Invalid JSON"), ("[]", "JSON object"), ('{"type": "session.ping"}', "Expected session.start"),
        (json.dumps(START | {"format": "webm"}), "m4s"),
        (json.dumps(START | {"num_frames": -1}), "Invalid session.start"),
        (json.dumps(START | {"model": "another"}), "Model mismatch"),
    ):  # fmt: skip
        async with line(s) as socket:
            await socket.send(text)
            seen = await rest(socket)
            assert [message["type"] for message in seen] == ["error"], text
            assert words in seen[0]["message"]
            assert socket.close_code in (1000, 1006)


@case("chat", since="0.30")
async def a_server_of_language_streams_no_videos(s: Scene) -> None:
    async with line(s) as socket:
        seen = await rest(socket)
    assert seen == [{"type": "error", "message": "Streaming video generation is not available"}]
    assert not await s.omni.streams_videos()


@case("video", since="0.30", client=True)
async def a_watched_video_changes_and_is_one_file(s: Scene) -> None:
    import av

    assert await s.omni.streams_videos()
    request = VideoRequest(
        **SMALL | {"watch": True, "prompt": "a sea [[slow:0.2]]"}, timeline=[{"at": 0.1, "prompt": "snow"}]
    )
    async with await s.omni.open_video(request) as stream:
        seen = [event async for event in stream.events()]
    chunks = [event for event in seen if isinstance(event, VideoChunk)]
    assert InteractionQueued("change-1") in seen
    assert seen[-1] == StreamEnded(False)
    assert any("change-1" in chunk.events for chunk in chunks)
    assert abs(sum(chunk.seconds for chunk in chunks) - 3) < 0.01
    assert chunks[0].codec.startswith("avc1.")
    path = s.file("video.mp4", b"".join(chunk.data for chunk in chunks))
    with av.open(str(path)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 24
    assert "snow" in json.dumps((await s.records())[-1])


@case("video", since="0.30", client=True)
async def a_watched_video_that_is_left_is_aborted(s: Scene) -> None:
    request = VideoRequest(**SMALL | {"watch": True, "prompt": "a sea [[slow:20]]"})
    async with await s.omni.open_video(request) as stream:
        events = stream.events()
        await anext(events)
        assert await s.state("running") == "running"
        change = await stream.interact(TimelineEvent(at=0, prompt="snow"))
        # The server reads nothing else, the end neither, until its engine has taken the change.
        async with asyncio.timeout(60):
            while await anext(events) != InteractionQueued(change):
                pass
    assert await s.state("aborted", 1.0) == "aborted"
