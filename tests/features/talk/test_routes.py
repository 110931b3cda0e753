"""The page's socket against the whole app with its demo server: a call as the browser makes it."""

import asyncio
import json
import struct
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.client.live.talking import RATE, silence, tone
from tests.running import App

TOKEN = "only-for-this-test"
COOKIE = "omni_visitor=" + "v" * 32


@pytest.fixture(scope="module")
def app():
    with App(OMNI_METRICS_TOKEN=TOKEN) as app:
        yield app.url


def opened(app, cookie=COOKIE, **headers):
    return connect(
        app.replace("http", "ws", 1) + "/omni/talk", additional_headers={"Cookie": cookie, **headers}, proxy=None
    )


@asynccontextmanager
async def resumed(app, cookie, token, received=0):
    """A page that comes back."""
    address = app.replace("http", "ws", 1) + "/omni/talk?resume"
    async with connect(address, additional_headers={"Cookie": cookie}, proxy=None) as socket:
        await socket.send(json.dumps({"type": "resume", "call": token, "received": received}))
        yield socket


async def say(socket, sound):
    for at in range(0, len(sound), 1280):
        await socket.send(sound[at : at + 1280])
        await asyncio.sleep(0)


async def until(socket, kind, **fields):
    """Everything up to an event; sound as (number, samples)."""
    seen = []
    async with asyncio.timeout(20):
        while True:
            message = await socket.recv()
            if isinstance(message, bytes):
                seen.append({"type": "sound", "number": struct.unpack("<I", message[:4])[0], "bytes": len(message) - 4})
                continue
            event = json.loads(message)
            seen.append(event)
            if event["type"] == kind and all(event.get(name) == value for name, value in fields.items()):
                return seen


async def test_sound_is_not_packed(app):
    async with opened(app) as socket:
        assert "permessage-deflate" in socket.request.headers["Sec-WebSocket-Extensions"]
        assert "Sec-WebSocket-Extensions" not in socket.response.headers


async def test_a_call_is_answered_and_kept(app):
    async with opened(app) as socket:
        await socket.send(json.dumps({"type": "start", "hold": False}))
        ready = (await until(socket, "ready"))[-1]
        assert ready["profile"] == "duplex"
        await say(socket, silence(0.5) + tone(1.2) + silence(1))
        seen = await until(socket, "turn-end")
        assert seen[-1]["status"] == "completed"
        assert {"listening", "thinking", "speaking"} <= {e["state"] for e in seen if e["type"] == "state"}
        assert "I heard you for 1." in "".join(e["text"] for e in seen if e["type"] == "caption")
        assert sum(e["bytes"] for e in seen if e["type"] == "sound") > 100_000
        turn = seen[-1]["turn"]
        await socket.send(json.dumps({"type": "sounding", "turn": turn, "ms": 23}))
        await socket.send(json.dumps({"type": "played", "turn": turn, "ms": 1000}))
        await socket.send(json.dumps({"type": "end"}))
        ended = (await until(socket, "ended"))[-1]
    assert (ended["failed"], ended["text"]) == (False, "")
    async with httpx.AsyncClient(base_url=app, headers={"Cookie": COOKIE}) as http:
        records = (await http.get("/omni/history")).json()
        assert records["records"][0]["tab"] == "talk"
        assert records["records"][0]["id"] == ended["record"]
    async with opened(app) as socket:  # the same question once more: a call of its own, with the same sound
        await socket.send(json.dumps({"type": "start", "again": ended["record"]}))
        seen = await until(socket, "ended")
    assert "I heard you for 1." in "".join(e["text"] for e in seen if e["type"] == "caption")
    assert seen[-1]["record"] not in ("", ended["record"])
    async with opened(app, "omni_visitor=" + "s" * 32) as socket:  # of somebody else
        await socket.send(json.dumps({"type": "start", "again": ended["record"]}))
        assert "not in your history" in (await until(socket, "ended"))[-1]["text"]


async def test_a_call_that_is_cut_off_is_kept_too(app):
    cookie = "omni_visitor=" + "c" * 32
    socket = await opened(app, cookie)
    await socket.send(json.dumps({"type": "start"}))
    await until(socket, "ready")
    await say(socket, silence(0.5) + tone(1.2) + silence(1))
    await until(socket, "audio")
    socket.transport.abort()
    async with httpx.AsyncClient(base_url=app, headers={"Cookie": cookie}) as http, asyncio.timeout(10):
        while True:
            if (await http.get("/omni/history")).json()["records"]:
                break
            await asyncio.sleep(0.05)


async def begun(socket):
    """The token of a call whose page can come back."""
    await socket.send(json.dumps({"type": "start", "resumes": True}))
    return (await until(socket, "ready"))[-1]["call"]


async def test_a_page_that_was_cut_off_goes_on_with_its_call(app):
    cookie = "omni_visitor=" + "r" * 32
    socket = await opened(app, cookie)
    token = await begun(socket)
    sound = silence(0.5) + tone(1.2) + silence(0.2)
    await say(socket, sound)
    await until(socket, "speech", on=True)
    socket.transport.abort()
    for stranger, word in ((COOKIE, token), (cookie, "guessed")):
        async with resumed(app, stranger, word) as other:
            assert "for too long" in (await until(other, "ended"))[-1]["text"]
    # 2 messages came before the cut as far as this page knows: it hears the others once more.
    async with resumed(app, cookie, token, received=2) as socket:
        seen = await until(socket, "resumed")
        taken = seen[0]["received"]  # what was on its way when the line was cut is lost, and the page sends it again
        assert 0.5 * RATE * 2 < 1280 * taken < len(sound) + 1280
        await say(socket, sound[1280 * taken :] + silence(1))
        seen = await until(socket, "turn-end")
        assert seen[0] == {"type": "speech", "on": True}
        assert "I heard you for 1." in "".join(e["text"] for e in seen if e["type"] == "caption")
        async with resumed(app, cookie, token, received=2 + len(seen)) as third:  # before the second was closed
            await until(third, "resumed")
            await third.send(json.dumps({"type": "end"}))
            ended = (await until(third, "ended"))[-1]
    assert (ended["failed"], bool(ended["record"])) == (False, True)


async def test_a_call_that_waits_for_its_page_makes_room_for_the_next_one(app):
    cookie = "omni_visitor=" + "m" * 32
    socket = await opened(app, cookie)
    token = await begun(socket)
    await say(socket, silence(0.5) + tone(1.2) + silence(1))
    await until(socket, "audio")
    socket.transport.abort()
    async with asyncio.timeout(10):
        while True:  # the app has seen that the first one is cut
            async with opened(app, cookie) as again:
                with suppress(ConnectionClosed):
                    await again.send(json.dumps({"type": "start"}))
                    if (await until(again, "ready"))[-1]["call"] == "":
                        break
    async with httpx.AsyncClient(base_url=app, headers={"Cookie": cookie}) as http:
        assert (await http.get("/omni/history")).json()["records"], "it was written down"
    async with resumed(app, cookie, token) as old:
        assert "for too long" in (await until(old, "ended"))[-1]["text"]


async def test_a_page_that_leaves_is_not_waited_for(app):
    cookie = "omni_visitor=" + "l" * 32
    async with opened(app, cookie) as socket:  # closes with 1000
        await begun(socket)
        await say(socket, silence(0.5) + tone(1.2) + silence(1))
        await until(socket, "audio")
    async with httpx.AsyncClient(base_url=app, headers={"Cookie": cookie}) as http, asyncio.timeout(5):
        while True:
            if (await http.get("/omni/history")).json()["records"]:
                break
            await asyncio.sleep(0.05)


async def test_a_second_call_of_one_visitor_is_told_of_the_first(app):
    cookie = "omni_visitor=" + "w" * 32
    async with opened(app, cookie) as first:
        await first.send(json.dumps({"type": "start"}))
        await until(first, "ready")
        async with opened(app, cookie) as second:
            ended = (await until(second, "ended"))[-1]
        assert ended["failed"]
        assert ended["text"] == "You are already in a call, maybe in another tab: end that one first."
    async with asyncio.timeout(10):  # the first one is over: the next call is let in
        while True:
            async with opened(app, cookie) as third:
                with suppress(ConnectionClosed):
                    await third.send(json.dumps({"type": "start"}))
                    await until(third, "ready")
                    break


async def test_another_site_can_neither_call_nor_watch(app):
    with pytest.raises(InvalidStatus):
        async with opened(app, Origin="https://example.com"):
            pass
    watch = app.replace("http", "ws", 1) + "/omni/watch/a"
    with pytest.raises(InvalidStatus):
        await connect(watch, additional_headers={"Origin": "https://example.com"}, proxy=None)
    async with connect(watch, additional_headers={"Origin": app}, proxy=None) as socket:
        assert json.loads(await socket.recv())["type"] == "end"
    async with opened(app, "omni_visitor=" + "o" * 32, Origin=app) as socket:
        await socket.send(json.dumps({"type": "start"}))
        await until(socket, "ready")


TOO_DEEP = '{"type": "%s", "turn": ' + "[" * 5000 + "]" * 5000 + "}"
"""More lists within each other than Python's json reads."""


@pytest.mark.parametrize("first", ["nonsense", "[]", '{"type": "end"}', TOO_DEEP % "start"], ids=range(4))
async def test_a_call_that_begins_wrongly_is_one_sentence(app, first):
    async with opened(app, "omni_visitor=" + "n" * 32) as socket:
        await socket.send(first)
        assert (await until(socket, "ended"))[-1]["text"].startswith("The call did not start properly")


async def test_odd_frames_do_no_harm(app):
    async with opened(app, "omni_visitor=" + "f" * 32) as socket:
        await socket.send(json.dumps({"type": "start"}))
        await until(socket, "ready")
        odd = (b"", b"abc", bytes(200_000), "{", "[]", '{"type": "played", "ms": -1}', '{"type": 7}')
        for frame in (*odd, TOO_DEEP % "played"):
            await socket.send(frame)
        await say(socket, silence(0.5) + tone(1.2) + silence(1))
        assert (await until(socket, "turn-end"))[-1]["status"] == "completed"


async def test_calls_count_as_runs(app):
    async def counts():
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            lines = (await client.get(f"{app}/metrics")).text.splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if 'tab="talk"' in line}

    done = 'omni_runs_total{status="done",tab="talk"}'
    before = (await counts()).get(done, 0)
    async with opened(app) as socket:
        await socket.send(json.dumps({"type": "start", "hold": True}))
        await until(socket, "ready")
        await socket.send(json.dumps({"type": "end"}))
        await until(socket, "ended")
    for _ in range(200):  # a call is told of when its page has been told
        if (now := (await counts()).get(done, 0)) > before:
            break
        await asyncio.sleep(0.05)
    assert now == before + 1
