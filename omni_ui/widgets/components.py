"""Gradio's components where they hand on values unchanged, and how the API describes what they hold.

None has a constructor of its own (see `ComponentClass`): constants of one component stand in its template.
"""

from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from omni_ui.core.files import Json
from omni_ui.widgets.component_class import ComponentClass


class _Unchanged:
    """Hands on what was entered, and what a handler gives, without judging it: the request model does that."""

    def preprocess(self, payload: object) -> Any:
        """The value as the page or a program sent it."""
        return payload

    def postprocess(self, value: object) -> Any:
        """The value as a handler gave it."""
        return value


class _NoExample:
    """The API names no example of the value."""

    def example_payload(self) -> None:
        """Nothing."""

    def example_value(self) -> None:
        """Nothing."""


class ValueHTML(_Unchanged, gr.HTML, metaclass=ComponentClass):
    """HTML with a script whose value is no HTML: a ticket, a number, JSON."""


class ObjectHTML(gr.HTML, metaclass=ComponentClass):
    """HTML whose value is a JSON object that the app gives; the API describes it as one."""

    def api_info(self) -> Json:
        """An object of any keys."""
        return {"type": "object"}


class ObjectField(_Unchanged, _NoExample, ObjectHTML, metaclass=ComponentClass):
    """A field with a script whose value is a JSON object, or a name out of one."""


class FileHTML(_NoExample, gr.HTML, metaclass=ComponentClass):
    """HTML whose value is one file, as `shown` gives it. In the API it is that file."""

    def api_info(self) -> Json:
        """Gradio's description of a file."""
        return FileData.model_json_schema()


class ObjectCarrier(gr.HTML, metaclass=ComponentClass):
    """Carries a JSON object between the page and the app; anything else is None."""

    def preprocess(self, payload: object) -> Any:
        """The object that the page sent."""
        return payload if isinstance(payload, dict) else None

    def postprocess(self, value: object) -> Any:
        """The object for the page."""
        return value if isinstance(value, dict) else None


class FreeDropdown(_Unchanged, gr.Dropdown, metaclass=ComponentClass):
    """A choice that may also be none of those listed: whether a value holds is said by the request model."""


class FreeCheckboxGroup(_Unchanged, gr.CheckboxGroup, metaclass=ComponentClass):
    """Several choices, which may be others than those listed."""


class JsonText(_Unchanged, gr.Textbox, metaclass=ComponentClass):
    """JSON as text. A program may send the object itself, of which Gradio would make Python's words."""


QUICK = (
    gr.Textbox.preprocess, gr.Checkbox.preprocess, gr.Number.preprocess, gr.Slider.preprocess, gr.Dropdown.preprocess,
    gr.Radio.preprocess, gr.HTML.preprocess, gr.JSON.preprocess, _Unchanged.preprocess, ObjectCarrier.preprocess,
)  # fmt: skip
"""Ways to take in what was entered that only look at one value."""


def reads_at_once(component: gr.blocks.Block) -> bool:
    """Whether what is entered there is taken in without work, so that a change of thread would cost more."""
    return not component.stateful and getattr(type(component), "preprocess", None) in QUICK


def shows_as_is(component: gr.components.Component) -> bool:
    """Whether what a run gives it goes to the page unchanged, so that Gradio need not prepare it."""
    return type(component).postprocess in (gr.HTML.postprocess, gr.JSON.postprocess)
