"""Bodies of requests: read up to a limit, and checked before anything else works on them.

Nothing here trusts what a browser says about a body. Parsing is quick up to `SMALL` bytes; anything larger is parsed in
a thread, so that the event loop goes on.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from starlette.types import Message, Receive

from omni_ui.client.answers.valid_text import depth_of, valid_json

LIMIT = 2_000_000
"""Bytes that a body may have which is no upload."""
SMALL = 32_000
"""Bytes of JSON that are parsed on the event loop, since a change of thread would take longer."""
DEEPEST = 64
"""Levels of lists and objects within each other."""
MOST_VALUES = 100_000
"""Values in one body; a long conversation with many files has a few thousand."""


class BodyRefused(Exception):
    """A body that is not taken. The text is one sentence for the caller."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Disconnected(Exception):
    """The caller went away before the body was there."""


async def read_body(receive: Receive, length: str | None) -> bytes:
    """The whole body. BodyRefused as soon as more than `LIMIT` bytes are announced or have arrived."""
    too_large = BodyRefused(413, f"A request may have {LIMIT // 1_000_000} MB at most: send files as uploads.")
    if length and length.isdecimal() and int(length) > LIMIT:
        raise too_large
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LIMIT:
            raise too_large
        if not message.get("more_body"):
            return b"".join(parts)


def repeat_body(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read already, then whatever comes after it."""
    replayed = False

    async def replay() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def parse_json(body: bytes) -> tuple[bytes, Any]:
    """A body with whole characters, and its JSON. BodyRefused for anything else, and for JSON that is nested too deep
    or has too many values."""
    return _parse(body) if len(body) <= SMALL else await asyncio.to_thread(_parse, body)


def _parse(body: bytes) -> tuple[bytes, Any]:
    try:
        body = valid_json(body)
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BodyRefused(400, "The request is not UTF-8: send JSON in UTF-8.") from None
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise BodyRefused(413, f"The request has more than {MOST_VALUES:,} values: send less at one time.")
    too_deep = BodyRefused(400, f"The request's JSON is nested too deep: {DEEPEST} levels are allowed.")
    try:
        value = json.loads(text)
    except RecursionError:
        raise too_deep from None
    except ValueError:
        raise BodyRefused(400, "The request is not valid JSON.") from None
    if depth_of(value) > DEEPEST:
        raise too_deep
    return body, value


def walk(value: Any) -> Iterator[Any]:
    """A JSON value and all that is within it, names included."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
