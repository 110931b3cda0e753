"""What a person in front of Chromium waits for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--autoplay-policy=no-user-gesture-required"]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_tab(browser: Browser, url: str, tab: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(url)
    page.get_by_role("tab", name=tab, exact=True).click()
    page.wait_for_selector(f"#{tab.lower()}-run")
    page.wait_for_timeout(400)
    return page


# Resolves with Date.now() when a new picture is drawn: loaded, decoded, and a frame later.
DRAWN = """
([selector, count, before]) => new Promise((resolve, reject) => {
  const until = Date.now() + 60000;
  const look = async () => {
    if (Date.now() > until) {
      reject(new Error(`no new picture in ${selector}`));
      return;
    }
    const all = [...document.querySelectorAll(selector)].filter((img) => !before.includes(img.src));
    if (all.length >= count) {
      await Promise.all(all.map((img) => img.decode().catch(() => {})));
      if (all.every((img) => img.complete && img.naturalWidth)) {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now())));
        return;
      }
    }
    setTimeout(look, 4);
  };
  look();
})
"""


def ask_for_pictures(page: Page, size: str, n: int) -> None:
    """Fills in what each `picture` of this page asks for."""
    page.fill("#image-prompt textarea", "a boat")
    page.fill("#image-size input, #image-size textarea", size)
    page.press("#image-size input, #image-size textarea", "Tab")
    page.fill("#image-n input", str(n))
    page.wait_for_timeout(300)


def picture(page: Page, n: int, latency: float) -> float:
    """Seconds from the click to n pictures drawn, less the time that the server slept."""
    selector = "#image-result img"
    before = page.eval_on_selector_all(selector, "(all) => all.map((img) => img.src)")
    clicked = page.evaluate("() => { document.querySelector('#image-run').click(); return Date.now(); }")
    drawn = page.evaluate(DRAWN, [selector, n, before])
    return (drawn - clicked) / 1000 - latency


def bare(browser: Browser, server: str) -> Page:
    """The bare page (bare_results.html), which asks the server itself."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{server}/bare")
    page.wait_for_function("window.ask")
    return page


def bare_picture(page: Page, size: str, n: int, latency: float) -> float:
    """As `picture`, on the bare page."""
    page.evaluate("document.querySelector('#image-result').replaceChildren()")
    page.wait_for_timeout(100)
    clicked = page.evaluate("([size, n]) => { ask.picture(size, n); return Date.now(); }", [size, n])
    return (page.evaluate(DRAWN, ["#image-result img", n, []]) - clicked) / 1000 - latency


def weight(browser: Browser, url: str, ready: str, early: str = "") -> dict[str, Any]:
    """A fresh visit ("first"), and a second one of the same browser ("again"): seconds until one can type, and until
    `ready`, Gradio's field, holds what was typed; requests, bytes over the wire, components that the page begins with.

    early: a field that stands there before Gradio's, whose words go into that one.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    seen = {"bytes": 0, "requests": 0}

    def count(event: dict[str, Any]) -> None:
        seen["bytes"] += event["encodedDataLength"]
        seen["requests"] += 1

    session.on("Network.loadingFinished", count)
    first = _typed(page, url, ready, early)
    _wait_for_the_last(page, seen)
    components = page.evaluate("window.gradio_config?.components.length ?? 0")
    page.close()
    again = _typed(context.new_page(), url, ready, early)
    context.close()
    return {"first": first, "again": again, "components": components, **seen}


def _wait_for_the_last(page: Page, seen: dict[str, Any]) -> None:
    """Waits until a page asks for nothing more: half a second without an answer."""
    before = -1
    while before != seen["requests"]:
        before = seen["requests"]
        page.wait_for_timeout(500)


def _typed(page: Page, url: str, ready: str, early: str) -> tuple[float, float]:
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    field = page.locator(f"{early}, {ready}" if early else ready).first
    field.fill("a boat")  # waits until it is seen
    typed = time.perf_counter() - began
    page.wait_for_function("(ready) => document.querySelector(ready)?.value === 'a boat'", arg=ready)
    return typed, time.perf_counter() - began


def abort(page: Page, server: str, tab: str, fill: Callable[[Page], None], close: bool) -> float:
    """Seconds from Stop (or from closing the page) until the server sees the abort."""
    httpx.post(f"{server}/set", json={"latency": 30.0})
    fill(page)
    page.click(f"#{tab.lower()}-run")
    _until(lambda: httpx.get(f"{server}/log").json(), f"{tab}: the request reaches the server")
    page.wait_for_timeout(250)
    pressed = time.time()
    if close:
        page.close()
    else:
        page.click(f"#{tab.lower()}-stop")
    _until(lambda: "ended" in httpx.get(f"{server}/log").json()[-1], f"{tab}: the server sees the abort")
    return httpx.get(f"{server}/log").json()[-1]["ended"] - pressed


def _until(true: Callable[[], Any], what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


class Busy:
    """The share of time for which the page's main thread was busy between `start` and `share`."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def _now(self) -> tuple[float, float]:
        found = {one["name"]: one["value"] for one in self._session.send("Performance.getMetrics")["metrics"]}
        return found["Timestamp"], found["TaskDuration"]

    def start(self) -> None:
        self._began = self._now()

    def share(self) -> float:
        now = self._now()
        return (now[1] - self._began[1]) / (now[0] - self._began[0])
