"""The picture to be changed, on the stage of the Edit tab: seen large, and painted on. Script: input_stage.js."""

import gradio as gr
from markupsafe import Markup

from omni_ui.core.scripts import mounted

TEMPLATE = Markup(
    '<div class="omni-input-stage" role="group" aria-label="Your picture" hidden><div class="omni-input-view"></div>'
    '<div class="omni-view-actions"></div></div>'
)


def input_stage(tab: str, picture: str, mask: str, result: str) -> gr.HTML:
    """Made inside the stage, after the viewer of results. picture, mask, result: elem_ids."""
    return gr.HTML(
        None, elem_id=f"{tab}-input-stage", padding=False,
        **mounted(TEMPLATE, "input_stage", picture=picture, mask=mask, result=result),
    )  # fmt: skip
