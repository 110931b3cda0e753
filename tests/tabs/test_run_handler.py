"""How often a run that has nothing to say tells its page so: at an update it is noticed that the page has left."""

from types import SimpleNamespace

import gradio as gr
import pytest

from omni_ui.client import Problem
from omni_ui.client.answers.failures import error_from_body
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Run, RunEvent, RunResult
from omni_ui.core.serving.page_push import OpenPages
from omni_ui.features.speech.request import SpokenText
from omni_ui.tabs import run_handler
from omni_ui.tabs.run_handler import HEARTBEAT, SEEN, RunHandler

REQUEST = SimpleNamespace(headers={"x-gradio-user": "app"})
SECONDS = 12.0


async def write(_: bytes) -> None:
    """A page that reads what comes."""


async def silent_updates(monkeypatch, run, after=lambda at: None) -> list[float]:
    """When the page gets an update that says nothing, of a run whose server is silent for some seconds.

    after: called with the seconds that have gone by.
    """
    clock = [0.0]
    monkeypatch.setattr(run_handler, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    async def execute(*_):
        while clock[0] < SECONDS:
            clock[0] += HEARTBEAT
            after(clock[0])
            yield RunEvent("working", clock[0])
        yield RunEvent("done", clock[0], outcome=RunResult())

    monkeypatch.setattr(run_handler, "execute", execute)
    handler = RunHandler(SimpleNamespace(recorder=None, status="status"), None, [], None, main=False)
    steps = [(step, updates) async for step, updates in handler._steps(None, run, REQUEST)]
    assert steps[-1][0].kind == "done"
    return [step.seconds for step, updates in steps[:-1] if updates == {"status": gr.skip()}]


@pytest.fixture
def run(monkeypatch):
    async def later():
        return {}

    made = SimpleNamespace(note=Run.note, superseded=False, has_partial_result=False, record="x", visitor=None)
    made.later, made.timed, made.pages, made.session = later, True, None, "session"
    return made


async def test_a_program_is_looked_for_at_every_sign_of_life(monkeypatch, run):
    assert await silent_updates(monkeypatch, run) == [HEARTBEAT * at for at in range(1, int(SECONDS / HEARTBEAT) + 1)]


async def test_a_page_that_holds_its_connection_is_seldom_looked_for(monkeypatch, run):
    run.pages = OpenPages()
    with run.pages.open("session", write):
        assert await silent_updates(monkeypatch, run) == [SEEN, 2 * SEEN]


async def test_a_page_that_lets_go_of_it_is_looked_for_at_once(monkeypatch, run):
    run.pages = OpenPages()
    connection = run.pages.open("session", write)
    connection.__enter__()

    def leave(at):
        if at == 3:
            connection.__exit__(None, None, None)

    assert (await silent_updates(monkeypatch, run, leave))[:3] == [3.0, 3.5, 4.0]


@pytest.mark.parametrize("entered", ["", " \n", None, []], ids=repr)
async def test_the_examples_stay_when_nothing_but_blanks_was_entered(entered):
    form = SimpleNamespace(names=lambda place: ["prompt"])
    backends = SimpleNamespace(redact_address=lambda text, backend: text)
    recorder = SimpleNamespace(failure=lambda *_, **__: pytest.fail("a missing prompt is nothing for the History"))
    tab = SimpleNamespace(recorder=recorder, status="status", hello="<examples>", hello_stays=True, form=form)
    tab.name, tab.backends = "image", backends
    handler = RunHandler(tab, None, [], None, main=True)
    wrong = Invalid.because("prompt", "Prompt is empty: fill it in first.")
    updates = await handler._failure(wrong, REQUEST, {"prompt": entered})
    assert "data-calm" in updates["status"]
    assert "data-faults" not in updates["status"]
    both = Invalid(Problem("prompt", "Prompt is empty: fill it in first."), Problem("size", "Size is too large."))
    updates = await handler._failure(both, REQUEST, {"prompt": entered})
    assert """data-faults='[["prompt", "Prompt is empty: fill it in first."], ["size",""" in updates["status"]


@pytest.mark.parametrize(("given", "calm"), [(None, True), ("/tmp/a.wav", False)])
async def test_a_recording_that_the_model_wants_is_asked_for_calmly(given, calm):
    form = SimpleNamespace(names=lambda place: ["input"], model=SpokenText, controls={"ref_audio": None, "input": None})
    backends = SimpleNamespace(redact_address=lambda text, backend: text)
    tab = SimpleNamespace(
        backends=backends, form=form, recorder=None, status="status", hello_stays=True, hello="", name="speech"
    )
    handler = RunHandler(tab, None, [], None, main=True)
    wants = error_from_body(
        {"error": {"message": "Base task requires 'ref_audio' for voice cloning", "code": 400}}, 400
    )
    updates = await handler._failure(wants, REQUEST, {"input": "Hello.", "ref_audio": given})
    assert ("data-calm" in updates["status"]) is calm
    assert ('data-field="ref_audio"' in updates["status"]) is calm
