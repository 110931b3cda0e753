"""Once more, told in time, and a way out of failures: below the results and failures of every tab."""

import time

import pytest
from playwright.sync_api import expect

from omni_ui.demo.server import DemoServer
from tests.browser.conftest import open_actions, open_more, run_and_wait, wait_for_state
from tests.fakes import SlowServer, png
from tests.pace import allowed
from tests.running import App, served_by

pytestmark = pytest.mark.browser

ROW = "#{tab}-settings .omni-again"


class Shaky(SlowServer):
    """Refuses every picture larger than `most` pixels with the words of a graphics card that is full."""

    most = 128 * 128

    async def _images(self, request):
        from starlette.responses import JSONResponse

        body = await request.json()
        width, height = map(int, body.get("size", "1024x1024").split("x"))
        if width * height * body.get("n", 1) > self.most:
            error = {"message": "CUDA out of memory. Tried to allocate 20 GiB", "type": "x", "param": None, "code": 500}
            return JSONResponse({"error": error}, 500)
        return await super()._images(request)


class Broken(SlowServer):
    """Fails at once, with the same words each time."""

    async def _images(self, request):
        from starlette.responses import JSONResponse

        return JSONResponse({"error": {"message": "It broke", "type": "x", "param": None, "code": 500}}, 500)


@pytest.fixture(scope="module")
def shaky():
    yield from served_by(Shaky(latency=0))


def record(page, tab):
    return page.get_attribute(ROW.format(tab=tab), "data-record")


def once_more(page, tab, what, timeout=60):
    """Presses one of the buttons; the text of the status when the next result is there."""
    before = record(page, tab)
    open_actions(page, tab)
    page.click(f"{ROW.format(tab=tab)} [data-do={what}]")
    page.wait_for_function(
        "([place, old]) => { const row = document.querySelector(place); return row && row.dataset.record !== old; }",
        arg=[ROW.format(tab=tab), before],
        timeout=1000 * timeout,
    )
    return page.inner_text(f"#{tab}-status .omni-status")


def small_picture(page, prompt="A red fox"):
    page.fill("#image-prompt textarea", prompt)
    page.fill("#image-size input", "128x96")
    page.press("#image-size input", "Enter")
    return run_and_wait(page, "image")


def last_body(server):
    return server.seen[-1].body


def test_again_keeps_the_seed_and_another_draws_a_new_one(pictures, open_page):
    page = open_page(pictures.app.url)
    small_picture(page)
    seed = last_body(pictures)["seed"]
    page.fill("#image-prompt textarea", "A grey fox")  # what stands in the controls by now is what is run
    assert f"seed {seed}" in once_more(page, "image", "again")
    assert (last_body(pictures)["seed"], last_body(pictures)["prompt"]) == (seed, "A grey fox")
    once_more(page, "image", "another")
    assert last_body(pictures)["seed"] != seed
    assert last_body(pictures)["prompt"] == "A grey fox"


def test_a_repetition_sends_the_very_request_of_the_result_whatever_was_typed_since(pictures, open_page):
    page = open_page(pictures.app.url)
    pictures.picture = png(64, 64)
    small_picture(page)
    first = last_body(pictures)
    page.fill("#image-prompt textarea", "something else")
    said = once_more(page, "image", "check")
    assert "Identical. Every byte is the same. Model Qwen/Qwen-Image, server version 0.30.0." in said
    assert last_body(pictures) == first
    assert page.input_value("#image-prompt textarea") == "something else"
    pictures.picture = png(64, 32)
    assert "Different. 64 × 32 pixels now, 64 × 64 before." in once_more(page, "image", "check")
    page.get_by_role("tab", name="History", exact=True).click()
    page.wait_for_selector(".omni-history :text('A red fox')")


def test_a_repetition_is_stopped_by_stop(pictures, open_page):
    page = open_page(pictures.app.url)
    small_picture(page)
    pictures.latency = 30
    open_actions(page, "image")
    open_actions(page, "image")
    page.click(f"{ROW.format(tab='image')} [data-do=check]")
    wait_for_state(page, "image", "working")
    pictures.wait_for("running", 30)
    page.wait_for_selector("#image-stop:not([disabled])")
    page.click("#image-stop")
    pictures.wait_for("aborted", 30)
    wait_for_state(page, "image", "stopped")


@pytest.fixture(scope="module")
def lasting(demo_app, open_lasting_page):
    return open_lasting_page(demo_app.url)


@pytest.mark.parametrize(
    ("tab", "field", "text"),
    [("speech", "input", "Good morning."), ("sound", "input", "Rain on a roof"), ("video", "prompt", "Waves")],
)
def test_every_tab_repeats_and_compares(lasting, tab, field, text):
    page = lasting
    page.get_by_role("tab", name=tab.capitalize(), exact=True).click()
    open_more(page, tab)
    page.fill(f"#{tab}-{field} textarea", text)
    if tab == "video":
        page.fill("#video-size input", "128x96")
        page.press("#video-size input", "Enter")
        page.fill("#video-num_frames-field", "5")
    if tab == "sound":
        page.fill("#sound-audio_length-field", "1")
    run_and_wait(page, tab)
    said = once_more(page, tab, "check")
    assert "Identical." in said
    assert "server version 0.30.0" in said


def test_an_answer_is_repeated_in_its_place_and_what_is_being_written_stays(demo_app, open_page):
    page = open_page(demo_app.url, "Chat")
    page.fill("#chat-text textarea", "What is 17 + 4?")
    run_and_wait(page, "chat")
    page.fill("#chat-text textarea", "not sent yet")
    assert "Identical." in once_more(page, "chat", "check")
    assert page.locator("#chat-result article").count() == 2
    assert page.input_value("#chat-text textarea") == "not sent yet"
    once_more(page, "chat", "another")
    assert page.locator("#chat-result article").count() == 2
    assert page.input_value("#chat-text textarea") == "not sent yet"


def test_the_time_of_a_run_is_foretold_after_three_like_it(open_page):
    with SlowServer(latency=0.3) as server, App(OMNI_BASE_URL=server.url) as app:
        page = open_page(app.url)
        forecast = page.locator("#image-forecast")
        small_picture(page)
        for _ in range(2):
            page.wait_for_timeout(1200)  # two looks of the page: a forecast of fewer runs would stand here now
            assert "from" not in forecast.inner_text()
            once_more(page, "image", "another")
        page.wait_for_selector("#image-forecast:has-text('from 3 runs like this')")
        assert "about 0." in forecast.inner_text()
        page.fill("#image-size input", "1024x1024")  # nothing like it has been run
        page.press("#image-size input", "Enter")
        page.wait_for_selector("#image-forecast:not(:has-text('from'))", state="attached")
        asked = []
        page.on("request", lambda request: asked.append(request.url) if "/gradio_api/run/" in request.url else None)
        page.fill("#image-prompt textarea", "A very different prompt, which takes the same time")
        page.wait_for_timeout(1500)
        assert not asked


def test_runs_that_failed_or_were_stopped_tell_nothing_of_the_time(shaky, open_page):
    page = open_page(shaky.app.url)
    page.fill("#image-prompt textarea", "a boat")
    page.fill("#image-size input", "512x512")
    page.press("#image-size input", "Enter")
    for _ in range(3):
        run_and_wait(page, "image", "failed")
        page.wait_for_timeout(700)
    page.wait_for_timeout(1500)
    assert "from" not in page.inner_text("#image-forecast")


def test_a_light_says_how_busy_the_server_is(open_page):
    with DemoServer(stub=True) as server, App(OMNI_BASE_URL=server.url) as app:
        page = open_page(app.url)
        page.wait_for_selector(".omni-light[data-load=free]:has-text('free')")
        page.fill("#image-prompt textarea", "a boat [[slow:20]]")
        page.click("#image-run")
        wait_for_state(page, "image", "working")
        page.wait_for_timeout(5500)  # what the server said last is true for five seconds
        page.evaluate("omni.call('ask_server_state')")
        page.wait_for_selector(".omni-light[data-load=busy]:text-is('busy')")
        page.click("#image-stop")


def test_a_server_without_metrics_has_no_light(pictures, open_page):
    page = open_page(pictures.app.url)
    page.wait_for_selector("#omni-state .omni-pill[data-state=ready]")
    assert not page.is_visible(".omni-light")


def test_a_failure_for_want_of_memory_is_mended_step_by_step(shaky, open_page):
    page = open_page(shaky.app.url)
    page.fill("#image-prompt textarea", "a boat")
    page.fill("#image-n-field", "2")
    page.fill("#image-size input", "256x256")
    page.press("#image-size input", "Enter")
    run_and_wait(page, "image", "failed")
    assert page.locator(".omni-fixes button").all_inner_texts() == ["Pictures: 2 → 1", "Size: 256x256 → 128x128"]
    page.click(".omni-fixes button >> nth=0")
    page.wait_for_function("document.querySelectorAll('#image-status .omni-fixes button').length === 1")
    assert page.input_value("#image-n-field") == "1"
    page.click(".omni-fixes button")
    wait_for_state(page, "image", "done")
    assert page.input_value("#image-size input") == "128x128"
    assert (last_body(shaky)["size"], last_body(shaky)["n"]) == ("128x128", 1)


def test_a_voice_that_exists_and_another_seed_with_the_demo_server(demo_app, open_page):
    page = open_page(demo_app.url, "Chat")
    page.fill("#chat-text textarea", "Say hello")
    page.fill("#chat-voice input", "nobody")
    page.press("#chat-voice input", "Enter")
    run_and_wait(page, "chat", "failed")
    page.click(".omni-fixes button:has-text('Voice: nobody →')")
    wait_for_state(page, "chat", "done")
    assert page.input_value("#chat-voice input") != "nobody"

    page.get_by_role("tab", name="Image", exact=True).click()
    page.fill("#image-prompt textarea", "a boat [[fail:empty]]")
    page.fill("#image-seed input", "7")
    run_and_wait(page, "image", "failed")
    page.click("#image-status .omni-fixes button:has-text('Try again with another seed')")
    page.wait_for_function("document.querySelector('#image-seed input').value === ''")


def test_what_failed_in_passing_can_be_tried_again(open_page):
    with Shaky(latency=0) as server, App(OMNI_BASE_URL=server.url) as app:
        page = open_page(app.url)
        server.__exit__()
        page.fill("#image-prompt textarea", "a boat")
        run_and_wait(page, "image", "failed")
        began = time.monotonic()
        page.click(".omni-fixes button:text-is('Try again')")
        wait_for_state(page, "image", "working")
        wait_for_state(page, "image", "failed")
        assert time.monotonic() - began < allowed(60)


def test_a_run_that_fails_at_once_again_is_tried_once(open_page):
    with Broken(latency=0) as server, App(OMNI_BASE_URL=server.url) as app:
        page = open_page(app.url)
        page.fill("#image-prompt textarea", "a boat")
        run_and_wait(page, "image", "failed")
        runs = []
        page.on("request", lambda request: runs.append(request.url) if "/queue/join" in request.url else None)
        page.focus(".omni-fixes button:text-is('Try again')")
        for count in (1, 2, 3):
            with page.expect_response(lambda answer: "/queue/join" in answer.url):
                page.keyboard.press("Enter")
            page.wait_for_timeout(1500)  # it was pressed again after a second where the page missed that it had run
            expect(page.locator(".omni-fixes button")).to_be_focused()
            assert len(runs) == count
