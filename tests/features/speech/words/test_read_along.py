"""A text that is spoken while it is written: sentences as they are complete, and whole runs on the demo server."""

import asyncio
from contextlib import aclosing
from unittest.mock import MagicMock

import httpx
import pytest
import soundfile
from fastapi import FastAPI

from omni_ui.client import OmniClient, OmniError
from omni_ui.core.audio.audio_stream import Listening
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter
from omni_ui.core.servers.backend import Backend
from omni_ui.demo.server import DemoServer
from omni_ui.features.speech.pieces import MOST, complete, weight
from omni_ui.features.speech.request import SpokenText
from omni_ui.features.speech.run import Stage
from omni_ui.features.speech.typed_text import SentenceFeed, TypedTexts, moved
from omni_ui.features.speech.words import read_along
from omni_ui.features.speech.words.read_along import ReadingAlong, can_read_along
from omni_ui.features.speech.words.subtitles import read_vtt

STAGE = Stage(*(MagicMock() for _ in range(7)))


@pytest.fixture(scope="module")
def demo():
    with DemoServer(["speech"], aligner=True, stub=True) as server:
        yield server


@pytest.mark.parametrize(
    ("text", "settled", "ready"),
    [
        ("Hello there", False, ""),
        ("Hello there.", False, ""),  # it may go on: "Hello there.com"
        ("Hello there.", True, "Hello there."),
        ("Hello there. A", False, "Hello there."),
        ("Dr. W", False, ""),
        ("It costs 3. 5", False, ""),
        ("Really?\n\nYes", False, "Really?"),
        ("A title\nThe text", False, "A title"),
        ("a wrapped\nline", False, ""),
        ("今天天气很好。我们", False, "今天天气很好。"),
        ("今天天气很好。", False, "今天天气很好。"),
        ("", True, ""),
    ],
)
def test_a_sentence_is_complete_when_something_follows(text, settled, ready):
    assert text[: complete(text, settled)] == ready


def test_a_sentence_without_end_is_cut():
    text = "word " * 200
    assert 0 < weight(text[: complete(text)]) <= MOST


def test_each_sentence_is_given_once_however_it_arrives():
    text = "One is here. Two is there, Dr. Who.\n\nThree! And a rest"
    feed, given = SentenceFeed(), []
    for end in range(len(text) + 1):
        given += feed.take(text[:end])
    given += feed.take(text, done=True)
    assert [piece.text for piece in given] == ["One is here.", "Two is there, Dr. Who.", "Three!", "And a rest"]
    assert given[1].pause > given[0].pause  # a paragraph
    assert feed.take(text, done=True) == []


def test_what_was_spoken_is_not_spoken_again_when_it_is_changed():
    feed = SentenceFeed()
    assert [piece.text for piece in feed.take("Helo there. And")] == ["Helo there."]
    assert feed.take("Hello there. And") == []
    assert [piece.text for piece in feed.take("Hello there. And more. X")] == ["And more."]
    assert [piece.text for piece in feed.take("All is new. X")] == ["All is new."]


@pytest.mark.parametrize(
    ("before", "after", "position", "place"),
    [
        ("abc", "abcd", 3, 3),
        ("abcd", "Xabcd", 2, 3),
        ("abc", "c", 2, 0),
        ("abcdef", "abXXef", 4, 4),
        ("abcdef", "xyz", 4, 0),
    ],
)
def test_a_place_moves_with_the_text(before, after, position, place):
    assert moved(before, after, position) == place


async def test_the_page_writes_by_its_ticket_and_the_oldest_texts_are_forgotten():
    texts, app = TypedTexts(), FastAPI()
    app.include_router(texts.routes())
    typed = texts.open("one")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as http:
        sent = {"ticket": typed.ticket, "text": "Hello", "done": True}
        assert (await http.post("/omni/typed", json=sent)).status_code == 200
        assert (await http.post("/omni/typed", json=sent | {"text": "Hell", "done": False})).status_code == 200
        assert (typed.text, typed.done, await typed.changed(1)) == ("Hello", True, True)
        assert (await http.post("/omni/typed", json=sent | {"ticket": "x"})).status_code == 404
        assert (await http.post("/omni/typed", json=sent | {"text": "x" * 100_002})).status_code == 422
    for number in range(600):
        texts.open(str(number))
    assert texts.of("one") is None
    assert texts.of(None) is None
    assert len(texts._by_session) == 500


def work_for(text, typed=None, longest=100_000, **fields):
    request = SpokenText(input=text, reading="live", voice=fields.pop("voice", "ada"), **fields)
    run = ReadingAlong(request, STAGE, Listening(), typed or TypedTexts(), longest)
    run.entered = {"input": text}
    return run


async def shown(run, url):
    """All that a run showed, the last value of each component."""
    last = {}
    async with asyncio.timeout(30), OmniClient(url) as omni, aclosing(run.events(omni, RetryReporter())) as updates:
        async for update in updates:
            last |= update
    return last


async def test_a_programs_text_is_spoken_and_ends(demo):
    run = work_for("One is here. Two is there.")
    last = await shown(run, demo.url)
    sound, srt, vtt = run.outcome().files
    assert [path.suffix for path in (sound, srt, vtt)] == [".wav", ".srt", ".vtt"]
    cues = read_vtt(vtt.read_text())
    assert [cue.text for cue in cues] == ["One is here.", "Two is there."]
    assert [cue.estimated for cue in cues] == [False, False]
    assert cues[1].start > cues[0].end  # a rest between them
    assert soundfile.info(sound).duration == pytest.approx(cues[1].end + 0.25, abs=0.05)
    assert last[STAGE.words]["estimated"] is False
    assert last[STAGE.words]["cues"][1]["words"][0][0] == "Two "
    assert dict(run.outcome().facts)["sentences"] == "2"


async def test_a_page_types_and_finishes(demo, monkeypatch):
    monkeypatch.setattr(read_along, "SETTLED", 0.05)
    typed = TypedTexts()
    page = typed.open("page")
    run = work_for("The first one. The sec", typed)
    run.session = "page"
    spoken = asyncio.Event()

    async def write():
        await spoken.wait()
        page.write("The first one. The second one. And a last", done=False)
        page.write("The first one. The second one. And a last word", done=True)

    writing = asyncio.create_task(write())
    async with (
        asyncio.timeout(30),
        OmniClient(demo.url) as omni,
        aclosing(run.events(omni, RetryReporter())) as updates,
    ):
        async for _ in updates:
            if run.note.startswith("Waiting for the next"):
                spoken.set()
    await writing
    cues = read_vtt(run.outcome().files[2].read_text())
    assert [cue.text for cue in cues] == ["The first one.", "The second one.", "And a last word"]
    assert run.request.input == run.entered["input"] == "The first one. The second one. And a last word"
    assert run.typed == {"input": run.request.input}


async def test_a_text_that_nobody_goes_on_with_counts_as_finished(demo, monkeypatch):
    monkeypatch.setattr(read_along, "SETTLED", 0.01)
    monkeypatch.setattr(read_along, "IDLE", 0.03)
    typed = TypedTexts()
    typed.open("page")
    run = work_for("One is here. And", typed)
    run.session = "page"
    await shown(run, demo.url)
    assert dict(run.outcome().facts)["sentences"] == "2"


async def test_a_repetition_waits_for_nobody(demo):
    typed = TypedTexts()
    typed.open("page")
    run = work_for("One is here.", typed)
    run.session, run.again = "page", True
    await shown(run, demo.url)
    assert run.outcome().files


async def test_leaving_ends_the_work_on_the_server(demo):
    run = work_for("Very many words follow here. " * 30)
    async with OmniClient(demo.url) as omni:
        updates = run.events(omni, RetryReporter())
        async with asyncio.timeout(20):
            while not run.has_partial_result:
                await anext(updates)
        await updates.aclose()
    async with asyncio.timeout(1):
        while demo.app.state.demo.engine.running:  # noqa: ASYNC110  # the server is in another thread
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("text", "sentence", "kept"),
    [
        ("Good one. Bad [[fail:generate]] one. Last one.", "Sentence 2 could not be spoken", 2),
        ("Bad [[fail:generate]] one.", "fail:generate", 0),
        ("Good one. Then [[fail:runtime]]. Then [[fail:runtime]]. Then [[fail:runtime]]. Rest.", "fail:runtime", 1),
    ],
)
async def test_what_fails_is_said_and_the_rest_is_kept(demo, text, sentence, kept):
    run = work_for(text)
    with pytest.raises(OmniError) as caught:
        await shown(run, demo.url)
    assert sentence in caught.value.sentence + caught.value.server_message
    assert [path.stem for path in run.outcome().files[:1]] == (["speech-unfinished"] if kept else [])
    if kept:
        assert len(read_vtt(run.outcome().files[2].read_text())) == kept


async def test_a_voice_that_is_not_there_is_said_once(demo):
    with pytest.raises(OmniError, match="no voice nobody"):
        await shown(work_for("One. Two. Three.", voice="nobody"), demo.url)


async def test_a_text_longer_than_the_host_allows_is_spoken_as_far_as_it_fits(demo):
    run = work_for("One is here. Two is there. Three is far.", longest=26)
    with pytest.raises(Invalid, match="limit is 26"):
        await shown(run, demo.url)
    assert len(read_vtt(run.outcome().files[2].read_text())) == 2


async def test_ten_minutes_of_text_are_sentences_each_once(demo):
    words = [f"Number {number} of a long text." for number in range(400)]
    feed, text, given = SentenceFeed(), "", []
    for sentence in words:
        text += f"{sentence} "
        given += feed.take(text)
    given += feed.take(text, done=True)
    assert [piece.text for piece in given] == words


async def test_the_way_is_offered_where_the_server_has_it(demo):
    async def offers(url):
        async with OmniClient(url) as omni:
            return await can_read_along(Backend(url, omni, MagicMock()))

    assert await offers(demo.url)
    assert not await offers("http://127.0.0.1:9")
    with DemoServer(["image"]) as other:
        assert not await offers(other.url)
        with pytest.raises(OmniError, match="Sentence by sentence"):
            await shown(work_for("Hello."), other.url)
