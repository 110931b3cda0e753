"""The controls of a tab, made from its request model and from nothing else."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr
from pydantic import ValidationError

from omni_ui.client import Request, problems, ui_option
from omni_ui.core.invalid import Invalid
from omni_ui.widgets.fields import Control, control, number_field


class Form:
    """One tab's controls by wire name, and the way back from their values to a request."""

    def __init__(self, model: type[Request], prefix: str | None = None) -> None:
        self.model = model
        self.prefix = prefix or model.tab
        self.controls: dict[str, Control] = {}

    def names(self, place: str) -> list[str]:
        """The fields that stand at a place ("main", "card", "advanced"), in the order of the model."""
        return [n for n, info in self.model.model_fields.items() if ui_option(info, "place", "advanced") == place]

    def add(self, name: str, **more: Any) -> Control:
        """Makes the control of a field here, in the layout that is open. `more` goes to the control."""
        elem_id = more.pop("elem_id", f"{self.prefix}-{name}")
        field = control(name, self.model.model_fields[name], elem_id, explore=True, **more)
        self.controls[name] = field
        for fold in folds_around(field):  # fault.js opens it by this name: a closed one may not be drawn yet
            fold.elem_classes = [*fold.elem_classes, f"omni-holds-{name}"]
        return field

    def add_all(self, names: Iterable[str]) -> None:
        """Controls for several fields; a size and a seed get the small helpers that belong to them."""
        for name in names:
            kind = ui_option(self.model.model_fields[name], "kind")
            if name in self.controls:
                continue
            if kind == "size":
                self._size(name)
            elif kind == "seed":
                self._seed(name)
            else:
                self.add(name)

    def _size(self, name: str) -> None:
        """Presets by shape, and free width and height that write the same field."""
        with gr.Row(elem_classes="omni-wide"):
            size = self.add(name, scale=2, min_width=150)
            sides = [
                number_field(
                    label=label,
                    step=16,
                    placeholder="px",
                    elem_id=f"{self.prefix}-{label.lower()}",
                    optional=False,
                    scale=1,
                    min_width=70,
                )
                for label in ("Width", "Height")
            ]
        # Both directions run in the browser: no round trip, and nothing to queue.
        for side in sides:
            side.input(None, [*sides], size, js="(w, h) => (w && h ? `${w}x${h}` : '')", queue=False)
        # Also when the app sets the size; a side that is being typed is left alone.
        size.change(
            None,
            [size, *sides],
            sides,
            queue=False,
            js="(s, w, h) => { const m = /^(\\d+)x(\\d+)$/i.exec(s || ''); if (m) return [+m[1], +m[2]]; "
            "return document.activeElement?.matches('.omni-wide .omni-number input') ? [w, h] : [null, null]; }",
        )

    def _seed(self, name: str) -> None:
        """A number, and a switch for a new one each run; switched off, it keeps that of the last result.

        An empty field is a random seed.
        """
        with gr.Column(elem_classes="omni-cell", min_width=60):
            seed = self.add(name)
            random = gr.Checkbox(
                True, label="New seed each run", elem_id=f"{self.prefix}-random", container=False, min_width=60
            )
        last = f"document.querySelector('#{self.prefix}-status [data-fact=seed]')?.textContent"
        random.input(
            None,
            [random, seed],
            seed,
            queue=False,
            js=f"(on, seed) => on ? '' : (seed || {last} || String(Math.floor(Math.random() * 2 ** 31)))",
        )
        seed.change(None, seed, random, queue=False, js="(seed) => !String(seed ?? '').trim()")

    @property
    def inputs(self) -> list[gr.components.Component]:
        return list(self.controls.values())

    def read(self, entered: dict[str, object]) -> Request:
        """The request for values by wire name, as the controls gave them. Raises Invalid."""
        filled = {name: value for name, value in entered.items() if not self._left_out(name, value)}
        try:
            return self.model(**filled)
        except ValidationError as wrong:
            raise Invalid(*problems(wrong, self.model)) from None

    def _left_out(self, name: str, value: object) -> bool:
        """An empty control of a field with a default says nothing about it."""
        return value in (None, "", []) and not self.model.model_fields[name].is_required()


def by_name(names: list[str], handler: Callable[..., object]) -> Callable[..., object]:
    """The handler `(request, *values)` with the wire names as its parameters: the API's parameters have these names.

    One that takes `event` next to the request is told there what triggered it.
    """
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    annotations: dict[str, object] = {"request": gr.Request}
    if "event" in inspect.signature(handler).parameters:
        annotations["event"] = gr.EventData
    parameters = [inspect.Parameter(name, kind, annotation=annotation) for name, annotation in annotations.items()]
    parameters += [inspect.Parameter(name, kind, default=None) for name in names]
    handler.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    handler.__annotations__ = dict(annotations)
    return handler


def folds_around(part: gr.blocks.Block) -> list[gr.Accordion]:
    """The accordions in which a component stands, which may be closed; the innermost first."""
    parent = part.parent
    if parent is None:
        return []
    return [*([parent] if isinstance(parent, gr.Accordion) else []), *folds_around(parent)]
