"""The sockets of Talk: /v1/realtime in turns and duplex, /v1/video/chat/stream (WIRE.md 15, 16 and 18)."""

import asyncio
import base64
import io
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from omni_ui.client.live import Caption, TalkAudio, TalkConfig, TalkSession, TurnEnded
from tests.contract.scene import Scene, png, wav
from tests.contract.table import case


@asynccontextmanager
async def socket_at(s: Scene, path: str) -> AsyncIterator[ClientConnection]:
    async with connect(s.place.url.replace("http", "ws", 1) + path, proxy=None) as socket, asyncio.timeout(20):
        yield socket


async def tell(socket: ClientConnection, *events: dict) -> None:
    for event in events:
        await socket.send(json.dumps(event))


async def until(socket: ClientConnection, *kinds: str) -> list[dict]:
    """Events up to the first one of these kinds."""
    seen: list[dict] = []
    while not seen or seen[-1]["type"] not in kinds:
        seen.append(json.loads(await socket.recv()))
    return seen


def spoken(seconds: float) -> str:
    return base64.b64encode(wav(seconds)[44:]).decode()


def joined(seen: list[dict], kind: str, name: str = "delta") -> str:
    return "".join(event[name] for event in seen if event["type"] == kind)


async def answered(talk: TalkSession) -> list:
    seen: list = []
    async for event in talk.events():
        seen.append(event)
        if isinstance(event, TurnEnded):
            break
    return seen


@case("chat", since="0.30")
async def a_turn_is_one_utterance_between_two_commits(s: Scene) -> None:
    async with socket_at(s, "/v1/realtime") as socket:
        assert (await until(socket, "session.created"))[-1]["id"]
        commit = {"type": "input_audio_buffer.commit"}
        await tell(socket, commit)
        assert (await until(socket, "error"))[-1]["code"] == "model_not_validated"
        await tell(socket, {"type": "session.update", "model": await s.model()}, commit)
        await tell(socket, {"type": "input_audio_buffer.append", "audio": spoken(1.5)}, commit | {"final": True})
        seen = await until(socket, "response.output_audio.done", "error")
    assert joined(seen, "transcription.delta") == seen[-2]["text"]
    sound = next(event for event in seen if event["type"] == "response.output_audio.delta")
    assert (sound["format"], sound["sample_rate_hz"]) == ("pcm16", 24_000)
    assert (await s.records())[-1]["state"] == "finished"


@case("chat", since="0.30")
async def a_turn_by_the_client_is_text_and_sound(s: Scene) -> None:
    async with await s.omni.open_talk(TalkConfig(hold=True)) as talk:
        await talk.send_audio(wav(1.5)[44:])
        await talk.end_turn()
        seen = await answered(talk)
    assert seen[-1].status == "completed"
    assert {event.rate for event in seen if isinstance(event, TalkAudio)} == {24_000}
    assert any(isinstance(event, Caption) and event.text.strip() for event in seen)


@case("chat", since="0.30")
async def a_question_about_pictures_is_answered(s: Scene) -> None:
    async with socket_at(s, "/v1/video/chat/stream") as socket:
        await tell(socket, {"type": "session.config", "modalities": ["text", "audio"], "num_frames": 4})
        await tell(socket, {"type": "video.query", "text": "What?"})
        assert "No frames" in (await until(socket, "error"))[-1]["message"]
        red, blue = (base64.b64encode(png(64, 48, color=color)).decode() for color in ((200, 0, 0), (0, 0, 200)))
        frames = [{"type": "video.frame", "data": data, "frame_id": f"f{i}"} for i, data in enumerate((red, red, blue))]
        await tell(socket, *frames)
        acks = [(await until(socket, "video.frame.ack"))[-1] for _ in frames]
        assert [ack["accepted"] for ack in acks] == [True, False, True]
        await tell(socket, {"type": "audio.chunk", "data": spoken(1)}, {"type": "video.query", "text": "What?"})
        seen = await until(socket, "response.output_audio.done", "error")
        await tell(socket, {"type": "video.done"})
        await until(socket, "session.done")
    assert joined(seen, "response.text.delta") == joined(seen, "response.text.done", "text") != ""
    piece = next(event for event in seen if event["type"] == "response.output_audio.delta")
    with wave.open(io.BytesIO(base64.b64decode(piece["data"]))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)


@case("chat", since="0.30")
async def the_client_asks_about_pictures(s: Scene) -> None:
    async with await s.omni.open_talk(TalkConfig(camera=True)) as talk:
        assert talk.can.profile == "camera"
        await talk.send_frame(png(64, 48, color=(200, 0, 0)), 0)
        await talk.send_text("What colour is this?")
        seen = await answered(talk)
        assert next(event.speaker for event in seen if isinstance(event, Caption)) == "you"
        assert seen[-1].status == "completed"
        assert {event.rate for event in seen if isinstance(event, TalkAudio)} == {24_000}
    assert "What colour is this?" in json.dumps((await s.records())[-1])


async def _open_microphone(talk: TalkSession, sound: bytes) -> None:
    """Speech, then silence without end: a model that decides by itself answers a second for each second it hears."""
    while True:
        piece, sound = sound[:3200] or bytes(3200), sound[3200:]
        await talk.send_audio(piece)
        await asyncio.sleep(0.05)


@case("duplex", since="0.30")
async def a_duplex_session_answers_while_it_listens(s: Scene) -> None:
    config = TalkConfig(reference_audio=wav(2))
    async with await s.omni.open_talk(config) as talk:
        assert (talk.can.profile, talk.can.playback, talk.can.interrupts) == ("duplex", True, True)
        speaking = asyncio.create_task(_open_microphone(talk, wav(1.5)[44:]))
        try:
            async with asyncio.timeout(30):
                seen = await answered(talk)
        finally:
            speaking.cancel()
        await talk.played(seen[-1].turn, 500)
    assert seen[-1].status == "completed"
    assert {event.rate for event in seen if isinstance(event, TalkAudio)} == {24_000}


@case("duplex", since="0.30")
async def a_duplex_session_says_how_it_ended(s: Scene) -> None:
    reference = "data:audio/wav;base64," + base64.b64encode(wav(2)).decode()
    async with socket_at(s, "/v1/realtime?duplex=1") as socket:
        session = {"modalities": ["audio", "text"], "output_audio_format": "pcm16", "ref_audio": reference}
        await tell(socket, {"type": "session.update", "session": session})
        created = (await until(socket, "session.created", "error"))[-1]
        assert created["session"]["capabilities"]["supports_barge_in"] is True
        assert created["resume_token"]
        await tell(socket, {"type": "session.heartbeat"})
        await until(socket, "session.heartbeat_ack")
        await tell(socket, {"type": "session.close"})
        assert (await until(socket, "session.closed"))[-1]["reason"] == "client_close"
        with suppress(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1000
