import re
import time
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from tests.browser.conftest import fits, open_code, refuses, run_and_wait, take, wait_for_state
from tests.browser.speech.helpers import TEXT, UNFINISHED, choose, open_panel, sound_of, streams, subtitles, wait_until
from tests.browser.test_history import run_anew
from tests.pace import allowed

pytestmark = pytest.mark.browser


ENDED_OR_ALONE = """[...omni.streams.values()].at(-1).state === 'ended'
  || !document.querySelector('#speech-drawing .omni-sound-play')?.checkVisibility({ visibilityProperty: true })"""
"""Both at one moment: a slow machine may have heard all of it by now."""


def test_speech_with_the_demo_server_is_heard_drawn_and_kept(demo_app, open_page):
    page = open_page(demo_app.url, "Speech")
    page.wait_for_function("document.querySelector('#speech-stream input').checked")
    page.fill("#speech-input textarea", "Good morning! The kettle is on.")
    page.fill("#speech-seed input", "7")
    facts = run_and_wait(page, "speech")
    assert "seed 7" in facts
    assert "first sound" in facts
    assert "real-time factor" in facts
    heard = streams(page)[-1]
    samples, rate = sound_of(page)
    assert (rate, len(samples) / rate) == (24000, pytest.approx(heard["seconds"], abs=0.01))
    assert page.evaluate(ENDED_OR_ALONE), "one player: that of the stream until it has ended"
    page.wait_for_function("[...omni.streams.values()].at(-1).state === 'ended'")
    page.wait_for_selector("#speech-drawing .omni-wave")
    assert page.is_visible(".omni-words-estimated"), "a stream tells no word times"
    assert page.get_attribute(".omni-word:text('kettle')", "translate") == "no"
    page.click(".omni-word:text('kettle')")
    page.wait_for_function("document.querySelector('.omni-word-now')?.textContent === 'kettle'")
    assert page.evaluate("document.querySelector('#speech-result audio').currentTime") > 0.3
    read_while_typing(page)


def read_while_typing(page):
    """Without a press of Run: the first sentence is heard while the third is typed; the end is one file."""
    choose(page, "reading", "While I type")
    page.wait_for_selector(".omni-typing:not([hidden])")
    page.fill("#speech-input textarea", "")
    page.locator("#speech-input textarea").press_sequentially("It was quiet. The bell rang. And th")
    page.wait_for_selector(".omni-word:text('rang')")
    assert page.is_hidden(".omni-words-estimated"), "the demo server has an aligner"
    page.locator("#speech-input textarea").press_sequentially("en")
    page.click("#speech-finish")
    assert "sentences 3" in wait_for_state(page, "speech", "done")
    assert "The <00:00:0" in subtitles(page, "vtt")


def test_the_first_sound_comes_while_the_rest_is_made(page, server):
    server.seconds, server.pace = 3, 1.5
    page.fill("#speech-input textarea", "a slow one")
    page.click("#speech-run")
    page.wait_for_function("[...omni.streams.values()].at(-1)?.stats.firstSound")
    page.wait_for_function("document.querySelector('#speech-status').innerText.startsWith('Speaking')")
    assert page.is_visible("#speech-player .omni-listen-play")
    facts = wait_for_state(page, "speech", "done")
    assert "speech 3.0 s" in facts
    assert 0.5 < float(facts.split("real-time factor")[1].split()[0]) < allowed(0.95)


def test_a_server_slower_than_speech_is_told(page, server):
    server.seconds, server.pace = 1.5, 0.5
    page.fill("#speech-input textarea", "slower than speech")
    page.click("#speech-run")
    page.wait_for_function("document.querySelector('.omni-listen-note')?.textContent.includes('slower than speech')")
    wait_for_state(page, "speech", "done")
    assert streams(page)[-1]["lead"] >= 0.25


@pytest.fixture(scope="module")
def formats(demo_app, open_lasting_page):
    """One page for all formats."""
    page = open_lasting_page(demo_app.url, "Speech")
    page.wait_for_function("document.querySelector('#speech-stream input').checked")
    page.fill("#speech-input textarea", "Hello there.")
    page.click("#speech-tab .omni-controls .omni-advanced >> nth=1")
    return page


@pytest.mark.parametrize(("label", "suffix"), [("pcm", ".pcm"), ("mp3", ".mp3"), ("flac", ".flac"), ("opus", ".ogg")])
def test_each_format_is_downloaded_as_asked_and_played(formats, label, suffix):
    page = formats
    choose(page, "response_format", "wav")
    page.check("#speech-stream input")
    choose(page, "response_format", label)
    if label == "pcm":
        assert page.is_checked("#speech-stream input")
    else:
        page.wait_for_function("!document.querySelector('#speech-stream input').checked")  # only wav and pcm can
    facts = run_anew(page, "speech")
    name, data = take(page, "speech")
    assert re.fullmatch(rf"Hello-there-\d+{re.escape(suffix)}", name)
    page.wait_for_function("document.querySelector('#speech-result audio')?.duration > 0.3")
    if label != "pcm":
        heard = page.request.get(page.get_attribute("#speech-result audio", "src")).body()
        assert data == heard, "as the server sent it"
        assert take(page, "speech", plain=False)[1] != heard
    else:
        seconds = float(facts.split("speech")[1].split()[0])
        assert len(data) / 48000 == pytest.approx(seconds, abs=0.06)


def test_voices_of_the_server_are_listed_and_saved_ones_marked(page, server):
    server.saved["zoe"] = {"name": "Zoe", "created_at": 1.7e9, "file_size": 64000, "mime_type": "audio/wav"}
    page.get_by_role("tab", name="Image", exact=True).click()
    page.get_by_role("tab", name="Speech", exact=True).click()
    open_panel(page)
    page.wait_for_function("document.querySelectorAll('#speech-voice-list input').length === 1")
    choose(page, "voice", "Zoe (saved)")
    page.fill("#speech-input textarea", "hello")
    run_and_wait(page, "speech")
    assert server.seen[-1].body["voice"] == "zoe"
    choose(page, "voice", "Vivian")
    before = len(server.seen)
    page.click("#speech-run")
    wait_until(lambda: len(server.seen) > before)
    assert server.seen[-1].body["voice"] == "vivian"


def test_what_was_entered_reaches_the_server(page, server):
    page.fill("#speech-input textarea", "All of it.")
    choose(page, "language", "German")
    page.fill("#speech-instructions textarea", "slowly")
    page.fill("#speech-seed input", "11")
    page.click("#speech-tab .omni-controls .omni-advanced >> nth=1")
    choose(page, "task_type", "CustomVoice")
    choose(page, "sample_rate", "8 kHz")
    page.fill("#speech-speed input[type=number]", "1.5")
    page.wait_for_function("!document.querySelector('#speech-stream input').checked")
    run_and_wait(page, "speech")
    sent = dict(server.seen[-1].body)
    assert sent == {
        "model": server.model, "input": "All of it.",
        "language": "German", "instructions": "slowly", "seed": 11, "task_type": "CustomVoice",
        "sample_rate": 8000, "speed": 1.5, "response_format": "wav",
    }  # fmt: skip


def test_stop_aborts_the_server_and_what_arrived_can_be_played(page, server):
    server.seconds, server.pace = 20, 2
    page.fill("#speech-input textarea", "a long one")
    page.click("#speech-run")
    page.wait_for_function("[...omni.streams.values()].at(-1)?.stats.seconds > 1")
    pressed = time.monotonic()
    page.click("#speech-stop")
    assert server.wait_for("aborted", 30).ended - pressed < allowed(1)
    wait_for_state(page, "speech", "stopped")
    assert page.input_value("#speech-input textarea") == "a long one"
    assert streams(page)[-1]["state"] == "paused"
    page.wait_for_selector(UNFINISHED, state="attached")
    samples, rate = sound_of(page)
    assert streams(page)[-1]["seconds"] - 0.1 < len(samples) / rate < 20
    page.click("#speech-player .omni-listen-play")
    page.wait_for_function("[...omni.streams.values()].at(-1).state === 'playing'")


def test_what_stands_below_belongs_to_what_is_shown(page, server):
    page.fill("#speech-input textarea", "The first one")
    run_and_wait(page, "speech")
    open_code(page, "speech")
    heard = page.get_attribute("#speech-result audio", "src")
    page.fill("#speech-input textarea", "REFUSE this")
    run_and_wait(page, "speech", "failed")
    assert page.get_attribute("#speech-result audio", "src") == heard, "nothing came that could take its place"
    assert "The first one" in page.text_content("#speech-code")
    assert page.is_visible("#speech-settings .omni-send button")
    assert re.fullmatch(r"The-first-one-\d+\.wav", take(page, "speech")[0])
    server.seconds, server.pace = 20, 2
    page.fill("#speech-input textarea", "The second one")
    page.click("#speech-run")
    page.wait_for_function("document.querySelector('#speech-code').textContent.includes('The second one')")
    assert page.locator("#speech-result audio").count() == 0
    assert page.locator("#speech-settings [data-do=take]").count() == 0
    page.click("#speech-stop")
    page.wait_for_selector(UNFINISHED, state="attached")
    assert page.locator("#speech-settings [data-do=take]").count() == 1
    assert page.get_attribute("#speech-result audio", "src") != heard
    for place in ("#speech-settings table", "#speech-code"):
        assert "The second one" in page.text_content(place)
        assert "The first one" not in page.text_content(place)


def test_closing_the_page_aborts_the_server(page, server):
    server.seconds, server.pace = 20, 1
    page.fill("#speech-input textarea", "nobody listens")
    page.click("#speech-run")
    page.wait_for_function("[...omni.streams.values()].at(-1)?.stats.seconds > 0.5")
    closed = time.monotonic()
    page.close()
    assert server.wait_for("aborted", 30).ended - closed < allowed(1.5)


@pytest.mark.parametrize(
    ("text", "says"), [("this will BREAK", "stage 1 failed"), ("it will DIE", "The connection was lost")]
)
def test_a_stream_that_breaks_off_keeps_what_arrived(page, server, text, says):
    page.fill("#speech-input textarea", text)
    assert says in run_and_wait(page, "speech", "failed")
    assert take(page, "speech")[0].endswith("-unfinished.wav")
    samples, rate = sound_of(page)
    assert len(samples) / rate == pytest.approx(0.5, abs=0.01)
    page.wait_for_function("document.querySelector('#speech-result audio')?.duration > 0.4")
    assert page.input_value("#speech-input textarea") == text


@pytest.fixture(scope="module")
def bad(server, open_lasting_page):
    """One page for all that cannot be sent."""
    page = open_lasting_page(server.app.url, "Speech")
    page.wait_for_function("document.querySelector('#speech-stream input')?.checked")
    page.click("#speech-tab .omni-controls .omni-advanced >> nth=1")
    page.fill("#speech-input textarea", "hello")
    return page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("#speech-input textarea", "", "Text is empty"),
        ("#speech-input textarea", "   \n ", "Text is empty"),
        ("#speech-input textarea", "x" * 200_000, "Text is too long"),
        ("#speech-input textarea", "x" * 21_000, "Sentence by sentence"),
        ("#speech-seed input", "lucky", "Seed must be a whole number"),
        ("#speech-instructions textarea", "x" * 501, "Instructions is too long"),
        ("#speech-speed input[type=number]", "0.2", "Speed must be a number from 0.25 to 4"),
        ("#speech-speed input[type=number]", "4.5", "Speed must be a number from 0.25 to 4"),
    ],
)
def test_bad_input_is_one_sentence_and_no_request(bad, server, field, value, says):
    before = len(server.seen)
    refuses(bad, "speech", field, value, says)
    assert len(server.seen) == before


def test_listening_to_mp3_is_refused_in_one_sentence(page, server):
    before = len(server.seen)
    page.fill("#speech-input textarea", "hello")
    page.click("#speech-tab .omni-controls .omni-advanced >> nth=1")
    choose(page, "response_format", "mp3")
    page.check("#speech-stream input")
    assert "Only WAV and PCM can be played while generating" in run_and_wait(page, "speech", "failed")
    assert len(server.seen) == before


def test_a_language_that_the_model_does_not_know(page, server):
    page.fill("#speech-input textarea", "REFUSE this")
    assert "does not speak Klingon" in run_and_wait(page, "speech", "failed")


def test_the_api_gives_the_file_and_its_errors(server, clip):
    client = Client(server.app.url, verbose=False)
    made = client.predict(input="hello", voice="vivian", seed="5", api_name="/speech")
    assert Path(made[0]).read_bytes()[:4] == b"RIFF"
    assert server.seen[-1].body["seed"] == 5
    with pytest.raises(Exception, match="Text is empty"):
        client.predict(input=" ", api_name="/speech")
    made = client.predict(input="hello", ref_audio=handle_file(clip), ref_text=TEXT, api_name="/speech")
    assert server.seen[-1].body["ref_audio"].startswith("data:audio/wav;base64,")


def test_nothing_is_wider_than_the_screen(demo_app, open_page):
    page = open_page(demo_app.url, "Speech", viewport={"width": 390, "height": 844})
    page.fill("#speech-input textarea", "Hello there. And again.")
    choose(page, "reading", "Sentence by sentence")
    run_and_wait(page, "speech")
    open_panel(page)
    page.click("#speech-clone > button")
    assert fits(page)
