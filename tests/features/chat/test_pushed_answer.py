"""An answer reaches the page by pushes: each block once, and all of it by updates where pushes do not get through."""

from types import SimpleNamespace

import pytest

from omni_ui.client import ChatRequest, TextDelta
from omni_ui.core.audio.audio_stream import Listening
from omni_ui.features.chat.conversation import Conversation, Message, Part
from omni_ui.features.chat.messages import ChatView
from omni_ui.features.chat.run import ChatRun
from omni_ui.media import markdown

WORDS = ["Once", " upon", "\n\nA second", " block"]


class Omni:
    """A server that answers with these words."""

    async def fit(self, request):
        return SimpleNamespace(request=request, left_out=())

    async def known_ability(self, tab):
        return None

    async def chat(self, request, on_wait=None):
        for word in WORDS:
            yield TextDelta(word)


class Pages:
    """Open pages that note what is pushed; they stop taking it after `most`."""

    def __init__(self, most=100):
        self.pushed, self.most = [], most

    def push(self, session, target, value):
        if len(self.pushed) >= self.most:
            return False
        self.pushed.append((target, value))
        return True


def as_the_page(pushed, start=()):
    """The blocks that chat.js puts together of what was pushed."""
    blocks = list(start)
    for target, value in pushed:
        if target == "chat-live":
            blocks = [*blocks[: value.get("from", 0)], *value["blocks"]]
    return blocks


@pytest.fixture(autouse=True)
def _each_word_is_drawn(monkeypatch):
    monkeypatch.setattr(markdown, "REST", 0)


VIEW = ChatView("json", "messages", "live", "player")


def run_of(pages, talk, change=""):
    run = ChatRun(ChatRequest(messages=[{"role": "user", "content": "Go on"}]), VIEW, Listening(), None)
    run.entered = {"talk": talk, "system": "", "text": "Go on", "files": [], "change": change}
    run.pages, run.session = pages, "a session"
    return run


async def answered(pages, change=""):
    """The run, and its updates step by step."""
    talk = Conversation()
    talk.messages = [Message("user", [Part("text", "Hello")]), Message("assistant", [Part("text", "Hi")])]
    run = run_of(pages, talk, change)
    updates = []
    async for event in run.events(Omni(), None):
        updates.append(await run.show([event]))
    return run, updates


async def test_the_page_is_pushed_each_block_when_it_changes_and_gets_the_whole_at_the_end():
    pages = Pages()
    _, updates = await answered(pages)
    assert updates[:-1] == [{}] * 5  # the message, and four words
    assert set(updates[-1]) == {"json", "messages", "live"}
    assert updates[-1]["live"]["state"] == "done"
    first, *rest = pages.pushed
    assert "Go on" in first[1]["message"]
    assert all(value["id"] == updates[-1]["live"]["id"] for _, value in pages.pushed)
    assert as_the_page(pages.pushed) == ["<p>Once upon</p>\n", "<p>A second block</p>\n"]
    assert [value["from"] for _, value in rest] == [0, 0, 1, 1]


async def test_a_new_answer_to_the_last_message_takes_the_place_of_the_old_one_by_a_push():
    pages = Pages()
    await answered(pages, change="again")
    target, html = pages.pushed[0]
    assert target == "chat-result"
    assert html.count("<article") == 1


async def test_a_program_gets_all_of_it_by_updates():
    run, updates = await answered(None)
    assert "json" in updates[0]
    assert updates[-2]["live"]["blocks"] == ["<p>Once upon</p>\n", "<p>A second block</p>\n"]
    assert await run.later() == {}


async def test_a_page_that_takes_no_more_gets_the_whole_answer_by_updates():
    _, updates = await answered(Pages(most=3))
    assert updates[-2]["live"]["blocks"] == ["<p>Once upon</p>\n", "<p>A second block</p>\n"]


async def test_what_a_reload_would_lose_follows_when_there_is_time():
    run = run_of(Pages(), Conversation())
    events = run.events(Omni(), None)
    assert await run.show([await anext(events)]) == {}
    later = await run.later()
    assert later["json"]["messages"][0]["content"] == "Go on"
    assert later["player"] == ""
    await events.aclose()


async def test_a_cell_of_a_grid_pushes_nothing():
    pages = Pages()
    run = run_of(pages, Conversation())
    run.in_background = True
    assert not run.push("chat-live", {})
    assert pages.pushed == []
