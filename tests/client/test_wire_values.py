"""Values as programs send them: objects as objects, -1 for a random seed, and no number that JSON does not have."""

import pytest
from pydantic import ValidationError

from omni_ui.client.requests.image import ImageRequest
from omni_ui.widgets.fields import control

LORA = {"name": "style", "path": "/adapters/style", "scale": 0.8}


def test_an_object_reaches_the_request_as_entered():
    box = control("lora", ImageRequest.model_fields["lora"], "image-lora")
    assert ImageRequest(prompt="x", lora=box.preprocess(LORA)).payload()["lora"] == LORA


def test_seed_minus_one_is_random():
    drawn = {ImageRequest(prompt="x", seed=-1).with_seed().seed for _ in range(3)}
    assert len(drawn) > 1
    assert min(drawn) >= 0
    assert ImageRequest(prompt="x", seed=-2).with_seed().seed == -2


@pytest.mark.parametrize("value", [{"a": [float("nan")]}, {"a": float("inf")}, '{"a": 1e999}'])
def test_numbers_that_are_not_finite_are_refused(value):
    with pytest.raises(ValidationError, match="not finite"):
        ImageRequest(prompt="x", extra_params=value)
