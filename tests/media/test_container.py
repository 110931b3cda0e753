"""What a file is, in every tab alike; sound that other programs wrote, whole and damaged."""

import io
import math
import shutil
import struct
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from omni_ui.core.invalid import Invalid
from omni_ui.features.video.video_files import check_video
from omni_ui.media.container import identify
from omni_ui.media.message_files import take_media
from omni_ui.media.recording import Recording, as_wav, read_recording
from tests.media.encoding import encode

CASES = Path(__file__).parent.parent / "cases"
RATE = 48_000


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


def decoded_by_ffmpeg(name: str) -> float:
    """Seconds that ffmpeg 5.1 and 8.1 decode of a case (`ffmpeg -i FILE -map 0:a -f f32le - | wc -c`)."""
    return {
        "vgsm.wav": 180480 / 4 / 8000,
        "cut_v.aac": 274432 / 4 / 22050,
        "hurt_v.m4a": 491520 / 4 / 22050,
        "ytdlp_cover.m4a": 495616 / 4 / 22050,
        "voice_message.caf": 96000 / 4 / 8000,
        "joined_three_parts.mp3": 126908 / 4 / 8000,
    }[name]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("vgsm.wav", "servers do not accept GSM"),
        ("cut_v.aac", "of it could be read"),
        ("hurt_v.m4a", "of it could be read"),
        ("ytdlp_cover.m4a", "was converted to WAV"),
        ("voice_message.caf", "was converted to WAV"),
        ("joined_three_parts.mp3", "several MP3 files"),
    ],
)
@pytest.mark.parametrize("suffix", [True, False])
async def test_what_others_wrote_is_heard_to_the_end_in_speech_and_chat(tmp_path, name, says, suffix):
    path = tmp_path / (name if suffix else name.partition(".")[0])
    shutil.copy(CASES / name, path)
    wanted = decoded_by_ffmpeg(name)
    recording = await read_recording(path, "ref_audio")
    assert recording.seconds >= 0.9 * wanted
    assert says in recording.note
    media = await take_media(path)
    assert (media.kind, media.path.suffix) == ("audio", ".wav")
    assert says in media.note
    sent = soundfile.info(media.path)
    assert sent.duration >= 0.9 * wanted
    assert sent.duration == pytest.approx(wanted, abs=0.15)


async def test_what_servers_cannot_read_to_the_end_is_not_sent_as_it_is(tmp_path):
    for name in ("vgsm.wav", "joined_three_parts.mp3"):
        path = await as_wav(await read_recording(CASES / name, "ref_audio"))
        samples, rate = soundfile.read(path)  # as servers do
        assert len(samples) / rate == pytest.approx(decoded_by_ffmpeg(name), abs=0.15)


WRITTEN = {
    "a.caf": ("CAF", "PCM_16"),
    "a.w64": ("W64", "PCM_16"),
    "a.aiff": ("AIFF", "PCM_16"),
    "a.au": ("AU", "PCM_16"),
    "a.flac": ("FLAC", "PCM_16"),
    "a.ogg": ("OGG", "VORBIS"),
    "a.mp3": ("MP3", None),
    "a.rf64": ("RF64", "PCM_16"),
    "a.voc": ("VOC", "PCM_16"),
}
ENCODED = {
    "a.aac": ("aac", "adts"),
    "a.m4a": ("aac", "ipod"),
    "a.wma": ("wmav2", "asf"),
    "a.webm": ("libopus", "webm"),
    "a.mka": ("libopus", "matroska"),
    "a.mov": ("pcm_s16le", "mov"),
    "a.avi": ("pcm_s16le", "avi"),
    "a.ts": ("aac", "mpegts"),
    "a.wv": ("wavpack", "wv"),
    "a.tta": ("tta", "tta"),
}


@pytest.mark.parametrize("name", [*WRITTEN, *ENCODED])
async def test_every_recording_is_one_in_every_tab_with_or_without_its_suffix(tmp_path, name):
    path = tmp_path / name
    if name in WRITTEN:
        form, subtype = WRITTEN[name]
        tone = 0.5 * np.sin(np.arange(RATE) * 440 * 2 * math.pi / RATE)
        soundfile.write(path, tone, RATE, format=form, subtype=subtype)
    else:
        encode(path, *ENCODED[name])
    bare = Path(shutil.copy(path, tmp_path / "voice"))
    for file in (path, bare):
        assert identify(file).kind == "audio"
        assert (await take_media(file)).kind == "audio"
        assert (await read_recording(file, "ref_audio")).seconds == pytest.approx(1, abs=0.1)
        with pytest.raises(Invalid, match="holds no video"):
            await check_video(file, "input_reference", 10**9)


@pytest.mark.parametrize(
    ("name", "container", "chat"),
    [("a.mp4", "mp4", None), ("a.mkv", "matroska", None), ("a.avi", "avi", "not a video that servers read"),
     ("a.ts", "mpegts", "not a video that servers read")],
)  # fmt: skip
async def test_every_video_is_one_in_every_tab(tmp_path, name, container, chat):
    path = encode(tmp_path / name, "aac", container, video=True)
    bare = Path(shutil.copy(path, tmp_path / "film"))
    for file in (path, bare):
        assert identify(file).kind == "video"
        assert (await read_recording(file, "ref_audio")).seconds == pytest.approx(1, abs=0.1)
        if chat:
            with pytest.raises(Invalid, match=chat):
                await take_media(file)
        else:
            assert (await take_media(file)).kind == "video"


async def test_a_picture_is_no_recording(tmp_path):
    path = Path(shutil.copy(CASES / "icc_p3.png", tmp_path / "voice.wav"))
    with pytest.raises(Invalid, match=r"voice\.wav is a picture, not a recording"):
        await read_recording(path, "ref_audio")
    assert (await take_media(path)).kind == "image"


async def test_an_id3_tag_before_aac_is_passed_over(tmp_path):
    tag = b"ID3\x04\0\0" + bytes([0, 0, 1, 0]) + bytes(128)
    whole = encode(tmp_path / "a.aac", "aac", "adts").read_bytes()
    (tmp_path / "voice").write_bytes(tag + whole)
    assert identify(tmp_path / "voice").reader == "aac"
    assert (await read_recording(tmp_path / "voice", "x")).seconds == pytest.approx(1, abs=0.1)


def damaged(data: bytes, share: float) -> bytes:
    """The file with that share of its frames, one run in the middle, overwritten with ones."""
    at, length = len(data) // 2, int(len(data) * share)
    return data[:at] + b"\xff" * length + data[at + length :]


@pytest.mark.parametrize(
    ("name", "codec", "container"), [("a.aac", "aac", "adts"), ("a.m4a", "aac", "mp4"), ("a.mp3", "mp3", "mp3")]
)
async def test_some_damage_loses_that_part_alone_and_is_said(tmp_path, name, codec, container):
    path = encode(tmp_path / name, codec, container, seconds=4)
    path.write_bytes(damaged(path.read_bytes(), 0.02))
    recording = await read_recording(path, "ref_audio")
    assert recording.seconds == pytest.approx(4, rel=0.1)
    if name != "a.mp3":  # libsndfile fills the gap of an MP3 by itself
        assert "of it could be read" in recording.note


async def test_a_cut_m4a_whose_index_stands_first_gives_its_beginning(tmp_path):
    path = encode(tmp_path / "a.m4a", "aac", "mp4", seconds=4, index_first=True)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    recording = await read_recording(path, "ref_audio")
    assert 1.5 < recording.seconds < 3
    share = round(100 * recording.seconds / 4)
    assert any(f"{percent} % of it could be read" in recording.note for percent in range(share - 3, share + 4))


async def test_whatever_a_decoder_raises_is_a_sentence(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "a.wav", np.zeros(800), 8000)

    def fails(*_args, **_kwargs):
        raise AssertionError("a fault of the library")

    monkeypatch.setattr(soundfile.SoundFile, "read", fails)
    assert (await read_recording(tmp_path / "a.wav", "x")).seconds == pytest.approx(0.1)  # PyAV reads it
    monkeypatch.setattr("omni_ui.media.decoding._read", fails)
    with pytest.raises(Invalid, match=r"a\.wav is broken: its sound cannot be read"):
        await read_recording(tmp_path / "a.wav", "x")


def test_without_pyav_brands_decide(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    heads = {b"M4A ": "audio", b"isom": "video"}
    for brand, kind in heads.items():
        path = tmp_path / brand.decode().strip()
        path.write_bytes(struct.pack(">I4s4sI", 20, b"ftyp", brand, 0) + b"isom")
        assert identify(path).kind == kind


def tone(seconds: float = 3, rate: int = RATE, **how: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, 0.5 * np.sin(np.arange(int(rate * seconds)) * 2764 / rate), rate, **how)
    return file.getvalue()


async def heard(path: Path, content: bytes) -> Recording:
    """What Speech reads; Chat must say the same."""
    path.write_bytes(content)
    recording = await read_recording(path, "ref_audio")
    media = await take_media(path)
    assert (media.kind, media.note) == ("audio", recording.note)
    return recording


@pytest.mark.parametrize(
    ("how", "name", "says"),
    [({"format": "OGG", "subtype": "VORBIS"}, "a.ogg", "several Ogg files"),
     ({"format": "OGG", "subtype": "OPUS"}, "a.opus", "several Ogg files"),
     ({"format": "FLAC"}, "a.flac", "several FLAC files"), ({"format": "MP3"}, "a.mp3", "several MP3 files")],
)  # fmt: skip
async def test_joined_files_are_heard_to_the_end(tmp_path, how, name, says):
    recording = await heard(tmp_path / name, tone(**how) + tone(**how))
    assert recording.seconds == pytest.approx(6, abs=0.15)
    assert says in recording.note


async def test_joined_parts_of_other_rates_keep_their_speed(tmp_path):
    parts = tone(rate=22050, format="MP3") + tone(rate=44100, format="MP3")
    assert (await heard(tmp_path / "a.mp3", parts)).seconds == pytest.approx(6, abs=0.2)


async def test_wav_headers_that_lie(tmp_path):
    wav = tone(format="WAV")
    at = wav.index(b"data") + 4
    for length in (0, 0x7FFFFFFF, 0xFFFFFFFF):  # never filled in, or not known
        recording = await heard(tmp_path / f"{length}.wav", wav[:at] + struct.pack("<I", length) + wav[at + 4 :])
        assert recording.seconds == pytest.approx(3, abs=0.01)
        assert "damaged" not in recording.note
    cut = await heard(tmp_path / "cut.wav", wav[: len(wav) // 2])
    assert cut.note == "cut.wav is damaged: 50 % of it could be read."
    with pytest.raises(Invalid, match="holds no sound"):
        await heard(tmp_path / "none.wav", wav[: at + 4])


async def test_a_cover_that_is_not_marked_as_one(tmp_path):
    path = tmp_path / "a.mka"
    with av.open(str(path), "w", format="matroska") as out:
        sound, cover = out.add_stream("libopus", rate=RATE, layout="mono"), out.add_stream("mjpeg", rate=25)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        frame = av.AudioFrame.from_ndarray(np.full((1, 960), 9000, np.int16), format="s16", layout="mono")
        frame.sample_rate = RATE
        out.mux(cover.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        for stream, content in ((sound, frame), (sound, None), (cover, None)):
            out.mux(stream.encode(content))
    assert identify(path).kind == "audio"
