"""What visitors of a cluster lose when a part of it fails: `make faults`, about ten minutes.

    python -m tests.cluster.faults [--write] [NAME ...]

Three processes behind nginx, with 50 runs and 10 video jobs under way at two replicas of a server. `--write` puts the
table into docs/deploying.md.
"""

import argparse
import asyncio
import itertools
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from omni_ui.store.jobs import OVER
from tests.cluster.fault_table import HEAD, Outcome
from tests.cluster.harness import Cluster
from tests.cluster.visitors import Visitor, endpoints
from tests.running import ROOT

RUNS, JOBS = 50, 10
LATENCY, VIDEO_SECONDS = 4.0, 25.0
OVER_WITHIN = 150.0
"""Seconds after which a job that is not over is taken for lost."""


class Faults:
    """By name: what happens, and what is done afterwards. repaired: whether that is, for the fault that is next."""

    def __init__(self, cluster: Cluster, repaired: bool = True) -> None:
        self.cluster = cluster
        self.repaired = repaired

    @asynccontextmanager
    async def process_killed(self) -> AsyncIterator[None]:
        self.cluster.pages[0].end()
        yield
        await self._back(0)

    @asynccontextmanager
    async def process_told_to_end(self) -> AsyncIterator[None]:
        await asyncio.to_thread(self.cluster.pages[1].end, signal.SIGTERM)
        yield
        await self._back(1)

    async def _back(self, number: int) -> None:
        if not self.repaired:
            return
        self.cluster.pages[number].start()
        await asyncio.to_thread(self.cluster.pages[number].wait)

    @asynccontextmanager
    async def database_killed(self) -> AsyncIterator[None]:
        self.cluster.database.stop(signal.SIGKILL)
        await asyncio.sleep(20)
        await asyncio.to_thread(self.cluster.database.start)
        yield

    @asynccontextmanager
    async def bucket_away(self) -> AsyncIterator[None]:
        assert self.cluster.gateway
        self.cluster.gateway.end()
        await asyncio.sleep(60)
        self.cluster.gateway.start()
        yield
        await asyncio.sleep(10)

    @asynccontextmanager
    async def proxy_restarted(self) -> AsyncIterator[None]:
        self.cluster.proxy.end(signal.SIGTERM)
        self.cluster.proxy.start()
        yield

    @asynccontextmanager
    async def disk_full(self) -> AsyncIterator[None]:
        filler = self.cluster.folder / "page-3" / "filler"
        try:
            with filler.open("wb") as file:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
        except OSError:
            """It is full."""
        yield
        filler.unlink()

    @asynccontextmanager
    async def replica_killed(self) -> AsyncIterator[None]:
        self.cluster.replicas[1].end()
        yield
        self.cluster.replicas[1].start()
        await asyncio.to_thread(self.cluster.replicas[1].wait)

    @asynccontextmanager
    async def clock_off(self) -> AsyncIterator[None]:
        yield

    async def before_clock_off(self) -> None:
        """The third process starts anew, ten minutes ahead."""
        [library] = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        page = self.cluster.pages[2]
        page.end(signal.SIGTERM)
        page.env |= {"LD_PRELOAD": str(library), "FAKETIME": "+10m", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        await self._back(2)

    async def after_clock_off(self) -> None:
        page = self.cluster.pages[2]
        page.end(signal.SIGTERM)
        for name in ("LD_PRELOAD", "FAKETIME"):
            del page.env[name]
        await self._back(2)


NAMES = {
    "SIGKILL of one process of three": "process_killed",
    "SIGTERM of one process of three": "process_told_to_end",
    "SIGKILL of the database, which starts again after 20 s": "database_killed",
    "The bucket is away for 60 s": "bucket_away",
    "The proxy is started anew": "proxy_restarted",
    "The disk of one process is full": "disk_full",
    "One replica of two is killed": "replica_killed",
    "The clock of one process is 10 minutes off": "clock_off",
}


async def measure(cluster: Cluster, name: str, runs: int = RUNS, jobs: int = JOBS, repaired: bool = True) -> Outcome:
    """One fault, with everything under way."""
    outcome, faults, key = Outcome(name), Faults(cluster, repaired), NAMES[name]
    await getattr(faults, f"before_{key}", _nothing)()
    image, video = await endpoints(cluster.url)
    asked_before = set(cluster.jobs())
    filmers = [Visitor(cluster.url) for _ in range(jobs)]
    painters = [Visitor(cluster.url) for _ in range(runs)]
    await asyncio.gather(*(visitor.load() for visitor in filmers + painters))
    filming = [asyncio.create_task(one.run(video, prompt="waves")) for one in filmers]
    await _until_under_way(filmers)
    painting = [asyncio.create_task(one.run_until_done(image, prompt="a boat", size="64x64")) for one in painters]
    await asyncio.sleep(LATENCY / 2)
    outcome.load = os.getloadavg()[0]
    began, over = time.time(), asyncio.Event()
    probing = asyncio.create_task(_probe(cluster.url, began, over))
    async with getattr(faults, key)():
        await asyncio.gather(*painting, *filming)
        states = await asyncio.gather(*(_last_state(one) for one in filmers))
    over.set()
    outcome.away = await probing
    await getattr(faults, f"after_{key}", _nothing)()
    outcome.jobs = Counter(states)
    asked = {id: job for id, job in cluster.jobs().items() if id not in asked_before}
    outcome.jobs_asked = len(asked)
    outcome.unseen = max([_longest_unseen(job["looks"], began) for job in asked.values()], default=0.0)
    for one in painters:
        outcome.done += one.done and not one.failed
        outcome.again += bool(one.done and one.failed)
        outcome.not_done += not one.done
        outcome.sentences.update(one.sentences)
        outcome.sentences["(the page loads itself anew)"] += one.cut
    kept = await asyncio.gather(*(_kept(one, one.done) for one in painters))
    outcome.kept = sum(min(here, one.done) for one, here in zip(painters, kept, strict=True))
    outcome.lost = sum(max(0, one.done - here) for one, here in zip(painters, kept, strict=True))
    filmed = await asyncio.gather(*(_kept(one, state == "done") for one, state in zip(filmers, states, strict=True)))
    outcome.kept += sum(filmed)
    outcome.lost += max(0, outcome.jobs["done"] - sum(filmed))
    await asyncio.gather(*(one.http.aclose() for one in filmers + painters))
    return outcome


async def _nothing() -> None: ...


async def _until_under_way(filmers: list[Visitor]) -> None:
    async with asyncio.timeout(60):
        for one in filmers:
            while await _state(one) != "in_progress":  # noqa: ASYNC110  # there is no event for it
                await asyncio.sleep(0.2)


async def _state(visitor: Visitor) -> str:
    """Of a visitor's one job; "" while it cannot be asked."""
    answer = await visitor.ask("/omni/jobs")
    return str(answer["jobs"][0]["state"]) if answer and answer["jobs"] else ""


async def _last_state(visitor: Visitor) -> str:
    """Of a visitor's one job; "lost" when it is not over in time."""
    until = time.monotonic() + OVER_WITHIN
    while time.monotonic() < until:
        if (state := await _state(visitor)) in OVER:
            return state
        await asyncio.sleep(0.5)
    return "lost"


async def _kept(visitor: Visitor, wanted: int) -> int:
    """How many results are in the history with their file, which may be written a moment later."""
    until = time.monotonic() + 30
    while True:
        here = await visitor.kept()
        if here >= wanted or time.monotonic() > until:
            return here
        await asyncio.sleep(1)


async def _probe(url: str, began: float, over: asyncio.Event) -> float:
    """Seconds from the beginning until newcomers have a page with a history again, each time they ask."""
    last_failure = began
    while not over.is_set():
        newcomer = Visitor(url)
        try:
            (await newcomer.http.head(url + "/", timeout=5)).raise_for_status()
            answer = (await newcomer.http.get(url + "/omni/history", timeout=10)).json()
            if answer.get("room") is None:  # the database cannot be read
                last_failure = time.time()
        except (httpx.HTTPError, ValueError):
            last_failure = time.time()
        await newcomer.http.aclose()
        await asyncio.sleep(0.5)
    return last_failure - began


def _longest_unseen(looks: list[float], began: float) -> float:
    times = sorted(look for look in looks if look > began - 5)
    return max((later - earlier for earlier, later in itertools.pairwise(times)), default=0.0)


def mounted(cluster: Cluster) -> Callable[[], None] | None:
    """Gives the third process a small disk of its own, before it starts; None where that is not allowed."""
    folder = cluster.folder / "page-3"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(folder)], capture_output=True)
    return (lambda: subprocess.run(["umount", "-l", str(folder)]) and None) if done.returncode == 0 else None


async def main(names: list[str], write: bool) -> None:
    outcomes: list[Outcome] = []
    with Cluster(pages=3, replicas=2, latency=LATENCY, video_seconds=VIDEO_SECONDS) as cluster:
        cluster.pages[2].end(signal.SIGTERM)
        unmount = mounted(cluster)
        cluster.pages[2].start()
        await asyncio.to_thread(cluster.pages[2].wait)
        try:
            for name in names or NAMES:
                if NAMES[name] == "disk_full" and not unmount:
                    continue
                outcome = await measure(cluster, name)
                outcomes.append(outcome)
                print(outcome.row(), flush=True)
                for sentence, number in outcome.sentences.most_common():
                    print(f"    {number} x {sentence}", flush=True)
        finally:
            if unmount:
                cluster.pages[2].end()
                unmount()
    if write:
        path = ROOT / "docs/deploying.md"
        table = "\n".join([HEAD, *(outcome.row() for outcome in outcomes)])
        text = path.read_text(encoding="utf-8")
        before, rest = text.split("<!-- faults -->\n")
        after = rest.partition("<!-- /faults -->")[2]
        path.write_text(f"{before}<!-- faults -->\n{table}\n<!-- /faults -->{after}", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(NAMES)}")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    short = {key: name for name, key in NAMES.items()}
    asyncio.run(main([short.get(name, name) for name in chosen.names], chosen.write))
