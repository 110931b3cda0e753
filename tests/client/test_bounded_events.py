"""An event of a stream that never ends is given up, however it comes; many events are no matter."""

from collections.abc import AsyncIterator

import httpx
import pytest

from omni_ui.client.connection.reading import BoundedEvents
from omni_ui.client.errors import BrokenAnswer


async def read(pieces: list[bytes], most: int) -> str:
    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    response = httpx.Response(200, content=body(), headers={"content-type": "text/event-stream; charset=utf-8"})
    return "".join([text async for text in BoundedEvents(response, most).aiter_text()])


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"])
async def test_events_are_counted_one_by_one(end):
    event = b"data: " + b"x" * 40 + end
    assert await read([event[:-1], event[-1:]] * 50, 100) == (event * 50).decode()


@pytest.mark.parametrize("piece", [b"x" * 10, b"data: x\n"])
async def test_an_event_without_an_end_is_given_up(piece):
    with pytest.raises(BrokenAnswer, match="longer than"):
        await read([b"data: "] + [piece] * 50, 100)
