import numpy as np
import pytest
from PIL import Image, ImageDraw

from omni_ui.core.invalid import Invalid
from omni_ui.media.image_input import Taken
from omni_ui.media.mask import take_mask


@pytest.fixture
def put(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))

    def write(picture: Image.Image):
        picture.save(tmp_path / "mask.png")
        return tmp_path / "mask.png"

    return write


def half(width: int = 80, height: int = 60, mode: str = "L") -> Image.Image:
    """White on its left half."""
    mask = Image.new(mode, (width, height), "black")
    ImageDraw.Draw(mask).rectangle([0, 0, width // 2 - 1, height], fill="white")
    return mask


PICTURE = Taken(None, 80, 60)


@pytest.mark.parametrize("mode", ["L", "RGB"])
async def test_a_mask_of_the_right_size_is_passed_on_as_it_is(put, mode):
    path = put(half(mode=mode))
    assert await take_mask(path, PICTURE) == Taken(path, 80, 60)


async def test_a_mask_of_another_size_is_scaled_and_said(put):
    mask = await take_mask(put(half(160, 120)), PICTURE)
    assert mask.note == "The mask was scaled from 160 × 120 to 80 × 60 pixels."
    made = np.asarray(Image.open(mask.path))
    assert made.shape == (60, 80)
    assert made[30, 10] == 255
    assert made[30, 70] == 0


async def test_a_mask_of_another_shape_is_refused(put):
    with pytest.raises(Invalid, match="a different shape"):
        await take_mask(put(half(60, 80)), PICTURE)


async def test_an_empty_mask_is_refused(put):
    with pytest.raises(Invalid, match="all black") as refused:
        await take_mask(put(Image.new("L", (80, 60), 20)), PICTURE)
    assert refused.value.problems[0].field == "mask_image"


async def test_an_all_white_mask_is_said(put):
    mask = await take_mask(put(Image.new("L", (80, 60), 255)), PICTURE)
    assert "the whole picture may change" in mask.note


async def test_what_is_see_through_counts_as_black(put):
    clear = Image.new("RGBA", (80, 60), (255, 255, 255, 0))
    clear.paste((255, 255, 255, 255), (0, 0, 20, 60))
    made = np.asarray(Image.open((await take_mask(put(clear), PICTURE)).path))
    assert (made[:, :20] == 255).all()
    assert (made[:, 20:] == 0).all()
