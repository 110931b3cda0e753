"""The page itself, made and packed once: Gradio writes a megabyte anew for each visit, and sends it unpacked.

What it writes depends on nothing but the address by which a visitor comes. Packed it is an eighth of that, and a
visitor who has it already is told so (304).
"""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
"""Headers that tell Gradio by which address the visitor comes."""
KEPT = 16
"""Addresses for which the page is kept; the one that was not asked for the longest goes first."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class Packed:
    """The page of one address. body: with gzip."""

    body: bytes
    mark: str


class FrontPage:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, root_path: str = "") -> None:
        self.app = app
        self._places = ("", root_path.rstrip("/"))
        self._pages: OrderedDict[Key, Packed] = OrderedDict()
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] == "GET" and scope["path"].rstrip("/") in self._places
        headers = Headers(scope=scope) if asked else Headers()
        if not asked or "gzip" not in headers.get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        key = (scope["scheme"], scope["path"], scope["query_string"].decode("latin-1"))
        key += tuple(headers.get(name, "") for name in ADDRESS)
        async with self._making:  # of many who come at once, the first one makes it
            made = self._pages.get(key) or await self._make(scope, receive)
        if isinstance(made, Packed):
            self._pages[key] = made
            self._pages.move_to_end(key)
            while len(self._pages) > KEPT:
                self._pages.popitem(last=False)
            await _answer(made, headers)(scope, receive, send)
            return
        for message in made:
            await send(message)

    async def _make(self, scope: Scope, receive: Receive) -> Packed | list[Message]:
        """The page, or whatever else the app answers."""
        messages: list[Message] = []

        async def take(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, take)
        start = messages[0]
        headers = Headers(raw=start["headers"])
        is_page = start["status"] == 200 and headers.get("content-type", "").startswith("text/html")
        if not is_page or "set-cookie" in headers or "content-encoding" in headers:
            return messages
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return await asyncio.to_thread(_pack, body)


def _pack(body: bytes) -> Packed:
    return Packed(gzip.compress(body, 6, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _answer(page: Packed, asked: Headers) -> Response:
    known = page.mark in asked.get("if-none-match", "")
    response = Response(b"" if known else page.body, 304 if known else 200, media_type="text/html")
    told = MutableHeaders(raw=response.raw_headers)
    told.update({"ETag": page.mark, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"})
    if not known:
        told["Content-Encoding"] = "gzip"
    return response
