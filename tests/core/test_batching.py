import asyncio
import time

import pytest

from omni_ui.core.batching import FORGOTTEN, LATE, RATE, SELDOM, SOON, Pace, batch_stream
from tests.pace import allowed


async def test_batches_a_fast_stream_and_keeps_its_order():
    async def tokens():
        for number in range(1000):
            yield number
            if number % 100 == 0:
                await asyncio.sleep(0.01)

    batches = [batch async for batch in batch_stream(tokens(), rate=20)]
    assert [one for batch in batches for one in batch] == list(range(1000))
    assert len(batches) < allowed(12)


async def test_the_first_item_is_not_held_back():
    async def tokens():
        yield "first"
        await asyncio.sleep(10)

    began = time.monotonic()
    stream = batch_stream(tokens(), rate=0.2)
    assert await anext(stream) == ["first"]
    assert time.monotonic() - began < allowed(0.4), "a batch in 5 s: one that is held back comes after those"
    await stream.aclose()


async def test_the_second_item_is_hardly_held_back_and_the_last_not_at_all():
    async def tokens():
        yield "asked"
        await asyncio.sleep(0.05)
        yield "first word"
        await asyncio.sleep(0.05)
        yield "last word"

    began = time.monotonic()
    batches = [batch async for batch in batch_stream(tokens(), rate=0.1)]
    assert [one for batch in batches for one in batch] == ["asked", "first word", "last word"]
    assert time.monotonic() - began < allowed(1), "a batch in 10 s: one that is held back comes after those"


def test_a_process_that_has_too_much_to_do_hands_on_less_often_and_recovers():
    pace, usual = Pace(), 1 / RATE
    assert pace.pause(SOON, usual) == SOON
    for _ in range(10):
        pace.note(2 * LATE)
    assert pace.pause(usual, usual) == pytest.approx(SELDOM)
    for _ in range(30):
        pace.note(0.001)
    assert pace.pause(1, usual) == usual


def test_a_stream_that_begins_in_a_crowd_is_not_quicker_than_the_others():
    pace, usual = Pace(), 1 / RATE
    pace.note(2 * LATE)
    assert pace.pause(SOON, usual) == 1.5 * usual


def test_a_crowd_is_forgotten(monkeypatch):
    pace, usual = Pace(), 1 / RATE
    pace.note(2 * LATE)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + FORGOTTEN)
    assert pace.pause(SOON, usual) == SOON


def test_a_pause_that_is_longer_anyway_stays():
    pace = Pace()
    pace.note(2 * LATE)
    assert pace.pause(SOON, 2.0) == 2.0


async def test_beats_while_the_source_is_silent():
    async def silent():
        await asyncio.sleep(0.25)
        yield 1

    batches = [batch async for batch in batch_stream(silent(), heartbeat=0.05)]
    assert batches[-1] == [1]
    assert batches.count([]) >= 3


async def test_closing_it_cancels_the_source_at_once():
    ended = asyncio.Event()

    async def endless():
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            ended.set()

    stream = batch_stream(endless(), heartbeat=0.01)
    assert await anext(stream) == [1]
    await stream.aclose()
    assert ended.is_set()


async def test_an_error_comes_after_what_arrived():
    async def breaking():
        yield 1
        yield 2
        raise ValueError("broke off")

    got = []

    async def read():
        async for batch in batch_stream(breaking()):
            got.extend(batch)

    with pytest.raises(ValueError, match="broke off"):
        await read()
    assert got == [1, 2]
