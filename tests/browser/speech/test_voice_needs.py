"""What a model cannot do without is asked for at its field, or offered, before the request."""

import pytest

from tests.browser.conftest import run_and_wait, wait_for_state
from tests.browser.speech.helpers import TEXT
from tests.running import served_by
from tests.speaking import SpeechServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def copying_alone():
    yield from served_by(SpeechServer(model="zai-org/GLM-TTS"))


def test_a_model_that_only_copies_asks_for_the_recording_and_then_for_its_words(copying_alone, open_page, clip):
    page = open_page(copying_alone.app.url, "Speech", more=False)
    page.fill("#speech-input textarea", TEXT)
    page.click("#speech-run")
    page.locator("#speech-ref_audio .omni-fault:has-text('choose a saved voice')").wait_for()
    page.set_input_files("#speech-ref_audio input[type=file]", str(clip))
    page.wait_for_selector("#speech-ref_audio-coach li")
    assert not page.is_visible("#speech-x_vector_only_mode")
    page.click("#speech-clone > button")
    page.click("#speech-run")
    page.locator("#speech-ref_text .omni-fault:has-text('word for word')").wait_for()
    page.wait_for_function("document.activeElement.closest('#speech-ref_text')")
    assert not page.locator("#speech-ref_audio .omni-fault").count()
    page.keyboard.type(TEXT)
    run_and_wait(page, "speech")


@pytest.fixture(scope="module")
def designing():
    yield from served_by(SpeechServer(model="Qwen/Qwen3-TTS-12Hz-1.7B-VoiceDesign"))


def test_a_model_that_creates_voices_offers_a_description(designing, open_page):
    page = open_page(designing.app.url, "Speech", more=False)
    page.locator("#speech-status .omni-card-example").first.click()
    wait_for_state(page, "speech", "failed")
    page.get_by_role("button", name="Instructions: none → A calm, warm voice").click()
    wait_for_state(page, "speech", "done")
    assert page.input_value("#speech-instructions textarea") == "A calm, warm voice, close to the microphone."
