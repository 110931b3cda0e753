"""Tries, deadlines, connections, keys. Raw sockets stand in for what only a network does."""

import asyncio
import time

import pytest

from omni_ui.client import (
    BrokenAnswer,
    ImageRequest,
    NotReachable,
    OmniClient,
    OutOfMemory,
    RateLimited,
    ServerBusy,
    ServerFailed,
    TimedOut,
    Wait,
    WireCall,
)
from omni_ui.client.connection.retries import pause
from omni_ui.client.server.schema import UNKNOWN
from tests.client.scripted import (
    Answer,
    Scripted,
    as_json,
    chunk,
    http_head,
    pictures,
    png,
    read_request,
    socket_server,
)
from tests.pace import allowed

ASK = ImageRequest(prompt="a red fox")
IMAGES = "/v1/images/generations"
VIDEO = "/v1/videos/video_1"


REFUSED = {"error": {"message": "busy"}}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_look_at_a_busy_server_is_tried_four_times_and_each_wait_is_told(status: int, no_waits: None) -> None:
    server = Scripted({f"GET {VIDEO}": as_json(REFUSED, status)})
    waits: list[Wait] = []
    async with server.client() as omni:
        with pytest.raises(ServerBusy) as raised:
            async with omni._wire.open(WireCall("GET", VIDEO), waits.append):
                pass
    assert server.count(VIDEO) == 4
    assert [wait.attempt for wait in waits] == [1, 2, 3]
    assert all(wait.reason == "The server is busy." for wait in waits)
    assert raised.value.status == status


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_work_is_not_asked_for_twice_when_it_may_have_begun(status: int, no_waits: None) -> None:
    server = Scripted({f"POST {IMAGES}": as_json(REFUSED, status)})
    async with server.client() as omni:
        with pytest.raises(ServerBusy):
            await omni.images(ASK)
    assert server.count(IMAGES) == 1


@pytest.mark.parametrize(("status", "tries"), [(429, 4), (503, 4), (502, 1), (504, 1)])
async def test_work_that_was_refused_until_later_is_asked_for_again(status: int, tries: int, no_waits: None) -> None:
    server = Scripted({f"POST {IMAGES}": as_json(REFUSED, status, retry_after="1")})
    waits: list[Wait] = []
    async with server.client() as omni:
        with pytest.raises(ServerBusy):
            await omni.images(ASK, on_wait=waits.append)
    assert server.count(IMAGES) == tries
    assert len(waits) == tries - 1


async def test_a_sick_server_gets_few_repeats_from_all_calls_together(no_waits: None) -> None:
    server = Scripted({f"POST {IMAGES}": as_json(REFUSED, 503, retry_after="0")})
    async with server.client() as one, server.client() as other:
        for omni in (one, other) * 10:
            with pytest.raises(ServerBusy):
                await omni.images(ASK)
    assert 20 <= server.count(IMAGES) <= 32  # the clicks, ten repeats, and what the lists of models earn


async def test_a_server_that_recovers_gives_its_picture(no_waits: None) -> None:
    server = Scripted({f"POST {IMAGES}": [as_json({}, 503, retry_after="1"), as_json(pictures(png()))]})
    async with server.client() as omni:
        made = await omni.images(ASK)
    assert made.pictures[0].data == png()
    assert server.count(IMAGES) == 2


async def test_a_wait_that_is_too_long_is_told_and_not_kept() -> None:
    server = Scripted({f"POST {IMAGES}": as_json(REFUSED, 429, retry_after="600")})
    async with server.client() as omni:
        with pytest.raises(RateLimited, match=r"no more requests for now\. It asks to wait 10 min\."):
            await omni.images(ASK)
    assert server.count(IMAGES) == 1


@pytest.mark.parametrize(("status", "kind"), [(500, ServerFailed), (507, OutOfMemory), (501, ServerFailed)])
async def test_other_failures_are_not_tried_again(status: int, kind: type[Exception], no_waits: None) -> None:
    server = Scripted({f"POST {IMAGES}": as_json({"error": {"message": "no"}}, status)})
    async with server.client() as omni:
        with pytest.raises(kind):
            await omni.images(ASK)
    assert server.count(IMAGES) == 1


async def test_a_503_that_waiting_cannot_mend_is_not_tried_again(no_waits: None) -> None:
    message = "No diffusion stage found in multi-stage pipeline."
    server = Scripted({f"POST {IMAGES}": as_json({"error": {"message": message}}, 503)})
    async with server.client() as omni:
        with pytest.raises(Exception, match=r"makes no pictures or videos\."):
            await omni.images(ASK)
    assert server.count(IMAGES) == 1


async def test_retry_after_is_kept_and_a_deadline_beats_it() -> None:
    server = Scripted({f"POST {IMAGES}": [as_json({}, 503, retry_after="0.2"), as_json(pictures(png()))]})
    waits: list[Wait] = []
    async with server.client() as omni:
        await omni.images(ASK, on_wait=waits.append)
        assert waits[0].seconds == 0.2
        server.answers[f"POST {IMAGES}"] = as_json({}, 503, retry_after="30")
        began = time.monotonic()
        with pytest.raises(ServerBusy):
            await omni.images(ASK, deadline=20)
    assert time.monotonic() - began < allowed(0.9)


def test_pauses_grow_and_differ() -> None:
    class State:
        outcome = None
        attempt_number = 1

    first = {pause(State()) for _ in range(20)}  # type: ignore[arg-type]
    State.attempt_number = 3
    third = {pause(State()) for _ in range(20)}  # type: ignore[arg-type]
    assert all(0.5 <= one <= 1 for one in first)
    assert len(first) > 1
    assert all(2 <= one <= 2.5 for one in third)


async def test_a_pooled_connection_that_the_server_closed_is_replaced(no_waits: None) -> None:
    """The server closes a connection right after an answer, as uvicorn does after an unhandled 500."""
    asked = 0
    closed = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await read_request(reader)
        asked += 1
        body = as_json(pictures(png())).body
        writer.write(http_head(len(body)) + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with socket_server(talk) as address, OmniClient(address, model="m", schema=UNKNOWN) as omni:
        await omni.images(ASK)
        await closed.wait()
        made = await omni.images(ASK)
    assert made.pictures[0].data == png()
    assert asked == 2


@pytest.mark.parametrize(("method", "tries"), [("POST", 1), ("GET", 4)])
async def test_a_call_that_was_read_and_not_answered(method: str, tries: int, no_waits: None) -> None:
    """The server may have begun: work is not asked for twice, a look may be."""
    asked = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await read_request(reader)
        asked += 1
        writer.transport.abort()

    async with socket_server(talk) as address, OmniClient(address, model="m") as omni:
        with pytest.raises(NotReachable, match="was lost before any answer"):
            async with omni._wire.open(WireCall(method, VIDEO, json={} if method == "POST" else None)):
                pass
    assert asked == tries


async def test_a_body_that_breaks_off_is_an_error_and_not_tried_again(no_waits: None) -> None:
    asked = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await read_request(reader)
        asked += 1
        body = as_json(pictures(png())).body
        writer.write(http_head(len(body)) + body[:50])
        await writer.drain()

    async with socket_server(talk) as address, OmniClient(address, model="m", schema=UNKNOWN) as omni:
        with pytest.raises(BrokenAnswer, match="before the answer was complete"):
            await omni.images(ASK)
    assert asked == 1


async def test_a_trickling_answer_ends_at_the_deadline() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(http_head(None))
        while True:
            writer.write(chunk(b" "))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with socket_server(talk) as address, OmniClient(address, model="m", schema=UNKNOWN) as omni:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            await omni.images(ASK, deadline=0.4)
    assert 0.3 < time.monotonic() - began < allowed(1)


async def test_a_silent_server_ends_at_the_deadline_and_health_is_quick() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with socket_server(talk) as address, OmniClient(address, model="m", schema=UNKNOWN) as omni:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            await omni.images(ASK, deadline=0.3)
        health = await omni.health(0.3)
        assert time.monotonic() - began < allowed(1)
    assert not health.ok


async def test_cancelling_closes_the_connection_at_once() -> None:
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        assert await reader.read() == b""
        gone.set()

    async with socket_server(talk) as address, OmniClient(address, model="m") as omni:
        task = asyncio.create_task(omni.images(ASK))
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.wait_for(gone.wait(), allowed(0.5))
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_broken_json_is_a_broken_answer() -> None:
    async with Scripted({f"POST {IMAGES}": Answer(200, b'{"data": [')}).client() as omni:
        with pytest.raises(BrokenAnswer):
            await omni.images(ASK)


async def test_a_body_that_cannot_be_unpacked() -> None:
    answer = Answer(200, b"not gzip at all", headers={"content-encoding": "gzip"})
    async with Scripted({f"POST {IMAGES}": answer}).client() as omni:
        with pytest.raises(BrokenAnswer):
            await omni.images(ASK)


async def test_an_error_whose_reason_breaks_off_is_still_that_error(no_waits: None) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(http_head(500, status="500 Internal Server Error") + b'{"error"')
        await writer.drain()

    async with socket_server(talk) as address, OmniClient(address, model="m") as omni:
        with pytest.raises(ServerFailed, match="no reason"):
            await omni.images(ASK)
