"""A call in Chromium, whose microphone plays a file of the test, with the demo server."""

import time

import httpx
import pytest

from tests.browser.conftest import wait_for_call as wait_for_state
from tests.pace import allowed
from tests.recordings import speech

pytestmark = pytest.mark.browser


def test_a_call_is_answered_and_kept(talking, tmp_path, demo_app):
    page = talking(speech(tmp_path / "a.wav", ("silence", 1), ("tone", 1.2), ("silence", 30)))
    page.click("#talk-run")
    wait_for_state(page, "listening")
    assert "interrupt" in page.inner_text(".omni-call-profile")
    page.wait_for_selector(".omni-model:has-text('demo/talk')", state="attached")  # the header names the model called
    wait_for_state(page, "speaking")
    page.evaluate("document.querySelector('.omni-call').omniCall.line.socket.close(4000)")  # as a line that is cut
    page.wait_for_selector(".omni-call-notice:has-text('Connected again')")
    page.wait_for_selector("#talk-result .omni-call-model:has-text('cannot tell the words')", timeout=20_000)
    wait_for_state(page, "listening")
    turn = page.evaluate("[...document.querySelector('.omni-call').omniCall.turns.values()][0]")
    assert turn["heard"] == pytest.approx(turn["ms"], abs=allowed(150))
    assert turn["added"] < 2000, "a guard: bench/calls.py has how soon it is on a machine that does nothing else"
    page.click("#talk-stop")
    wait_for_state(page, "idle")
    page.wait_for_selector(".omni-call-kept:not([hidden])")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    with httpx.Client(base_url=demo_app.url, cookies=cookies) as http:
        record = http.get("/omni/history").json()["records"][0]
    assert (record["tab"], record["seconds"] > 3) == ("talk", True)
    page.get_by_role("tab", name="History", exact=True).click()
    page.click(".omni-history-list li:has-text('A call of') .omni-history-open")
    page.wait_for_selector(".omni-replay-you span")
    assert page.locator(".omni-replay-model span").count() == 1
    page.click(".omni-replay-lines button:has-text('cannot tell the words')")  # jumps there, and it lights up
    page.wait_for_selector(".omni-replay-lit:has-text('cannot tell the words')")
    assert page.eval_on_selector(".omni-replay audio", "(audio) => audio.currentTime") > 2


def test_speaking_silences_the_answer(talking, tmp_path, demo_app):
    page = talking(
        speech(tmp_path / "a.wav", ("silence", 1), ("tone", 1.2), ("silence", 3), ("tone", 1.0), ("silence", 30))
    )
    page.click("#talk-run")
    wait_for_state(page, "speaking")
    wait_for_state(page, "interrupted")
    page.wait_for_selector("#talk-result .omni-call-unheard")
    first = page.evaluate("[...document.querySelector('.omni-call').omniCall.turns.values()][0]")
    assert first["cut"]
    assert first["heard"] < first["ms"]
    wait_for_state(page, "speaking")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    left = time.time()
    page.close()  # ends the call, and nobody waits for the page to come back
    with httpx.Client(base_url=demo_app.url, cookies=cookies) as http:
        while not (records := http.get("/omni/history").json()["records"]):
            assert time.time() < left + 60, "the call is not written down"
            time.sleep(0.02)
    assert records[0]["at"] - left < allowed(1)


def test_hold_to_talk(talking, tmp_path):
    page = talking(speech(tmp_path / "a.wav", ("tone", 2), ("silence", 0.2)))
    page.check("#talk-hold input")
    page.click("#talk-run")
    wait_for_state(page, "listening")
    hold = page.locator(".omni-call-hold")
    hold.hover()
    page.mouse.down()
    page.wait_for_function("document.querySelector('.omni-call').omniCall.holding")
    page.wait_for_timeout(900)  # so long is spoken
    page.mouse.up()
    wait_for_state(page, "speaking")
    page.wait_for_selector("#talk-result .omni-call-model:has-text('I heard you for')")


def test_muting_sends_silence(talking, tmp_path):
    page = talking(speech(tmp_path / "a.wav", ("silence", 2), ("tone", 1), ("silence", 1)))
    page.click("#talk-run")
    wait_for_state(page, "listening")
    page.click(".omni-call-mute")
    assert page.get_attribute(".omni-call-mute", "aria-pressed") == "true"
    page.wait_for_timeout(4500)  # more than one round of the file
    assert page.locator("#talk-result li").count() == 0


def test_a_refused_microphone_is_one_sentence(talking):
    held = []
    page = talking(
        None, allowed=False, prepare=lambda page: page.route("**/talk/talk.js", lambda route: held.append(route))
    )
    while not held:
        page.wait_for_timeout(20)
    assert page.is_disabled("#talk-run"), "a click before the script is there would be lost"
    held.pop().continue_()
    page.click("#talk-run")
    page.wait_for_selector(".omni-call-notice:has-text('microphone')")
    assert page.is_visible("#talk-run")


def test_a_page_that_is_not_secure_says_why(talking, demo_app):
    page = talking(None)
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page.click("#talk-run")
    page.wait_for_selector(".omni-call-notice:has-text('https')")


def test_two_calls_at_once_are_told_apart(talking, tmp_path, demo_app):
    file = speech(tmp_path / "a.wav", ("silence", 10))
    page = talking(file)
    page.click("#talk-run")
    wait_for_state(page, "listening")
    other = page.context.new_page()
    other.goto(demo_app.url)
    other.get_by_role("tab", name="Talk", exact=True).click()
    other.click("#talk-run")
    other.wait_for_selector(".omni-call-notice:has-text('You are already in a call')")
    assert other.is_visible("#talk-run")
