"""chat: one stream of typed events, whatever the server does."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni_ui.client import (
    AudioChunk,
    BadRequest,
    BrokenAnswer,
    ChatRequest,
    Failed,
    FileRef,
    Finish,
    NothingMade,
    OmniClient,
    OmniError,
    PictureMade,
    ReasoningDelta,
    ServerFailed,
    TextDelta,
    Usage,
)
from tests.client.scripted import (
    Answer,
    Scripted,
    as_events,
    as_json,
    b64,
    chunk,
    http_head,
    png,
    read_request,
    socket_server,
    streaming_server,
    wav,
)
from tests.pace import allowed

PATH = "POST /v1/chat/completions"
ASK = ChatRequest(messages=[{"role": "user", "content": "hello"}])


def delta(content: Any, modality: str | None = "text", finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content, **more.pop("said", {})}, "finish_reason": finish, **more}
    return {"modality": modality, "choices": [choice]}


def picture_part(data: bytes) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(data)}"}}


async def events_of(answer: Answer, request: ChatRequest = ASK) -> list[Any]:
    async with Scripted({PATH: answer}).client() as omni:
        return [event async for event in omni.chat(request)]


async def test_text_sound_pictures_and_thoughts_of_a_stream() -> None:
    quiet = {"usage": {"prompt_tokens": 3, "completion_tokens": 0, "total_tokens": 3}}
    told = {"sample_rate_hz": 8000, "channels": 1, "format": "pcm16", "frame_count": 1}
    events = await events_of(
        as_events(
            delta("", said={"role": "assistant"}),
            delta(None, said={"reasoning": "hm"}),
            delta("Hel"),
            delta("lo\u2028!", None),
            {**delta(b64(wav(b"\1\0\2\0", 44100, 2)), "audio"), **quiet},
            delta(b64(b"\5\0"), "audio", audio_metadata=told),
            delta([picture_part(png()), {"type": "text", "text": "done"}, "odd"], "image", "stop"),
            {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}},
        )
    )
    assert events[:5] == [
        ReasoningDelta("hm"),
        TextDelta("Hel"),
        TextDelta("lo\u2028!"),
        AudioChunk(b"\1\0\2\0", 44100, 2),
        AudioChunk(b"\5\0", 8000, 1),
    ]
    assert isinstance(events[5], PictureMade)
    assert events[5].picture.data == png()
    assert events[6:] == [TextDelta("done"), Usage(3, 5, 8), Finish("stop")]


async def test_a_body_in_one_piece_though_a_stream_was_asked_for() -> None:
    body = {
        "choices": [
            {"index": 0, "message": {"content": "Here", "audio": {"data": b64(wav())}}, "finish_reason": "length"},
            {"index": 0, "message": {"content": [picture_part(png())]}, "finish_reason": "stop"},
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
    events = await events_of(as_json(body))
    assert [type(event) for event in events] == [TextDelta, AudioChunk, PictureMade, Usage, Finish]
    assert events[1] == AudioChunk(b"\1\0\2\0", 24000, 1)
    assert events[-1] == Finish("length")


async def test_a_large_picture_in_one_event() -> None:
    data = png()[:-12] + bytes(400_000) + png()[-12:]
    events = await events_of(as_events(delta([picture_part(data)], "image", "stop")))
    assert isinstance(events[0], PictureMade)
    assert events[0].picture.data == data


async def test_the_reason_that_got_lost_comes_in_a_last_chunk() -> None:
    late = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    assert await events_of(as_events(delta("a"), late)) == [TextDelta("a"), Finish("stop")]
    assert await events_of(as_events(delta("a"), late, done=False)) == [TextDelta("a"), Finish("stop")]


@pytest.mark.parametrize("answer", [as_json({"choices": []}), as_json({"id": 1})])
async def test_a_whole_answer_with_nothing_in_it_is_raised(answer: Answer) -> None:
    with pytest.raises(NothingMade):
        await events_of(answer)


async def test_errors_before_the_answer_are_raised() -> None:
    with pytest.raises(BadRequest, match="no voice nobody"):
        await events_of(as_json({"error": {"message": "Invalid speaker 'nobody'. Supported: a"}}, 400))
    with pytest.raises(ServerFailed):
        await events_of(as_json({"error": {"message": "x", "code": 500}}))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (as_events(delta("a"), {"error": {"message": "broke", "code": 500}}), ServerFailed),
        (as_events(delta("a"), {"error": {"message": "no", "code": 400}}), BadRequest),
        (as_events(delta("a"), done=False), BrokenAnswer),
        (as_events(), NothingMade),
        (as_events(delta("!!!", "audio")), BrokenAnswer),
        (as_events(delta([picture_part(b"hello")], "image")), BrokenAnswer),
        (Answer(200, b"data: {broken\n\n", "text/event-stream"), BrokenAnswer),
        (Answer(200, b"data: [1]\n\n", "text/event-stream"), BrokenAnswer),
    ],
)
async def test_errors_inside_a_stream_are_its_last_event(answer: Answer, kind: type[Exception]) -> None:
    events = await events_of(answer)
    assert isinstance(events[-1], Failed)
    assert type(events[-1].error) is kind


async def test_what_is_sent(picture: Path) -> None:
    server = Scripted({PATH: as_events(delta("a", finish="stop"))})
    parts = [
        {"type": "image_url", "image_url": {"url": FileRef(picture)}},
        {"type": "input_audio", "input_audio": {"data": FileRef(picture, "base64")}},
    ]
    request = ChatRequest(
        messages=[{"role": "user", "content": parts}], modalities="audio, text, audio", temperature=0, max_tokens=5
    )
    async with server.client(model="Qwen/Qwen3-Omni") as omni:
        async for _ in omni.chat(request):
            pass
    sent = server.last("/v1/chat/completions").json
    assert sent["messages"][0]["content"][0]["image_url"]["url"] == f"data:image/png;base64,{b64(png())}"
    assert sent["messages"][0]["content"][1]["input_audio"]["data"] == b64(png())
    assert sent["modalities"] == ["audio", "text"]
    assert sent["temperature"] == 0
    assert sent["max_tokens"] == 5
    assert sent["stream_options"] == {"include_usage": True}
    assert "extra_body" not in sent
    assert "voice" not in sent


async def test_leaving_the_answer_closes_its_connection_at_once() -> None:
    begin = as_events(delta("a"), done=False).body
    async with streaming_server(begin) as (address, gone), OmniClient(address, model="m") as omni:
        async for event in omni.chat(ASK):
            assert event == TextDelta("a")
            break
        await asyncio.wait_for(gone.wait(), allowed(0.5))

        gone.clear()
        answer = omni.chat(ASK)
        assert await anext(answer) == TextDelta("a")
        task = asyncio.create_task(anext(answer))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait_for(gone.wait(), allowed(0.5))
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_connection_that_breaks_is_the_last_event() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(http_head(None, "text/event-stream") + chunk(as_events(delta("a"), done=False).body))
        await writer.drain()

    async with socket_server(talk) as address, OmniClient(address, model="m") as omni:
        events = [event async for event in omni.chat(ASK)]
    assert events[0] == TextDelta("a")
    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, BrokenAnswer)


STREAM = as_events(
    delta("äö\u2028ü"), delta(b64(wav(b"\1\0" * 9)), "audio"), delta([picture_part(png())], "image", "stop")
).body


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=8), newline=st.sampled_from([b"\n", b"\r\n", b"\r"]))
async def test_a_stream_may_be_cut_anywhere(cuts: list[int], newline: bytes) -> None:
    data = STREAM.replace(b"\n", newline)
    edges = sorted({0, len(data), *cuts})

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(http_head(None, "text/event-stream"))
        for a, b in zip(edges, edges[1:], strict=False):  # noqa: RUF007
            writer.write(chunk(data[a:b]))
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"0\r\n\r\n")

    async with socket_server(talk) as address, OmniClient(address, model="m") as omni:
        events = [event async for event in omni.chat(ASK)]
    assert events[0] == TextDelta("äö\u2028ü")
    assert events[1] == AudioChunk(b"\1\0" * 9, 24000, 1)
    assert events[2].picture.data == png()
    assert events[3:] == [Finish("stop")]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["choices", "delta", "message", "content", "audio", "usage", "image_url", "error", "data"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    )
)
async def test_any_json_gives_events_or_an_error_of_ours(body: Any) -> None:
    server = Scripted({PATH: as_events(body)})
    async with server.client(model="m") as omni:
        events = [event async for event in omni.chat(ASK)]
        assert isinstance(events[-1], (Finish, Failed))
        server.answers[PATH] = Answer(200, json.dumps(body).encode())
        try:
            events = [event async for event in omni.chat(ASK)]
        except OmniError:
            return
        assert isinstance(events[-1], Finish)
