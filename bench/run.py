"""The benchmark: `make bench` for all of it, `python -m bench.run --small` for the part that runs in CI.

Three programs on loopback, each in a process of its own: a server with set latency and rates (bench/server.py), the
plain Gradio way (bench/baseline.py), and Omni UI. Figures are taken in turns within one run.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from bench import apps, crowds, pages, visits
from bench import browser as eyes
from bench.apps import Program
from bench.table import Check, Row, as_json, into, machine, markdown, too_slow
from tests.pace import slowness

RESULTS = Path(__file__).parent / "results"
README = Path(__file__).parents[1] / "README.md"
FIRST_FIELD = {
    "direct": "#words textarea",
    "bare": "#field",
    "plain": "#image-prompt textarea",
    "ours": "#chat-text textarea",
}
EARLY_FIELD = "#omni-early textarea"
"""Where one can type before Gradio has drawn its field."""
TABS = ["Chat", "Image", "Edit", "Speech", "Sound", "Video"]


class Bench:
    """Starts the programs afresh for each measurement that looks at what a program keeps, and once for the others."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.past = work / "past.json"
        self.past.write_text(json.dumps({"messages": pages.PAST}))
        self.rows: list[Row] = []
        self.part = ""
        """What is measured now."""
        self.missing: list[str] = []
        """Parts that could not be measured, or not all of them."""
        self.slowness = slowness()
        """How many times longer than usual this machine takes for the same work, at its slowest."""
        self.plain_crowd: float | None = None
        """Seconds that 50 visitors of plain Gradio took."""
        self._shared: tuple[str, dict[str, Program]] | None = None

    @contextmanager
    def shared(self) -> Iterator[None]:
        """The parts within this block use the same three programs: what they measure does not grow with the runs."""
        with self.programs("plain", "ours") as programs:
            self._shared = programs
            try:
                yield
            finally:
                self._shared = None

    @contextmanager
    def programs(self, *names: str) -> Iterator[tuple[str, dict[str, Program]]]:
        """The server's address, and the programs by name ("direct" for a page with one field, "plain", "ours")."""
        if self._shared:
            server_url, running = self._shared
            yield server_url, {name: running[name] for name in names}
            return
        with ExitStack() as stack, tempfile.TemporaryDirectory(dir=self.work) as data:
            server = stack.enter_context(apps.server())
            ways = {}
            for name in names:
                ways[name] = stack.enter_context(self._start(name, server.url, data))
            yield server.url, ways

    def _start(self, name: str, server: str, data: str) -> AbstractContextManager[Program]:
        if name == "ours":
            return apps.omni(server, OMNI_DATA_DIR=data)
        return apps.empty() if name == "direct" else apps.baseline(server)

    def take(self, what: Callable[[], Row | list[Row]]) -> None:
        began = time.perf_counter()
        try:
            found = what()
        except BrowserError as wrong:  # the others are measured all the same
            print(f"Not measured: {str(wrong).splitlines()[0]}", flush=True)
            self.missing.append(self.part)
            return
        rows = found if isinstance(found, list) else [found]
        self.rows += rows
        for row in rows:
            figures = ", ".join(f"{way} {row.shown(way)}" for way in row.samples)
            print(f"{row.what} [{row.unit}]: {figures}. {'; '.join(map(str, row.checks))}", flush=True)
        print(f"  ({time.perf_counter() - began:.0f} s)", flush=True)

    def pictures(self, browser: Browser, sizes: list[str], numbers: list[int], rounds: int) -> None:
        with self.programs("plain", "ours") as (server, ways):
            self.take(lambda: pages.pictures(browser, server, ways, sizes, numbers, rounds))

    def words(self, browser: Browser, rounds: int, tokens: int) -> None:
        with self.programs("plain", "ours") as (server, ways):
            self.take(lambda: pages.first_token(browser, server, ways, self.past, rounds))
            self.take(lambda: pages.long_answer(browser, server, ways, self.past, rounds, tokens))

    def sound(self, browser: Browser, rounds: int) -> None:
        names = ("plain", "ours") if shutil.which("ffmpeg") else ("ours",)
        with self.programs(*names) as (server, ways):
            self.take(lambda: pages.first_sound(browser, server, ways, rounds))

    def stops(self, browser: Browser, tabs: list[str], rounds: int) -> None:
        with self.programs("ours") as (server, ways):
            self.take(lambda: pages.stops(browser, server, ways["ours"], tabs, rounds))

    def crowds(self, numbers: list[int], rounds: int) -> None:
        with self.programs("ours") as (server, ways):
            self.take(lambda: crowds.visitors(server, ways, numbers, rounds, self.plain_crowd))

    def large_crowds(self, visitors: int, streams: int, rounds: int) -> None:
        """Beside events of Gradio's that ask no server."""
        with self.programs("ours") as (server, ways), apps.empty("--events") as empty:
            self.take(lambda: crowds.visitors(server, {"direct": empty} | ways, [visitors], rounds, None))
            self.take(lambda: crowds.streams(server, {"direct": empty} | ways, streams, rounds))

    def stops_beside_a_plain_crowd(self, browser: Browser, rounds: int) -> None:
        """Plain Gradio lets its 50 visitors wait for 50 s, one after the other, and does little meanwhile."""
        with apps.server() as server, apps.baseline(server.url) as plain, crowds.beside(server.url, plain, 50) as crowd:
            self.stops(browser, TABS, rounds)
            self.plain_crowd = crowd.result()

    def video(self, rounds: int) -> None:
        with self.programs("ours") as (server, ways):
            self.take(lambda: crowds.large_video(server, ways["ours"], rounds))

    def page(self, browser: Browser, rounds: int) -> None:
        """Start of the process, of the page, its weight, and what it takes when nobody does anything."""
        with apps.server() as server:
            self.take(lambda: crowds.cold_starts(server.url, rounds))
        with self.programs("direct", "plain", "ours") as (server_url, ways):
            addresses = {"bare": f"{server_url}/bare"} | {way: program.url for way, program in ways.items()}
            self.take(lambda: _visits(browser, addresses, rounds))
            opened = eyes.open_tab(browser, ways["ours"].url, "Image")
            opened.wait_for_timeout(3000)
            share = [crowds.idle(ways["ours"], 2) for _ in range(rounds)]
            opened.close()
        row = Row("idle, one page open", "% of a core", {"ours": share})
        row.checks.append(Check("ours", row.median("ours"), 3, unit=" %"))
        self.take(lambda: row)

    def visits(self, browser: Browser, rounds: int) -> None:
        """Going through the tabs, a long history, and pages that are open and idle."""
        with self.programs("ours") as (server, ways):
            self.take(lambda: visits.tour(browser, server, ways["ours"], rounds))
        self.take(lambda: self._history(browser, rounds))

    def _history(self, browser: Browser, rounds: int) -> list[Row]:
        with ExitStack() as stack:
            server, programs = stack.enter_context(apps.server()), {}
            for count in (1000, 10_000):
                data = stack.enter_context(tempfile.TemporaryDirectory(dir=self.work))
                visits.fill(Path(data), count)
                programs[count] = stack.enter_context(apps.omni(server.url, OMNI_DATA_DIR=data))
            return visits.history_rows(visits.history(browser, programs, rounds))

    def memory(self, number: int, runs: int) -> None:
        with self.programs("plain", "ours") as (server, ways):
            self.take(lambda: crowds.memory(server, ways, runs))
        with self.programs("ours") as (_, ways):
            self.take(lambda: crowds.open_pages(ways["ours"], number, 15))

    def growth(self, runs: int) -> None:
        with self.programs("ours") as (server, ways):
            self.take(lambda: crowds.growth(server, ways["ours"], runs))


def _visits(browser: Browser, addresses: dict[str, str], rounds: int) -> list[Row]:
    """addresses: by way ("direct" for a page of Gradio's with one field, "bare" for one without Gradio)."""
    seen: dict[str, list[dict]] = {way: [] for way in addresses}
    for _ in range(rounds):
        for way, address in addresses.items():
            early = EARLY_FIELD if way == "ours" else ""
            seen[way].append(eyes.weight(browser, address, FIRST_FIELD[way], early))

    def times(visit: str, part: int) -> dict[str, list[float]]:
        return {way: [one[visit][part] for one in all_] for way, all_ in seen.items()}

    ready = Row("page to interactive: one can type (direct: a page with one field)", "s", times("first", 0))
    drawn = Row("the same: Gradio has drawn the page, with what was typed", "s", times("first", 1))
    heavy = Row("page weight", "kB", {way: [one["bytes"] / 1000 for one in all_] for way, all_ in seen.items()})
    for row in (ready, heavy):
        row.checks.append(Check("ours / plain", 1 / row.ratio, 0.8))
    drawn.checks.append(Check("ours / plain", 1 / drawn.ratio, 0.8, held=False))
    rows = [ready, drawn]
    for first, part, words in ((ready, 0, "one can type"), (drawn, 1, "Gradio has drawn the page")):
        again = Row(f"second visit: {words}", "s", times("again", part))
        share = again.median("ours") / first.median("ours")
        floor = again.median("direct") / first.median("ours")
        again.note = f"A page with one field: {floor:.2f} of our first visit."
        again.checks.append(Check("ours / our first visit", share, 0.5, held=False))
        if part == 0:
            again.checks.append(Check("ours / plain", 1 / again.ratio, 0.8))
        rows.append(again)
    parts = Row("parts that the page begins with", "components", {"ours": [one["components"] for one in seen["ours"]]})
    parts.checks.append(Check("ours", parts.median("ours"), 120))
    return [*rows, parts, heavy]


Part = Callable[[Bench, Browser], None]
SHARING: dict[str, Part] = {
    "pictures": lambda bench, browser: bench.pictures(browser, ["1024x1024", "2048x2048"], [1, 4], 5),
    "words": lambda bench, browser: bench.words(browser, 5, 2000),
    "sound": lambda bench, browser: bench.sound(browser, 5),
    "stops": lambda bench, browser: bench.stops_beside_a_plain_crowd(browser, 5),
    "crowds": lambda bench, _: bench.crowds([50], 5),
    "large crowds": lambda bench, _: bench.large_crowds(200, 100, 5),
}
"""Parts that use the same programs, one after the other."""
ALONE: dict[str, Part] = {
    "page": lambda bench, browser: bench.page(browser, 5),
    "video": lambda bench, _: bench.video(5),
    "visits": lambda bench, browser: bench.visits(browser, 5),
    "memory": lambda bench, _: bench.memory(1000, 300),
    "growth": lambda bench, _: bench.growth(2000),
}
SMALL: list[Part] = [
    lambda bench, browser: bench.pictures(browser, ["1024x1024"], [1], 5),
    lambda bench, browser: bench.words(browser, 3, 400),
    lambda bench, browser: bench.stops(browser, ["Image", "Chat"], 2),
    lambda bench, _: bench.crowds([50], 1),
    lambda bench, browser: bench.page(browser, 2),
]


def small(bench: Bench, browser: Browser) -> None:
    """What is worse than its aim by half is measured once more: the machine may have been busy."""
    for part in SMALL:
        before = len(bench.rows)
        part(bench, browser)
        bench.slowness = max(bench.slowness, slowness())
        if too_slow(bench.rows[before:], bench.slowness):
            print("Worse than the aim by half: once more.", flush=True)
            del bench.rows[before:]
            part(bench, browser)


def everything(bench: Bench, browser: Browser, only: str | None) -> None:
    """All parts, or one."""
    chosen = {name: part for name, part in SHARING.items() if only in (None, name)}
    for name, part in ALONE.items():
        if only in (None, name):
            bench.part = name
            part(bench, browser)
        if name == "page" and chosen:
            with bench.shared():
                for shared_name, shared_part in chosen.items():
                    bench.part = shared_name
                    shared_part(bench, browser)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--small", action="store_true", help="under three minutes; fails on what is worse than its aim by half"
    )
    parser.add_argument("--only", choices=[*ALONE, *SHARING])
    options = parser.parse_args()
    about, began = machine(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="omni-bench-") as work, eyes.chromium() as browser:
        bench = Bench(Path(work))
        if options.small:
            small(bench, browser)
        else:
            everything(bench, browser, options.only)
    took = time.perf_counter() - began
    about["took"] = f"{took:.0f} s"
    about |= {"not measured": " and ".join(bench.missing)} if bench.missing else {}
    if not options.small and not options.only:
        bench.rows.append(
            Row("all of these measurements", "s", {"ours": [took]}, [Check("ours", took, 600, unit=" s")])
        )
    print("\n" + markdown(bench.rows, about))
    if not options.small and not options.only:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "latest.md").write_text(markdown(bench.rows, about))
        README.write_text(into(README.read_text(), markdown(bench.rows, about)))
        (RESULTS / "latest.json").write_text(as_json(bench.rows, about))
    if options.small:
        print(f"This machine takes {bench.slowness:.1f} times as long as a usual one.")
        slow = too_slow(bench.rows, bench.slowness)
        print(*(f"Worse than the aim by half, and by that: {line}" for line in slow), sep="\n")
        return 1 if slow else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
