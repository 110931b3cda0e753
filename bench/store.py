"""The history of one visitor with 1,000 and with 10,000 records: SQLite, PostgreSQL, and an earlier build on SQLite.

`python -m bench.store` prints the table; `--write` puts it into bench/README.md. `--before COMMIT` names the earlier
build. Each store is a process of its own; they are asked in turns, and a figure is a median of five.
"""

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from omni_ui.store import HistoryRecord, Store
from omni_ui.store.records import HistoryFile, insert

SIZES = (1_000, 10_000)
TURNS, ASKED = 5, 5
"""Turns of which a median is taken, and how often each is asked within a turn, of which the median counts too."""
ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- store -->\n", "<!-- /store -->"
STORES = ("before", "SQLite", "PostgreSQL")
Figures = dict[tuple[str, int, str], list[float]]
NAMES = {
    "open": "opened: the newest 60, counts by tab, room used",
    "rare": "search for a word of 3 records",
    "common": "search for a word of every third record",
    "two": "search for two words",
    "none": "search for a word that is nowhere",
    "short": "search for two letters",
    "chinese": "search for Chinese",
    "scroll": "the 60 in the middle",
    "keep": "a result written down",
}
SEARCHES = {"rare": "xylophone", "common": "harbour", "two": "harbour xylophone", "none": "zeppelin",
            "short": "qx", "chinese": "夜市灯"}  # fmt: skip


def records(visitor: str, count: int) -> list[HistoryRecord]:
    """Pictures as they are made: a prompt of 30 words, settings, a recipe; three of them with rare words."""
    luck = random.Random(f"{visitor}{count}")
    syllables = ("ra", "lo", "mi", "ten", "sha", "vor", "kel", "du", "ping", "os", "bri", "ua")
    words = ["".join(luck.choices(syllables, k=luck.randint(1, 4))) for _ in range(4000)]
    rare = {count // 5, count // 2, count - 5}
    pictures = []
    for number in range(count):
        prompt = " ".join(luck.choices(words, k=30))
        prompt += " harbour" if number % 3 == 0 else ""
        prompt += " xylophone qx 台北的夜市灯火" if number in rare else ""
        request = {"prompt": prompt, "size": "1024x1024", "num_inference_steps": 28, "seed": number, "n": 1}
        picture = HistoryFile("result", "picture.png", "image/png", f"ab/{visitor}{number}.png", 1_500_000)
        pictures.append(
            HistoryRecord(
                visitor=visitor, tab=("image", "edit", "speech")[number % 3], at=1e9 + number,
                id=f"{visitor}{number:06}",
                summary=prompt, model="Qwen/Qwen-Image", version="0.30.0", seconds=6.2, entered=request,
                recipe={"tab": "image", "request": request}, facts=[("seed", str(number)), ("", "1024 × 1024 PNG")],
                files=[picture],
            )
        )  # fmt: skip
    return pictures


async def ask(store: Store, what: str, visitor: str, count: int) -> None:
    """As the page does it (features/history/routes.py)."""
    history = store.history
    if what == "open":
        await history.page(visitor, limit=61)
        await history.count(visitor)
        await history.oldest(visitor)
        await history.disk_usage(visitor)
    elif what == "scroll":
        middle = count // 2
        await history.page(visitor, after=(1e9 + middle, f"{visitor}{middle:06}"), limit=61)
    elif what == "keep":
        await history.keep(HistoryRecord(visitor=visitor, tab="sound", at=1.0, summary="a storm " * 20, id="kept"))
    else:
        rows = await history.page(visitor, words=SEARCHES[what], limit=61)
        expected = {"rare": 3, "common": 61, "none": 0, "short": 3, "chinese": 3}
        assert len(rows) == expected.get(what, len(rows)), (what, len(rows))


async def serve(folder: str, url: str, size: str) -> None:
    """One store: fills itself, then measures what each line of the input names."""
    store = Store(Path(folder), url) if url else Store(Path(folder))
    await store.open()
    count = int(size)
    made = records("v", count)
    for start in range(0, count, 500):
        await store.database.write(*(part for record in made[start : start + 500] for part in insert(record)))
    if url:
        await store.database.write(("ANALYZE", {}))
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        took = []
        for _ in range(ASKED):
            began = time.perf_counter()
            await ask(store, line.strip(), "v", count)
            took.append(1000 * (time.perf_counter() - began))
        print(statistics.median(took), flush=True)
    await store.close()


def measure(commit: str) -> Figures:
    """Milliseconds by store, number of records, and what was asked."""
    from tests.store.postgres_server import postgres_server

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        archive = subprocess.run(["git", "archive", commit, "omni_ui"], cwd=ROOT, capture_output=True, check=True)
        (folder / "before").mkdir()
        subprocess.run(["tar", "-x", "-C", folder / "before"], input=archive.stdout, check=True)
        server = stack.enter_context(postgres_server({"fsync": "on", "full_page_writes": "on", "autovacuum": "on"}))
        started: dict[tuple[str, int], subprocess.Popen[str]] = {}
        for name in STORES:
            for count in SIZES:
                root = folder / "before" if name == "before" else ROOT
                url = asyncio.run(server.new_database()) if name == "PostgreSQL" else ""
                started[name, count] = subprocess.Popen(
                    [sys.executable, __file__, "serve", folder / f"data {name} {count}", url, str(count)], cwd=root,
                    env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"}, text=True, stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )  # fmt: skip
        for process in started.values():
            stack.callback(process.wait)
            stack.callback(process.stdin.close)
        for process in started.values():
            assert process.stdout.readline() == "ready\n"
        figures: Figures = {}
        for _ in range(TURNS):
            for what in NAMES:
                for (name, count), process in started.items():
                    process.stdin.write(f"{what}\n")
                    process.stdin.flush()
                    figures.setdefault((name, count, what), []).append(float(process.stdout.readline()))
        return figures


def table(figures: Figures, commit: str) -> str:
    middle = {key: statistics.median(took) for key, took in figures.items()}
    heads = [f"{'SQLite, ' + commit if name == 'before' else name}: of 1,000 / 10,000" for name in STORES]
    lines = [f"| ms | {' | '.join(heads)} |", f"| --- |{' --- |' * len(heads)}"]
    for what, title in NAMES.items():
        cells = [" / ".join(f"{middle[name, count, what]:.1f}" for count in SIZES) for name in STORES]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", default="c009956")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    text = table(measure(chosen.before), chosen.before)
    print(text)
    if chosen.write:
        path = ROOT / "bench/README.md"
        before, rest = path.read_text(encoding="utf-8").split(BEGIN)
        path.write_text(f"{before}{BEGIN}{text}{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(*sys.argv[2:]))
    else:
        main()
