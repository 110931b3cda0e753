"""POST /v1/audio/generate, and the diffusion chat of a server of sounds."""

import base64
import io

import pytest
import soundfile

from omni_ui.client import AudioChunk, OmniError, SoundRequest
from tests.contract.scene import Scene, shape
from tests.contract.table import case

PATH = "/v1/audio/generate"


@case("audio", since="0.24", client=True)
async def a_sound_is_made(s: Scene) -> None:
    made = await s.omni.sound(SoundRequest(input="rain", audio_length=1.5, seed=3))
    samples, rate = soundfile.read(io.BytesIO(made.data))
    assert (made.media_type, rate, samples.shape) == ("audio/wav", 44_100, (66_150, 2))


@case("audio", since="0.24", client=True)
async def fields_of_a_sound_arrive(s: Scene) -> None:
    fields = {"num_inference_steps": 7, "guidance_scale": 3.5}
    asked = SoundRequest(input="rain", audio_length=2, audio_start=1, negative_prompt="wind", seed=5, **fields)
    await s.omni.sound(asked)
    await s.arrived(**fields, negative_prompt="wind", audio_start_in_s=1.0, audio_end_in_s=3.0)
    assert "generator" in str((await s.records())[-1])


@case("audio")
async def formats_of_a_sound(s: Scene) -> None:
    for kind, media in (("flac", "audio/flac"), ("mp3", "audio/mpeg"), ("pcm", "audio/pcm")):
        answer = await s.post(PATH, input="rain", audio_length=0.5, response_format=kind)
        assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    refused = await s.post(PATH, input="rain", audio_length=0.5, response_format="opus")
    assert (refused.status_code, refused.json()["error"]["type"]) == (400, "BadRequestError")


@case("audio", since="0.30")
async def sounds_validate(s: Scene) -> None:
    wrong = {"audio_length": 0, "guidance_scale": 1001, "num_inference_steps": 1001, "stream_format": "sse", "speed": 5}
    for name, value in wrong.items():
        answer = await s.post(PATH, **{"input": "rain", name: value})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, f"body.{name}")
    assert (await s.post(PATH, input="  ")).json()["error"]["param"] == "body.input"


@case("audio", client=True)
async def every_fault_of_a_sound_is_400(s: Scene) -> None:
    for fault in ("generate", "client", "runtime", "value", "empty"):
        answer = await s.post(PATH, input=f"rain [[fail:{fault}]]")
        assert (answer.status_code, shape(answer)) == (400, "object"), fault
    with pytest.raises(OmniError) as failed:
        await s.omni.sound(SoundRequest(input="rain [[fail:generate]]"))
    assert failed.value.status == 400


@case("audio")
async def a_wrong_model_of_sounds_is_500(s: Scene) -> None:
    answer = await s.post(PATH, input="rain", model="other")
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "Internal Server Error")


@case("audio", client=True)
async def leaving_a_sound_stops_it(s: Scene) -> None:
    await s.leave(s.omni.sound(SoundRequest(input="rain [[slow:20]]")))
    assert await s.state("aborted") == "aborted"


@case("audio")
async def chat_of_a_sound_server_answers_sound(s: Scene) -> None:
    answer = await s.post("/v1/chat/completions", messages=[{"role": "user", "content": "rain"}])
    choice = answer.json()["choices"][0]
    assert choice["message"]["content"] is None
    assert base64.b64decode(choice["message"]["audio"]["data"])[:4] == b"RIFF"
    assert choice["message"]["audio"]["transcript"] == ""


@case("song", since="0.30", client=True)
async def a_song_is_sung_and_streamed(s: Scene) -> None:
    asked = SoundRequest(
        make="song", input="[verse] A quiet song\nstay", instructions="slow folk", audio_length=2, seed=3
    )
    whole = await s.omni.sound(asked)
    samples, rate = soundfile.read(io.BytesIO(whole.data))
    assert (whole.media_type, rate, samples.shape[1]) == ("audio/wav", 32_000, 2)
    arrived = str((await s.records())[-1])
    assert "A quiet song" in arrived
    assert "slow folk" in arrived
    chunks = [event async for event in s.omni.speech_stream(asked.as_song()) if isinstance(event, AudioChunk)]
    assert {(chunk.rate, chunk.channels) for chunk in chunks} == {(32_000, 2)}


@case("song", since="0.30", client=True)
async def a_song_needs_a_style(s: Scene) -> None:
    answer = await s.post(
        "/v1/audio/speech", input="la la", **({"model": "demo/sound"} if s.place.kind == "demo" else {})
    )
    assert answer.status_code == 400
    with pytest.raises(OmniError) as failed:
        await s.omni.sound(SoundRequest(make="song", input="la la"))
    assert (failed.value.field, failed.value.status) == ("instructions", None)


@case("effect", since="0.30", client=True)
async def an_effect_is_made(s: Scene) -> None:
    made = await s.omni.sound(SoundRequest(make="effect", input="a creaking door", audio_length=1.5, seed=4))
    samples, rate = soundfile.read(io.BytesIO(made.data))
    assert round(len(samples) / rate, 1) in (1.4, 1.5)
    assert "a creaking door" in str((await s.records())[-1])
