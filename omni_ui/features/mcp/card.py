"""What the Server tab shows where agents are served: the lines that connect one, with this browser's key."""

import gradio as gr

from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file
from omni_ui.features.mcp.endpoint import PATH


def agents_card() -> gr.HTML:
    """Put it into the Server tab. The key is added in the browser, when it is asked for."""
    html = html_file("features/mcp/card.html")
    return gr.HTML(None, **mounted(html, "agents", path=PATH), elem_id="server-agents")
