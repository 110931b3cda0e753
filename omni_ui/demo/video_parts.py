"""The parts of a video's form that change a part of it (wire: helpers.py:160-203 and 603-633 of vLLM-Omni 0.30.0)."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path

from fastapi import HTTPException, Request, UploadFile

from omni_ui.demo.json_types import Json

LARGEST_MASK = 8 * 1024 * 1024


@dataclass
class Parts:
    """source, source_audio: files in the demo's folder. media: what the engine is told of them."""

    source: Path | None
    source_audio: Path | None
    mask: object
    media: Json


async def read_parts(
    request: Request,
    source_video: UploadFile | None = None,
    source_audio: UploadFile | None = None,
    video_noise_mask: UploadFile | None = None,
    audio_noise_mask: UploadFile | None = None,
) -> Parts:
    """HTTPException 400 for what the real server refuses."""
    mask = await _mask(video_noise_mask, "video_noise_mask")
    sound_mask = await _mask(audio_noise_mask, "audio_noise_mask")
    folder = request.app.state.demo.folder
    if (source_video or source_audio) and mask is None and sound_mask is None:
        raise HTTPException(400, "Latent-mask editing requires at least one of video_noise_mask or audio_noise_mask.")
    if source_audio and sound_mask is None:
        raise HTTPException(400, "source_audio requires an audio_noise_mask upload.")
    video = await _kept(source_video, folder, "source_video", (".mp4", ".mov"), "an MP4 or MOV file")
    sound = await _kept(source_audio, folder, "source_audio", (".wav", ".mp3"), "a WAV or MP3 file")
    media: Json = {"source_video": video and str(video), "source_audio": sound and str(sound)}
    media |= {"video_noise_mask": _words(mask), "audio_noise_mask": _words(sound_mask)}
    return Parts(video, sound, mask, {name: value for name, value in media.items() if value is not None})


async def _kept(
    upload: UploadFile | None, folder: Path, field: str, suffixes: tuple[str, ...], wanted: str
) -> Path | None:
    if upload is None:
        return None
    suffix = Path(upload.filename or "").suffix.lower()
    if suffix not in suffixes:
        raise HTTPException(400, f"{field} must be {wanted}.")
    path = folder / f"{field}_{uuid.uuid4().hex}{suffix}"
    path.write_bytes(await upload.read())
    return path


async def _mask(upload: UploadFile | None, field: str) -> object:
    if upload is None:
        return None
    content = await upload.read(LARGEST_MASK + 1)
    if len(content) > LARGEST_MASK:
        raise HTTPException(400, f"{field} JSON exceeds the {LARGEST_MASK // 2**20} MiB limit.")
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise HTTPException(400, "Invalid JSON in form field.") from None
    if value is None:
        raise HTTPException(400, f"{field} JSON file must contain a mask value.")
    return value


def _words(mask: object) -> object:
    """A mask as the stub's list of requests shows it."""
    return f"<list of {len(mask)}>" if isinstance(mask, list) else mask
