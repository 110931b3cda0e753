"""Explore and Grid in Chat: answers side by side, none of which enters the conversation of the page."""

import json
import zipfile
from collections.abc import AsyncIterator

import pytest

from tests.browser.conftest import run_and_wait, wait_for_state
from tests.browser.test_grid import cells, said, set_grid
from tests.chat_server import ChatServer
from tests.fakes import Seen
from tests.running import served_by

pytestmark = pytest.mark.browser

BOX = "#chat-text textarea"


class Parrot(ChatServer):
    """Answers with the temperature that it was told."""

    async def _events(self, one: Seen) -> AsyncIterator[str]:
        if self.how == "whole":
            self.pieces = ["Temperature ", f"{one.body.get('temperature')}.\n", "line\n" * 60]
        async for event in super()._events(one):
            yield event


@pytest.fixture(scope="module")
def served():
    yield from served_by(Parrot())


@pytest.fixture
def server(served):
    served.how = "whole"
    served.seen.clear()
    return served


@pytest.fixture
def page(server, open_page):
    return open_page(server.app.url, "Chat")


def talk(page):
    return page.locator("#chat-result article .omni-source").evaluate_all("all => all.map((one) => one.value.trim())")


def test_four_temperatures_answer_what_is_in_the_composer_after_what_was_said(server, page):
    page.fill("#chat-system textarea", "Be brief.")
    page.fill(BOX, "Good morning")
    run_and_wait(page, "chat")
    before = talk(page)
    page.fill(BOX, "Tell me more")
    page.get_by_role("button", name="Explore Temperature", exact=True).click()
    texts = cells(page, "chat", "done", 4).locator(".omni-grid-text")
    assert [one.split("\n")[0] for one in texts.all_inner_texts()] == [
        f"Temperature {n}." for n in (0.4, 0.8, 1.2, 1.6)
    ]
    sent = [one.body for one in server.seen[1:]]
    assert [one["temperature"] for one in sent] == [0.4, 0.8, 1.2, 1.6]
    assert len({one["seed"] for one in sent}) == 1
    for one in sent:
        assert [message["role"] for message in one["messages"]] == ["system", "user", "assistant", "user"]
        assert one["messages"][-1]["content"] == "Tell me more"
    # The conversation has not heard of it, and what was being written is still there.
    assert talk(page) == before
    assert page.input_value(BOX) == "Tell me more"
    # A long answer scrolls within its cell.
    assert texts.first.evaluate("(one) => one.scrollHeight > one.clientHeight && one.clientHeight <= 320")
    page.get_by_role("button", name="Use Temperature 1.2").click()
    page.wait_for_function("document.getElementById('chat-temperature-field').value === '1.2'")
    page.click("#chat-run")
    page.wait_for_selector("#chat-result article >> nth=3")
    assert server.asked["temperature"] == 1.2


def test_an_empty_composer_answers_the_last_message_again(server, page):
    page.fill(BOX, "What is it?")
    run_and_wait(page, "chat")
    before = talk(page)
    set_grid(page, "chat", ("temperature", "0|1"), ("top_p", "0.5|1"))
    page.click("#chat-grid-run")
    cells(page, "chat", "done", 4)
    sent = [one.body for one in server.seen[1:]]
    assert [(one["temperature"], one["top_p"]) for one in sent] == [(0, 0.5), (1, 0.5), (0, 1), (1, 1)]
    assert all(one["messages"] == [{"role": "user", "content": "What is it?"}] for one in sent)
    assert talk(page) == before
    assert "top p gave" not in page.inner_text("#chat-grid-board")
    said(page, "chat", "ignores top p")  # the answer tells the temperature alone

    with page.expect_download() as taken:
        assert page.inner_text("#chat-grid-take") == "Download as a page"
        page.click("#chat-grid-take")
    with zipfile.ZipFile(taken.value.path()) as packed:
        assert packed.namelist() == ["index.html"]
        home = packed.read("index.html").decode()
    assert home.count("Temperature 1.0.\n") == 2
    assert "What is it?" in home


def test_only_settings_that_the_model_has_are_offered(server, demo_app, open_page):
    offered = (
        "[...document.querySelectorAll('#chat-grid-x option')].filter((one) => !one.hidden).map((one) => one.value)"
    )
    page = open_page(server.app.url, "Chat")
    page.wait_for_function(f"!({offered}).includes('num_inference_steps')")
    assert {"temperature", "voice", "seed"} <= set(page.evaluate(offered))
    page = open_page(demo_app.url, "Chat")  # its model draws, too
    page.wait_for_selector("#chat-temperature")
    assert {"temperature", "size", "num_inference_steps"} <= set(page.evaluate(offered))


def test_nothing_to_answer_is_said(server, page):
    page.click("#chat-explore-temperature")
    said(page, "chat", "There is no answer to retry yet.")
    assert not server.seen


def test_each_answer_is_a_conversation_of_the_history_and_is_gone_on_with(server, page):
    page.fill(BOX, "Begin")
    run_and_wait(page, "chat")
    page.fill(BOX, "Go on")
    set_grid(page, "chat", ("temperature", "0.3|0.7"))
    page.click("#chat-grid-run")
    cells(page, "chat", "done", 2)
    page.get_by_role("tab", name="History", exact=True).click()
    page.wait_for_function("document.querySelectorAll('.omni-history-list > *').length >= 3")
    listed = page.request.get(f"{server.app.url}/omni/history").json()
    records = [one["id"] for one in listed["records"] if "Temperature 0.3" in json.dumps(one)]
    assert len(records) == 1
    page.evaluate("(id) => omni.call('reopen_result', id, 'chat')", records[0])
    page.wait_for_selector("#chat-status:has-text('The conversation is back')")
    assert [one.split("\n")[0] for one in talk(page)] == ["Begin", "Temperature None.", "Go on", "Temperature 0.3."]
    page.fill(BOX, "And then?")
    page.click("#chat-run")
    page.wait_for_selector("#chat-result article >> nth=5")
    assert len(server.asked["messages"]) == 5


def test_stop_ends_the_answer_and_the_conversation_is_as_before(server, page):
    server.how = "silent"
    page.fill(BOX, "Never answered")
    page.click("#chat-explore-temperature")
    cells(page, "chat", "working", 1)
    while not server.seen:
        page.wait_for_timeout(20)
    page.keyboard.press("Escape")
    server.wait_for("aborted", 30)
    cells(page, "chat", "stopped", 4)
    page.wait_for_timeout(500)
    assert len(server.seen) == 1
    assert talk(page) == []
    server.how = "whole"
    run_and_wait(page, "chat")  # the message is still in the composer
    assert server.asked["messages"][-1]["content"] == "Never answered"


def test_a_longest_answer_that_cuts_nothing_is_no_sign_that_it_is_ignored(server, page):
    page.fill(BOX, "Short, please")
    set_grid(page, "chat", ("max_tokens", "100|200"))
    page.click("#chat-grid-run")
    cells(page, "chat", "done", 2)
    said(page, "chat", "Longest answer: 100 and 200 gave the same result")
    assert "ignores" not in page.inner_text("#chat-grid-board")


def test_answers_of_the_demo_server_are_heard_too(demo_app, open_page):
    page = open_page(demo_app.url, "Chat")
    page.click("#chat-speak button")
    page.fill(BOX, "What can you do?")
    set_grid(page, "chat", ("max_tokens", "3|6"))
    page.click("#chat-grid-run")
    done = cells(page, "chat", "done", 2)
    first, second = done.locator(".omni-grid-text").all_inner_texts()
    assert second.startswith(first)
    assert len(second) > len(first) > 0
    assert done.locator("audio").count() == 2
    assert page.locator("#chat-result article").count() == 0
    with page.expect_download() as taken:
        page.click("#chat-grid-take")
    with zipfile.ZipFile(taken.value.path()) as packed:
        home = packed.read("index.html").decode()
        assert home.count("<audio") == 2
        assert first in home
        assert len(packed.namelist()) == 3


def test_on_a_phone_the_answers_scroll_inside(server, open_page):
    page = open_page(server.app.url, "Chat", viewport={"width": 390, "height": 844})
    page.fill(BOX, "Hello")
    page.click("#chat-panel-switch button")
    page.click("#chat-explore-temperature")
    cells(page, "chat", "done", 4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wait_for_state(page, "chat", "empty")
