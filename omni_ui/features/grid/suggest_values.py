"""Four values of a number that are worth seeing side by side: the present one, some below and some above it."""

from typing import Annotated, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from omni_ui.client import Request, ui_option
from omni_ui.widgets.fields import bounds, holds

COUNT = 4
FACTORS = (1, 0.5, 1.5, 2, 0.75, 0.25, 1.25, 3)
"""Times the present value, the most telling first."""
NEAR = 40
"""Steps away from the present value up to which values are looked for, where its multiples are not allowed."""


def suggest_values(model: type[Request], name: str, now: float | None) -> list[int | float]:
    """Up to four values that the field takes, rising. now: what stands in the control, None when it is empty."""
    info = model.model_fields[name]
    step = ui_option(info, "step") or (0.1 if holds(info, float) else 1)
    low, high = bounds(info)

    def within(number: float) -> int | float:
        number = number if low is None else max(number, low)
        return _on_grid(number if high is None else min(number, high), step, info)

    if now is not None and not takes(model, name, now):
        now = within(now) if takes(model, name, within(now)) else None
    centre = now or _usual(low, high)
    wanted = [0.0] if now == 0 else []
    wanted += [centre * factor for factor in FACTORS]
    wanted += [centre + sign * far * step for far in range(1, NEAR) for sign in (1, -1)]
    numbers: list[int | float] = []
    for number in wanted:
        value = within(number)
        if value not in numbers and takes(model, name, value):
            numbers.append(value)
        if len(numbers) == COUNT:
            break
    return sorted(numbers)


def takes(model: type[Request], name: str, value: object) -> bool:
    """Whether the field's own rules let a value through."""
    info = model.model_fields[name]
    annotation = cast("type[object]", Annotated[info.annotation, *info.metadata])
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


def _usual(low: float | None, high: float | None) -> float:
    """Where to begin when the control is empty: small against the upper bound, which is there to stop mistakes."""
    if high is None:
        return max(3.0, 2 * (low or 0))
    if low is not None and low > 0:
        return (low * high) ** 0.5 if high / low > 20 else (low + high) / 2.5
    return high / 2.5 if high <= 2 else high / 5 if high <= 100 else high**0.5


def _on_grid(number: float, step: float, info: FieldInfo) -> int | float:
    value = round(round(number / step) * step, 10)
    return int(value) if value == int(value) and (not holds(info, float) or step == int(step)) else value
