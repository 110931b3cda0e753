"""The Sound tab with the demo server, and with a slow one of our own."""

import asyncio
import hashlib
import io
import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest
import soundfile
from gradio_client import Client
from playwright.sync_api import expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.browser.conftest import fits, open_more, run_and_wait, take, wait_for_state
from tests.fakes import OmniServer
from tests.running import served_by

pytestmark = pytest.mark.browser


def stereo() -> bytes:
    """Half a second, 440 Hz left and 880 Hz right, as a WAV file."""
    at = np.arange(22050) / 44100
    file = io.BytesIO()
    soundfile.write(file, 0.5 * np.stack([np.sin(880 * np.pi * at), np.sin(1760 * np.pi * at)], 1), 44100, format="WAV")
    return file.getvalue()


@dataclass
class StableAudio(OmniServer):
    """A server of sounds that always gives the same bytes; a prompt with "slow" waits, one with "cut" breaks off."""

    model: str = "stabilityai/stable-audio-open-1.0"
    asked: list[dict] = field(default_factory=list)
    aborted: threading.Event = field(default_factory=threading.Event)
    sound: bytes = field(default_factory=stereo)

    def routes(self) -> list[Route]:
        return [Route("/v1/audio/generate", self._make, methods=["POST"])]

    async def _make(self, request: Request) -> Response:
        self.asked.append(await request.json())
        prompt = self.asked[-1]["input"]
        until = time.monotonic() + (30 if "slow" in prompt else 0)
        while time.monotonic() < until:
            if await request.is_disconnected():
                self.aborted.set()
                break
            await asyncio.sleep(0.02)
        return Response(self.sound[:9000] if "cut" in prompt else self.sound, media_type="audio/wav")


@pytest.fixture(scope="module")
def stable():
    yield from served_by(StableAudio())


@pytest.fixture
def page(stable, open_page):
    page = open_page(stable.app.url, "Sound")
    page.wait_for_selector("#sound-run")
    return page


def test_a_sound_from_words_is_heard_and_seen(demo_app, open_page):
    page = open_page(demo_app.url, "Sound")
    page.fill("#sound-input textarea", "ocean waves")
    page.fill("#sound-audio_length input[type=number]", "3")
    page.fill("#sound-seed input", "7")
    facts = run_and_wait(page, "sound")
    assert "seed 7" in facts
    assert "sound 3.0 s" in facts
    assert "44,100 Hz stereo" in facts
    page.wait_for_function("document.querySelector('#sound-result audio').duration > 2.9")
    assert page.locator("#sound-drawing .omni-spectrum").evaluate("(img) => img.decode().then(() => img.naturalWidth)")
    assert page.get_by_label("Waveform of 3.0 s, stereo, left above right").is_visible()


def test_the_bytes_are_the_servers_own_and_the_player_follows_a_click(stable, page):
    page.fill("#sound-input textarea", "two tones")
    run_and_wait(page, "sound")
    got = page.request.get(page.get_attribute("#sound-result audio", "src")).body()
    assert hashlib.sha256(got).digest() == hashlib.sha256(stable.sound).digest()
    page.wait_for_function("document.querySelector('#sound-result audio').duration > 0.4")
    box = page.locator(".omni-drawn").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert page.eval_on_selector("#sound-result audio", "(audio) => audio.currentTime") == pytest.approx(0.25, abs=0.02)
    page.press(".omni-drawn", "Home")
    assert page.eval_on_selector("#sound-result audio", "(audio) => audio.currentTime") == 0
    assert not page.is_visible("#sound-drawing .omni-spectrum")
    page.click("#sound-drawing button:text-is('Spectrogram')")
    assert page.is_visible("#sound-drawing .omni-spectrum")
    assert not page.is_visible("#sound-result audio"), "one player: the waveform"


def test_everything_that_is_entered_reaches_the_server(stable, page):
    open_more(page, "sound")
    entered = {"audio_length": 4.5, "num_inference_steps": 12, "guidance_scale": 6.5, "audio_start": 2, "speed": 1.25}
    page.fill("#sound-input textarea", "a calm melody")
    page.fill("#sound-negative_prompt textarea", "low quality")
    page.fill("#sound-seed input", "42")
    for name, value in entered.items():
        page.fill(f"#sound-{name} input[type=number]", str(value))
        page.press(f"#sound-{name} input[type=number]", "Tab")
    run_and_wait(page, "sound")
    asked = stable.asked[-1]
    assert {name: asked[name] for name in entered} == entered
    assert (asked["input"], asked["negative_prompt"], asked["seed"]) == ("a calm melody", "low quality", 42)


def test_a_start_without_a_length_is_said_to_do_nothing(page):
    open_more(page, "sound")
    page.fill("#sound-input textarea", "a calm melody")
    page.fill("#sound-audio_start input", "2")
    page.press("#sound-audio_start input", "Tab")
    assert "the start had no effect" in run_and_wait(page, "sound")


def test_bad_input_is_one_sentence_and_no_request(stable, page):
    open_more(page, "sound")
    page.fill("#sound-input textarea", "rain")
    before = len(stable.asked)
    length, steps = "#sound-audio_length input[type=number]", "#sound-num_inference_steps input[type=number]"
    for place, value, says in (
        ("#sound-input textarea", "  ", "Prompt is empty"),
        (length, "0", "Length must be a number above 0 and up to 600"),
        (length, "-1", "Length must be a number above 0 and up to 600"),
        (length, "601", "Length must be a number above 0 and up to 600"),
        (length, "60", "this model makes at most 47 s"),
        (steps, "0", "Inference steps must be a whole number from 1 to 500"),
        (steps, "501", "Inference steps must be a whole number from 1 to 500"),
        ("#sound-guidance_scale input[type=number]", "-0.5", "Guidance scale must be a number from 0 to 50"),
        ("#sound-audio_start input", "-2", "Start must be a number from 0 to 600"),
        ("#sound-speed input[type=number]", "9", "Speed must be a number from 0.25 to 4"),
        ("#sound-seed input", "lucky", "Seed must be a whole number"),
    ):
        was = page.input_value(place)
        page.fill(place, value)
        page.press(place, "Tab")
        page.click("#sound-run")
        page.wait_for_function("(says) => document.querySelector('#sound-status').innerText.includes(says)", arg=says)
        assert page.input_value(place) == value
        page.fill(place, was)
        page.press(place, "Tab")
    assert len(stable.asked) == before


def test_a_sound_that_breaks_off_is_refused_and_the_last_one_stays(page):
    page.fill("#sound-input textarea", "two tones")
    run_and_wait(page, "sound")
    heard = page.get_attribute("#sound-result audio", "src")
    page.fill("#sound-input textarea", "cut short")
    assert "sent an incomplete sound" in run_and_wait(page, "sound", "failed")
    assert page.get_attribute("#sound-result audio", "src") == heard


def test_stop_and_a_closed_page_reach_the_server(stable, page):
    page.fill("#sound-input textarea", "slow rain")
    for leave in (lambda: page.click("#sound-stop"), page.close):
        stable.aborted.clear()
        before = len(stable.asked)
        page.click("#sound-run")
        wait_for_state(page, "sound", "working")
        page.wait_for_selector("#sound-stop:not([disabled])")
        while len(stable.asked) == before:
            page.wait_for_timeout(20)
        leave()
        assert stable.aborted.wait(1.5)


def test_bare_samples_are_kept_and_not_played(demo_app, open_page):
    page = open_page(demo_app.url, "Sound")
    page.fill("#sound-input textarea", "rain")
    page.fill("#sound-audio_length input[type=number]", "1")
    open_more(page, "sound")
    page.click("#sound-response_format input")
    page.click("#sound-response_format [role=option]:has-text('pcm')")
    assert "bytes PCM" in run_and_wait(page, "sound")
    assert "does not state its sample rate" in page.inner_text("#sound-result")
    name, samples = take(page, "sound", ".pcm")
    assert name.endswith(".pcm")
    assert samples


def test_nothing_is_wider_than_the_screen(stable, open_page):
    page = open_page(stable.app.url, "Sound", viewport={"width": 390, "height": 844})
    page.fill("#sound-input textarea", "two tones")
    page.press("#sound-input textarea", "Control+Enter")
    wait_for_state(page, "sound", "done")
    assert fits(page)


def test_by_the_keyboard_the_result_begins_with_play(demo_app, open_page):
    page = open_page(demo_app.url, "Sound", more=False)
    page.fill("#sound-input textarea", "rain on leaves")
    page.press("#sound-run", "Enter")
    wait_for_state(page, "sound", "done")
    page.wait_for_selector(".omni-sound-play")
    page.wait_for_selector("#sound-stop[disabled]", state="attached")  # until then it is the next stop
    page.press("#sound-run", "Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".omni-sound-play")).to_be_focused()


def test_the_api_gives_the_file_itself(demo_app):
    path, *_ = Client(demo_app.url, verbose=False).predict(
        input="rain", audio_length=2, response_format="flac", seed="3", api_name="/sound"
    )
    heard = soundfile.info(path)
    assert (heard.format, heard.channels) == ("FLAC", 2)
    assert heard.duration == pytest.approx(2, abs=0.05)
