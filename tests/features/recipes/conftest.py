"""Files of every kind that settings are put into, made once."""

import io
import tempfile
import wave
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image


def _picture(form: str, mode: str = "RGB", **more) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (40, 65, len(mode)), np.uint8)
    Image.fromarray(noise, mode).save(file, form, **more)
    return file.getvalue()


def _sound(form: str, subtype: str | None = None, rate: int = 24000) -> bytes:
    file = io.BytesIO()
    tone = (np.sin(np.arange(rate) / rate * 2 * np.pi * 440) * 0.4).astype("float32")
    soundfile.write(file, tone, rate, format=form, subtype=subtype)
    return file.getvalue()


def _wav() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, 16000, 0, "NONE", ""))
        out.writeframes(bytes(range(250)) * 32)
    return file.getvalue()


def _film(flags: str) -> bytes:
    """flags: where the index stands. In front of the frames, its offsets must move with what is put in."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        _write_film(file.name, flags)
        return Path(file.name).read_bytes()


def _write_film(path: str, flags: str) -> None:
    with av.open(path, "w", format="mp4", options={"movflags": flags} if flags else {}) as out:
        stream = out.add_stream("h264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(8):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), shade * 30, np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


MADE = {
    "a.png": lambda: _picture("png"),
    "alpha.png": lambda: _picture("png", "RGBA"),
    "a.jpg": lambda: _picture("jpeg"),
    "lossy.webp": lambda: _picture("webp"),
    "lossless.webp": lambda: _picture("webp", "RGBA", lossless=True),
    "extended.webp": lambda: _picture("webp", "RGBA"),
    "a.wav": _wav,
    "a.flac": lambda: _sound("FLAC"),
    "a.mp3": lambda: _sound("MP3"),
    "a.ogg": lambda: _sound("OGG", "OPUS"),
    "a.mp4": lambda: _film(""),
    "faststart.mp4": lambda: _film("faststart"),
    "fragments.mp4": lambda: _film("frag_keyframe+empty_moov"),
}


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> dict[str, Path]:
    """By name: pictures, sounds and a video."""
    folder = tmp_path_factory.mktemp("media")
    for name, make in MADE.items():
        (folder / name).write_bytes(make())
    return {name: folder / name for name in MADE}


@pytest.fixture(scope="session")
def kinds(files) -> dict[str, Path]:
    return {"image": files["a.png"], "audio": files["a.wav"], "video": files["a.mp4"]}
