import asyncio

import httpx
import pytest
from fastapi import FastAPI

from omni_ui.core.audio import audio_stream as listen
from omni_ui.core.audio.audio_stream import Listening


async def heard(stream):
    return [piece async for piece in stream.chunks()]


async def test_a_listener_gets_all_of_it_in_order_and_then_the_end():
    stream = Listening().open(24000)
    stream.feed(b"ab")
    listener = asyncio.create_task(heard(stream))
    await asyncio.sleep(0)
    for piece in (b"cd", b"ef"):
        stream.feed(piece)
        await asyncio.sleep(0)
    assert not listener.done()
    stream.close()
    assert b"".join(await listener) == b"abcdef" == stream.pcm


async def test_one_who_comes_late_gets_it_from_the_start():
    stream = Listening().open(24000)
    stream.feed(b"abcd")
    stream.close()
    assert await heard(stream) == [b"abcd"]
    assert await heard(stream) == [b"abcd"]


def test_seconds_count_channels_and_rate():
    stream = Listening().open(8000, 2)
    stream.feed(bytes(32000))
    assert stream.seconds == 1


def test_the_element_holds_what_the_player_needs():
    stream = Listening().open(8000, 2)
    assert f'data-ticket="{stream.ticket}" data-rate="8000" data-channels="2"' in stream.element


async def test_the_route_streams_pcm_and_an_unknown_ticket_is_404():
    listening = Listening()
    app = FastAPI()
    app.include_router(listening.routes())
    stream = listening.open(24000)
    stream.feed(b"abcd")
    stream.close()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as http:
        answer = await http.get(f"/omni/listen/{stream.ticket}")
        assert (answer.content, answer.headers["content-type"]) == (b"abcd", "audio/pcm")
        assert (await http.get("/omni/listen/guess")).status_code == 404


def test_streams_are_forgotten_some_time_after_their_end(monkeypatch: pytest.MonkeyPatch):
    listening = Listening()
    old, open_still = listening.open(24000), listening.open(24000)
    old.close()
    monkeypatch.setattr(listen, "KEPT", -1.0)
    listening.open(24000)
    assert old.ticket not in listening._streams
    assert open_still.ticket in listening._streams


async def test_an_answer_ends_when_the_sound_rests_and_the_page_asks_for_what_follows(monkeypatch):
    monkeypatch.setattr(listen, "IDLE", 0.01)
    listening, app = Listening(), FastAPI()
    app.include_router(listening.routes())
    stream = listening.open(24000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as http:

        async def after(count):
            answer = await http.get(f"/omni/listen/{stream.ticket}?after={count}")
            return answer.status_code, answer.content

        stream.feed(b"abcd")
        assert await after(0) == (200, b"abcd")
        assert await after(4) == (200, b"")  # it rests
        stream.feed(b"ef")
        assert await after(4) == (200, b"ef")
        stream.close()
        assert await after(2) == (200, b"cdef")
        assert await after(6) == (204, b"")
        assert (await http.get(f"/omni/listen/{stream.ticket}?after=-1")).status_code == 422


async def test_a_page_may_wait_for_a_sound_that_has_not_begun(monkeypatch):
    monkeypatch.setattr(listen, "IDLE", 0.05)
    listening = Listening()
    app = FastAPI()
    app.include_router(listening.routes())
    stream = listening.open()
    assert " hidden " in stream.element
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as page:
        address = f"/omni/listen/{stream.ticket}?after=0"
        early = await page.get(address)
        assert (early.status_code, early.content) == (200, b""), "nothing yet: the page asks again"
        waiting = asyncio.create_task(page.get(address))
        await asyncio.sleep(0)
        stream.begin(16000, 2)
        stream.feed(b"abcd")
        answer = await waiting
    assert (answer.headers["x-omni-sound"], answer.content) == ("16000 2", b"abcd")
    assert " hidden " not in stream.element
    stream.begin(8000, 1)
    assert (stream.rate, stream.channels) == (16000, 2), "what is known stays"


async def test_a_sound_that_never_began_is_over():
    listening = Listening()
    app = FastAPI()
    app.include_router(listening.routes())
    stream = listening.open()
    stream.close()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as page:
        assert (await page.get(f"/omni/listen/{stream.ticket}?after=0")).status_code == 204
