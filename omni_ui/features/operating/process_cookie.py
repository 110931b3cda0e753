"""Tells browsers which of several processes serves them, so that a proxy can send them to the same one again."""

import shutil
from contextlib import suppress
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "omni_process"
KINDS = ("text/html", "application/json")
"""Answers that bring the cookie: those that a page or a program begins with, and that no shared cache keeps."""
SENT_ON = "omni_sent_on"
"""The cookie that counts how often a page was sent on, for a few seconds."""
MOST_SENT_ON = 6
"""Times in a row that a page is sent on: afterwards it is served, since the others have no room either."""
ROOM = 20_000_000
"""Bytes on the disk of this process below which pages are sent on to others."""


class ProcessCookie:
    """ASGI middleware around the whole app: sets the cookie `omni_process` where it is not this one's name.

    A page that another process began, and that is ended, thus belongs to this one from its next answer on.

    folder: where this process keeps what pages have open. While its disk is full, a page that is loaded is sent to the
    same address without the cookie, so that the proxy chooses anew: runs would fail here.
    """

    def __init__(self, app: ASGIApp, name: str, root_path: str = "", folder: Path | None = None) -> None:
        self.app = app
        self._name = name
        self._path = root_path or "/"
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_page(scope) and self._is_full():
            tries = self._times_sent_on(Headers(scope=scope))
            if tries < MOST_SENT_ON:
                query = scope["query_string"].decode("latin-1")
                answer = RedirectResponse(
                    self._path + (f"?{query}" if query else ""), 307, {"Cache-Control": "no-store"}
                )
                answer.delete_cookie(COOKIE, path=self._path)
                answer.set_cookie(SENT_ON, str(tries + 1), max_age=5, path=self._path, httponly=True, samesite="lax")
                await answer(scope, receive, send)
                return
        if scope["type"] != "http" or self._is_known(headers := Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        secure = "; Secure" if headers.get("x-forwarded-proto", scope.get("scheme")) == "https" else ""
        cookie = f"{COOKIE}={self._name}; Path={self._path}; HttpOnly; SameSite=Lax{secure}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if answer.get("content-type", "").startswith(KINDS):
                    answer.append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _is_known(self, headers: Headers) -> bool:
        return cookie_parser(headers.get("cookie", "")).get(COOKIE) == self._name

    def _is_page(self, scope: Scope) -> bool:
        return scope["method"] in ("GET", "HEAD") and scope["path"].rstrip("/") in ("", self._path.rstrip("/"))

    def _is_full(self) -> bool:
        with suppress(OSError):  # a folder that is not there is found out by whoever writes
            return self._folder is not None and shutil.disk_usage(self._folder).free < ROOM
        return False

    def _times_sent_on(self, headers: Headers) -> int:
        text = cookie_parser(headers.get("cookie", "")).get(SENT_ON, "0")
        return int(text) if text.isdecimal() and len(text) < 3 else MOST_SENT_ON
