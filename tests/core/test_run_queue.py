import asyncio

import pytest

from omni_ui.core.run_queue import FairShare, QueueFull, RunQueue


async def test_lets_the_limit_through_and_lines_up_the_rest():
    gate = RunQueue(2)
    first, second, third, fourth = (gate.enter() for _ in range(4))
    assert [turn.place for turn in (first, second, third, fourth)] == [0, 0, 1, 2]
    assert (gate.running, gate.waiting) == (2, 2)
    assert not await fourth.ready(0.01)
    assert await first.ready(0), "a turn that came needs no waiting"
    first.leave()
    assert await third.ready(0.01)
    assert fourth.place == 1


async def test_who_gives_up_in_line_is_passed_over():
    gate = RunQueue(1)
    running, quitter, patient = gate.enter(), gate.enter(), gate.enter()
    quitter.leave()
    assert patient.place == 1
    running.leave()
    assert await patient.ready(0.01)
    assert gate.running == 1


async def test_leaving_twice_frees_one_place():
    gate = RunQueue(1)
    turn = gate.enter()
    turn.leave()
    turn.leave()
    assert gate.running == 0


async def test_a_cancelled_wait_keeps_the_line_whole():
    gate = RunQueue(1)
    running, waiting = gate.enter(), gate.enter()
    task = asyncio.create_task(waiting.ready(10))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    waiting.leave()
    running.leave()
    assert (gate.running, gate.waiting) == (0, 0)


async def test_visitors_take_turns_however_many_runs_one_of_them_has():
    queue = RunQueue(1)
    slots = [queue.enter("greedy") for _ in range(50)]
    patient = queue.enter("patient")
    assert patient.place == 2, "behind the next of the other, not behind all of them"
    slots[0].leave()
    assert slots[1].place == 0
    slots[1].leave()
    assert patient.place == 0
    assert slots[2].place == 1
    patient.leave()
    assert slots[2].place == 0


async def test_the_place_in_line_is_the_order_in_which_runs_are_called():
    queue = RunQueue(1)
    running = queue.enter("a")
    names = ["a", "a", "b", "a", "c", "c", "b", "a"]
    slots = [queue.enter(name) for name in names]
    order = sorted(slots, key=lambda slot: slot.place)
    assert [slot.place for slot in order] == list(range(1, len(names) + 1))
    for slot in order:
        running.leave()
        assert slot.place == 0
        running = slot


async def test_a_visitor_runs_only_so_many_at_a_time_and_others_pass():
    queue = RunQueue(4, FairShare(running=3, waiting=10))
    slots = [queue.enter("greedy") for _ in range(4)]
    assert [slot.place for slot in slots] == [0, 0, 0, 1]
    assert queue.enter("patient").place == 0
    slots[0].leave()
    assert slots[3].place == 0


async def test_more_runs_in_line_than_allowed_are_refused_with_a_sentence():
    queue = RunQueue(4, FairShare(running=1, waiting=2))
    slots = [queue.enter("greedy") for _ in range(3)]
    with pytest.raises(QueueFull, match="2 of your runs are waiting already"):
        queue.enter("greedy")
    queue.enter("patient")
    for slot in slots:
        slot.leave()
    assert queue.enter("greedy").place == 0


async def test_runs_a_minute_are_counted_by_visitor(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("omni_ui.core.run_queue.time.monotonic", lambda: now[0])
    queue = RunQueue(4, FairShare(per_minute=2))
    for _ in range(2):
        queue.enter("quick").leave()
    with pytest.raises(QueueFull, match="2 runs a minute from each visitor: wait 60 s"):
        queue.enter("quick")
    queue.enter("other").leave()
    now[0] += 60.5
    queue.enter("quick").leave()
    assert len(queue._begun) == 1, "visitors of a minute ago are forgotten"
