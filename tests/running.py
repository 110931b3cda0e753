"""Starts the app as a person would, in a process of its own."""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests import forking, waiting_tasks
from tests.fakes import OmniServer, free_port

ROOT = Path(__file__).parents[1]
PUBLIC = bool(os.environ.get("TEST_PUBLIC"))
"""Whether each app is a public page, unless its test says otherwise: `TEST_PUBLIC=1 pytest tests/browser`."""
MOST_SAID = 6000
"""Characters in a report."""
private_only = pytest.mark.skipif(PUBLIC, reason="a public page does not offer this")
"""For a test of what only a private page has."""


class App:
    """`with App(OMNI_BASE_URL=…) as app:` serves the page at `app.url` until the block ends.

    constants: values for constants of the app's modules, such as "omni_ui.core.serving.fresh_files:KEPT=0.5", where a
    test would wait for a clock (tests/app_with_constants.py).
    In tests the app is a copy of a process that has imported everything (tests/forking.py), unless what it is given is
    read at import.
    """

    def __init__(self, wait: bool = True, constants: Sequence[str] = (), **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        theirs = ("OMNI_", "SPACE_ID", "GRADIO_")  # an app in this process sets the last for itself
        self._clean = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
        self._folder = tempfile.TemporaryDirectory(prefix="omni-test-", ignore_cleanup_errors=True)
        # TEST_PUBLIC=1: all journeys on a page as strangers meet it. Settings of a test beat it.
        public = {"OMNI_PUBLIC": "true"} if os.environ.get("TEST_PUBLIC") else {}
        self.env = self._clean | {"OMNI_PORT": str(self.port), "OMNI_DATA_DIR": self._folder.name} | public | settings
        self.wait = wait
        self.program = ["-m", "tests.app_with_constants", *constants] if constants else ["app.py"]

    def start(self) -> "App":
        # Into a file: a pipe that nobody reads would stop an app that says much.
        self._said = Path(self._folder.name, "said.txt")
        self.process = self._process()
        until = time.monotonic() + 120
        while self.wait and not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the app did not start:\n{self.stop()}")
            time.sleep(0.05)
        return self

    def _process(self) -> subprocess.Popen[bytes] | forking.Forked:
        if forking.POSSIBLE and os.environ.get("PYTEST_VERSION") and self.program == ["app.py"]:
            source = forking.source(self._clean)
            if forking.fixed(self.env) == source.fixed:
                return source.start(self.env, self._said)
        with self._said.open("ab") as said:
            return subprocess.Popen(
                [sys.executable, *self.program], cwd=ROOT, env=self.env, stdout=said, stderr=subprocess.STDOUT
            )

    def _answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/health")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def tell_tasks(self) -> str:
        """The end of what it printed, with what each of its tasks waits for; for the report of a test that failed."""
        if isinstance(self.process, forking.Forked):
            self.process.send_signal(waiting_tasks.SIGNAL)
            time.sleep(0.5)
        return self._said.read_text(encoding="utf-8", errors="replace")[-MOST_SAID:]

    def stop(self) -> str:
        """Ends the app; what it printed."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self._said.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """Ends the app as a crash does. It can be started again, with the same data."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "App":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.output = self.stop()


def served_by(server: OmniServer, **settings: str) -> Iterator[OmniServer]:
    """The server with its page at `server.app.url`, for `yield from` in a fixture."""
    with server, App(OMNI_BASE_URL=server.url, **settings) as app:
        server.app = app
        yield server
