"""What a visitor notices while going through the page: answers to clicks, shifts of the layout, a long history."""

import asyncio
import hashlib
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.apps import Program
from bench.pages import configure
from bench.store import records
from bench.table import Check, Row

SECRET = "b" * 48
"""The cookie of the visitor whose history is filled."""
ROWS = 60
"""Results that History shows at a time."""
MANY = 100_000
TYPING = 250
"""Milliseconds that the search waits for the next key (features/history/history.js)."""
TABS = ["Image", "Edit", "Speech", "Sound", "Video", "Talk", "History", "Server", "Chat"]
WATCH = """
window.benchEvents = {};
window.benchShift = 0;
new PerformanceObserver((list) => {
  for (const event of list.getEntries()) {
    if (!event.interactionId) continue;
    benchEvents[event.interactionId] = Math.max(benchEvents[event.interactionId] ?? 0, event.duration);
  }
}).observe({ type: "event", durationThreshold: 16, buffered: true });
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) benchShift += shift.value;
}).observe({ type: "layout-shift", buffered: true });
"""
STREAMS = {"Speech": "#speech-input textarea", "Chat": "#chat-text textarea"}
"""What streams while the tabs are visited, and where its words go."""
LAST = "document.querySelector('#history .omni-history-list').lastElementChild.scrollIntoView()"
LISTED = """([least, most]) => {
  const rows = document.querySelectorAll("#history .omni-history-list > li[data-id]").length;
  return rows >= least && rows <= most;
}"""


def tour(browser: Browser, server: str, ours: Program, rounds: int) -> list[Row]:
    """A visit of all tabs, twice, while an answer and a speech stream into the page."""
    waits: list[float] = []
    shifts: list[float] = []
    for _ in range(rounds):
        configure(server, tokens=2000, rate=20, speech_seconds=120, speech_speed=1.2)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        page.goto(ours.url)
        for tab, words in STREAMS.items():
            page.get_by_role("tab", name=tab, exact=True).click()
            page.fill(words, "Good morning")
            page.click(f"#{tab.lower()}-run")
            page.wait_for_timeout(500)
        for name in TABS * 2:
            _press(page, name)
            page.wait_for_timeout(200)
            field = page.locator(f"#{name.lower()}-prompt textarea:visible, #{name.lower()}-input textarea:visible")
            if field.count() and name != "Speech":
                field.first.press("a")
                page.wait_for_timeout(100)
        measured = sorted(page.evaluate("Object.values(benchEvents)"))
        clicks = 2 * len(TABS)
        waits.append(measured[max(0, len(measured) - 1 - clicks // 50)] if measured else 16.0)
        shifts.append(page.evaluate("benchShift"))
        page.close()
    slow = Row("answer to a click or a key, 98th percentile, in all tabs with two streams", "ms", {"ours": waits})
    slow.checks.append(Check("ours", slow.median("ours"), 100, unit=" ms"))
    shift = Row("shifts of the layout meanwhile", "", {"ours": shifts})
    shift.checks.append(Check("ours", shift.median("ours"), 0.02))
    return [slow, shift]


def _press(page: Page, name: str) -> None:
    """A real click, which does not wait for a page that moves to stand still."""
    box = page.get_by_role("tab", name=name, exact=True).bounding_box()
    if box:
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def fill(folder: Path, count: int) -> None:
    """Writes so many results of the visitor into an app's data folder, before the app starts."""
    from omni_ui.store import Store
    from omni_ui.store.records import insert

    visitor = hashlib.sha256(SECRET.encode()).hexdigest()[:32]

    async def write() -> None:
        store = Store(folder)
        await store.open()
        now = time.time()
        results = [replace(record, at=now - count + at) for at, record in enumerate(records(visitor, count))]
        for start in range(0, count, 500):
            await store.database.write(*(part for result in results[start : start + 500] for part in insert(result)))
        await store.close()

    thread = threading.Thread(target=lambda: asyncio.run(write()))  # Playwright keeps an event loop in this one
    thread.start()
    thread.join()


def history(browser: Browser, programs: dict[int, Program], rounds: int) -> dict[int, dict[str, float]]:
    """Medians, in milliseconds, of opening the tab, of a search, and of the next sixty results.

    programs: by the number of results in the history. They take turns: what the machine does besides meets all of them.
    """
    pages = {count: _opened(browser, program) for count, program in programs.items()}
    took: dict[int, dict[str, list[float]]] = {count: {"open": [], "search": [], "scroll": []} for count in pages}
    for _ in range(rounds):
        for count, page in pages.items():
            _take_times(page, took[count])
    for page in pages.values():
        page.context.close()
    return {count: {what: statistics.median(all_) for what, all_ in kinds.items()} for count, kinds in took.items()}


def _opened(browser: Browser, program: Program) -> Page:
    """A page of the visitor whose history is filled, with History seen once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "omni_visitor", "value": SECRET, "url": program.url}])
    page = context.new_page()
    page.goto(program.url)
    page.get_by_role("tab", name="History", exact=True).click()
    page.wait_for_function(LISTED, arg=[ROWS, MANY])
    return page


def _take_times(page: Page, took: dict[str, list[float]]) -> None:
    page.bring_to_front()
    page.get_by_role("tab", name="Server", exact=True).click()
    page.evaluate("document.querySelector('#history .omni-history-list').replaceChildren()")
    took["open"].append(_until(page, [ROWS, MANY], page.get_by_role("tab", name="History", exact=True).click))
    search = "#history input[type=search]"
    took["search"].append(_until(page, [3, 3], lambda: page.fill(search, "xylophone")) - TYPING)
    page.fill(search, "")
    page.wait_for_function(LISTED, arg=[ROWS, MANY])
    rows = page.locator("#history .omni-history-list > li[data-id]").count()
    took["scroll"].append(_until(page, [rows + ROWS, MANY], lambda: page.evaluate(LAST)))
    page.evaluate("scrollTo(0, 0)")


def _until(page: Page, argument: list[int], act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    page.wait_for_function(LISTED, arg=argument)
    return 1000 * (time.perf_counter() - began)


def history_rows(figures: dict[int, dict[str, float]]) -> list[Row]:
    """figures: by the number of results in the history."""
    few, many = sorted(figures)
    rows = []
    for what in ("open", "search", "scroll"):
        row = Row(
            f"History with {few} and {many} results: {what}", "ms", {"ours": [figures[few][what], figures[many][what]]}
        )
        row.checks.append(Check(f"{many} results", figures[many][what], 150, unit=" ms"))
        row.checks.append(Check(f"{many} / {few}", figures[many][what] / figures[few][what], 1.3))
        rows.append(row)
    return rows
