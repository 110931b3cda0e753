"""Speech over one connection: the demo server, and servers of the test that close, fail and talk nonsense."""

import asyncio
import base64
import json

import pytest

from omni_ui.client import (
    AudioChunk,
    BadRequest,
    BrokenAnswer,
    NotFound,
    NotReachable,
    OmniClient,
    ServerFailed,
    SpeechRequest,
)
from omni_ui.client.errors import OmniError, TimedOut
from omni_ui.client.live import WordTimes, speech_events, speech_session
from omni_ui.demo.server import DemoServer
from tests.client.live.talking import Live

REQUEST = SpeechRequest(input="-", voice="ada")


@pytest.fixture(scope="module")
def demo():
    with DemoServer(["speech"], aligner=True, stub=True) as server:
        yield server


async def eventually(holds, seconds):
    """Waits until it holds; the server is in another thread and tells nobody."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def spoken(session, text):
    """The samples and the words of a piece."""
    pcm, words = b"", ()
    async with asyncio.timeout(20):
        async for event in session.speak(text):
            if isinstance(event, AudioChunk):
                assert (event.rate, event.channels) == (24_000, 1)
                pcm += event.pcm
            elif isinstance(event, WordTimes):
                words += event.words
    return pcm, words


async def test_pieces_are_spoken_over_one_connection_and_words_have_times(demo):
    async with OmniClient(demo.url) as omni, await omni.open_speech(REQUEST) as session:
        first, words = await spoken(session, "Hello there, my friend.")
        second, _ = await spoken(session, "And again.")
        assert session.words
    assert [word.text for word in words] == ["Hello", "there", "my", "friend"]
    assert words[0].start == 0
    assert words[-1].end == pytest.approx(len(first) / 48_000, abs=0.01)
    assert len(second) > 10_000


async def test_without_an_aligner_it_speaks_all_the_same():
    with DemoServer(["speech"]) as server:
        async with OmniClient(server.url) as omni, await omni.open_speech(REQUEST) as session:
            pcm, words = await spoken(session, "Hello there.")
            assert (len(pcm) > 10_000, words, session.words) == (True, (), False)
            assert len((await spoken(session, "Once more."))[0]) > 10_000


async def test_a_voice_that_the_server_lacks_fails_one_piece_and_not_the_session(demo):
    async with OmniClient(demo.url) as omni:
        session = await omni.open_speech(REQUEST.model_copy(update={"voice": "nobody"}))
        async with session:
            for _ in range(2):
                with pytest.raises(BadRequest, match="no voice nobody"):
                    await spoken(session, "Hello.")


async def test_an_engine_that_fails_in_the_middle_fails_one_piece(demo):
    async with OmniClient(demo.url) as omni, await omni.open_speech(REQUEST) as session:
        with pytest.raises(OmniError, match="fail:midstream"):
            await spoken(session, "One two three. Four five six. [[fail:midstream]]")
        assert (await spoken(session, "Hello."))[0]


async def test_leaving_a_piece_ends_it_on_the_server(demo):
    async with OmniClient(demo.url) as omni, await omni.open_speech(REQUEST) as session:
        events = session.speak("Many words follow here. " * 40)
        await anext(events)
        await events.aclose()
        await eventually(lambda: demo.app.state.demo.engine.records[-1]["state"] == "aborted", 1)
        assert (await spoken(session, "Hello."))[0]  # over a new connection


async def test_a_server_without_the_route_says_so():
    with DemoServer(["image"]) as server:
        async with OmniClient(server.url) as omni:
            with pytest.raises(NotFound, match="while you type"):
                await omni.open_speech(REQUEST)


async def test_what_the_session_has_no_field_for_is_refused_before_it_opens():
    async with OmniClient("http://127.0.0.1:9") as omni:
        for fields in ({"sample_rate": 8000}, {"extra_params": {"a": 1}}, {"speed": 1.5}):
            with pytest.raises(BadRequest):
                await omni.open_speech(REQUEST.model_copy(update=fields))


def server_of(answer, opened=None):
    """A server that greets as a real one and then does what `answer` says to each utterance's text."""

    async def serve(socket, path):
        if opened is not None:
            opened.append(path)
        text = ""
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "input.text":
                text += event["text"]
            elif event["type"] == "input.done" and not text:
                await socket.send(json.dumps({"type": "session.done", "total_sentences": 0}))
            elif event["type"] == "input.done":
                await answer(socket, text)
                text = ""

    return Live(serve)


async def sound(socket, **more):
    await socket.send(json.dumps({"type": "audio.start", "sample_rate": 24_000}))
    await socket.send(b"\1\2\3")
    await socket.send(b"\4" * 997)


async def done(socket):
    await socket.send(json.dumps({"type": "audio.done"}))
    await socket.send(json.dumps({"type": "session.done"}))


async def test_a_server_that_closes_after_each_utterance_is_opened_again_up_to_0_24():
    async def answer(socket, text):
        await sound(socket)
        await done(socket)
        await socket.close()

    opened = []
    async with (
        server_of(answer, opened) as live,
        OmniClient(live.url) as omni,
        await omni.open_speech(REQUEST) as session,
    ):
        for _ in range(3):
            assert len((await spoken(session, "Hello."))[0]) == 1000
    assert len(opened) == 3


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("no json", BrokenAnswer),
        ("[1, 2]", BrokenAnswer),
        (json.dumps({"type": "audio.chunk", "audio_b64": "&&&"}), BrokenAnswer),
        (json.dumps({"type": "error", "message": 7}), ServerFailed),
        (None, NotReachable),
    ],
)
async def test_nonsense_and_a_broken_line_are_one_sentence_and_the_next_piece_is_spoken(message, error):
    async def answer(socket, text):
        await sound(socket)
        if text == "Good.":
            await done(socket)
        elif message is None:
            socket.transport.abort()
        else:
            await socket.send(message)
            await done(socket)

    async with server_of(answer) as live, OmniClient(live.url) as omni, await omni.open_speech(REQUEST) as session:
        with pytest.raises(error) as caught:
            await spoken(session, "Bad.")
        assert caught.value.sentence
        assert len((await spoken(session, "Good."))[0]) == 1000


async def test_odd_words_are_left_out_and_odd_rates_are_not_believed():
    listed = [{"word": "a", "start_ms": 0, "end_ms": 100}, 7, {"word": 7}, {"word": "-", "start_ms": -5, "end_ms": 1},
              {"word": "b", "start_ms": 100, "end_ms": 50}, {"word": "c", "start_ms": 100, "end_ms": 200}]  # fmt: skip

    async def answer(socket, text):
        audio = base64.b64encode(bytes(100)).decode()
        await socket.send(json.dumps({"type": "audio.chunk", "sample_rate": -1, "audio_b64": audio}))
        await socket.send(json.dumps({"type": "audio.chunk", "audio_b64": "", "timestamps": listed}))
        await socket.send(json.dumps({"type": "what.is.this"}))
        await done(socket)

    async with server_of(answer) as live, OmniClient(live.url) as omni, await omni.open_speech(REQUEST) as session:
        pcm, words = await spoken(session, "Hello.")
    assert (len(pcm), [word.text for word in words]) == (100, ["a", "c"])


async def test_sound_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(speech_events, "MOST_SOUND", 1500)

    async def answer(socket, text):
        await sound(socket)
        await sound(socket)

    async with server_of(answer) as live, OmniClient(live.url) as omni, await omni.open_speech(REQUEST) as session:
        with pytest.raises(BrokenAnswer):
            await spoken(session, "Hello.")


async def test_a_server_that_falls_silent_is_given_up():
    async def answer(socket, text):
        await sound(socket)
        await socket.wait_closed()

    async with (
        server_of(answer) as live,
        OmniClient(live.url, timeout=0.3) as omni,
        await omni.open_speech(REQUEST) as session,
    ):
        with pytest.raises(TimedOut):
            await spoken(session, "Hello.")


async def test_a_slow_writer_keeps_the_connection(monkeypatch):
    monkeypatch.setattr(speech_session, "KEEP_ALIVE", 0.02)
    signs = asyncio.Event()

    async def serve(socket, path):
        async for message in socket:
            event = json.loads(message)
            if event == {"type": "input.text", "text": ""}:
                signs.set()
            elif event["type"] == "input.done":
                await socket.send(json.dumps({"type": "session.done"}))

    async with Live(serve) as live, OmniClient(live.url) as omni, await omni.open_speech(REQUEST):
        await asyncio.wait_for(signs.wait(), 30)
