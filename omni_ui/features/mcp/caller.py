"""Who an agent works for: the header X-Omni-Visitor holds what a browser keeps as its visitor's cookie.

So results come to the History of that browser. Many agents can send a header and no cookie. Where visitors sign in,
the sign-in says who it is, and the header counts for nothing.
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from omni_ui.core.visitor import COOKIE
from omni_ui.features.mcp.endpoint import PATH

HEADER = "x-omni-visitor"
KEY = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")


class McpCaller:
    """ASGI middleware, within the login."""

    def __init__(self, app: ASGIApp, root_path: str = "") -> None:
        self.app = app
        self._paths = {PATH, f"{root_path}{PATH}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/") in self._paths:
            scope = _with_cookie(scope)
        await self.app(scope, receive, send)


def _with_cookie(scope: Scope) -> Scope:
    request = Request(scope)
    key = request.headers.get(HEADER, "").strip()
    if not key or set(key) - KEY or COOKIE in request.cookies:
        return scope
    changed = {**scope, "headers": list(scope["headers"])}
    headers = MutableHeaders(scope=changed)
    cookies = {**request.cookies, COOKIE: key}
    headers["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    changed["headers"] = headers.raw
    return changed
