"""Keeps visitors from each other's files.

Gradio serves any file of its cache to anyone who knows the path, and takes such a path as an input. What core/files
writes for a visitor lies in a folder with that visitor's mark; whoever else names one, in an address or in what an
event is given, is refused before Gradio sees it.

Half a character, which Gradio could neither hand on nor send back, becomes U+FFFD here, wherever it was typed.
"""

import json
import re
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omni_ui.client.valid_text import valid_json
from omni_ui.core.visitor import mark_of, visitor_of

FOLDER = re.compile(r"(?<![0-9a-z])([0-9a-f]{16})-[0-9a-f]{32}(?![0-9a-z])", re.IGNORECASE)
PERHAPS = re.compile(rb"[0-9a-f]{16}-[0-9a-f]{32}|\\u00|%", re.IGNORECASE)
"""What the body of a request that names a marked folder has in it, however it is written."""
REFUSAL = "This file belongs to another visitor."
UPLOAD = "/upload"
DEEPEST = 4
"""How often a path may be URL-encoded, one over the other."""


def marks_in(text: str) -> set[str]:
    """The marks of all folders that a text names, URL-encoded or not."""
    found: set[str] = set()
    for _ in range(DEEPEST):
        found |= {mark.lower() for mark in FOLDER.findall(text)}
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return found


class Guard:
    """ASGI middleware: 403 for a request that names a folder with another visitor's mark."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        visitor = visitor_of(request)
        own = {mark_of(visitor)} if visitor else set()
        named = marks_in(f"{scope.get('raw_path', b'').decode('latin-1')} {scope['path']}")
        named |= marks_in(scope.get("query_string", b"").decode("latin-1"))
        if scope["method"] == "POST" and not scope["path"].endswith(UPLOAD):
            body = await _body(receive)
            if body is None:
                return
            if b"json" in dict(scope["headers"]).get(b"content-type", b"").lower():
                body = valid_json(body)
            if PERHAPS.search(body):
                named |= _marks_in_body(body)
            receive = _again(body, receive)
        if named - own:
            await JSONResponse({"detail": REFUSAL}, 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when the caller went away."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _marks_in_body(body: bytes) -> set[str]:
    text = body.decode(errors="replace")
    found = marks_in(text)
    try:
        strings = _strings(json.loads(text))
    except (ValueError, RecursionError):
        return found  # not JSON: Gradio takes no path from it
    return found.union(*(marks_in(one) for one in strings))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in _strings(one)]
