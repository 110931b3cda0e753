"""The values of one setting as a person writes them: `10|20|30`, `4-40:4`, `png|webp`, one prompt a line."""

import re
from collections.abc import Callable
from decimal import Decimal

from pydantic.fields import FieldInfo

from omni_ui.client import ui_option
from omni_ui.core.invalid import Invalid
from omni_ui.widgets.fields import kind_of, literal_choices
from omni_ui.widgets.form import Form

NUMBERS = ("number", "slider", "seed")
WORDS = ("text", "line", "size")
CHOSEN = ("choice", "switch")
NOT_VARIED = ("stream", "cast")
"""A cell is not listened to while it is made; the voices of a script are an object."""
LONGEST = 20_000
"""Characters of the values of one setting."""

NUMBER = r"-?(?:\d{1,20}(?:\.\d{1,10})?|\.\d{1,10})"
RANGE = re.compile(rf"({NUMBER})\s*-\s*({NUMBER})(?:\s*:\s*({NUMBER}))?")
DEFAULT = ("default", "model default")
SWITCH = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}


def variable(form: Form) -> dict[str, FieldInfo]:
    """The settings of a tab that can be varied, by wire name: those with a control that holds no file and no object."""
    fields = form.model.model_fields
    kinds = (*NUMBERS, *WORDS, *CHOSEN)
    return {
        name: fields[name]
        for name in fields
        if name in form.controls and name not in NOT_VARIED and kind_of(fields[name]) in kinds
    }


def example(info: FieldInfo) -> str:
    """What may be written for a setting, for an empty field."""
    kind = kind_of(info)
    if kind in NUMBERS:
        return "1|2|3" if kind == "seed" else "10|20|30 or 10-40:10"
    if kind == "switch":
        return "on|off"
    if kind == "size":
        return "512x512|768x512"
    if choices := _choices(info):
        return "|".join(str(value) for value, _ in choices)
    return "one value a line, or with | between"


def read_values(name: str, info: FieldInfo, text: str, most: int) -> list[object]:
    """The values, each once, in the order in which they were written. None stands for the model's own default.

    most: how many there may be. Raises Invalid with one sentence. Whether a value is in its bounds is not looked at
    here: the request model judges that.
    """
    label = info.title or name

    def refuse(sentence: str) -> Invalid:
        return Invalid.because(name, sentence)

    if len(text) > LONGEST:
        raise refuse(f"{label}: the values are too long, {len(text):,} characters. Write fewer.")
    kind = kind_of(info)
    closed = kind in NUMBERS or kind == "switch" or bool(_choices(info))
    tokens = [part.strip() for part in re.split(r"[|\n,;]" if closed else r"[|\n]", text)]
    values: list[object] = []
    for token in tokens:
        if not token:
            continue
        if token.lower() in DEFAULT and not info.is_required() and info.default is None:
            values.append(None)
        elif kind in NUMBERS:
            values += _numbers(token, label, most, refuse)
        elif kind == "switch":
            if token.lower() not in SWITCH:
                raise refuse(f"{label} must be on or off, not “{_short(token)}”.")
            values.append(SWITCH[token.lower()])
        else:
            values.append(_chosen(token, info, label, refuse))
    if not values:
        raise refuse(f"{label} has no values yet: write some, such as {example(info)}.")
    unique = [value for place, value in enumerate(values) if value not in values[:place]]
    if len(unique) > most:
        raise refuse(too_many(len(unique), most))
    return unique


def too_many(runs: int, most: int) -> str:
    """The sentence for a grid with more runs than the host allows."""
    return f"That would be {runs:,} runs; the limit here is {most}. Use fewer values."


def written(value: object) -> str:
    """A value as the page shows it."""
    if value is None:
        return "Model default"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _numbers(token: str, label: str, most: int, refuse: Callable[[str], Invalid]) -> list[int | float]:
    if re.fullmatch(NUMBER, token):
        return [_plain(Decimal(token))]
    match = RANGE.fullmatch(token)
    if not match:
        raise refuse(f"{label}: “{_short(token)}” is not a number. Write values as 10|20|30, or a range as 10-40:10.")
    if match[3] is None:
        raise refuse(f"The range {token} has no step: add one after a colon, such as {match[1]}-{match[2]}:4.")
    first, last, step = Decimal(match[1]), Decimal(match[2]), Decimal(match[3])
    if step <= 0:
        raise refuse(f"The range {token} has a step of {match[3]}: the step must be above 0.")
    if last < first:
        raise refuse(f"The range {token} runs backwards: write {match[2]}-{match[1]}:{match[3]}.")
    count = int((last - first) / step) + 1
    if count > most:
        raise refuse(too_many(count, most))
    return [_plain(first + step * number) for number in range(count)]


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _choices(info: FieldInfo) -> list[tuple[object, str]]:
    """Values and labels of a setting that takes no others."""
    if ui_option(info, "free") or kind_of(info) != "choice":
        return []
    presets = ui_option(info, "presets") or [(str(value), value) for value in literal_choices(info)]
    return [(value, label) for label, value in presets if value not in ("", None)]


def _chosen(token: str, info: FieldInfo, label: str, refuse: Callable[[str], Invalid]) -> object:
    choices = _choices(info)
    for value, name in choices:
        if token.lower() in (str(value).lower(), name.lower()):
            return value
    if choices:
        names = ", ".join(str(value) for value, _ in choices)
        raise refuse(f"{label}: “{_short(token)}” is not among the choices. Write some of {names}.")
    return token


def _short(token: str) -> str:
    return token if len(token) <= 40 else f"{token[:40]} …"
