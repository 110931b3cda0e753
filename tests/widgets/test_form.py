"""The controls are the registry's: every field of a model has one, and its values come back as a request."""

import gradio as gr
import pytest

from omni_ui.client import EditRequest, ImageRequest, Request, SpeechRequest, param, ui_option
from omni_ui.core.invalid import Invalid
from omni_ui.widgets.fields import bounds, control, holds, kind_of, literal_choices
from omni_ui.widgets.form import Form


@pytest.fixture
def form():
    with gr.Blocks():
        made = Form(ImageRequest)
        for place in ("main", "card", "advanced"):
            made.add_all(made.names(place))
    return made


def test_every_field_has_a_control_named_after_the_wire(form):
    seen = {name for name, info in ImageRequest.model_fields.items() if ui_option(info, "place") != "hidden"}
    assert set(form.controls) == seen
    assert len(seen) > 15
    assert form.controls["num_inference_steps"].elem_id == "image-num_inference_steps"


def test_no_recording_is_offered_for_posting_elsewhere():
    with gr.Blocks():
        field = control("ref_audio", SpeechRequest.model_fields["ref_audio"], "speech-ref_audio")
    assert isinstance(field, gr.Audio)
    assert field.buttons == ["download"]


def test_a_new_parameter_is_one_line():
    class Longer(ImageRequest):
        sharpness: float = param(0.5, label="Sharpness", help="How crisp it is.", ge=0, le=1)

    with gr.Blocks():
        form = Form(Longer)
        form.add_all(form.names("advanced"))
    made = form.controls["sharpness"]
    assert (made.elem_id, made.label, made.value) == ("image-sharpness", "Sharpness", 0.5)
    assert 'max="1"' in made.html_template
    assert form.read({"prompt": "a", "sharpness": 0.7}).payload()["sharpness"] == 0.7


def test_empty_controls_leave_it_to_the_model(form):
    request = form.read(
        {"prompt": "a fox", "size": "", "seed": "", "num_inference_steps": None, "guidance_scale": "", "n": 2}
    )
    assert request.payload() == {"prompt": "a fox", "n": 2, "output_format": "png", "output_compression": 66}


def test_zero_is_a_value_and_not_empty(form):
    assert form.read({"prompt": "a fox", "guidance_scale": 0, "seed": 0}).payload()["guidance_scale"] == 0


def test_each_wrong_field_gets_its_sentence_in_the_order_of_the_page(form):
    with pytest.raises(Invalid) as raised:
        form.read({"prompt": " ", "n": 0, "num_inference_steps": 1.5, "lora": "[]"})
    assert [problem.field for problem in raised.value.problems] == ["prompt", "n", "num_inference_steps", "lora"]
    assert all(problem.sentence.endswith(".") for problem in raised.value.problems)


def test_what_a_declaration_leaves_open_follows_from_the_type():
    class Shapes(Request):
        tab = "image"
        path = "/x"
        switch: bool = param(False, label="Switch", help="")
        some: int | None = param(label="Some", help="", ge=1, le=9)
        word: str | None = param(label="Word", help="")

    fields = Shapes.model_fields
    assert [kind_of(fields[name]) for name in ("switch", "some", "word")] == ["switch", "number", "line"]
    assert bounds(fields["some"]) == (1, 9)
    assert holds(fields["some"], int)
    assert not holds(fields["word"], int)


def test_a_choice_offers_the_literals_of_its_field():
    info = ImageRequest.model_fields["output_format"]
    assert literal_choices(info) == ["png", "jpeg", "webp"]
    with gr.Blocks():
        made = control("output_format", info, "image-output_format")
    assert [value for _, value in made.choices] == ["png", "jpeg", "webp"]


def test_words_of_a_declaration_cannot_become_html():
    class Sly(Request):
        tab = "image"
        path = "/x"
        size: float = param(1, label="<b>Size</b>", help="a < b & c", ge=0, le=2)

    with gr.Blocks():
        made = control("size", Sly.model_fields["size"], "image-size")
    assert "<b>" not in made.html_template
    assert "a &lt; b &amp; c" in made.html_template


def test_an_empty_line_says_what_that_means():
    with gr.Blocks():
        mode = control("bot_task", EditRequest.model_fields["bot_task"], "edit-bot_task")
        seed = control("seed", EditRequest.model_fields["seed"], "edit-seed")
    assert (mode.placeholder, seed.placeholder) == ("Model default", "Random")
