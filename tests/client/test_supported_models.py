"""Every model that vLLM-Omni lists lands on its tab, or is said to be for something else."""

import pytest

from omni_ui.client.server.discovery import ModelInfo, judge
from tests.client.supported_models import SUPPORTED


@pytest.mark.parametrize("model", SUPPORTED)
def test_a_supported_model_lands_on_its_tab(model):
    abilities = judge([ModelInfo(model, max_model_len=32768)], ())
    tabs = SUPPORTED[model].split()
    able = {tab for tab, ability in abilities.items() if ability.can}
    assert set(tabs) <= able
    assert not any(abilities[tab].guess for tab in abilities)
    if not tabs:
        assert not able
    elif "chat" not in tabs:  # makers of pictures answer a chat, and those that make them from words may change them
        assert able <= {*tabs, "chat", "image", "edit"}
