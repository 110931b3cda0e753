import base64
import io
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from gradio_client import Client, handle_file

from omni_ui.core.own_voices import plain_name
from omni_ui.demo.audio import voice
from tests.browser.conftest import open_code, run_and_wait, take, wait_for_state
from tests.media.test_recording import encode
from tests.running import PUBLIC, App
from tests.speaking import RATE, SpeechServer

pytestmark = pytest.mark.browser

UNFINISHED = "#speech-settings [data-do=take][data-name='speech-unfinished.wav']"
TEXT = "The birch canoe slid on the planks. Glue the sheet to the dark blue background. It is easy to tell the depth."


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """About eight seconds of speech."""
    path = tmp_path_factory.mktemp("clips") / "nora.wav"
    quiet = np.zeros(RATE // 5, np.int16)
    soundfile.write(path, np.concatenate([quiet, *voice.speak(TEXT), quiet]), RATE)
    return path


@pytest.fixture(scope="module")
def server():
    with SpeechServer() as server, App(OMNI_BASE_URL=server.url) as app:
        server.app = app
        yield server


@pytest.fixture
def page(server, open_page):
    server.saved.clear()
    server.uploads.clear()
    server.deleted.clear()
    server.pace, server.latency, server.seconds, server.rests = 50, 0, 1, {}
    server.refuses, server.refuse_upload = False, ""
    page = open_page(server.app.url, "Speech")
    page.set_default_timeout(30_000)
    page.wait_for_function("document.querySelector('#speech-stream input').checked")
    return page


def choose(page, field, label):
    page.click(f"#speech-{field} input")
    page.get_by_role("option", name=label, exact=True).click()


def sound_of(page):
    return soundfile.read(io.BytesIO(take(page, "speech")[1]))


def subtitles(page, kind):
    return take(page, "speech", kind)[1].decode()


def wait_until(true, within=10.0):
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def streams(page):
    return page.evaluate("[...omni.streams.values()].map((one) => ({...one.stats, state: one.state}))")


def open_panel(page):
    page.click("#speech-voices > button")
    page.wait_for_selector("#speech-voice-name input")


def fill_voice(page, clip, name="Nora", consent=True):
    page.fill("#speech-voice-name input", name)
    page.set_input_files("#speech-audio_sample input[type=file]", str(clip))
    page.wait_for_selector("#speech-audio_sample-coach li")
    page.fill("#speech-voice-ref_text textarea", TEXT)
    page.fill("#speech-speaker_description input, #speech-speaker_description textarea", "calm, British")
    page.set_checked("#speech-consent input", consent)


def say_of_panel(page, state):
    return page.wait_for_selector(f"#speech-voice-status [data-state={state}]", timeout=60_000).inner_text()


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
    assert page.is_hidden("#speech-drawing .omni-wave"), "one player: that of the stream until it has ended"
    page.wait_for_function("[...omni.streams.values()].at(-1).state === 'ended'")
    page.wait_for_selector("#speech-drawing .omni-wave")
    assert page.is_visible(".omni-words-estimated"), "a stream tells no word times"
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
    assert page.inner_text("#speech-status").startswith("Speaking")
    assert page.is_visible("#speech-player .omni-listen-play")
    facts = wait_for_state(page, "speech", "done")
    assert "speech 3.0 s" in facts
    assert 0.5 < float(facts.split("real-time factor")[1].split()[0]) < 0.95


def test_a_server_slower_than_speech_is_told(page, server):
    server.seconds, server.pace = 1.5, 0.5
    page.fill("#speech-input textarea", "slower than speech")
    page.click("#speech-run")
    page.wait_for_function("document.querySelector('.omni-listen-note')?.textContent.includes('slower than speech')")
    wait_for_state(page, "speech", "done")
    assert streams(page)[-1]["lead"] >= 0.25


@pytest.mark.parametrize(("label", "suffix"), [("mp3", ".mp3"), ("flac", ".flac"), ("opus", ".ogg"), ("pcm", ".pcm")])
def test_each_format_is_downloaded_as_asked_and_played(demo_app, open_page, label, suffix):
    page = open_page(demo_app.url, "Speech")
    page.wait_for_function("document.querySelector('#speech-stream input').checked")
    page.fill("#speech-input textarea", "Hello there.")
    page.click("#speech-tab .omni-controls .omni-advanced >> nth=1")
    choose(page, "response_format", label)
    assert page.is_checked("#speech-stream input") is (label == "pcm"), "only wav and pcm can be streamed"
    facts = run_and_wait(page, "speech")
    name, data = take(page, "speech")
    assert name == f"speech{suffix}"
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
        "model": "Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice", "input": "All of it.",
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
    assert server.wait_for("aborted", 3).ended - pressed < 1
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
    assert take(page, "speech")[0] == "speech.wav"
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
    assert server.wait_for("aborted", 4).ended - closed < 1.5


@pytest.mark.parametrize(
    ("text", "says"), [("this will BREAK", "stage 1 failed"), ("it will DIE", "The connection broke")]
)
def test_a_stream_that_breaks_off_keeps_what_arrived(page, server, text, says):
    page.fill("#speech-input textarea", text)
    assert says in run_and_wait(page, "speech", "failed")
    assert take(page, "speech")[0] == "speech-unfinished.wav"
    samples, rate = sound_of(page)
    assert len(samples) / rate == pytest.approx(0.5, abs=0.01)
    page.wait_for_function("document.querySelector('#speech-result audio')?.duration > 0.4")
    assert page.input_value("#speech-input textarea") == text


def test_the_coach_looks_at_a_recording_and_a_repair_is_previewed_and_taken(page, server, clip, tmp_path):
    samples, rate = soundfile.read(clip)
    soundfile.write(
        tmp_path / "quiet.wav", np.concatenate([np.zeros(2 * rate), samples * 0.02]), rate, subtype="PCM_24"
    )
    page.click("#speech-clone > button")
    page.set_input_files("#speech-ref_audio input[type=file]", str(tmp_path / "quiet.wav"))
    said = page.wait_for_selector("#speech-ref_audio-coach li").inner_text()
    said = page.inner_text("#speech-ref_audio-coach")
    assert "quiet" in said
    assert "silence at the start" in said
    assert "no transcript" in said
    page.fill("#speech-ref_text textarea", TEXT)
    page.press("#speech-ref_text textarea", "Tab")
    page.wait_for_function("document.querySelector('#speech-ref_audio-coach').innerText.includes('length fits')")
    page.click("#speech-ref_audio-trim")
    page.wait_for_selector("#speech-ref_audio-cleaned audio, #speech-ref_audio-cleaned a")
    page.click("#speech-ref_audio-take")
    page.wait_for_function(
        "!document.querySelector('#speech-ref_audio-coach').innerText.includes('silence at the start')"
    )
    page.fill("#speech-input textarea", "Now in my voice.")
    run_and_wait(page, "speech")
    sent = server.seen[-1].body
    assert sent["ref_text"] == TEXT
    data = base64.b64decode(sent["ref_audio"].partition(",")[2])
    assert soundfile.info(io.BytesIO(data)).duration == pytest.approx(len(samples) / rate, abs=0.5)


def test_a_voice_is_saved_with_consent_listed_tried_used_and_deleted(page, server, clip):
    open_panel(page)
    fill_voice(page, clip, consent=False)
    page.click("#speech-voice-save")
    assert "Tick the consent" in say_of_panel(page, "failed")
    assert not server.uploads
    page.check("#speech-consent input")
    page.click("#speech-voice-save")
    assert "“Nora” is saved" in say_of_panel(page, "done")
    sent = server.uploads[-1]
    assert sent["data"] == clip.read_bytes()
    # On a public page the names at the server carry the mark of the session; the page never shows it.
    assert (plain_name(sent["name"]), sent["ref_text"], sent["speaker_description"]) == ("Nora", TEXT, "calm, British")
    assert (sent["name"] != "Nora") is PUBLIC
    assert "agrees" in sent["consent"]
    row = page.wait_for_selector("#speech-voice-list label")
    assert all(word in row.inner_text() for word in ("Nora", "calm, British", TEXT, "KB WAV", "Consent"))
    page.check("#speech-voice-list input")
    page.click("#speech-voice-listen")
    wait_until(lambda: server.seen)
    wait_for_state(page, "speech", "done")
    assert plain_name(server.seen[-1].body["voice"]) == "nora"
    page.click("#speech-voice-use")
    page.wait_for_function("document.querySelector('#speech-voice input').value === 'Nora (saved)'")
    page.click("#speech-voice-delete")
    page.wait_for_function("document.querySelector('#speech-voice-delete').innerText.includes('Delete Nora?')")
    assert not server.deleted
    page.click("#speech-voice-delete")
    assert "is deleted" in page.wait_for_selector("#speech-voice-status :text('is deleted')").inner_text()
    assert [plain_name(name) for name in server.deleted] == ["Nora"]
    page.wait_for_function("document.querySelectorAll('#speech-voice-list input').length === 0")


@pytest.mark.skipif(PUBLIC, reason="a public page gives each session names of its own: the host's voice is never lost")
def test_a_saved_voice_is_not_replaced_without_asking(page, server, clip):
    server.saved["nora"] = {"name": "Nora"}
    open_panel(page)
    fill_voice(page, clip, "NORA")
    page.click("#speech-voice-save")
    said = say_of_panel(page, "failed")
    assert "is saved already" in said
    assert "the old voice is lost" in said
    assert not server.uploads
    page.check("#speech-voice-replace input")
    server.refuse_upload = "Could not decode audio file: bad"
    page.click("#speech-voice-save")
    page.wait_for_function("document.querySelector('#speech-voice-status').innerText.includes('may be gone')")
    assert len(server.uploads) == 1
    page.wait_for_function("document.querySelectorAll('#speech-voice-list input').length === 0")


def test_a_custom_voice_model_is_warned_of_before_the_upload(page):
    open_panel(page)
    assert "refuse to speak with it" in page.inner_text("#speech-voice-warning")


def write(path, kind, clip):
    samples, rate = soundfile.read(clip)
    if kind == "silent":
        soundfile.write(path, np.zeros(8 * rate), rate)
    elif kind == "short":
        soundfile.write(path, samples[rate : rate + rate // 5], rate)
    elif kind == "hour":
        with soundfile.SoundFile(path, "w", 8000, 1, "PCM_U8") as file:
            file.seek(3600 * 8000 - 1)
            file.write(np.zeros(1))
    elif kind == "text":
        path.write_text("not a sound at all\n" * 10)
    elif kind == "five":
        soundfile.write(path, np.repeat(samples[:, None], 5, axis=1), rate)
    else:
        kinds = {"8bit": ("PCM_U8", 1), "24bit": ("PCM_24", 1), "float": ("FLOAT", 1), "4khz": ("PCM_16", 1 / 6)}
        kinds |= {"192khz": ("PCM_16", 8), "10mb": ("DOUBLE", 8)}
        depth, factor = kinds[kind]
        made = np.repeat(samples, 8) if factor == 8 else samples[::6] if factor < 1 else samples
        made = np.tile(made, 2) if kind == "10mb" else made
        soundfile.write(path, made, int(rate * factor), subtype=depth)
    return path


@pytest.mark.parametrize(
    ("kind", "says"),
    [("silent", "silent"), ("short", "too short"), ("hour", "1 hour long"), ("text", "is not a sound file")],
)
def test_a_recording_that_cannot_be_used_is_a_sentence_and_no_upload(page, server, clip, tmp_path, kind, says):
    open_panel(page)
    fill_voice(page, write(tmp_path / "a.wav", kind, clip))
    page.click("#speech-voice-save")
    assert says in say_of_panel(page, "failed")
    assert says in page.inner_text("#speech-audio_sample-coach")
    assert not server.uploads


@pytest.mark.parametrize("kind", ["8bit", "24bit", "float", "five", "4khz", "192khz", "10mb"])
def test_odd_recordings_arrive_whole(page, server, clip, tmp_path, kind):
    path = write(tmp_path / "a.wav", kind, clip)
    open_panel(page)
    fill_voice(page, path)
    page.fill("#speech-voice-ref_text textarea", "")
    page.click("#speech-voice-save")
    say_of_panel(page, "done")
    sent = server.uploads[-1]["data"]
    assert (sent == path.read_bytes()) is (kind != "10mb")
    assert len(sent) < 10 * 2**20
    assert np.sqrt(np.mean(soundfile.read(io.BytesIO(sent))[0] ** 2)) == pytest.approx(
        np.sqrt(np.mean(soundfile.read(clip)[0] ** 2)), rel=0.1
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Name is empty"),
        ("a/b", "leave out slashes"),
        ("Ryan", "a voice of the model itself"),
        ("x" * 101, "too long"),
    ],
)
def test_names_that_a_voice_cannot_have(page, server, clip, name, says):
    open_panel(page)
    fill_voice(page, clip, name)
    page.click("#speech-voice-save")
    assert says in say_of_panel(page, "failed")
    assert not server.uploads


def test_a_voice_may_have_an_emoji(page, server, clip):
    open_panel(page)
    fill_voice(page, clip, "Nora \N{FOX FACE}")
    page.click("#speech-voice-save")
    say_of_panel(page, "done")
    page.check("#speech-voice-list input")
    page.click("#speech-voice-delete")
    page.wait_for_function("document.querySelector('#speech-voice-delete').innerText.includes('Press again')")
    page.click("#speech-voice-delete")
    page.wait_for_selector("#speech-voice-status :text('is deleted')")
    assert plain_name(server.deleted[-1]) == "Nora \N{FOX FACE}"


def test_a_transcript_three_times_too_long(page, server, clip):
    before = len(server.seen)
    page.click("#speech-clone > button")
    page.set_input_files("#speech-ref_audio input[type=file]", str(clip))
    page.wait_for_selector("#speech-ref_audio-coach li")
    page.fill("#speech-ref_text textarea", TEXT * 3)
    page.fill("#speech-input textarea", "hello")
    assert "The transcript is too long" in run_and_wait(page, "speech", "failed")
    assert len(server.seen) == before


@pytest.mark.parametrize(
    ("name", "codec", "container", "says"),
    [
        ("a.webm", "libopus", "webm", "was made into WAV"),
        ("a.m4a", "aac", "mp4", "was made into WAV"),
        ("mute.mp4", "", "mp4", "mute.mp4 holds no sound"),
    ],
)
def test_films_and_formats_that_servers_cannot_decode(page, tmp_path, name, codec, container, says):
    path = encode(tmp_path / name, codec, container, seconds=3, video=not codec, audio=bool(codec))
    page.click("#speech-clone > button")
    page.set_input_files("#speech-ref_audio input[type=file]", str(path))
    page.wait_for_selector("#speech-ref_audio-coach li")
    assert says in page.inner_text("#speech-ref_audio-coach")


def test_a_thousand_and_one_voices(page, server, clip):
    server.saved.update({f"v{number}": {"name": f"V{number}"} for number in range(1001)})
    page.get_by_role("tab", name="Image", exact=True).click()
    page.get_by_role("tab", name="Speech", exact=True).click()
    open_panel(page)
    page.wait_for_function("document.querySelectorAll('#speech-voice-list input').length === 1001")
    fill_voice(page, clip)
    page.click("#speech-voice-save")
    assert "takes no more" in say_of_panel(page, "failed")


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
def test_bad_input_is_one_sentence_and_no_request(page, server, field, value, says):
    before = len(server.seen)
    page.click("#speech-tab .omni-controls .omni-advanced >> nth=1")
    page.fill("#speech-input textarea", "hello")
    page.fill(field, value)
    page.press(field, "Tab")
    assert says in run_and_wait(page, "speech", "failed")
    assert page.input_value(field) == value
    assert len(server.seen) == before


def test_listening_to_mp3_is_refused_in_one_sentence(page, server):
    before = len(server.seen)
    page.fill("#speech-input textarea", "hello")
    page.click("#speech-tab .omni-controls .omni-advanced >> nth=1")
    choose(page, "response_format", "mp3")
    page.check("#speech-stream input")
    assert "Only WAV and PCM can be heard while they are made" in run_and_wait(page, "speech", "failed")
    assert len(server.seen) == before


def test_a_language_that_the_model_does_not_know(page, server):
    page.fill("#speech-input textarea", "REFUSE this")
    assert "does not speak Klingon" in run_and_wait(page, "speech", "failed")


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
    server.wait_for("aborted", 3)
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
    assert "No line of the script says who speaks" in run_and_wait(page, "speech", "failed")


def test_the_api_gives_the_file_and_its_errors(server, clip):
    client = Client(server.app.url, verbose=False)
    made = client.predict(input="hello", voice="vivian", seed="5", api_name="/speech")
    assert Path(made[0]).read_bytes()[:4] == b"RIFF"
    assert server.seen[-1].body["seed"] == 5
    with pytest.raises(Exception, match="Text is empty"):
        client.predict(input=" ", api_name="/speech")
    made = client.predict(input="hello", ref_audio=handle_file(clip), ref_text=TEXT, api_name="/speech")
    assert server.seen[-1].body["ref_audio"].startswith("data:audio/wav;base64,")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen(demo_app, open_page, width):
    page = open_page(demo_app.url, "Speech", viewport={"width": width, "height": 844})
    page.fill("#speech-input textarea", "Hello there. And again.")
    choose(page, "reading", "Sentence by sentence")
    run_and_wait(page, "speech")
    open_panel(page)
    page.click("#speech-clone > button")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
