import io

import numpy as np
import pytest
import soundfile

from omni_ui.media.audio import Bare, join, peaks, save_pcm, wav_of

RATE = 24000


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


def write(path, level, seconds=1.0, rate=RATE, channels=1):
    soundfile.write(path, np.full((round(seconds * rate), channels), level), rate)
    return path


def test_wav_of_samples_leaves_half_a_frame_out():
    samples, rate = soundfile.read(io.BytesIO(wav_of(b"\1\0\2\0\3", 8000)), dtype="int16")
    assert (samples.tolist(), rate) == ([1, 2], 8000)


async def test_saved_samples_are_the_same():
    path = await save_pcm(b"\1\0\2\0", 8000, 2, "x")
    assert path.name == "x.wav"
    assert soundfile.read(path, dtype="int16", always_2d=True)[0].tolist() == [[1, 2]]


async def test_pieces_are_joined_with_silence_between(tmp_path):
    pieces = [(write(tmp_path / "a.wav", 0.5), 0.25), (write(tmp_path / "b.wav", -0.5, 0.5), 9.0)]
    path, bare = await join(pieces, "wav")
    samples, rate = soundfile.read(path)
    assert (rate, len(samples) / rate, bare) == (RATE, 1.75, None)
    assert samples[RATE // 2] == pytest.approx(0.5, abs=1e-3)
    assert not samples[RATE : RATE * 5 // 4].any()
    assert samples[-1] == pytest.approx(-0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("form", "suffix", "kind"), [("flac", ".flac", "FLAC"), ("mp3", ".mp3", "MP3"), ("opus", ".ogg", "OGG")]
)
async def test_every_format_without_ffmpeg(tmp_path, form, suffix, kind):
    path, _ = await join([(write(tmp_path / "a.wav", 0.1, 2), 1.0)] * 2, form)
    assert path.suffix == suffix
    about = soundfile.info(path)
    assert (about.format, about.duration) == (kind, pytest.approx(5, abs=0.1))


async def test_bare_samples_tell_their_rate_beside_the_file(tmp_path):
    path, bare = await join([(write(tmp_path / "a.wav", 0.5, channels=2), 0.0)], "pcm")
    assert (path.suffix, path.stat().st_size) == (".pcm", RATE * 4)
    assert bare == Bare(RATE, 2)
    assert bare.media_type == "audio/pcm;rate=24000;channels=2"
    assert bare.samples(path.read_bytes()).shape == (RATE, 2)


async def test_what_cannot_be_joined_is_said(tmp_path):
    pieces = [(write(tmp_path / "a.wav", 0.5), 0.0), (write(tmp_path / "b.wav", 0.5, rate=8000), 0.0)]
    with pytest.raises(ValueError, match="differ in rate"):
        await join(pieces, "wav")
    with pytest.raises(ValueError, match="Opus does not support 44100"):
        await join([(write(tmp_path / "c.wav", 0.5, rate=44100), 0.0)], "opus")


def test_peaks_are_a_small_drawing():
    ramp = np.linspace(0, 1, 6000, dtype=np.float32)
    assert peaks(ramp, 4) == [25, 50, 75, 100]
    assert peaks(np.zeros(2, np.float32), 4) == [0, 0, 0, 0]
