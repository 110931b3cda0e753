"""The page's player of streams, on a page of its own: audio_stream.js over audio_stream.py."""

import asyncio
import threading
import time

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from omni_ui.app.scripts import module_address, script_routes
from omni_ui.app.theme import css
from omni_ui.core.audio.audio_stream import Listening
from tests.fakes import free_port
from tests.pace import allowed, slowness
from tests.speaking import RATE, beep

pytestmark = pytest.mark.browser


class Player:
    """Serves a page with the player, and feeds streams to it from the test."""

    def __init__(self) -> None:
        self.listening = Listening()
        app = FastAPI()
        app.include_router(self.listening.routes())
        app.include_router(script_routes())
        page = (
            f"<style>{css()}</style><button id='go'>Go</button><div id='place'></div>"
            "<script>window.omni = {}</script>"
            f"<script type='module' src='{module_address('core/audio/audio_stream.js')}'></script>"
        )
        app.get("/", response_class=HTMLResponse)(lambda: page)
        self.port = free_port()
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error"))
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_until_complete, args=[self.server.serve()], daemon=True).start()
        while not self.server.started:
            time.sleep(0.01)

    def open(self, page):
        stream = self.listening.open(RATE)
        page.evaluate("html => { document.getElementById('place').innerHTML = html }", stream.element)
        return stream

    def feed(self, stream, seconds):
        self.loop.call_soon_threadsafe(stream.feed, beep(seconds))

    def close(self, stream):
        self.loop.call_soon_threadsafe(stream.close)


@pytest.fixture(scope="module")
def player():
    made = Player()
    yield made
    made.server.should_exit = True


@pytest.fixture
def page(player, chromium):
    page = chromium.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"http://127.0.0.1:{player.port}/")
    page.click("#go")  # the gesture that lets a page sound
    yield page
    page.close()
    assert not faults


def look(page, stream, what):
    return page.evaluate(f"omni.streams.get('{stream.ticket}').{what}")


def wait(page, stream, what, timeout=30_000):
    page.wait_for_function(f"omni.streams.get('{stream.ticket}')?.{what}", timeout=timeout)


def test_the_first_sound_comes_soon_and_without_gaps(player, page):
    stream = player.open(page)
    for _ in range(10):
        player.feed(stream, 0.1)
        time.sleep(0.05)
    player.close(stream)
    wait(page, stream, "state === 'ended'")
    stats = look(page, stream, "stats")
    assert stats["seconds"] == pytest.approx(1, abs=0.001)
    assert stats["firstSound"] - stats["firstByte"] < allowed(250)
    late = 0.01 * (slowness() - 1)  # none at all on a machine of usual speed
    assert [gap for gap in stats["gaps"] if gap > late] == []
    assert page.inner_text(".omni-listen-time") == "0:01 / 0:01"


def test_the_buffer_grows_when_the_server_is_slower_than_speech(player, page):
    stream = player.open(page)
    for _ in range(14):
        player.feed(stream, 0.1)
        time.sleep(0.2)
    player.close(stream)
    wait(page, stream, "state === 'ended'", 10000)
    stats = look(page, stream, "stats")
    assert stats["seconds"] == pytest.approx(1.4, abs=0.001)
    assert stats["lead"] >= 0.5
    assert 1 <= len(stats["gaps"]) <= 5, "each gap holds back more, so there are few of them"


def test_the_reason_for_a_pause_is_said(player, page):
    stream = player.open(page)
    player.feed(stream, 0.2)
    wait(page, stream, "state === 'holding'")
    assert "slower than speech" in page.inner_text(".omni-listen-note")
    player.close(stream)
    wait(page, stream, "state === 'ended'")
    assert page.inner_text(".omni-listen-note") == ""


def test_pause_and_play_go_on_at_the_same_place_with_the_keyboard(player, page):
    stream = player.open(page)
    player.feed(stream, 5)
    player.close(stream)
    wait(page, stream, "position > 0.3")
    page.focus(".omni-listen-play")
    page.keyboard.press("Enter")
    assert look(page, stream, "state") == "paused"
    at = look(page, stream, "position")
    time.sleep(0.3)
    assert look(page, stream, "position") == at
    assert look(page, stream, "playing.length") == 0
    page.keyboard.press("Enter")
    wait(page, stream, f"position > {at + 0.2}")
    page.focus(".omni-listen-at")
    page.keyboard.press("End")
    wait(page, stream, "state === 'ended'")
    assert page.inner_text(".omni-listen-play") == "Play again"
    page.click(".omni-listen-play")
    wait(page, stream, "state === 'playing'")
    assert look(page, stream, "position") < allowed(1)


def test_stop_falls_silent_and_keeps_what_arrived(player, page):
    stream = player.open(page)
    player.feed(stream, 3)
    wait(page, stream, "position > 0.2")
    page.click(".omni-listen-stop")
    assert look(page, stream, "playing.length") == 0
    assert look(page, stream, "stats.done")
    page.click(".omni-listen-play")
    wait(page, stream, "position > 0.2")


def test_a_page_that_is_drawn_anew_goes_on_and_one_that_is_gone_falls_silent(player, page):
    stream = player.open(page)
    player.feed(stream, 5)
    wait(page, stream, "position > 0.2")
    page.evaluate("html => { document.getElementById('place').innerHTML = html }", stream.element)
    wait(page, stream, "element.isConnected")
    assert page.inner_text(".omni-listen-play") == "Pause"
    assert look(page, stream, "state") == "playing"
    page.evaluate("document.getElementById('place').innerHTML = ''")
    wait(page, stream, "gone", 4000)
    assert look(page, stream, "playing.length") == 0


def test_the_first_run_button_silences_what_still_plays(player, page):
    stream = player.open(page)
    player.feed(stream, 5)
    wait(page, stream, "state === 'playing'")
    page.evaluate("document.getElementById('go').id = 'speech-run'")
    page.click("#speech-run")
    assert look(page, stream, "state") == "paused"


def test_a_stream_that_the_app_forgot_says_so(player, page):
    stream = player.listening.open(RATE)
    del player.listening._streams[stream.ticket]
    page.evaluate("html => { document.getElementById('place').innerHTML = html }", stream.element)
    wait(page, stream, "stats.failed")
    assert "cut off" in page.inner_text(".omni-listen-note")
