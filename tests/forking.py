"""Apps as copies of one process that has imported everything: each starts in a second, in place of six to ten.

`python -m tests.forking` imports what the app needs, says READY, and then for each line of JSON becomes one more app by
`fork`: with the environment of the line, and nothing else of this process but its modules. It answers with the pid.
What is read from the environment at import (Gradio's settings, SPACE_ID) cannot be changed that way: for a test of it
tests/running.py starts a process of its own.
"""

import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from tests import waiting_tasks

ROOT = Path(__file__).parents[1]


def _is_possible() -> bool:
    """Whether this system can wait for a copy; Python may know how, and the kernel refuse it."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


POSSIBLE = _is_possible()
SETTINGS = "OMNI_"
"""How the names of settings begin that are read when the app starts."""
AT_IMPORT = {"OMNI_LOG"}
"""Those of them that are read before."""
OF_NO_MATTER = {"PYTEST_CURRENT_TEST", "HF_HUB_DISABLE_TELEMETRY"}
"""What changes in a process of tests; each app of Gradio sets the second, also one that a test makes in its process."""
USED_AT_START = ("omni_ui.demo.server", "uvicorn.lifespan.on", "uvicorn.loops.uvloop", "uvicorn.protocols.http.auto",
                 "uvicorn.protocols.websockets.auto", "anyio._backends._asyncio")  # fmt: skip
"""What the app imports while it starts; a copy would do so each time."""


def fixed(environment: dict[str, str]) -> dict[str, str]:
    """The part of the environment that a copy shares with the process that it is a copy of."""
    kept = {name: value for name, value in environment.items() if name in AT_IMPORT or not name.startswith(SETTINGS)}
    return {name: value for name, value in kept.items() if name not in OF_NO_MATTER}


class Forked:
    """An app as a copy; its methods are those of subprocess.Popen."""

    def __init__(self, source: "Source", pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._source = source
        self._end = os.pidfd_open(pid)  # the process that it is a copy of keeps the number until `reap`

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has."""
        ended = self._ended(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("the forked app", timeout or 0)
        return ended

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._end, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, within: float | None) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], within)[0]:
            self.returncode = self._source.ask({"reap": self.pid})
            os.close(self._end)
        return self.returncode


class Source:
    """The process of which apps are copies, with this environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.fixed = fixed(environment)
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"],
            cwd=ROOT,
            env=self.fixed | {"OPENBLAS_NUM_THREADS": "1"},  # numpy's threads would not be in the copy
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "READY"

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that starts apps has ended")
        return json.loads(line)

    def ask(self, order: dict[str, Any]) -> int:
        assert self._process.stdin
        with self._turn:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return self._answer()

    def start(self, environment: dict[str, str], said: Path) -> Forked:
        """A new app; what it says is added to that file."""
        return Forked(self, self.ask({"environment": environment, "said": str(said)}))


_sources: list[Source] = []


def source(environment: dict[str, str]) -> Source:
    """One for each process of tests, with the environment of the first call. Its apps end with it."""
    if not _sources:
        _sources.append(Source(environment))
    return _sources[0]


def _import_all() -> None:
    """As entry.py does it, and what the app imports later."""
    gc.disable()
    from omni_ui.app.gradio_private.lean_import import import_gradio

    import_gradio()
    from omni_ui import tabs

    import_module("omni_ui.app.starting.serve")
    for module in iter_modules(tabs.__path__, "omni_ui.tabs."):
        import_module(module.name)
    for name in USED_AT_START:
        import_module(name)
    threads = len(os.listdir("/proc/self/task"))
    assert threads == 1, f"{threads} threads, of which a copy has one: something that is imported starts the others"
    gc.freeze()


def _tell(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def _copies() -> dict[str, Any] | None:
    """Makes copies until nobody asks any more: None. In a copy, what was ordered."""
    running: set[int] = set()
    _tell("READY")
    for line in sys.stdin:
        order = json.loads(line)
        if pid := order.get("reap"):
            running.discard(pid)
            _tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            continue
        pid = os.fork()
        if pid == 0:
            return order
        running.add(pid)
        _tell(pid)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    return None


def _become(order: dict[str, Any]) -> None:
    """What a process of its own would find: its environment, and nothing of the pipes."""
    os.environ.clear()
    os.environ.update(order["environment"])
    said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, its in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(ours, its)
    os.close(said)
    os.close(nothing)
    sys.argv = ["app.py"]


if __name__ == "__main__":
    _import_all()
    if (order := _copies()) is not None:
        _become(order)
        waiting_tasks.install()
        from omni_ui.app.starting.serve import main

        main()
