from pathlib import Path
from unittest.mock import MagicMock

import soundfile

from omni_ui.core.audio.audio_stream import Listening
from omni_ui.features.speech.run import Stage, show_stopped
from tests.speaking import beep

STAGE = Stage(*(MagicMock() for _ in range(7)))


async def shown_after_stop(whole: bool, pcm: bytes) -> tuple[dict, list[Path]]:
    listening = Listening()
    stream = listening.open(24000)
    stream.feed(pcm)
    stream.close(whole)
    return await show_stopped(STAGE, listening.shown_in(stream.element))


async def test_after_stop_what_had_arrived_is_a_file():
    updates, (path,) = await shown_after_stop(False, beep(0.5))
    assert updates[STAGE.result]["path"] == str(path)
    assert path.name == "speech-unfinished.wav"
    assert soundfile.info(path).duration == 0.5


async def test_after_stop_a_finished_result_stays():
    assert await shown_after_stop(True, beep(0.5)) == ({}, [])


async def test_stop_before_the_first_sound_leaves_the_stage_as_it_is():
    assert await shown_after_stop(False, b"") == ({}, [])
    assert Listening().shown_in("") is None
