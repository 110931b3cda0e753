"""The door: who is not signed in sees the sign-in page, and programs get a 401 with a sentence."""

import asyncio
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from omni_ui.core.visitor import COOKIE as VISITOR
from omni_ui.features.login.accounts import Accounts
from omni_ui.features.login.tokens import COOKIE, LASTS, Tokens

SIGN_IN, SIGN_OUT = "/omni/login", "/omni/logout"
OPEN = ("/health",)
MOST_BODY = 10_000
"""Bytes of a name and a password."""
WRONG = "This name and password do not fit."
NEEDED = "Sign in first: send Authorization: Bearer name:password."
AT_ONCE = 2
"""Passwords that are worked out at one time: each takes 16 MB and a core."""


class LoginGate:
    """ASGI middleware around the whole app. root_path: the path below which a proxy serves the page."""

    def __init__(self, app: ASGIApp, accounts: Accounts, tokens: Tokens, root_path: str = "") -> None:
        self.app, self.accounts, self.tokens, self.root_path = app, accounts, tokens, root_path
        self._busy = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(self.root_path) if self.root_path else scope["path"]
        if scope["type"] == "http" and path in (SIGN_IN, SIGN_OUT):
            request = Request(scope, receive)
            answer = await (self._sign_in(request) if path == SIGN_IN else self._sign_out(request))
            await answer(scope, receive, send)
            return
        if path in OPEN:
            await self.app(scope, receive, send)
            return
        user = await self._user(Request({**scope, "type": "http"}))
        if user is None:
            await self._refuse(scope, receive, send, path)
            return
        await self.app(_as_user(scope, self.tokens.visitor(user)), receive, send)

    async def _user(self, request: Request) -> str | None:
        """Who sent a request: by the cookie, by a token, or by name and password."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._read(value.strip()) or await self._verified(value.strip(), request)
        return self._read(request.cookies.get(COOKIE, ""))

    def _read(self, token: str) -> str | None:
        try:
            return self.tokens.read(token) if token.count(".") == 2 else None
        except ValueError:
            return None

    async def _verified(self, pair: str, request: Request) -> str | None:
        name, colon, password = pair.partition(":")
        if not colon or self.accounts.wait(*_who(name, request)):
            return None
        return name if await self._check(name, password, request) else None

    async def _check(self, name: str, password: str, request: Request) -> bool:
        async with self._busy:
            right = await asyncio.to_thread(self.accounts.verify, name, password)
        self.accounts.note(right, *_who(name, request))
        return right

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "Sign in first."})
            return
        request = Request(scope, receive)
        wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if wants_page:
            query = request.url.query
            there = quote(path + (f"?{query}" if query else ""), safe="")
            await RedirectResponse(f"{self.root_path}{SIGN_IN}?next={there}", 303)(scope, receive, send)
            return
        await JSONResponse({"detail": NEEDED}, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)

    async def _sign_in(self, request: Request) -> Response:
        there = request.query_params.get("next", "/")
        there = there if there.startswith("/") and not there.startswith(("//", "/\\")) else "/"
        if request.method == "GET":
            return self._page(there, "")
        if request.method != "POST":
            return JSONResponse({"detail": "Method not allowed."}, 405)
        body = await _short_body(request)
        fields = parse_qs(body.decode("utf-8", "replace")) if body is not None else {}
        name, password = (fields.get(field, [""])[0] for field in ("name", "password"))
        if wait := self.accounts.wait(*_who(name, request)):
            return self._page(there, f"Too many tries: wait {wait:.0f} s and try again.", 429)
        if not await self._check(name, password, request):
            return self._page(there, WRONG, 401)
        answer = RedirectResponse(self.root_path + there, 303)
        answer.set_cookie(
            COOKIE, self.tokens.make(name), max_age=LASTS, path=self.root_path or "/", httponly=True, samesite="lax",
            secure=request.headers.get("x-forwarded-proto", request.url.scheme) == "https",
        )  # fmt: skip
        return answer

    async def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return JSONResponse({"detail": "Method not allowed."}, 405)
        answer = RedirectResponse(f"{self.root_path}{SIGN_IN}", 303)
        answer.delete_cookie(COOKIE, path=self.root_path or "/")
        return answer

    def _page(self, there: str, problem: str, status: int = 200) -> Response:
        action = f"{self.root_path}{SIGN_IN}?next={quote(there, safe='')}"
        said = f'<p role="alert">{escape(problem)}</p>' if problem else ""
        page = files(__package__).joinpath("login.html").read_text(encoding="utf-8")
        page = page.replace("{action}", escape(action)).replace("{problem}", said)
        return HTMLResponse(page, status, {"Cache-Control": "no-store", "X-Frame-Options": "SAMEORIGIN"})


def _who(name: str, request: Request) -> tuple[str, str]:
    return f"name {name[:100]}", f"address {request.client.host if request.client else ''}"


async def _short_body(request: Request) -> bytes | None:
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > MOST_BODY:
            return None
    return b"".join(parts)


def _as_user(scope: Scope, secret: str) -> Scope:
    """The request as one of this user's, on whatever device: the visitor's cookie is the user's own."""
    cookies = Request({**scope, "type": "http"}).cookies
    kept = {name: value for name, value in cookies.items() if name not in (VISITOR, COOKIE)} | {VISITOR: secret}
    changed: dict[str, Any] = {**scope, "headers": list(scope["headers"])}
    headers = MutableHeaders(scope=changed)
    headers["cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
    changed["headers"] = headers.raw
    return changed
