"""Voices: the list, uploads (kept in memory as a measured pitch and pace), and their removal."""

import time
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import JSONResponse, Response

from omni_ui.demo._audio import measure
from omni_ui.demo._errors import refusal
from omni_ui.demo._utterance import known_voices

router = APIRouter()
MAX_BYTES = 10 * 1024 * 1024
MOST = 1000
TYPES = [f"audio/{kind}" for kind in ("mpeg", "wav", "x-wav", "ogg", "aac", "flac", "webm", "mp4")]
ENDINGS = {"mp3": "mpeg", "mpeg": "mpeg", "flac": "flac", "ogg": "ogg", "aac": "aac", "webm": "webm", "mp4": "mp4"}


@router.get("/v1/audio/voices")
async def voices(request: Request) -> dict[str, Any]:
    demo = request.app.state.demo
    uploads = [{k: v for k, v in one.items() if k != "match"} for one in demo.voices.values()]
    return {"voices": known_voices(demo), "uploaded_voices": uploads}


@router.post("/v1/audio/voices")
@router.post("/v1/audio/voice/upload")
async def upload(
    request: Request,
    consent: Annotated[str, Form()],
    name: Annotated[str, Form()],
    audio_sample: UploadFile | None = None,
    speaker_embedding: Annotated[str | None, Form()] = None,
    ref_text: Annotated[str | None, Form()] = None,
    speaker_description: Annotated[str | None, Form()] = None,
) -> Response:
    demo = request.app.state.demo
    if speaker_embedding is not None and audio_sample is not None:
        return refusal("'audio_sample' and 'speaker_embedding' are mutually exclusive")
    if speaker_embedding is not None:
        return refusal("'speaker_embedding' has no meaning for the demo voice: send a recording as 'audio_sample'.")
    if audio_sample is None:
        return refusal("Either 'audio_sample' or 'speaker_embedding' must be provided")
    name, size, kind = name.strip(), audio_sample.size or 0, audio_sample.content_type or ""
    if not name or name in (".", "..") or set(name) & set("/\\\0"):
        return refusal(f"Invalid voice name {name!r}: must be non-empty, no path separators or NUL")
    if size > MAX_BYTES:
        return refusal(f"File size exceeds maximum limit of 10MB. Got {size} bytes.")
    if kind == "application/octet-stream":
        kind = "audio/" + ENDINGS.get((audio_sample.filename or "").lower().rpartition(".")[2], "wav")
    if kind not in TYPES:
        return refusal(f"Unsupported MIME type: {kind}. Allowed: {', '.join(TYPES)}")
    key = name.lower()
    if key in known_voices(demo) and key not in demo.voices and key != "default":
        return refusal(f"Voice name '{name}' is reserved by a built-in speaker of this model; choose a different name.")
    # The real server drops the old voice before it reads the new one, so a failed upload loses both.
    demo.voices.pop(key, None)
    if len(demo.voices) >= MOST:
        return refusal(f"At most {MOST} voices can be kept: delete one first.")
    try:
        content = await audio_sample.read()
        match = await anyio.to_thread.run_sync(measure, content, limiter=demo.engine.threads)
    except ValueError as wrong:
        return refusal(str(wrong))
    created = max([int(time.time()), *(one["created_at"] + 1 for one in demo.voices.values())])
    said = {"ref_text": (ref_text or "").strip(), "speaker_description": (speaker_description or "").strip()}
    said = {k: v for k, v in said.items() if v}
    fact = {"name": name, "consent": consent, "created_at": created, "mime_type": kind, "file_size": size}
    demo.voices[key] = fact | {"embedding_source": "audio", "embedding_dim": None, "match": match} | said
    return JSONResponse({"success": True, "voice": fact | said})


@router.delete("/v1/audio/voices/{name}")
async def delete(name: str, request: Request) -> Response:
    if request.app.state.demo.voices.pop(name.lower(), None) is None:
        return refusal(f"Voice '{name}' not found", 404)
    return JSONResponse({"success": True, "message": f"Voice '{name}' deleted successfully"})
