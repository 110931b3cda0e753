"""The base of the request models: one declaration per parameter, from which all else is derived.

A field of a request model has the name it has on the wire. `param` adds what a person needs: a label, a sentence
of help, where the control stands. The controls of the page, the payload, the code export, recipe links, file
metadata, host limits, estimates, fixes after an error and the API schema all read these declarations and nothing else.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from omni_ui.client.answers.valid_text import depth_of, read_json, valid_values
from omni_ui.client.json_types import Json

Place = Literal["main", "card", "advanced", "own", "hidden"]
Kind = Literal[
    "text",
    "line",
    "number",
    "slider",
    "switch",
    "choice",
    "choices",
    "size",
    "seed",
    "json",
    "timeline",
    "image",
    "audio",
    "video",
]

Time = Literal["grows", "differs", "frames", "seconds", "rate"]
Program = Literal[
    "a1111", "others", "civitai", "draw_things", "easy_diffusion", "fooocus", "invokeai", "novelai", "swarmui"
]
Scarce = Literal["memory", "time"]
Answer = Literal["text", "audio", "image"]
Stages = Literal["language", "language and diffusion", "diffusion"]

INT64 = 2**63
RANDOM_SEED = -1
"""The seed by which other programs of this field ask for a random one. The facts of a result name the one drawn."""
DEEPEST = 32
"""Levels of lists and objects within each other that a JSON setting may have."""
PROMPT_FIELDS = ("prompt", "input")
"""The names that the prompt has on the wire: "input" is the text to speak. A chat has `messages` instead."""
MAX_PROMPT = 32_000
"""Characters. The server has no limit of its own; a text encoder reads far less than this."""


def param(
    default: object = None,
    *,
    label: str,
    help: str,
    place: Place = "advanced",
    kind: Kind | None = None,
    unit: str = "",
    step: float | None = None,
    presets: list[tuple[str, Any]] | None = None,
    free: bool = False,
    empty: str = "",
    expert: bool = False,
    cap: str = "",
    raised: bool = False,
    lora: bool = False,
    time: Time | None = None,
    elsewhere: Mapping[Program, str] | None = None,
    saves: Mapping[Scarce, int] | None = None,
    models: Sequence[str] = (),
    needed_by: Sequence[str] = (),
    inputs: Sequence[str] = (),
    tasks: Sequence[str] = (),
    always_sent: bool = False,
    answer: Answer | None = None,
    stages: Sequence[Stages] = (),
    **bounds: Any,
) -> Any:
    """Declares one wire parameter.

    default: what the page starts with; `...` for a required one; None sends nothing, so the model decides.
    place: "main" stands beside the prompt, "card" holds the few settings that people change most, "advanced" is
        folded away, "own" is placed by the tab's module, "hidden" has no control (it stays in the API, the recipe and
        the code).
    kind: the control; derived from the type when absent. presets: (label, value) pairs that a person may pick. free:
        other values may be entered too. empty: what an empty control says, where that is not the model's default.
    expert: reaches into the server (paths, addresses, free JSON): not for the visitors of a public page.
    cap: which of the host's limits holds for it: "size", "steps", "n", "seconds", "frames", "tokens" or "text"; "rate"
        is the frame rate by which frames make up seconds.
    raised: of a field with the place "card": folded away, and seen where a model's makers recommend a value for it.
    lora: an adapter on the server; the host may name those that visitors choose from.
    time: how the time of a run depends on it, for estimates. "grows": with the number, the pixels of a size, or the
        characters of a text. "differs": only runs with the same value are alike. "frames", "seconds" and "rate" say
        together how many frames a video has. None: it does not.
    elsewhere: what other programs call it in the files that they write; "others" are all that have no name of their own
        here and write an object. The name of "a1111" is written into our files too.
    saves: what a lower value (1 result, else half) saves after a run that lacked it; the number: what is lowered first.
    models: patterns of the ids of the models that read it, where only some do: for others the page hides it, and a
        value is left out, or refused where it is a file. needed_by: of those that refuse to go without it.
    inputs: a model reads it that takes one of these kinds of input; `models` may name some that do all the same.
    always_sent: hidden for models that do not read it, sent by whoever names it. tasks: of speech models that read it.
    answer: what a chat's answer must be able to hold for it to have an effect. stages: those of a model that heed it.
    bounds: pydantic's own (ge, le, max_length, pattern …); they are the bounds of the control too.
    """
    said = _said(
        place=place, kind=kind, unit=unit, step=step, presets=presets, free=free, empty=empty, expert=expert, cap=cap,
        raised=raised, lora=lora, time=time, elsewhere=elsewhere, saves=saves, models=models, needed_by=needed_by,
        inputs=inputs, tasks=tasks, always_sent=always_sent, answer=answer, stages=stages,
    )  # fmt: skip
    return Field(default, title=label, description=help, json_schema_extra=said, **bounds)


def _said(**options: object) -> Json:
    """The options that say something."""
    return {name: value for name, value in options.items() if value not in (None, "", False, (), {})}


def ui_option(info: FieldInfo, name: str, fallback: object = None) -> Any:
    """What the declaration by `param` says under this name."""
    extra = info.json_schema_extra
    return extra.get(name, fallback) if isinstance(extra, dict) else fallback


def _blank_to_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _read_json(value: object) -> object:
    if isinstance(value, str):
        value = _parse_json(value)
    if value is not None and not isinstance(value, dict):
        raise ValueError('must be a JSON object such as {"name": 1}')
    if depth_of(value) > DEEPEST:
        raise ValueError(f"is nested too deeply: the limit is {DEEPEST} levels")
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:  # NaN and Infinity, or a number such as 1e999, would reach the server as null
        raise ValueError("holds a number that is not finite (NaN or Infinity), which JSON does not have") from None
    return value


def _parse_json(text: str) -> object:
    if not text.strip():
        return None
    try:
        return read_json(text)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"is not valid JSON (line {wrong.lineno}, column {wrong.colno}: {wrong.msg})") from None
    except ValueError as wrong:
        raise ValueError(f"is not valid JSON ({wrong})") from None
    except RecursionError:
        raise ValueError(f"is nested too deeply: the limit is {DEEPEST} levels") from None


T = TypeVar("T")
Maybe = Annotated[T | None, BeforeValidator(_blank_to_none)]
"""A parameter that is left out when blank: the model's own default holds."""


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("missing", "empty")
    return value


Words = Annotated[str, AfterValidator(_not_blank)]
"""Text that must say something: spaces alone are as good as nothing. Kept as typed."""

JsonObject = Annotated[Json | None, BeforeValidator(_read_json)]
"""An object, also written as JSON text (that is how the page and form fields carry it)."""


@dataclass(frozen=True)
class JsonFile:
    """A part of a form that is a file of JSON, written when it is sent. Blocking: it may read a picture.

    size: its shape in words, for those who read the call.
    """

    write: Callable[[], str]
    size: str


@dataclass(frozen=True)
class WireCall:
    """One HTTP request as data: what the client sends and what the code export prints.

    Either `json` or `form` (with `files`) is set. Files are (field, path); they are read when sent. A value of the
    form is its text, or JSON with a FileRef in it, which becomes text when it is sent. json_files are parts named
    after their field.

    With the method WEBSOCKET, `json` is the first message, and `later` holds those that are sent when a video has come
    so far: (second, message).
    """

    method: str
    path: str
    json: Json | None = None
    form: list[tuple[str, Any]] | None = None
    files: list[tuple[str, Path]] = field(default_factory=list)
    later: list[tuple[float, dict[str, JsonValue]]] = field(default_factory=list)
    json_files: list[tuple[str, JsonFile]] = field(default_factory=list)


class Request(BaseModel):
    """What every request model shares."""

    model_config = ConfigDict(extra="forbid", validate_default=False, allow_inf_nan=False)

    tab: ClassVar[str]
    path: ClassVar[str]
    own: ClassVar[frozenset[str]] = frozenset()
    """Fields that are not on the wire by their own name."""
    carried_by: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """For fields of `own` that go out in another field: that field's wire name."""
    placed_until: ClassVar[str] = ""
    """The last field whose place among the API's parameters its tab chooses. Those that came later are behind all
    others, in their order: programs may give parameters by their order."""

    @model_validator(mode="before")
    @classmethod
    def _valid_text(cls, values: object) -> object:
        """Half a character in a text never stops a request: it goes out as U+FFFD."""
        return valid_values(values)

    @classmethod
    def later_fields(cls) -> list[str]:
        """The fields of the wire after `placed_until`."""
        names = list(cls.model_fields)
        later = names[names.index(cls.placed_until) + 1 :] if cls.placed_until else []
        return [name for name in later if name not in cls.own]

    def payload(self) -> Json:
        """The wire fields with their values; those that are None (model default) are left out."""
        return self.model_dump(mode="json", exclude_none=True)

    def wire(self, model: str | None = None) -> WireCall:
        """The HTTP request that this stands for. `model` is the served model's name, left out when None."""
        body = self.payload()
        return WireCall("POST", self.path, json={"model": model, **body} if model else body)

    def with_seed(self) -> Self:
        """Itself with a seed drawn when it has none or RANDOM_SEED: the server does not say its own (WIRE.md 5)."""
        if "seed" not in type(self).model_fields or getattr(self, "seed", None) not in (None, RANDOM_SEED):
            return self
        return self.model_copy(update={"seed": secrets.randbelow(2**31)})
