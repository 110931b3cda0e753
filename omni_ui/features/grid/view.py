"""Explore and Grid on the page of a tab: what is varied, its progress, its results. Script: grid.js.

One component for each tab. Its value carries an order of the page to the app, and back what the page shows:

    {"plan": words}, {"unplanned": sentence}, {"refused": sentence, "id"}, {"board": …}, {"adopted": [name]}
"""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import gradio as gr
from markupsafe import Markup

from omni_ui.client import Request
from omni_ui.core.files import Json
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun, Updates, Values
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import render
from omni_ui.features.grid.board import Board
from omni_ui.features.grid.plan import QUIET, Plan, estimate_of_plan, make_plan
from omni_ui.features.grid.runner import fill
from omni_ui.features.grid.suggest_values import suggest_values
from omni_ui.features.grid.values import NUMBERS, example, variable
from omni_ui.features.recipes.panel import as_shown
from omni_ui.features.tab_context import TabContext
from omni_ui.widgets.components import ValueHTML
from omni_ui.widgets.fields import kind_of
from omni_ui.widgets.form import Form

log = logging.getLogger(__name__)
AXES = (("x", "Across"), ("y", "Down"))


def grid_view(form: Form) -> ValueHTML:
    """Made inside the stage, when the controls are there. Its prop `hides` names settings that are not offered."""
    tab = form.prefix
    return ValueHTML(
        None,
        **mounted(_html(form), "grid", tab=tab),
        elem_id=f"{tab}-grid",
        elem_classes="omni-grid-place",
        padding=False,
        hides=[],
    )


def wire(tab: TabContext) -> None:
    """What happens when the page orders something. Call it when Run is wired."""
    view, orders = tab.grid, Orders(tab)
    quiet: Json = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "show_progress_on": view,
        "concurrency_limit": None,
    }
    inputs = [view, *tab.inputs.values()]
    view.plan(orders.plan, inputs, view, queue=False, trigger_mode="always_last", **quiet)
    ran = view.fill(orders.fill, inputs, view, trigger_mode="multiple", **quiet)
    view.halt(None, None, None, cancels=[ran], queue=False, api_visibility="private", show_progress="hidden")
    outputs = [view, *orders.varied.values()]
    view.adopt(orders.adopt, inputs, outputs, queue=False, trigger_mode="multiple", **quiet)


class Orders:
    """What the page of a tab may order. order: the value of its component, which may come from anywhere."""

    def __init__(self, tab: TabContext) -> None:
        self.tab = tab
        controls = tab.form.controls
        self.varied = {name: controls[name] for name in (*variable(tab.form), *QUIET) if name in controls}

    async def plan(self, request: gr.Request, order: object, *values: object) -> Json:
        """Says how many runs that are and how long they take, or what is wrong; nothing is sent."""
        try:
            planned_runs, entered = await self._planned(order, values)
            return {"plan": await _foretold(self.tab, planned_runs, entered, request)}
        except Invalid as wrong:
            return {"unplanned": wrong.problems[0].sentence}

    async def _planned(self, order: object, values: tuple[object, ...]) -> tuple[Plan, Json]:
        """What was ordered, checked. Raises Invalid."""
        tab = self.tab
        entered = tab.fork_inputs(dict(zip(tab.inputs, values, strict=True)))
        return await make_plan(tab.form, tab.read, entered, _wanted(order, tab.form, entered), _most(tab)), entered

    async def fill(self, request: gr.Request, order: object, *values: object) -> AsyncGenerator[object]:
        """Runs the cells, and shows each as it comes."""
        tab = self.tab
        id = str(order.get("id", ""))[:40] if isinstance(order, dict) else ""
        try:
            planned_runs, entered = await self._planned(order, values)
        except Invalid as wrong:
            yield {"refused": wrong.problems[0].sentence, "id": id}
            return
        except Exception:  # a fault of our own: the visitor gets a sentence, the log the trace
            log.exception("a grid of %s could not be planned", tab.name)
            yield {"refused": "Something went wrong in this page. It was written to the log.", "id": id}
            return
        backend, make = tab.backends.for_tab(tab.name, request.session_hash), tab.make
        if backend is None or make is None:
            yield {"refused": "No server is set for this tab.", "id": id}
            return
        explored = order.get("explore") if isinstance(order, dict) else None
        now = entered.get(explored) if explored else ...
        board = Board(id, planned_runs, await _foretold(tab, planned_runs, entered, request), now)
        yield {"board": board.as_value()}
        ability = await backend.ability(tab.name)
        model = ability.model if ability else None

        def begin(asked: Request, entered: Json) -> AnyRun:
            return tab.begin(make, asked, tab.fork_inputs(entered), request, backend, model)

        async with aclosing(fill(tab, backend, board, begin)) as looks:
            async for changed in looks:
                yield {"board": board.as_value()} if changed else gr.skip()

    async def adopt(self, order: object, *values: object) -> Updates:
        """Puts the values of a cell into their controls."""
        tab, varied = self.tab, self.varied
        chosen = order.get("adopt") if isinstance(order, dict) else None
        chosen = {name: value for name, value in (chosen or {}).items() if name in varied and _plain(value)}
        entered = dict(zip(tab.inputs, values, strict=True)) | chosen
        fields = tab.form.model.model_fields
        updates = {varied[name]: as_shown(kind_of(fields[name]), value, varied[name]) for name, value in chosen.items()}
        return {tab.grid: {"adopted": list(chosen)}} | updates | _needed(tab, entered)


def _needed(tab: TabContext, entered: Values) -> Updates:
    """What must change besides, so that Run takes what a cell took."""
    try:
        tab.form.read({name: entered[name] for name in tab.form.controls})
    except Invalid as wrong:
        names = {problem.field for problem in wrong.problems} & set(QUIET) & set(tab.form.controls)
        return {tab.form.controls[name]: QUIET[name] for name in names}
    return {}


async def _foretold(tab: TabContext, plan: Plan, entered: Values, request: gr.Request) -> str:
    backend = tab.backends.for_tab(tab.name, request.session_hash)
    if backend is None or tab.recorder is None:
        return f"{len(plan.cells)} runs."
    ability = await backend.ability(tab.name)
    model = ability.model if ability else None
    follows = await tab.follows(entered, request.session_hash)
    return await estimate_of_plan(plan, tab.recorder.store.timings, backend.known_as, model, follows)


def _most(tab: TabContext) -> int:
    return tab.backends.settings.max_grid


def _wanted(order: object, form: Form, entered: Values) -> list[tuple[str, str | list[Any]]]:
    """The settings and their values of an order, which may come from anywhere. Raises Invalid."""
    order = order if isinstance(order, dict) else {}
    if name := order.get("explore"):
        info = variable(form).get(name)
        if info is None or kind_of(info) not in NUMBERS:
            raise Invalid.because("", "This setting cannot be explored.")
        now = entered.get(name)
        return [(name, suggest_values(form.model, name, now if isinstance(now, (int, float)) else None))]
    listed = order.get("axes")
    pairs = [pair for pair in listed if isinstance(pair, list) and len(pair) == 2] if isinstance(listed, list) else []
    return [(str(name or ""), str(text or "")) for name, text in pairs[:2]]


def _plain(value: object) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))


def _html(form: Form) -> Markup:
    settings = [(name, info.title or name, example(info)) for name, info in variable(form).items()]
    return render("features/grid/form.html.jinja", tab=form.prefix, axes=AXES, settings=settings)
