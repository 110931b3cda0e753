"""Server push: values go to a script of an open page at once, over the connection by which it tells that it is open.

An update of an event goes through Gradio's queue, all of its outputs and the page's tree of components, and waits until
the page has asked for the event's own stream. What a visitor waits for, such as the first word of an answer, comes this
way (core/js/components.js receives it); Gradio's last update of the run then holds the whole result, as for programs.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import orjson

from omni_ui.core.serving.fresh_files import FreshFiles

Write = Callable[[bytes], Awaitable[None]]
MOST = 4_000_000
"""Bytes that may wait for a page that does not read: then it gets nothing more this way."""


class PushLine:
    """The connection of one open page. Messages leave in their order; nothing waits for a slow page."""

    __slots__ = ("_size", "_task", "_waiting", "_write", "works")

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._task: asyncio.Task[None] | None = None
        self.works = True

    def send(self, message: bytes) -> None:
        """Hands on one event of the stream. Call it in the event loop."""
        self._waiting.append(message)
        self._size += len(message)
        self.works = self._size <= MOST
        if self._task is None:
            self._task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._waiting and self.works:
                message = b"".join(self._waiting)
                self._waiting.clear()
                await self._write(message)
                self._size -= len(message)
        except OSError:  # the page has left
            self.works = False
        finally:
            self._task = None


class OpenPages:
    """The open pages that take pushed values, by Gradio's session."""

    def __init__(self) -> None:
        self._lines: dict[str, PushLine] = {}
        self.files = FreshFiles()
        """Files that pages were told of before they are written."""

    @contextmanager
    def open(self, session: str, write: Write) -> Iterator[None]:
        """A page is there as long as the block runs."""
        line = self._lines[session] = PushLine(write)
        try:
            yield
        finally:
            line.works = False
            if self._lines.get(session) is line:
                del self._lines[session]

    def is_open(self, session: str | None) -> bool:
        """Whether that page holds its connection and reads what comes by it."""
        line = self._lines.get(session or "")
        return line is not None and line.works

    def push(self, session: str | None, target: str, value: object) -> bool:
        """Sends a value to the script that receives `target`; False when there is no such page, or it reads nothing."""
        line = self._lines.get(session or "")
        if line is None or not line.works:
            return False
        line.send(b"data: " + orjson.dumps({"to": target, "value": value}) + b"\n\n")
        return True
