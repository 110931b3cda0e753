import base64
import io

import numpy as np
import pytest
import soundfile

from omni_ui.core.own_voices import plain_name
from tests.browser.conftest import run_and_wait, wait_for_state
from tests.browser.speech.helpers import TEXT, open_panel, wait_until
from tests.media.test_recording import encode
from tests.running import PUBLIC, served_by
from tests.speaking import SpeechServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lasting(server, open_lasting_page):
    """One page for all recordings and names that are tried; its panels are open."""
    page = open_lasting_page(server.app.url, "Speech")
    page.set_default_timeout(30_000)
    page.click("#speech-clone > button")
    open_panel(page)
    return page


@pytest.fixture
def panel(quiet_server, lasting):
    for field in ("speech-ref_audio", "speech-audio_sample"):
        clear = lasting.locator(f"#{field} button[aria-label=Clear]")
        if clear.count():
            clear.click()
        lasting.wait_for_selector(f"#{field} input[type=file]", state="attached")
        lasting.wait_for_selector(f"#{field}-coach li", state="detached")
    lasting.eval_on_selector_all(
        "#speech-voice-status [data-state]", "(boxes) => boxes.forEach((box) => box.removeAttribute('data-state'))"
    )
    return lasting


def fill_voice(page, clip, name="Nora", consent=True):
    page.fill("#speech-voice-name input", name)
    page.set_input_files("#speech-audio_sample input[type=file]", str(clip))
    page.wait_for_selector("#speech-audio_sample-coach li")
    page.fill("#speech-voice-ref_text textarea", TEXT)
    page.fill("#speech-speaker_description input, #speech-speaker_description textarea", "calm, British")
    page.set_checked("#speech-consent input", consent)


def say_of_panel(page, state):
    return page.wait_for_selector(f"#speech-voice-status [data-state={state}]", timeout=60_000).inner_text()


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
    assert "without a transcript only the sound" in said
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
    assert "already exists" in said
    assert "the old voice is lost" in said
    assert not server.uploads
    page.check("#speech-voice-replace input")
    server.refuse_upload = "Could not decode audio file: bad"
    page.click("#speech-voice-save")
    page.wait_for_function("document.querySelector('#speech-voice-status').innerText.includes('no longer be on')")
    assert len(server.uploads) == 1
    page.wait_for_function("document.querySelectorAll('#speech-voice-list input').length === 0")


@pytest.fixture(scope="module")
def custom_voice():
    yield from served_by(SpeechServer(model="Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice"))


def test_a_custom_voice_model_copies_no_voice_and_none_can_be_saved(custom_voice, open_page):
    page = open_page(custom_voice.app.url, "Speech")
    page.wait_for_selector("#speech-clone", state="hidden")
    page.wait_for_selector("#speech-voices", state="hidden")


def test_the_recording_of_a_run_is_saved_as_a_voice(page, server, clip):
    page.click("#speech-clone > button")
    page.set_input_files("#speech-ref_audio input[type=file]", str(clip))
    page.fill("#speech-ref_text textarea", TEXT)
    page.click("#speech-ref_audio-save")
    page.wait_for_function("document.activeElement.closest('#speech-voice-name')")
    page.keyboard.type("Nora")
    page.check("#speech-consent input")
    page.click("#speech-voice-save")
    assert "“Nora” is saved" in say_of_panel(page, "done")
    assert server.uploads[-1]["data"] == clip.read_bytes()
    assert server.uploads[-1]["ref_text"] == TEXT


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
def test_a_recording_that_cannot_be_used_is_a_sentence_and_no_upload(panel, server, clip, tmp_path, kind, says):
    fill_voice(panel, write(tmp_path / "a.wav", kind, clip))
    panel.click("#speech-voice-save")
    assert says in say_of_panel(panel, "failed")
    assert says in panel.inner_text("#speech-audio_sample-coach")
    assert not server.uploads


@pytest.mark.parametrize("kind", ["8bit", "24bit", "float", "five", "4khz", "192khz", "10mb"])
def test_odd_recordings_arrive_whole(panel, server, clip, tmp_path, kind):
    path = write(tmp_path / "a.wav", kind, clip)
    fill_voice(panel, path, f"Nora {kind}")
    panel.fill("#speech-voice-ref_text textarea", "")
    panel.click("#speech-voice-save")
    assert kind in say_of_panel(panel, "done")
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
def test_names_that_a_voice_cannot_have(panel, server, clip, name, says):
    fill_voice(panel, clip, name)
    panel.click("#speech-voice-save")
    assert says in say_of_panel(panel, "failed")
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
        ("a.webm", "libopus", "webm", "was converted to WAV"),
        ("a.m4a", "aac", "mp4", "was converted to WAV"),
        ("mute.mp4", "", "mp4", "mute.mp4 holds no sound"),
    ],
)
def test_films_and_formats_that_servers_cannot_decode(panel, tmp_path, name, codec, container, says):
    path = encode(tmp_path / name, codec, container, seconds=3, video=not codec, audio=bool(codec))
    panel.set_input_files("#speech-ref_audio input[type=file]", str(path))
    panel.wait_for_selector("#speech-ref_audio-coach li")
    assert says in panel.inner_text("#speech-ref_audio-coach")


def test_a_thousand_and_one_voices(page, server, clip):
    server.saved.update({f"v{number}": {"name": f"V{number}"} for number in range(1001)})
    page.get_by_role("tab", name="Image", exact=True).click()
    page.get_by_role("tab", name="Speech", exact=True).click()
    open_panel(page)
    page.wait_for_function("document.querySelectorAll('#speech-voice-list input').length === 1001")
    fill_voice(page, clip)
    page.click("#speech-voice-save")
    assert "its maximum" in say_of_panel(page, "failed")
