"""An answer that is read aloud while it arrives: what is read of Markdown, by which route, and what faults do."""

import asyncio
from types import SimpleNamespace

import pytest

from omni_ui.client import ChatRequest, OmniClient
from omni_ui.core.audio.audio_stream import Listening
from omni_ui.core.run_queue import FairShare, RunQueue
from omni_ui.core.servers.backend import Backend
from omni_ui.demo.server import DemoServer
from omni_ui.features.chat.conversation import Draft
from omni_ui.features.chat.speech.read_aloud import LEFT_OUT, NO_SERVER, ReadAloud
from omni_ui.features.chat.speech.spoken_text import AnswerFeed
from tests.speaking import SpeechServer

REQUEST = ChatRequest(messages=[{"role": "user", "content": "Hello"}])


@pytest.fixture(scope="module")
def demo():
    with DemoServer(["speech"], stub=True) as server:
        yield server


def fed(text, size=3):
    """What is spoken of an answer that comes in small pieces, and whether something was left out."""
    feed, given = AnswerFeed(), []
    for at in range(0, len(text), size):
        given += feed.take(text[at : at + size])
    return given + feed.take("", done=True), feed.left_out


@pytest.mark.parametrize(
    ("markdown", "spoken", "left_out"),
    [
        ("One is here. Two is there.", ["One is here.", "Two is there."], False),
        ("# Title\n\n- **One** is here.\n- Two.", ["Title", "One is here.", "Two."], False),
        ("Look:\n```python\nprint('a. b. C')\n```\nDone now.", ["Look:", "Done now."], True),
        ("Look:\n```python\nnever closed. So", ["Look:"], True),
        ("So $a^2. B$ is it. And $$c = d. E$$ too.", ["So is it.", "And too."], True),
        (r"By \(x. Y\) we see. \[z. W\] Good.", ["By we see.", "Good."], True),
        ("It costs $5 and then $10 more. Yes.", ["It costs $5 and then $10 more.", "Yes."], False),
        ("See [the page](http://x.example/a. B) now. Yes.", ["See the page now.", "Yes."], False),
        ("Use `make run` here. Fine.", ["Use make run here.", "Fine."], False),
        ("```\nonly code\n```", [], True),
        ("", [], False),
    ],
)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_what_is_read_of_an_answer(markdown, spoken, left_out, size):
    sentences, skipped = fed(markdown, size)
    assert ([" ".join(sentence.split()) for sentence in sentences], skipped) == (spoken, left_out)


def test_a_sentence_is_read_before_the_answer_is_whole():
    feed = AnswerFeed()
    assert feed.take("One is here. And ") == ["One is here."]
    given = [sentence for sign in "```x. Y```\n```\nz. Z\n```\nTwo is there. Thr" for sentence in feed.take(sign)]
    assert given == ["And", "Two is there."]


def test_a_long_block_of_code_costs_little():
    feed = AnswerFeed()
    feed.take("Look:\n```\n")
    for _ in range(5_000):
        assert feed.take("code. Code ") == []
    assert feed.take("\n```\nDone. Yes") == ["Done."]


def voice_for(url, draft, share=None, limit=5, session=None):
    """A voice over a server, as the app makes it."""
    omni = OmniClient(url) if url else None
    backend = Backend(url, omni, RunQueue(limit, share)) if url else None
    backends = SimpleNamespace(for_tab=lambda tab, session: backend, redact_address=lambda text, backend: text)
    run = SimpleNamespace(session=session, owner="me")
    return ReadAloud(backends, Listening(), run), backend


async def read(url, text, request=REQUEST, may_speak=False, **options):
    draft = Draft("assistant")
    voice, backend = voice_for(url, draft, **options)
    async with asyncio.timeout(30):
        await voice.begin(draft, request, may_speak)
        for at in range(0, len(text), 5):
            voice.add(text[at : at + 5])
        await voice.finish()
        await voice.aclose()
    assert not backend or (backend.gate.running, backend._held) == (0, 0)
    return draft, voice


async def test_an_answer_is_spoken_over_one_connection(demo):
    demo.app.state.demo.engine.records.clear()
    draft, voice = await read(demo.url, "One is here. Two is there.\n```\ncode\n```")
    assert draft.rate == 24_000
    assert len(draft.pcm) > 48_000
    assert bytes(draft.pcm) == voice.stream.pcm
    assert voice.stream.whole
    assert draft.notes == [LEFT_OUT]
    assert [record["prompt"]["text"] for record in demo.app.state.demo.engine.records] == [
        "One is here.",
        "Two is there.",
    ]


async def test_a_server_without_the_route_is_asked_sentence_by_sentence():
    with SpeechServer(seconds=0.2, pace=20) as server:
        draft, _ = await read(server.url, "One is here. Two is there.")
        assert [seen.body["input"] for seen in server.seen] == ["One is here.", "Two is there."]
    assert len(draft.pcm) / 48_000 == pytest.approx(0.4 + 2 * 0.25, abs=0.02)
    assert draft.notes == []


async def test_a_voice_that_breaks_off_leaves_the_answer_and_says_so(demo):
    draft, _ = await read(demo.url, "One is here. Two [[fail:generate]] there. Three.")
    assert len(draft.pcm) > 10_000
    assert draft.notes[0].startswith("The voice was cut off: ")


@pytest.mark.parametrize(
    ("url", "options", "note"),
    [(None, {}, NO_SERVER), ("demo", {"share": FairShare(running=0, waiting=0)}, "Not read aloud: 0 of your runs")],
)
async def test_why_an_answer_is_not_read(demo, url, options, note):
    draft, _ = await read(demo.url if url else None, "One.", **options)
    assert (draft.notes or [""])[0].startswith(note)
    assert not draft.pcm


@pytest.mark.parametrize(("modalities", "read_at_once", "read_at_all"),
                         [(None, False, True), (["text"], True, True), (["text", "audio"], False, False)])  # fmt: skip
async def test_a_model_that_may_speak_itself_is_waited_for(demo, modalities, read_at_once, read_at_all):
    draft = Draft("assistant")
    voice, _ = voice_for(demo.url, draft)
    await voice.begin(draft, REQUEST.model_copy(update={"modalities": modalities}), True)
    voice.add("One is here. Two is")
    if read_at_once:
        await eventually(lambda: voice.stream, 20)
    else:
        await asyncio.sleep(0)
        assert not voice.stream
    async with asyncio.timeout(20):
        await voice.finish()
    await voice.aclose()
    assert bool(draft.pcm) is read_at_all


async def eventually(holds, seconds):
    """Waits until it holds; the server is in another thread and tells nobody."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_stop_ends_the_voice_on_its_server_and_keeps_what_was_heard(demo):
    draft = Draft("assistant")
    voice, _ = voice_for(demo.url, draft)
    await voice.begin(draft, REQUEST, False)
    voice.add("Many words follow here, " * 40)
    finishing = asyncio.create_task(voice.finish())
    await eventually(lambda: draft.pcm, 20)
    finishing.cancel()
    await voice.aclose()
    await eventually(lambda: not demo.app.state.demo.engine.running, 1)
    assert draft.finished().files
