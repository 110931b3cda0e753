import numpy as np
import pytest
import soundfile

from omni_ui.demo.audio import voice
from omni_ui.features.voices.cleanup import cleaned, trim
from omni_ui.features.voices.reference_check import (
    SOUND_ALONE,
    as_html,
    checks,
    loudness,
    measure,
    sendable,
    spoken_seconds,
)
from omni_ui.media.recording import read_recording

RATE = 24000
TEXT = "The birch canoe slid on the planks. Glue the sheet to the dark blue background. It is easy to tell the depth."


@pytest.fixture(scope="module")
def speech():
    """About seven seconds of speech, -1..1."""
    whole = np.concatenate(list(voice.speak(TEXT))).astype(np.float32) / 32768
    quiet = np.zeros(RATE // 5, np.float32)
    return np.concatenate([quiet, whole, quiet])


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


@pytest.fixture
def read(tmp_path):
    async def read_samples(samples, rate=RATE, subtype="PCM_16"):
        soundfile.write(tmp_path / "a.wav", samples, rate, subtype=subtype)
        return await read_recording(tmp_path / "a.wav", "ref_audio")

    return read_samples


def silence(seconds, rate=RATE):
    return np.zeros(round(seconds * rate), np.float32)


def said(found, level):
    return " ".join(one.sentence for one in found if one.level == level)


async def test_a_good_recording_has_nothing_to_mend(read, speech):
    found = checks(await read(speech), TEXT)
    assert {one.level for one in found} == {"good"}, found
    assert "length fits" in said(found, "good")


@pytest.mark.parametrize(
    ("make", "level", "says", "fix"),
    [
        (lambda x: silence(8), "stop", "silent", None),
        (lambda x: x[RATE : RATE + RATE // 5], "stop", "too short: 0.2 seconds", None),
        (lambda x: np.tile(x, 6), "stop", "too long", "trim"),
        (lambda x: x[: 2 * RATE], "warn", "short (2.0 seconds)", None),
        (lambda x: np.tile(x, 3), "warn", "It is long", None),
        (lambda x: x * 0.03, "warn", "quiet", "level"),
        (lambda x: np.clip(x * 30, -1, 1), "warn", "clipped", None),
        (
            lambda x: x + np.random.default_rng(1).normal(0, 0.04, len(x)).astype(np.float32),
            "warn",
            "noise or music",
            None,
        ),
        (lambda x: np.concatenate([silence(1.5), x]), "warn", "1.7 s of silence at the start", "trim"),
        (lambda x: np.concatenate([x, silence(2)]), "warn", "s of silence at the end", "trim"),
        (lambda x: x[: int(len(x) * 0.6)][: int(np.argmax(np.abs(x[RATE * 3 : RATE * 4])) + RATE * 3)], "warn",
         "in the middle of a word", None),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said(read, speech, make, level, says, fix):
    found = checks(await read(make(speech)))
    assert says in said(found, level)
    assert fix in {one.fix for one in found if says in one.sentence}
    if level == "stop":
        assert found[0].level == "stop"


async def test_a_dull_rate_is_told(read, speech):
    assert "4 kHz sounds dull" in said(checks(await read(speech[::6], 4000)), "warn")
    assert "kHz" not in said(checks(await read(np.repeat(speech, 8), 192000)), "warn")


async def test_channels_are_told_and_opposite_ones_stop(read, speech):
    five = np.repeat(speech[:, None], 5, axis=1)
    assert "5 channels" in said(checks(await read(five)), "good")
    opposite = np.stack([speech, -speech], axis=1)
    assert "cancel each other" in said(checks(await read(opposite)), "stop")


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "FLOAT"])
async def test_the_depth_of_the_file_does_not_change_the_judgement(read, speech, subtype):
    found = checks(await read(speech, subtype=subtype), TEXT)
    assert "stop" not in {one.level for one in found}
    assert "clipped" not in said(found, "warn")


@pytest.mark.parametrize(
    ("transcript", "level", "says"),
    [
        ("", "warn", "no transcript"),
        ("... !!!", "warn", "has no words"),
        ("The birch canoe.", "warn", "leave something out"),
        (TEXT * 3, "stop", "The transcript is too long"),
        (f"{TEXT} {TEXT}", "warn", "say more than the recording"),
    ],
)
async def test_the_transcript_must_fit_the_recording(read, speech, transcript, level, says):
    found = checks(await read(speech), transcript)
    assert says in said([one for one in found if one.about == "words"], level)


async def test_without_a_transcript_the_words_of_the_model_are_said(read, speech):
    assert "only the sound of the voice" in said(checks(await read(speech), " ", without=SOUND_ALONE), "warn")
    assert "only the sound" not in said(checks(await read(speech), TEXT, without=SOUND_ALONE), "warn")


async def test_no_transcript_is_asked_for_when_only_the_timbre_counts(read, speech):
    assert not [one for one in checks(await read(speech), "", timbre_only=True) if one.about == "words"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("The quick brown fox jumps over the lazy dog near the old river bank.", 4.2),
        ("今天天气很好，我们一起去公园散步吧。", 3.9),
        ("今日はとてもいい天気なので、公園を散歩しましょう。", 3.8),
        ("오늘은 날씨가 아주 좋으니까 공원에서 산책합시다.", 4.4),
        ("Сегодня очень хорошая погода, давайте погуляем в парке.", 3.6),
        ("الطقس جميل جدا اليوم فلنذهب إلى الحديقة", 3.2),
        ("Call 555 0199 now.", 4.0),
    ],
)
def test_the_pace_fits_several_scripts(text, seconds):
    assert spoken_seconds(text) == pytest.approx(seconds, rel=0.35)


async def test_trim_leaves_the_voice_and_a_margin(read, speech):
    recording = await read(np.concatenate([silence(2), speech, silence(3)]))
    path = await cleaned(recording, cut=True, even=False)
    made = await read_recording(path, "x")
    assert made.seconds == pytest.approx(len(speech) / RATE, abs=0.4)
    assert not [one for one in checks(made) if one.fix == "trim"]


async def test_a_minute_is_cut_at_a_pause(read, speech):
    recording = await read(np.tile(speech, 8))
    cut = trim(recording.mono, RATE)
    assert 6 <= len(cut) / RATE <= 15
    assert loudness(cut[-RATE // 20 :], RATE).max() < measure(cut, RATE).speech - 25


async def test_the_level_is_set_without_clipping(read, speech):
    made = await read_recording(await cleaned(await read(speech * 0.02 + 0.1), cut=False, even=True), "x")
    seen = measure(made.mono, made.rate)
    assert seen.speech == pytest.approx(-20, abs=1.5) or seen.peak == pytest.approx(-1, abs=0.3)
    assert abs(float(made.mono.mean())) < 0.001


async def test_what_servers_take_is_sent_untouched_and_what_is_too_large_is_made_smaller(read, speech):
    small = await read(speech, subtype="PCM_24")
    assert await sendable(small) == small.path
    large = await read(np.repeat(np.tile(speech, 3), 8)[: 29 * 192000], 192000, "DOUBLE")
    path = await sendable(large)
    assert large.path.stat().st_size > 10 * 2**20 > path.stat().st_size
    made = await read_recording(path, "x")
    assert (made.rate, made.channels) == (48000, 1)
    assert made.seconds == pytest.approx(large.seconds, abs=0.01)


async def test_remarks_are_escaped(read, speech):
    found = checks(await read(speech))
    object.__setattr__(found[0], "sentence", "<img src=x>")
    assert "<img" not in as_html(found)
