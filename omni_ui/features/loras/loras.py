"""The LoRAs that a server lists as models of its own (NVIDIA Dynamo, ai-dynamo/dynamo#11551), offered as LoRAs.

A choice beside the LoRA field fills that field, so what is sent, shown as code and kept is the field's value alone.
"""

import json

import gradio as gr

from omni_ui.client import Ability
from omni_ui.features.i18n.languages import drawn
from omni_ui.widgets.form import Form

NONE = ("None", "")


def lora_choice(form: Form, elem_id: str) -> gr.Dropdown | None:
    """The choice, hidden until a server lists some; None where the tab has no LoRA field that a visitor may fill."""
    field = form.controls.get("lora")
    if not isinstance(field, gr.Textbox) or not field.visible:
        return None
    choice = gr.Dropdown(
        [NONE], value="", label="LoRAs on this server", info="Fills in the LoRA field.", visible=False, elem_id=elem_id
    )
    choice.input(
        as_lora, choice, field, api_visibility="private", queue=False, show_progress="hidden", concurrency_limit=None
    )
    return choice


def as_lora(name: str | None) -> str:
    """The LoRA field's value for a listed name, which needs no path: the server knows it by the name alone."""
    return json.dumps({"name": name, "path": name}, ensure_ascii=False) if name else ""


def listed(ability: Ability | None) -> gr.Dropdown:
    """The update for the choice: the LoRAs that the server lists."""
    names = list(ability.detail.get("loras", ())) if ability and ability.can else []
    return gr.Dropdown(
        choices=[(drawn(NONE[0]), NONE[1]), *((name, name) for name in names)], value="", visible=bool(names)
    )
