"""The settings that most people never change: folded away, with a count of those changed and one reset.

The browser's half is omni_ui/features/stage/more_settings.js.
"""

import re

import gradio as gr

from omni_ui.client import ui_option
from omni_ui.core.scripts import call, mounted
from omni_ui.core.templates import fragment
from omni_ui.features.tab_context import TabContext
from omni_ui.widgets.fields import Component
from omni_ui.widgets.form import Form

TEMPLATE = "features/stage/stage.html.jinja"
SHAPES = ("1:1", "4:3", "3:4", "16:9", "9:16")


def more_head(tab: str) -> gr.HTML:
    """The line that folds and unfolds them. It fires `input` to have them counted, and `redo` to have them reset."""
    html = fragment(TEMPLATE, "more", tab=tab)
    return gr.HTML(
        None, elem_id=f"{tab}-more-line", elem_classes="omni-more-line", padding=False,
        **mounted(html, "more_settings", tab=tab),
    )  # fmt: skip


def wire_more(tab: TabContext, head: gr.HTML, first: list[str]) -> None:
    """first: the settings that are not folded away. Call it when all controls are there."""
    parts = {name: part for name, part in tab.form.controls.items() if name not in first}
    fields = [{"name": name, "id": part.elem_id, "initial": _initial(part)} for name, part in parts.items()]
    held = list(parts.values())
    count, reset = call("count_settings", tab.name, fields), call("reset_settings", fields)
    head.input(None, held, None, js=count, queue=False, api_visibility="private")
    head.redo(
        None, held, held, js=reset, queue=False, show_progress="hidden", show_progress_on=head, api_visibility="private"
    )


def shapes_of(form: Form, name: str) -> list[tuple[str, str]]:
    """The shapes that a size field is offered in, with the first size of each: ("16:9", "1344x768")."""
    sizes: dict[str, str] = {}
    for label, value in ui_option(form.model.model_fields[name], "presets") or []:
        if match := re.match(r"(\d+:\d+)\s", str(label)):
            sizes.setdefault(match[1], str(value))
    return [(shape, sizes[shape]) for shape in SHAPES if shape in sizes]


def shape_chips(form: Form, name: str = "size") -> gr.HTML | None:
    """A button for each shape. It fires `input` with the size that was chosen; None where there are no shapes."""
    shapes = shapes_of(form, name)
    if not shapes:
        return None
    html, tab = fragment(TEMPLATE, "shapes", sizes=shapes), form.prefix
    return gr.HTML(
        None, elem_id=f"{tab}-shapes", elem_classes="omni-shapes-line", padding=False,
        **mounted(html, "shapes", tab=tab, field=f"{tab}-{name}"),
    )  # fmt: skip


def wire_shapes(chips: gr.HTML, size: gr.Dropdown) -> None:
    chips.input(None, chips, size, js="(chosen) => chosen.size", queue=False, api_visibility="private")
    size.change(None, size, None, js=call("show_shape", chips.elem_id), queue=False, api_visibility="private")


def _initial(part: Component) -> str | int | float | bool | list[object] | None:
    value = getattr(part, "value", None)
    return value if isinstance(value, (str, int, float, bool, list)) else None
