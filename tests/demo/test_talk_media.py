"""What the demo's assistant says of pictures, recordings and videos."""

import io
import re

import numpy as np
import pytest
from PIL import Image, ImageFilter

from omni_ui.demo.assistant import facts
from omni_ui.demo.audio import voice
from omni_ui.demo.imaging import clip
from tests.demo.test_talk import audio_part, image_part, said, url, wav


def test_a_picture_is_measured():
    flat = Image.new("RGB", (640, 360), (208, 40, 40))
    flat.paste((16, 16, 16), (0, 0, 160, 360))
    answer = said("what is this?", media=[image_part(flat)])
    assert "640 x 360 pixels, landscape, PNG" in answer
    assert re.search(r"red \(75%\), black \(25%\)", answer)
    assert "dark" in answer
    assert "no model" in answer


@pytest.mark.parametrize(
    ("colour", "name"), [("white", "white"), ("#3060c8", "blue"), ("#3c9c3c", "green"), ("#f0dc3c", "yellow")]
)
def test_colours_have_names(colour, name):
    assert facts._colours(Image.new("RGB", (9, 9), colour)) == f"{name} (100%)"


def test_sharpness_and_brightness_follow_the_picture():
    edges = Image.fromarray(np.random.default_rng(0).integers(0, 2, (8, 12), dtype=np.uint8) * 255).resize(
        (600, 400), 0
    )
    for blur, word in ((0, "sharp"), (2, "medium"), (12, "soft")):
        answer = said("?", media=[image_part(edges.filter(ImageFilter.GaussianBlur(blur)))])
        assert f"| Sharpness | {word} |" in answer
    assert "| Brightness | 100%, very bright |" in said("?", media=[image_part(Image.new("L", (5, 5), 255))])
    assert "no edge to judge by" in said("?", media=[image_part(Image.new("L", (5, 5), 255))])


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "LA", "I;16"])
@pytest.mark.parametrize("size", [(1, 1), (300, 2)])
def test_pictures_of_every_kind(mode, size):
    assert f"{size[0]} x {size[1]} pixels" in said("", media=[image_part(Image.new(mode, size))])


def test_a_turned_photo_has_the_size_that_is_seen():
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.new("RGB", (40, 20)).save(file, "JPEG", exif=exif)
    assert "20 x 40 pixels, portrait, JPEG" in said(
        "", media=[{"type": "image_url", "image_url": {"url": url(file.getvalue(), "image/jpeg")}}]
    )


def test_a_recording_is_measured():
    speech = np.concatenate(list(voice.speak("This is a recording of a voice.", voice="Bruno")))
    answer = said("", media=[audio_part(wav(speech, voice.RATE))])
    assert re.search(rf"Length \| {len(speech) / voice.RATE:.1f} s, mono, 24,000 Hz, WAV", answer)
    assert re.search(r"about (8|9|10)\d? Hz, low", answer)
    tone = 0.5 * np.sin(2 * np.pi * 300 * np.arange(48_000) / 16_000)
    stereo = said("", media=[audio_part(wav(np.stack([tone, tone], 1), subtype="PCM_24"))])
    assert "3.0 s, stereo" in stereo
    assert "-9 dBFS on average, peaks at -6 dBFS" in stereo
    assert re.search(r"about (29\d|30\d) Hz, high", stereo)


def test_silence_and_noise_are_called_so():
    assert "| Loudness | silent |" in said("", media=[audio_part(wav(np.zeros(1600)))])
    assert "none that stands out" in said(
        "", media=[audio_part(wav(np.random.default_rng(0).uniform(-0.3, 0.3, 32_000)))]
    )
    assert "0.0 s" in said("", media=[audio_part(wav(np.zeros(0)))])


def test_a_video_and_its_sound_are_measured(tmp_path):
    clip.render(tmp_path / "a.mp4", "a lake", width=64, height=48, num_frames=16, fps=8, sound=True)
    content = (tmp_path / "a.mp4").read_bytes()
    answer = said("", media=[{"type": "video_url", "video_url": {"url": url(content, "video/mp4")}}])
    assert "2.0 s, h264, with sound" in answer
    assert "64 x 48 pixels" in answer
    assert "8 frames per second" in answer
    heard = said("", media=[{"type": "audio_url", "audio_url": {"url": url(content, "video/mp4")}}])
    assert "2.0 s, stereo, 48,000 Hz, aac" in heard


@pytest.mark.parametrize("kind", ["image_url", "audio_url", "video_url", "input_audio"])
@pytest.mark.parametrize(
    "value", [{"url": "data:x/y;base64,aGVsbG8="}, {"url": "data:x/y;base64,!!"}, {"url": ""}, {}, None, "junk", 7]
)
def test_unreadable_media_get_a_plain_sentence(kind, value):
    answer = said("look", media=[{"type": kind, kind: value}])
    assert re.fullmatch(r"\*\*The (picture|recording|video)\*\* could not be read: [^.]+\.", answer)


def test_a_link_is_not_followed():
    answer = said("", media=[{"type": "image_url", "image_url": {"url": "http://127.0.0.1:9/a.png"}}])
    assert "it is a link" in answer


def test_a_huge_picture_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert "no picture that I can open" in said("", media=[image_part(Image.new("L", (50, 50)))])


def test_several_pictures_are_numbered():
    answer = said("compare", media=[image_part(Image.new("RGB", (8, 8))), image_part(Image.new("RGB", (9, 9)))])
    assert answer.index("**Picture 1**") < answer.index("8 x 8") < answer.index("**Picture 2**") < answer.index("9 x 9")
