"""The page's socket of one call, which a page that can may take up again when it was cut off.

Both sides count what they send and keep the last of it. A page that comes back says how many messages it has received
and hears how many have arrived here; each side then sends the rest once more, so that nothing is lost or said twice.
"""

import asyncio
import json
import secrets
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from fastapi import WebSocket, WebSocketDisconnect

from omni_ui.client.answers.valid_text import depth_of, read_json
from omni_ui.core.files import Json

SILENCE = 20.0
"""Seconds without anything from the page after which its line counts as cut; a muted page sends silence."""
GRACE = 30.0
"""Seconds for which a call waits for its page, as long as servers keep a session (client/live/duplex)."""
MOST_KEPT = 4 * 2**20
"""Bytes of what was sent that are kept: over a minute of an answer."""
UNREAD = 5.0
"""Seconds that a page may leave what is sent unread before its line counts as cut."""
ENDING = 5.0
"""Seconds that a new call waits until the one before it is written down."""
LEAVING = {1000, 1001, 1012}
"""Close codes of a page that leaves, and of an app that stops. A line that is cut has another one, mostly 1005."""

DEEPEST = 8
"""Lists and objects within each other in a message of the page, whose own have one."""

Take = Callable[[bytes | Json], Awaitable[bool]]
"""Takes a message of the page; False when it ends the call."""


def read_message(text: str) -> Json | None:
    """A message of the page; None for what is none, or is nested so deep that it cannot be read or would fail later."""
    with suppress(ValueError, RecursionError):
        message = read_json(text)
        if isinstance(message, dict) and depth_of(message) <= DEEPEST:
            return message
    return None


class PageLine:
    """Sends to the page and reads from it. `over` is there when the page has ended the call or is gone for good."""

    def __init__(self, resumes: bool) -> None:
        """resumes: whether the page knows how to take the call up again."""
        self.resumes = resumes
        self.token = secrets.token_urlsafe(24)
        self.received = 0
        """Messages of the page, those that belong to the line itself left out."""
        self._take: Take | None = None
        self._socket: WebSocket | None = None
        self._reader: asyncio.Task[None] | None = None
        self._left = asyncio.Event()
        self._kept: deque[str | bytes] = deque()
        self._first = self._next = self._size = 0
        self._sending = asyncio.Lock()
        self._waiting: asyncio.TimerHandle | None = None
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_cut(self) -> bool:
        """Whether the call waits for its page."""
        return self._socket is None and not self._over.done()

    async def over(self, take: Take) -> None:
        """Reads until the page ends the call or is gone for good. Raises what `take` raises."""
        self._take = take
        if self._socket:
            self._read_from(self._socket)
        await asyncio.shield(self._over)

    def give_up(self) -> None:
        """The call is over: nobody waits for its page any more."""
        self._stop()
        if not self._over.done():
            self._over.set_result(None)

    def open(self, socket: WebSocket) -> None:
        """The page's first socket, or the one with which it comes back."""
        self._stop()
        self._left = asyncio.Event()
        self._socket = socket
        if self._take:
            self._read_from(socket)

    async def resume(self, socket: WebSocket, received: object) -> None:
        """Continues over another socket with what the page has not received. Returns when that one is left."""
        before, left = self._socket, self._left
        async with self._sending:  # what is on its way over the old socket must not be counted as sent
            self.open(socket)
            left.set()
            count = received if isinstance(received, int) else self._next
            self._next = min(max(self._first, count), self._first + len(self._kept))
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_json({"type": "resumed", "received": self.received})
        left = self._left
        await self._flush()
        if before:
            with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
                await asyncio.wait_for(before.close(), 1)
        await left.wait()

    async def send_json(self, event: Json) -> None:
        await self._send(json.dumps(event, ensure_ascii=False, separators=(",", ":")))

    async def send_bytes(self, data: bytes) -> None:
        await self._send(data)

    async def close(self) -> None:
        """Lets the page go, once what was sent is with it."""
        if socket := self._socket:
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.close(1000)
        self._left.set()

    async def _send(self, message: str | bytes) -> None:
        self._kept.append(message)
        self._size += len(message)
        await self._flush()
        while self._size > MOST_KEPT:
            self._size -= len(self._kept.popleft())
            self._first += 1
        self._next = max(self._next, self._first)

    async def _flush(self) -> None:
        async with self._sending:
            while (socket := self._socket) and self._next < self._first + len(self._kept):
                message = self._kept[self._next - self._first]
                try:
                    async with asyncio.timeout(UNREAD):
                        await (socket.send_text(message) if isinstance(message, str) else socket.send_bytes(message))
                except (WebSocketDisconnect, RuntimeError, TimeoutError):
                    self._cut(socket)
                    return
                self._next += 1

    def _read_from(self, socket: WebSocket) -> None:
        self._reader = asyncio.create_task(self._read(socket))

    async def _read(self, socket: WebSocket) -> None:
        try:
            while True:
                message = await asyncio.wait_for(socket.receive(), SILENCE)
                if message["type"] == "websocket.disconnect":
                    break
                self.received += 1
                if not await self._pass_on(message.get("bytes"), message.get("text")):
                    self.give_up()
                    return
        except TimeoutError:
            self._cut(socket)
        except Exception as error:  # it is raised where the call is waited for
            if not self._over.done():
                self._over.set_exception(error)
        else:
            if message.get("code") in LEAVING:
                self.give_up()
            else:
                self._cut(socket)

    async def _pass_on(self, data: bytes | None, text: str | None) -> bool:
        assert self._take
        if data:
            return await self._take(data)
        event = read_message(text or "")
        return event is None or await self._take(event)

    def _cut(self, socket: WebSocket) -> None:
        """The line is cut: the call waits for its page, or is over."""
        if socket is not self._socket:
            return
        if not self.resumes:
            self.give_up()
            return
        self._socket = None
        self._left.set()
        self._waiting = asyncio.get_running_loop().call_later(GRACE, self.give_up)

    def _stop(self) -> None:
        if self._waiting:
            self._waiting.cancel()
        if self._reader and self._reader is not asyncio.current_task():
            self._reader.cancel()


class OpenCalls:
    """How many calls each visitor has, and the lines of those calls."""

    def __init__(self, most: int) -> None:
        """most: calls that one visitor may have at a time."""
        self._most = most
        self._count: Counter[str] = Counter()
        self._lines: dict[str, tuple[str, PageLine]] = {}
        self._changed = asyncio.Event()

    async def enter(self, caller: str) -> bool:
        """Whether a visitor may begin a call. One that waits for a page that is gone ends for it."""
        cut = [line for owner, line in self._lines.values() if owner == caller and line.is_cut]
        if self._count[caller] >= self._most and cut:
            cut[0].give_up()
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING):
                    while self._count[caller] >= self._most:
                        self._changed.clear()
                        await self._changed.wait()
        if self._count[caller] >= self._most:
            return False
        self._count[caller] += 1
        return True

    def leave(self, caller: str) -> None:
        self._count[caller] -= 1
        if not self._count[caller]:
            del self._count[caller]
        self._changed.set()

    @contextmanager
    def listed(self, caller: str, line: PageLine) -> Iterator[None]:
        """While this lasts the call's page may come back."""
        if line.resumes:
            self._lines[line.token] = (caller, line)
        try:
            yield
        finally:
            self._lines.pop(line.token, None)

    def find(self, caller: str, token: object) -> PageLine | None:
        """The line of a visitor's own call; None for any other, and for one that is over."""
        owner, line = self._lines.get(token, ("", None)) if isinstance(token, str) else ("", None)
        return line if owner == caller else None
