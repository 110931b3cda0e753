"""Speech over one connection: the websocket /v1/audio/speech/stream (WIRE.md 13)."""

import asyncio
import json
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from omni_ui.client import AudioChunk, BadRequest, NotFound, OmniError, SpeechRequest
from omni_ui.client.live import SpokenEvent, WordTimes
from tests.contract.scene import Scene
from tests.contract.table import case

PATH = "/v1/audio/speech/stream"


def opened(s: Scene) -> connect:
    return connect(s.place.url.replace("http", "ws", 1) + PATH, proxy=None)


async def said(socket, *events) -> list[dict]:
    """What the server says to these messages, up to the end of the utterance or the connection; sound as its size."""
    for event in events:
        await socket.send(json.dumps(event))
    seen: list[dict] = []
    with suppress(ConnectionClosedError):  # most endings have no close frame (WIRE.md 14)
        while not seen or seen[-1]["type"] != "session.done":
            message = await asyncio.wait_for(socket.recv(), 20)
            seen.append({"type": "sound", "size": len(message)} if isinstance(message, bytes) else json.loads(message))
    return seen


def config(**fields) -> dict:
    return {"type": "session.config", "response_format": "pcm", "stream_audio": True, **fields}


def text(words: str) -> dict:
    return {"type": "input.text", "text": words}


DONE = {"type": "input.done"}


async def spoken(session, words: str) -> list[SpokenEvent]:
    async with asyncio.timeout(20):
        return [event async for event in session.speak(words)]


@case("tts", since="0.30")
async def events_of_the_speech_socket(s: Scene) -> None:
    async with opened(s) as socket:
        seen = await said(socket, config(voice=s.place.voice), text("Hello there. "), text("And more."), DONE)
        start, *sounds, done, end = seen
        assert start == {"type": "audio.start", "utterance_index": 0, "sentence_index": 0, "format": "pcm",
                         "sentence_text": "Hello there. And more.", "sample_rate": 24_000}  # fmt: skip
        assert sounds
        assert {event["type"] for event in sounds} == {"sound"}
        size = sum(event["size"] for event in sounds)
        assert done == {"type": "audio.done", "utterance_index": 0, "sentence_index": 0, "total_bytes": size,
                        "error": False}  # fmt: skip
        assert end == {"type": "session.done", "utterance_index": 0, "total_sentences": 1}
        assert (await said(socket, DONE)) == [{"type": "session.done", "utterance_index": 1, "total_sentences": 0}]
        split = await said(socket, config(split_granularity="sentence"), text("One here. Two there. Rest"), DONE)
        assert [event["sentence_text"].strip() for event in split if event["type"] == "audio.start"] == [
            "One here.", "Two there.", "Rest",
        ]  # fmt: skip


@case("tts", since="0.30")
async def the_speech_socket_refuses(s: Scene) -> None:
    for first, words in (({"type": "input.text", "text": "x"}, "Expected session.config, got: input.text"),
                         (config(response_format="mp3"), "Invalid session config"),
                         (config(model="other"), "other"),
                         ([1], "must be JSON objects")):  # fmt: skip
        async with opened(s) as socket:
            (error,) = await said(socket, first)  # and it closes
            assert (error["type"], words in error["message"]) == ("error", True), error
    async with opened(s) as socket:
        error, end = await said(socket, config(), {"type": "what"}, DONE)
        assert (error["message"], end["type"]) == ("Unknown message type: what", "session.done")
        seen = await said(socket, config(word_timestamps=True), text("Hello."), DONE)
        assert [event["type"] for event in seen] == ["error", "session.done"]
        assert "--forced-aligner" in seen[0]["message"]
        seen = await said(socket, config(voice="nobody"), text("Hello."), DONE)
        assert [event["type"] for event in seen] == ["audio.start", "error", "audio.done", "session.done"]
        assert seen[1]["message"].startswith("Generation failed for utterance 2, sentence 0: Invalid voice 'nobody'")
        assert seen[2]["error"] is True


@case("tts", client=True)
async def pieces_of_speech_over_one_connection(s: Scene) -> None:
    """On every version: up to 0.24 the server closes after each utterance, and it is opened again; it takes no seed."""
    async with await s.omni.open_speech(SpeechRequest(input="-", voice=s.place.voice, seed=5)) as session:
        for words in ("The first sentence.", "And the second."):
            events = await spoken(session, words)
            assert sum(event.seconds for event in events if isinstance(event, AudioChunk)) > 0.2
            await s.arrived(text=words, **({"seed": 5} if s.since("0.30") else {}))
        assert session.words is False


@case("tts", client=True, since="0.30")
async def a_piece_of_speech_that_fails(s: Scene) -> None:
    async with await s.omni.open_speech(SpeechRequest(input="-")) as session:
        for kind in ("generate", "client", "runtime"):
            with pytest.raises(OmniError):
                await spoken(session, f"Hello [[fail:{kind}]].")
        assert await spoken(session, "Hello again.")
    async with await s.omni.open_speech(SpeechRequest(input="-", voice="nobody")) as session:
        with pytest.raises(BadRequest, match="no voice nobody"):
            await spoken(session, "Hello.")


@case("image", client=True, since="0.30")
async def no_speech_socket_on_a_picture_server(s: Scene) -> None:
    with pytest.raises(NotFound):
        await s.omni.open_speech(SpeechRequest(input="-"))


@case("tts-words", client=True, since="0.30")
async def words_of_speech_have_times(s: Scene) -> None:
    answer = await s.post("/v1/audio/speech", input="Hello there, friend.", word_timestamps=True)
    assert [set(word) for word in json.loads(answer.headers["x-word-timestamps"])] == [
        {"word", "start_ms", "end_ms"}
    ] * 3
    async with await s.omni.open_speech(SpeechRequest(input="-")) as session:
        events = await spoken(session, "Hello there, friend.")
        seconds = sum(event.seconds for event in events if isinstance(event, AudioChunk))
        (times,) = [event for event in events if isinstance(event, WordTimes)]
        assert [word.text for word in times.words] == ["Hello", "there", "friend"]
        assert times.words[-1].end == pytest.approx(seconds, abs=0.05)
    async with opened(s) as socket:
        seen = await said(socket, config(word_timestamps=True), text("Hello."), DONE)
        chunks = [event for event in seen if event["type"] == "audio.chunk"]
        assert set(chunks[0]) == {"type", "utterance_index", "sentence_index", "chunk_id", "chunk_start_ms",
                                  "chunk_end_ms", "sample_rate", "audio_b64", "timestamps"}  # fmt: skip
        assert (chunks[-1]["audio_b64"], chunks[0]["timestamps"]) == ("", None)
