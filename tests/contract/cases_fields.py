"""Fields of single models: what was entered reached the engine, field by field."""

from omni_ui.client import EditRequest, ImageRequest, SpeechRequest
from tests.contract.scene import Scene, png, wav
from tests.contract.table import case


@case("two-speakers", since="0.30", client=True)
async def two_speakers_arrive(s: Scene) -> None:
    first, second = s.file("a.wav", wav(2)), s.file("b.wav", wav(3))
    asked = SpeechRequest(
        input="[S1] Good morning. [S2] And to you.", ref_audio=first, ref_audio_2=second, language="English"
    )
    await s.omni.speech(asked)
    told = str((await s.records())[-1])
    assert "[S2] And to you." in told
    if s.place.kind == "real":  # a key for each recording that the model hears (moss_tts.py:391-394)
        assert "ref_audio_cache_key" in told
        assert "ref_audio_2_cache_key" in told
    else:
        await s.arrived(two_speakers=True)


@case("tts", since="0.30", client=True)
async def starting_sooner_arrives(s: Scene) -> None:
    asked = SpeechRequest(
        input="hello", voice=s.place.voice, initial_codec_chunk_frames=1, non_streaming_mode=False, stream=True
    )
    _ = [event async for event in s.omni.speech_stream(asked)]
    await s.arrived(initial_codec_chunk_frames=1, non_streaming_mode=False)


THINKING = {"bot_task": "think", "system_prompt": "Paint boldly"}


@case("image", since="0.30")
async def thinking_before_a_picture_arrives(s: Scene) -> None:
    asked = ImageRequest(prompt="a fox", use_system_prompt="custom", vae_use_tiling=True, **THINKING)
    await s.post("/v1/images/generations", **asked.payload())
    await s.arrived(use_system_prompt="custom", **THINKING)


@case("edit", since="0.30")
async def thinking_before_an_edit_arrives(s: Scene) -> None:
    asked = EditRequest(prompt="red", image=[s.file("a.png", png())], sys_type="custom", **THINKING)
    call = asked.wire()
    await s.form(call.path, [("image", ("a.png", png(), "image/png"))], **dict(call.form or []))
    await s.arrived(use_system_prompt="custom", **THINKING)
