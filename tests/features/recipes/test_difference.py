"""Which settings of two results differ, and how many do not."""

import pytest

from omni_ui.client import ChatRequest, EditRequest, ImageRequest, SoundRequest
from omni_ui.features.recipes import Recipe, difference


def of(request, model="demo/painter") -> Recipe:
    return Recipe.of(request, model)


def test_only_what_differs_is_named_and_the_rest_is_counted():
    four = of(ImageRequest(prompt="a boat", num_inference_steps=4, seed=7))
    twenty = of(ImageRequest(prompt="a boat", num_inference_steps=20, seed=7))
    found = difference(four, twenty)
    assert [(row.name, row.first, row.second) for row in found.rows] == [("num_inference_steps", "4", "20")]
    assert found.rows[0].label == "Inference steps"
    same = difference(four, four)
    assert same.rows == []
    assert same.equal == found.equal + 1 >= 4  # the model, the prompt, the seed, the steps


def test_what_one_leaves_to_the_model_differs_from_any_value():
    found = difference(of(ImageRequest(prompt="a boat")), of(ImageRequest(prompt="a boat", guidance_scale=7.0)))
    assert [(row.name, row.first, row.second) for row in found.rows] == [("guidance_scale", "", "7")]


def test_the_model_is_a_setting():
    boat = ImageRequest(prompt="a boat")
    found = difference(of(boat, "one"), of(boat, "other"))
    assert [(row.name, row.first, row.second) for row in found.rows] == [("model", "one", "other")]


@pytest.fixture
def two_of_one_name(tmp_path):
    paths = [tmp_path / folder / "photo.png" for folder in ("a", "b")]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        path.write_bytes(bytes([number]) * 10)
    return paths


def test_two_files_of_one_name_differ_and_one_file_does_not(two_of_one_name):
    one, other = (of(EditRequest(prompt="Make it night", image=[path])) for path in two_of_one_name)
    found = difference(one, other)
    assert [(row.name, row.first, row.second) for row in found.rows] == [
        ("image", "photo.png", "photo.png (a different file)")
    ]
    assert difference(one, one).rows == []


def test_a_conversation_is_compared_message_by_message():
    def chat(*texts: str) -> Recipe:
        roles = ["user", "assistant"] * len(texts)
        return of(
            ChatRequest(messages=[{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)])
        )

    found = difference(chat("Hello", "Good day", "Who?"), chat("Hello", "Good day", "Where?"))
    assert [(row.label, row.first, row.second) for row in found.rows] == [("You", "Who?", "Where?")]


def test_requests_of_two_tabs_have_their_common_fields_compared():
    found = difference(of(ImageRequest(prompt="rain")), of(SoundRequest(input="rain", audio_length=2)))
    assert {row.name for row in found.rows} >= {"prompt", "input", "audio_length"}
