"""One tab with a form: what its model recommends, and one way to run."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Literal

import gradio as gr
from markupsafe import Markup

from omni_ui.client import Ability, Request
from omni_ui.core import status
from omni_ui.core.run import AnyRun, RequestT, RunResult, Updates, Values, explain
from omni_ui.core.servers.backend import Backend
from omni_ui.core.visitor import is_page, visitor_of
from omni_ui.features.error_fixes import error_fixes
from omni_ui.features.estimate import estimate
from omni_ui.features.grid.view import wire as wire_grid
from omni_ui.features.loras.loras import listed
from omni_ui.features.stage.more_settings import wire_more
from omni_ui.features.tab_context import MakeRun, Read
from omni_ui.tabs.run_handler import RunHandler
from omni_ui.tabs.tab_frame import TabFrame
from omni_ui.widgets.components import shows_as_is
from omni_ui.widgets.form import by_name


class OmniTab(TabFrame):
    """A tab whose Run sends what its form holds. Its module builds the frame, and then says what `runs`."""

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
        inputs |= {name: inputs.pop(name) for name in self.form.model.later_fields() if name in inputs}
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
