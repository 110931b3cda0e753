"""What the host allows of requests: fields for experts, LoRAs from a list, caps."""

import pytest
from pydantic import ValidationError

from omni_ui.client import (
    ChatRequest,
    EditRequest,
    ImageRequest,
    SoundRequest,
    SpeechRequest,
    VideoRequest,
    problems,
    ui_option,
)
from omni_ui.core.limits import HostLimits
from omni_ui.settings import Settings
from omni_ui.widgets.fields import bounds
from tests.fakes import png

MODELS = [ChatRequest, EditRequest, ImageRequest, SoundRequest, SpeechRequest, VideoRequest]
PUBLIC = HostLimits(Settings(public=True))


def refusal(limits: HostLimits, model, **values) -> str:
    """The sentences for a request that is read with these limits, the same as for one made without them."""
    narrowed = limits.narrow(model)
    with pytest.raises(ValidationError) as raised:
        narrowed(**values)
    sentences = [one.sentence for one in problems(raised.value, narrowed)]
    assert [one.sentence for one in limits.check(model(**values))] == sentences, "no way around the form"
    return " ".join(sentences)


def some_value(model, name):
    return {"url": ["http://host/picture.png"]}.get(name, {"name": "a", "path": "/a", "any": {"path": "/b"}})


EXPERT = [(model, name) for model in MODELS for name, info in model.model_fields.items() if ui_option(info, "expert")]


def test_every_field_that_takes_json_is_for_experts():
    json = {
        (model, name)
        for model in MODELS
        for name, info in model.model_fields.items()
        if ui_option(info, "kind") == "json"
    }
    assert json <= set(EXPERT)
    assert (EditRequest, "url") in EXPERT, "the server fetches these addresses itself"


@pytest.mark.parametrize(("model", "name"), EXPERT, ids=lambda one: getattr(one, "tab", one))
def test_a_public_page_refuses_fields_for_experts_with_one_sentence(model, name, tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    needed = {
        "messages": [{"role": "user", "content": "a"}],
        "prompt": "a",
        "input": "a",
        "image": [tmp_path / "a.png"],
    }
    needed = {field: value for field, value in needed.items() if field in model.model_fields}
    said = refusal(PUBLIC, model, **needed, **{name: some_value(model, name)})
    assert said == f"{model.model_fields[name].title} cannot be set on this page: leave it empty."
    assert ui_option(PUBLIC.narrow(model).model_fields[name], "withheld")


def test_a_private_page_has_no_limits():
    limits = HostLimits(Settings())
    assert all(limits.narrow(model) is model for model in MODELS)
    assert limits.check(ImageRequest(prompt="a", extra_params={"a": 1})) == []


def test_a_lora_is_one_of_those_that_the_host_names():
    limits = HostLimits(Settings(public=True, loras="style=/adapters/style,ink=/adapters/ink"))
    model = limits.narrow(ImageRequest)
    style = {"name": "style", "path": "/adapters/style"}
    assert [label for label, _ in ui_option(model.model_fields["lora"], "presets")] == ["style", "ink"]
    for choice in (style, style | {"scale": 0.5}, ui_option(model.model_fields["lora"], "presets")[1][1]):
        assert limits.check(model(prompt="a", lora=choice)) == []
    said = refusal(limits, ImageRequest, prompt="a", lora={"name": "style", "path": "/elsewhere"})
    assert said == "LoRA can only be one that this page offers: style, ink."


CAPS = HostLimits(Settings(caps="size=1024x1024,steps=30,n=2,seconds=5,tokens=100,text=50"))


@pytest.mark.parametrize(
    ("model", "values", "says"),
    [
        (ImageRequest, {"num_inference_steps": 31}, "Inference steps must be a whole number from 1 to 30."),
        (ImageRequest, {"n": 3}, "Pictures must be a whole number from 1 to 2."),
        (ImageRequest, {"size": "2048x1024"}, "Size 2048x1024 is too large for this page: at most 1,048,576 pixels"),
        (ImageRequest, {"prompt": "a" * 51}, "Prompt is too long: 51 characters; the limit is 50."),
        (ImageRequest, {"negative_prompt": "a" * 51}, "Negative prompt is too long"),
        (SoundRequest, {"audio_length": 5.5}, "Length must be a number above 0 and up to 5"),
        (SpeechRequest, {"max_new_tokens": 101}, "from 1 to 100"),
        (VideoRequest, {"seconds": "6"}, "Length: this page takes at most 5."),
        (VideoRequest, {"num_frames": 200}, "200 frames are 12.5 s of video; on this page it is at most 5 s."),
        (VideoRequest, {"num_frames": 200, "fps": 24}, "200 frames are 8.3 s"),
        (VideoRequest, {"short_edge": 720}, "from 16 to 670"),
        (ChatRequest, {"messages": [{"role": "user", "content": "a" * 51}]}, "51 characters; the limit is 50"),
        (ChatRequest, {"num_outputs_per_prompt": 3}, "from 1 to 2"),
    ],
)
def test_caps_hold_with_one_sentence(model, values, says):
    needed = {"messages": [{"role": "user", "content": "a"}], "prompt": "a", "input": "a"}
    needed = {field: value for field, value in needed.items() if field in model.model_fields}
    assert says in refusal(CAPS, model, **needed | values)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (ImageRequest, {"num_inference_steps": 30, "n": 2, "size": "1344x768", "prompt": "a" * 50}),
        (VideoRequest, {"num_frames": 81, "fps": 16, "seconds": 5}),
        (SoundRequest, {"audio_length": 5}),
    ],
)
def test_what_lies_within_the_caps_is_taken(model, values):
    request = CAPS.narrow(model)(**{next(n for n in ("prompt", "input") if n in model.model_fields): "a"} | values)
    assert CAPS.check(request) == []


def test_the_controls_end_where_the_caps_are():
    fields = CAPS.narrow(ImageRequest).model_fields
    assert bounds(fields["num_inference_steps"]) == (1, 30)
    assert ("16:9  1344x768", "1344x768") in ui_option(fields["size"], "presets")
    small = HostLimits(Settings(caps="size=512x512")).narrow(ImageRequest)
    assert [size for _, size in ui_option(small.model_fields["size"], "presets")] == ["", "512x512"]


def test_an_answer_without_a_number_of_tokens_gets_the_host_s():
    assert CAPS.narrow(ChatRequest)(messages=[{"role": "user", "content": "a"}]).max_tokens == 100
