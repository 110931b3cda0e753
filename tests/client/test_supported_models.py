"""Every model that vLLM-Omni lists lands on its tab, or is said to be for something else."""

import json

import pytest

from bench.make_model_table import DOCS, docs_page, listed, unnamed_deployments
from omni_ui.client.server.deployed import DATA, deployed_models, published
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


@pytest.mark.parametrize("name", [*deployed_models(), *unnamed_deployments("0.30.0")])
def test_every_published_model_has_a_tab_or_a_true_sentence(name):
    """Of the list, of the deploy configurations, and each configuration of 0.30.0 that names no model."""
    abilities = judge([ModelInfo(name, max_model_len=32_768)], ())
    assert not any(ability.guess for ability in abilities.values())
    if not any(ability.can for ability in abilities.values()):
        assert "nothing for a browser" in abilities["image"].reason or "OMNI_LISTEN_URL" in abilities["image"].reason


@pytest.mark.parametrize("name", ["pi0", "nvidia/GR00T-N1.7-3B", "dreamzero"])
def test_what_steers_a_robot_says_so(name):
    assert judge([ModelInfo(name)], ())["image"].reason.endswith(" steers a robot; nothing for a browser.")


@pytest.mark.parametrize("length", [None, 32_768])
def test_a_model_that_nobody_knows_is_not_said_to_make_pictures(length):
    for ability in judge([ModelInfo("acme/foo-7", max_model_len=length)], ()).values():
        assert ability.guess
        assert "picture" not in ability.reason or not ability.can


def test_a_model_of_upstream_alone_lands_by_what_comes_out_of_it():
    assert published("Audio8/unheard-of") is None
    assert set(published("hunyuan_video_15").can) == {"video"}
    assert set(published("bosonai/higgs-audio-v2-generation-3B-base").can) == {"speech"}
    assert published("pi05").can == {}


def test_the_table_in_the_docs_is_current():
    assert DOCS.read_text(encoding="utf-8") == docs_page(), "run: python -m bench.make_model_table"


def test_the_data_say_what_they_were_made_from():
    made_from = json.loads(DATA.read_text(encoding="utf-8"))["made_from"]
    assert made_from["vllm-omni"][-1] == "0.30.0"
    assert len(made_from["vllm-omni"]) > 1


def test_the_list_is_read_from_its_markdown():
    row = "| `A`, `B` | Name (x<sup>1</sup>) | `acme/one`, `acme/two` | yes |"
    assert listed(row) == {id: {"name": "Name (x)", "architectures": ["A", "B"]} for id in ("acme/one", "acme/two")}
