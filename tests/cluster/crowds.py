"""600 visitors over three processes against 200 over one, side by side, and what the database and the bucket take.

    python -m tests.cluster.crowds [--write]

All press Run at once at a server of 1 s, and load nothing else. `--write` puts the figures into docs/deploying.md.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections import Counter
from pathlib import Path

from bench.load import Endpoint
from tests.cluster.harness import Cluster
from tests.cluster.visitors import Visitor, endpoints
from tests.running import ROOT

ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process and of its children that live and that have ended."""
    total = 0.0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has just ended
            continue
        if int(entry.parent.name) == pid or int(fields[1]) == pid:
            total += sum(map(int, fields[11 : 15 if int(entry.parent.name) == pid else 13])) / TICKS
    return total


async def crowd(url: str, endpoint: Endpoint, number: int, process: str = "") -> tuple[float, int]:
    """Seconds until all have their picture, and how many failed. process: where all of them are; "" spreads them."""
    visitors = [Visitor(url) for _ in range(number)]
    if process:
        for visitor in visitors:
            visitor.http.cookies.set("omni_process", process)
    else:
        for some in range(0, number, 50):
            await asyncio.gather(*(visitor.load() for visitor in visitors[some : some + 50]))
    began = time.perf_counter()
    done = await asyncio.gather(*(visitor.run(endpoint, prompt="a boat", size="64x64") for visitor in visitors))
    took = time.perf_counter() - began
    for sentence, times in Counter(words for visitor in visitors for words in visitor.sentences).items():
        print(f"    {times} x {sentence}", flush=True)
    await asyncio.gather(*(visitor.http.aclose() for visitor in visitors))
    return took, done.count(False)


async def main(write: bool) -> None:
    seconds: dict[int, list[float]] = {200: [], 600: []}
    failures: dict[int, int] = {200: 0, 600: 0}
    cpu: dict[int, list[float]] = {200: [], 600: []}
    clients: dict[int, list[float]] = {200: [], 600: []}
    with Cluster(pages=3, latency=1.0) as cluster:
        image, _ = await endpoints(cluster.url)
        pids = [page.process.pid for page in cluster.pages if page.process]
        await crowd(cluster.url, image, 30)
        size_before = (await cluster.database.ask("SELECT pg_database_size('postgres') AS size"))[0]["size"]
        database_before = cpu_of(cluster.database.process.pid)
        for _ in range(ROUNDS):
            for number, process in ((200, "1"), (600, "")):
                before, client_before = sum(map(cpu_of, pids)), time.process_time()
                took, failed = await crowd(cluster.url, image, number, process)
                seconds[number].append(took)
                failures[number] += failed
                cpu[number].append((sum(map(cpu_of, pids)) - before) / number)
                clients[number].append((time.process_time() - client_before) / number)
                print(f"{number}: {took:.1f} s, {failed} failed, load {os.getloadavg()[0]:.1f}", flush=True)
                await asyncio.sleep(3)
        runs = ROUNDS * 800
        size = (await cluster.database.ask("SELECT pg_database_size('postgres') AS size"))[0]["size"] - size_before
        database = (cpu_of(cluster.database.process.pid) - database_before) / runs
        rows = await cluster.database.ask("SELECT count(*) AS number FROM pg_stat_activity WHERE datname = 'postgres'")
        memory = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6 for pid in pids]
    one, three = statistics.median(seconds[200]), statistics.median(seconds[600])
    text = (
        f"200 visitors of one process had their pictures after {one:.1f} s, 600 of three after {three:.1f} s, "
        f"{three / one:.2f} times as long (medians of {ROUNDS}, side by side; {failures[200]} and {failures[600]} "
        f"failures; load of the machine {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores). A run took "
        f"{1000 * statistics.median(cpu[600]):.0f} ms of a core in its page process, {1000 * database:.0f} ms in "
        f"PostgreSQL, and {1000 * statistics.median(clients[600]):.0f} ms in the program that played the visitors. The "
        f"database grew by {size / runs / 1000:.1f} kB for each result; {rows[0]['number'] - 1} connections were open; "
        f"the processes had {min(memory):.0f} to {max(memory):.0f} MB."
    )
    print(text)
    if write:
        path = ROOT / "docs/deploying.md"
        before_mark, rest = path.read_text(encoding="utf-8").split("<!-- crowds -->\n")
        after = rest.partition("<!-- /crowds -->")[2]
        path.write_text(f"{before_mark}<!-- crowds -->\n{text}\n<!-- /crowds -->{after}", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    asyncio.run(main(parser.parse_args().write))
