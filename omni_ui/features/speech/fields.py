"""The Speech tab's own controls. The browser's half is omni_ui/features/speech/speech.js."""

from typing import Any

import gradio as gr

from omni_ui.core.scripts import mounted
from omni_ui.widgets.fields import Component, untouched

Choices = list[tuple[str, str]]
"""(label, value) for each voice."""


def parts_list(elem_id: str) -> Component:
    """The parts of a long text. value: {"rows": [Part.row()]}; on the event `redo` it also holds `again`."""
    return _made(None, "speech_parts", '<div class="omni-parts" hidden></div>', elem_id=elem_id)


def voice_list(elem_id: str) -> Component:
    """A choice among saved voices. value: the name; voices: [{"name", "label", "about": [line, …]}]."""
    return _made(None, "voice_list", '<fieldset class="omni-voices"></fieldset>', elem_id=elem_id, voices=[])


def cast_field(elem_id: str) -> Component:
    """A voice for each speaker. value: {speaker: voice}; speakers: [name]; voices: Choices; left: texts not spoken."""
    return _made(
        None,
        "cast",
        '<div class="omni-cast" role="group" aria-label="Voices of the script" hidden></div>',
        elem_id=elem_id,
        speakers=[],
        voices=[],
        left=[],
    )


def _made(value: Any, component: str, template: str, **more: Any) -> Component:
    made = gr.HTML(value, **mounted(template, component), padding=False, **more)
    made.api_info = lambda: {"type": "object"}
    made.example_payload = made.example_value = lambda: None
    return untouched(made)
