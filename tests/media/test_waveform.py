import numpy as np
import pytest
from PIL import Image

from omni_ui.media.waveform import LANE, LOWEST, TALL, WIDTH, draw, spectrogram, waveform

RATE = 44100


def tone(hertz: float, seconds: float = 1.0, loud: float = 0.5) -> np.ndarray:
    return loud * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def ink(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture)[..., 1] > 0


def test_each_channel_has_its_own_lane_as_high_as_it_is_loud():
    drawn = ink(waveform(np.stack([tone(4000, loud=1.0), tone(4000, loud=0.25)], 1)))
    assert drawn.shape == (2 * LANE, WIDTH)
    heights = [drawn[:LANE].sum(0).mean(), drawn[LANE:].sum(0).mean()]
    assert heights[0] == pytest.approx(LANE, abs=2)
    assert heights[1] == pytest.approx(LANE / 4, abs=3)


def test_silence_is_a_line_and_a_click_is_seen_where_it_is():
    samples = np.zeros((RATE, 1))
    assert ink(waveform(samples)).sum(0).max() <= 2
    samples[RATE // 4] = 0.9
    columns = ink(waveform(samples)).sum(0)
    assert columns.argmax() == pytest.approx(WIDTH / 4, abs=1)


def test_a_sound_shorter_than_the_picture_is_wide_is_drawn():
    assert ink(waveform(np.full((10, 1), 0.5))).any(0).all()


@pytest.mark.parametrize("hertz", [110, 1000, 8000])
def test_a_tone_is_a_bright_line_at_its_frequency(hertz):
    light = np.asarray(spectrogram(tone(hertz), RATE)).sum(-1)
    assert light.shape == (TALL, WIDTH)
    row = light[:, WIDTH // 2].argmax()
    seen = np.geomspace(RATE / 2, LOWEST, TALL)[row]
    assert seen == pytest.approx(hertz, rel=0.1)


def test_silence_is_dark_and_does_not_divide_by_zero():
    with np.errstate(all="raise"):
        assert np.asarray(spectrogram(np.zeros(RATE), RATE)).max() <= 255


async def test_both_are_saved_as_png(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    drawing = await draw(np.stack([tone(440), tone(880)], 1).astype(np.float32), RATE)
    assert Image.open(drawing.waveform).size == (WIDTH, 2 * LANE)
    assert Image.open(drawing.spectrogram).size == (WIDTH, TALL)
    assert drawing.highest == RATE / 2
