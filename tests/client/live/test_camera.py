"""Questions beside pictures, with the demo server and with servers of the test."""

import base64
import io
import json

import pytest
from PIL import Image

from omni_ui.client import OmniClient
from omni_ui.client.live import CallEnded, Caption, Notice, TalkAudio, TalkConfig, TurnEnded, TurnStarted
from omni_ui.demo.server import DemoServer
from tests.client.live.talking import Live, created, silence, speak, tone, until


def picture(color="red", size=(320, 240)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, "JPEG")
    return content.getvalue()


@pytest.fixture(scope="module")
def demo():
    with DemoServer(modes=["chat"], stub=True) as server:
        yield server.url


def said(events) -> str:
    return "".join(event.text for event in events if isinstance(event, Caption) and event.speaker == "model")


async def test_a_question_in_writing_is_answered_from_the_pictures(demo):
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig(camera=True)) as talk:
        assert (talk.can.profile, talk.can.video, talk.can.text) == ("camera", True, True)
        events = talk.events()
        await talk.send_frame(picture("red"), 0)
        await talk.send_frame(picture("blue"), 1000)
        await talk.send_text("What colour is this?")
        seen = await until(events, TurnEnded)
    assert seen[-1].status == "completed"
    assert "colours: blue (100%)" in said(seen)
    assert {event.rate for event in seen if isinstance(event, TalkAudio)} == {24_000}


async def test_a_spoken_question_replaces_the_answer_before(demo):
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig(camera=True)) as talk:
        events = talk.events()
        await talk.send_frame(picture(), 0)
        await talk.send_text("What do you see? [[slow:30]]")
        await until(events, TurnStarted)
        await speak(talk, silence(0.5) + tone(1.2) + silence(1))
        assert (await until(events, TurnEnded))[-1].status == "interrupted"
        seen = await until(events, TurnEnded)
    assert said(seen).startswith("I heard you for 1."), "nothing of the first answer is in the second"


async def test_without_a_picture_nothing_is_asked(demo):
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig(camera=True)) as talk:
        events = talk.events()
        await talk.send_text("What do you see?")
        seen = await until(events, TurnEnded)
    assert [event.sentence for event in seen if isinstance(event, Notice)] == [
        "The model has not seen a picture yet: wait until the camera is on."
    ]


async def test_written_answers_end_with_their_text(demo):
    config = TalkConfig(camera=True, modalities=("text",))
    async with OmniClient(demo) as omni, await omni.open_talk(config) as talk:
        events = talk.events()
        await talk.send_frame(picture(), 0)
        await talk.send_text("What do you see?")
        seen = await until(events, TurnEnded)
    assert not [event for event in seen if isinstance(event, TalkAudio)]
    assert "colours: red" in said(seen)


async def test_a_duplex_server_that_takes_pictures_gets_them_beside_the_sound():
    appended = []

    async def answer(socket, path):
        await socket.recv()
        session = {"id": "duplex-1", "capabilities": {"optional_input_modalities": ["video"]}}
        await socket.send(json.dumps({"type": "session.created", "session": session}))
        async for message in socket:
            appended.append(json.loads(message))

    async with (
        Live(answer) as live,
        OmniClient(live.url) as omni,
        await omni.open_talk(TalkConfig(camera=True)) as talk,
    ):
        assert (talk.can.profile, talk.can.video) == ("duplex", True)
        await talk.send_frame(picture(), 0)
        await talk.send_audio(silence(0.1))
        await talk.send_audio(silence(0.1))
    first, second = appended[:2]
    assert base64.b64decode(first["video_frames"][0]) == picture()
    assert "video_frames" not in second
    assert [path for path in live.paths if "video" in path] == []


async def test_a_server_without_pictures_is_talked_to_without_them():
    async def answer(socket, path):
        await socket.recv()
        if "video" in path:
            await socket.send(json.dumps({"type": "error", "message": "Streaming video chat is not available"}))
            return
        await socket.send(created())
        await socket.wait_closed()

    config = TalkConfig(camera=True)
    async with Live(answer) as live, OmniClient(live.url, model="m") as omni, await omni.open_talk(config) as talk:
        assert (talk.can.profile, talk.can.video) == ("duplex", False)


class Scripted:
    """A camera server of the test: sends `events` for each question, then does `after`."""

    def __init__(self, *events, after=None):
        self.events, self.after = events, after

    async def __call__(self, socket, path):
        if "video" not in path:
            await socket.send(json.dumps({"type": "error", "code": "unsupported"}))
            return
        async for message in socket:
            kind = json.loads(message)["type"]
            if kind == "ping":
                await socket.send('{"type": "pong"}')
            if kind == "video.query":
                for event in self.events:
                    await socket.send(json.dumps(event))
                if self.after:
                    self.after(socket)


async def asked(*events, after=None, kind=TurnEnded):
    live, config = Live(Scripted(*events, after=after)), TalkConfig(camera=True)
    async with live, OmniClient(live.url, model="m") as omni, await omni.open_talk(config) as talk:
        seen = talk.events()
        await talk.send_frame(picture(), 0)
        await talk.send_text("What?")
        return await until(seen, kind)


async def test_a_refused_question_is_one_sentence():
    seen = await asked({"type": "error", "message": "Preprocess failed: no"})
    assert [event.sentence for event in seen if isinstance(event, Notice)] == [
        "The server said: Preprocess failed: no."
    ]
    assert seen[-1].status == "failed"


async def test_sound_that_is_no_wav_file_is_left_out():
    start, done = {"type": "response.start"}, {"type": "response.output_audio.done"}
    half = base64.b64encode(b"RIFF....WAVEfmt ").decode()
    seen = await asked(start, *({"type": "response.output_audio.delta", "data": x} for x in (half, "%", None)), done)
    assert len([event for event in seen if isinstance(event, Notice)]) == 3
    assert seen[-1].status == "completed"


async def test_a_line_that_is_lost_ends_the_call():
    seen = await asked({"type": "response.start"}, after=lambda socket: socket.transport.abort(), kind=CallEnded)
    assert seen[-1].sentence == "The connection to the server was lost. Call again."


async def test_text_without_sound_ends_after_a_while(monkeypatch):
    monkeypatch.setattr("omni_ui.client.live.camera_turns.SOUND_PATIENCE", 0.05)
    seen = await asked({"type": "response.start"}, {"type": "response.text.done", "text": "Yes."})
    assert seen[-1].status == "completed"
