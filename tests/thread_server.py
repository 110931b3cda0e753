"""An app that is served in a thread of the test, on a free port."""

import threading
import time
from typing import Any

import uvicorn
from starlette.types import ASGIApp


class ThreadServer:
    """The base of servers for tests: what is given to `serve` runs until the `with` ends."""

    port = 0
    """Where it listens; 0 takes a free port, and becomes its number when it answers."""

    def serve(self, app: ASGIApp, **options: Any) -> None:
        """Starts it, and waits until it answers. options: further settings of uvicorn."""
        self._server = uvicorn.Server(uvicorn.Config(app, port=self.port, **({"log_level": "error"} | options)))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"
