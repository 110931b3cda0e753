"""The frame of every tab: settings on the left, the result on the right, and one way to run."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Literal, cast

import gradio as gr
from markupsafe import Markup

from omni_ui.client import Ability, Request
from omni_ui.client.tabs import FACTS
from omni_ui.core import status
from omni_ui.core.backends import Backends
from omni_ui.core.run import AnyRun, RequestT, RunResult, Updates, Values, explain
from omni_ui.core.servers.backend import Backend
from omni_ui.core.visitor import is_page, visitor_of
from omni_ui.features.error_fixes import error_fixes
from omni_ui.features.estimate import estimate
from omni_ui.features.grid.view import grid_view
from omni_ui.features.grid.view import wire as wire_grid
from omni_ui.features.history.restored_result import ShowRestored
from omni_ui.features.history.service import Recorder
from omni_ui.features.loras.loras import listed
from omni_ui.features.recipes.panel import settings_place
from omni_ui.features.repeat.repeat import Repeat
from omni_ui.features.servers.note import server_note
from omni_ui.features.stage.drawer import drawer_bar
from omni_ui.features.stage.more_settings import wire_more
from omni_ui.features.tab_context import MakeRun, Read, ResultButtons
from omni_ui.settings import Tab
from omni_ui.tabs.run_handler import RunHandler
from omni_ui.tabs.settings_column import add_folded_settings, add_settings
from omni_ui.widgets.components import shows_as_is
from omni_ui.widgets.form import Form, by_name

STAGED = ("image", "edit", "video")
"""Tabs whose result is seen: it stands on a stage as tall as the window, and what is said of it lies over it."""


class OmniTab:
    """One tab while it is built. Its parts are made in the order in which the tab's module calls for them."""

    def __init__(self, model: type[Request], backends: Backends, hello: Markup) -> None:
        self.name = cast(Tab, model.tab)
        self.title = FACTS[self.name].title
        self.backends = backends
        self.hello = hello
        """What the status says before the first run: HTML of status.empty."""
        self.hello_stays = self.name != "chat"
        """Whether it is said again when Run lacks a prompt; in Chat a conversation stands there."""
        self.form = Form(backends.limits.narrow(model))
        self.inputs: dict[str, gr.components.Component] = {}
        """All that a run takes, by the name that the API gives it."""
        self.recorder: Recorder | None = None
        self.sends: ResultButtons | None = None
        """Set by the page when all tabs are there: who writes down what is made, and where it can be sent."""
        self.show_restored: ShowRestored | None = None
        self.restored_components: list[gr.components.Component] = []
        """How a result of the history is shown once more, and the components that this sets."""
        self.conversation: gr.components.Component | None = None
        self.take_back: Callable[[Values], Awaitable[Updates]] | None = None
        """The conversation as JSON, and how one that the browser kept is gone on with (features/drafts)."""
        self.make: MakeRun | None = None
        self.read: Read = self.form.read
        """How Run goes from values to a request, and from that to work: for those who run it with other values."""
        self.fork_inputs: Callable[[Values], Values] = lambda entered: entered
        """What a cell of a grid takes in place of what is entered: nothing that a run changes may be the page's own."""
        self.follows: Callable[[Values, str | None], Awaitable[Values]] = _nothing
        """From what is entered, in a session, to the fields that a run fills in by itself before it sends."""
        self.repeat = Repeat(self.name)
        self.repeated: Values = {}
        """What is entered, in place of what had been, when the result that is shown is repeated."""
        self.loras: gr.Dropdown | None = None
        self.later_results: list[gr.components.Component] = []
        """Further components that the work shows: they stand last in the API, for programs that know the others."""
        self.model_note: gr.HTML
        self.more: gr.HTML | None = None
        self.first: list[str] = []
        """The line that unfolds more settings, and the settings that are always seen."""
        self.also_recommended: list[str] = []
        """Fields that this tab's own `recommended` may name, besides those that makers recommend."""

    @contextmanager
    def frame(self) -> Iterator[None]:
        """The tab itself. `with tab.frame(): with tab.controls(): … with tab.stage(): …`"""
        with gr.Tab(self.title, id=self.name, elem_id=f"{self.name}-tab") as self.opened:
            if self.name == "chat":  # whose settings are folded away
                server_note(self.name, self.backends.settings)
            with gr.Row(elem_classes="omni-columns", equal_height=False):
                yield

    @contextmanager
    def controls(self, buttons: bool = True) -> Iterator[None]:
        """The left column. What the module adds stands first, then Run and Stop, then the settings.

        buttons: False when the module places them elsewhere (`add_buttons`).
        """
        with gr.Column(scale=36, min_width=300, elem_classes="omni-controls"):
            self.form.add_all(self.form.names("main"))
            if self.name != "chat":  # it is seen above the prompt, but comes after it for the Tab key
                server_note(self.name, self.backends.settings)
            yield
            if buttons:
                self.add_buttons()
            add_settings(self) if self.name == "chat" else add_folded_settings(self)

    def add_buttons(self, run: str = "Run") -> None:
        with gr.Row(elem_classes="omni-buttons"):
            self.run_button = gr.Button(run, variant="primary", elem_id=f"{self.name}-run", scale=3)
            self.stop_button = gr.Button("Stop", elem_id=f"{self.name}-stop", scale=1, min_width=72)
            self.estimate = estimate.estimate_line(self.name)

    @contextmanager
    def stage(self, status: bool = True) -> Iterator[None]:
        """The right column: what the module adds is the result; with it the status, below it actions and code.

        status: False when the module places it elsewhere (`add_status`).
        """
        classes = ["omni-screen", "omni-big"] if self.name in STAGED else ["omni-screen"]
        with gr.Column(scale=64, min_width=320, elem_classes="omni-stage") as self.stage_column:
            if status:
                with gr.Column(elem_classes=classes):
                    yield
                    self.add_status()
            else:
                yield
            self.settings = settings_place(self.name)
            drawer_bar(self.name)
            self.grid = grid_view(self.form)
            self.code = gr.HTML(
                label="Code", elem_id=f"{self.name}-code", elem_classes="omni-code-place", padding=False
            )
            self.facts = gr.JSON(visible=False, elem_id=f"{self.name}-facts", label="Facts")

    def add_status(self) -> None:
        self.status = gr.HTML(
            self.hello, label="Status", elem_id=f"{self.name}-status", elem_classes="omni-status-line", padding=False
        )

    def label(self, name: str) -> str:
        """A field's title within a sentence."""
        title = self.form.model.model_fields[name].title or name
        return title[:1].lower() + title[1:]

    async def ability(self, session: str | None) -> Ability | None:
        """What this tab's server can do for it; None when there is no server."""
        backend = self.backends.for_tab(self.name, session)
        return await backend.ability(self.name) if backend else None

    async def recommended(self, session: str | None) -> Values:
        """What is filled in where nothing was entered (model_defaults): here what the makers of the model want."""
        ability = await self.ability(session)
        settings = ability.detail.get("settings", {}) if ability else {}
        fields = {name: value for name, value in settings.items() if name in self.form.controls}
        return {"fields": fields, "note": self._recommended(ability.model, fields)} if ability and fields else {}

    def _recommended(self, model: str | None, fields: Values) -> Markup:
        words = ", ".join(f"{self.label(name)} {value}" for name, value in fields.items())
        return Markup("Filled in as the makers of {0} recommend: {1}.").format(model or "this model", words)

    async def show_model(self, session: str | None) -> Updates:
        """What the page shows of this tab's model: what the settings do in the demo, and which ones are recommended."""
        backend = self.backends.for_tab(self.name, session)
        ability = await self.ability(session)
        notes = [
            Markup('<span class="omni-of-demo">{}</span>').format(ability.detail.get("description", ""))
            if ability and backend and backend.demo
            else "",
            (await self.recommended(session)).get("note", ""),
        ]
        loras: Updates = {self.loras: listed(ability)} if self.loras else {}
        return {self.model_note: Markup("<br>").join(filter(None, notes))} | loras

    @property
    def model_components(self) -> list[gr.blocks.Block]:
        """The components that `show_model` may set."""
        return [self.model_note, self.loras] if self.loras else [self.model_note]

    def runs(
        self,
        make: Callable[[RequestT], AnyRun],
        results: list[gr.components.Component],
        *,
        more: dict[str, gr.components.Component] | None = None,
        read: Callable[[Values], RequestT | Awaitable[RequestT]] | None = None,
        stopped: Callable[[gr.Request], Awaitable[str]] | None = None,
        again: Literal["once", "multiple"] = "once",
        on: Callable[..., gr.events.Dependency] | None = None,
    ) -> gr.events.Dependency:
        """Wires Run and Stop.

        make: from a request to a run. results: the components that the run shows.
        more: further inputs by the name that the API gives them, such as the text of a message.
        read: from all values by name to a request (or Invalid); by default the form's own.
        stopped: what is said after Stop, where that is not the usual; "" is the usual.
        again: whether Run may be pressed "once" until the run is over, or "multiple" times.
        on: the event that starts it, by default a press of Run; another one is not in the API.
        """
        inputs = self.form.controls | (more or {})
        outputs = [*results, self.status, self.settings, self.code, self.facts, *self.later_results]
        reads: Read = read or self.form.read
        repeat: gr.HTML | None = None
        if not on:
            self.inputs, self.make, self.read = inputs, make, reads
            with self.opened:
                repeat = self.repeat.button(inputs)

        run_handler = RunHandler(self, make, results, reads, main=not on)

        async def handler(request: gr.Request, event: gr.EventData, *values: object) -> AsyncGenerator[Updates]:
            entered = dict(zip(inputs, values, strict=True))
            repetition = str(event.what) if repeat is not None and event.target is repeat else ""
            async with aclosing(run_handler.updates(entered, request, repetition)) as changes:
                async for updates in changes:
                    yield updates

        # One event for Run and for a repetition: there is one run at a time, and Stop ends it.
        start = on or partial(gr.on, [self.run_button.click, *([repeat.input] if repeat else [])])
        ran = start(
            fn=by_name(list(inputs), handler),
            inputs=list(inputs.values()),
            outputs=outputs,
            api_name=None if on else self.name,
            api_visibility="private" if on else "public",
            api_description=(self.form.model.__doc__ or "").strip().split("\n")[0],
            show_progress="hidden",
            postprocess=not all(map(shows_as_is, outputs)),  # it costs a change of thread for each output each time
            concurrency_limit=None,
            trigger_mode=again,
        )

        self._wire_stop(ran, stopped)
        if not on:
            self._wire_features()
        return ran

    def _wire_features(self) -> None:
        """What else can be done with the controls of a tab. Call it when Run is wired."""
        wire_grid(self)
        estimate.wire(self)
        if self.more:
            wire_more(self, self.more, self.first)
        with self.opened:
            error_fixes.wire(self.form)

    def _wire_stop(self, ran: gr.events.Dependency, stopped: Callable[[gr.Request], Awaitable[str]] | None) -> None:
        async def stop(request: gr.Request) -> str:
            sentence = await stopped(request) if stopped else ""
            return status.stopped(sentence) if sentence else status.stopped()

        self.stop_button.click(
            stop, None, self.status, cancels=[ran], api_visibility="private", queue=False, show_progress="hidden"
        )

    def begin(
        self, make: MakeRun, asked: Request, values: Values, request: gr.Request, backend: Backend,
        model: str | None,
    ) -> AnyRun:  # fmt: skip
        """A new run, with its visitor, session and server set."""
        run = make(asked)
        run.model, run.version, run.demo = model, backend.version, backend.demo
        run.visitor, run.session = visitor_of(request), request.session_hash
        run.pages = self.backends.pages if is_page(request) else None
        run.owner = run.visitor or f"address {request.client.host if request.client else ''}"
        run.entered = values
        return run

    async def keep(self, run: AnyRun, outcome: RunResult, seconds: float) -> str:
        """Writes down a finished run; the id of its record."""
        if run.record or not self.recorder:
            return run.record
        if run.timed and (backend := self.backends.for_tab(self.name, run.session)):
            self.recorder.begin(estimate.note(self.recorder.store.timings, backend, run, seconds))
        return await self.recorder.result(run, outcome, seconds)

    async def keep_failure(self, run: AnyRun, error: Exception | None, backend: Backend) -> str:
        """Writes down a run that failed; the sentence for the visitor."""
        sentence, words = (self.backends.redact_address(text, backend) for text in explain(error))
        if self.recorder and not run.record:
            await self.recorder.failure(self.form.model, run.visitor, sentence, words, entered=run.entered, run=run)
        return sentence


async def _nothing(entered: Values, session: str | None) -> Values:
    return {}
