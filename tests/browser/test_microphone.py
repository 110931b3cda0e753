"""What is recorded in the page, with Chromium's own microphone for tests, which beeps."""

import io

import pytest
import soundfile

from tests.browser.conftest import FLAGS

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium, demo_app):
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=FLAGS + fake)
    page = browser.new_page(permissions=["microphone"])
    page.goto(demo_app.url)
    page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
    yield page
    browser.close()


def test_a_message_is_spoken(page, demo_app):
    page.get_by_role("tab", name="Chat", exact=True).click()
    button = page.locator("#chat-files [data-act=record]")
    button.click()
    page.wait_for_selector("#chat-files [data-act=record]:has-text('Stop recording')")
    page.wait_for_timeout(1500)
    button.click()
    page.wait_for_selector("#chat-files li")
    page.fill("#chat-text textarea", "What do you hear?")
    page.click("#chat-run")
    page.wait_for_selector("#chat-status [data-state=done]", timeout=60_000)
    heard = page.get_attribute("#chat-result [data-role=user] audio", "src")
    samples, rate = soundfile.read(io.BytesIO(page.request.get(heard).body()))
    assert len(samples) / rate > 0.8
    assert abs(samples).max() > 0.01, "the beeps are in it"


def test_a_reference_is_recorded_and_looked_at(page):
    page.get_by_role("tab", name="Speech", exact=True).click()
    page.click("#speech-clone > button")
    page.click("#speech-ref_audio button[aria-label='Record a sound']")
    page.click("#speech-ref_audio .record-button")
    page.wait_for_selector("#speech-ref_audio .stop-button")
    page.wait_for_timeout(2500)
    page.click("#speech-ref_audio .stop-button")
    page.wait_for_selector("#speech-ref_audio-coach li")
    assert " s" in page.inner_text("#speech-ref_audio-coach")
