"""What holds for runs holds for calls: signing in, whose a session and a voice are, places in line, the host's caps."""

import json
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from omni_ui.core.own_voices import FOREIGN, marked
from tests.running import App

START = {"type": "start", "hold": False}


@pytest.fixture(scope="module")
def app():
    with App(OMNI_PUBLIC="true", OMNI_CAPS="text=50,runs=2/min", OMNI_TALK_CALLS="9") as app:
        yield app.url


@asynccontextmanager
async def calling(app, letter="", start=START, **headers):
    """A call of the visitor whose cookie is that letter, and the first event that ends or begins it."""
    headers |= {"Cookie": "omni_visitor=" + letter * 32} if letter else {}
    address = app.replace("http", "ws", 1) + "/omni/talk"
    async with connect(address, additional_headers=headers, proxy=None) as socket:
        await socket.send(json.dumps(start))
        while (event := json.loads(await socket.recv()))["type"] not in ("ready", "ended"):
            pass
        yield event


async def test_a_call_counts_as_a_run_of_its_visitor(app):
    async with calling(app, "a") as first, calling(app, "a") as second, calling(app, "a") as third:
        assert [first["type"], second["type"], third["type"]] == ["ready", "ready", "ended"]
        assert third["text"].startswith("This page takes 2 runs a minute from each visitor")
        async with calling(app, "b") as other:
            assert other["type"] == "ready"


async def test_the_instructions_count_as_what_is_written(app):
    async with calling(app, "c", START | {"instructions": "x" * 51}) as ended:
        assert "the limit is 50" in ended["text"]


async def test_the_voice_of_another_session_does_not_speak(app):
    voice = marked("grandma", "another session")
    async with calling(app, "d", START | {"voice": voice, "session": "mine"}) as ended:
        assert ended["text"] == FOREIGN


async def test_a_session_of_another_visitor_is_not_used(app):
    async with httpx.AsyncClient(headers={"Cookie": "omni_visitor=" + "e" * 32}) as http:
        answer = await http.get(app + "/omni/status", headers={"x-omni-session": "of-e"})
        assert answer.status_code == 200
    async with calling(app, "f", START | {"session": "of-e"}) as ended:
        assert ended["text"] == "This session belongs to another visitor: reload the page."


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.com"}, {"Host": "elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_other_sites_and_unknown_names_open_no_call(app, headers):
    with pytest.raises(InvalidStatus):
        async with calling(app, "g", **headers):
            pass


async def test_nobody_calls_or_watches_who_is_not_signed_in():
    with App(OMNI_AUTH="alice:wonderland") as app:
        watch = app.url.replace("http", "ws", 1) + "/omni/watch/a"
        for headers in ({}, {"Authorization": "Bearer alice:wrong"}):
            with pytest.raises(InvalidStatus):
                async with calling(app.url, **headers):
                    pass
            with pytest.raises(InvalidStatus):
                await connect(watch, additional_headers=headers, proxy=None)
        async with connect(
            watch, additional_headers={"Authorization": "Bearer alice:wonderland"}, proxy=None
        ) as socket:
            assert json.loads(await socket.recv())["type"] == "end"
        async with calling(app.url, Authorization="Bearer alice:wonderland") as event:
            assert event["type"] == "ready"
