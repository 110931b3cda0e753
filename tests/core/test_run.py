import asyncio
from types import SimpleNamespace

import pytest

from omni_ui.client import BadRequest, ImageRequest, OmniError, Wait
from omni_ui.client.server.schema import Fitted
from omni_ui.core.invalid import Invalid
from omni_ui.core.reports.reports import Reports
from omni_ui.core.run import Run, RunResult, execute
from omni_ui.core.run_queue import RunQueue


class Counting(Run):
    """Gives numbers, then fails or ends as told."""

    def __init__(self, numbers=3, error=None, pause=0.0):
        self.request = ImageRequest(prompt="a")
        self.numbers, self.error, self.pause = numbers, error, pause
        self.got, self.ended = [], False

    async def events(self, omni, reporter):
        try:
            for number in range(self.numbers):
                await asyncio.sleep(self.pause)
                yield number
            if self.error:
                raise self.error
        finally:
            self.ended = True

    async def show(self, events):
        self.got += events
        return {"result": list(self.got)}

    def outcome(self):
        return RunResult(text=str(self.got))


def backend(limit=1):
    async def fit(request):
        return Fitted(request)

    parts = {"limits": None, "answers": None, "known_as": "http://server", "reports": Reports()}
    return SimpleNamespace(client=None, gate=RunQueue(limit), fit=fit, **parts)


async def test_a_run_works_shows_and_is_done_and_frees_its_place():
    server, run = backend(), Counting()
    steps = [step async for step in execute(server, run)]
    assert steps[0].kind == "working"
    assert steps[-2].updates == {"result": [0, 1, 2]}
    assert (steps[-1].kind, steps[-1].outcome.text) == ("done", "[0, 1, 2]")
    assert server.gate.running == 0


async def test_who_waits_is_told_the_place_in_line():
    server = backend()
    busy = server.gate.enter()
    steps = execute(server, Counting())
    assert (await anext(steps)).place == 1
    busy.leave()
    assert (await anext(steps)).kind == "working"
    await steps.aclose()
    assert server.gate.running == server.gate.waiting == 0


@pytest.mark.parametrize("error", [OmniError("It broke."), Invalid.because("image", "Not a picture.")])
async def test_a_known_failure_is_the_last_step_and_what_arrived_was_shown(error):
    server, run = backend(), Counting(error=error)
    steps = [step async for step in execute(server, run)]
    assert run.got == [0, 1, 2]
    assert steps[-1].error is error
    assert server.gate.running == 0


async def test_a_fault_of_our_own_goes_to_the_log_and_not_through_the_page(caplog):
    steps = [step async for step in execute(backend(), Counting(error=ZeroDivisionError("a bug")))]
    assert steps[-1].kind == "failed"
    assert "ZeroDivisionError" in caplog.text


async def test_closing_a_run_stops_the_work_and_frees_the_place():
    server, run = backend(), Counting(numbers=1000, pause=0.05)
    steps = execute(server, run)
    while (await anext(steps)).kind != "showing":
        pass
    await steps.aclose()
    assert run.ended
    assert server.gate.running == 0


async def test_a_wait_for_another_try_is_told():
    class Retrying(Counting):
        async def events(self, omni, reporter):
            reporter(Wait(seconds=5, reason="The server is busy.", attempt=1))
            await asyncio.sleep(0.6)
            yield 1

    steps = [step async for step in execute(backend(), Retrying())]
    assert any(step.wait and step.wait.reason == "The server is busy." for step in steps)


async def test_settings_that_the_server_lacks_are_left_out_and_named_in_the_facts():
    server, run = backend(), Counting()
    run.request = ImageRequest(prompt="a", flow_shift=3.0, layers=2)

    async def fit(request):
        return Fitted(request.model_copy(update={"flow_shift": None, "layers": None}), ("flow_shift", "layers"))

    server.fit = fit
    steps = [step async for step in execute(server, run)]
    assert steps[-1].outcome.facts == [("not on this server", "Flow shift, Layers")]
    assert run.request.flow_shift is None


async def test_a_request_that_the_server_cannot_take_fails_before_it_begins():
    server, run = backend(), Counting()

    async def fit(request):
        raise BadRequest("It would drop the file.", field="image")

    server.fit = fit
    steps = [step async for step in execute(server, run)]
    assert steps[-1].kind == "failed"
    assert not run.got
    assert not run.ended
