"""Explore's four values: around what stands in the control, and never one that the field refuses."""

import pytest

from omni_ui.client import EditRequest, ImageRequest, SoundRequest, VideoRequest, ui_option
from omni_ui.features.grid.suggest_values import suggest_values, takes
from omni_ui.features.speech.request import SpokenText
from omni_ui.widgets.fields import kind_of

MODELS = (ImageRequest, EditRequest, SpokenText, SoundRequest, VideoRequest)
NUMBERS = [
    (model, name)
    for model in MODELS
    for name, info in model.model_fields.items()
    if kind_of(info) in ("number", "slider") and ui_option(info, "place") != "hidden"
]


@pytest.mark.parametrize(
    ("name", "now", "values"),
    [
        ("num_inference_steps", 8, [4, 8, 12, 16]),
        ("num_inference_steps", 200, [50, 100, 150, 200]),
        ("num_inference_steps", 1, [1, 2, 3, 4]),
        ("guidance_scale", 4.0, [2, 4, 6, 8]),
        ("n", 1, [1, 2, 3, 4]),
        ("flow_shift", -2, [-4, -3, -2, -1]),
    ],
)
def test_around_the_present_value(name, now, values):
    assert suggest_values(ImageRequest, name, now) == values


@pytest.mark.parametrize(("model", "name"), NUMBERS, ids=[f"{m.tab}-{n}" for m, n in NUMBERS])
@pytest.mark.parametrize("now", [None, 0, 1, 0.3, 7, 1e9, -1e9])
def test_always_four_different_values_that_the_model_takes(model, name, now):
    values = suggest_values(model, name, now)
    assert len(values) == len(set(values)) == 4
    assert values == sorted(values)
    assert all(takes(model, name, value) for value in values)
    if now is not None and takes(model, name, now) and now == round(now):
        assert now in values


def test_an_empty_control_begins_where_models_are():
    assert suggest_values(ImageRequest, "num_inference_steps", None) == [7, 14, 21, 28]
    assert max(suggest_values(SoundRequest, "audio_length", None)) < 60
