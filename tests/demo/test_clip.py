"""The demo's clips: are they films that browsers play, and do words, media and Stop act?"""

import base64
import io
import itertools
import shutil
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from omni_ui.demo.audio.sound import synthesise
from omni_ui.demo.imaging import clip, editor

SMALL = {"width": 128, "height": 96, "num_frames": 8, "fps": 8}


@pytest.fixture
def cross() -> Image.Image:
    """A white cross in the middle of black, red on the left and blue on the right."""
    pixels = np.zeros((96, 128, 3), np.uint8)
    pixels[44:52], pixels[:, 60:68], pixels[:, :16], pixels[:, -16:] = 255, 255, (255, 0, 0), (0, 0, 255)
    return Image.fromarray(pixels)


def made(tmp_path, prompt="a lake", **how) -> str:
    path = tmp_path / "clip.mp4"
    clip.render(path, prompt, **{**SMALL, **how})
    return str(path)


def frames(path) -> list[np.ndarray]:
    with av.open(path) as box:
        return [frame.to_ndarray(format="rgb24").astype(float) for frame in box.decode(video=0)]


def wav(samples: np.ndarray, rate: int = 16_000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV")
    return file.getvalue()


def test_it_is_h264_with_the_index_in_front(tmp_path):
    path = made(tmp_path, num_frames=24, fps=12)
    with av.open(path) as box:
        stream = box.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.frames, stream.average_rate) == (128, 96, 24, 12)
        assert not box.streams.audio
    content = (tmp_path / "clip.mp4").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_a_painted_scene_moves_and_follows_its_seed(tmp_path):
    one = frames(made(tmp_path, "the sea", seed=1))
    assert np.abs(one[0] - one[-1]).mean() > 0.5
    assert np.array_equal(one, frames(made(tmp_path, "the sea", seed=1)))
    assert np.abs(one[0] - frames(made(tmp_path, "the sea", seed=2))[0]).mean() > 2


@pytest.mark.parametrize(("width", "height"), [(65, 49), (1, 3), (64, 64)])
def test_odd_sizes_lose_a_row_or_column(tmp_path, width, height):
    assert frames(made(tmp_path, width=width, height=height))[0].shape == (
        max(height // 2, 1) * 2,
        max(width // 2, 1) * 2,
        3,
    )


def red_and_blue(pixels) -> tuple[float, float]:
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 90) & (pixels[..., 2] < 90)
    blue = (pixels[..., 2] > 150) & (pixels[..., 1] < 90) & (pixels[..., 0] < 90)
    return red.mean(), blue.mean()


@pytest.mark.parametrize(
    ("prompt", "grows"),
    [
        ("slow zoom in", "neither"),
        ("zoom out", "both"),
        ("pan left", "red"),
        ("pan slowly right", "blue"),
        ("pan", "blue"),
    ],
)
def test_words_move_the_camera(tmp_path, cross, prompt, grows):
    film = frames(made(tmp_path, prompt, image=cross, num_frames=12))
    (red, blue), (red_end, blue_end) = red_and_blue(film[0]), red_and_blue(film[-1])
    assert (red_end > red + 0.02, blue_end > blue + 0.02) == {
        "neither": (False, False), "both": (True, True), "red": (True, False), "blue": (False, True),
    }[grows]  # fmt: skip


def test_tilting_standing_still_and_the_default(tmp_path, cross):
    def row(pixels):  # where the horizontal bar is, 0..1
        return (
            (pixels[:, 30:50].mean(axis=(1, 2)) * np.arange(96)).sum() / pixels[:, 30:50].mean(axis=(1, 2)).sum() / 96
        )

    up, down = (frames(made(tmp_path, f"tilt {way}", image=cross)) for way in ("up", "down"))
    assert row(up[-1]) > row(up[0]) + 0.1
    assert row(down[-1]) < row(down[0]) - 0.1
    still = frames(made(tmp_path, "a static camera", image=cross))
    assert np.abs(still[0] - still[-1]).mean() < 3
    plain = frames(made(tmp_path, "a cross", image=cross))
    assert np.abs(plain[0] - plain[-1]).mean() > 3


def test_camera_moves_are_smooth(tmp_path, cross):
    """No frame jumps: a move by whole pixels would show some steps of 0 and some twice as large."""
    film = frames(made(tmp_path, "zoom in", image=cross, num_frames=40, fps=16))
    steps = [np.abs(b - a).mean() for a, b in itertools.pairwise(film)]
    assert max(steps[10:30]) < 2.5 * np.median(steps[10:30])
    assert min(steps[10:30]) > 0.2 * np.median(steps[10:30])


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "CMYK", "I;16"])
def test_pictures_of_every_kind(tmp_path, mode):
    assert len(frames(made(tmp_path, image=Image.new(mode, (31, 200))))) == 8


def test_a_sound_track_from_the_prompt_fits_the_length(tmp_path):
    path = made(tmp_path, "rain", sound=True, num_frames=16, fps=8)
    with av.open(path) as box:
        assert box.streams.audio[0].codec_context.name == "aac"
        heard = np.concatenate([frame.to_ndarray() for frame in box.decode(audio=0)], axis=1)
    assert heard.shape[1] / 44_100 == pytest.approx(2, abs=0.06)
    want = synthesise("rain", seconds=2, seed=0)
    assert heard.std() == pytest.approx(want.std(), rel=0.2)


def test_given_audio_becomes_the_track_and_moves_the_picture(tmp_path, cross):
    beat = np.sin(np.arange(32_000) * 0.2) * (np.arange(32_000) // 8000 % 2)  # half a second off, half a second on
    path = made(tmp_path, "still", image=cross, audio=wav(beat), num_frames=32, fps=16)
    film = frames(path)
    quiet, loud = film[3], film[12]
    assert np.abs(quiet - loud).mean() > 2, "closer when it is loud"
    assert np.abs(film[3] - film[20]).mean() < np.abs(quiet - loud).mean()
    with av.open(path) as box:
        heard = np.concatenate([frame.to_ndarray() for frame in box.decode(audio=0)], axis=1)[0]
    level = heard[:88_000].reshape(4, -1).std(axis=1)
    assert level[1] > 10 * level[0]
    assert level[3] > 3 * level[2]


def test_a_video_gets_the_look_and_the_new_length(tmp_path, cross):
    (tmp_path / "source").mkdir()
    source = made(tmp_path / "source", "zoom in", image=cross, num_frames=16, fps=8)
    film = frames(made(tmp_path, "make it black and white", video=source, num_frames=12, fps=4, width=64, height=48))
    assert len(film) == 12
    assert film[0].shape == (48, 64, 3)
    assert np.ptp(film[0], axis=2).max() < 12, "no colour is left"
    assert np.abs(film[0] - film[7]).mean() > 2, "it still moves"
    assert np.abs(film[8] - film[-1]).mean() < 2, "two seconds are over: its last picture stays"


def test_a_video_look_without_a_known_word_is_told(tmp_path, cross):
    source = made(tmp_path, "zoom in", image=cross)
    content = Path(source).read_bytes()
    with pytest.raises(editor.NotUnderstood):
        clip.render(tmp_path / "next.mp4", "xyzzy", video=content, **SMALL)
    assert not (tmp_path / "next.mp4").exists()


@pytest.mark.parametrize(
    ("media", "said"),
    [
        ({"video": b"no film"}, "video could not be read"),
        ({"audio": b"no sound"}, "audio could not be read"),
        ({"video": wav(np.zeros(1600))}, "no video in the file"),
        ({"video": b""}, "video could not be read"),
    ],
)
def test_media_that_cannot_be_read(tmp_path, media, said):
    with pytest.raises(ValueError, match=said):
        made(tmp_path, "sepia", **media)
    assert list(tmp_path.iterdir()) == []


def test_a_torn_video_is_told(tmp_path, cross):
    content = Path(made(tmp_path, "zoom in", image=cross, num_frames=40)).read_bytes()
    (tmp_path / "clip.mp4").unlink()
    with pytest.raises(ValueError, match=r"The video is damaged: .+\."):
        made(tmp_path, "sepia", video=content[: content.index(b"mdat") + 8])
    assert list(tmp_path.iterdir()) == []


def test_stop_is_asked_before_every_frame_and_leaves_no_file(tmp_path):
    asked = []

    def stop():
        asked.append(1)
        return len(asked) == 4

    with pytest.raises(clip.Stopped):
        made(tmp_path, stop=stop)
    assert len(asked) == 4
    assert list(tmp_path.iterdir()) == []


def test_without_the_package_it_says_which_one(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert "pip install av" in clip.available()
    with pytest.raises(RuntimeError, match="pip install av"):
        made(tmp_path)


@pytest.mark.browser
async def test_chromium_plays_it(tmp_path, cross):
    from playwright.async_api import async_playwright

    made(tmp_path, "zoom in", image=cross, sound=True, num_frames=16, fps=16, width=320, height=240)
    url = "data:video/mp4;base64," + base64.b64encode((tmp_path / "clip.mp4").read_bytes()).decode()
    async with async_playwright() as play:
        browser = await play.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = await browser.new_page()
        await page.set_content(f'<video muted src="{url}"></video>')
        seen = await page.evaluate(
            """async () => {
                const film = document.querySelector("video")
                await film.play()
                await new Promise(done => { film.onended = done; setTimeout(done, 8000) })
                return [film.videoWidth, film.videoHeight, film.ended, film.error === null, film.duration,
                    film.webkitAudioDecodedByteCount > 0]
            }"""
        )
        await browser.close()
    assert seen == [320, 240, True, True, pytest.approx(1, abs=0.06), True]
