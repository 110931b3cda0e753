"""The connection by which a page tells that it is open, held in little memory.

Gradio answers it with a stream: for each open page two tasks, a timer, a group of tasks, and what its routing keeps of
a request. Here it is one coroutine that waits. When the page leaves, Gradio is shown the same request, with a page that
leaves at once: so it ends what it has of the session as it always did.
"""

import asyncio
import re

from gradio import utils
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEARTBEAT = re.compile(r"/gradio_api/heartbeat/([^/]+)/?$")
ALIVE = b"data: ALIVE\n\n"
"""As Gradio writes it."""
RATE = utils.get_heartbeat_rate()
"""Seconds between two signs of life to an open page: GRADIO_HEARTBEAT_INTERVAL, or 15."""
HEADERS = ((b"content-type", b"text/event-stream; charset=utf-8"),)


class Heartbeat:
    """ASGI middleware, the last one before Gradio. seconds: between two signs of life."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not HEARTBEAT.search(scope["path"]):
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        while await self._stays(receive, send):
            pass
        await self._leave(scope)

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
