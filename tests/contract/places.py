"""The servers under test: one mode at a time, of the demo server or of the real one."""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from omni_ui.demo import DemoServer

REAL = Path(os.environ.get("REAL_SERVER") or Path(__file__).resolve().parents[3] / "shared" / "real-server")
VERSIONS = REAL / "versions"
NEWEST = "0.30.0"
OLDER = ("0.28.0", "0.26.0", "0.24.0", "0.22.0", "0.20.0")
KEY = "a-key-for-tests"
LATENCY = 0.05
"""Seconds of every generation."""


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared."""
    return tuple(int(part) for part in version.split(".")[:2])


@dataclass(frozen=True)
class Mode:
    """What the real server is started with, and the demo server that stands for the same model."""

    real: tuple[str, ...]
    demo: dict[str, Any]
    key: str | None = None
    voice: str = ""
    demo_voice: str = "ada"
    newest_only: bool = False
    """The stub server of the older versions cannot pretend to be this model."""
    own_cases_only: bool = False
    """The server of another mode with another model: what holds for every server is tried there."""


MODES = {
    "image": Mode(("--mode", "image"), {"modes": ["image"]}),
    "edit": Mode(("--mode", "edit"), {"modes": ["edit"]}),
    "layered": Mode(("--mode", "layered"), {"modes": ["image"]}),
    "tts": Mode(("--mode", "tts"), {"modes": ["speech"], "task": "CustomVoice"}, voice="vivian"),
    "tts-base": Mode(("--mode", "tts", "--tts-variant", "Base"), {"modes": ["speech"], "task": "Base"}),
    "tts-words": Mode(
        ("--mode", "tts", "--forced-aligner", "stub/aligner"),
        {"modes": ["speech"], "task": "CustomVoice", "aligner": True},
        newest_only=True,
    ),
    "video": Mode(("--mode", "video"), {"modes": ["video"]}),
    "chat": Mode(("--mode", "chat"), {"modes": ["chat"]}, voice="Ethan"),
    "duplex": Mode(("--mode", "duplex"), {"modes": ["chat"]}, newest_only=True),
    "omni-image": Mode(("--mode", "omni-image"), {"modes": ["chat", "image", "edit"]}),
    "audio": Mode(("--mode", "audio"), {"modes": ["sound"]}, key=KEY),
    "asr": Mode(("--mode", "asr"), {"modes": ["chat"]}, newest_only=True),
    "two-speakers": Mode(
        ("--mode", "tts", "--tts-model", "moss-ttsd"),
        {"modes": ["speech"], "task": "Base"},
        newest_only=True,
        own_cases_only=True,
    ),
    # Whatever a person gives it is offered and sent: nobody knows this model.
    "unknown-video": Mode(
        ("--mode", "video", "--model", "acme/video-maker"), {"modes": ["video"]}, newest_only=True, own_cases_only=True
    ),
    "references": Mode(
        ("--mode", "video", "--model", "MiniMaxAI/MiniMax-H3", "--model-class", "MiniMaxH3Pipeline"),
        {"modes": ["video"]},
        newest_only=True,
        own_cases_only=True,
    ),
    "song": Mode(("--mode", "tts", "--tts-model", "minimax-music3"), {"modes": ["speech", "sound"]}, newest_only=True),
    "effect": Mode(
        ("--mode", "tts", "--tts-model", "moss-sound-effect"), {"modes": ["speech", "sound"]}, newest_only=True
    ),
}


@dataclass(frozen=True)
class Place:
    """A running server: kind is "demo" or "real"; version is that of vLLM-Omni."""

    kind: str
    mode: str
    url: str
    version: str = NEWEST

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


class Zygote:
    """One import of torch and vLLM-Omni for the servers of all modes: 3 s for each, in place of 20 to 40.

    Prints READY when it can take lines "LOG ARGS…" and then the pid of the server that each becomes (zygote.py).
    """

    def __init__(self, version: str, folder: Path) -> None:
        self.version, self.folder = version, folder
        setup = ["bash", str(VERSIONS / "setup.sh"), version]
        python = subprocess.run(setup, check=True, capture_output=True, text=True).stdout.split()[-1]
        self._errors = (folder / "zygote.txt").open("w")
        self._process = subprocess.Popen(
            [python, *self._script(version)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )
        self._line(lambda line: line.strip() == "READY")

    @staticmethod
    def _script(version: str) -> list[str]:
        """The newest version's server has more modes than the one for all versions, so it takes that one's place."""
        zygote = str(VERSIONS / "zygote.py")
        if version != NEWEST:
            return [zygote]
        lines = [
            "import runpy, sys",
            f"sys.path.insert(0, {str(REAL)!r})",
            "import serve_real",
            "serve_real.compat_platform = getattr(serve_real, 'compat_platform', lambda: None)",
            f"runpy.run_path({zygote!r}, run_name='__main__')",
        ]
        return ["-c", "; ".join(lines)]

    def start(self, arguments: list[str], log: Path) -> int:
        """The process id of a new server; what it says goes into `log`."""
        assert self._process.stdin
        self._process.stdin.write(shlex.join([str(log), *arguments]) + "\n")
        self._process.stdin.flush()
        return int(self._line(lambda line: line.split(" ")[0].isdecimal() and "--mode" in line).split()[0])

    def _line(self, wanted: Callable[[str], bool]) -> str:
        assert self._process.stdout
        for line in self._process.stdout:
            if wanted(line):
                return line
        self._errors.flush()
        raise RuntimeError(
            f"vLLM-Omni {self.version} did not start:\n{(self.folder / 'zygote.txt').read_text()[-3000:]}"
        )

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._errors.close()


@contextlib.contextmanager
def real_place(mode: str, folder: Path, zygote: Zygote) -> Iterator[Place]:
    """Starts the real server, waits until it is healthy and of the version that is meant, and ends it afterwards.

    Up to 0.24 a server starts without an error on a port in use, so another one could answer.
    """
    port, known = _free_port(), MODES[mode]
    arguments = [*known.real, "--port", str(port), "--latency", str(LATENCY), "--state-dir", str(folder)]
    log, url = folder / "log.txt", f"http://127.0.0.1:{port}"
    pid = zygote.start([*arguments, *(["--api-key", known.key] if known.key else [])], log)
    try:
        _wait(f"{url}/health", pid, log)
        version = httpx.get(f"{url}/version", timeout=10).json()["version"]
        if version != zygote.version:
            raise RuntimeError(f"A server of {version} answers at {url}, and {zygote.version} was started.")
        yield Place("real", mode, url, version)
    finally:
        _end(pid)


def _end(pid: int) -> None:
    for number, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        end = time.monotonic() + seconds
        while _lives(pid) and time.monotonic() < end:
            time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, pid: int, log: Path, seconds: float = 110) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=2).status_code == 200:
                return
        if not _lives(pid):
            break
        time.sleep(0.3)
    raise RuntimeError(f"The real server did not start:\n{log.read_text()[-3000:]}")
