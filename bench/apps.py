"""The three programs of a benchmark, each in a process of its own on loopback: the server, plain Gradio, Omni UI."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]


@dataclass
class Program:
    """A running program: its address, its process id, and the seconds from its start to its first answer."""

    name: str
    url: str
    process: subprocess.Popen
    started_in: float

    @property
    def pid(self) -> int:
        return self.process.pid

    def memory(self) -> int:
        """Resident bytes."""
        fields = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds of processor time since its start."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def started(name: str, command: list[str], port: int, probe: str, **env: str) -> Iterator[Program]:
    """Runs a program until the block ends; waits for its first 200."""
    url = f"http://127.0.0.1:{port}"
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OMNI_", "GRADIO_", "SPACE_"))}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=clean | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(url + probe, timeout=5).status_code == 200:
                    break
            if process.poll() is not None or time.perf_counter() - began > 90:
                raise RuntimeError(f"{name} did not start")
            time.sleep(0.02)
        yield Program(name, url, process, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def server() -> Any:
    port = free_port()
    return started("server", [sys.executable, "-m", "bench.server", "--port", str(port)], port, "/health")


def baseline(server_url: str) -> Any:
    port = free_port()
    command = [sys.executable, "-m", "bench.baseline", "--port", str(port), "--server", server_url]
    return started("plain Gradio", command, port, "/", GRADIO_ANALYTICS_ENABLED="False")


def empty(*options: str) -> Any:
    port = free_port()
    command = [sys.executable, "-m", "bench.empty", "--port", str(port), *options]
    return started("a field", command, port, "/", GRADIO_ANALYTICS_ENABLED="False")


def omni(server_url: str, **env: str) -> Any:
    port = free_port()
    return started(
        "Omni UI", [sys.executable, "app.py"], port, "/", OMNI_BASE_URL=server_url, OMNI_PORT=str(port), **env
    )
