from pathlib import Path

import pytest
from PIL import Image

from omni_ui.media.thumbnails import SIDE, small_path, thumb


def picture(path: Path, size=(1000, 500), mode="RGB", **more) -> Path:
    Image.new(mode, size, 128 if mode == "L" else None).save(path, **more)
    return path


@pytest.mark.parametrize(("name", "mode"), [("a.png", "RGBA"), ("a.jpg", "L"), ("a.webp", "RGB"), ("a.png", "P")])
def test_a_picture_becomes_small_once(tmp_path, name, mode):
    path = picture(tmp_path / name, mode=mode)
    made = thumb(path, "image/png")
    assert made == small_path(path)
    with Image.open(made) as small:
        assert small.size == (SIDE, SIDE // 2)
    first = made.stat().st_mtime_ns
    assert thumb(path, "image/png").stat().st_mtime_ns == first


def test_a_video_shows_its_first_frame(tmp_path):
    av = pytest.importorskip("av")
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 640, 320, "yuv420p"
        for colour in ("red", "blue"):
            made.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (640, 320), colour))))
        made.mux(stream.encode())
    with Image.open(thumb(path, "video/mp4")) as small:
        assert small.size == (SIDE, SIDE // 2)
        red, _, blue = small.convert("RGB").getpixel((9, 9))
    assert red > 200 > 60 > blue


@pytest.mark.parametrize(
    ("kind", "data"),
    [("image/png", b"not a picture"), ("image/png", b""), ("video/mp4", b"not a video"), ("audio/wav", b"RIFF")],
)
def test_what_cannot_be_shown_has_no_small_picture(tmp_path, kind, data):
    path = tmp_path / "a"
    path.write_bytes(data)
    assert thumb(path, kind) is None
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_without_room_there_is_none_and_nothing_is_left(tmp_path, monkeypatch):
    path = picture(tmp_path / "a.png")

    def full(self, *_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    assert thumb(path, "image/png") is None
    assert [one.name for one in tmp_path.iterdir()] == ["a.png"]
