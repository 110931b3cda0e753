"""What is wrong with what was entered, as sentences that say what to do."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from omni_ui.client.requests.base import INT64, Request


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was entered: the wire name of the field, and a sentence that says what to do."""

    field: str
    sentence: str


def problems(error: ValidationError, model: type[Request]) -> list[Problem]:
    """The plain sentences for a failed validation, one for each field, in the order of the model's fields."""
    sentences: dict[str, str] = {}
    for entry in error.errors():
        name = str(entry["loc"][0]) if entry["loc"] else ""
        sentences.setdefault(name, _sentence(name, entry, model))
    order = list(model.model_fields)
    return [
        Problem(name, sentences[name])
        for name in sorted(sentences, key=lambda n: order.index(n) if n in order else len(order))
    ]


def _sentence(name: str, error: Any, model: type[Request]) -> str:
    info = model.model_fields.get(name)
    if info is None:
        text = str(error["msg"]).removeprefix("Value error, ")
        return text if not name else f"There is no setting called {name!r} here."
    label = info.title or name
    kind = error["type"]
    if kind == "value_error":
        text = str(error["msg"]).removeprefix("Value error, ")
        return text if text[:1].isupper() else f"{label} {text}."
    if kind in ("missing", "string_too_short") or error.get("input") in (None, "", []):
        return f"{label} is empty: fill it in first."
    if kind == "string_too_long":
        limit, length = error["ctx"]["max_length"], len(error["input"])
        return f"{label} is too long: {length:,} characters; the limit is {limit:,}. Shorten it."
    if kind == "literal_error":
        return f"{label} must be one of {error['ctx']['expected'].replace(chr(39), '')}."
    if kind == "too_long":
        return f"{label}: the limit is {error['ctx']['max_length']}. Remove some."
    return f"{label} must be {WANTED.get(kind) or _wanted(info)}."


WANTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a JSON object",
}
"""By pydantic's kind of error, where it is not about a number."""


def _wanted(info: FieldInfo) -> str:
    """What the bounds of a field ask for, in words."""
    low = high = None
    above = False
    for rule in info.metadata:
        low = getattr(rule, "ge", low)
        if getattr(rule, "gt", None) is not None:
            low, above = rule.gt, True
        high = getattr(rule, "le", high)
    noun = "a whole number" if _is_integer(info) else "a number"
    if low == -INT64:
        return f"{noun} of at most 64 bits, such as 42"
    if low is not None and high is not None:
        return f"{noun} above {low} and up to {high}" if above else f"{noun} from {low} to {high}"
    if low is not None:
        return f"{noun} above {low}" if above else f"{noun} of at least {low}"
    return noun


def _is_integer(info: FieldInfo) -> bool:
    text = str(info.annotation)
    return "int" in text and "float" not in text
