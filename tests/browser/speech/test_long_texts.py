import pytest

from tests.browser.conftest import open_code, run_and_wait, wait_for_state
from tests.browser.speech.helpers import UNFINISHED, choose, sound_of, streams, subtitles, wait_until

pytestmark = pytest.mark.browser


def test_a_long_text_in_parts_with_redo_one_file_and_subtitles(page, server):
    page.uncheck("#speech-stream input")
    page.fill("#speech-input textarea", "First one. Second one!\n\nA new paragraph?")
    choose(page, "reading", "Sentence by sentence")
    facts = run_and_wait(page, "speech")
    assert "parts 3" in facts
    assert sorted(one.body["input"] for one in server.seen[-3:]) == ["A new paragraph?", "First one.", "Second one!"]
    samples, rate = sound_of(page)
    assert len(samples) / rate == pytest.approx(3 + 0.25 + 0.6, abs=0.01)
    srt = subtitles(page, ".srt")
    assert "00:00:01,250 --> 00:00:02,250\nSecond one!" in srt
    sends = page.inner_text("#speech-settings .omni-send-rows")
    assert "Send to" in sends, "the sound can be sent on; the subtitles are no text for a prompt"
    assert "Send the text" not in sends
    before = len(server.seen)
    seed = server.seen[-1].body["seed"]
    page.click("#speech-parts li:nth-child(2) button:text('Redo')")
    wait_until(lambda: len(server.seen) > before)
    wait_for_state(page, "speech", "done")
    assert [one.body["input"] for one in server.seen[before:]] == ["Second one!"]
    assert server.seen[-1].body["seed"] != seed


def test_a_part_that_fails_keeps_the_others_and_can_be_spoken_again(page, server):
    page.uncheck("#speech-stream input")
    page.fill("#speech-input textarea", "First one. REFUSE the second. Third one.")
    choose(page, "reading", "Sentence by sentence")
    said = run_and_wait(page, "speech", "failed")
    assert "Part 2 of 3 could not be spoken" in said
    assert "The other 2 are kept" in said
    page.wait_for_function("document.querySelectorAll('#speech-parts .omni-part-play').length === 2")
    assert "does not speak Klingon" in page.inner_text("#speech-parts li:nth-child(2) .omni-part-trouble")
    before = len(server.seen)
    page.click("#speech-parts button:text('Speak missing parts')")
    wait_until(lambda: len(server.seen) > before)
    wait_for_state(page, "speech", "failed")
    assert [one.body["input"] for one in server.seen[before:]] == ["REFUSE the second."]
    page.click("#speech-parts .omni-part-play >> nth=0")
    page.wait_for_function("document.querySelector('#speech-parts .omni-part-play').textContent === 'Pause'")


@pytest.mark.parametrize("listen", [True, False])
def test_a_long_text_of_which_a_part_fails_does_not_keep_the_sound_before(page, server, listen):
    page.fill("#speech-input textarea", "The first one")
    run_and_wait(page, "speech")
    assert page.locator("#speech-result audio").count() == 1
    open_code(page, "speech")
    page.set_checked("#speech-stream input", listen)
    page.fill("#speech-input textarea", "One. REFUSE this.")
    choose(page, "reading", "Sentence by sentence")
    run_and_wait(page, "speech", "failed")
    assert page.locator("#speech-result audio").count() == 0
    assert page.is_hidden("#speech-drawing .omni-drawing")
    assert "REFUSE this" in page.text_content("#speech-code")
    assert page.locator("#speech-settings [data-do=take]").count() == 0


def test_a_part_that_cannot_be_spoken_again_leaves_the_whole_as_it_is(page, server):
    page.uncheck("#speech-stream input")
    page.fill("#speech-input textarea", "One. Two.")
    choose(page, "reading", "Sentence by sentence")
    run_and_wait(page, "speech")
    heard = page.get_attribute("#speech-result audio", "src")
    server.refuses = True
    page.click("#speech-parts li:nth-child(2) button:text('Redo')")
    wait_for_state(page, "speech", "failed")
    assert page.get_attribute("#speech-result audio", "src") == heard
    assert "Two." in subtitles(page, ".srt")


def test_a_long_text_is_heard_in_order_while_it_is_made(page, server):
    page.fill("#speech-input textarea", "One. Two. Three.")
    choose(page, "reading", "Sentence by sentence")
    facts = run_and_wait(page, "speech")
    assert "first sound" in facts
    assert [one.body["input"] for one in server.seen[-3:]] == ["One.", "Two.", "Three."]
    heard = streams(page)
    assert len(heard) == 1
    assert heard[0]["seconds"] == pytest.approx(3 + 2 * 0.25 + 0.6, abs=0.01)


def test_stop_in_a_long_text_keeps_the_parts_that_are_ready(page, server):
    server.rests = {5: 2}
    page.fill("#speech-input textarea", "One. Two. Three. Four. Five. Six.")
    choose(page, "reading", "Sentence by sentence")
    page.click("#speech-run")
    page.wait_for_selector("#speech-parts li:nth-child(2) .omni-part-play")
    page.click("#speech-stop")
    server.wait_for("aborted", 30)
    wait_for_state(page, "speech", "stopped")
    page.wait_for_selector(UNFINISHED, state="attached")
    server.rests = {}
    page.click("#speech-parts button:text('Speak missing parts')")
    wait_for_state(page, "speech", "done")
    assert page.locator("#speech-parts .omni-part-play").count() == 6


def test_a_script_gives_each_speaker_a_voice(page, server):
    page.uncheck("#speech-stream input")
    page.fill("#speech-input textarea", "Alice: Hello.\nRyan: Hi there.\nAlice: Bye.")
    choose(page, "reading", "As a script with voices")
    page.wait_for_selector("#speech-cast select")
    assert page.input_value("#speech-cast select >> nth=1") == "ryan"
    page.select_option("#speech-cast select >> nth=0", "vivian")
    before = len(server.seen)
    run_and_wait(page, "speech")
    sent = {one.body["input"]: one.body["voice"] for one in server.seen[before:]}
    assert sent == {"Hello.": "vivian", "Hi there.": "ryan", "Bye.": "vivian"}
    vtt = subtitles(page, ".vtt")
    assert "<v Ryan>Hi there." in vtt


def test_the_settings_of_a_script_are_seen_and_opened_again(page, server, open_page):
    page.uncheck("#speech-stream input")
    page.fill("#speech-input textarea", "Alice: Hello.\nRyan: Hi there.")
    choose(page, "reading", "As a script with voices")
    page.wait_for_selector("#speech-cast select")
    page.select_option("#speech-cast select >> nth=0", "vivian")
    page.fill("#speech-seed input", "7")
    run_and_wait(page, "speech")
    table = page.text_content("#speech-settings table")
    assert all(words in table for words in ("Hi there.", "script", '"Alice": "vivian"', "Seed7", server.model))
    again = open_page(f"{server.app.url}#r={page.get_attribute('#speech-settings section', 'data-link')}", "Speech")
    again.wait_for_selector("#speech-cast select >> nth=1")
    assert again.input_value("#speech-cast select >> nth=0") == "vivian"
    assert again.input_value("#speech-reading input") == "As a script with voices"
    assert again.input_value("#speech-seed input") == "7"


def test_a_script_without_speakers_is_one_sentence(page, server):
    page.fill("#speech-input textarea", "nobody speaks here")
    choose(page, "reading", "As a script with voices")
    assert "No line says who speaks" in run_and_wait(page, "speech", "failed")
