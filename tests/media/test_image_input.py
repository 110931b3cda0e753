import contextvars
import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from omni_ui.core.invalid import Invalid
from omni_ui.media.image_input import take_picture


@pytest.fixture
def put(tmp_path, monkeypatch):
    """`put(name, picture or bytes, **how)`: the path of that file."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))

    def write(name: str, what: Image.Image | bytes, **how) -> Path:
        path = tmp_path / name
        if isinstance(what, bytes):
            path.write_bytes(what)
        else:
            what.save(path, **how)
        return path

    return write


def rgb(width: int = 40, height: int = 30) -> Image.Image:
    steps = np.linspace(0, 255, width * height * 3).reshape(height, width, 3)
    return Image.fromarray(steps.astype(np.uint8))


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has this size; its data is that of one row of zeros, over and over, well packed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    pack = zlib.compressobj()
    rows = b"".join(pack.compress(bytes(width + 1)) for _ in range(height)) + pack.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
async def test_a_file_that_needs_nothing_is_passed_on_as_it_is(put, name):
    path = put(name, rgb())
    taken = await take_picture(path)
    assert (taken.path, taken.width, taken.height, taken.note) == (path, 40, 30, None)


async def test_transparency_is_no_reason_to_touch_a_file(put):
    path = put("a.png", rgb().convert("RGBA"))
    assert (await take_picture(path)).path == path


async def test_a_photograph_is_turned_upright(put):
    exif = Image.Exif()
    exif[0x0112] = 6
    taken = await take_picture(put("photo.jpg", rgb(40, 30), exif=exif.tobytes(), quality=95))
    assert (taken.width, taken.height, taken.path.suffix) == (30, 40, ".jpg")
    assert taken.note == "photo.jpg: rotated upright."
    made = Image.open(taken.path)
    assert made.size == (30, 40)
    assert made.getexif().get(0x0112, 1) == 1
    turned = np.asarray(rgb(40, 30).rotate(-90, expand=True)).astype(int)
    assert np.abs(np.asarray(made).astype(int) - turned).mean() < 3


@pytest.mark.parametrize(
    ("name", "mode", "becomes", "says"),
    [
        ("ink.jpg", "CMYK", "RGB", "CMYK colours became RGB"),
        ("few.png", "P", "RGB", "colour table"),
        ("bits.png", "1", "L", "black and white became grey"),
        ("deep.png", "I;16", "L", "16 bits per colour became 8"),
        ("grey.png", "LA", "RGBA", "transparency"),
    ],
)
async def test_other_kinds_of_colours_are_converted_and_said(put, name, mode, becomes, says):
    if mode == "I;16":
        source = Image.fromarray((np.arange(1200).reshape(30, 40) * 50).astype(np.uint16))
    else:
        source = rgb().convert(mode)
    taken = await take_picture(put(name, source))
    assert says in taken.note
    assert Image.open(taken.path).mode == becomes


async def test_sixteen_bits_keep_their_brightness(put):
    samples = (np.arange(1200).reshape(30, 40) * 50).astype(np.uint16)
    taken = await take_picture(put("deep.png", Image.fromarray(samples)))
    assert np.array_equal(np.asarray(Image.open(taken.path)), samples >> 8)


async def test_sixteen_bit_colour_is_seen_in_the_file(put):
    deep = png_of(20, 20)
    rows = zlib.compress(b"".join(b"\0" + bytes(20 * 6) for _ in range(20)))
    head = deep[16:24] + bytes([16, 2, 0, 0, 0])

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    data = deep[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert "16 bits" in (await take_picture(put("deep.png", data))).note


async def test_the_first_frame_of_an_animation(put):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue")]
    taken = await take_picture(put("moves.gif", frames[0], save_all=True, append_images=frames[1:]))
    assert "only the first of its 3 frames" in taken.note
    assert Image.open(taken.path).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("name", ["a.bmp", "a.tiff", "a.avif"])
async def test_formats_that_servers_may_not_know_become_png(put, name):
    taken = await take_picture(put(name, rgb()))
    assert "was saved as PNG" in taken.note
    assert Image.open(taken.path).format == "PNG"


async def test_a_very_large_one_is_scaled_down(put):
    taken = await take_picture(put("large.png", Image.new("L", (2000, 1000))), largest=500_000)
    assert (taken.width, taken.height) == (1000, 500)
    assert taken.note == "large.png: scaled down from 2000 × 1000 to 1000 × 500 pixels."
    assert Image.open(taken.path).size == (1000, 500)


async def test_a_very_long_one_is_scaled_down(put):
    taken = await take_picture(put("long.png", Image.new("L", (20000, 100))))
    assert (taken.width, taken.height) == (8192, 40)


def cut(picture: Image.Image, form: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, form)
    return file.getvalue()[: len(file.getvalue()) * 6 // 10]


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("empty.png", lambda: b"", "is empty"),
        ("letter.png", lambda: b"Dear reader,\nthis is no picture.\n", "is not a picture"),
        ("drawing.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing (SVG)"),
        ("apple.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(100), "HEIC"),
        ("cut.jpg", lambda: cut(rgb(400, 300), "JPEG"), "is damaged"),
        ("cut.png", lambda: cut(rgb(400, 300), "PNG"), "is damaged"),
        ("dot.png", lambda: png_of(1, 1), "too small: 1 × 1"),
        ("thread.png", lambda: png_of(9000, 3), "too small"),
        ("huge.png", lambda: png_of(20000, 20000), "too many pixels"),
        ("big.png", lambda: png_of(9100, 9100), "9100 × 9100 pixels"),
        ("run.eps", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "is not a picture"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_a_sentence(put, name, make, says):
    with pytest.raises(Invalid) as refused:
        await take_picture(put(name, make()), "mask_image")
    assert says in str(refused.value)
    assert refused.value.problems[0].field == "mask_image"


async def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(Invalid, match="no longer available"):
        await take_picture(tmp_path / "gone.png")


async def test_what_is_written_is_for_the_visitor_whose_event_it_is(put, monkeypatch):
    event: contextvars.ContextVar[str] = contextvars.ContextVar("event", default="nobody")
    seen = []
    monkeypatch.setattr("omni_ui.media.image_input._fitting", lambda picture, *_: seen.append(event.get()) or picture)
    event.set("this visitor")
    await take_picture(put("a.bmp", rgb()))
    assert seen == ["this visitor"]
