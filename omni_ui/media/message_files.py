"""Files of a message: pictures, recordings and videos, looked at before they are sent."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from omni_ui.client import type_of_file
from omni_ui.core.invalid import Invalid
from omni_ui.media.decoding import container_of
from omni_ui.media.image_input import take_picture
from omni_ui.media.recording import as_wav, read_recording

LONGEST = 1800.0
"""Seconds of a recording. Models hear about 40 minutes at most, and a minute costs some hundred tokens."""
SILENT = 1e-4
"""The loudest sample of a recording that holds nothing: below the noise of 16 bits."""
LARGE = 24 * 1024 * 1024
"""Bytes above which a recording is sent as `HEARD` instead: base64 adds a third to it, on every turn."""
HEARD = 16_000
"""Frames per second at which models hear (Whisper's rate, which Qwen-Omni shares)."""

PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
SOUND_BRANDS = (b"M4A ", b"M4B ")


@dataclass(frozen=True)
class Media:
    """A file that can be sent. note: what was changed about it, "" when nothing was."""

    kind: Literal["image", "audio", "video"]
    path: Path
    note: str = ""


async def take_media(path: str | Path, field: str = "files") -> Media:
    """Looks at a file that a visitor gave. Raises Invalid with one sentence for what cannot be sent."""
    path = Path(path)
    kind = await asyncio.to_thread(_kind_of, path)
    if kind == "image":
        picture = await take_picture(path, field)
        return Media("image", picture.path, picture.note or "")
    if kind == "video":
        has_picture = await asyncio.to_thread(_check_video, path, field)
        if has_picture:
            return Media("video", path)
    if kind in ("audio", "video"):
        return await _take_recording(path, field)
    raise Invalid.because(field, f"{path.name} is not a picture, a recording or a video. Choose another file.")


def _kind_of(path: Path) -> str:
    """image, audio, video or something else: by its first bytes, else by its name."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        return type_of_file(path, b"").partition("/")[0]
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in PICTURE_BRANDS else "audio" if head[8:12] in SOUND_BRANDS else "video"
    return type_of_file(path, head).partition("/")[0]


def _check_video(path: Path, field: str) -> bool:
    """Whether there are pictures in it, of which the first can be decoded; Invalid when the file is broken."""
    with path.open("rb") as file:
        reader = container_of(file.read(16))
        if reader not in ("mp4", "matroska"):
            raise Invalid.because(field, f"{path.name} is not a video that servers read. Choose an MP4 or WebM file.")
        try:
            import av
        except ImportError:  # optional: without it the server will say what is wrong
            return True
        file.seek(0)
        try:
            with av.open(file, format=reader) as container:
                if not container.streams.video:
                    return False
                if next(container.decode(video=0), None) is not None:
                    return True
        except av.error.FFmpegError:
            pass  # said below, with what to do
    raise Invalid.because(field, f"{path.name} is damaged: no picture of it can be read. Save it again.")


async def _take_recording(path: Path, field: str) -> Media:
    sound = await read_recording(path, field, longest=LONGEST)
    loudest, size = await asyncio.to_thread(lambda: (float(np.abs(sound.samples).max(initial=0)), path.stat().st_size))
    if loudest < SILENT:
        raise Invalid.because(field, f"{path.name} is silent. Check the microphone, or choose another recording.")
    if size > LARGE:
        note = f"{path.name}: sent with one channel at {HEARD // 1000} kHz, which is what models hear."
        return Media("audio", await as_wav(sound, mono=True, rate=HEARD), note)
    if sound.channels > 2:
        note = f"{path.name}: its {sound.channels} channels became one."
        return Media("audio", await as_wav(sound, mono=True), note)
    return Media("audio", await as_wav(sound), sound.note)
