import io
import sys

import numpy as np
import pytest
import soundfile

from omni_ui.core.invalid import Invalid
from omni_ui.media import recording as module
from omni_ui.media.recording import as_wav, read_recording, resample, wav_bytes
from tests.media.encoding import encode, tone

av = pytest.importorskip("av")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("subtype", "exact"), [("PCM_U8", 2 / 256), ("PCM_16", 1e-4), ("PCM_24", 1e-6), ("PCM_32", 1e-6), ("FLOAT", 1e-7)]
)
async def test_every_depth_gives_the_samples_that_were_written(tmp_path, subtype, exact):
    soundfile.write(tmp_path / "a.wav", tone(), 24000, subtype=subtype)
    read = await read_recording(tmp_path / "a.wav", "ref_audio")
    assert np.abs(read.samples - tone()).max() <= exact
    assert (read.rate, read.channels, read.seconds) == (24000, 1, 1.0)


@pytest.mark.parametrize(("rate", "channels"), [(4000, 1), (44100, 2), (192000, 1), (48000, 5)])
async def test_rates_and_channels_are_kept(tmp_path, rate, channels):
    soundfile.write(tmp_path / "a.wav", tone(0.5, rate, channels), rate)
    read = await read_recording(tmp_path / "a.wav", "ref_audio")
    assert (read.rate, read.channels, read.samples.shape) == (rate, channels, (rate // 2, channels))
    assert read.plain


async def test_a_file_that_needs_nothing_is_passed_on_untouched(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(), 24000, subtype="PCM_24")
    assert await as_wav(await read_recording(tmp_path / "a.flac", "x")) == tmp_path / "a.flac"


async def test_five_channels_become_their_mean(tmp_path):
    channels = tone(1.0, 24000, 5) * np.array([1, 0.5, 0, 0.5, 0.25], np.float32)
    soundfile.write(tmp_path / "a.wav", channels, 24000, subtype="FLOAT")
    made = await as_wav(await read_recording(tmp_path / "a.wav", "x"), mono=True)
    samples, rate = soundfile.read(made)
    assert rate == 24000
    assert np.abs(samples - channels.mean(axis=1)).max() < 1e-4


async def test_another_rate_keeps_the_tone_and_the_length(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(1.5, 44100, 1), 44100)
    made = await as_wav(await read_recording(tmp_path / "a.wav", "x"), rate=16000)
    samples, rate = soundfile.read(made)
    assert (rate, len(samples)) == (16000, 24000)
    assert np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples) == pytest.approx(440, abs=1)


def test_resampling_does_not_fold_high_tones_back():
    low = resample(tone(1, 48000, hertz=15000), 48000, 16000)
    assert len(low) == 16000
    assert np.abs(low[160:-160]).max() < 1e-6
    assert np.abs(low).max() < 0.1, "where a tone is cut off there is more than the tone"


def test_float_beyond_full_scale_is_turned_down_and_not_wrapped():
    samples, _ = soundfile.read(io.BytesIO(wav_bytes(tone(level=3.0), 24000)))
    assert np.abs(samples).max() == pytest.approx(1, abs=1e-3)
    assert np.corrcoef(samples, tone()[:, 0])[0, 1] > 0.9999


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [
        ("a.m4a", "aac", "mp4"),
        ("a.aac", "aac", "adts"),
        ("a.webm", "libopus", "webm"),
        ("mislabelled.wav", "aac", "mp4"),
    ],
)
async def test_formats_that_servers_cannot_decode_become_wav(tmp_path, name, codec, container):
    read = await read_recording(encode(tmp_path / name, codec, container), "ref_audio")
    assert not read.plain
    assert "converted to WAV" in read.note
    made = await as_wav(read)
    samples, rate = soundfile.read(made)
    assert made.read_bytes()[:4] == b"RIFF"
    assert (rate, len(samples) / rate) == (48000, pytest.approx(1, abs=0.06))
    assert np.sqrt(np.mean(samples[4800:-4800] ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


async def test_the_sound_of_a_video(tmp_path):
    read = await read_recording(encode(tmp_path / "a.mp4", "aac", video=True), "ref_audio")
    assert read.seconds == pytest.approx(1, abs=0.06)


async def test_aiff_is_read_and_made_into_wav(tmp_path):
    soundfile.write(tmp_path / "a.aiff", tone(), 24000)
    read = await read_recording(tmp_path / "a.aiff", "x")
    assert (await as_wav(read)).suffix == ".wav"


async def test_a_wav_whose_sizes_were_never_filled_in(tmp_path):
    data = bytearray(wav_bytes(tone(), 24000))
    data[4:8] = data[40:44] = b"\xff" * 4
    (tmp_path / "a.wav").write_bytes(data)
    assert (await read_recording(tmp_path / "a.wav", "x")).seconds == pytest.approx(1)


def write_hour(path):
    """A whole header, an hour by its count, and no samples on the disk."""
    with soundfile.SoundFile(path, "w", 48000, 1, "PCM_16") as file:
        file.seek(3600 * 48000 - 1)
        file.write(np.zeros(1, np.int16))


def bad(path):
    def text():
        path.write_text("this is not a sound, whatever its name says\n" * 50)

    def playlist():
        path.write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:1/secret.ts\n")

    return {
        "gone": lambda: None,
        "empty": lambda: path.write_bytes(b""),
        "text": text,
        "playlist": playlist,
        "no frames": lambda: path.write_bytes(wav_bytes(np.zeros(0), 24000)),
        "cut off": lambda: path.write_bytes(b"\x00\x00\x00\x20ftypM4A \x00\x00"),
        "mute film": lambda: encode(path, "", "mp4", video=True, audio=False),
        "an hour": lambda: write_hour(path),
    }


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("gone", "a.wav is no longer available"),
        ("empty", "a.wav is empty"),
        ("text", "a.wav is not a sound file"),
        ("playlist", "a.wav is not a sound file"),
        ("no frames", "a.wav holds no sound"),
        ("cut off", "a.wav is broken"),
        ("mute film", "a.wav holds no sound"),
        ("an hour", "a.wav is 1 hour long; the limit is 10 minutes"),
    ],
)
async def test_what_cannot_be_used_is_one_sentence_for_its_field(tmp_path, what, says):
    bad(tmp_path / "a.wav")[what]()
    with pytest.raises(Invalid, match=says) as raised:
        await read_recording(tmp_path / "a.wav", "audio_sample")
    assert raised.value.problems[0].field == "audio_sample"


async def test_an_hour_is_refused_without_reading_it(tmp_path, monkeypatch):
    write_hour(tmp_path / "a.wav")
    monkeypatch.setattr(soundfile.SoundFile, "read", lambda *_, **__: pytest.fail("it was decoded"))
    with pytest.raises(Invalid, match="1 hour"):
        await read_recording(tmp_path / "a.wav", "x")


async def test_an_hour_of_aac_is_refused_by_its_header(tmp_path, monkeypatch):
    path = encode(tmp_path / "a.m4a", "aac", "mp4", seconds=5)
    monkeypatch.setattr("omni_ui.media.decoding._read", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(Invalid, match=r"5\.0 seconds long; the limit is 2\.0 seconds"):
        await read_recording(path, "x", longest=2)


async def test_too_many_channels_for_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_SAMPLES", 24000)
    soundfile.write(tmp_path / "a.wav", tone(1, 24000, 2), 24000)
    with pytest.raises(Invalid, match="too large"):
        await read_recording(tmp_path / "a.wav", "x")


async def test_without_pyav_the_sentence_says_what_to_do(tmp_path, monkeypatch):
    path = encode(tmp_path / "a.m4a", "aac", "mp4")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(Invalid, match="package av is not installed: save it as WAV"):
        await read_recording(path, "x")


async def test_a_float_file_with_infinite_samples_does_not_spoil_the_rest(tmp_path):
    samples = tone()
    samples[5] = np.nan
    samples[6] = np.inf
    soundfile.write(tmp_path / "a.wav", samples, 24000, subtype="FLOAT")
    assert np.isfinite((await read_recording(tmp_path / "a.wav", "x")).samples).all()
