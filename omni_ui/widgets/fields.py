"""One control for each field of a request model.

The bounds of a control are the registry's; whether a value holds is said by the model alone, in one sentence. So the
controls hand on what was entered without judging it, and may be empty, which means "model default".
"""

from typing import Any, Literal, get_args, get_origin

import gradio as gr
from pydantic.fields import FieldInfo

from omni_ui.client import ui_option
from omni_ui.client.requests.base import INT64
from omni_ui.core.files import Json
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import render
from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import FreeCheckboxGroup, FreeDropdown, JsonText, ValueHTML

Component = gr.components.Component
Control = gr.HTML | gr.Checkbox | gr.CheckboxGroup | gr.Dropdown | gr.Textbox | gr.File | gr.Image | gr.Audio | gr.Video
"""What `control` makes: each of them has a value that a visitor changes."""
SAVE: list[Literal["download", "share"] | gr.Button] = ["download"]
"""Buttons of a recording: without a list Gradio adds "Share", which posts it at Hugging Face."""


class NumberField(ValueHTML, metaclass=ComponentClass):
    """A number that may be left empty. In the API a number, or null."""

    def api_info(self) -> Json:
        """A number."""
        return {"type": "number"}

    def example_payload(self) -> object:
        """The default."""
        return self.value

    example_value = example_payload


class IntegerField(NumberField, metaclass=ComponentClass):
    """The same for a whole number."""

    def api_info(self) -> Json:
        """A whole number."""
        return {"type": "integer"}


def number_field(
    value: float | None = None,
    *,
    label: str,
    info: str | None = "",
    minimum: float | None = None,
    maximum: float | None = None,
    step: float = 1,
    slider: bool = False,
    optional: bool = True,
    placeholder: str = "Model default",
    explore: bool = False,
    elem_id: str,
    **more: Any,
) -> NumberField:
    """A number that may be left empty ("model default"), with a slider when it has bounds worth sliding in.

    explore: with a button that has four values of it made (features/grid, omni_ui/features/grid/grid.js).
    Gradio's own number and slider cannot be empty: they turn None into 0 and into the middle of the range.
    """
    html = render(
        "widgets/number.html.jinja",
        label=label,
        info=info or "",
        minimum=minimum,
        maximum=maximum,
        step=step,
        slider=slider,
        optional=optional,
        placeholder=placeholder,
        explore=explore,
        elem_id=elem_id,
    )
    field = IntegerField if isinstance(step, int) else NumberField
    return field(value, label=label, **mounted(html, "number"), elem_id=elem_id, **more)


def holds(info: FieldInfo, kind: type) -> bool:
    """Whether a value of the field may be of this type."""
    return kind in _types(info.annotation)


def _types(annotation: object) -> list[object]:
    inner = [kind for part in get_args(annotation) if get_origin(annotation) is not Literal for kind in _types(part)]
    return [annotation, get_origin(annotation), *inner]


def literal_choices(info: FieldInfo) -> list[object]:
    """The values of a Literal field, also of an optional one."""
    for part in _types(info.annotation):
        if get_origin(part) is Literal:
            return list(get_args(part))
    return []


def bounds(info: FieldInfo) -> tuple[float | None, float | None]:
    """The smallest and the largest value that the field takes."""
    low = high = None
    for rule in info.metadata:
        for name in ("ge", "gt"):
            low = getattr(rule, name, None) if getattr(rule, name, None) is not None else low
        high = getattr(rule, "le", None) if getattr(rule, "le", None) is not None else high
    return (None if low == -INT64 else low), high


def kind_of(info: FieldInfo) -> str:
    """Which control a field gets: what its declaration says, else what its type suggests."""
    if kind := ui_option(info, "kind"):
        return str(kind)
    if literal_choices(info) or ui_option(info, "presets"):
        return "choices" if holds(info, list) else "choice"
    if holds(info, bool):
        return "switch"
    if holds(info, int) or holds(info, float):
        return "number"
    return "line"


def control(name: str, info: FieldInfo, elem_id: str, *, explore: bool = False, **more: object) -> Control:
    """The control for one field of a request model. `more` overrides what the declaration says.

    explore: a number gets a button to explore it.
    """
    kind = kind_of(info)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    unit = ui_option(info, "unit", "")
    label = f"{info.title or name} ({unit})" if unit else info.title or name
    common: Json = {"label": label, "info": info.description, "elem_id": elem_id, "value": default} | more
    if ui_option(
        info, "withheld"
    ):  # not for visitors of this page; it stays in the API, which refuses it with a sentence
        common["visible"] = False
    if kind in ("slider", "number"):
        low, high = bounds(info)
        step = ui_option(info, "step") or (0.1 if holds(info, float) else 1)
        common.setdefault("placeholder", ui_option(info, "empty", "Model default"))
        return number_field(
            minimum=low, maximum=high, step=step, slider=kind == "slider", optional=default is None,
            explore=explore, **common,
        )  # fmt: skip
    if kind == "switch":
        return gr.Checkbox(**common)
    if kind == "choices":
        several = ui_option(info, "presets") or [(str(value), value) for value in literal_choices(info)]
        return FreeCheckboxGroup(several, **common | {"value": common["value"] or []})
    if kind in ("choice", "size"):
        presets = ui_option(info, "presets") or [(str(value), value) for value in literal_choices(info)]
        if default is None and not any(value in ("", None) for _, value in presets):
            presets = [("Model default", ""), *presets]
        common["value"] = "" if common["value"] is None else common["value"]
        free = kind == "size" or bool(ui_option(info, "free"))
        return FreeDropdown(presets, allow_custom_value=free, **common)
    if kind in ("image", "audio", "video"):
        return _file(kind, info, common)
    common["value"] = "" if common["value"] is None else str(common["value"])
    if kind == "text":
        return gr.Textbox(**{"lines": 3, "max_lines": 12, **common})
    if kind == "json":
        return JsonText(**{"lines": 2, "max_lines": 12, "placeholder": '{"name": 1}', **common})
    placeholder = "Random" if kind == "seed" else ui_option(info, "empty")
    return gr.Textbox(**{"lines": 1, "max_lines": 1, "placeholder": placeholder, **common})


def _file(kind: str, info: FieldInfo, common: Json) -> Control:
    """A file input: hands on the path of what was uploaded, unchanged."""
    if holds(info, list):
        common.pop("info", None)
        return gr.File(**{"file_count": "multiple", "file_types": [kind], "type": "filepath", **common})
    common.pop("info", None)
    if kind == "image":
        return gr.Image(type="filepath", format="png", sources=["upload", "clipboard"], **common)
    if kind == "audio":
        return gr.Audio(type="filepath", sources=["upload", "microphone"], buttons=SAVE, **common)
    return gr.Video(sources=["upload"], **common)
