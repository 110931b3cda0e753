"""What is sent is what browsers show: sRGB, upright by EXIF, white behind what is transparent."""

import io
import re
import shutil
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from omni_ui.core.invalid import Invalid
from omni_ui.media.colour.icc import matrix_profile
from omni_ui.media.image_input import take_picture

CASES = Path(__file__).parent.parent / "cases"
P3 = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290)
P3_TO_SRGB = np.array([[1.2249402, -0.2249402, 0], [-0.0420570, 1.0420570, 0], [-0.0196376, -0.0786361, 1.0982735]])
"""Linear light; from the primaries of both (SMPTE EG 432-1, IEC 61966-2-1)."""


UPRIGHT = ("a.tiff", "a.webp")
"""Formats in which browsers do not look for an orientation."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


def colours(width: int = 64, height: int = 48) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - (x + y) / 2], -1).astype(np.uint8))


def from_p3(picture: Image.Image, gamma: float | None = None) -> np.ndarray:
    """The right sRGB values of a picture in Display P3, worked out without LittleCMS. gamma: instead of its curve."""
    signal = np.asarray(picture.convert("RGB")) / 255
    linear = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    linear = signal**gamma if gamma else linear
    light = np.clip(linear @ P3_TO_SRGB.T, 0, 1)
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def mean_difference(path: Path, right: np.ndarray) -> float:
    return float(np.abs(np.asarray(Image.open(path).convert("RGB"), float) - right).mean())


@pytest.mark.parametrize("name", ["icc_p3_plain.jpg", "icc_p3.png"])
async def test_display_p3_is_converted_and_said(tmp_path, name):
    path = Path(shutil.copy(CASES / name, tmp_path))
    taken = await take_picture(path)
    assert "converted to sRGB" in taken.note
    assert mean_difference(taken.path, from_p3(Image.open(path), gamma=2.2)) < 1.5
    assert "icc_profile" not in Image.open(taken.path).info


async def test_adobe_rgb_is_converted_and_said():
    taken = await take_picture(CASES / "icc_adobe_plain.jpg")
    assert "converted to sRGB" in taken.note
    source = np.asarray(Image.open(CASES / "icc_adobe_plain.jpg"), float)
    assert mean_difference(taken.path, source) > 5


@pytest.mark.parametrize(
    ("name", "how"),
    [("a.jpg", {"quality": 95, "subsampling": 0}), ("a.png", {}), ("a.webp", {"lossless": True}), ("a.tiff", {}),
     ("a.avif", {"quality": 95, "subsampling": "4:4:4"})],
)  # fmt: skip
async def test_every_format_with_a_profile_and_turned(tmp_path, name, how):
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = matrix_profile(P3, "srgb", "P3 of the test")
    colours().save(
        tmp_path / name, icc_profile=profile, **({} if name == "a.tiff" else {"exif": exif.tobytes()}), **how
    )
    taken = await take_picture(tmp_path / name)
    assert "converted to sRGB from P3 of the test" in taken.note
    right = from_p3(colours())
    if name not in UPRIGHT:
        right = np.rot90(right, -1)
        assert "rotated upright" in taken.note
    assert mean_difference(taken.path, right) < 3


async def test_primaries_that_a_png_states_by_numbers(tmp_path):
    info = PngImagePlugin.PngInfo()
    info.add(b"cICP", bytes([12, 13, 0, 1]))
    colours().save(tmp_path / "a.png", pnginfo=info)
    taken = await take_picture(tmp_path / "a.png")
    assert mean_difference(taken.path, from_p3(colours())) < 1.5


async def test_a_profile_that_is_srgb_changes_nothing(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    colours().save(tmp_path / "a.jpg", icc_profile=profile)
    taken = await take_picture(tmp_path / "a.jpg")
    assert (taken.path, taken.note) == (tmp_path / "a.jpg", None)


@pytest.mark.parametrize(
    ("profile", "says"),
    [(b"no profile at all" * 20, "broken and was left out"),
     (matrix_profile(P3, "srgb", "x")[:200], "broken and was left out")],
)  # fmt: skip
async def test_a_broken_profile_is_left_out_and_said(tmp_path, profile, says):
    colours().save(tmp_path / "a.png", icc_profile=profile)
    taken = await take_picture(tmp_path / "a.png")
    assert says in taken.note
    assert mean_difference(taken.path, np.asarray(colours(), float)) == 0


async def test_orientation_is_read_from_exif_alone():
    taken = await take_picture(CASES / "xmp_orient6_only.jpg")
    assert (taken.path, taken.note) == (CASES / "xmp_orient6_only.jpg", None)


async def test_what_is_transparent_becomes_white_and_that_is_said():
    path = CASES / "alpha_hidden_red.png"
    taken = await take_picture(path)
    assert "its transparent parts became white" in taken.note
    hidden = np.asarray(Image.open(path).convert("RGBA"))[..., 3] == 0
    sent = np.asarray(Image.open(taken.path).convert("RGB"))
    assert hidden.any()
    assert (sent[hidden] == 255).all()


async def test_a_layered_model_gets_the_transparency(tmp_path):
    picture = colours().convert("RGBA")
    picture.putalpha(100)
    picture.save(tmp_path / "a.png")
    assert (await take_picture(tmp_path / "a.png", keep_transparency=True)).path == tmp_path / "a.png"
    assert (await take_picture(tmp_path / "a.png")).path != tmp_path / "a.png"


async def test_a_jpeg_without_its_end_is_taken_with_a_note():
    taken = await take_picture(CASES / "no_eoi.jpg")
    assert "its end is missing" in taken.note
    Image.open(taken.path).load()


async def test_a_jpeg_that_breaks_off_near_its_end_says_how_much_is_missing(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (400, 300, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG")
    (tmp_path / "a.jpg").write_bytes(file.getvalue()[: len(file.getvalue()) * 9 // 10])
    note = (await take_picture(tmp_path / "a.jpg")).note
    assert re.search(r"its lowest (7|8|9|10) % are missing", note)  # whole rows of blocks
    (tmp_path / "b.jpg").write_bytes(file.getvalue()[: len(file.getvalue()) * 6 // 10])
    with pytest.raises(Invalid, match="damaged"):
        await take_picture(tmp_path / "b.jpg")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
async def test_a_png_that_breaks_off_keeps_its_rows_and_is_white_below(tmp_path, mode):
    noise = np.random.default_rng(1).integers(0, 255, (400, 300, 4), dtype=np.uint8)
    file = io.BytesIO()
    picture = Image.fromarray(noise).convert(mode)
    picture.save(file, "PNG")
    (tmp_path / "a.png").write_bytes(file.getvalue()[: len(file.getvalue()) * 9 // 10])
    taken = await take_picture(tmp_path / "a.png")
    assert re.search(r"its lowest (9|10|11) % are missing", taken.note)
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    sent = np.asarray(Image.open(taken.path).convert("RGB"))
    assert np.array_equal(sent[:350], np.asarray(white.convert("RGB"))[:350])
    assert (sent[365:] == 255).all()
    (tmp_path / "b.png").write_bytes(file.getvalue()[: len(file.getvalue()) * 6 // 10])
    with pytest.raises(Invalid, match="damaged"):
        await take_picture(tmp_path / "b.png")


async def test_twelve_bits_in_sixteen_are_stretched(tmp_path):
    samples = (np.arange(1200).reshape(30, 40) * 3).astype(np.uint16)
    Image.fromarray(samples).save(tmp_path / "a.png")
    taken = await take_picture(tmp_path / "a.png")
    assert "12 bits" in taken.note
    assert np.array_equal(np.asarray(Image.open(taken.path)), samples >> 4)


@pytest.mark.parametrize("form", ["png", "tiff"])
async def test_twelve_bits_in_sixteen_of_a_colour_picture(tmp_path, form):
    samples = np.asarray(colours()).astype(np.uint16) * 16 + 7
    frame = av.VideoFrame.from_ndarray(samples, format="rgb48le")
    with av.open(str(tmp_path / f"a.{form}"), "w", format="image2") as out:
        stream = out.add_stream(form, rate=1)
        stream.width, stream.height = frame.width, frame.height
        stream.pix_fmt = "rgb48be" if form == "png" else "rgb48le"
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    taken = await take_picture(tmp_path / f"a.{form}")
    assert "its 12 bits per colour were stretched to 8" in taken.note
    assert np.array_equal(np.asarray(Image.open(taken.path)), np.asarray(colours()))


@pytest.mark.parametrize("transfer", [16, 18])
async def test_hdr_is_said(tmp_path, transfer):
    info = PngImagePlugin.PngInfo()
    info.add(b"cICP", bytes([9, transfer, 0, 1]))
    colours().save(tmp_path / "a.png", pnginfo=info)
    taken = await take_picture(tmp_path / "a.png")
    assert "converted to sRGB from HDR" in taken.note
    assert np.asarray(Image.open(taken.path)).max() == 255  # what is brighter than white


async def test_heic_of_another_program():
    """Written by libheif with x265: Display P3 and a turn; transparency; neither."""
    pytest.importorskip("pi_heif")
    turned, clear, plain = [await take_picture(CASES / f"heic_{name}.heic") for name in ("p3_turned", "alpha", "plain")]
    assert "converted to sRGB from Display P3" in turned.note
    assert mean_difference(turned.path, np.rot90(from_p3(colours(96, 64)), -1)) < 3
    assert turned.path.suffix == ".jpg"
    assert "its transparent parts became white" in clear.note
    share = np.linspace(0, 1, 96)[None, :, None].repeat(64, 0)
    assert mean_difference(clear.path, np.asarray(colours(96, 64)) * share + 255 * (1 - share)) < 3
    assert plain.note == "heic_plain.heic: HEIC was saved as JPEG."
    assert mean_difference(plain.path, np.asarray(colours(96, 64), float)) < 3


async def test_a_picture_that_was_looked_at_is_not_decoded_again_to_be_sent(tmp_path, monkeypatch):
    colours().save(tmp_path / "a.bmp")
    first = await take_picture(tmp_path / "a.bmp")
    monkeypatch.setattr("omni_ui.media.image_input._take", lambda *_: pytest.fail("it was decoded again"))
    assert await take_picture(tmp_path / "a.bmp") == first


async def test_whatever_a_decoder_raises_is_a_sentence(tmp_path, monkeypatch):
    colours().save(tmp_path / "a.png")

    def fails(*_args):
        raise RuntimeError("a fault of the library")

    monkeypatch.setattr("omni_ui.media.image_input._loaded", fails)
    with pytest.raises(Invalid, match=r"a\.png is damaged"):
        await take_picture(tmp_path / "a.png")


async def test_a_photo_of_a_phone_is_ready_soon(tmp_path):
    """12 megapixels, a profile and a turn: within 1.5 times what Pillow needs to decode and convert, side by side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = matrix_profile(P3, "srgb", "Display P3")
    photo = colours(403, 302).resize((4032, 3024), Image.Resampling.BICUBIC)
    ours, pillows = [], []
    for number in range(5):
        path = tmp_path / f"{number}.jpg"
        photo.save(path, quality=90, subsampling=2, icc_profile=profile, exif=exif.tobytes())
        start = time.perf_counter()
        with Image.open(path) as opened:
            opened.load()
            source = ImageCms.ImageCmsProfile(io.BytesIO(opened.info["icc_profile"]))
            ImageCms.profileToProfile(opened, source, ImageCms.createProfile("sRGB"))
        pillows.append(time.perf_counter() - start)
        start = time.perf_counter()
        await take_picture(path)
        ours.append(time.perf_counter() - start)
    print(min(ours), min(pillows), min(ours) / min(pillows))
    assert min(ours) < 1.5 * min(pillows)
