"""The questions of a call that was kept, read out of its files."""

import json

import numpy as np
import pytest

from omni_ui.features.talk.recording import CallRecording
from omni_ui.features.talk.replay.inputs import MOST_PICTURES, CallInputs, KeptInputs, read_inputs
from omni_ui.features.talk.replay.questions import read_questions
from tests.features.talk.test_recording import IN, silence, sound


async def test_what_was_said_and_what_was_written(tmp_path):
    recording = CallRecording("duplex", None, tmp_path)
    recording.add_microphone(silence(1) + sound(1, IN))
    recording.speech(True, 1000)
    recording.speech(False, 2000)
    recording.turn_started("t1")
    recording.add_microphone(silence(1))
    recording.add_words("model", "Yes.", "t1", False)
    recording.add_words("you", "And now?", "", True)
    wav, _, data = await recording.finish()
    pictures = KeptInputs(pictures=[(500, b"first"), (2500, b"second"), (9000, b"never asked about")])
    assert [question.picture for question in read_questions(data, wav, pictures)] == [b"first", b"second"]
    spoken, written = read_questions(data, wav)
    assert len(spoken.pcm) / 2 / IN == pytest.approx(1.2, abs=0.01)
    assert np.std(np.frombuffer(spoken.pcm, "<i2")[IN // 5 :]) > 5000
    assert (written.pcm, written.text) == (b"", "And now?")


async def test_held_to_talk_a_question_is_what_was_held(tmp_path):
    recording = CallRecording("duplex", None, tmp_path)
    for turn in ("t1", "t2"):
        recording.add_microphone(sound(1, IN))
        recording.asked()
        recording.turn_started(turn)
    wav, _, data = await recording.finish()
    assert [len(question.pcm) / 2 / IN for question in read_questions(data, wav)] == [pytest.approx(1, abs=0.01)] * 2


@pytest.mark.parametrize("document", ["", "[]", '{"format": "other"}', '{"format": "omni-call", "captions": 7}'])
async def test_what_is_no_call_is_an_error(tmp_path, document):
    recording = CallRecording("duplex", None, tmp_path)
    recording.add_microphone(silence(1))
    wav, _, data = await recording.finish()
    assert json.loads(data.read_text())["format"] == "omni-call"
    data.write_text(document)
    with pytest.raises(ValueError, match="no call"):
        read_questions(data, wav)


def test_the_voice_and_the_pictures_that_were_asked_about_are_kept(tmp_path):
    inputs = CallInputs(tmp_path)
    inputs.add_voice(None)
    inputs.asked()
    assert read_inputs(inputs.path) == read_inputs(None) == KeptInputs(), "nothing was shown"
    inputs.add_voice(b"RIFF")
    for at_ms, picture in ((100, b"passing by"), (200, b"asked about"), (300, b"\x89PNG")):
        inputs.show(picture, at_ms)
        if at_ms > 100:
            inputs.asked()
    inputs.asked()
    assert read_inputs(inputs.path) == KeptInputs(b"RIFF", [(200, b"asked about"), (300, b"\x89PNG")])
    for at_ms in range(1000, 1000 + 2 * MOST_PICTURES):
        inputs.show(b"x", at_ms)
        inputs.asked()
    assert len(read_inputs(inputs.path).pictures) == MOST_PICTURES
    inputs.path.write_bytes(b"no archive")
    assert read_inputs(inputs.path) == KeptInputs()
