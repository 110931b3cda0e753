"""Word of the end of a long run, by a notification of the browser, for whoever asked for it."""

import json

import pytest

from tests.browser.conftest import wait_for_state
from tests.browser.test_history import run_anew

pytestmark = pytest.mark.browser

TEN_SECONDS_LATER = """() => {
  const now = performance.now.bind(performance);
  performance.now = () => now() + 10_000;
}"""
TOLD = """
window.told = [];
window.Notification = class {
  static permission = "default";
  static asked = 0;
  static async requestPermission() { this.asked += 1; return this.permission = %s; }
  constructor(title, more) { window.told.push(`${title}: ${more.body}`); }
};
"""


def with_notifications(open_page, url, answer):
    page = open_page(url, more=False, before=TOLD % json.dumps(answer))
    page.wait_for_selector(".omni-tell[data-shown]")
    return page


def test_word_is_given_when_a_long_run_ends_for_who_asked_for_it(pictures, open_page):
    page = with_notifications(open_page, pictures.app.url, "granted")
    assert page.is_checked(".omni-tell [value=off]")
    assert page.evaluate("Notification.asked") == 0
    page.click(".omni-tell summary")
    page.check(".omni-tell [value=notification]")
    page.check(".omni-tell [name=omni-always]")
    page.wait_for_function("Notification.asked === 1")
    page.keyboard.press("Escape")
    assert not page.is_visible(".omni-tell fieldset")
    pictures.latency = 30
    page.fill("#image-prompt textarea", "A red fox")
    page.click("#image-run")
    wait_for_state(page, "image", "working")
    page.evaluate(TEN_SECONDS_LATER)
    pictures.latency = 0
    wait_for_state(page, "image", "done")
    page.wait_for_function("window.told.length === 1")
    assert page.evaluate("window.told") == ["Ready: Image: the result is here"]
    run_anew(page)
    page.wait_for_timeout(500)
    assert len(page.evaluate("window.told")) == 1  # a short run is not worth a word
    page.reload()
    page.wait_for_selector(".omni-tell[data-shown]")
    page.click(".omni-tell summary")
    assert page.is_checked(".omni-tell [value=notification]")
    assert page.evaluate("Notification.asked") == 0


def test_a_browser_that_allows_no_notifications_is_said(pictures, open_page):
    page = with_notifications(open_page, pictures.app.url, "denied")
    page.click(".omni-tell summary")
    page.click(".omni-tell [value=notification]")
    page.wait_for_selector(".omni-tell [role=status]:has-text('does not allow')")
    page.wait_for_function("document.querySelector('.omni-tell [value=off]').checked")
