"""Settings, code and the comparison of settings, below a result: one of them is open at a time (drawer.js)."""

import gradio as gr

from omni_ui.core.templates import fragment


def drawer_bar(tab: str) -> gr.HTML:
    """The buttons that open them; what they open stands in components of its own."""
    html = fragment("features/stage/stage.html.jinja", "drawers", tab=tab)
    return gr.HTML(html, elem_classes="omni-drawer-line", padding=False)
