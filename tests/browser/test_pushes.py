"""What a visitor waits for comes by pushes, past Gradio's queue; a page that cannot take them gets it all the same."""

import time

import pytest

from tests.browser.conftest import wait_for_state

pytestmark = pytest.mark.browser

COUNT = """() => {
  const [push, parse] = [omni.push, JSON.parse];
  window.pushed = [];
  window.updates = 0;
  omni.push = (text) => { if (text.startsWith("{")) pushed.push(parse(text).to); push(text); };
  JSON.parse = (...values) => {
    const value = parse(...values);
    if (value?.msg === "process_generating") updates += 1;
    return value;
  };
}"""
ANSWER = "#chat-result .omni-message:last-child .omni-body"


def ask(page, mark=""):
    page.fill("#chat-text textarea", f"Tell me of the harbour at dawn, in a few sentences{mark}")
    page.click("#chat-run")
    wait_for_state(page, "chat", "done")
    page.wait_for_function(f"document.querySelector('{ANSWER}').textContent.trim().length > 20")


def test_an_answer_comes_by_pushes_and_needs_few_updates(demo_app, open_page):
    page = open_page(demo_app.url, "Chat")
    page.evaluate(COUNT)
    ask(page, " [[slow:2]]")  # or on a slow machine its end may come with its first words
    pushed, updates = page.evaluate("[pushed, updates]")
    assert pushed[:2] == ["chat-live", "chat-live"]  # the message that was sent, and words
    assert updates <= 8  # that it works, settings and code, and the end: none for the words


def test_pictures_are_drawn_once_and_a_page_with_gradios_own_script_gets_answers_by_updates(demo_app, open_page):
    page = open_page(demo_app.url, "Image")
    page.evaluate(COUNT)
    page.fill("#image-prompt textarea", "A red fox in deep snow")
    page.click("#image-run")
    page.wait_for_selector("#image-result img")
    page.evaluate("window.first = document.querySelector('#image-result img')")
    wait_for_state(page, "image", "done")
    page.wait_for_timeout(300)
    assert page.evaluate("pushed") == ["image-result"]
    assert page.evaluate("first === document.querySelector('#image-result img') && first.naturalWidth > 0")
    address = page.evaluate("first.src")
    drawn = time.monotonic()
    page.route("**/heartbeat/*", lambda route: route.continue_(url=route.request.url.replace("?pushes=1", "")))
    page.reload()
    page.get_by_role("tab", name="Chat", exact=True).click()
    page.wait_for_selector("#chat-run")
    page.evaluate(COUNT)
    ask(page)
    pushed, updates = page.evaluate("[pushed, updates]")
    assert pushed == []
    assert updates >= 3
    page.wait_for_timeout(1000 * max(0, 5.5 - time.monotonic() + drawn))  # the picture comes from the disk by now
    assert page.request.get(address).ok
