"""The page and Gradio's scripts, made and compressed once.

Gradio writes its page, a megabyte, anew for each visit and sends it unpacked; what it writes depends on nothing but the
address by which a visitor comes. It also reads and packs its scripts anew for each visit, and lets no browser keep
them, though their names change with their content.
"""

import asyncio
import gzip
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omni_ui.app.gradio_private.page_parts import FirstTab, trim_html
from omni_ui.app.gradio_private.script_files import mending

log = logging.getLogger(__name__)
ADDRESS = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
"""Headers that tell Gradio by which address the visitor comes."""
KEPT = 16
"""Addresses for which the page is kept; the one that was not asked for the longest goes first."""
SCRIPT = re.compile(r"/assets/[\w.-]+-[\w-]{8,}\.(?:js|css)")
"""Gradio's scripts, with the hash of their content in the name."""
SCRIPTS = 1000
"""Of these, how many are kept: more than Gradio has, of which a page needs a hundred."""
FOREVER = "public, max-age=31536000, immutable"
Key = tuple[str, ...]
Finish = Callable[[str], str]
"""From a page as Gradio writes it to the page as it goes out."""


@dataclass(frozen=True)
class Packed:
    """The page of one address. body: with gzip. policy: its Content-Security-Policy."""

    body: bytes
    mark: str
    policy: str


class FrontPage:
    """ASGI middleware around the whole app."""

    def __init__(
        self,
        app: ASGIApp,
        root_path: str = "",
        finish: Finish | None = None,
        ancestors: str = "'self'",
        first_tab: FirstTab | None = None,
    ) -> None:
        """finish: gives the page its own styles and scripts. ancestors: sites that may show the page in a frame.

        first_tab: names the tab whose parts are in the page; without it all are.
        """
        self.app = app
        self._first_tab = first_tab
        self._finish = finish
        self._ancestors = ancestors
        self._places = ("", root_path.rstrip("/"))
        self._pages: OrderedDict[Key, Packed] = OrderedDict()
        self._scripts: dict[Key, list[Message]] = {}
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            headers = Headers(scope=scope)
            if scope["path"].rstrip("/") in self._places:
                await self._page(scope, receive, send, headers)
                return
            if scope["method"] == "GET" and SCRIPT.search(scope["path"]) and "range" not in headers:
                await self._script(scope, receive, send, headers)
                return
        await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        # The page's own scripts read the query; the page is the same with any, and each would be made and kept anew.
        # HEAD has the headers of GET; the server leaves the body out.
        scope = {**scope, "query_string": b"", "method": "GET"}
        first = await self._first_tab() if self._first_tab else ""
        key: Key = (scope["scheme"], scope["path"], first, *(headers.get(name, "") for name in ADDRESS))
        async with self._making:  # of many who come at once, the first one makes it
            page = self._pages.get(key) or await self._make(scope, receive, first)
        if isinstance(page, Packed):
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > KEPT:
                self._pages.popitem(last=False)
            await _answer(page, headers)(scope, receive, send)
            return
        for message in page:
            await send(message)

    async def _make(self, scope: Scope, receive: Receive, first: str) -> Packed | list[Message]:
        """The page, or whatever else the app answers."""
        messages = await self._answered(scope, receive)
        if not _is_whole(messages):
            return messages
        start = messages[0]
        headers = Headers(raw=start["headers"])
        is_page = start["status"] == 200 and headers.get("content-type", "").startswith("text/html")
        if not is_page or "set-cookie" in headers or "content-encoding" in headers:
            return messages
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return await asyncio.to_thread(self._whole, body, first)

    def _whole(self, body: bytes, first: str) -> Packed:
        page = _with_one_tab(body, first)
        return _pack(self._finish(page.decode()).encode() if self._finish else page, self._ancestors)

    async def _script(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        accepted = headers.get("accept-encoding", "")
        mend = mending(scope["path"])
        if mend:  # Python reads gzip, and nothing else that Gradio packs with
            accepted = "gzip" if "gzip" in accepted else "identity"
            rest = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": [*rest, (b"accept-encoding", accepted.encode())]}
        key = (scope["path"], *(name for name in ("br", "gzip") if name in accepted))
        messages = self._scripts.get(key)
        if messages is None:
            messages = await self._answered(scope, receive)
            if _is_whole(messages) and messages[0]["status"] == 200:
                if mend:
                    messages = _mended(messages, mend)
                MutableHeaders(raw=messages[0]["headers"])["Cache-Control"] = FOREVER
                if len(self._scripts) < SCRIPTS:
                    self._scripts[key] = messages
        for message in messages:
            await send(message)

    async def _answered(self, scope: Scope, receive: Receive) -> list[Message]:
        messages: list[Message] = []

        async def take(message: Message) -> None:
            if message["type"].startswith("http.response.") and message["type"] != "http.response.debug":
                messages.append(message)

        await self.app(scope, receive, take)
        return messages


def _is_whole(messages: list[Message]) -> bool:
    """Whether an answer came to its end. Whoever left before gets none, or a part of it, which is nobody else's."""
    return len(messages) > 1 and not messages[-1].get("more_body")


def _mended(messages: list[Message], mend: Callable[[str], str]) -> list[Message]:
    """A script of Gradio's, changed; as it is where Gradio packed it, or writes it otherwise."""
    headers = MutableHeaders(raw=messages[0]["headers"])
    body = b"".join(message.get("body", b"") for message in messages[1:])
    coded = headers.get("content-encoding", "identity")
    try:
        script = gzip.decompress(body) if coded == "gzip" else body
        changed = mend(script.decode()).encode()
    except (ValueError, OSError) as wrong:
        log.warning("A script of Gradio's is sent as it is: %s.", wrong)
        return messages
    body = gzip.compress(changed, 6, mtime=0) if coded == "gzip" else changed
    headers["Content-Length"] = str(len(body))
    return [messages[0], {"type": "http.response.body", "body": body}]


def _with_one_tab(body: bytes, first: str) -> bytes:
    """The page with the parts of one tab; the whole page where Gradio writes it in another form."""
    if not first:
        return body
    try:
        return trim_html(body.decode(), first).encode()
    except (ValueError, KeyError) as wrong:
        log.warning("The page is sent whole: %s.", wrong)
        return body


def _pack(body: bytes, ancestors: str) -> Packed:
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Packed(gzip.compress(body, 6, mtime=0), mark, page_policy(ancestors))


def page_policy(ancestors: str) -> str:
    """The Content-Security-Policy of a page: nothing from elsewhere, and shown in a frame by these sites only.

    `unsafe-inline` and `unsafe-eval` for scripts are for Gradio, which puts our head into the page when it begins, and
    makes functions of what components do in the browser (`js=`, `js_on_load`); styles within elements are its, too.
    """
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        ]
    )


def _answer(page: Packed, asked: Headers) -> Response:
    unchanged = page.mark in asked.get("if-none-match", "")
    packed = "gzip" in asked.get("accept-encoding", "")
    body = b"" if unchanged else page.body if packed else gzip.decompress(page.body)
    response = Response(body, 304 if unchanged else 200, media_type="text/html")
    headers = MutableHeaders(raw=response.raw_headers)
    headers.update({"ETag": page.mark, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"})
    headers["Content-Security-Policy"] = page.policy
    if packed and not unchanged:
        headers["Content-Encoding"] = "gzip"
    return response
