"""What a person writes becomes values, or one sentence that says what to write."""

import pytest

from omni_ui.client import ImageRequest, SpeechRequest
from omni_ui.core.invalid import Invalid
from omni_ui.features.grid.values import read_values, written


def read(name, text, most=36, model=ImageRequest):
    return read_values(name, model.model_fields[name], text, most)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("num_inference_steps", "4-40:12", [4, 16, 28, 40]),
        ("num_inference_steps", "4-41:12", [4, 16, 28, 40]),
        ("num_inference_steps", " 4 | 8,12\n20;", [4, 8, 12, 20]),
        ("num_inference_steps", "4|8-12:2|8", [4, 8, 10, 12]),
        ("num_inference_steps", "5-5:1", [5]),
        ("guidance_scale", "0-0.3:0.1", [0, 0.1, 0.2, 0.3]),
        ("guidance_scale", "1.5|.5", [1.5, 0.5]),
        ("flow_shift", "-3--1:1", [-3, -2, -1]),
        ("flow_shift", "-1 - 1 : 1", [-1, 0, 1]),
        ("num_inference_steps", "default|9", [None, 9]),
        ("seed", "1|18446744073709551615", [1, 18446744073709551615]),
        ("output_format", "PNG, webp", ["png", "webp"]),
        ("size", "64x64|1024x768", ["64x64", "1024x768"]),
        ("prompt", "a fox, in snow| a boat \n\na kettle", ["a fox, in snow", "a boat", "a kettle"]),
    ],
)
def test_values_as_they_are_written(name, text, values):
    assert read(name, text) == values


def test_a_switch_is_on_or_off_and_text_is_not_split_at_commas():
    assert read("x_vector_only_mode", "on|no", model=SpeechRequest) == [True, False]
    assert read("instructions", "slowly, whispering\nfast", model=SpeechRequest) == ["slowly, whispering", "fast"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("num_inference_steps", "", "Inference steps has no values yet"),
        ("num_inference_steps", " | \n,", "Inference steps has no values yet"),
        ("num_inference_steps", "many", "“many” is not a number"),
        ("num_inference_steps", "1e9", "“1e9” is not a number"),
        ("num_inference_steps", "4-40:0", "has a step of 0"),
        ("num_inference_steps", "4-40:-4", "has a step of -4"),
        ("num_inference_steps", "40-4:4", "runs backwards: write 4-40:4"),
        ("num_inference_steps", "4-40", "has no step"),
        ("num_inference_steps", "1-10000:1", "10,000 runs; the limit here is 36"),
        ("guidance_scale", "0-99999999999:0.0000001", "limit here is 36"),
        ("num_inference_steps", "|".join(map(str, range(40))), "40 runs; the limit here is 36"),
        ("output_format", "png|tiff", "“tiff” is not among the choices. Write some of png, jpeg, webp."),
        ("prompt", "x" * 30_000, "too long"),
        ("prompt", "default|", ""),
    ],
)
def test_what_cannot_be_used_is_one_sentence(name, text, says):
    if not says:  # a required setting has no default: the word is a value like any other
        assert read(name, text) == ["default"]
        return
    with pytest.raises(Invalid) as raised:
        read(name, text)
    assert len(raised.value.problems) == 1
    assert says in str(raised.value)
    assert str(raised.value).endswith(".")


def test_values_as_the_page_shows_them():
    assert [written(one) for one in (None, True, 4, 0.1 + 0.2, 2.0, "png")] == [
        "Model default", "on", "4", "0.3", "2", "png",
    ]  # fmt: skip
