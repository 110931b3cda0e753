"""Packs the parts of a tab on their way to the browser: a tenth of their size. Gradio packs its scripts alone."""

import asyncio
import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWERS = "/gradio_api/run/predict"
"""Where the page gets the answers of events that do not wait in a line, each as one JSON body."""
SMALL = 8_000
"""Bytes up to which an answer goes out as it is."""


class PackedParts:
    """ASGI middleware: large JSON answers of events go out with gzip, where the browser takes it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packs = scope["type"] == "http" and scope["path"].endswith(ANSWERS)
        if not packs or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        start: list[Message] = []

        async def pack(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            if start:
                begin = start.pop()
                headers = MutableHeaders(raw=begin["headers"])
                whole = not message.get("more_body")
                if whole and len(message.get("body", b"")) > SMALL and "content-encoding" not in headers:
                    body = await asyncio.to_thread(gzip.compress, message["body"], 6)
                    headers.update({"Content-Encoding": "gzip", "Content-Length": str(len(body))})
                    headers.add_vary_header("Accept-Encoding")
                    message = {**message, "body": body}
                await send(begin)
            await send(message)

        await self.app(scope, receive, pack)
