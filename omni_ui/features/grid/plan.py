"""What a grid will run: every cell as a checked request, made before anything is sent."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from itertools import product

from pydantic import ValidationError

from omni_ui.client import Request, problems
from omni_ui.core.files import Json
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Values
from omni_ui.features.grid.values import read_values, too_many, variable, written
from omni_ui.features.video.jobs.routes import span
from omni_ui.store import StoreFailed
from omni_ui.store.timings import Timings, load_of
from omni_ui.widgets.form import Form

Read = Callable[[Json], Request | Awaitable[Request]]
QUIET = {"stream": False}
"""What holds for every cell, whatever the controls say: nobody listens while a cell is made."""
UNKNOWN = "No time estimate yet: it needs three similar runs on this server."


@dataclass(frozen=True)
class Axis:
    """A setting and its values. None among them is the model's own default."""

    field: str
    label: str
    values: tuple[object, ...]


@dataclass(frozen=True)
class Planned:
    """A cell: its place on each axis, its request, and what stands in the controls for it."""

    at: tuple[int, ...]
    request: Request
    entered: Values


@dataclass(frozen=True)
class Plan:
    """One axis or two: the first runs across, the second down. Cells in the order in which they are run."""

    axes: tuple[Axis, ...]
    cells: tuple[Planned, ...]
    seed: int | None
    """That of all cells; None where the seed is what varies."""


async def make_plan(
    form: Form, read: Read, entered: Values, wanted: Sequence[tuple[str, str | list[object]]], most: int
) -> Plan:
    """Raises Invalid with one sentence.

    read: from what stands in the controls to a request. entered: that. wanted: one or two settings by wire name, with
    their values as typed, or as a list. most: how many runs the host allows.
    """
    axes = tuple(_axis(form, name, values, most) for name, values in wanted if name)
    if not axes:
        raise Invalid.because("", "Choose a setting to vary and enter its values.")
    if len({axis.field for axis in axes}) < len(axes):
        raise Invalid.because("", f"{axes[0].label} is chosen twice: choose two different settings.")
    runs = 1
    for axis in axes:
        runs *= len(axis.values)
    if runs > most:
        raise Invalid.because("", too_many(runs, most))

    fixed = {name: value for name, value in QUIET.items() if name in entered}
    first = {axis.field: _typed(axis.values[0]) for axis in axes}
    answer = read(entered | fixed | first)
    base = (await answer if isawaitable(answer) else answer).with_seed()
    varied = {axis.field for axis in axes}
    seed = None if "seed" in varied else getattr(base, "seed", None)
    cells = []
    # Row by row: the last axis is the slow one.
    for at in product(*(range(len(axis.values)) for axis in reversed(axes))):
        place = at[::-1]
        values = {axis.field: axis.values[number] for axis, number in zip(axes, place, strict=True)}
        texts = {name: _typed(value) for name, value in values.items()}
        texts |= {"seed": str(seed)} if seed is not None else {}
        cells.append(Planned(place, _checked(base, values).with_seed(), entered | fixed | texts))
    return Plan(axes, tuple(cells), seed)


async def estimate_of_plan(
    plan: Plan, timings: Timings, server: str, model: str | None, follows: Json | None = None
) -> str:
    """How many runs, and about how long they take: from runs like these on this server, or that it is not known.

    follows: the fields that a run fills in by itself where a cell has none.
    """
    runs = len(plan.cells)
    words = "1 run" if runs == 1 else f"{runs} runs, one after the other"
    low = high = 0.0
    try:
        for cell in plan.cells:
            filled = {name: value for name, value in (follows or {}).items() if getattr(cell.request, name) is None}
            expected = await timings.expect(server, model, load_of(cell.request.model_copy(update=filled)))
            if expected is None:
                return f"{words}. {UNKNOWN}"
            low, high = low + expected[0], high + expected[1]
    except StoreFailed as problem:
        return f"{words}. No time estimate: {problem.sentence}"
    return f"{words}: {span(low, high)} in total, from similar runs here."


def _axis(form: Form, name: str, values: str | list[object], most: int) -> Axis:
    fields = variable(form)
    if name not in fields:
        raise Invalid.because(name, "This setting cannot be varied here.")
    info = fields[name]
    listed = values if isinstance(values, list) else read_values(name, info, values, most)
    return Axis(name, info.title or name, tuple(listed))


def _typed(value: object) -> object:
    """A value as the control would hand it on."""
    return "" if value is None else value


def _checked(base: Request, values: Values) -> Request:
    """The base with other values, judged by the model's own rules. Raises Invalid, which names the value."""
    kept = base.model_dump(exclude_unset=True, exclude=set(values))
    values_set = kept | {name: value for name, value in values.items() if value is not None}
    try:
        return type(base)(**values_set)
    except ValidationError as wrong:
        first = problems(wrong, type(base))[0]
        named = f" This is about “{written(values[first.field])[:60]}”." if first.field in values else ""
        raise Invalid.because(first.field, f"{first.sentence}{named}") from None
