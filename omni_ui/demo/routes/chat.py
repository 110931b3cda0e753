"""POST /v1/chat/completions: text, speech and pictures out (wire: serving_chat.py of vLLM-Omni 0.30.0)."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import anyio
import httpx
from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from omni_ui.demo.engine import Ask, while_connected
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes import errors as _errors
from omni_ui.demo.routes.chat_answer import (
    Chat,
    Turn,
    choice_of,
    completion,
    parts,
    picture_parts,
    pictures,
    spoken,
    texts,
    user_text,
)  # fmt: skip
from omni_ui.demo.routes.errors import GuardrailError, refusal
from omni_ui.demo.routes.media import check_recording, decode, describe, encode_audio, fetch, json_only
from omni_ui.demo.state import Demo

router = APIRouter()
CONTEXT = 32_768
"""Bytes of text, each a token here. What is longer is a 500, as on the real server."""
FORMATS = ("flac", "mp3", "opus", "pcm", "pcm16", "wav")


@router.post("/v1/chat/completions", dependencies=[Depends(json_only)])
async def chat(body: Chat, request: Request) -> Response:
    return await while_connected(request, _chat(body, request.app.state.demo))


@router.post("/v1/chat/completions/batch", dependencies=[Depends(json_only)])
async def chat_batch(body: Chat, request: Request) -> Response:
    """`messages` is a list of conversations; one answer each, in their order."""
    demo = request.app.state.demo

    async def one(messages: list[Any]) -> Response:
        return await _chat(body.model_copy(update={"messages": messages, "stream": False}), demo)

    answers = await while_connected(request, asyncio.gather(*map(one, body.messages)))
    if isinstance(answers, Response):
        return answers
    bad = next((answer for answer in answers if answer.status_code != 200), None)
    if bad is not None or not answers:
        return bad or refusal("messages must hold at least one conversation.")
    bodies = [json.loads(bytes(answer.body)) for answer in answers]
    choices = [{**choice, "index": i} for i, answer in enumerate(bodies) for choice in answer["choices"]]
    counts = ("prompt_tokens", "total_tokens", "completion_tokens")
    usage = {**bodies[0]["usage"], **{k: sum(answer["usage"][k] for answer in bodies) for k in counts}}
    return JSONResponse(bodies[0] | {"id": f"chatcmpl-batch-{uuid4().hex[:16]}", "choices": choices, "usage": usage})


async def _chat(body: Chat, demo: Demo) -> Response:
    wanted = body.modalities
    if wanted is not None and not (isinstance(wanted, list) and all(isinstance(name, str) for name in wanted)):
        raise HTTPException(400, 'modalities must be a list of strings, e.g. ["text", "audio", "image"]')
    if not demo.autoregressive:
        return await _diffusion(body, demo)
    if other := demo.not_mine(body.model, "chat" if "chat" in demo.modes else "speech"):
        return other
    can = ["text", "audio", *(["image"] if demo.makes_pictures else [])] if "chat" in demo.modes else ["audio"]
    if unknown := [name for name in wanted or [] if name not in can]:
        allowed = ", ".join(sorted(can))
        said = f"Unsupported output modalities {', '.join(unknown)} for this model. Supported modalities: {allowed}"
        return refusal(said)
    if refused := _check(body):
        return refused
    try:
        media = await _media(body.messages)
    except httpx.HTTPError as wrong:
        raise HTTPException(500, str(wrong)) from wrong
    except (ValueError, OSError) as wrong:
        return refusal(str(wrong))
    turn = Turn(body, demo, user_text(body.messages), (can if wanted is None else [m for m in can if m in wanted]))
    if not wanted and not body.stream:
        turn.wanted = can
    ask = Ask(turn.prompt, turn.parameters | {"multi_modal_data": media}, id=turn.id, modalities=wanted)
    demo.engine.admit(ask)
    if body.stream:
        headers = {"X-Demo-Engine": "talk"}
        return StreamingResponse(_events(turn, ask), media_type="text/event-stream", headers=headers)
    return await _whole(turn, ask)


def _check(body: Chat) -> Response | None:
    """What the real server refuses before the engine sees it; its 500 for clients' mistakes included."""
    if body.temperature is not None and not 0 <= body.temperature <= 2:
        raise HTTPException(500, f"temperature must be in [0, 2], got {body.temperature}.")
    if not body.messages:
        raise HTTPException(500, "Cannot apply chat template to an empty conversation. Provide at least one message.")
    if (length := sum(len(text.encode()) for text in texts(body.messages))) > CONTEXT:
        said = f"This model's maximum context length is {CONTEXT} tokens. However, your prompt contains {length}."
        raise HTTPException(500, said)
    if (kind := (body.audio or {}).get("format")) and kind not in FORMATS:
        return refusal(f"Invalid audio format '{kind}'. Supported formats are: {', '.join(FORMATS)}")
    from omni_ui.demo.audio import voice

    name = body.knob("voice") or body.knob("speaker")
    names = sorted(listed.lower() for listed in voice.VOICES)
    if name and str(name).lower() not in names:
        return refusal(f"Invalid speaker '{name}'. Supported: {', '.join(names)}")
    return None


async def _media(messages: list[object]) -> dict[str, list[str]]:
    """Checks every content part and says what was sent, by kind."""
    seen: dict[str, list[str]] = {}
    for part in parts(messages):
        if medium := await _load(part):
            seen.setdefault(medium[0], []).append(medium[1])
    return seen


async def _load(part: Any) -> tuple[str, str] | None:
    """Kind and description of a part that is no text. Media from elsewhere become data URLs in place.

    ValueError and OSError for what cannot be read, httpx.HTTPError for what cannot be fetched.
    """
    kind = part.get("type") if isinstance(part, dict) else None
    if kind not in ("text", "image_url", "input_audio", "audio_url", "video_url"):
        raise ValueError(f"Unknown part type: {kind}")
    if kind == "text":
        return None
    inside, family = part.get(kind), kind.replace("input_", "").partition("_")[0]
    if not isinstance(inside, dict):
        raise ValueError(f"{kind}: Input should be a valid dictionary")
    url = str(inside.get("url", "")) if kind != "input_audio" else f"data:;base64,{inside.get('data', '')}"
    if url.startswith("file:"):
        raise ValueError("Cannot load local files without `--allowed-local-media-path`.")
    if not url.startswith(("data:", "http://", "https://")):
        raise ValueError("The URL must be either a HTTP, data or file URL.")
    content = await fetch(url, 5 if family == "image" else 30)
    if url.startswith("http"):
        inside["url"] = f"data:{family}/*;base64,{base64.b64encode(content).decode()}"
    if family == "image":
        try:
            return family, describe(await anyio.to_thread.run_sync(decode, content))
        except OSError as wrong:
            raise ValueError(f"Failed to load image: {wrong}") from wrong
    await anyio.to_thread.run_sync(check_recording, content)
    return family, f"<{family} of {len(content)} bytes>"


async def _whole(turn: Turn, ask: Ask) -> Response:
    """Text and voice in one choice, pictures in a second one that has index 0 too; no output gives no choices."""
    choices: list[Json] = []
    try:
        async for kind, piece in turn.demo.engine.stream(ask, lambda: turn.make(delta=False)):
            if kind == "audio":
                choices = [spoken(choices[0] if choices else choice_of(None), *piece)]
            else:
                choices.append(choice_of(piece, "length" if turn.cut and kind == "text" else "stop"))
    except Exception as wrong:
        return _errors.served(wrong)
    body = completion(turn, choices, turn.usage()) | {"metrics": turn.metrics(ask.queue_times)}
    return JSONResponse(body, headers={"X-Demo-Engine": "talk"})


async def _events(turn: Turn, ask: Ask) -> AsyncIterator[str]:
    """Chunks with a `modality`; voice and pictures come in `delta.content` as on the real server."""
    head = {**turn.head, "object": "chat.completion.chunk"}

    def event(choices: list[object], **more: object) -> str:
        return f"data: {json.dumps({**head, 'choices': choices, **more})}\n\n"

    def chunk(kind: str, piece: Any, last: bool, final: bool) -> str:
        choice: Json = {"index": 0, "delta": {"content": piece}, "logprobs": None, "finish_reason": None}
        if final and kind != "image":
            choice["finish_reason"] = "length" if turn.cut and kind == "text" else "stop"
        metrics = turn.metrics(ask.queue_times) if final else None
        choice |= {"stop_reason": None, "token_ids": None} if last or kind != "text" else {"token_ids": None}
        more: Json = {"metrics": metrics if last else {}, "modality": kind}
        if kind != "text":
            choice["delta"] = {"role": "assistant", "content": piece}
        if kind == "audio":
            choice["delta"]["content"], choice["audio_metadata"] = piece
            spent = turn.usage()["prompt_tokens"]
            more["usage"] = {"prompt_tokens": spent, "total_tokens": spent, "completion_tokens": 0}
        return event([choice], **more)

    held: tuple[str, object] | None = None
    try:
        making = turn.demo.engine.stream(ask, lambda: turn.make(delta=True) if turn.wanted else iter(()), pieces=12)
        async with contextlib.aclosing(making) as pieces:
            async for kind, piece in pieces:
                if held is None and kind == "text":
                    opening = {"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": None}
                    more = {"prompt_token_ids": None, "prompt_text": None, "modality": "text"}
                    yield event([opening | {"finish_reason": None}], **more)
                if held is not None:
                    yield chunk(*held, last=held[0] != kind, final=False)
                held = kind, piece
        if held is not None:
            yield chunk(*held, last=True, final=True)
            if held[0] == "image":
                yield event([{"index": 0, "delta": {}, "finish_reason": "stop"}])
            if (turn.body.stream_options or {}).get("include_usage"):
                yield event([], usage=turn.usage())
    except Exception as wrong:
        yield f"data: {json.dumps({'error': _errors.stream_error(wrong)})}\n\n"
    yield "data: [DONE]\n\n"


async def _diffusion(body: Chat, demo: Demo) -> Response:
    """A server without a language model: one JSON body, also when a stream was asked for; `model` is not looked at."""
    if twice := body.extra_body.keys() & (body.model_extra or {}).keys():
        return refusal(f"Parameter '{min(twice)}' was provided more than once.")
    prompt = user_text(body.messages)
    turn = Turn(body, demo, prompt, [])
    inputs = []
    for url in pictures(body.messages):
        with contextlib.suppress(OSError, ValueError):  # A broken picture is left out without a word.
            inputs.append(await anyio.to_thread.run_sync(decode, await fetch(url)))
    ask = Ask(
        prompt, turn.parameters | {"multi_modal_data": {"image": [describe(picture) for picture in inputs]}}, id=turn.id
    )

    def work() -> Json:
        if demo.modes == ("sound",):
            from omni_ui.demo.audio import sound

            samples = sound.synthesise(prompt, seconds=10.0, seed=int(body.knob("seed") or 0))
            data = base64.b64encode(encode_audio(samples, sound.RATE, turn.format)).decode()
            facts = {"format": turn.format, "sample_rate_hz": sound.RATE, "frame_count": len(samples), "channels": 2}
            return spoken(choice_of(None), data, facts)
        if not demo.makes_pictures:
            raise RuntimeError("this server makes no pictures")
        if body.modalities == ["text"]:
            return choice_of("This demo paints and edits; it cannot put a picture into words.")
        try:
            return choice_of(picture_parts(body, demo, prompt, inputs))
        except ValueError as wrong:
            raise HTTPException(400, str(wrong)) from wrong

    try:
        choice = await demo.engine.run_once(ask, work)
    except GuardrailError as wrong:
        return refusal(str(wrong))
    except HTTPException:
        raise
    except Exception as wrong:
        return refusal(f"Image generation failed: {wrong}", 500, "BadRequestError")
    if choice is None:
        return refusal("No output generated from AsyncOmni")
    words = len(prompt.split())
    usage = {"prompt_tokens": words, "total_tokens": words + 1, "completion_tokens": 1}
    return JSONResponse(completion(turn, [choice], usage), headers={"X-Demo-Engine": "painter"})
