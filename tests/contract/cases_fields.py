"""Fields of single models: what was entered reached the engine, field by field."""

import io

import av
import numpy as np

from omni_ui.client import EditRequest, ImageRequest, SpeechRequest, VideoRequest
from tests.contract.scene import Scene, png, shape, wav
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


def mp4(frames: int = 24) -> bytes:
    """A video of a second that grows lighter, 128 by 64 pixels."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 128, 64, "yuv420p"
        for number in range(frames):
            pixels = np.full((64, 128, 3), 8 * number % 256, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode())
    return out.getvalue()


FILMED = {"size": "128x64", "seconds": "5", "seed": 1}


async def filmed(s: Scene, **fields: object) -> dict:
    """The call that reached the engine, once the video is made."""
    await s.omni.create_video(VideoRequest(prompt="a sea", **FILMED, **fields))
    assert await s.state("finished", 20) == "finished"
    return (await s.records())[-1]


@case("references", since="0.30", client=True)
async def a_first_and_a_last_frame_arrive(s: Scene) -> None:
    first, last = s.file("a.png", png(128, 64)), s.file("b.png", png(128, 64))
    told = await filmed(s, input_reference=first, last_frame=last)
    await s.arrived(frame_indices=[0, -1])
    assert str(told["prompt"]).count("128x64") == 2
    await filmed(s, last_frame=last)
    await s.arrived(frame_indices=-1)


@case("references", since="0.30", client=True)
async def a_part_of_a_video_is_changed(s: Scene) -> None:
    video, sound = s.file("v.mp4", mp4()), s.file("s.wav", wav(5))
    painted = s.file("mask.png", png(128, 64, "L", 255))
    told = str(
        await filmed(
            s, source_video=video, source_audio=sound, video_noise_mask=painted, video_noise_seconds="1-2",
            audio_noise_mask="0-2.5", num_outputs_per_prompt=2,
        )
    )  # fmt: skip
    await s.arrived(num_outputs_per_prompt=2, video_noise_mask="<list of 37>", audio_noise_mask="<list of 207>")
    assert "source_video" in told
    assert "source_audio" in told


@case("references", since="0.30")
async def a_change_without_a_mask_is_refused(s: Scene) -> None:
    answer = await s.form("/v1/videos", [("source_video", ("v.mp4", mp4(), "video/mp4"))], prompt="a sea")
    assert (answer.status_code, shape(answer)) == (400, "object")
    wrong = [("source_video", ("v.webm", mp4(), "video/webm")), ("video_noise_mask", ("m.json", b"1", "text/plain"))]
    assert (await s.form("/v1/videos", wrong, prompt="a sea")).status_code == 400


@case("references", since="0.30", client=True)
async def reference_pictures_keep_their_order(s: Scene) -> None:
    if s.place.kind == "demo":  # it films with one picture
        return
    pictures = [s.file("a.png", png(96, 64)), s.file("b.png", png(64, 64))]
    told = await filmed(s, image_reference=pictures)
    await s.arrived(task="ref2va")
    assert len(told["prompt"]["multi_modal_data"]["image"]) == 2
    told = await filmed(s, image_reference=pictures[:1], video_reference=[s.file("v.mp4", mp4())])
    assert set(told["prompt"]["multi_modal_data"]) == {"image", "video"}
