"""Pictures, questions in writing and voice samples: what of them the page's socket lets through."""

import base64
import io
import json
import wave

import pytest
from PIL import Image

from omni_ui.features.talk.frames import FREQUENCY, LARGEST_FRAME, FrameCheck
from omni_ui.features.talk.routes import LARGEST_VOICE, read_config
from tests.features.talk.test_routes import opened, until
from tests.running import App


def picture(width=64, height=48, form="JPEG") -> str:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(content, form)
    return base64.b64encode(content.getvalue()).decode()


def recording(seconds=1.0, width=2, channels=1) -> str:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(16_000)
        file.writeframes(bytes(int(seconds * 16_000) * width * channels))
    return base64.b64encode(content.getvalue()).decode()


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
async def test_a_picture_goes_through_unchanged(form):
    data = picture(form=form)
    assert await FrameCheck().read(data) == base64.b64decode(data)


@pytest.mark.parametrize(
    "data",
    [None, 7, "", "%%%", base64.b64encode(b"no picture").decode(), picture(form="GIF"), picture(1281, 8)],
    ids=["none", "number", "empty", "no base64", "no picture", "another format", "too wide"],
)
async def test_what_is_no_picture_is_left_out(data):
    assert await FrameCheck().read(data) is None


async def test_pictures_are_bounded_in_size_and_number():
    check = FrameCheck()
    assert await check.read("A" * (LARGEST_FRAME + 4)) is None
    passed = [await check.read(picture()) is not None for _ in range(10)]
    assert sum(passed) == int(FREQUENCY)


def test_a_voice_sample_is_a_short_mono_wav_file():
    good = recording()
    assert read_config({"ref_audio": good}).reference_audio == base64.b64decode(good)
    cut = base64.b64encode(base64.b64decode(good)[:20]).decode()
    for odd in (recording(channels=2), recording(width=1), recording(0), cut, "%", 7, "A" * (LARGEST_VOICE + 4)):
        assert read_config({"ref_audio": odd}).reference_audio is None
    assert read_config({"written": True, "camera": True}).modalities == ("text",)


async def test_a_question_in_writing_beside_a_picture():
    with App(OMNI_CAPS="text=20") as app:
        async with opened(app.url, "omni_visitor=" + "p" * 32) as socket:
            await socket.send(json.dumps({"type": "start", "camera": True, "written": True}))
            ready = (await until(socket, "ready"))[-1]
            assert (ready["profile"], ready["video"], ready["text"]) == ("camera", True, True)
            for data in ("nonsense", picture()):
                await socket.send(json.dumps({"type": "frame", "data": data}))
            await socket.send(json.dumps({"type": "text", "text": "x" * 21}))
            assert "the limit is 20" in (await until(socket, "notice", level="error"))[-1]["text"]
            await socket.send(json.dumps({"type": "text", "text": "What is it?"}))
            seen = await until(socket, "turn-end", status="completed")
            await socket.send(json.dumps({"type": "end"}))
            record = (await until(socket, "ended"))[-1]["record"]
        async with opened(app.url, "omni_visitor=" + "p" * 32) as socket:  # once more, with nothing but the record
            await socket.send(json.dumps({"type": "start", "again": record}))
            again = await until(socket, "ended")
    assert again[0]["profile"] == "camera"
    assert "64 x 48 pixels" in "".join(event["text"] for event in again if event["type"] == "caption")
    assert not [event for event in again if event["type"] == "audio"], "answers in writing, as before"
    captions = {}
    for event in seen:
        if event["type"] == "caption":
            captions[event["who"]] = captions.get(event["who"], "") + event["text"]
    assert captions["you"] == "What is it?"
    assert "64 x 48 pixels" in captions["model"]
