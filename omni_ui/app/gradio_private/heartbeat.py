"""The connection by which a page tells that it is open, held in little memory.

Gradio answers it with a stream: for each open page two tasks, a timer, a group of tasks, and what its routing keeps of
a request. Here it is one coroutine that waits. When the page leaves, Gradio is shown the same request, with a page that
leaves at once: so it ends what it has of the session as it always did.

A page whose script says so (`take_pushes` in script_files.py) gets pushed values over the same connection.
"""

import asyncio
import re
from contextlib import AbstractContextManager, nullcontext

from gradio import utils
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omni_ui.core.serving.page_push import OpenPages

HEARTBEAT = re.compile(r"/gradio_api/heartbeat/([^/]+)/?$")
ALIVE = b"data: ALIVE\n\n"
"""As Gradio writes it."""
RATE = utils.get_heartbeat_rate()
"""Seconds between two signs of life to an open page: GRADIO_HEARTBEAT_INTERVAL, or 15."""
PUSHES = b"pushes=1"
"""The query of a page that takes pushed values."""
HEADERS = ((b"content-type", b"text/event-stream; charset=utf-8"),)


class Heartbeat:
    """ASGI middleware, the last one before Gradio. seconds: between two signs of life."""

    def __init__(self, app: ASGIApp, seconds: float, pages: OpenPages) -> None:
        self.app = app
        self._seconds = seconds
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        beat = HEARTBEAT.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if not beat:
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        with self._pushing(beat[1], scope, send):
            while await self._stays(receive, send):
                pass
        await self._leave(scope)

    def _pushing(self, session: str, scope: Scope, send: Send) -> AbstractContextManager[None]:
        if scope.get("query_string") != PUSHES:
            return nullcontext()

        async def write(events: bytes) -> None:
            await send({"type": "http.response.body", "body": events, "more_body": True})

        return self._pages.open(session, write)

    async def _stays(self, receive: Receive, send: Send) -> bool:
        """Gives a sign of life; whether the page is still there when it is time for the next one."""
        await send({"type": "http.response.body", "body": ALIVE, "more_body": True})
        try:
            async with asyncio.timeout(self._seconds):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return True
        return False

    async def _leave(self, scope: Scope) -> None:
        """Lets Gradio begin its own stream, and leaves when it has written something."""
        begun = asyncio.Event()

        async def take(message: Message) -> None:
            if message["type"] == "http.response.body":
                begun.set()

        async def left() -> Message:
            await begun.wait()
            return {"type": "http.disconnect"}

        await self.app(scope, left, take)
