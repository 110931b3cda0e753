"""The Speech tab's own controls. The browser's half is omni_ui/features/speech/speech.js."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file
from omni_ui.widgets.components import ObjectField
from omni_ui.widgets.form import Form

Choices = list[tuple[str, str]]
"""(label, value) for each voice."""


def parts_list(elem_id: str) -> ObjectField:
    """The parts of a long text. value: {"rows": [Part.row()]}; on the event `redo` it also holds `again`."""
    return _field("speech_parts", '<div class="omni-parts" hidden></div>', elem_id=elem_id)


def second_speaker(form: Form) -> None:
    """The recording of a second speaker, made in the layout that is open, and how its lines are written."""
    # Closed: seldom wanted, and as tall as all that stands before it.
    with gr.Accordion("A second speaker", open=False, elem_id="speech-second_speaker"):
        form.add("ref_audio_2")
        said = "Start the first speaker's lines with [S1] and the second's with [S2]."
        html = Markup('<p class="omni-info">{}</p>').format(said)
        gr.HTML(html, elem_id="speech-ref_audio_2-slot", padding=False)


def voice_list(elem_id: str) -> ObjectField:
    """A choice among saved voices. value: the name; voices: [{"name", "label", "about": [line, …]}]."""
    return _field("voice_list", '<fieldset class="omni-voices"></fieldset>', elem_id=elem_id, voices=[])


def cast_field(elem_id: str) -> ObjectField:
    """A voice for each speaker. value: {speaker: voice}; speakers: [name]; voices: Choices; left: texts not spoken."""
    return _field(
        "cast",
        '<div class="omni-cast" role="group" aria-label="Voices of the script" hidden></div>',
        elem_id=elem_id,
        speakers=[],
        voices=[],
        left=[],
    )


def words_field(elem_id: str) -> ObjectField:
    """A text that lights up word by word. value: that of `word_times.shown_words`, or None."""
    template = '<section class="omni-words" aria-label="Read along" hidden></section>'
    return _field("speech_words", template, elem_id=elem_id)


def typing_field(elem_id: str) -> ObjectField:
    """How a text is written that is read meanwhile. value: {"ticket"} while it is (see `typed_text`), else None."""
    return _field("speech_typing", html_file("features/speech/typing.html"), elem_id=elem_id)


def _field(component: str, template: str, **more: Any) -> ObjectField:
    return ObjectField(None, **mounted(template, component), padding=False, **more)
