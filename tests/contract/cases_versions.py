"""What our client makes of the versions' differences: nothing is dropped in silence, nothing claimed that is not so."""

import asyncio
import io
from typing import Any

import pytest
import soundfile

from omni_ui.client import (
    AudioChunk,
    BadRequest,
    ChatRequest,
    EditRequest,
    Failed,
    ImageRequest,
    OmniError,
    SpeechRequest,
    VideoRequest,
    VoiceUpload,
)
from omni_ui.client.answers.failures import error_from
from tests.contract.scene import Scene, png, wav
from tests.contract.table import case

SMALL = {"size": "64x64", "num_frames": 8}


@case("video", client=True)
async def files_that_would_be_dropped_are_refused(s: Scene) -> None:
    """On 0.20 two reference videos, a sound and a control video came out as `completed`, made of the prompt alone."""
    picture, sound = s.file("a.png", png(64, 64)), s.file("a.wav", wav())
    files = {"input_references": [picture], "audio_reference": sound, "control_reference": picture}
    known = (await s.omni.schema()).fields["/v1/videos"]
    begin = {"input_references": "0.26", "audio_reference": "0.24", "control_reference": "0.30"}
    if s.place.kind == "real":  # the demo has no control
        assert set(files) - set(known) == {name for name, since in begin.items() if not s.since(since)}
    for name, value in files.items():
        if name not in known:
            with pytest.raises(BadRequest) as refused:
                await s.omni.create_video(VideoRequest(prompt="x", **{name: value}, **SMALL))
            assert refused.value.field == name
    assert await s.records() == []


@case("image", client=True)
async def settings_of_a_picture_that_would_be_dropped_are_left_out(s: Scene) -> None:
    fitted = await s.omni.fit(ImageRequest(prompt="x", size="32x32", flow_shift=3.0, extra_params={"bot_task": "a"}))
    assert fitted.left_out == (() if s.since("0.22") else ("flow_shift", "extra_params"))
    await s.omni.images(ImageRequest(prompt="x", size="32x32", flow_shift=3.0))
    assert ("flow_shift" in str(await s.records())) == s.since("0.22")


@case("edit", client=True)
async def settings_of_an_edit_that_would_be_dropped_are_left_out(s: Scene) -> None:
    edit = EditRequest(prompt="x", image=[s.file("a.png", png())], guidance_scale_2=1.5)
    assert (await s.omni.fit(edit)).left_out == (() if s.since("0.26") else ("guidance_scale_2",))


@case("image", client=True)
async def the_seed_of_a_diffusion_chat_arrives(s: Scene) -> None:
    """0.20 reads it in `extra_body` alone (serving_chat.py:2410-2426 there)."""
    request = ChatRequest(messages=[{"role": "user", "content": "a fox"}], seed=42, size="64x64")
    _ = [event async for event in s.omni.chat(request)]
    await s.arrived(seed=42)


@case("tts", client=True)
async def bare_speech_has_the_rate_that_is_said(s: Scene) -> None:
    """`sample_rate` is ignored before 0.30: samples for 24 kHz, played at 8, are three times too slow."""
    text = "This sentence is long enough to be measured."
    whole = soundfile.read(io.BytesIO((await s.omni.speech(SpeechRequest(input=text, seed=1))).data))
    seconds = len(whole[0]) / whole[1]
    asked = SpeechRequest(input=text, seed=1, response_format="pcm", sample_rate=8000)
    speech = await s.omni.speech(asked)
    assert speech.rate == (8000 if s.since("0.30") else 24_000)
    assert len(speech.data) / 2 / speech.rate == pytest.approx(seconds, rel=0.2)
    chunks = [event async for event in s.omni.speech_stream(asked) if isinstance(event, AudioChunk)]
    assert sum(chunk.seconds for chunk in chunks) == pytest.approx(seconds, rel=0.2)


@case("tts", client=True)
async def a_refused_voice_is_an_error(s: Scene) -> None:
    """HTTP 200 with an error in it on 0.20 and 0.22."""
    for content in (wav(0.4), b"no sound at all, in many words " * 10):
        path = s.file("short.wav", content)
        upload = VoiceUpload.model_construct(name="Vnone", audio_sample=path, consent="yes", ref_text=None,
                                             speaker_description=None)  # fmt: skip
        with pytest.raises(BadRequest):
            await s.omni.upload_voice(upload)
    assert "vnone" not in (await s.omni.voices()).names


@case("image", client=True)
async def a_refused_value_is_told_in_words_with_its_field(s: Scene) -> None:
    """Places are tuples up to 0.28, and `param` is null on 0.20 and 0.22."""
    answer = await s.post("/v1/images/generations", prompt="x", n=0)
    error = error_from(answer.status_code, answer.content, answer.headers)
    assert (error.field, "('body'" in error.sentence) == ("n", False)
    assert ": n: Input should be greater than or equal to 1" in error.sentence


@case("tts", client=True)
async def a_silent_stream_tells_its_reason(s: Scene) -> None:
    """A stream of raw sound that fails before its first byte just breaks off, with status 200."""
    for form in (None, "audio"):
        failed: Any = None
        try:
            request = SpeechRequest(input="Hello. [[fail:client]]", stream_format=form)
            failed = [event async for event in s.omni.speech_stream(request)][-1]
            assert isinstance(failed, Failed)
            failed = failed.error
        except OmniError as error:
            failed = error
        assert failed.server_message, form
        assert "broke" not in failed.sentence


@case("video", client=True)
async def a_frame_rate_with_a_fraction_is_taken_or_refused_in_words(s: Scene) -> None:
    asked = VideoRequest(prompt="x", fps=23.976, **SMALL)
    if s.since("0.30"):
        assert (await s.omni.create_video(asked)).fps == 23.976
    else:
        with pytest.raises(BadRequest, match="must be a whole number for this server") as refused:
            await s.omni.create_video(asked)
        assert refused.value.remedy == {"field": "fps", "value": 24}
    await s.omni.create_video(VideoRequest(prompt="x", fps=24, **SMALL))


@case("video", client=True)
async def what_is_said_of_a_finished_video_is_true(s: Scene) -> None:
    """Frames, rate and length are told since 0.30; before that nothing is, rather than what was asked."""
    job = await s.omni.create_video(VideoRequest(prompt="x", fps=8, **SMALL))
    assert await s.state("finished", 10) == "finished"
    while not job.done:
        await asyncio.sleep(0.05)
        job = await s.omni.video(job.id)
    told = (8.0, 8, 1.0) if s.since("0.30") else (None, None, None)
    assert (job.fps, job.frames, job.duration) == told


@case("video", client=True)
async def a_job_that_fails_says_why(s: Scene) -> None:
    job = await s.omni.create_video(VideoRequest(prompt="x [[fail:runtime]]", **SMALL))
    while not job.done:
        await asyncio.sleep(0.05)
        job = await s.omni.video(job.id)
    assert job.state == "failed"
    assert job.error
    assert job.error.server_message


@case("chat", client=True)
async def voices_of_a_chat_server_are_names_or_none(s: Scene) -> None:
    """Its speakers up to 0.26; "default" alone since 0.28, which says nothing."""
    names = [name for name in (await s.omni.voices()).names if name != "default"]
    assert bool(names) == (s.place.kind == "real" and not s.since("0.28"))
