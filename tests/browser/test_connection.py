"""The browser loses its connection for a while, and the server goes: both are said, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from omni_ui.demo import DemoServer
from tests.browser.conftest import run_and_wait, wait_for_state
from tests.pace import allowed
from tests.running import App

pytestmark = pytest.mark.browser


def test_what_was_pressed_without_a_connection_is_said_when_it_is_back(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    page.fill("#image-prompt textarea", "a boat")
    run_and_wait(page, "image")
    page.context.set_offline(True)
    expect(page.locator("#omni-state .omni-pill")).to_have_text("Not reachable")
    expect(page.locator("#image-server")).to_contain_text("What you typed is still here.")
    page.fill("#image-prompt textarea", "a boat in a storm")
    page.click("#image-run")
    page.wait_for_selector(".toast-body")
    page.context.set_offline(False)
    assert "The connection was lost" in wait_for_state(page, "image", "failed")
    expect(page.locator("#image-prompt textarea")).to_have_value("a boat in a storm")
    page.click("#image-status .omni-cut-off")
    wait_for_state(page, "image", "done")


def test_a_run_that_finds_no_server_changes_the_header_at_once(open_page):
    with DemoServer() as demo, App(OMNI_BASE_URL=demo.url) as app:
        page = open_page(app.url, more=False)
        page.fill("#image-prompt textarea", "a boat")
        run_and_wait(page, "image")
        demo.__exit__(None, None, None)
        run_and_wait(page, "image", "failed")
        expect(page.locator("#omni-state .omni-pill")).to_have_text("Not reachable", timeout=1000 * allowed(5))


def test_an_answer_that_a_reload_cut_off_is_asked_for_again_with_one_click(demo_app, open_page):
    page = open_page(f"{demo_app.url}/#chat", "Chat", more=False)
    for words, state in (("hello", "done"), ("say the wind is up [[slow:4]]", "working")):
        page.fill("#chat-text textarea", words)
        page.press("#chat-text textarea", "Enter")
        page.wait_for_selector(f"#chat-result .omni-message:has-text('{words}')")
        wait_for_state(page, "chat", state)
    page.wait_for_timeout(700)  # the draft is written after a short rest
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("#chat-status:has-text('The answer was cut off')")
    messages = page.locator("#chat-result .omni-message")
    expect(messages).to_have_count(3)
    page.click("#chat-status .omni-cut-off")
    expect(messages).to_have_count(4)
    assert "wind is up" in messages.last.inner_text()
