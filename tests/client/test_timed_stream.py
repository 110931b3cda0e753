"""A body ends with TimedOut when its time is over, and one timer stands for all of its parts."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from omni_ui.client import TimedOut
from omni_ui.client.connection.connection_errors import PlainErrors, TimedStream


class Parts(httpx.AsyncByteStream):
    """So many parts, each after some seconds; then silence."""

    def __init__(self, number: int, seconds: float = 0.0) -> None:
        self.number, self.seconds = number, seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.number):
            await asyncio.sleep(self.seconds)
            yield b"part"
        await asyncio.sleep(60)


def stream(parts: Parts, within: float) -> TimedStream:
    return TimedStream(parts, asyncio.get_running_loop().time() + within, lambda: PlainErrors("http://server"))


async def read(timed: TimedStream, seen: list[bytes], rests: float = 0.0) -> None:
    async for part in timed:
        seen.append(part)
        await asyncio.sleep(rests)


async def test_silence_ends_when_the_time_is_over() -> None:
    seen: list[bytes] = []
    with pytest.raises(TimedOut):
        await asyncio.wait_for(read(stream(Parts(3), 0.1), seen), 30)
    assert seen == [b"part"] * 3


async def test_parts_that_keep_coming_end_then_too() -> None:
    seen: list[bytes] = []
    with pytest.raises(TimedOut):
        await asyncio.wait_for(read(stream(Parts(10_000, 0.01), 0.2), seen), 30)
    assert 0 < len(seen) < 100


async def test_a_reader_that_was_busy_when_the_time_was_over_hears_of_it_at_the_next_part() -> None:
    seen: list[bytes] = []
    with pytest.raises(TimedOut):
        await read(stream(Parts(2), 0.05), seen, rests=0.1)
    assert seen == [b"part"]


async def test_a_reader_who_is_stopped_is_stopped_and_not_late() -> None:
    reading = asyncio.create_task(read(stream(Parts(1), 30), []))
    await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert reading.cancelled()


async def test_nothing_of_the_timer_is_left_in_the_task_that_was_late() -> None:
    async def late() -> int:
        with pytest.raises(TimedOut):
            await read(stream(Parts(0), 0.05), [])
        await asyncio.sleep(0.01)  # the cancellation of the timer is not left over
        task = asyncio.current_task()
        assert task
        return task.cancelling()

    assert await asyncio.create_task(late()) == 0
