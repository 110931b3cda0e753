"""The History tab: what this visitor has made. The list is the browser's (history.js), over our own routes."""

import gradio as gr

from omni_ui.core.scripts import mounted
from omni_ui.core.templates import render
from omni_ui.features.send_to.send_to import TARGETS, SendTo


def build(sends: SendTo) -> None:
    """sends: knows the tabs, and where a result can go."""
    titles = {name: tab.title for name, tab in sends.tabs.items()} | {"talk": "Talk"}
    targets = {
        kind: [{"to": f"{target.tab}-{target.field}", "words": target.words} for target in sends.targets(kind)]
        for kind in TARGETS
    }
    with gr.Tab("History", id="history", elem_id="history-tab"):
        gr.HTML(
            **mounted(render("features/history/history.html.jinja", titles=titles), "history"),
            elem_id="history",
            padding=False,
            titles=titles,
            targets=targets,
        )
