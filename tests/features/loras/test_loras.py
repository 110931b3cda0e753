"""LoRAs that a server lists are offered, and fill in the LoRA field."""

import json

import gradio as gr
import pytest

from omni_ui.client import Ability, ImageRequest, OmniClient
from omni_ui.demo import DemoServer
from omni_ui.features.i18n.languages import drawn
from omni_ui.features.loras.loras import as_lora, listed, lora_choice
from omni_ui.widgets.form import Form
from tests.gateways.dynamo import Dynamo


async def test_a_listed_lora_is_offered_and_sent_by_its_name_alone() -> None:
    upstream = DemoServer(modes=["image"], latency=0.0, stub=True)
    with upstream as server, Dynamo([server.url], loras=["watercolour"]) as gateway:
        async with OmniClient(gateway.url) as omni:
            able = (await omni.capabilities()).modalities["image"]
            choice = listed(able)
            assert choice.visible
            assert [str(name) for name, _ in choice.choices] == [str(drawn("None")), "watercolour"]
            await omni.images(ImageRequest(prompt="x", lora=json.loads(as_lora("watercolour"))))
        assert gateway.bodies[-1]["model"] == "watercolour"


@pytest.mark.parametrize("ability", [None, Ability(True, "", "m"), Ability(False, "", None, detail={"loras": ["a"]})])
def test_nothing_is_offered_where_none_is_listed_or_the_tab_cannot_be_used(ability: Ability | None) -> None:
    assert not listed(ability).visible


def test_no_lora_is_the_empty_field() -> None:
    assert as_lora("") == as_lora(None) == ""


def test_only_a_field_that_is_there_gets_the_choice() -> None:
    with gr.Blocks():
        form = Form(ImageRequest)
        form.add_all(form.names("advanced"))
        assert lora_choice(form, "image-loras") is not None
        form.controls["lora"].visible = False
        assert lora_choice(form, "image-loras") is None
