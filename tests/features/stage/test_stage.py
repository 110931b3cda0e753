import html
import json
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from omni_ui.client import EditRequest, ImageRequest, SoundRequest, VideoRequest
from omni_ui.core import status
from omni_ui.features.stage.examples import EXAMPLES, FOLDER, SAMPLE, example_routes, hello, picture_name
from omni_ui.features.stage.more_settings import shapes_of
from omni_ui.widgets.form import Form


@pytest.mark.parametrize("tab", EXAMPLES)
def test_each_tab_has_four_examples_with_a_picture(tab):
    assert len(EXAMPLES[tab]) == 4
    for number in range(4):
        with Image.open(FOLDER / picture_name(tab, number)) as picture:
            assert picture.size == (360, 270)


@pytest.mark.parametrize("tab", EXAMPLES)
def test_the_pictures_of_the_cards_are_served_and_may_be_kept(tab):
    app = FastAPI()
    app.include_router(example_routes())
    client = TestClient(app)
    html = hello(tab, "Here it will be.", f"{tab}-prompt")
    addresses = re.findall(r"omni/examples/[^\"]+", html)
    assert len(set(addresses)) == (5 if tab == "edit" else 4)
    for address in addresses:
        answer = client.get(f"/{address}")
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"/omni/examples/0/{SAMPLE}").status_code == 404


@pytest.mark.parametrize("model", [ImageRequest, EditRequest, VideoRequest])
def test_a_shape_has_a_size_that_the_request_takes(model):
    form = Form(model)
    shapes = dict(shapes_of(form, "size"))
    assert {"1:1", "16:9", "9:16"} <= shapes.keys()
    for shape, size in shapes.items():
        across, down = map(int, shape.split(":"))
        width, height = map(int, size.split("x"))
        assert abs(width / height - across / down) < 0.05


def test_the_words_of_the_examples_are_taken_as_they_are():
    for words in EXAMPLES["sound"]:
        assert SoundRequest(input=words).input == words


def test_what_is_missing_names_its_field_and_the_examples_stay():
    box = status.unfilled("Prompt is empty: fill it in first.", "prompt", hello("image", "Here.", "image-prompt"))
    assert 'data-state="failed" data-field="prompt" data-calm' in box
    assert box.count("omni-card-example") == 4


def test_each_of_several_missing_things_is_told_at_its_own_field():
    faults = [("image", "An edit needs a picture: add one first."), ("prompt", "Prompt is empty: fill it in first.")]
    sentence = " ".join(words for _, words in faults)
    for box in (status.unfilled(sentence, "image", "", faults), status.failed(sentence, field="image", faults=faults)):
        told = re.search(r"data-faults='([^']*)'", box)
        assert json.loads(html.unescape(told[1])) == [list(fault) for fault in faults]
    quoted = status.failed("It isn't.", field="size", faults=[("size", "It isn't."), ("n", '"2" is <too> much')])
    told = re.search(r"data-faults='([^']*)'", quoted)
    assert json.loads(html.unescape(told[1])) == [["size", "It isn't."], ["n", '"2" is <too> much']]
    assert "data-faults" not in status.unfilled("Prompt is empty.", "prompt", "", faults[1:])
