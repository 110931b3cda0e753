"""How long a run will take, said before it begins: from this server's own past runs at like settings, or nothing.

The browser asks when a setting that counts has changed and rests (estimate.js); a run itself asks nothing.
"""

import math
from contextlib import suppress
from pathlib import Path

import gradio as gr
from pydantic import ValidationError

from omni_ui.client import FILE_KINDS, Request, ui_option
from omni_ui.core.files import Json
from omni_ui.core.run import AnyRun, Values
from omni_ui.core.scripts import mounted
from omni_ui.core.servers.backend import Backend
from omni_ui.features.tab_context import TabContext
from omni_ui.store import StoreFailed
from omni_ui.store.timings import Estimate, Timings, changes_time, load_of
from omni_ui.widgets.fields import holds
from omni_ui.widgets.form import by_name

FRESH = 60.0
"""Seconds for which the name of the model is taken as still true: an estimate is no reason to ask the server."""


TEMPLATE = '<span title="From past runs on this server">${value}</span>'


def estimate_line(tab: str) -> gr.HTML:
    """The component of the estimate, next to Run. It fires `input` when it wants another one."""
    return gr.HTML("", elem_id=f"{tab}-forecast", elem_classes="omni-forecast", html_template=TEMPLATE, padding=False)


def wire(tab: TabContext) -> None:
    """Answers the line of a tab with its estimate. Call it when all controls are there."""
    fields = counting(tab)
    for name, value in mounted(TEMPLATE, "estimate", tab=tab.name, fields=fields).items():
        setattr(tab.estimate, name, value)

    async def estimate_now(request: gr.Request, *values: object) -> str:
        entered = dict(zip(fields, values, strict=True))
        asked = asked_for(tab.form.model, entered | await tab.follows(entered, request.session_hash))
        backend = tab.backends.for_tab(tab.name, request.session_hash)
        if asked is None or backend is None or tab.recorder is None:
            return ""
        _, abilities = await backend.look(FRESH)
        ability = abilities.modalities.get(tab.name) if abilities else None
        model = ability.model if ability else None
        with suppress(StoreFailed):  # said by the store itself
            estimate = await tab.recorder.store.timings.estimate(backend.known_as, model, load_of(asked))
            return estimate_text(estimate, bool(tab.backends.settings.public)) if estimate else ""
        return ""

    tab.estimate.input(
        by_name(fields, estimate_now),
        [tab.form.controls[name] for name in fields],
        tab.estimate,
        api_visibility="private",
        show_progress="hidden",
        queue=False,
        trigger_mode="always_last",
    )


def counting(tab: TabContext) -> list[str]:
    """The fields of a tab that the time of a run depends on."""
    fields = tab.form.model.model_fields
    return [name for name in tab.form.controls if name in fields and changes_time(fields[name])]


def asked_for(model: type[Request], entered: Values) -> Request | None:
    """A request as far as the time depends on it; the prompt need not be there yet. None while a value is wrong."""
    fields = model.model_fields
    several = {name for name, info in fields.items() if holds(info, list)}
    files = [name for name, value in entered.items() if value and ui_option(fields[name], "kind") in FILE_KINDS]
    stand_ins: Json = {name: "x" for name, info in fields.items() if info.is_required()}
    stand_ins |= {name: Path("x") for name in files}
    stand_ins = {
        name: ([content] if name in files else []) if name in several else content
        for name, content in stand_ins.items()
    }
    request = model.model_construct(**stand_ins)
    try:
        for name, value in entered.items():
            if name not in files and value not in (None, "", []):
                model.__pydantic_validator__.validate_assignment(request, name, value)
    except ValidationError:
        return None
    return request


def estimate_text(estimate: Estimate, shared: bool = False) -> str:
    """Such as "about 3 to 5 s, from 7 runs like this". shared: without the number, which is one of others' runs."""
    range_of_seconds = _range(estimate.low, estimate.high)
    return range_of_seconds if shared else f"{range_of_seconds}, from {estimate.runs} runs like this"


def _range(low: float, high: float) -> str:
    """The ends rounded outwards: "about 3 to 5 s", "under 0.4 s", "about 4 to 6 min"."""
    size, unit, digits = (60, "min", 0) if low >= 100 else (1, "s", 0 if low >= 10 else 1)
    scale = 10**digits
    turns = ((math.floor, low), (math.ceil, high))
    ends = [f"{turn(number / size * scale) / scale:.{digits}f}" for turn, number in turns]
    ends = [number.removesuffix(".0") for number in ends]
    if ends[0] == "0":
        return f"under {ends[1]} {unit}"
    return f"about {ends[0]} to {ends[1]} {unit}" if ends[0] != ends[1] else f"about {ends[0]} {unit}"


async def note(timings: Timings, backend: Backend, run: AnyRun, seconds: float) -> None:
    """Remembers the time of a run that came to its end. seconds: without those in line."""
    with suppress(StoreFailed):  # said by the store itself
        await timings.note(backend.known_as, run.model, load_of(run.request), seconds)
