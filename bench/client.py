"""The client beside the official openai SDK on the same work: CPU time and peak memory. `python -m bench.client`.

Each measurement is a process of its own that has listed the models. Peak memory is the highest resident size during its
first call above what was there before (VmHWM of Linux, reset before). CPU time is the process's own (user and system)
of the calls after that, the server's is not in it. Ratios of one run are what counts; `--write` puts them here into
bench/README.md.
"""

import argparse
import asyncio
import base64
import gc
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import uvloop

from tests.fakes import free_port

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- client -->", "<!-- /client -->"
WORK = {"picture": 20, "stream": 10, "video": 1}
"""What is measured, and how many calls one measurement makes."""
AIMS = {"picture": (0.5, 0.3), "stream": (0.7, None), "video": (0.5, 0.3)}
"""Ours divided by the SDK's: CPU time, peak memory."""
LABELS = {
    "picture": "picture of 1024x1024 out of JSON, as bytes",
    "stream": "chat of 2,000 chunks, as text",
    "video": "video of 200 MB, as a file",
}
ROUNDS = 5
ASKED = [{"role": "user", "content": "Hello"}]


async def _ours(url: str, work: str, folder: Path) -> Callable[[], Awaitable[int]]:
    from omni_ui.client import ChatRequest, ImageRequest, OmniClient, TextDelta

    omni = OmniClient(url)
    await omni.capabilities()

    async def picture() -> int:
        return len((await omni.images(ImageRequest(prompt="a fox"))).pictures[0].data)

    async def stream() -> int:
        return sum(
            [len(event.text) async for event in omni.chat(ChatRequest(messages=ASKED)) if type(event) is TextDelta]
        )

    async def video() -> int:
        return await omni.video_content("video_1", folder / "out.mp4")

    return {"picture": picture, "stream": stream, "video": video}[work]


async def _sdk(url: str, work: str, folder: Path) -> Callable[[], Awaitable[int]]:
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=url + "/v1", api_key="none")
    await client.models.list()

    async def picture() -> int:
        made = await client.images.generate(prompt="a fox", model="m")
        return len(base64.b64decode(made.data[0].b64_json))

    async def stream() -> int:
        chunks = await client.chat.completions.create(model="m", messages=ASKED, stream=True)
        return sum([len(chunk.choices[0].delta.content or "") async for chunk in chunks])

    async def video() -> int:
        content = await client.videos.download_content("video_1")
        content.write_to_file(folder / "out.mp4")
        return (folder / "out.mp4").stat().st_size

    return {"picture": picture, "stream": stream, "video": video}[work]


def _resident(name: str) -> int:
    """VmRSS or VmHWM in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


async def _measure(who: str, url: str, work: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        call = await (_ours if who == "ours" else _sdk)(url, work, Path(folder))
        gc.collect()
        before = _peak_from_here()
        size = await call()
        memory = max(0, _resident("VmHWM") - before)
        began = time.process_time()
        for _ in range(WORK[work]):
            assert await call() == size
        return {"cpu": (time.process_time() - began) / WORK[work], "memory": memory, "size": size}


def _peak_from_here() -> int:
    """Begins to watch the peak anew (proc(5), clear_refs); the resident bytes now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _resident("VmRSS")


def _child(who: str, url: str, work: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.client", "--child", who, url, work]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run() -> str:
    """Markdown: a row for each kind of work."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([sys.executable, "-m", "bench.client_server", str(port)])
    try:
        time.sleep(2)
        rows = [
            "| work | CPU, openai SDK | CPU, ours | ratio (aim) | memory, openai SDK | memory, ours | ratio (aim) |",
            "| --- " * 7 + "|",
        ]
        for work in WORK:
            seen = {who: [] for who in ("ours", "sdk")}
            for _ in range(ROUNDS):
                for who, results in seen.items():
                    results.append(_child(who, url, work))
            rows.append(_row(work, seen))
    finally:
        server.terminate()
        server.wait()
    facts = ", ".join(f"{name} {version(name)}" for name in ("openai", "httpx", "pydantic"))
    return "\n".join(
        [*rows, "", f"Medians of {ROUNDS} rounds in one run, {date.today()}, {platform.machine()}, {facts}."]
    )


def _row(work: str, seen: dict[str, list[dict[str, float]]]) -> str:
    sizes = {result["size"] for results in seen.values() for result in results}
    assert work == "picture" or len(sizes) == 1, sizes  # the same work

    def median(who: str, what: str) -> float:
        return statistics.median(result[what] for result in seen[who])

    cells = [LABELS[work]]
    for what, unit, scale, aim in (("cpu", "ms", 1e3, AIMS[work][0]), ("memory", "MB", 1e-6, AIMS[work][1])):
        sdk, ours = median("sdk", what), median("ours", what)
        ratio = ours / sdk if sdk else float("nan")
        verdict = "" if aim is None else f" (at most {aim}): {'met' if ratio <= aim else '**missed**'}"
        cells += [f"{sdk * scale:.1f} {unit}", f"{ours * scale:.1f} {unit}", f"{ratio:.2f}{verdict}"]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument("--child", nargs=3, metavar=("WHO", "URL", "WORK"))
    options = parser.parse_args()
    if options.child:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            print(json.dumps(runner.run(_measure(*options.child))))
        return
    table = run()
    print(table)
    if options.write:
        before, _, rest = README.read_text().partition(BEGIN)
        README.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
