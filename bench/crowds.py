"""Measurements without a browser: crowds, long lives, large files, starts."""

import asyncio
import statistics
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from bench import apps, load
from bench.apps import Program
from bench.pages import configure
from bench.table import Check, Row

T = TypeVar("T")
AIMS = {50: 2.5, 200: 3.0}
NO_SERVER = " (direct: an event of Gradio's that asks no server)"
WINDOW = 40
"""Runs whose median stands for a moment in the app's life."""


def _in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Runs it in a thread of its own: Playwright keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextmanager
def beside(server: str, plain: Program, number: int) -> Iterator[Future[float]]:
    """While the block runs, so many visitors of plain Gradio wait for a server of 1 s; the seconds they all took."""
    configure(server, latency=1.0)
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(lambda: asyncio.run(load.visitors(plain.url, number, size="64x64"))[0])


def visitors(server: str, ways: dict[str, Program], numbers: list[int], rounds: int, plain: float | None) -> list[Row]:
    """All press Run at once; the server takes one second for each, however many there are.

    ways: "ours", and where there is more time "direct": events of Gradio's that ask no server and wait a second.
    plain: what 50 visitors of plain Gradio took, once: it does not vary.
    """
    configure(server, latency=1.0)
    rows = []
    for number in numbers:
        samples: dict[str, list[float]] = {way: [] for way in ways}
        failures = 0
        for _ in range(rounds):
            for way, program in ways.items():
                seconds, failed = _in_thread(load.visitors(program.url, number, size="64x64"))
                samples[way].append(seconds)
                failures += failed
        beside = NO_SERVER if "direct" in ways else ""
        row = Row(f"{number} visitors, server of 1 s{beside}", "s", samples, note=f"{failures} failures.")
        row.checks.append(Check("wall time", row.median("ours"), AIMS[number], unit=" s"))
        if plain is not None and number == 50:
            samples["plain"] = [plain]
            row.checks.append(Check("plain", plain, 50, at_least=True, unit=" s"))
        rows.append(row)
    return rows


def streams(server: str, ways: dict[str, Program], number: int, rounds: int) -> Row:
    """Many live answers at once; the slowest over what the server's rate asks for. ways: as for `visitors`."""
    tokens, rate = 100, 20
    configure(server, tokens=tokens, rate=rate)
    samples: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, program in ways.items():
            samples[way].append(_in_thread(load.slowest_chat(program.url, number)) * rate / tokens)
    beside = NO_SERVER if "direct" in ways else ""
    row = Row(f"{number} chat streams at {rate} tokens/s: the slowest{beside}", "times the ideal", samples)
    row.checks.append(Check("ours", row.median("ours"), 1.1))
    return row


def large_video(server: str, ours: Program, rounds: int) -> Row:
    """What a file of 200 MB adds to the app's memory at its peak."""
    configure(server, latency=0)
    samples = []
    for _ in range(rounds):
        before, peak, over = ours.memory(), [ours.memory()], threading.Event()

        def look(peak: list[int] = peak, over: threading.Event = over) -> None:
            while not over.wait(0.02):
                peak[0] = max(peak[0], ours.memory())

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            _in_thread(load.one_video(ours.url))
        finally:
            over.set()
            watcher.join()
        samples.append((peak[0] - before) / 2**20)
    row = Row("video of 200 MB: memory added", "MB", {"ours": samples})
    row.checks.append(Check("ours", row.median("ours"), 30, unit=" MB"))
    return row


def cold_starts(server: str, rounds: int) -> Row:
    """Beside the two, what no app with Gradio can go below: a page with one field."""
    samples: dict[str, list[float]] = {"direct": [], "plain": [], "ours": []}
    starts = {"direct": lambda _: apps.empty(), "plain": apps.baseline, "ours": apps.omni}
    for _ in range(rounds):
        for way, start in starts.items():
            with start(server) as program:
                samples[way].append(program.started_in)
    row = Row("cold start: process to first 200 (direct: a page with one field)", "s", samples)
    row.checks.append(Check("ours / plain", 1 / row.ratio, 1.0))
    return row


def idle(ours: Program, seconds: float) -> float:
    """The share of a core that the app takes, in percent."""
    began = ours.cpu()
    time.sleep(seconds)
    return 100 * (ours.cpu() - began) / seconds


def memory(server: str, ways: dict[str, Program], runs: int) -> Row:
    """What the process holds when it has just started, and after so many runs, which come several at a time."""
    configure(server, latency=0)
    before = {way: program.memory() / 1e6 for way, program in ways.items()}
    _in_thread(load.several_at_a_time(ways["ours"].url, runs, size="64x64"))
    after = ways["ours"].memory() / 1e6
    row = Row(f"memory of the process after the start, and after {runs} runs", "MB", {"ours": [before["ours"], after]})
    if "plain" in before:
        row.note = f"Plain Gradio's after the start: {before['plain']:.0f} MB."
    # 0.6 of what the build of 2026-11-23 (78b173f) held
    row.checks.append(Check("after the runs", after, 318, unit=" MB"))
    return row


def open_pages(ours: Program, number: int, seconds: float) -> list[Row]:
    """What each page costs that is open and idle: its heartbeat, and its question for news every 15 s."""
    before = ours.memory()
    cpu = _in_thread(load.idle_pages(ours.url, number, seconds, ours.cpu))
    kept = (ours.memory() - before) / 1000 / number
    memory_row = Row(f"memory for each of {number} open pages", "kB", {"ours": [kept]})
    memory_row.checks.append(Check("ours", kept, 30, unit=" kB"))
    share = 100 * cpu / seconds / number
    cpu_row = Row("CPU for each of them", "% of a core", {"ours": [share]})
    cpu_row.checks.append(Check("ours", share, 0.02, unit=" %"))
    return [memory_row, cpu_row]


def growth(server: str, ours: Program, runs: int) -> Row:
    """What a run costs early and late in the life of the app. The runs in between come several at a time."""
    configure(server, latency=0)
    marks = [10, *(mark for mark in (500, 2000) if mark <= runs)]
    found, done = [], 0
    for mark in marks:
        _in_thread(load.several_at_a_time(ours.url, mark - done, size="64x64"))
        found.append(1000 * statistics.median(_in_thread(load.in_a_row(ours.url, WINDOW, size="64x64"))))
        done = mark + WINDOW
    row = Row(f"a run after {', '.join(map(str, marks))} others", "ms", {"ours": found})
    for mark, value in zip(marks[1:], found[1:], strict=True):
        row.checks.append(Check(f"after {mark} / after 10", value / found[0], 1.1))
    return row
