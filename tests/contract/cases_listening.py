"""Recordings written down, and what servers say their stages took."""

import pytest

from omni_ui.client import ChatRequest, Failed, Finish, ImageRequest, NotFound, TranscriptionRequest
from omni_ui.client.answers.stage_times import read_stage_times
from tests.contract.scene import Scene, wav
from tests.contract.table import case

PATH = "/v1/audio/transcriptions"


@case("asr", since="0.30", client=True)
async def a_recording_is_written_down(s: Scene) -> None:
    path = s.folder / "said.wav"
    path.write_bytes(wav(2.0))
    assert await s.omni.listens()
    transcript = await s.omni.transcribe(TranscriptionRequest(file=path, language="en", prompt="Omni UI"))
    assert transcript.text.strip()
    assert transcript.seconds == 2


@case("asr", since="0.30")
async def text_is_json_too_and_bad_calls_are_refused(s: Scene) -> None:
    said = [("file", ("a.wav", wav(1.0), "audio/wav"))]
    answer = await s.form(PATH, said, response_format="text")
    assert answer.json()["text"]
    assert (await s.form(PATH, said, model="other")).status_code == 404
    broken = await s.form(PATH, [("file", ("a.wav", b"no sound at all", "audio/wav"))])
    assert broken.status_code == 400
    assert (await s.form(PATH)).status_code == 400


@case("image", since="0.30", client=True)
async def a_server_that_does_not_listen_is_said(s: Scene) -> None:
    path = s.folder / "said.wav"
    path.write_bytes(wav(1.0))
    with pytest.raises(NotFound) as failed:
        await s.omni.transcribe(TranscriptionRequest(file=path))
    assert "does not transcribe" in failed.value.sentence


@case("image", since="0.30", client=True)
async def pictures_tell_where_their_time_went(s: Scene) -> None:
    pictures = await s.omni.images(ImageRequest(prompt="a cat", size="64x64", num_inference_steps=2))
    assert read_stage_times(pictures.metrics).stages
    assert "stage_metrics" in pictures.metrics  # asked for by return_stage_metrics


@case("chat", since="0.26", client=True)
async def a_chat_tells_where_its_time_went(s: Scene) -> None:
    asked = ChatRequest(messages=[{"role": "user", "content": "Hello."}], modalities=["text"], stream=True)
    events = [event async for event in s.omni.chat(asked)]
    assert not any(isinstance(event, Failed) for event in events)
    ends = [event for event in events if isinstance(event, Finish)]
    assert read_stage_times(ends[-1].metrics).stages
