"""The demo's clips that end with a picture, or change in part."""

import numpy as np
import pytest
from PIL import Image

from omni_ui.demo.audio.dialogue import turns
from omni_ui.demo.imaging.clip_parts import changed_in_part, towards

SIZE = (4, 2)


def frames(level: int, count: int = 10):
    return iter([np.full((2, 4, 3), level, np.uint8)] * count)


def test_a_clip_ends_with_its_last_frame() -> None:
    made = list(towards(frames(0), Image.new("RGB", (8, 4), "white"), SIZE, 10))
    assert (made[0].max(), made[-1].min()) == (0, 255)
    assert 0 < made[7].mean() < 255


def test_a_clip_changes_where_and_when_its_mask_says() -> None:
    mask = [[[1.0, 0.0]], [[0.0, 0.0]]]
    made = list(changed_in_part(frames(10), frames(200), mask, SIZE, 10))
    assert made[0][0, 0, 0] > 150
    assert made[0][0, 3, 0] < 60
    assert made[9].max() == 10
    with pytest.raises(ValueError, match="numbers from 0 to 1"):
        list(changed_in_part(frames(0), frames(1), [[[2.0]]], SIZE, 10))


def test_a_dialogue_has_turns() -> None:
    assert list(turns("Hello. [S1] Good day. [S2] And to you.")) == [
        (1, "Hello."), (1, "Good day."), (2, "And to you."),
    ]  # fmt: skip
