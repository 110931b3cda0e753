import asyncio

import pytest

from omni_ui.core.run_queue import Gate


async def test_lets_the_limit_through_and_lines_up_the_rest():
    gate = Gate(2)
    first, second, third, fourth = (gate.enter() for _ in range(4))
    assert [turn.place for turn in (first, second, third, fourth)] == [0, 0, 1, 2]
    assert (gate.running, gate.waiting) == (2, 2)
    assert not await fourth.ready(0.01)
    assert await first.ready(0), "a turn that came needs no waiting"
    first.leave()
    assert await third.ready(0.01)
    assert fourth.place == 1


async def test_who_gives_up_in_line_is_passed_over():
    gate = Gate(1)
    running, quitter, patient = gate.enter(), gate.enter(), gate.enter()
    quitter.leave()
    assert patient.place == 1
    running.leave()
    assert await patient.ready(0.01)
    assert gate.running == 1


async def test_leaving_twice_frees_one_place():
    gate = Gate(1)
    turn = gate.enter()
    turn.leave()
    turn.leave()
    assert gate.running == 0


async def test_a_cancelled_wait_keeps_the_line_whole():
    gate = Gate(1)
    running, waiting = gate.enter(), gate.enter()
    task = asyncio.create_task(waiting.ready(10))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    waiting.leave()
    running.leave()
    assert (gate.running, gate.waiting) == (0, 0)
