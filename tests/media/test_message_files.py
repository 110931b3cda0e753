import numpy as np
import pytest
import soundfile
from PIL import Image

from omni_ui.core.invalid import Invalid
from omni_ui.media.message_files import take_media

RATE = 8000
TONE = 0.5 * np.sin(np.arange(RATE) * 0.2)


def picture(path, size=(64, 48)):
    Image.new("RGB", size, "teal").save(path)


async def test_a_good_picture_and_a_good_recording_pass_as_they_are(tmp_path):
    picture(tmp_path / "a.png")
    soundfile.write(tmp_path / "a.wav", TONE, RATE, subtype="PCM_24")
    for name, kind in (("a.png", "image"), ("a.wav", "audio")):
        taken = await take_media(tmp_path / name)
        assert (taken.kind, taken.path, taken.note) == (kind, tmp_path / name, "")


async def test_five_channels_become_one_and_that_is_said(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.stack([TONE] * 5, axis=1), RATE)
    taken = await take_media(tmp_path / "a.wav")
    assert soundfile.info(taken.path).channels == 1
    assert "5 channels became one" in taken.note


async def test_a_large_recording_is_sent_at_the_rate_that_models_hear(tmp_path, monkeypatch):
    monkeypatch.setattr("omni_ui.media.message_files.LARGE", 1000)
    soundfile.write(tmp_path / "a.wav", TONE, RATE)
    taken = await take_media(tmp_path / "a.wav")
    assert soundfile.info(taken.path).samplerate == 16000
    assert "16 kHz" in taken.note


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("a.png", lambda path: path.write_text("no picture"), "not a picture"),
        ("a.png", lambda path: picture(path, (1, 1)), "too small"),
        ("a.txt", lambda path: path.write_text("hello"), "not a picture, a recording or a video"),
        ("a.wav", lambda path: soundfile.write(path, np.zeros(RATE), RATE), "silent"),
        ("a.wav", lambda path: soundfile.write(path, np.zeros(3601 * 1000, "int16"), 1000), "1 hour"),
        ("a.wav", lambda path: path.write_bytes(b"RIFF\x00\x00\x00\x00WAVE"), "a.wav"),
        ("a.mp4", lambda path: path.write_bytes(b"\x00\x00\x00\x18ftypisom" + b"\x00" * 400), "damaged"),
        ("a.mp4", lambda path: path.write_bytes(b""), "a.mp4"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_a_sentence(tmp_path, name, make, says):
    make(tmp_path / name)
    with pytest.raises(Invalid, match=says):
        await take_media(tmp_path / name)


async def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(Invalid):
        await take_media(tmp_path / "gone.png")
