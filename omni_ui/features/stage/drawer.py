"""Settings, code and the comparison of settings, below a result: one of them is open at a time (drawer.js)."""

import gradio as gr

DRAWERS = (("settings", "Settings"), ("code", "Code"), ("compare", "Compare settings"))


def drawer_bar(tab: str) -> gr.HTML:
    """The buttons that open them; what they open stands in components of its own."""
    buttons = "".join(
        f'<button type="button" data-drawer="{name}" aria-expanded="false">{words}</button>' for name, words in DRAWERS
    )
    return gr.HTML(
        f'<div class="omni-drawers" role="group" aria-label="About this result" data-tab="{tab}">{buttons}</div>',
        elem_classes="omni-drawer-line",
        padding=False,
    )
