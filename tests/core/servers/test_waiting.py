"""The parts of a run's time add up to the whole, whatever the server says."""

import asyncio

import pytest

from omni_ui.client import ImageRequest
from omni_ui.client.answers.stage_times import StageTimes
from omni_ui.core.run import Run, RunResult, execute
from omni_ui.core.servers.waiting import CallTimes, Waiting, break_down
from tests.core.test_run import backend

TOLD = StageTimes((("diffuse", 0.6), ("vae", 0.2)), queue=0.1, peak_mb=12_345.0)


def kinds(waiting: Waiting) -> dict[str, float]:
    return {part.name or part.kind: pytest.approx(part.seconds) for part in waiting.parts}


def test_each_part_stands_by_itself():
    waiting = break_down(0.3, 1.5, waited=1.0, read=0.2, streamed=False, times=TOLD)
    parts = {"line": 0.3, "network": 0.2, "queue": 0.1, "diffuse": 0.6, "vae": 0.2, "server": 0.1, "page": 0.3}
    assert kinds(waiting) == parts
    assert waiting.whole == pytest.approx(0.3 + 1.5)
    assert waiting.facts == [("peak memory", "12.3 GB")]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "times", [StageTimes(), TOLD, StageTimes((("a", 9.0),), 9.0), StageTimes((("a", 0.9), ("b", 0.8)))]
)
def test_the_parts_add_up_to_the_whole(streamed, times):
    waiting = break_down(0.25, 1.5, 1.0, 0.2, streamed, times)
    assert waiting.whole == pytest.approx(1.75)
    assert Waiting.from_dict(waiting.as_dict()).whole == pytest.approx(1.75, abs=0.001)


def test_stages_side_by_side_are_one_part():
    waiting = break_down(0, 1.0, 1.0, 0.0, False, StageTimes((("thinker", 0.9), ("talker", 0.8))))
    assert kinds(waiting) == {"together": 1.0}
    assert waiting.within == (("thinker", 0.9), ("talker", 0.8))


def test_the_network_of_a_stream_is_not_made_up():
    assert kinds(break_down(0, 1.0, 0.1, 0.9, True, StageTimes())) == {"answer": 1.0}


def test_calls_side_by_side_count_once():
    times = CallTimes([[0.0, 1.0, 2.0], [0.5, 1.5, 3.0]])
    assert times.spans(9.0) == (1.0, 2.0)
    assert CallTimes([[0.0, 1.0]]).spans(4.0) == (1.0, 3.0)  # one that is still read


@pytest.mark.parametrize("kept", [None, {}, {"parts": [1]}, {"parts": [["page", "x", ""]], "within": []}, "x"])
def test_what_is_no_record_of_it_is_none(kept):
    assert Waiting.from_dict(kept) is None


class Calling(Run):
    """Makes one call, as the client reports it, and holds what the server said of its stages."""

    def __init__(self) -> None:
        self.request = ImageRequest(prompt="a")
        self.metrics = {"stage_durations": {"paint": 0.004, "queue_wait_ms": 2.0}, "peak_memory_mb": 900}

    async def events(self, omni, reporter):
        reporter.sent()
        await asyncio.sleep(0.02)
        reporter.answered({"content-length": "1"})
        reporter.received()
        yield 1

    async def show(self, events):
        return {}

    def outcome(self):
        return RunResult()


async def test_a_run_says_where_its_time_went():
    steps = [step async for step in execute(backend(), Calling())]
    outcome = steps[-1].outcome
    assert outcome.waiting.whole == pytest.approx(steps[-1].seconds, abs=0.02)
    assert kinds(outcome.waiting)["paint"] == pytest.approx(0.004)
    assert kinds(outcome.waiting)["queue"] == pytest.approx(0.002)
    assert ("peak memory", "900 MB") in outcome.facts
