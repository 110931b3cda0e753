"""One run, the same for every tab: wait in the queue, stream from the server, update the page, clean up.

A tab says what to ask for (`events`), how to show it (`show`), and its result (`outcome`). All else is here: the place
in line, the heartbeat, retries, errors as sentences, the abort at the server when the visitor stops or leaves.
"""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

from markupsafe import Markup

from omni_ui.client import OmniClient, OmniError, Request, Wait, cost_of
from omni_ui.client.answers.stage_times import read_stage_times
from omni_ui.core.batching import HEARTBEAT, batch_stream
from omni_ui.core.invalid import Invalid
from omni_ui.core.open_answers import PATIENCE
from omni_ui.core.own_voices import without_marked
from omni_ui.core.reports.run_report import RunReport, labelled
from omni_ui.core.run_queue import QueueFull
from omni_ui.core.servers.backend import Backend
from omni_ui.core.servers.waiting import CallTimes, Waiting, break_down
from omni_ui.core.serving.page_push import OpenPages

UNREAD = "This run was stopped, because nobody opened its answer."
ENDING = "The app is restarting, so this run was cancelled. Open it to run it again."
ENDING_JOB = "The app is restarting. The job continues on its server and will be back here soon."
log = logging.getLogger(__name__)
LEFT_OUT = "not on this server"
"""The name of the fact that lists what had no effect."""
RequestT = TypeVar("RequestT", bound=Request)
EventT = TypeVar("EventT")
Updates = dict[Any, Any]
"""Values for components, as Gradio takes them."""
Values = dict[str, Any]
"""What is entered, by the names that the API gives the inputs of a tab."""


class CalledOff(Exception):
    """The run was ended on purpose, and not by Stop: no failure. The text is a sentence for the visitor."""


@dataclass
class RunResult:
    """What a finished run left: files in the order shown, text, and facts for the line below the result."""

    files: list[Path] = field(default_factory=list)
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    thread: str = ""
    """What it goes on with, such as a conversation: of one thread, history keeps the newest result."""
    conversation_json: object = None
    """All of that, as JSON with FileRefs for files."""
    waiting: Waiting | None = None
    """Where the time went."""


class Run(ABC, Generic[RequestT, EventT]):
    """One run of one tab, which asks for RequestT and gets EventT. A new one each time, so it may hold what arrived."""

    request: RequestT
    model: str | None = None
    version: str | None = None
    demo: bool = False
    visitor: str | None = None
    owner: str = ""
    """Who takes turns with others: the visitor, else the address that the run came from."""
    session: str | None = None
    pages: OpenPages | None = None
    """The way to the page that started the run, past Gradio's updates; None for a program."""
    entered: Values
    """These seven are set by the tab's frame before the run begins; this one holds all values by name."""
    note: str = "Working"
    """What is said while it runs; it may change."""
    record: str = ""
    """The id of its record in the history, when somebody else writes that down."""
    in_background: bool = False
    """Its result is shown elsewhere, such as in a cell of a grid: the result column is left alone."""
    timed: bool = True
    """Whether the frame remembers how long it took; False when somebody else does."""
    reported: bool = True
    """Whether its end is reported to those who operate the page; False when somebody else does, as for a job."""
    has_partial_result: bool = False
    """Something of this run is shown before it is done, in the place of the result before it."""
    seed_name: str = "seed"
    """What the seed is called in the facts: where it is not that of what is shown, it says of what."""
    left_out: tuple[str, ...] = ()
    """The wire names of settings that were entered and that this server does not have."""
    metrics: Mapping[str, object] | None = None
    """What the server says of its stages (client/answers/stage_times.py)."""
    typed: Values | None = None
    """Fields that were written while it ran: they take the place of what had been entered when it began."""
    actions: tuple[object, list[Path], tuple[Markup, Markup]] | None = None
    """The settings and the code that are shown of it, behind the request and the files that they are of."""
    again: bool = False
    """It repeats a result that is shown: nothing is waited for that a visitor might still enter."""

    @property
    def superseded(self) -> bool:
        """Whether the page shows something else by now: nothing more is shown of this run."""
        return False

    @abstractmethod
    def events(self, omni: OmniClient, reporter: "RetryReporter") -> AsyncIterator[EventT]:
        """What arrives from the server, as an async generator. It is drained at full speed.

        May raise Invalid when a look at the files that were entered shows that they cannot be sent.
        """

    @abstractmethod
    async def show(self, events: list[EventT]) -> Updates:
        """Takes in what arrived since the last call; what the page shows now. Called at most 18 times a second."""

    @abstractmethod
    def outcome(self) -> RunResult:
        """The result, after the last event."""

    def push(self, target: str, value: object) -> bool:
        """Sends a value to a script of the page at once; False where that is not possible, so that an update must do.

        Only for what the visitor waits for and what a later update of the run says again.
        """
        return self.pages is not None and not self.in_background and self.pages.push(self.session, target, value)

    async def later(self) -> Updates:
        """Updates that need not be shown at once, such as those that keep a run's state over a reload."""
        return {}

    async def whole_when_stopped(self) -> RunResult | None:
        """The result, when it was complete before the run was stopped, as an answer that was still being spoken."""
        return None

    def after_failure(self) -> Updates:
        """What the page shows of a run that failed, beside the card that says why."""
        return {}


AnyRun: TypeAlias = Run[Any, Any]


@dataclass
class RunEvent:
    """What happened: the page shows it. `kind` is one of waiting, working, showing, done, failed, "called off"."""

    kind: str
    seconds: float
    place: int = 0
    wait: Wait | None = None
    updates: Updates = field(default_factory=dict)
    outcome: RunResult | None = None
    error: Exception | None = None


class RetryReporter:
    """Where the client reports that it waits before another try; `wait` is that wait until it is over.

    cost: US dollars that a gateway names in its answers, added up; None when none does.
    """

    def __init__(self) -> None:
        self._wait: Wait | None = None
        self._until = 0.0
        self.cost: float | None = None
        self.times = CallTimes()

    def sent(self) -> None:
        """A call of the run is sent."""
        self.times.sent()

    def received(self) -> None:
        """The answer of a call was read to its end."""
        self.times.received()

    def answered(self, headers: Mapping[str, str]) -> None:
        """Takes in the headers of an answer: LiteLLM names the cost there."""
        self.times.answered("event-stream" in headers.get("content-type", "") or "content-length" not in headers)
        if (cost := cost_of(headers)) is not None:
            self.cost = (self.cost or 0.0) + cost

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Facts from the headers of answers, for the line below the result."""
        return [("cost", f"${self.cost:.4g}")] if self.cost else []

    def __call__(self, wait: Wait) -> None:
        self._wait, self._until = wait, time.monotonic() + wait.seconds

    @property
    def wait(self) -> Wait | None:
        return self._wait if time.monotonic() < self._until else None


async def execute(backend: Backend, run: AnyRun) -> AsyncGenerator[RunEvent]:
    """The steps of a run. Closing it stops the server's work. Every failure is a last step of kind "failed"."""
    report = backend.reports.begin(RunReport.of(run.request, backend.known_as, run.model))
    began = time.monotonic()
    try:
        async with aclosing(_steps(backend, run, report)) as steps:
            async for step in steps:
                if step.kind in ("done", "called off"):
                    report.status = step.kind
                elif step.kind == "failed":
                    report.fail(step.error)
                elif step.kind == "waiting":
                    report.waited = step.seconds
                yield step
    finally:
        report.seconds = time.monotonic() - began - report.waited
        backend.reports.end(report, announce=run.reported)


async def _steps(backend: Backend, run: AnyRun, report: RunReport) -> AsyncGenerator[RunEvent]:
    began = entered = time.monotonic()

    def step(kind: str, **more: Any) -> RunEvent:
        return RunEvent(kind, time.monotonic() - began, **more)

    if backend.limits and (refused := backend.limits.check(run.request, run.session)):
        yield step("failed", error=Invalid(*refused))
        return
    try:
        slot = backend.gate.enter(run.owner)
    except QueueFull as full:
        yield step("failed", error=Invalid.because("", str(full)))
        return

    def check() -> None:
        """CalledOff when nobody has opened the answer for too long, and when the app ends."""
        if backend.reports.ending:
            raise CalledOff(ENDING if run.reported else ENDING_JOB)
        if backend.answers and time.monotonic() - entered > PATIENCE and not backend.answers.is_open(run.session):
            raise CalledOff(UNREAD)

    try:
        while place := slot.place:
            check()
            yield step("waiting", place=place)
            await slot.ready(HEARTBEAT)
        began = time.monotonic()
        yield step("working")
        fitted = await backend.fit(run.request)
        run.request, run.left_out = fitted.request, fitted.left_out
        reporter = RetryReporter()
        stream = batch_stream(labelled(run.events(backend.client, reporter), report))
        try:
            async for batch in stream:
                wait = reporter.wait
                check()
                if batch:
                    yield step("showing", updates=await run.show(batch), wait=wait)
                else:
                    yield step("working", wait=wait)
        finally:
            await stream.aclose()
        outcome = _with_left_out(run)
        outcome.waiting = outcome.waiting or _waiting(began - entered, began, reporter.times, run)
        outcome.facts = [*outcome.facts, *reporter.facts, *(outcome.waiting.facts if outcome.waiting else [])]
        await report.measure(outcome.files, outcome.text)
        yield step("done", outcome=outcome)
    except CalledOff as off:
        yield step("called off", error=off)
    except (OmniError, Invalid) as error:
        yield step("failed", error=error)
    except Exception as error:  # a fault of our own: the visitor gets a sentence, the log the trace
        log.exception("a run of %s failed in the page itself", run.request.tab)
        yield step("failed", error=error)
    finally:
        slot.leave()


def _waiting(line: float, began: float, times: CallTimes, run: AnyRun) -> Waiting | None:
    """How long each part of a run took; None for a run that sent nothing itself."""
    if not times.calls:
        return None
    now = time.monotonic()
    waited, read = times.spans(now)
    return break_down(line, now - began, waited, read, times.streamed, read_stage_times(run.metrics))


def _with_left_out(run: AnyRun) -> RunResult:
    """The result, with a fact that lists the settings that this server does not have."""
    outcome = run.outcome()
    fields = type(run.request).model_fields
    if labels := ", ".join(fields[name].title or name for name in run.left_out):
        outcome.facts.append((LEFT_OUT, labels))
    return outcome


def explain(error: Exception | None) -> tuple[str, str]:
    """An error as a sentence for the visitor, and the server's own words."""
    if isinstance(error, Invalid):
        return str(error), ""
    if isinstance(error, OmniError):
        return without_marked(error.sentence), without_marked(error.server_message or "")
    return "Something went wrong in this page, not on the server. It was written to the log. Try again.", ""
