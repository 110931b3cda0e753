"""Keeps visitors from each other's files and sessions, and from the files of the host.

What core/files writes for a visitor lies in a folder with that visitor's mark. Whoever else names such a folder, in an
address or in a body, is refused; so is any event whose input is a file that the visitor did not upload or get here, and
any address in the place of a file. Bodies that no route needs are refused while they arrive (see request_body).

Half a character, which Gradio could neither hand on nor send back, becomes U+FFFD here, wherever it was typed.
"""

import math
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from omni_ui.app.gradio_private.heartbeat import HEARTBEAT
from omni_ui.app.middleware.request_body import (
    FORM_LIMIT,
    LIMIT,
    MOST_FIELDS,
    SMALL,
    BodyRefused,
    Disconnected,
    LargeBodies,
    parse_json,
    read_body,
    repeat_body,
    walk,
)
from omni_ui.app.sessions import Sessions
from omni_ui.core.files import NOT_OWN, FileRefused, is_file_object, owned_path
from omni_ui.core.visitor import REQUEST_VISITOR, mark_of, visitor_of

FOLDER = re.compile(r"(?<![0-9a-z])([0-9a-f]{16})-[0-9a-f]{32}(?![0-9a-z])", re.IGNORECASE)
REFUSAL = "This file belongs to another visitor."
NOT_YOUR_SESSION = "This session belongs to another visitor: reload the page."
UPLOAD = "/gradio_api/upload"
FORM, UPLOAD_FORM = "application/x-www-form-urlencoded", "multipart/form-data"
DEEPEST = 4
"""How often a path may be URL-encoded, one over the other."""


def route_path(scope: Scope) -> str:
    """The path of a request below the path that the page is served under."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def marks_in(text: str) -> set[str]:
    """The marks of all folders that a text names, URL-encoded or not."""
    marks: set[str] = set()
    for _ in range(DEEPEST):
        marks |= {mark.lower() for mark in FOLDER.findall(text)}
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return marks


class Refused(Exception):
    """A request that is answered with a status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Guard:
    """ASGI middleware: 403 for what is not the visitor's own, 413 and 400 for bodies that are not taken."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self.app = app
        self.sessions = sessions
        self.large_bodies = LargeBodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visitor = visitor_of(Request(scope))
        path = route_path(scope)
        try:
            self._check_address(scope, path, visitor)
            if scope["method"] not in ("GET", "HEAD", "OPTIONS") and path.rstrip("/") != UPLOAD:
                receive = await self._check_body(scope, receive, visitor)
        except (Refused, BodyRefused) as refused:
            headers = {"Connection": "close"} if refused.status in (413, 415) else None
            await JSONResponse({"detail": str(refused)}, refused.status, headers)(scope, receive, send)
            return
        except Disconnected:
            return
        token = REQUEST_VISITOR.set(visitor)
        try:
            if beat := HEARTBEAT.search(path):
                with self.sessions.open(beat[1]):
                    await self.app(scope, receive, send)
            else:
                await self.app(scope, receive, send)
        finally:
            REQUEST_VISITOR.reset(token)

    def _check_address(self, scope: Scope, path: str, visitor: str | None) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        address = f"{scope.get('raw_path', b'').decode('latin-1')} {scope['path']} {query}"
        _check_marks(marks_in(address), visitor)
        named = [beat[1]] if (beat := HEARTBEAT.search(path)) else []
        if "session" in query:
            fields = parse_qs(query, max_num_fields=50)
            named += fields.get("session_hash", []) + fields.get("session", [])
        header = Request(scope).headers.get("x-omni-session")
        for session in [*named, header] if header else named:
            self._check_session(session, visitor)

    def _check_session(self, session: object, visitor: str | None) -> None:
        if isinstance(session, str) and session and not self.sessions.admit(session, visitor):
            raise Refused(403, NOT_YOUR_SESSION)

    async def _check_body(self, scope: Scope, receive: Receive, visitor: str | None) -> Receive:
        headers = Request(scope).headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == UPLOAD_FORM:
            raise Refused(415, "Only an upload may be multipart/form-data.")
        body = await read_body(receive, headers.get("content-length"), FORM_LIMIT if kind == FORM else LIMIT)
        if kind == FORM:
            if body.count(b"&") >= MOST_FIELDS:
                raise Refused(413, f"The form has more than {MOST_FIELDS} fields.")
        elif body:
            if len(body) <= SMALL:
                body, session = check_json(body, visitor)
            else:
                body, session = await self.large_bodies.work(_sender(scope, visitor), check_json, body, visitor)
            self._check_session(session, visitor)
        return repeat_body(body, receive)


def _sender(scope: Scope, visitor: str | None) -> str:
    """Who takes turns with others: the visitor, else the address that the body came from."""
    return visitor or f"program at {(scope.get('client') or [''])[0]}"


def check_json(body: bytes, visitor: str | None) -> tuple[bytes, object]:
    """The body with whole characters, and the session that it names. BodyRefused, Refused. Blocking."""
    body, value = parse_json(body)
    check_numbers(value)
    check_values(value, visitor)
    return body, value.get("session_hash") if isinstance(value, dict) else None


def check_numbers(value: object) -> None:
    """BodyRefused for NaN and numbers beyond all bounds (1e999), which no answer could hold that names what is wrong.
    What an event is given is not looked at: each field says itself which numbers it takes."""
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = {name: part for name, part in value.items() if name != "data"}
    if any(isinstance(part, float) and not math.isfinite(part) for part in walk(value)):
        raise BodyRefused(400, "The request has a number that is not finite.")


def check_values(value: object, visitor: str | None) -> None:
    """Refused when a body names a file that is not the visitor's own, or an address in the place of a file. Blocking:
    it looks whether the files are there."""
    for part in walk(value):
        if isinstance(part, str):
            _check_marks(marks_in(part), visitor)
        elif isinstance(part, dict) and "meta" in part and "path" in part:
            if not is_file_object(part):
                raise Refused(403, NOT_OWN)
            try:
                path = owned_path(str(part["path"]), visitor)
                if part.get("url") and not _is_address_of(str(part["url"]), path):
                    raise FileRefused
            except FileRefused as refused:
                raise Refused(403, str(refused)) from None


def _is_address_of(url: str, path: Path) -> bool:
    """Whether an address is the one by which this app serves the file."""
    named = unquote(url).rpartition("/gradio_api/file=")[2]
    try:
        return bool(named) and Path(named).resolve() == path
    except (OSError, ValueError):
        return False


def _check_marks(marks: set[str], visitor: str | None) -> None:
    if marks - ({mark_of(visitor)} if visitor else set()):
        raise Refused(403, REFUSAL)
