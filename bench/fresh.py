"""From nothing to a picture: `python -m bench.fresh` makes an empty environment, installs the package, and asks for one
picture by the command line, by a tool for agents and by the page. Then the page's start with and without agents, in
turns. Prints seconds, and what stands in docs: ratios of this one run.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.fakes import free_port

ROOT = Path(__file__).parents[1]
ROUNDS = 5
WITHIN = 120.0
"""Seconds for a program to answer."""
ASK = {
    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {"name": "image", "arguments": {"prompt": "a red fox", "size": "256x256", "seed": 7}},
}  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


class Fresh:
    """An environment in a folder, with what is started there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "venv" / "bin"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNI_", "PYTHON"))}
        self.env = clean | {"OMNI_DATA_DIR": str(folder / "data")}

    def run(self, *words: str, **env: str) -> None:
        subprocess.run(words, cwd=self.folder, env=self.env | env, check=True, stdout=subprocess.DEVNULL)

    def install(self) -> None:
        self.run(sys.executable, "-m", "venv", str(self.folder / "venv"))
        self.run(
            str(self.bin / "pip"), "install", "--quiet", "--quiet", "--disable-pip-version-check", f"{ROOT}[demo,mcp]"
        )

    def start(self, *words: str, address: str, **env: str) -> subprocess.Popen[bytes]:
        """The program, once something answers at `address`."""
        program = subprocess.Popen(words, cwd=self.folder, env=self.env | env, stdout=subprocess.DEVNULL)
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(address, timeout=20).close()
                return program
            except OSError:
                time.sleep(0.02)
        program.kill()
        raise AssertionError(f"{words[0]} did not answer within {WITHIN:.0f} s")

    def page(self, port: int, server: str, *, agents: bool) -> subprocess.Popen[bytes]:
        return self.start(
            str(self.bin / "omni-ui"),
            address=f"http://127.0.0.1:{port}/",
            OMNI_PORT=str(port),
            OMNI_BASE_URL=server,
            OMNI_MCP=str(agents).lower(),
        )


def by_agent(port: int) -> None:
    """One call of a tool, as an MCP client sends it."""
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/gradio_api/mcp", data=json.dumps(ASK).encode(), headers=headers
    )
    with urllib.request.urlopen(request, timeout=WITHIN) as answer:
        assert b'"image/png"' in answer.read()


def by_page(fresh: Fresh, port: int) -> None:
    """The page's own endpoint, as its Run button calls it, by Gradio's client."""
    code = (
        "from gradio_client import Client\n"
        f"Client('http://127.0.0.1:{port}', verbose=False).predict("
        "prompt='a red fox', size='256x256', seed=7, api_name='/image')"
    )
    fresh.run(str(fresh.bin / "python"), "-c", code)


def starts(fresh: Fresh, server: str) -> dict[str, list[float]]:
    """Seconds to the first answer of the page, without and with agents, in turns."""
    times: dict[str, list[float]] = {"off": [], "on": []}
    for _ in range(ROUNDS):
        for name, taken in times.items():
            port, began = free_port(), time.monotonic()
            page = fresh.page(port, server, agents=name == "on")
            taken.append(time.monotonic() - began)
            page.terminate()
            page.wait()
    return times


def main() -> None:
    """Prints all figures of one run."""
    with tempfile.TemporaryDirectory(prefix="omni-fresh-") as folder:
        fresh = Fresh(Path(folder))
        rows = {"pip install, with its environment": seconds(fresh.install)}
        demo_port, port = free_port(), free_port()
        server = f"http://127.0.0.1:{demo_port}"
        began = time.monotonic()
        demo = fresh.start(
            str(fresh.bin / "omni"), "demo", "--port", str(demo_port), address=f"{server}/health"
        )  # fmt: skip
        rows["omni demo, until it answers"] = time.monotonic() - began
        picture = [
            str(fresh.bin / "omni"),
            "--server",
            server,
            "image",
            "a red fox",
            "--size",
            "256x256",
            "-o",
            "a.png",
        ]
        rows["a picture by the command line"] = seconds(lambda: fresh.run(*picture))
        began = time.monotonic()
        page = fresh.page(port, server, agents=True)
        rows["the page, until it answers"] = time.monotonic() - began
        rows["a picture by an agent, the first call"] = seconds(lambda: by_agent(port))
        rows["a picture by an agent, the next"] = seconds(lambda: by_agent(port))
        rows["a picture by the page's endpoint, client included"] = seconds(lambda: by_page(fresh, port))
        page.terminate()
        page.wait()
        times = starts(fresh, server)
        demo.terminate()
        demo.wait()
    for name, taken in rows.items():
        print(f"{taken:7.2f} s  {name}")
    off, on = (statistics.median(times[name]) for name in ("off", "on"))
    print(f"{off:7.2f} s  start of the page, agents off (median of {ROUNDS})")
    print(f"{on:7.2f} s  start of the page, agents on; on / off {on / off:.2f}")


if __name__ == "__main__":
    main()
