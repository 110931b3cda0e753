"""Bodies of requests: read up to a limit, and checked before anything else works on them.

Nothing here trusts what a browser says about a body. Parsing is quick up to `SMALL` bytes; anything larger is parsed in
a thread, so that the event loop goes on.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from starlette.types import Message, Receive

from omni_ui.client.answers.valid_text import depth_of, valid_json
from omni_ui.core.run_queue import FairShare, QueueFull, RunQueue

LIMIT = 2_000_000
"""Bytes that a body may have which is no upload."""
FORM_LIMIT = 300_000
"""Bytes of a form that is no upload: the ids of many results. Starlette reads forms on the event loop."""
MOST_FIELDS = 100
"""Fields of such a form."""
SMALL = 32_000
"""Bytes of JSON that are parsed on the event loop, since a change of thread would take longer."""
REST = 3.0
"""How many times as long as a large body took nothing is done about the next one: a thread that computes slows the
event loop down, and large bodies, one after the other, would do so all the time."""
WAITING = 5
"""Large bodies of one visitor that may wait."""
PATIENCE = 60.0
"""Seconds for which one waits."""
T = TypeVar("T")
DEEPEST = 64
"""Levels of lists and objects within each other."""
MOST_VALUES = 100_000
"""Values in one body; a long conversation with many files has a few thousand."""


class BodyRefused(Exception):
    """A body that is not taken. The text is one sentence for the caller."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class LargeBodies:
    """Works on large bodies in a thread: one at a time for all visitors, who take turns, and with rests in between."""

    def __init__(self) -> None:
        self._queue = RunQueue(1, FairShare(waiting=WAITING))
        self._rest_until = 0.0

    async def work(self, visitor: str, step: Callable[..., T], *args: object) -> T:
        """What `step` gives. BodyRefused when too many large bodies wait already."""
        busy = BodyRefused(429, "Too many large requests are waiting: try again later.")
        try:
            slot = self._queue.enter(visitor)
        except QueueFull:
            raise busy from None
        try:
            if not await slot.ready(PATIENCE):
                raise busy
            await asyncio.sleep(self._rest_until - time.monotonic())
            began = time.monotonic()
            try:
                return await asyncio.to_thread(step, *args)
            finally:
                now = time.monotonic()
                self._rest_until = now + REST * (now - began)
        finally:
            slot.leave()


class Disconnected(Exception):
    """The caller went away before the body was there."""


async def read_body(receive: Receive, length: str | None, limit: int = LIMIT) -> bytes:
    """The whole body. BodyRefused as soon as more than `limit` bytes are announced or have arrived."""
    too_large = BodyRefused(413, f"This request may have {limit / 1e6:g} MB at most: send files as uploads.")
    if length and length.isdecimal() and int(length) > limit:
        raise too_large
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
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


def parse_json(body: bytes) -> tuple[bytes, object]:
    """A body with whole characters, and its JSON. BodyRefused for anything else, and for JSON that is nested too deep
    or has too many values."""
    try:
        body = valid_json(body)
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BodyRefused(400, "The request is not UTF-8: send JSON in UTF-8.") from None
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise BodyRefused(413, f"The request has more than {MOST_VALUES:,} values: send less at one time.")
    too_deep = BodyRefused(400, f"The request's JSON is nested too deeply: the limit is {DEEPEST} levels.")
    try:
        value = json.loads(text)
    except RecursionError:
        raise too_deep from None
    except ValueError:
        raise BodyRefused(400, "The request is not valid JSON.") from None
    if depth_of(value) > DEEPEST:
        raise too_deep
    return body, value


def walk(value: object) -> Iterator[object]:
    """A JSON value and all that is within it, names included."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
