"""Speech, batches of it, and sound (wire: protocol/audio.py, serving_speech.py, qwen3_tts.py of vLLM-Omni 0.30.0)."""

import asyncio
import base64
import io
import json
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Literal

import anyio
import numpy as np
import soundfile
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import AliasChoices, BaseModel, Field, field_validator, model_validator
from starlette.responses import JSONResponse, Response, StreamingResponse

from omni_ui.demo import _errors
from omni_ui.demo._engine import Ask, while_connected
from omni_ui.demo._errors import EngineError, GuardrailError, refusal
from omni_ui.demo._media import fetch, given, json_only

router = APIRouter()
INT64 = 2**63
MOST_ITEMS = 32
FRAMES = 12.5
"""Audio tokens a second, as Qwen3-TTS counts them."""
Format = Literal["wav", "pcm", "flac", "mp3", "opus"]
Task = Literal["CustomVoice", "VoiceDesign", "Base"]
FILES = {
    "wav": ("WAV", "audio/wav", "PCM_16"),
    "pcm": ("RAW", "audio/pcm", "PCM_16"),
    "flac": ("FLAC", "audio/flac", None),
    "mp3": ("MP3", "audio/mpeg", None),
    "opus": ("OGG", "audio/ogg", "OPUS"),
}


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

    @field_validator("voice", mode="before")
    @classmethod
    def _voice(cls, voice: Any) -> Any:
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
    extra_params: dict[str, Any] | None = None
    word_timestamps: bool = False

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


class Sound(BaseModel):
    input: str
    model: str | None = None
    response_format: Format = "wav"
    speed: float | None = Field(1.0, ge=0.25, le=4.0)
    stream_format: Literal["sse", "audio"] | None = "audio"
    audio_length: float | None = Field(None, gt=0)
    audio_start: float | None = 0.0
    negative_prompt: str | None = None
    guidance_scale: float | None = Field(None, ge=0, le=1000)
    num_inference_steps: int | None = Field(None, ge=1, le=1000)
    seed: int | None = Field(None, ge=-INT64, le=INT64 - 1)

    @field_validator("input")
    @classmethod
    def _input(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("input cannot be empty")
        return value

    @field_validator("stream_format")
    @classmethod
    def _stream(cls, value: str | None) -> str | None:
        if value == "sse":
            raise ValueError("'sse' is not a supported stream_format yet. Please use 'audio'.")
        return value


def encode(samples: np.ndarray, rate: int, kind: str) -> bytes:
    """An audio file's bytes; "pcm" is bare 16 bit. RuntimeError where the format cannot hold the rate."""
    container, _, subtype = FILES[kind]
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=container, subtype=subtype)
    return out.getvalue()


def open_wav(rate: int) -> bytes:
    """The 44 bytes that start a WAV stream of unknown length."""
    unknown = 0xFFFFFFFF
    layout = (b"RIFF", unknown, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", unknown)
    return struct.pack("<4sI4s4sIHHIIHH4sI", *layout)


def usage(text: str, seconds: float, reference: float = 0.0) -> dict[str, Any]:
    """Counts as the real server words them; text tokens are bytes here, for there is no tokenizer."""
    spoken, heard, made = len(text.encode()), int(reference * FRAMES), int(seconds * FRAMES)
    details = {"text_tokens": spoken, "audio_tokens": heard}
    total = spoken + heard + made
    return {
        "input_tokens": spoken + heard,
        "output_tokens": made,
        "total_tokens": total,
        "input_token_details": details,
    }


def known_voices(demo: Any) -> list[str]:
    """Names in small letters, uploads among them."""
    if "speech" not in demo.modes:
        return sorted({"default", *demo.voices})
    from omni_ui.demo import voice

    return sorted({"default", *(name.lower() for name in voice.VOICES), *demo.voices})


def check(body: Speech, demo: Any) -> str | None:
    """What is wrong with the request, in the real server's order; settles its voice, language and task."""
    from omni_ui.demo import voice

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
        if not body.x_vector_only_mode and not (body.ref_text or "").strip():
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


def measure(content: bytes) -> Any:
    """Pitch and pace of a recording of 1 to 30 seconds; ValueError when it is none."""
    from omni_ui.demo import voice

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


async def prepare(body: Speech, demo: Any) -> tuple[Ask, Callable[[], Iterator[np.ndarray]], float]:
    """The call of the engine, the work, and the seconds of reference. The request has been checked."""
    from omni_ui.demo import voice

    if missing := voice.available():
        raise HTTPException(501, missing)
    match = None
    if body.ref_audio:
        match = await anyio.to_thread.run_sync(measure, await fetch(body.ref_audio, 10), limiter=demo.engine.threads)
    elif body.voice in demo.voices:
        match = demo.voices[body.voice]["match"]
    told = {"text": body.input, "task_type": body.task_type or "CustomVoice", "language": body.language or "Auto"}
    told |= given(speaker=body.voice, instruct=body.instructions, ref_text=body.ref_text)
    told |= given(x_vector_only_mode=body.x_vector_only_mode, max_new_tokens=body.max_new_tokens)
    told |= {"ref_audio": "<recording>"} if body.ref_audio else {}
    prompt = {"additional_information": {name: [value] for name, value in told.items()}}
    params = given(seed=body.seed, extra_args=body.extra_params)
    ask = Ask(body.input, prompt, params, id=f"speech-{Ask('', {}).id}", modalities=["audio"])
    name = body.voice if body.voice and body.voice not in demo.voices else next(iter(voice.VOICES))
    how = {"voice": name, "language": body.language, "instructions": body.instructions, "match": match}

    def work() -> Iterator[np.ndarray]:
        spoken = voice.speak(body.input, speed=body.speed or 1.0, seed=body.seed or 0, **how)
        for piece in spoken:
            # A third of the rate: the mean of three samples is filter enough for speech.
            low = body.sample_rate == 8000
            yield piece[: len(piece) // 3 * 3].reshape(-1, 3).mean(axis=1).astype(np.int16) if low else piece

    return ask, work, match.seconds if match else 0.0


async def whole(body: Speech, demo: Any) -> tuple[bytes, dict[str, Any]]:
    """One finished file and its usage."""
    ask, work, reference = await prepare(body, demo)
    rate = body.sample_rate or 24000
    pieces = [piece async for piece in demo.engine.stream(ask, work)]
    if not pieces:
        raise ValueError("No output generated from the model.")
    samples = np.concatenate(pieces)
    file = await anyio.to_thread.run_sync(encode, samples, rate, body.response_format)
    return file, usage(body.input + (body.instructions or ""), len(samples) / rate, reference)


@router.post("/v1/audio/speech", dependencies=[Depends(json_only)])
async def speech(body: Speech, request: Request) -> Response:
    return await while_connected(request, _speak(body, request))


async def _speak(body: Speech, request: Request) -> Response:
    demo = request.app.state.demo
    try:
        if "speech" not in demo.modes:
            return await _no_speech(body, demo)
        if other := demo.not_mine(body.model, "speech"):
            return other
        if body.word_timestamps:
            return refusal("word_timestamps=true requires the server to be launched with --forced-aligner.")
        if body.streams and body.speed not in (None, 1.0):
            label = "Streaming" if body.raw else "SSE streaming"
            return refusal(
                f"{label} is not supported with speed adjustment. "
                "Use a non-streaming request or remove the speed parameter."
            )
        if wrong := check(body, demo):
            return refusal(wrong)
        if body.streams:
            ask, work, reference = await prepare(body, demo)
            demo.engine.admit(ask)
            pieces = _bytes(demo.engine.stream(ask, work, pieces=4), body)
            media = FILES[body.response_format][1] if body.raw else "text/event-stream"
            reply: Response = StreamingResponse(
                pieces if body.raw else _events(pieces, body, reference), media_type=media
            )
        else:
            file, used = await whole(body, demo)
            reply = Response(file, media_type=FILES[body.response_format][1])
            counts = {k.replace("_tokens", ""): v for k, v in used.items() if k != "input_token_details"}
            counts |= {"input-text": used["input_token_details"]["text_tokens"]}
            counts |= {"input-audio": used["input_token_details"]["audio_tokens"]}
            for name, count in counts.items():
                reply.headers[f"X-VLLM-OMNI-{name.upper()}-TOKENS"] = str(count)
    except EngineError as wrong:
        return JSONResponse(_errors.engine_body(wrong), 500)
    except (GuardrailError, ValueError) as wrong:
        return refusal(str(wrong))
    except HTTPException:
        raise
    except Exception as wrong:
        return refusal(f"Speech generation failed: {wrong}", 500)
    reply.headers["X-Demo-Engine"] = "voice"
    return reply


async def _no_speech(body: Speech, demo: Any) -> Response:
    """A server without a voice: it points at chat, or makes something else and finds no audio in it."""
    if "chat" in demo.modes:
        return refusal(
            "The /v1/audio/speech endpoint is only supported for dedicated TTS models. For omni models, "
            'use /v1/chat/completions with "modalities": ["audio"] instead.'
        )
    await demo.engine.one(Ask(body.input, {"input": body.input}, modalities=["audio"]), lambda: None)
    return refusal("TTS model did not produce audio output.")


async def _bytes(pieces: AsyncIterator[np.ndarray], body: Speech) -> AsyncIterator[bytes]:
    first = body.response_format == "wav"
    async for piece in pieces:
        if first:
            yield open_wav(body.sample_rate or 24000)
        first = False
        yield piece.astype("<i2").tobytes()


async def _events(pieces: AsyncIterator[bytes], body: Speech, reference: float) -> AsyncIterator[str]:
    """Server-sent events. With wav the first delta is the bare header; there is no [DONE]; a failure is code 500."""

    def event(kind: str, **data: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data}, separators=(',', ':'))}\n\n"

    sent = 0
    try:
        async for piece in pieces:
            sent += len(piece)
            data = base64.b64encode(piece).decode()
            yield event("speech.audio.delta", audio=data, response_format=body.response_format)
        seconds = max(0, sent - 44) / 2 / (body.sample_rate or 24000)
        text = body.input + (body.instructions or "")
        yield event("speech.audio.done", usage=usage(text, seconds, reference))
    except Exception as wrong:
        error: dict[str, Any] = {"message": str(wrong), "type": "server_error", "param": None, "code": 500}
        yield event("speech.audio.error", error=error | ({"partial_audio": True, "action": "discard"} if sent else {}))


@router.post("/v1/audio/speech/batch", dependencies=[Depends(json_only)])
async def speech_batch(body: Batch, request: Request) -> Response:
    return await while_connected(request, _batch(body, request.app.state.demo))


async def _batch(body: Batch, demo: Any) -> Response:
    if "speech" not in demo.modes and not demo.autoregressive:
        raise HTTPException(400, "Batch speech is not supported in diffusion mode")
    if len(body.items) > MOST_ITEMS:
        raise HTTPException(400, f"Batch contains {len(body.items)} items, exceeding the maximum of {MOST_ITEMS}.")
    if other := demo.not_mine(body.model, "speech"):
        return other
    common = {k: getattr(body, k) for k in SpeechItem.model_fields if k != "input"}

    async def one(index: int, item: SpeechItem) -> dict[str, Any]:
        merged = Speech(**{k: v for k, v in {**common, **item.model_dump(exclude_none=True)}.items() if v is not None})
        try:
            if "speech" not in demo.modes:
                raise ValueError("This server has no dedicated speech model.")
            if wrong := check(merged, demo):
                return {"index": index, "status": "error", "error": wrong}
            file, used = await whole(merged, demo)
        except Exception as wrong:
            return {"index": index, "status": "error", "error": getattr(wrong, "detail", None) or str(wrong)}
        data, media = base64.b64encode(file).decode(), FILES[merged.response_format][1]
        return {"index": index, "status": "success", "audio_data": data, "media_type": media, "usage": used}

    results = await asyncio.gather(*(one(i, item) for i, item in enumerate(body.items)))
    good = sum(one["status"] == "success" for one in results)
    counts = {"total": len(results), "succeeded": good, "failed": len(results) - good}
    answer = {"id": f"speech-batch-{Ask('', {}).id}", "results": results, **counts}
    return JSONResponse(answer, headers={"X-Demo-Engine": "voice"})


@router.post("/v1/audio/generate", dependencies=[Depends(json_only)])
async def sound(body: Sound, request: Request) -> Response:
    return await while_connected(request, _sound(body, request.app.state.demo))


async def _sound(body: Sound, demo: Any) -> Response:
    """Every failure is a 400 here, save for a wrong model on a server of diffusion only."""
    if body.model not in (None, demo.model("sound")):
        if not demo.autoregressive:
            raise HTTPException(500, "argument of type '_Unsupported' is not iterable")
        return demo.not_mine(body.model, "sound")
    start = body.audio_start or 0.0
    params = given(guidance_scale=body.guidance_scale, num_inference_steps=body.num_inference_steps)
    params |= given(generator=f"seed {body.seed}" if body.seed is not None else None)
    if body.audio_length is not None:
        params["extra_args"] = {"audio_start_in_s": start, "audio_end_in_s": start + body.audio_length}
    prompt = {"prompt": body.input, **given(negative_prompt=body.negative_prompt or None)}
    ask = Ask(body.input, prompt, params, id=f"audiogen-{Ask('', {}).id}", modalities=["audio"])

    def work() -> bytes | None:
        if "sound" not in demo.modes:
            return None
        from omni_ui.demo import sound as craft

        how = {"steps": body.num_inference_steps, "guidance": body.guidance_scale, "seed": body.seed or 0}
        # Speed shortens what is made; nothing is stretched.
        seconds = (body.audio_length or 10.0) / (body.speed or 1.0)
        made = craft.synthesise(body.input, seconds=seconds, start=start, negative_prompt=body.negative_prompt, **how)
        return encode(made, craft.RATE, body.response_format)

    try:
        made = await demo.engine.one(ask, work)
    except ValueError as wrong:
        return refusal(str(wrong))
    except HTTPException:
        raise
    except Exception as wrong:
        return refusal(f"Audio generation failed: {wrong}")
    if made is None:
        return refusal("Audio generation model did not produce audio output.")
    return Response(made, media_type=FILES[body.response_format][1], headers={"X-Demo-Engine": "sound"})
