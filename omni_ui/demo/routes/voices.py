"""Voices, and what may be asked of them (wire: protocol/audio.py, serving_speech.py, qwen3_tts.py of vLLM-Omni 0.30.0).

Uploads are kept in memory as a measured pitch and pace.
"""

import time
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, Form, Request, UploadFile
from pydantic import AliasChoices, BaseModel, Field, field_validator, model_validator
from starlette.responses import JSONResponse, Response

from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.errors import refusal
from omni_ui.demo.routes.media import Format, measure
from omni_ui.demo.state import Demo

router = APIRouter()
MAX_BYTES = 10 * 1024 * 1024
MOST = 1000
TYPES = [f"audio/{kind}" for kind in ("mpeg", "wav", "x-wav", "ogg", "aac", "flac", "webm", "mp4")]
ENDINGS = {"mp3": "mpeg", "mpeg": "mpeg", "flac": "flac", "ogg": "ogg", "aac": "aac", "webm": "webm", "mp4": "mp4"}
INT64 = 2**63
Task = Literal["CustomVoice", "VoiceDesign", "Base"]


class SpeechItem(BaseModel):
    """What one item of a batch may say; None takes the value of the batch."""

    input: str
    voice: str | None = Field(None, validation_alias=AliasChoices("voice", "speaker"))
    instructions: str | None = None
    response_format: Format | None = None
    sample_rate: int | None = None
    speed: float | None = Field(None, ge=0.25, le=4.0)
    task_type: Task | None = None
    language: str | None = None
    ref_audio: str | None = None
    ref_text: str | None = None
    x_vector_only_mode: bool | None = None
    max_new_tokens: int | None = Field(None, ge=1, le=INT64 - 1)
    initial_codec_chunk_frames: int | None = Field(None, ge=0, le=INT64 - 1)
    non_streaming_mode: bool | None = None

    @field_validator("voice", mode="before")
    @classmethod
    def _voice(cls, voice: object) -> object:
        if isinstance(voice, dict):
            if "id" not in voice:
                raise ValueError("voice dict must contain 'id'")
            return voice["id"]
        return voice


class Speech(SpeechItem):
    model: str | None = None
    response_format: Format = "wav"
    speed: float | None = Field(1.0, ge=0.25, le=4.0)
    stream: bool = False
    stream_format: Literal["sse", "audio"] | None = None
    speaker_embedding: list[float] | None = None
    seed: int | None = Field(None, ge=-INT64, le=INT64 - 1)
    extra_params: Json | None = None
    word_timestamps: bool = False
    ref_audio_2: str | None = None
    ambient_sound: str | None = None
    duration_seconds: float | None = Field(None, ge=0)

    @property
    def raw(self) -> bool:
        return self.stream_format == "audio"

    @property
    def streams(self) -> bool:
        return self.stream or self.stream_format is not None

    @model_validator(mode="after")
    def _streaming(self) -> "Speech":
        if self.streams and self.response_format not in ("pcm", "wav"):
            raise ValueError(
                "Streaming (stream=true, stream_format='audio', or stream_format='sse') requires response_format='pcm' "
                f"or 'wav'. Got response_format='{self.response_format}'."
            )
        return self


class Batch(SpeechItem):
    input: str = ""
    model: str | None = None
    items: list[SpeechItem] = Field(..., min_length=1)


def known_voices(demo: Demo) -> list[str]:
    """Names in small letters, uploads among them."""
    if "speech" not in demo.modes:
        return sorted({"default", *demo.voices})
    from omni_ui.demo.audio import voice

    return sorted({"default", *(name.lower() for name in voice.VOICES), *demo.voices})


def check(body: Speech, demo: Demo) -> str | None:
    """What is wrong with the request, in the real server's order; settles its voice, language and task."""
    from omni_ui.demo.audio import voice

    if body.voice is not None:
        body.voice = body.voice.lower()
        if body.voice == "default" and "default" not in demo.voices:
            body.voice = None
    if body.sample_rate not in (None, 8000, 24000):
        return f"sample_rate={body.sample_rate} is not supported by the current TTS model; supported rates: 8000, 24000"
    if body.voice in demo.voices or (body.task_type is None and (body.ref_audio or body.ref_text)):
        body.task_type = "Base"
    task = body.task_type or "CustomVoice"
    if demo.task and task != demo.task:
        return (
            f"Qwen3-TTS {demo.task} checkpoint does not support task_type='{task}'. "
            f"Use task_type='{demo.task}' or load the matching {task} checkpoint."
        )
    if not body.input.strip():
        return "Input text cannot be empty"
    if body.language is not None:
        body.language = body.language.title()
        if body.language not in voice.LANGUAGES:
            return f"Invalid language '{body.language}'. Supported: {', '.join(sorted(voice.LANGUAGES))}"
    names = sorted({name.lower() for name in voice.VOICES} | set(demo.voices))
    if task == "CustomVoice" and body.voice is not None and body.voice not in names:
        return f"Invalid voice '{body.voice}'. Supported: {', '.join(names)}"
    if body.speaker_embedding is not None:
        return "'speaker_embedding' has no meaning for the demo voice: send ref_audio."
    if task == "Base" and body.voice not in demo.voices:
        if body.ref_audio is None:
            return "Base task requires 'ref_audio' or 'speaker_embedding' for voice cloning"
        if not body.ref_audio.startswith(("http:", "https:", "data:", "file:")):
            return "ref_audio must be a URL (http/https), base64 data URL (data:...), or file URI (file://...)"
        if not body.x_vector_only_mode and not body.ref_audio_2 and not (body.ref_text or "").strip():
            return (
                "Base task requires non-empty 'ref_text' (transcript of the reference audio) unless "
                "'x_vector_only_mode' is enabled"
            )
    if task != "Base" and body.ref_text is not None:
        return "'ref_text' is only valid for Base task"
    if task != "Base" and body.x_vector_only_mode is not None:
        return "'x_vector_only_mode' is only valid for Base task"
    if task == "VoiceDesign" and not body.instructions:
        return "VoiceDesign task requires 'instructions' to describe the voice"
    if body.instructions and len(body.instructions) > 500:
        return "Instructions too long (max 500 characters)"
    if body.max_new_tokens and body.max_new_tokens > 4096:
        return "max_new_tokens cannot exceed 4096"
    return None


@router.get("/v1/audio/voices")
async def voices(request: Request) -> Json:
    demo = request.app.state.demo
    uploads = [{k: v for k, v in voice_record.items() if k != "match"} for voice_record in demo.voices.values()]
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
    created = max([int(time.time()), *(voice_record["created_at"] + 1 for voice_record in demo.voices.values())])
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
