from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from omni_ui.media import waveform
from omni_ui.media.thumbnails import SIDE, small_path, thumb
from omni_ui.media.waveform import LANE


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


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg"])
def test_a_sound_shows_its_waveform(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    rate, loud = 24000, np.concatenate([np.zeros(24000), 0.1 * np.sin(np.arange(24000)), np.zeros(24000)])
    soundfile.write(path, loud, rate)
    with Image.open(thumb(path, "audio/x")) as small:
        assert small.width == pytest.approx(SIDE, abs=4)
        assert small.height == LANE
        columns = (np.asarray(small)[..., 3] > 128).sum(0)
    assert columns[SIDE // 2] > 0.9 * LANE, "also a soft sound fills the picture"
    assert columns[[9, -9]].max() < 0.2 * LANE


def test_a_long_sound_is_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(waveform, "BLOCK", 1000)
    soundfile.write(tmp_path / "a.wav", np.linspace(0, 1, 99_999), 24000)
    drawn = np.asarray(waveform.small_waveform(tmp_path / "a.wav", SIDE))[..., 1] > 0
    assert drawn.shape == (LANE, SIDE)
    assert (np.diff(drawn.argmax(0)) <= 0).all(), "it rises from piece to piece"


def test_silence_stays_a_line(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((2400, 2)), 24000)
    with Image.open(thumb(tmp_path / "a.wav", "audio/wav")) as small:
        assert (np.asarray(small)[..., 3] > 128).sum(0).max() <= 2


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
