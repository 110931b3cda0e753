"""The servers under test: one mode at a time, of the demo server or of the real one."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from omni_ui.demo import DemoServer

REAL = Path(__file__).resolve().parents[3] / "shared" / "real-server"
KEY = "a-key-for-tests"
LATENCY = 0.05
"""Seconds of every generation."""


@dataclass(frozen=True)
class Mode:
    """What the real server is started with, and the demo server that stands for the same model."""

    real: tuple[str, ...]
    demo: dict[str, Any]
    key: str | None = None
    voice: str = ""
    demo_voice: str = "ada"


MODES = {
    "image": Mode(("--mode", "image"), {"modes": ["image"]}),
    "edit": Mode(("--mode", "edit"), {"modes": ["edit"]}),
    "layered": Mode(("--mode", "layered"), {"modes": ["image"]}),
    "tts": Mode(("--mode", "tts"), {"modes": ["speech"], "task": "CustomVoice"}, voice="vivian"),
    "tts-base": Mode(("--mode", "tts", "--tts-variant", "Base"), {"modes": ["speech"], "task": "Base"}),
    "video": Mode(("--mode", "video"), {"modes": ["video"]}),
    "chat": Mode(("--mode", "chat"), {"modes": ["chat"]}, voice="Ethan"),
    "omni-image": Mode(("--mode", "omni-image"), {"modes": ["chat", "image", "edit"]}),
    "audio": Mode(("--mode", "audio"), {"modes": ["sound"]}, key=KEY),
}


@dataclass(frozen=True)
class Place:
    """A running server: kind is "demo" or "real"."""

    kind: str
    mode: str
    url: str

    @property
    def key(self) -> str | None:
        return MODES[self.mode].key

    @property
    def voice(self) -> str:
        return MODES[self.mode].voice if self.kind == "real" else MODES[self.mode].demo_voice


@contextlib.contextmanager
def demo_place(mode: str) -> Iterator[Place]:
    with DemoServer(**MODES[mode].demo, api_key=MODES[mode].key, latency=LATENCY, stub=True) as server:
        yield Place("demo", mode, server.url)


@contextlib.contextmanager
def real_place(mode: str, folder: Path) -> Iterator[Place]:
    """Starts the real server, waits until it is healthy (20 to 40 s), and ends it afterwards."""
    python = subprocess.run(["bash", str(REAL / "setup.sh")], check=True, capture_output=True, text=True).stdout.strip()
    port, known = _free_port(), MODES[mode]
    command = [python, str(REAL / "serve_real.py"), *known.real, "--port", str(port), "--latency", str(LATENCY)]
    command += ["--state-dir", str(folder), *(["--api-key", known.key] if known.key else [])]
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "NO_COLOR": "1"})
        try:
            _wait(f"http://127.0.0.1:{port}/health", server, folder / "log.txt")
            yield Place("real", mode, f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 110) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=2).status_code == 200:
                return
        if server.poll() is not None:
            break
        time.sleep(0.3)
    raise RuntimeError(f"The real server did not start:\n{log.read_text()[-3000:]}")
