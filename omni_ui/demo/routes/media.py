"""What the routes share: reading references, checking JSON, naming what was given; audio files and their counts."""

import base64
import binascii
import io
import struct
from typing import Annotated, Any, Literal

import httpx
import numpy as np
import soundfile
from fastapi import Form, Request
from fastapi.exceptions import RequestValidationError
from PIL import Image

from omni_ui.demo.json_types import Json

FRAMES = 12.5
"""Audio tokens a second, as Qwen3-TTS counts them."""
Text = Annotated[str | None, Form()]
Whole = Annotated[int | None, Form()]
Real = Annotated[float | None, Form()]
"""Fields of a form that may be left out."""
Format = Literal["wav", "pcm", "flac", "mp3", "opus"]
FILES = {
    "wav": ("WAV", "audio/wav", "PCM_16"),
    "pcm": ("RAW", "audio/pcm", "PCM_16"),
    "flac": ("FLAC", "audio/flac", None),
    "mp3": ("MP3", "audio/mpeg", None),
    "opus": ("OGG", "audio/ogg", "OPUS"),
}


def json_only(request: Request) -> None:
    """The real server's check: 400, not 415."""
    if request.headers.get("content-type", "").lower().split(";")[0].strip() != "application/json":
        raise RequestValidationError(["Unsupported Media Type: Only 'application/json' is allowed"])


def given(**params: object) -> Json:
    """Those that are not None."""
    return {name: value for name, value in params.items() if value is not None}


async def fetch(url: str, seconds: float = 60) -> bytes:
    """The bytes behind a data or http(s) URL; redirects are not followed. ValueError, or httpx.HTTPError."""
    if url.startswith("data:"):
        try:
            return base64.b64decode(url.partition(",")[2], validate=True)
        except binascii.Error as wrong:
            raise ValueError(f"Invalid base64 data: {wrong}") from wrong
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"Unsupported input: {url[:100]}")
    async with httpx.AsyncClient(timeout=seconds) as client:
        answer = await client.get(url)
        answer.raise_for_status()
        return answer.content


def decode(content: bytes) -> Image.Image:
    """A picture with its pixels read. OSError when it is none, or too large to be one."""
    try:
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except Image.DecompressionBombError as wrong:
        raise OSError(str(wrong)) from wrong
    return picture


def describe(picture: Image.Image) -> str:
    """How a picture stands in the record of the engine."""
    return f"<PIL {picture.mode} {picture.width}x{picture.height}>"


def encode_audio(samples: np.ndarray, rate: int, kind: str) -> bytes:
    """An audio file's bytes; "pcm" is bare 16 bit. RuntimeError where the format cannot hold the rate."""
    container, _, subtype = FILES[kind]
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=container, subtype=subtype)
    return out.getvalue()


def open_wav(rate: int, channels: int = 1) -> bytes:
    """The 44 bytes that start a WAV stream of unknown length."""
    unknown, frame = 0xFFFFFFFF, 2 * channels
    layout = (b"RIFF", unknown, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * frame, frame, 16, b"data", unknown)
    return struct.pack("<4sI4s4sIHHIIHH4sI", *layout)


def usage(text: str, seconds: float, reference: float = 0.0) -> Json:
    """Counts as the real server words them; text tokens are bytes here, for there is no tokenizer."""
    spoken, heard, output = len(text.encode()), int(reference * FRAMES), int(seconds * FRAMES)
    counts = {"input_tokens": spoken + heard, "output_tokens": output, "total_tokens": spoken + heard + output}
    return counts | {"input_token_details": {"text_tokens": spoken, "audio_tokens": heard}}


def measure(content: bytes) -> Any:
    """Pitch and pace of a recording of 1 to 30 seconds; ValueError when it is none."""
    from omni_ui.demo.audio import voice

    try:
        samples, rate = soundfile.read(io.BytesIO(content))
    except RuntimeError as wrong:
        raise ValueError(f"Could not decode audio file: {wrong}") from wrong
    seconds = len(samples) / rate
    if seconds < 1:
        raise ValueError(f"Reference audio too short ({seconds:.1f}s). At least 1s of clear speech is required.")
    if seconds > 30:
        raise ValueError(f"Reference audio too long ({seconds:.1f}s). Maximum 30s supported - use a shorter clip.")
    return voice.measure(samples.mean(axis=1) if samples.ndim > 1 else samples, rate)


def check_recording(content: bytes) -> None:
    """ValueError when these bytes are no sound that can be opened."""
    try:
        soundfile.info(io.BytesIO(content))
    except RuntimeError:
        try:
            import av

            av.open(io.BytesIO(content)).close()
        except (ImportError, OSError, ValueError) as wrong:
            raise ValueError(f"Invalid or corrupted audio data: {wrong}") from wrong
