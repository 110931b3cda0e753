"""What the host allows of a request: which fields visitors may set, and how far they may go.

`HostLimits.narrow` makes a request model with these limits in it. The controls, the grid, the API and the sentences are
made from that model, so all of them end where the host says. Which limit holds for a field stands at its declaration
(`cap`, `expert`), never here.
"""

import json
import math
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_args, get_origin

from annotated_types import Le
from pydantic import AfterValidator, ValidationError, create_model, model_validator
from pydantic.fields import FieldInfo

from omni_ui.client import Problem, Request, problems, ui_option
from omni_ui.client.json_types import Json
from omni_ui.client.requests.image import check_size
from omni_ui.core.own_voices import FOREIGN, foreign_voices
from omni_ui.settings import Settings

RequestT = TypeVar("RequestT", bound=Request)
LONGEST_SHAPE = 21 / 9
"""The widest aspect ratio that a video may have: by it the short edge says how many pixels there are at most."""
SLOWEST = 16.0
"""Frames per second of a video that names no rate; models make 16 to 24."""
Check = Callable[[Any], object]


class HostLimits:
    """The limits that the settings of the host make."""

    def __init__(self, settings: Settings) -> None:
        self.caps = settings.cap_values
        self.shared = bool(settings.public)
        """Whether strangers share this page, so that saved voices belong to the session that saved them."""
        self.expert = settings.expert_fields
        self.loras = settings.named_loras
        self._narrowed: dict[type[Request], type[Request]] = {}

    def narrow(self, model: type[RequestT]) -> type[RequestT]:
        """The request model with the host's limits as its bounds; the model itself where there are none."""
        if model not in self._narrowed:
            self._narrowed[model] = self._narrow(model)
        return self._narrowed[model]  # type: ignore[return-value]  # it was made from this model

    def check(self, request: Request, session: str | None = None) -> list[Problem]:
        """What the host does not allow of a request in this session, whether it comes from the page or a program."""
        model = self._narrowed.get(type(request)) or self.narrow(_plain_model(type(request)))
        limited = [name for name, info in model.model_fields.items() if _is_limited(info)]
        rule = _rules.get(model)
        reasons = []
        values = [getattr(request, name, None) for name in type(request).model_fields]
        if self.shared and foreign_voices(values, session):
            reasons.append(Problem("voice", FOREIGN))
        for name in limited:
            default = type(request).model_fields[name].get_default(call_default_factory=True)
            value = getattr(request, name, None)
            if value is None or value == default:
                continue
            try:
                model.__pydantic_validator__.validate_assignment(model.model_construct(), name, value)
            except ValidationError as wrong:
                reasons += [problem for problem in problems(wrong, model) if problem.field == name]
        if rule and (sentence := rule(request)):
            reasons.append(Problem("", sentence))
        return reasons

    def _narrow(self, model: type[RequestT]) -> type[RequestT]:
        fields: Json = {}
        for name, info in model.model_fields.items():
            changed = (
                self._without_expert(info) if ui_option(info, "expert") and not self.expert else self._capped(info)
            )
            if changed is not None:
                fields[name] = (Annotated[info.annotation, *changed.metadata], changed)
        rule = self._length_rule(model)
        if not fields and rule is None:
            return model
        checks: Json = {"_within_limits": model_validator(mode="after")(_raising(rule))} if rule else {}
        narrowed: type[RequestT] = create_model(
            model.__name__, __base__=model, __module__=model.__module__, __doc__=model.__doc__,
            __validators__=checks, **fields,
        )  # fmt: skip
        if rule:
            _rules[narrowed] = rule
        return narrowed

    def _without_expert(self, info: FieldInfo) -> FieldInfo:
        """A field that visitors leave alone; a LoRA is chosen from those that the host names."""
        label = info.title or "This"
        if ui_option(info, "lora") and self.loras:
            allowed = [{"name": name, "path": path} for name, path in self.loras.items()]
            choices = [(lora["name"], json.dumps(lora)) for lora in allowed]
            return _changed(info, [AfterValidator(_one_of(label, allowed))], kind="choice", presets=choices)
        return _changed(info, [AfterValidator(_refusal(label))], withheld=True)

    def _capped(self, info: FieldInfo) -> FieldInfo | None:
        """A field with the host's bound in the place of a larger one; None where no limit is its own."""
        name = ui_option(info, "cap")
        if name not in self.caps:
            return None
        most, label = self.caps[name], info.title or "This"
        if name == "size":
            return _smaller(info, most, label)
        if name == "text":
            if _holds(info, list):  # messages of a conversation: the last one is what was written
                return _changed(info, [AfterValidator(_short_message(int(most)))])
            return _changed(info, [AfterValidator(_short_text(label, int(most)))])
        if not (_holds(info, int) or _holds(info, float)):
            return _changed(info, [AfterValidator(_at_most(label, most))])
        rules = [rule for rule in info.metadata if getattr(rule, "le", None) is None]
        before = [rule.le for rule in info.metadata if getattr(rule, "le", None) is not None]
        limit = min([most, *before])
        # Without a number of tokens an answer would be as long as the model likes.
        default = int(limit) if name == "tokens" else info.default
        return _changed(info, [Le(int(limit) if _holds(info, int) else limit)], rules, default)

    def _length_rule(self, model: type[Request]) -> Callable[[object], str] | None:
        """Of a video whose length is a number of frames: a sentence when that is longer than the host allows."""
        by_cap = {ui_option(info, "cap"): name for name, info in model.model_fields.items()}
        most = self.caps.get("seconds")
        if most is None or "frames" not in by_cap or "rate" not in by_cap:
            return None

        def rule(request: object) -> str:
            frames = getattr(request, by_cap["frames"], None) or 0
            rate = getattr(request, by_cap["rate"], None) or SLOWEST
            if frames <= most * rate + 1:
                return ""
            return f"{frames} frames are {frames / rate:.1f} s of video; on this page it is at most {most:g} s."

        return rule


_rules: dict[type[Request], Callable[[object], str]] = {}


def _plain_model(model: type[Request]) -> type[Request]:
    """The model as it is declared, for one that a tab or the limits have made from it."""
    return next((base for base in model.__mro__ if "tab" in vars(base)), model)


def _is_limited(info: FieldInfo) -> bool:
    return bool(ui_option(info, "limited"))


def _changed(
    info: FieldInfo, more: list[object], rules: list[object] | None = None, default: object = ..., **hints: Any
) -> FieldInfo:
    """A copy of a declaration. rules: in the place of all it has. default: in the place of its own."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    field = FieldInfo(
        default=info.default if default is ... else default,
        title=info.title,
        description=info.description,
        json_schema_extra={**extra, "limited": True, **hints},
        validate_default=info.validate_default,
    )
    field.metadata = [*(info.metadata if rules is None else rules), *more]
    return field


def _holds(info: FieldInfo, kind: type) -> bool:
    def types(annotation: object) -> list[object]:
        inner = [
            kind for part in get_args(annotation) if isinstance(part, type) or get_args(part) for kind in types(part)
        ]
        return [annotation, get_origin(annotation), *inner]

    return kind in types(info.annotation)


def _smaller(info: FieldInfo, pixels: float, label: str) -> FieldInfo:
    """A size of at most so many pixels: as WIDTHxHEIGHT, as a short edge, or as a side of a square."""
    if _holds(info, str):
        presets = [(text, size) for text, size in ui_option(info, "presets", []) if not size or _area(size) <= pixels]
        return _changed(info, [AfterValidator(_small_size(pixels))], presets=presets)
    if _holds(info, int):
        edge = int(math.sqrt(pixels / LONGEST_SHAPE))
        return _changed(info, [Le(edge)], [rule for rule in info.metadata if getattr(rule, "le", None) is None])
    return _changed(info, [AfterValidator(_at_most(label, int(math.sqrt(pixels))))])


def _area(size: str) -> int:
    width, height = check_size(size).split("x")  # type: ignore[union-attr]  # it is not None for a text
    return int(width) * int(height)


def _small_size(pixels: float) -> Check:
    def check(size: str | None) -> str | None:
        if size and _area(size) > pixels:
            side = int(math.sqrt(pixels))
            raise ValueError(f"Size {size} is too large for this page: at most {pixels:,.0f} pixels ({side}x{side}).")
        return size

    return check


def _at_most(label: str, most: float) -> Check:
    def check(value: Any) -> object:
        if value is not None and float(value) > most:
            raise ValueError(f"{label}: this page takes at most {most:g}.")
        return value

    return check


def _short_text(label: str, most: int) -> Check:
    def check(text: str | None) -> str | None:
        if len(text or "") > most:
            raise ValueError(f"{label} is too long: {len(text or ''):,} characters; the limit is {most:,}. Shorten it.")
        return text

    return check


def _short_message(most: int) -> Check:
    def check(messages: list[Json]) -> list[Json]:
        content = messages[-1].get("content") if messages else ""
        parts = content if isinstance(content, list) else [{"text": content}]
        length = sum(len(part.get("text") or "") for part in parts if isinstance(part, dict))
        if length > most:
            raise ValueError(f"The message is too long: {length:,} characters; the limit is {most:,}. Shorten it.")
        return messages

    return check


def _refusal(label: str) -> Check:
    def check(value: object) -> object:
        if value:
            raise ValueError(f"{label} cannot be set on this page: leave it empty.")
        return value

    return check


def _one_of(label: str, allowed: list[dict[str, str]]) -> Check:
    def check(value: dict[str, object] | None) -> dict[str, object] | None:
        plain = {name: part for name, part in (value or {}).items() if name not in ("scale", "lora_scale")}
        if value and plain not in allowed:
            names = ", ".join(lora["name"] for lora in allowed)
            raise ValueError(f"{label} can only be one that this page offers: {names}.")
        return value

    return check


def _raising(rule: Callable[[object], str]) -> Check:
    def check(request: object) -> object:
        if sentence := rule(request):
            raise ValueError(sentence)
        return request

    return check
