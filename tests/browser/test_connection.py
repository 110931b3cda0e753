"""The browser loses its connection for a while, and the server goes: both are said, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from omni_ui.demo import DemoServer
from tests.browser.conftest import run_and_wait, wait_for_state
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
        expect(page.locator("#omni-state .omni-pill")).to_have_text("Not reachable", timeout=5000)
