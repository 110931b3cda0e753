"""The settings of a tab, below Run: the few that people change most, and all others folded away."""

from typing import cast

import gradio as gr

from omni_ui.features.loras.loras import lora_choice
from omni_ui.features.recipes.panel import preset_bar
from omni_ui.features.stage.more_settings import RAISED, more_head, shape_chips, wire_shapes
from omni_ui.features.tab_context import TabContext


def add_settings(tab: TabContext) -> None:
    """All settings: presets, the card, and the rest folded away."""
    preset_bar(tab.name)
    with gr.Row(elem_classes="omni-card"):
        tab.form.add_all(tab.form.names("card"))
    _add_advice(tab)
    _add_fold(tab, "Advanced")


def add_folded_settings(tab: TabContext) -> None:
    """Shape, number and seed; presets and all others behind "More settings"."""
    card = tab.form.names("card")
    first = [name for name in card if name not in RAISED]
    chips = shape_chips(tab.form) if "size" in first else None
    with gr.Row(elem_classes="omni-card"):
        tab.form.add_all(first)
    if chips:
        wire_shapes(chips, cast(gr.Dropdown, tab.form.controls["size"]))
    tab.first = list(tab.form.controls)
    tab.more = more_head(tab.name)
    preset_bar(tab.name)
    if raised := [name for name in card if name in RAISED]:
        with gr.Row(elem_classes="omni-card omni-raised"):
            tab.form.add_all(raised)
    for name in card:  # the API has its parameters in the order of the request model
        tab.form.controls[name] = tab.form.controls.pop(name)
    _add_advice(tab)
    _add_fold(tab, "More settings")


def _add_advice(tab: TabContext) -> None:
    tab.model_note = gr.HTML(elem_id=f"{tab.name}-advice", elem_classes="omni-recommended")


def _add_fold(tab: TabContext, words: str) -> None:
    if advanced := tab.form.names("advanced"):
        with gr.Accordion(words, open=False, elem_classes=["omni-advanced", "omni-fold"]):
            tab.form.add_all(advanced)
            tab.loras = lora_choice(tab.form, f"{tab.name}-loras")
