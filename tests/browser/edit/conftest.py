"""Pictures and masks for the tests of Edit."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.media.test_image_input import png_of


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Pictures by name, good and bad."""
    folder = tmp_path_factory.mktemp("pictures")
    ramp = np.stack([np.tile(np.linspace(0, 255, 120), (90, 1))] * 3, -1).astype(np.uint8)
    ramp[..., 2] = 80
    Image.fromarray(ramp).save(folder / "ramp.png")
    Image.new("RGB", (60, 60), "tomato").save(folder / "red.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (80, 40), "teal").save(folder / "photo.jpg", exif=turned.tobytes())
    (folder / "letter.png").write_text("Dear reader, this is no picture.")
    whole = io.BytesIO()
    Image.effect_noise((300, 200), 60).save(whole, "JPEG")
    (folder / "cut.jpg").write_bytes(whole.getvalue()[:3000])
    (folder / "dot.png").write_bytes(png_of(1, 1))
    (folder / "huge.png").write_bytes(png_of(20000, 20000))
    half = Image.new("L", (120, 90))
    ImageDraw.Draw(half).rectangle([0, 0, 59, 90], fill=255)
    half.save(folder / "half.png")
    half.resize((240, 180)).save(folder / "double.png")
    half.resize((90, 120)).save(folder / "upright.png")
    Image.new("L", (120, 90)).save(folder / "black.png")
    Image.new("L", (120, 90), 255).save(folder / "white.png")
    return folder
