"""Sizes that follow a picture, and references that are looked at before they are sent."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from omni_ui.client import OmniError
from omni_ui.core.invalid import Invalid
from omni_ui.features.video.video_files import (
    LARGEST_SOUND,
    USUAL_AREA,
    area_of,
    check_video,
    publish_file,
    size_like,
    size_words,
    small_sound,
)


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        ((1920, 1080), "848x480"),
        ((1080, 1920), "480x848"),
        ((256, 256), "256x256"),
        ((832, 480), "832x480"),
        ((20, 20), "16x16"),
    ],
)
def test_the_size_follows_the_picture(picture, size):
    assert size_like(*picture) == size


@pytest.mark.parametrize(
    ("picture", "size", "usual", "words"),
    [
        ((1920, 1080), "", None, "The size follows the picture: 848 × 480."),
        ((1920, 1080), None, "1280x704", "The size follows the picture: 1264 × 704."),
        ((1920, 1080), "what?", None, "The size follows the picture: 848 × 480."),
        ((1920, 1080), "1280x720", None, ""),
        ((1920, 1080), "1280 × 720", None, ""),
        ((832, 480), "848x480", None, ""),
    ],
)
def test_which_size_a_first_frame_brings(picture, size, usual, words):
    assert size_words(*picture, size, usual) == words


def test_a_size_that_does_not_fit_says_what_becomes_of_the_picture():
    words = size_words(1920, 1080, "480x832", None)
    assert words.startswith("The picture (1920 × 1080) will be stretched to 480 × 832.")
    assert "Model default" in words


@given(st.integers(16, 9000), st.integers(16, 9000))
def test_every_picture_gets_a_size_that_models_take(width, height):
    wide, high = map(int, size_like(width, height).split("x"))
    assert wide % 16 == 0
    assert high % 16 == 0
    assert min(wide, high) >= 16
    # Snapping moves each side by at most half a step, unless the picture is a mere strip.
    assert wide * high <= USUAL_AREA * 1.1 or min(width, height) * 20 < max(width, height)


def test_a_models_own_size_sets_the_area():
    assert size_like(1920, 1080, area_of("1280x704")) == "1264x704"
    assert area_of(None) == area_of("") == area_of("large") == USUAL_AREA


@pytest.fixture
def clip(tmp_path):
    av = pytest.importorskip("av")

    def make(seconds: float, name: str = "clip.mp4"):
        path = tmp_path / name
        with av.open(path, "w") as container:
            stream = container.add_stream("mpeg4", rate=1)
            stream.width = stream.height = 32
            for _ in range(int(seconds)):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))))
            container.mux(stream.encode())
        return path

    return make


async def test_a_video_that_can_be_sent(clip):
    await check_video(clip(3), "input_references", 10**8)


async def test_videos_that_cannot_be_sent_are_one_sentence(clip, tmp_path):
    whole = clip(5).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "noise.mp4").write_bytes(whole[:40] + b"\xff" * 4000)
    (tmp_path / "text.mp4").write_text("#EXTM3U\nhttp://127.0.0.1:1/secret\n")
    with (tmp_path / "huge.mp4").open("wb") as file:
        file.write(whole)
        file.truncate(600_000_000)
    cases = {
        clip(3600, "hour.mp4"): "hour.mp4 is 1 hour long",
        tmp_path / "cut.mp4": "cut.mp4 is damaged",
        tmp_path / "noise.mp4": "noise.mp4 is damaged",
        tmp_path / "text.mp4": "text.mp4 is damaged",
        tmp_path / "huge.mp4": "huge.mp4 has 600 MB; the limit is 200 MB",
    }
    for path, says in cases.items():
        with pytest.raises(Invalid, match=says) as raised:
            await check_video(path, "input_references", 200_000_000)
        assert raised.value.problems[0].field == "input_references"


def sound(path, seconds: float, rate: int = 48_000):
    luck = np.random.default_rng(1)
    soundfile.write(path, luck.normal(0, 0.1, (int(seconds * rate), 2)), rate)
    return path


async def test_a_small_sound_is_sent_as_it_is(tmp_path):
    path = sound(tmp_path / "voice.wav", 1)
    assert await small_sound(path, "audio_reference") == path


async def test_a_larger_sound_is_made_to_fit(tmp_path):
    made = await small_sound(sound(tmp_path / "voice.wav", 20), "audio_reference")
    assert made.stat().st_size <= LARGEST_SOUND
    samples, rate = soundfile.read(io.BytesIO(made.read_bytes()))
    assert samples.ndim == 1
    assert len(samples) / rate == pytest.approx(20, abs=0.2)


async def test_a_sound_that_never_fits_says_how_much_does(tmp_path, monkeypatch):
    monkeypatch.setattr("omni_ui.features.video.video_files.LARGEST_SOUND", 10_000)
    with pytest.raises(Invalid, match=r"voice.wav is 20 seconds long; a request holds about .* seconds"):
        await small_sound(sound(tmp_path / "voice.wav", 20), "audio_reference")


async def test_a_kept_file_is_lent_without_copying_it(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(b"video")
    lent = await publish_file(kept, "video.mp4")
    assert (lent.name, lent.read_bytes()) == ("video.mp4", b"video")
    assert lent.stat().st_ino == kept.stat().st_ino


async def test_a_disk_that_is_full_when_a_kept_file_is_shown_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("omni_ui.features.video.video_files.link_or_copy", full)
    with pytest.raises(OmniError, match="is full: the host has to free up space"):
        await publish_file(tmp_path / "kept.mp4", "video.mp4")
