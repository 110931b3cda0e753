"""Help with the lyrics of a song: tags as buttons, and how long it may become. The browser's half is lyrics.js."""

import gradio as gr
from markupsafe import Markup

from omni_ui.core.scripts import mounted
from omni_ui.core.templates import NOTHING
from omni_ui.widgets.fields import Component

HELP = Markup(
    '<div class="omni-lyrics" role="group" aria-label="Sections of the song">{}'
    '<span class="omni-quiet" role="status"></span></div>'
)
TAGS = ["intro", "verse", "chorus", "bridge", "instrumental", "outro"]
"""Sections that MiniMax-Music3 knows (model_executor/models/minimax_music3/prompt.py)."""


def lyrics_help(elem_id: str, field: str) -> Component:
    """Buttons that write a tag into the text field with the elem_id `field`, and what is known of its text."""
    button = Markup('<button type="button" class="omni-small" data-tag="{0}">[{0}]</button>')
    html = HELP.format(NOTHING.join(button.format(tag) for tag in TAGS))
    return gr.HTML(None, elem_id=elem_id, visible=False, padding=False, **mounted(html, "lyrics", field=field))
