"""The demo's sounds: does each word, and each parameter, do what it says?"""

import time

import numpy as np
import pytest

from omni_ui.demo.audio import noises
from omni_ui.demo.audio.sound import RATE, SOUNDS, synthesise

FIRST = {words.split("|")[0].replace("?", ""): make for words, make in SOUNDS.items()}


def share(x: np.ndarray, low: float, high: float) -> float:
    """The part of the energy between two frequencies."""
    power = np.abs(np.fft.rfft(x.mean(axis=1))) ** 2
    hz = np.fft.rfftfreq(len(x), 1 / RATE)
    return float(power[(hz >= low) & (hz < high)].sum() / power.sum())


def loudness(x: np.ndarray, seconds: float = 0.1) -> np.ndarray:
    size = int(seconds * RATE)
    return x[: len(x) // size * size].reshape(-1, size * 2).std(axis=1)


@pytest.mark.parametrize("word", FIRST)
def test_every_sound_is_wide_even_and_unclipped(word):
    sound = synthesise(word, seconds=6)
    assert sound.shape == (6 * RATE, 2)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 0.99
    assert -30 < 20 * np.log10(sound.std()) < -15.5
    assert np.abs(sound.mean(axis=0)).max() < 0.01
    assert not np.array_equal(sound[:, 0], sound[:, 1])
    assert np.abs(sound[:20]).max() < 0.05 > np.abs(sound[-20:]).max(), "soft ends"


def test_sounds_differ_in_their_spectrum_as_they_should():
    assert share(synthesise("crickets", seconds=5), 3000, 6000) > 0.8
    assert share(synthesise("birds", seconds=5), 1500, 9000) > 0.8
    assert share(synthesise("a heartbeat", seconds=5), 0, 300) > 0.8
    assert share(synthesise("thunder", seconds=5), 0, 400) > 0.7
    assert share(synthesise("rain", seconds=5), 1000, 15_000) > 0.7


def test_rhythm():
    loud = loudness(synthesise("a ticking clock", seconds=10), 0.05)
    ticks = (loud[1:-1] > loud[:-2]) & (loud[1:-1] > loud[2:]) & (loud[1:-1] > 0.3 * loud.max())
    assert 18 <= ticks.sum() <= 22, "two a second"
    waves = loudness(synthesise("ocean", seconds=20), 0.5)
    assert waves.max() > 2.5 * waves[2:-3].min(), "they come and go"


@pytest.mark.parametrize("kind", ["piano", "guitar", "bells", "ambient pad"])
@pytest.mark.parametrize("mood", ["happy", "sad"])
def test_music_stays_in_its_key(kind, mood):
    """Most energy lies at the five tones of the scale (and at the tones' own overtones)."""
    prompt = f"{mood} {kind}"
    seen = {}

    def spy(stage):
        seen["stage"] = stage
        return stage.silence() + 0.1

    make = {"piano": noises.piano, "guitar": noises.guitar, "bells": noises.bells, "ambient pad": noises.pad}[kind]
    words = next(words for words, one in SOUNDS.items() if one is make)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SOUNDS, words, spy)
        synthesise(prompt, seconds=1)
    stage = seen["stage"]
    assert stage.minor == (mood == "sad")
    sound = make(noises.Stage(8 * RATE, np.random.default_rng(0), stage.root, stage.minor)).mean(axis=1)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    low = (hz > 60) & (hz < 1000)
    semitones = 12 * np.log2(hz[low] / stage.root)
    scale = np.array([0, 3, 5, 7, 10] if stage.minor else [0, 2, 4, 7, 9])
    loudest = np.argsort(-power[low])[:40]
    gap = np.abs((semitones[loudest][:, None] - scale + 6) % 12 - 6).min(axis=1)
    assert np.mean(gap < 0.35) > 0.85


def test_several_words_are_mixed_and_a_negative_prompt_removes():
    both = synthesise("crickets and thunder", seconds=5)
    assert share(both, 0, 400) > 0.1 < share(both, 3500, 5500)
    assert share(synthesise("crickets and thunder", seconds=5, negative_prompt="thunder"), 3000, 6000) > 0.8
    assert share(synthesise("crickets and thunder", seconds=5, negative_prompt="crickets"), 0, 400) > 0.7


def test_strong_and_faint_words():
    plain = share(synthesise("crickets and thunder", seconds=5), 3500, 5500)
    assert share(synthesise("distant crickets and heavy thunder", seconds=5), 3500, 5500) < 0.5 * plain


def test_only_whole_words_count():
    assert share(synthesise("trainers", seconds=3), 0, 1500) > 0.9, "no train and no rain in it: the pad"


def test_unknown_words_give_a_calm_chord_of_their_own():
    one, other = synthesise("purple elephant", seconds=4), synthesise("green giraffe", seconds=4)
    assert not np.allclose(one, other)
    assert share(one, 60, 2000) > 0.95
    assert loudness(one)[5:-10].min() > 0.02, "no gaps"


def test_seed_and_length():
    first = synthesise("birds", seconds=3, seed=1)
    assert np.array_equal(first, synthesise("birds", seconds=3, seed=1))
    assert not np.array_equal(first, synthesise("birds", seconds=3, seed=2))
    assert synthesise("piano", seconds=0.5).shape == (22_050, 2)
    assert synthesise("piano", seconds=0.01).shape == (441, 2)
    assert synthesise("rain", seconds=1, seed=-3).shape == (RATE, 2)


def test_start_skips_into_the_piece():
    whole, late = synthesise("piano", seconds=6), synthesise("piano", seconds=3, start=3)
    assert late.shape == (3 * RATE, 2)
    middle = slice(RATE // 2, 2 * RATE)
    assert np.corrcoef(whole[3 * RATE :][middle, 0], late[middle, 0])[0, 1] > 0.99


def test_few_steps_are_dull_and_grainy():
    fine, rough, half = (synthesise("rain", seconds=4, steps=steps) for steps in (30, 2, 12))
    assert share(rough, 4000, 20_000) < 0.1 * share(fine, 4000, 20_000)
    assert share(rough, 4000, 20_000) < share(half, 4000, 20_000) < share(fine, 4000, 20_000)
    assert np.array_equal(fine, synthesise("rain", seconds=4)), "30 steps are all"
    rest = [np.sort(loudness(synthesise("footsteps", seconds=4, steps=steps)))[5] for steps in (1, 30)]
    assert rest[0] > 1.5 * rest[1], "grain between the steps"


def test_guidance_goes_from_a_far_hall_to_dry():
    def rest(guidance):  # how loud it is between the steps
        loud = loudness(synthesise("footsteps", seconds=6, guidance=guidance), 0.05)
        return np.median(loud) / loud.max()

    assert rest(0) > rest(4) > rest(10)


@pytest.mark.parametrize("prompt", [*FIRST, "thunderstorm over the sea with wind, fire, birds and piano"])
def test_ten_seconds_are_made_in_time(prompt):
    synthesise(prompt, seconds=1)
    started = time.process_time()
    synthesise(prompt, seconds=10)
    assert time.process_time() - started < 4, "processor seconds, so that other programs do not count"
