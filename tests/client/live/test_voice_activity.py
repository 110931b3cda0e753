"""When somebody speaks, heard in samples that the test makes."""

import numpy as np
import pytest

from omni_ui.client.live.voice_activity import VoiceActivity

RATE = 16_000


def noise(seconds, level=0.001, seed=1):
    return np.random.default_rng(seed).normal(0, level, int(seconds * RATE))


def voice(seconds, level=0.1):
    t = np.arange(int(seconds * RATE)) / RATE
    return level * np.sin(2 * np.pi * 180 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))


def pcm(*parts):
    return (np.clip(np.concatenate(parts), -1, 1) * 32767).astype("<i2").tobytes()


@pytest.mark.parametrize("piece", [320, 1000, 4096, 10**6])
def test_an_utterance_is_found_whatever_the_size_of_the_pieces(piece):
    activity, sound = VoiceActivity(), pcm(noise(1), noise(1.2) + voice(1.2), noise(1))
    changes = [change for at in range(0, len(sound), piece) for change in activity.feed(sound[at : at + piece])]
    assert [change.kind for change in changes] == ["started", "stopped"]
    assert changes[0].at == pytest.approx(1.0 * RATE, abs=0.06 * RATE)
    assert changes[1].at == pytest.approx(2.2 * RATE, abs=0.06 * RATE)
    utterance = len(activity.take()) / 2 / RATE
    assert 1.2 + 0.3 <= utterance <= 1.2 + 0.3 + 0.5 + 0.15  # with what is kept before, and the silence that ends it


def test_speech_is_noticed_within_a_tenth_of_a_second():
    activity = VoiceActivity()
    activity.feed(pcm(noise(1)))
    assert [change.kind for change in activity.feed(pcm(voice(0.12)))] == ["started"]


def test_a_click_and_a_steady_hum_are_no_speech():
    activity = VoiceActivity()
    click = noise(0.5)
    click[4000:4200] = 0.8
    assert activity.feed(pcm(click, noise(0.5))) == []
    hum = 0.004 * np.sin(2 * np.pi * 50 * np.arange(5 * RATE) / RATE)
    assert activity.feed(pcm(hum)) == []


def test_a_pause_within_a_sentence_does_not_end_it():
    activity = VoiceActivity()
    changes = activity.feed(pcm(noise(0.5), voice(0.6), noise(0.3), voice(0.6), noise(0.8)))
    assert [change.kind for change in changes] == ["started", "stopped"]


def test_who_speaks_without_end_is_answered_in_parts():
    activity, sound = VoiceActivity(longest=2), pcm(noise(0.5), voice(7), noise(1))
    parts = []
    for at in range(0, len(sound), 640):
        if any(change.kind == "stopped" for change in activity.feed(sound[at : at + 640])):
            parts.append(len(activity.take()) / 2 / RATE)
    assert len(parts) == 4
    assert max(parts) <= 2.02
