"""Chromium and an app with the demo server, one for all browser tests; for each test a page as of a new visitor."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, TimeoutError, expect, sync_playwright

from tests.browser.page_pool import VIEWPORT, PagePool, PooledPage
from tests.fakes import SlowServer, png
from tests.running import App, served_by

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
expect.set_options(timeout=30_000)  # as all other waits


STANDING = """() => [...document.querySelectorAll("[id$=-status] [data-state], .toast-body, #chat-change")].map(
  (one) => `${one.closest("[id]")?.id} ${one.dataset.state || ""}: ${one.textContent.slice(0, 200)}`).join("\\n")"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """To the report of a test that failed: what stands on its pages, and what its apps wait for."""
    report = yield
    if report.failed and call.when != "teardown":
        unlike = {id(getattr(pair[1], "app", pair[1])): pair for pair in getattr(item, "funcargs", {}).items()}
        for name, value in unlike.values():
            with suppress(Exception):  # the page or the app may be gone, which is no fault of its own
                if isinstance(value, Page):
                    report.sections.append((f"page {name}: {value.url}", value.evaluate(STANDING)))
                elif isinstance(app := getattr(value, "app", value), App):
                    report.sections.append((f"app {name}", app.tell_tasks()))
    return report


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


@pytest.fixture(scope="session")
def picture_app():
    yield from served_by(SlowServer(latency=0))


@pytest.fixture
def pictures(picture_app):
    """A server of pictures with its app; what the test sets of it holds for that test."""
    picture_app.latency, picture_app.picture = 0, png(64, 64)
    return picture_app


@pytest.fixture(scope="session")
def page_pool(chromium):
    return PagePool(chromium)


def _opening(pool: PagePool, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Gives `open_page(url, tab)`, and takes back at the end what it opened."""
    taken: list[PooledPage] = []

    def open_it(
        url: str, tab: str = "Image", more: bool = True, before: str = "", press: bool = True, cookies=(), **context
    ) -> Page:
        if before or context.keys() - {"viewport", "color_scheme"}:
            pooled = PooledPage(browser.new_page(**{"viewport": VIEWPORT} | context), changed=True)
            pooled.watch()
        else:
            pooled = pool.take(**context)
        taken.append(pooled)
        page = pooled.page
        if cookies:
            page.context.add_cookies(cookies)
        if before:
            page.add_init_script(before)
        page.goto(url)
        if press:
            page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_selector(f"#{tab.lower()}-run, #{tab.lower()}-status")
        page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
        page.wait_for_selector("#omni-early", state="detached")
        if more:
            open_more(page, tab.lower())
        return page

    yield open_it
    faults = [fault for pooled in taken for fault in pooled.faults]
    for pooled in taken:
        pool.give_back(pooled)
    assert not faults


@pytest.fixture
def open_page(page_pool: PagePool, chromium: Browser):
    """`open_page(url, tab)`: a page with that tab open and ready. Errors in the page's own scripts fail the test.

    more: whether all its settings are unfolded. before: a script that runs before the page's own. press: whether the
    tab is clicked; without it the address must name it, and the focus is where a page begins. cookies: of the visitor.
    """
    yield from _opening(page_pool, chromium)


@pytest.fixture(scope="module")
def open_lasting_page(page_pool: PagePool, chromium: Browser):
    """The same for a page that all tests of a module use."""
    yield from _opening(page_pool, chromium)


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
    page.wait_for_selector(f".omni-call[data-state={state}]", timeout=60_000)


def forget_state(page: Page, tab: str) -> None:
    """Takes the state off the status, so that nobody takes it for that of the next run."""
    page.eval_on_selector_all(
        f"#{tab}-status .omni-status", "(boxes) => boxes.forEach((box) => box.removeAttribute('data-state'))"
    )


def run_and_wait(page: Page, tab: str, state: str = "done", timeout: float = 60) -> str:
    """Presses Run; the text of the status once it has that state."""
    page.click(f"#{tab}-run")
    return wait_for_state(page, tab, state, timeout)


COLOURS_CHANGED = """() => new Promise(requestAnimationFrame).then(() => Promise.allSettled(
  document.getAnimations().filter((one) => one instanceof CSSTransition).map(({ finished }) => finished)))"""
"""Axe would take a colour on its way from one ground to the other for that of the text."""


def looks(page: Page) -> Iterator[str]:
    """Shows the page large and as on a phone, light and dark; what it is now."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("(dark) => document.body.classList.contains('dark') === dark", arg=scheme == "dark")
            page.mouse.move(0, 0)
            page.evaluate(COLOURS_CHANGED)
            yield f"{width}, {scheme}"


def fits(page: Page) -> bool:
    """Whether nothing is wider than a phone's screen, nor than a large one."""
    wide = "(width) => document.documentElement.scrollWidth > width"
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("(width) => innerWidth === width", arg=width)
        if page.evaluate(wide, width):
            return False
    return True


def serious(page: Page, where: str) -> list[tuple[str, list[str]]]:
    """What axe finds there that keeps people out: the rule, and the elements."""
    found = Axe().run(page, context=where).response["violations"]
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


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
