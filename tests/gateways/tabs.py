"""A run of each tab through a client, as the page makes it: what comes back, or the sentence that a person reads."""

import asyncio
from pathlib import Path

from omni_ui.client import (
    BadRequest,
    ChatRequest,
    EditRequest,
    Failed,
    ImageRequest,
    JobSession,
    OmniClient,
    OmniError,
    SoundRequest,
    SpeechRequest,
    TextDelta,
    VideoRequest,
)
from tests.client.scripted import png

TABS = ("chat", "image", "edit", "speech", "sound", "video")
DONE = "works"


async def run_tab(omni: OmniClient, tab: str, folder: Path) -> str:
    """DONE when the result is what it should be, else the sentence of the error."""
    try:
        await RUNS[tab](omni, folder)
    except OmniError as error:
        return error.sentence
    return DONE


async def _chat(omni: OmniClient, folder: Path) -> None:
    asked = ChatRequest(messages=[{"role": "user", "content": "Hello"}], modalities=["text"])
    events = [event async for event in omni.chat(asked)]
    if isinstance(events[-1], Failed):
        raise events[-1].error
    assert any(isinstance(event, TextDelta) and event.text for event in events)


async def _image(omni: OmniClient, folder: Path) -> None:
    made = await omni.images(ImageRequest(prompt="a fox", size="64x64", seed=7, num_inference_steps=2))
    assert made.pictures[0].media_type == "image/png"


async def _edit(omni: OmniClient, folder: Path) -> None:
    (folder / "in.png").write_bytes(png((32, 32)))
    made = await omni.edits(EditRequest(prompt="make it night", image=[folder / "in.png"], seed=7))
    assert made.pictures[0].media_type == "image/png"


async def _speech(omni: OmniClient, folder: Path) -> None:
    assert (await omni.speech(SpeechRequest(input="Hello."))).media_type == "audio/wav"


async def _sound(omni: OmniClient, folder: Path) -> None:
    assert (await omni.sound(SoundRequest(input="rain", audio_length=1))).media_type == "audio/wav"


async def _video(omni: OmniClient, folder: Path) -> None:
    asked = VideoRequest(prompt="waves", size="64x64", num_frames=5, fps=5, seed=7)
    session, path = JobSession("a-job"), folder / "out.mp4"
    try:
        job = await omni.create_video(asked, session=session)
    except BadRequest as refused:
        if refused.status != 409:
            raise
        await omni.video_sync(asked, path)
    else:
        while not job.done:
            await asyncio.sleep(0.05)
            job = await omni.video(job.id, session=session)
        await omni.video_content(job.id, path, session=session)
    assert path.read_bytes()[4:8] == b"ftyp"


RUNS = {"chat": _chat, "image": _image, "edit": _edit, "speech": _speech, "sound": _sound, "video": _video}
