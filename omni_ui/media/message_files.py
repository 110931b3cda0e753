"""Files of a message: pictures, recordings and videos, looked at before they are sent."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from omni_ui.core.invalid import Invalid
from omni_ui.media.container import Container, identify
from omni_ui.media.image_input import take_picture
from omni_ui.media.recording import as_wav, read_recording
from omni_ui.media.video import look_at_video

LONGEST = 1800.0
"""Seconds of a recording. Models hear about 40 minutes at most, and a minute costs some hundred tokens."""
SILENT = 1e-4
"""The loudest sample of a recording that holds nothing: below the noise of 16 bits."""
LARGE = 24 * 1024 * 1024
"""Bytes above which a recording is sent as `HEARD` instead: base64 adds a third to it, on every turn."""
HEARD = 16_000
"""Frames per second at which models hear (Whisper's rate, which Qwen-Omni shares)."""

VIDEO_READERS = ("mp4", "matroska")
"""Containers of videos that servers read in a chat."""


@dataclass(frozen=True)
class Media:
    """A file that can be sent. note: what was changed about it, "" when nothing was."""

    kind: Literal["image", "audio", "video"]
    path: Path
    note: str = ""


async def take_media(path: str | Path, field: str = "files") -> Media:
    """Looks at a file that a visitor gave. Raises Invalid with one sentence for what cannot be sent."""
    path = Path(path)
    try:
        container = await asyncio.to_thread(identify, path)
    except OSError:
        raise Invalid.because(field, f"{path.name} is no longer available. Choose it again.") from None
    if container.kind == "image":
        picture = await take_picture(path, field)
        return Media("image", picture.path, picture.note or "")
    if container.kind == "video":
        await asyncio.to_thread(_check_video, path, container, field)
        return Media("video", path)
    if container.kind == "audio":
        return await _take_recording(path, field)
    raise Invalid.because(field, f"{path.name} is not a picture, a recording or a video. Choose another file.")


def _check_video(path: Path, container: Container, field: str) -> None:
    """Raises Invalid for a video that servers do not read, and for one whose first picture cannot be decoded."""
    if container.reader not in VIDEO_READERS:
        raise Invalid.because(field, f"{path.name} is not a video that servers read. Choose an MP4 or WebM file.")
    try:
        facts = look_at_video(path, container)
    except ImportError:  # optional: without it the server will say what is wrong
        return
    if facts is None:
        raise Invalid.because(field, f"{path.name} is damaged: it cannot be read. Save it again.")


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
