"""Options of a command, made from a request model: names, help, bounds and defaults are those of its fields."""

from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from omni_ui.client import Request, problems, ui_option
from omni_ui.client.requests.files import FILE_KINDS

RequestT = TypeVar("RequestT", bound=Request)
Command = Callable[..., object]
Decorator = Callable[[Command], Command]


def option_name(field: str) -> str:
    """`num_inference_steps` as `--num-inference-steps`."""
    return f"--{field.replace('_', '-')}"


def request_options(
    model: type[Request], arguments: tuple[str, ...] = (), leave_out: tuple[str, ...] = ()
) -> Decorator:
    """A decorator that gives a command one option for each field of `model`.

    arguments: fields that the command takes without a name. leave_out: fields that the command sets by itself.
    Every option may be written with underscores too, as the field is called on the wire.
    """

    def decorate(command: Command) -> Command:
        for name, info in reversed(model.model_fields.items()):
            if name not in arguments and name not in leave_out:
                command = _option(name, info)(command)
        return command

    return decorate


def build_request(model: type[RequestT], values: Mapping[str, object]) -> RequestT:
    """The request out of the command's values; those that were not given are left to the model's defaults.

    Raises click.UsageError with one sentence for each value that cannot be used.
    """
    entered = {name: value for name, value in values.items() if value is not None and value != ()}
    try:
        return model.model_validate({name: _plain(value) for name, value in entered.items()})
    except ValidationError as error:
        lines = [
            f"{option_name(problem.field)}: {problem.sentence}" if problem.field else problem.sentence
            for problem in problems(error, model)
        ]
        raise click.UsageError("\n".join(lines)) from None


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _option(name: str, info: FieldInfo) -> Decorator:
    names = list(dict.fromkeys([option_name(name), f"--{name}"]))
    kind = value_type(info)
    if kind is bool:
        declared = [f"{option}/--no-{option[2:]}" for option in names[:1]]
        return click.option(*declared, name, default=None, help=help_text(info))
    multiple = is_list(info)
    return click.option(
        *names, name, type=_click_type(name, info, kind), multiple=multiple, default=None, help=help_text(info)
    )


def help_text(info: FieldInfo) -> str:
    """The field's own sentence, with its unit, its bounds and its default."""
    low, high = bounds(info)
    unit = ui_option(info, "unit", "")
    limits = f"{_number(low)} to {_number(high)}" if low is not None and high is not None else ""
    limits = limits or (f"at least {_number(low)}" if low is not None else "")
    limits = limits or (f"at most {_number(high)}" if high is not None else "")
    if low is not None and abs(low) > 1e12:
        limits = ""  # a 64-bit seed
    default = info.default
    has_default = default is not PydanticUndefined and default is not None and default != []
    notes = [" ".join(filter(None, [limits, unit])), f"default {default}" if has_default else ""]
    tail = ", ".join(filter(None, notes))
    return f"{info.description or info.title or ''}{f' [{tail}]' if tail else ''}"


def bounds(info: FieldInfo) -> tuple[float | None, float | None]:
    """The lowest and the highest value that a number may have; None where there is no such bound."""
    low: float | None = None
    high: float | None = None
    for rule in info.metadata:
        low = getattr(rule, "ge", getattr(rule, "gt", low))
        high = getattr(rule, "le", getattr(rule, "lt", high))
    return low, high


def _number(value: float | None) -> str:
    return f"{value:g}" if value is not None else ""


def value_type(info: FieldInfo) -> object:
    """The type of one value of a field: int, float, bool, str, dict, or a Literal."""
    kind = _inner(info.annotation)
    if get_origin(kind) is list:
        kind = _inner(get_args(kind)[0])
    return dict if get_origin(kind) is dict else kind


def is_list(info: FieldInfo) -> bool:
    return get_origin(_inner(info.annotation)) is list


def _inner(annotation: object) -> object:
    """A type without Annotated and without None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
            if len(kinds) != 1:
                return str
            annotation = kinds[0]
        else:
            return annotation


def _click_type(name: str, info: FieldInfo, kind: object) -> object:
    if ui_option(info, "kind") in FILE_KINDS:
        return click.Path(exists=True, dir_okay=False)
    if get_origin(kind) is Literal:
        return click.Choice([str(value) for value in get_args(kind)])
    if kind in (int, float):
        return kind
    return str
