"""The line above the controls of a tab that says what its server is. Filled in by app/js/server_state.js.

Where no server is named the demo's note stands in the page from the start, as app/js/demo_notice.js writes it: so
nothing moves when the server has been asked.
"""

import gradio as gr

from omni_ui.core.templates import render
from omni_ui.settings import Settings, Tab


def server_note(tab: Tab, settings: Settings) -> gr.HTML:
    note = render("features/servers/note.html.jinja") if settings.uses_demo else None
    return gr.HTML(note, elem_id=f"{tab}-server", elem_classes="omni-server", padding=False)
