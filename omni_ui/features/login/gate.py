"""The door: who is not signed in sees the sign-in page, and programs get a 401 with a sentence."""

import asyncio
from urllib.parse import parse_qs, quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from omni_ui.core.visitor import COOKIE as VISITOR
from omni_ui.features.login.accounts import Accounts
from omni_ui.features.login.huggingface import LASTS as SIGNING_IN
from omni_ui.features.login.huggingface import HuggingFaceLogin, SignInFailed
from omni_ui.features.login.page import sign_in_page
from omni_ui.features.login.tokens import COOKIE, LASTS, Tokens

SIGN_IN, SIGN_OUT = "/omni/login", "/omni/logout"
LEAVE, COME_BACK = f"{SIGN_IN}/huggingface", f"{SIGN_IN}/callback"
"""Where the browser is sent to Hugging Face, and where it comes back to."""
ATTEMPT = "omni_oauth"
"""The cookie of a browser that is signing in at Hugging Face."""
OPEN = ("/health", "/ready", "/metrics")
"""What probes ask without signing in; /metrics has a token of its own."""
MOST_BODY = 10_000
"""Bytes of a name and a password."""
WRONG = "Wrong name or password."
NEEDED = "Sign in first: open the page, or send Authorization: Bearer name:password."
AT_ONCE = 2
"""Passwords that are worked out at one time: each takes 16 MB and a core."""


class LoginGate:
    """ASGI middleware around the whole app.

    accounts, hugging_face: the ways to sign in; None for one that the host did not ask for. root_path: the path below
    which a proxy serves the page.
    """

    def __init__(
        self,
        app: ASGIApp,
        accounts: Accounts | None,
        tokens: Tokens,
        root_path: str = "",
        hugging_face: HuggingFaceLogin | None = None,
    ) -> None:
        self.app, self.tokens, self.root_path = app, tokens, root_path
        self.hugging_face = hugging_face
        self.by_password = accounts is not None
        self.accounts = accounts or Accounts({})
        self._busy = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(self.root_path) if self.root_path else scope["path"]
        ways = {SIGN_IN: self._sign_in, SIGN_OUT: self._sign_out}
        if self.hugging_face:
            ways |= {LEAVE: self._leave, COME_BACK: self._come_back}
        if scope["type"] == "http" and path in ways:
            answer = await ways[path](Request(scope, receive))
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
        if not self.by_password or not colon or self.accounts.wait(*_who(name, request)):
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
        there = _there(request)
        if request.method == "GET":
            return self._page(request, there, "")
        if request.method != "POST" or not self.by_password:
            return JSONResponse({"detail": "Method not allowed."}, 405)
        body = await _short_body(request)
        fields = parse_qs(body.decode("utf-8", "replace")) if body is not None else {}
        name, password = (fields.get(field, [""])[0] for field in ("name", "password"))
        if wait := self.accounts.wait(*_who(name, request)):
            return self._page(request, there, f"Too many attempts: wait {wait:.0f} s and try again.", 429)
        if not await self._check(name, password, request):
            return self._page(request, there, WRONG, 401)
        return self._signed_in(request, name, there)

    def _signed_in(self, request: Request, user: str, there: str) -> Response:
        answer = RedirectResponse(self.root_path + there, 303)
        self._set_cookie(answer, COOKIE, self.tokens.make(user), LASTS, _is_secure(request))
        return answer

    def _set_cookie(self, answer: Response, name: str, value: str, lasts: float, secure: bool) -> None:
        answer.set_cookie(
            name, value, max_age=int(lasts), path=self.root_path or "/", httponly=True, samesite="lax", secure=secure
        )

    async def _leave(self, request: Request) -> Response:
        """Sends the browser to Hugging Face, with a cookie that binds the attempt to it."""
        assert self.hugging_face
        there = _there(request)
        if request.method != "GET":
            return JSONResponse({"detail": "Method not allowed."}, 405)
        try:
            address, attempt = await self.hugging_face.begin(there)
        except SignInFailed as failed:
            return self._page(request, there, str(failed), 502)
        answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        self._set_cookie(answer, ATTEMPT, attempt, SIGNING_IN, _is_secure(request))
        return answer

    async def _come_back(self, request: Request) -> Response:
        """What Hugging Face's redirect brings; an attempt is used once."""
        assert self.hugging_face
        if request.method != "GET":
            return JSONResponse({"detail": "Method not allowed."}, 405)
        state, code = (request.query_params.get(field, "") for field in ("state", "code"))
        try:
            user, there = await self.hugging_face.finish(request.cookies.get(ATTEMPT, ""), state, code)
        except SignInFailed as failed:
            answer = self._page(request, "/", str(failed), 401)
        else:
            answer = self._signed_in(request, user, there)
        answer.delete_cookie(ATTEMPT, path=self.root_path or "/", httponly=True, samesite="lax")
        return answer

    async def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return JSONResponse({"detail": "Method not allowed."}, 405)
        answer = RedirectResponse(f"{self.root_path}{SIGN_IN}", 303)
        answer.delete_cookie(COOKIE, path=self.root_path or "/")
        return answer

    def _page(self, request: Request, there: str, problem: str, status: int = 200) -> Response:
        return sign_in_page(
            request.headers.get("accept-language", ""), self.root_path + SIGN_IN, there, problem, status,
            accounts=self.by_password, hugging_face=self.hugging_face is not None,
        )  # fmt: skip


def _there(request: Request) -> str:
    """The path to open after signing in: of this page alone."""
    there = request.query_params.get("next", "/")
    return there if there.startswith("/") and not there.startswith(("//", "/\\")) else "/"


def _is_secure(request: Request) -> bool:
    return request.headers.get("x-forwarded-proto", request.url.scheme) == "https"


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
    kept = {name: value for name, value in cookies.items() if name not in (VISITOR, COOKIE, ATTEMPT)} | {
        VISITOR: secret
    }
    changed: dict[str, object] = {**scope, "headers": list(scope["headers"])}
    headers = MutableHeaders(scope=changed)
    headers["cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
    changed["headers"] = headers.raw
    return changed
