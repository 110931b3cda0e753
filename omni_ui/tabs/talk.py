"""The Talk tab: a live call with the model. The browser holds the call (features/talk), over a socket of ours."""

import gradio as gr

from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file


def build() -> None:
    with gr.Tab("Talk", id="talk", elem_id="talk-tab"):
        gr.HTML(**mounted(html_file("features/talk/call.html"), "talk"), elem_id="talk", padding=False)
