"""The demo's speech: is it speech, does every parameter act, and does nothing stay behind."""

import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from omni_ui.demo.audio import voice

TEXT = "The quick brown fox jumps over the lazy dog. Hello there, this is a test."


def spoken(text=TEXT, **how) -> np.ndarray:
    return np.concatenate(list(voice.speak(text, **{"voice": "Ada", **how})))


def hz(**how) -> float:
    return voice.measure(spoken(**how), voice.RATE).pitch_hz


def flatness(x: np.ndarray) -> float:
    """Median over frames of geometric by arithmetic mean of the power: 0.5 for white noise, small for voices."""
    frames = x[: len(x) // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2 + 1e-9
    power = power[power.sum(axis=1) > power.sum(axis=1).mean()]
    return float(np.median(np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)))


@pytest.mark.parametrize("name", voice.VOICES)
def test_every_voice_is_neither_silence_nor_noise(name):
    samples = spoken(voice=name)
    heard = voice.measure(samples, voice.RATE)
    assert samples.dtype == np.int16
    assert 3 < heard.seconds < 8
    assert 0.03 < samples.std() / 32768 < 0.3
    assert np.abs(samples.astype(int)).max() < 32_400
    assert flatness(samples.astype(float)) < 0.1 < flatness(np.random.default_rng(0).normal(size=48_000))
    assert 2 < heard.pace < 8
    assert (heard.pitch_hz is None) == (name == "Willow"), "only the whisper has no pitch"


def test_voices_differ():
    pitches = [hz(voice=name) for name in voice.VOICES if name != "Willow"]
    assert max(pitches) > 2 * min(pitches)
    assert len({spoken(voice=name).tobytes() for name in voice.VOICES}) == len(voice.VOICES)


def test_the_same_call_gives_the_same_samples_and_another_seed_does_not():
    first = {name: spoken(voice=name, seed=5) for name in voice.VOICES}
    time.sleep(1.1)  # espeak-ng takes the seed of breath and whisper from the clock, in seconds
    assert all(np.array_equal(first[name], spoken(voice=name, seed=5)) for name in voice.VOICES)
    assert not any(np.array_equal(first[name], spoken(voice=name, seed=6)) for name in voice.VOICES)


def test_a_chunk_for_each_sentence_as_soon_as_it_is_made():
    chunks = voice.speak("One. Two! " + "Three is a longer sentence, with commas, " * 12, voice="ada")
    assert 0.3 < len(next(chunks)) / voice.RATE < 2
    rest = list(chunks)
    assert len(rest) > 3
    assert max(map(len, rest)) < 16 * voice.RATE


def test_resampling_adds_nothing_above_the_old_band():
    noise = np.random.default_rng(0).normal(size=22_050) * np.hanning(22_050)  # speech begins and ends in silence
    power = np.abs(np.fft.rfft(voice._resample(noise))) ** 2
    assert len(power) == 12_001
    assert power[11_030:].max() < 1e-12 * power[:11_000].mean()
    tone = voice._resample(np.sin(2 * np.pi * 1000 * np.arange(22_050) / 22_050))
    faults = np.abs(tone - np.sin(2 * np.pi * 1000 * np.arange(24_000) / 24_000))
    assert faults[240:-240].max() < 1e-9
    assert faults.max() < 0.01


@pytest.mark.parametrize("speed", [0.25, 0.5, 2, 4])
def test_speed_is_a_factor_on_the_length_and_leaves_the_pitch(speed):
    plain, changed = spoken(), spoken(speed=speed)
    assert len(plain) / len(changed) == pytest.approx(speed, rel=0.12)
    assert voice.measure(changed, voice.RATE).pitch_hz == pytest.approx(hz(), rel=0.1)


def test_words_of_style_act():
    assert hz(instructions="deep") < 0.9 * hz() < hz() < 0.95 * hz(instructions="Sound EXCITED, please")
    assert hz(instructions="Whisper this") is None
    assert len(spoken(instructions="very slowly")) > 1.2 * len(spoken())
    assert spoken(instructions="quiet").std() < 0.6 * spoken().std() < 0.6 * spoken(instructions="loud").std()
    assert np.array_equal(spoken(instructions="blue deepness"), spoken()), "only whole known words"


@pytest.mark.parametrize("name", voice.LANGUAGES)
def test_every_language_speaks(name):
    assert spoken("12 345.", language=name.upper()).std() > 300


def test_the_language_is_found_in_the_text():
    assert voice._language(None, "Bonjour, vous êtes dans la rue.", "en-us") == "fr"
    assert voice._language("Auto", "你好", "en-us") == "cmn"
    assert voice._language(None, "Hello, this is English", "en-gb-x-rp") == "en-gb-x-rp"
    assert voice._language("English", "Bonjour", "en-gb-x-rp") == "en-gb-x-rp", "British stays British"
    assert voice._language("English", "Bonjour", "fr") == "en-us"


@pytest.mark.parametrize("target", [85, 120, 180, 260])
def test_a_match_takes_the_pitch_and_pace_of_a_recording(target):
    heard = voice.measure(spoken(match=voice.VoiceMatch(target, 3.2, 5.0)), voice.RATE)
    assert heard.pitch_hz == pytest.approx(target, rel=0.08)
    assert heard.pace == pytest.approx(3.2, rel=0.15)


def test_measuring_a_tone_noise_silence_and_next_to_nothing():
    t = np.arange(2 * 16_000) / 16_000
    assert voice.measure(np.sin(2 * np.pi * 200 * t), 16_000).pitch_hz == pytest.approx(200, rel=0.01)
    assert voice.measure((np.sin(2 * np.pi * 100 * t) * 9000).astype(np.int16), 16_000).pitch_hz == pytest.approx(
        100, 0.01
    )
    assert voice.measure(np.random.default_rng(0).normal(size=(48_000, 2)), 48_000).pitch_hz is None
    assert voice.measure(np.zeros(16_000), 16_000) == voice.VoiceMatch(None, 0.0, 1.0)
    assert voice.measure(np.zeros(0), 16_000) == voice.VoiceMatch(None, 0.0, 0.0)
    for rate in (4_000, 192_000):
        saw = np.arange(rate) / rate * 150 % 1
        assert voice.measure(saw, rate).pitch_hz == pytest.approx(150, rel=0.03)


@pytest.mark.parametrize("text", ["...", "!?", " ", "- - -"])
def test_text_without_words_is_a_short_silence(text):
    assert spoken(text).shape == (7200,)
    assert not spoken(text).any()


@pytest.mark.parametrize("text", ["..", "wait .. what", "<b>5 < 6</b> & [[x]]", "a\x00b", "x" * 5000, "😀", "\ud83d"])
def test_odd_text_ends(text):
    assert 0 < len(spoken(text[:800])) < 120 * voice.RATE


def test_unknown_names_are_told_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no voice 'Zed'.*Ada"):
        voice.speak("x", voice="Zed")
    with pytest.raises(ValueError, match=r"'Klingon'.*French"):
        voice.speak("x", voice="Ada", language="Klingon")


def test_who_stops_listening_leaves_no_process_behind(monkeypatch):
    started = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **how):
            super().__init__(*args, **how)
            started.append(self)

    monkeypatch.setattr(voice.subprocess, "Popen", Watched)
    chunks = voice.speak(TEXT, voice="Ada")
    assert not started, "nothing runs before somebody listens"
    next(chunks)
    chunks.close()
    assert started[0].returncode is not None


def test_many_at_once_do_not_disturb_each_other():
    wanted = {name: spoken(voice=name) for name in ("Ada", "Bruno", "Mei", "Rune")}
    heard = {}
    threads = [threading.Thread(target=lambda n=name: heard.update({n: spoken(voice=n)})) for name in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(heard[name], wanted[name]) for name in wanted)


def test_a_dead_espeak_is_an_error_with_its_reason(monkeypatch):
    monkeypatch.setitem(voice.VOICES, "Bad", voice.Voice("broken", "xx-none", "f3"))
    with pytest.raises(voice.VoiceError, match="no voice xx-none"):
        list(voice.speak("Hello hello", voice="bad", language="Auto"))


def test_without_the_package_it_says_which_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    assert "pip install espeakng-loader" in voice.available()
    with pytest.raises(voice.VoiceError, match="espeakng-loader"):
        voice.speak("x", voice="Ada")
