"""What a recipe puts into the controls is what the form reads out of them again."""

import gradio as gr
import pytest
from hypothesis import HealthCheck, given, settings

from omni_ui.core import status
from omni_ui.core.backends import Backends
from omni_ui.features.recipes import Medium, Recipe, media_fields
from omni_ui.features.recipes.panel import fill, filled_in_message, preset_bar, settings_view
from omni_ui.features.recipes.presets import shipped
from omni_ui.features.recipes.recipe import REQUESTS
from omni_ui.settings import Settings
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.form import Form
from tests.fakes import png
from tests.features.recipes.conftest import files, kinds
from tests.features.recipes.requests import requests

__all__ = ["files", "kinds"]


def tab_of(name: str) -> OmniTab:
    """The frame of a tab, with all its controls and nothing else."""
    model = REQUESTS[name]
    with gr.Blocks():
        tab = OmniTab(model, Backends(Settings()), status.empty("x"))
        tab.form = Form(model)
        with tab.frame(), tab.controls():
            pass
        if name == "chat":
            tab.inputs = {"text": gr.Textbox(), "system": gr.Textbox()}
    return tab


@pytest.mark.parametrize("name", REQUESTS)
def test_recipe_to_controls_and_back(name, kinds):
    tab = tab_of(name)
    fields = tab.form.model.model_fields
    loose = {*media_fields(tab.form.model), "messages"}

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(requests(name, kinds))
    def round_trip(request):
        recipe = Recipe.of(request)
        names = {part: one for one, part in tab.form.controls.items()}
        entered = {names[part]: value for part, value in fill(tab, recipe).items() if part in names}
        assert set(entered) == set(tab.form.controls) - loose
        again = tab.form.read(entered | {one: getattr(request, one) for one in loose if one in fields})
        assert again.model_dump(include=set(entered)) == request.model_dump(include=set(entered))

    round_trip()


def test_a_chat_gets_the_last_message_and_the_system_prompt():
    tab = tab_of("chat")
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": [{"type": "text", "text": "Three"}]},
    ]
    filled = fill(tab, Recipe.from_dict({"omni": 1, "tab": "chat", "request": {"messages": messages}}))
    assert filled[tab.inputs["text"]] == "Three"
    assert filled[tab.inputs["system"]] == "Be kind."


@pytest.mark.parametrize("name", REQUESTS)
def test_presets_come_with_every_tab_and_fill_it_in(name):
    presets = shipped(name)
    assert 2 <= len(presets) <= 3
    assert len({title for title, _ in presets}) == len(presets)
    for _, recipe in presets:
        fill(tab_of(name), recipe)
    with gr.Blocks():
        assert len(preset_bar(name).props["shipped"]) == len(presets)


def test_what_is_missing_is_said():
    recipe = Recipe("edit", {"prompt": "a"}, {"image": [Medium("0" * 64, "photo.jpg"), Medium("1" * 64, "photo.jpg")]})
    assert filled_in_message(recipe, ["Sampler"]) == (
        "The settings are filled in. Press Run to start. Settings do not include files, so add "
        "yours: photo.jpg. Not applied, since this page has no such setting: Sampler."
    )


def test_the_view_is_escaped_and_tells_no_path(tmp_path):
    recipe = Recipe("image", {"prompt": "\"><img src=x onerror='alert(1)'>"}, model="<b>")
    (tmp_path / "elsewhere.png").write_bytes(png())
    html = settings_view(recipe, [tmp_path / "elsewhere.png", tmp_path / "gone.png"])
    assert "<img" not in html
    assert "<b>" not in html
    assert str(tmp_path) not in html
    assert 'data-do="take"' not in html
