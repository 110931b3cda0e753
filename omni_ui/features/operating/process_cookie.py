"""Tells browsers which of several processes serves them, so that a proxy can send them to the same one again."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "omni_process"
KINDS = ("text/html", "application/json")
"""Answers that bring the cookie: those that a page or a program begins with, and that no shared cache keeps."""


class ProcessCookie:
    """ASGI middleware around the whole app: a session of the cookie `omni_process`, where it is not this one's name.

    A page that another process began, and that is ended, thus belongs to this one from its next answer on.
    """

    def __init__(self, app: ASGIApp, name: str, root_path: str = "") -> None:
        self.app = app
        self._name = name
        self._path = root_path or "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
