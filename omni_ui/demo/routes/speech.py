"""POST /v1/audio/speech, whole, as events or raw, and batches of it (wire: serving_speech.py of vLLM-Omni 0.30.0)."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator

import anyio
import numpy as np
from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from omni_ui.demo.audio.dialogue import turns
from omni_ui.demo.engine import Ask, while_connected
from omni_ui.demo.json_types import Json
from omni_ui.demo.live.word_times import word_times
from omni_ui.demo.routes import errors as _errors
from omni_ui.demo.routes.errors import refusal
from omni_ui.demo.routes.media import FILES, encode_audio, fetch, json_only, measure, open_wav, usage
from omni_ui.demo.routes.songs import check_song, prepare_effect, prepare_song
from omni_ui.demo.routes.voices import Batch, Speech, SpeechItem, check
from omni_ui.demo.state import Demo

router = APIRouter()
MOST_ITEMS = 32
WORDS_IN_HEADER = 4096


async def prepare(body: Speech, demo: Demo) -> tuple[Ask, Callable[[], Iterator[np.ndarray]], float]:
    """The call of the engine, the work, and the seconds of reference. The request has been checked."""
    from omni_ui.demo.audio import voice

    if missing := voice.available():
        raise HTTPException(501, missing)
    match = None
    if body.ref_audio:
        match = await anyio.to_thread.run_sync(measure, await fetch(body.ref_audio, 10), limiter=demo.engine.threads)
    elif body.voice in demo.voices:
        match = demo.voices[body.voice]["match"]
    second = match
    if body.ref_audio_2:
        recording = await fetch(body.ref_audio_2, 10)
        second = await anyio.to_thread.run_sync(measure, recording, limiter=demo.engine.threads)
    files = {"ref_audio", "ref_audio_2"}
    parameters = {"task_type": "CustomVoice"} | body.model_dump(exclude_none=True, exclude=files)
    parameters |= {"two_speakers": True} if body.ref_audio_2 else {}
    parameters |= {"text": body.input, "speaker": body.voice, "instruct": body.instructions}
    ask = Ask(body.input, parameters, id=f"speech-{Ask('', {}).id}", modalities=["audio"])
    name = body.voice if body.voice and body.voice not in demo.voices else next(iter(voice.VOICES))

    def speak(words: str, speaker: int) -> Iterator[np.ndarray]:
        return voice.speak(
            words,
            voice=name,
            language=body.language,
            instructions=body.instructions,
            speed=body.speed or 1.0,
            seed=body.seed or 0,
            match=second if speaker == 2 else match,
        )

    def work() -> Iterator[np.ndarray]:
        dialogue = turns(body.input) if body.ref_audio_2 else [(1, body.input)]
        for piece in (piece for speaker, words in dialogue for piece in speak(words, speaker)):
            # A third of the rate: the mean of three samples is filter enough for speech.
            low = body.sample_rate == 8000
            yield piece[: len(piece) // 3 * 3].reshape(-1, 3).mean(axis=1).astype(np.int16) if low else piece

    return ask, work, match.seconds if match else 0.0


async def whole(body: Speech, demo: Demo) -> tuple[bytes, Json, float]:
    """One finished file, its usage and its seconds."""
    ask, work, reference = await prepare(body, demo)
    rate = body.sample_rate or 24000
    pieces = [piece async for piece in demo.engine.stream(ask, work)]
    if not pieces:
        raise ValueError("No output generated from the model.")
    samples = np.concatenate(pieces)
    file = await anyio.to_thread.run_sync(encode_audio, samples, rate, body.response_format)
    seconds = len(samples) / rate
    return file, usage(body.input + (body.instructions or ""), seconds, reference), seconds


@router.post("/v1/audio/speech", dependencies=[Depends(json_only)])
async def speech(body: Speech, request: Request) -> Response:
    return await while_connected(request, _speak(body, request))


async def _speak(body: Speech, request: Request) -> Response:
    demo = request.app.state.demo
    try:
        if "sound" in demo.modes and body.model == demo.model("sound"):
            return await _song_or_effect(body, demo)
        if "speech" not in demo.modes:
            return await _no_speech(body, demo)
        if other := demo.not_mine(body.model, "speech"):
            return other
        if body.word_timestamps and not demo.aligner:
            return refusal("word_timestamps=true requires the server to be launched with --forced-aligner.")
        if body.streams and body.speed not in (None, 1.0):
            said = "is not supported with speed adjustment. Use a non-streaming request or remove the speed parameter."
            return refusal(f"{'Streaming' if body.raw else 'SSE streaming'} {said}")
        if wrong := check(body, demo):
            return refusal(wrong)
        if body.streams:
            ask, work, reference = await prepare(body, demo)
            demo.engine.admit(ask)
            pieces = _bytes(demo.engine.stream(ask, work, pieces=4), body)
            media = FILES[body.response_format][1] if body.raw else "text/event-stream"
            sent = pieces if body.raw else _events(pieces, body, reference)
            reply: Response = StreamingResponse(sent, media_type=media)
        else:
            file, used, seconds = await whole(body, demo)
            reply = Response(file, media_type=FILES[body.response_format][1])
            counts = {k.replace("_tokens", ""): v for k, v in used.items() if k != "input_token_details"}
            counts |= {"input-text": used["input_token_details"]["text_tokens"]}
            counts |= {"input-audio": used["input_token_details"]["audio_tokens"]}
            for name, count in counts.items():
                reply.headers[f"X-VLLM-OMNI-{name.upper()}-TOKENS"] = str(count)
            if body.word_timestamps:
                reply.headers.update(_word_header(body.input, seconds))
    except Exception as wrong:
        return _errors.served(wrong, "Speech generation")
    reply.headers["X-Demo-Engine"] = "voice"
    return reply


def _word_header(text: str, seconds: float) -> dict[str, str]:
    """The times of the words, in ASCII; left out where they are too long for a header."""
    words = json.dumps(word_times(text, seconds))
    return {"X-Word-Timestamps": words} if len(words) <= WORDS_IN_HEADER else {"X-Word-Timestamps-Omitted": "true"}


async def _no_speech(body: Speech, demo: Demo) -> Response:
    """A server without a voice: it points at chat, or makes something else and finds no audio in it."""
    if "chat" in demo.modes:
        return refusal(
            "The /v1/audio/speech endpoint is only supported for dedicated TTS models. For omni models, "
            'use /v1/chat/completions with "modalities": ["audio"] instead.'
        )
    await demo.engine.run_once(Ask(body.input, {"input": body.input}, modalities=["audio"]), lambda: None)
    return refusal("TTS model did not produce audio output.")


async def _song_or_effect(body: Speech, demo: Demo) -> Response:
    """What models of music and of sound effects do on this route (minimax_music3.py:48-103, moss_tts.py:352-450)."""
    effect = body.ambient_sound is not None
    if wrong := None if effect else check_song(body):
        return refusal(wrong)
    ask, work, rate = prepare_effect(body) if effect else prepare_song(body)
    headers = {"X-Demo-Engine": "sound"}
    media = FILES[body.response_format][1]
    if body.streams:
        demo.engine.admit(ask)
        pieces = _bytes(demo.engine.stream(ask, work, pieces=4), body, rate, 2)
        sent = pieces if body.raw else _events(pieces, body, 0.0, 4 * rate)
        return StreamingResponse(sent, media_type=media if body.raw else "text/event-stream", headers=headers)
    chunks = [piece async for piece in demo.engine.stream(ask, work)]
    if not chunks:
        return refusal("TTS model did not produce audio output.")
    samples = np.concatenate(chunks)
    file = await anyio.to_thread.run_sync(encode_audio, samples, rate, body.response_format)
    return Response(file, media_type=media, headers=headers)


async def _bytes(
    pieces: AsyncIterator[np.ndarray], body: Speech, rate: int | None = None, channels: int = 1
) -> AsyncIterator[bytes]:
    first = body.response_format == "wav"
    async for piece in pieces:
        if first:
            yield open_wav(rate or body.sample_rate or 24000, channels)
        first = False
        yield piece.astype("<i2").tobytes()


async def _events(
    pieces: AsyncIterator[bytes], body: Speech, reference: float, per_second: int | None = None
) -> AsyncIterator[str]:
    """Server-sent events. With wav the first delta is the bare header; there is no [DONE]; a failure is code 500.

    per_second: bytes of a second of sound, where that is not speech's.
    """

    def event(kind: str, **data: object) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data}, separators=(',', ':'))}\n\n"

    sent = 0
    try:
        async for piece in pieces:
            sent += len(piece)
            data = base64.b64encode(piece).decode()
            yield event("speech.audio.delta", audio=data, response_format=body.response_format)
        seconds = max(0, sent - 44) / (per_second or 2 * (body.sample_rate or 24000))
        text = body.input + (body.instructions or "")
        yield event("speech.audio.done", usage=usage(text, seconds, reference))
    except Exception as wrong:
        error: Json = {"message": str(wrong), "type": "server_error", "param": None, "code": 500}
        yield event("speech.audio.error", error=error | ({"partial_audio": True, "action": "discard"} if sent else {}))


@router.post("/v1/audio/speech/batch", dependencies=[Depends(json_only)])
async def speech_batch(body: Batch, request: Request) -> Response:
    return await while_connected(request, _batch(body, request.app.state.demo))


async def _batch(body: Batch, demo: Demo) -> Response:
    if "speech" not in demo.modes and not demo.autoregressive:
        raise HTTPException(400, "Batch speech is not supported in diffusion mode")
    if len(body.items) > MOST_ITEMS:
        raise HTTPException(400, f"Batch contains {len(body.items)} items, exceeding the maximum of {MOST_ITEMS}.")
    if other := demo.not_mine(body.model, "speech"):
        return other
    common = {k: getattr(body, k) for k in SpeechItem.model_fields if k != "input"}

    async def result(index: int, item: SpeechItem) -> Json:
        merged = Speech(**{k: v for k, v in {**common, **item.model_dump(exclude_none=True)}.items() if v is not None})
        try:
            if "speech" not in demo.modes:
                raise ValueError("This server has no dedicated speech model.")
            if wrong := check(merged, demo):
                return {"index": index, "status": "error", "error": wrong}
            file, used, _ = await whole(merged, demo)
        except Exception as wrong:
            return {"index": index, "status": "error", "error": getattr(wrong, "detail", None) or str(wrong)}
        data, media = base64.b64encode(file).decode(), FILES[merged.response_format][1]
        return {"index": index, "status": "success", "audio_data": data, "media_type": media, "usage": used}

    results = await asyncio.gather(*(result(i, item) for i, item in enumerate(body.items)))
    good = sum(result["status"] == "success" for result in results)
    counts = {"total": len(results), "succeeded": good, "failed": len(results) - good}
    answer = {"id": f"speech-batch-{Ask('', {}).id}", "results": results, **counts}
    return JSONResponse(answer, headers={"X-Demo-Engine": "voice"})
