"""Chromium, one for all browser tests; an app with the demo server, one for all; a page for each test."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from tests.running import App

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_app():
    with App() as app:
        yield app


def _opening(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Gives `open_page(url, tab)`, and closes at the end what it opened."""
    pages, faults = [], []

    def open_it(url: str, tab: str = "Image", more: bool = True, before: str = "", **context) -> Page:
        page = chromium.new_page(**{"viewport": {"width": 1280, "height": 900}} | context)
        if before:
            page.add_init_script(before)
        page.on("pageerror", lambda error: faults.append(str(error)))
        pages.append(page)
        page.goto(url)
        page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_selector(f"#{tab.lower()}-run, #{tab.lower()}-status")
        page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
        if more:
            open_more(page, tab.lower())
        return page

    yield open_it
    for page in pages:
        page.close()
    assert not faults


@pytest.fixture
def open_page(chromium: Browser):
    """`open_page(url, tab)`: a page with that tab open and ready. Errors in the page's own scripts fail the test.

    more: whether all its settings are unfolded. before: a script that runs before the page's own.
    """
    yield from _opening(chromium)


@pytest.fixture(scope="module")
def open_lasting_page(chromium: Browser):
    """The same for a page that all tests of a module use."""
    yield from _opening(chromium)


@pytest.fixture
def talking(chromium, request):
    """`talking(file, **context)`: the Talk tab in a browser that hears this file, over and over."""
    browsers = []

    def open_it(file: Path | None, url: str = "", prepare=None, **context):
        fake = ["--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
        fake += [f"--use-file-for-fake-audio-capture={file}"] if file else []
        fake += ["--use-fake-ui-for-media-stream"] if context.pop("allowed", True) else []
        browser = chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=FLAGS + fake)
        browsers.append(browser)
        page = browser.new_context(**context).new_page()
        if prepare:
            prepare(page)
        page.goto(url or request.getfixturevalue("demo_app").url)
        page.get_by_role("tab", name="Talk", exact=True).click()
        page.wait_for_selector("#talk-run")
        return page

    yield open_it
    for browser in browsers:
        browser.close()


def wait_for_call(page: Page, state: str) -> None:
    page.wait_for_selector(f".omni-call[data-state={state}]", timeout=20_000)


def run_and_wait(page: Page, tab: str, state: str = "done", timeout: float = 60) -> str:
    """Presses Run; the text of the status once it has that state."""
    page.click(f"#{tab}-run")
    return wait_for_state(page, tab, state, timeout)


def open_drawer(page: Page, tab: str, name: str) -> None:
    """Opens "settings", "code" or "compare" below the result, unless it is open."""
    button = page.locator(f"#{tab}-tab [data-drawer={name}]:is(button)")
    if button.get_attribute("aria-expanded") != "true":
        button.click()


def open_code(page: Page, tab: str) -> None:
    """Unfolds the code below the result."""
    open_drawer(page, tab, "code")
    page.wait_for_selector(f"#{tab}-code")


def open_more(page: Page, tab: str) -> None:
    """Unfolds the settings that are folded away, unless they are unfolded."""
    fold = page.locator(f"#{tab}-more")
    if fold.count() and fold.get_attribute("aria-expanded") != "true":
        fold.click()


def open_actions(page: Page, tab: str) -> None:
    """Shows all actions of the result, unless they are shown."""
    more = page.locator(f"#{tab}-settings [data-do=rest]")
    if more.count() and more.get_attribute("aria-expanded") != "true":
        more.click()


def take(page: Page, tab: str, ends: str = "", *, plain: bool = True) -> tuple[str, bytes]:
    """Downloads the file below the result whose name ends so: its name and its bytes, untouched or with settings."""
    open_actions(page, tab)
    switch = page.locator(f"#{tab}-settings [data-do=with]")
    if switch.count():
        switch.set_checked(not plain)
    with page.expect_download() as waiting:
        page.locator(f"#{tab}-settings [data-do=take]").filter(has_text=re.compile(f"{re.escape(ends)}$")).first.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def wait_for_state(page: Page, tab: str, state: str, timeout: float = 60) -> str:
    box = page.wait_for_selector(f"#{tab}-status [data-state={state}]", timeout=1000 * timeout)
    return box.inner_text()


def run_until_said(page: Page, tab: str, words: str) -> None:
    """Presses Run until the run fails with these words: Gradio drops a click while the run before is still ending."""
    said = """([tab, words]) =>
      document.querySelector(`#${tab}-status [data-state=failed]`)?.innerText.includes(words)"""
    for _ in range(4):
        page.click(f"#{tab}-run")
        try:
            page.wait_for_function(said, arg=[tab, words], timeout=8000)
            return
        except TimeoutError:
            continue
    raise AssertionError(f"{words!r} is not in {page.inner_text(f'#{tab}-status')!r}")


def refuses(page: Page, tab: str, field: str, value: str, words: str) -> None:
    """A value that cannot be sent is one sentence and stays as it was typed; afterwards the field is as before."""
    before = page.input_value(field)
    page.fill(field, value)
    page.press(field, "Tab")
    run_until_said(page, tab, words)
    assert page.input_value(field) == value
    page.fill(field, before)
    page.press(field, "Tab")
