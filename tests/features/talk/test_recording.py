"""The document of a call: sound on one timeline, captions, what was heard."""

import json
import wave

import numpy as np
import pytest

from omni_ui.features.talk.recording import RATE, CallRecording, CaptionLine, resample, webvtt

IN = 16_000


def sound(seconds, rate, level=0.5, hertz=200):
    t = np.arange(int(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * t) * 32767).astype("<i2").tobytes()


def silence(seconds, rate=IN):
    return bytes(2 * int(seconds * rate))


def loud(samples, begin, end):
    part = samples[int(begin * RATE) : int(end * RATE)].astype(float)
    return float(np.sqrt(np.mean(part**2))) > 1000


def read(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


async def test_both_sides_lie_on_one_timeline(tmp_path):
    recording = CallRecording("duplex", "m", tmp_path)
    recording.add_microphone(silence(1) + sound(1, IN))
    recording.speech(True, 1000)
    recording.speech(False, 2000)
    recording.turn_started("t1")
    recording.add_microphone(silence(0.5))
    recording.add_answer("t1", sound(1, RATE), RATE)  # two pieces at once: the second follows the first
    recording.add_answer("t1", sound(1, 16_000), 16_000)
    recording.add_words("model", "Hello ", "t1", False)
    recording.add_words("model", "there.", "t1", False)
    recording.add_microphone(silence(3))
    recording.turn_ended("t1", "completed", "stop")
    wav, vtt, data = await recording.finish()
    samples = read(wav)
    assert len(samples) == pytest.approx(5.5 * RATE, abs=10)
    assert [loud(samples[:, 0], at, at + 0.9) for at in (0, 1.05, 2.1)] == [False, True, False]
    assert [loud(samples[:, 1], a, b) for a, b in ((0, 2.4), (2.55, 3.4), (3.55, 4.4), (4.6, 5.4))] == [
        False,
        True,
        True,
        False,
    ]
    document = json.loads(data.read_text())
    assert document["turns"][0]["server_ms"] == 500
    assert [line["text"] for line in document["captions"] if line["speaker"] == "model"] == ["Hello there."]
    assert "<v Model>Hello there." in vtt.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["call.json", "call.vtt", "call.wav"]


async def test_what_was_not_heard_is_not_in_the_sound(tmp_path):
    recording = CallRecording("duplex", None, tmp_path)
    recording.add_microphone(silence(1))
    recording.turn_started("t1")
    recording.add_answer("t1", sound(4, RATE), RATE)
    recording.add_words("model", "First words. ", "t1", False)
    recording.add_microphone(silence(2))
    recording.captions.append(CaptionLine("model", "Never heard.", 4000, 5000, "t1"))
    recording.heard("t1", 1500)
    recording.turn_ended("t1", "completed", "stop")  # the server has sent all of it, while it is still heard
    recording.turn_ended("t1", "interrupted", "barge_in")
    recording.turn_ended("t1", "completed", "stop")
    recording.add_microphone(silence(4))
    wav, _, data = await recording.finish()
    samples = read(wav)
    assert loud(samples[:, 1], 1.1, 2.4)
    assert not loud(samples[:, 1], 2.55, 6.9)
    assert [line["heard"] for line in json.loads(data.read_text())["captions"]] == [True, False]


async def test_a_long_call_takes_no_memory_while_it_is_mixed(tmp_path):
    recording = CallRecording("duplex", None, tmp_path)
    for _ in range(120):
        recording.add_microphone(silence(5))
    wav, *_ = await recording.finish()
    assert wav.stat().st_size == pytest.approx(600 * RATE * 4, rel=0.001)


async def test_words_that_came_before_their_sound_are_heard_with_it(tmp_path):
    recording = CallRecording("camera", None, tmp_path)
    recording.add_microphone(silence(1))
    recording.turn_started("t1")
    for word in ("a" * 90, "b" * 90, "c" * 90, "d" * 90):  # all of them at once, as servers of turns do
        recording.add_words("model", word, "t1", False)
    recording.add_answer("t1", sound(8, RATE), RATE)
    recording.add_microphone(silence(9))
    recording.heard("t1", 3000)
    recording.turn_ended("t1", "interrupted", "barge_in")
    lines = recording.document()["captions"]
    assert [(line["at_ms"], line["end_ms"]) for line in lines] == [(1000 + 2000 * i, 3000 + 2000 * i) for i in range(4)]
    assert [line["heard"] for line in lines] == [True, True, False, False]
    await recording.finish()


async def test_an_answer_in_many_pieces_is_one_segment(tmp_path):
    recording = CallRecording("duplex", None, tmp_path)
    recording.turn_started("t1")
    for _ in range(500):  # 20 ms each, faster than they are spoken
        recording.add_answer("t1", sound(0.02, RATE), RATE)
    recording.add_microphone(silence(11))
    assert len(recording._segments) == 1
    samples = read((await recording.finish())[0])
    assert loud(samples[:, 1], 0.1, 9.9)
    assert not loud(samples[:, 1], 10.1, 11)


def test_a_call_in_which_nothing_happened_leaves_nothing(tmp_path):
    folder = tmp_path / "call"
    folder.mkdir()
    CallRecording("chat", None, folder).discard()
    assert not folder.exists()


@pytest.mark.parametrize(("rate", "to"), [(16_000, 24_000), (24_000, 16_000), (8_000, 24_000), (24_000, 24_000)])
def test_resampling_keeps_length_and_loudness(rate, to):
    samples = np.frombuffer(sound(1, rate), "<i2")
    other = resample(samples, rate, to)
    assert len(other) == to
    assert np.std(other) == pytest.approx(np.std(samples), rel=0.02)


def test_captions_are_escaped():
    text = webvtt([CaptionLine("you", "a < b & c", 0, 3_661_001)])
    assert "00:00:00.000 --> 01:01:01.001\n<v You>a &lt; b &amp; c" in text
