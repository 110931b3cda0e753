"""What one press of Run does: values become a request, the request a run, and its steps updates of the page."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from inspect import isawaitable

import gradio as gr

from omni_ui.client import FILE_KINDS, BadRequest, Request
from omni_ui.core import status
from omni_ui.core.batching import HEARTBEAT
from omni_ui.core.files import as_plain_json
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun, Run, RunEvent, RunResult, Updates, Values, execute, explain
from omni_ui.core.servers.backend import Backend
from omni_ui.core.templates import NOTHING
from omni_ui.core.visitor import is_page, visitor_of
from omni_ui.features.error_fixes import error_fixes
from omni_ui.features.history.service import Recorder
from omni_ui.features.history.unfinished import noting
from omni_ui.features.repeat.repeat import GONE, Shown, compare_repetition
from omni_ui.features.tab_context import MakeRun, Read, TabContext
from omni_ui.features.waits.view import waits_view
from omni_ui.tabs.result_actions import result_actions
from omni_ui.widgets.fields import kind_of
from omni_ui.widgets.form import Form

STOPPED = "Stopped before it finished, or its page was closed. Open it to run it again."
BUTTONS_AFTER = 0.4
"""Seconds after the first of something is shown that its settings and code follow: they are large, and what comes
next would wait for them."""
SEEN = 5.0
"""Seconds after which a page gets an update that says nothing, while it holds the connection by which it is known to be
open: each costs the processor half a millisecond, and one that leaves lets go of that connection."""
NO_SERVER = "the host can set OMNI_BASE_URL, or the address of this tab's own server."


@dataclass
class RunEnd:
    """How a run ended. reached: it came to its end. sentence: else, what the history says of it."""

    reached: bool = False
    sentence: str = STOPPED


@dataclass(eq=False)
class RunHandler:
    """The handler of Run, or of another event that starts a run. Over the API a failure is an error; in the page it is
    a card in the result column.

    make: from a request to a run. results: the components that the run shows.
    read: from all values by name to a request (or Invalid). main: it is Run, whose result can be repeated.
    """

    tab: TabContext
    make: MakeRun
    results: list[gr.components.Component]
    read: Read
    main: bool

    async def updates(self, values: Values, request: gr.Request, repetition: str) -> AsyncGenerator[Updates]:
        """The updates of one run. repetition: "check", "again" or "another" for one of the result shown, else ""."""
        tab = self.tab
        before = tab.repeat.of(request.session_hash) if repetition else None
        try:
            if repetition:
                asked, values = self._repeated(before, values, repetition)
            else:
                read = self.read(values)
                asked = (await read if isawaitable(read) else read).with_seed()
        except Invalid as wrong:
            yield await self._failure(wrong, request, values)
            return
        backend = tab.backends.for_tab(tab.name, request.session_hash)
        if backend is None:
            nowhere = Invalid.because("", f"No server is set for this tab: {NO_SERVER}")
            yield await self._failure(nowhere, request, values)
            return
        yield {tab.status: status.working()}  # before the server is asked who it is, which may take seconds
        ability = await backend.ability(tab.name)
        run = tab.begin(self.make, asked, values, request, backend, ability.model if ability else None)
        run.again = bool(repetition)
        async with aclosing(self._steps(backend, run, request)) as steps:
            async for step, latest in steps:
                if step.kind == "failed":
                    seen = run.after_failure()
                    seen |= await result_actions(tab, run, run.outcome()) if run.has_partial_result else {}
                    yield seen | await self._failure(step.error, request, values, run, backend)
                elif step.kind == "done":
                    asked = asked.model_copy(update=run.typed)
                    now = tab.repeat.made(asked, values, step.outcome, run.model, run.version) if self.main else None
                    yield latest | await self._finish(run, step, before if repetition == "check" else None, now)
                else:
                    yield latest

    def _repeated(self, before: Shown | None, values: Values, repetition: str) -> tuple[Request, Values]:
        """The request and the values of a repetition of the result that is shown."""
        if not before:
            raise Invalid.because("", GONE)
        asked = before.request
        if repetition == "another":
            asked = asked.model_copy(update={"seed": None}).with_seed()
        return asked, values | before.entered | self.tab.repeated

    async def _steps(
        self, backend: Backend, run: AnyRun, request: gr.Request
    ) -> AsyncGenerator[tuple[RunEvent, Updates]]:
        """Each step with what the page shows of it: for the last one, "done", all that the run has shown, since a
        program may look at no other one."""
        tab = self.tab
        all_updates: Updates = {part: gr.skip() for part in self.results}
        last_note: tuple[object, ...] = (False, 0, None, Run.note)  # what was said when Run was pressed
        begun = buttons_shown = later_shown = False
        shown_at, updated_at = 0.0, time.monotonic()
        run_steps, stop_noted = aclosing(execute(backend, run)), self._noting_a_stop(run)
        async with run_steps as steps, noting(tab.recorder, run), stop_noted as end:
            async for step in steps:
                end.reached |= step.kind in ("failed", "done") or run.superseded
                if run.superseded:
                    # When a run ends, Gradio sends its last update once more: not over what Stop has said.
                    yield RunEvent("left", step.seconds), {tab.status: gr.skip()}
                    return
                if step.kind in ("failed", "done"):
                    yield step, all_updates
                elif step.kind == "called off":
                    end.sentence = str(step.error)
                    if request.headers.get("x-gradio-user") == "api":
                        raise gr.Error(str(step.error), print_exception=False)
                    yield step, {tab.status: status.stopped(str(step.error))}
                else:
                    run.timed &= not step.wait  # the server was busy with others: no word on this run
                    all_updates.update({} if is_page(request) else step.updates)
                    note = (step.kind == "waiting", step.place, step.wait, run.note)
                    updates = step.updates
                    if note != last_note:
                        updates = updates | {tab.status: status.working(run.note, step.place, step.wait, step.seconds)}
                    if not later_shown and begun and step.kind == "working":  # nothing comes yet
                        later_shown, updates = True, updates | await run.later()
                    # What was pushed needs no update; but a page that has left is noticed at an update.
                    silent = SEEN if run.pages and run.pages.is_open(run.session) else HEARTBEAT
                    if updates or time.monotonic() - updated_at >= silent:
                        yield step, updates or {tab.status: gr.skip()}
                        updated_at = time.monotonic()
                    begun, last_note = True, note
                    shown_at = shown_at or (step.seconds if run.has_partial_result else 0.0)
                    if run.has_partial_result and not buttons_shown and step.seconds - shown_at >= BUTTONS_AFTER:
                        buttons_shown = later_shown = True
                        yield step, await run.later() | await result_actions(tab, run, RunResult())

    @asynccontextmanager
    async def _noting_a_stop(self, run: AnyRun) -> AsyncGenerator["RunEnd"]:
        """Writes a run down that is ended before it is done: by Stop, because its page was left, or by the app."""
        end = RunEnd()
        began = time.monotonic()
        try:
            yield end
        finally:
            recorder = self.tab.recorder
            if recorder and not end.reached and not run.record:
                recorder.begin(self._note_stop(recorder, run, end.sentence, time.monotonic() - began))

    async def _note_stop(self, recorder: Recorder, run: AnyRun, sentence: str, seconds: float) -> None:
        if outcome := await run.whole_when_stopped():
            await recorder.result(run, outcome, seconds)
        else:
            await recorder.failure(self.tab.form.model, run.visitor, sentence, entered=run.entered, run=run)

    async def _finish(self, run: AnyRun, step: RunEvent, before: Shown | None, now: Shown | None) -> Updates:
        """before: the result that this one should be like. now: what this one's own repetition will need."""
        tab = self.tab
        outcome = step.outcome or RunResult()
        seed = getattr(run.request, "seed", None)
        facts = status.facts_of(step.seconds, seed, outcome.facts, run.model, run.seed_name)
        said = await compare_repetition(before, now) if before and now else NOTHING
        record = await tab.keep(run, outcome, step.seconds)
        if said and run.record and tab.recorder and run.visitor:
            tab.recorder.add_fact(run.record, run.visitor, outcome.facts[-1])
        return {
            tab.status: status.done(facts, waits_view(outcome.waiting) + said),
            **await result_actions(tab, run, outcome, record, now),
            tab.facts: {
                "tab": tab.name,
                "request": as_plain_json(run.request.model_dump(mode="json", exclude_none=True)),
                "seconds": round(step.seconds, 3),
                "model": run.model,
                "files": [str(path) for path in outcome.files],
                "record": record,
            },
        }

    async def _failure(
        self,
        error: Exception | None,
        request: gr.Request,
        entered: Values,
        run: AnyRun | None = None,
        backend: Backend | None = None,
    ) -> Updates:
        tab = self.tab
        sentence, details = (tab.backends.redact_address(text, backend) for text in explain(error))
        problems = error.problems if isinstance(error, Invalid) else ()
        faults = [(problem.field, tab.backends.redact_address(problem.sentence, backend)) for problem in problems]
        wanted = _wanted(error, tab.form, entered)
        field = wanted or (faults[0][0] if faults else "")
        missing = bool(wanted) or (field in tab.form.names("main") and not str(entered.get(field) or "").strip())
        # A run without what it is made from is a slip, and no try that anybody looks for in the History.
        if tab.recorder and not missing and not (run and run.record):
            await tab.recorder.failure(tab.form.model, visitor_of(request), sentence, details, entered=entered, run=run)
        if request.headers.get("x-gradio-user") == "api":
            raise gr.Error(sentence, print_exception=False)
        if tab.hello_stays and missing:
            return {tab.status: status.unfilled(sentence, field, tab.hello, faults)}
        fixes = error_fixes.fixes_row(tab.name, error_fixes.fixes_for(error, tab.form, entered))
        return {tab.status: status.failed(sentence, details, field, fixes, faults)}


def _wanted(error: Exception | None, form: Form, entered: Values) -> str:
    """The wire name of what a model cannot do without, and nobody has given; "" for any other failure.

    A file, or a text that is asked for before the request.
    """
    if not isinstance(error, BadRequest) or error.remedy:  # which is offered as a button
        return ""
    if error.field not in form.controls or str(entered.get(error.field) or "").strip():
        return ""
    info = form.model.model_fields.get(error.field)
    kind = kind_of(info) if info else None
    return error.field if kind in FILE_KINDS or (kind == "text" and error.status is None) else ""
