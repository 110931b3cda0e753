"""POST /v1/audio/generate (wire: serving_audio_generate.py of vLLM-Omni 0.30.0)."""

from typing import Literal

import numpy as np
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field, field_validator
from starlette.responses import Response

from omni_ui.demo.engine import Ask, while_connected
from omni_ui.demo.routes.errors import refusal
from omni_ui.demo.routes.media import FILES, Format, encode_audio, json_only
from omni_ui.demo.state import Demo

router = APIRouter()
INT64 = 2**63
LONGEST = 300
"""Seconds; the real server leaves it to the model."""


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


@router.post("/v1/audio/generate", dependencies=[Depends(json_only)])
async def sound(body: Sound, request: Request) -> Response:
    return await while_connected(request, _sound(body, request.app.state.demo))


async def _sound(body: Sound, demo: Demo) -> Response:
    """Every failure is a 400 here, save for a wrong model on a server of diffusion only."""
    if refused := demo.not_mine(body.model, "sound"):
        if not demo.autoregressive:
            raise HTTPException(500, "argument of type '_Unsupported' is not iterable")
        return refused
    start = body.audio_start or 0.0
    parameters = body.model_dump(exclude_none=True) | {"generator": f"seed {body.seed}"}
    if (body.audio_length or 0) > LONGEST:
        return refusal(f"The demo makes at most {LONGEST} seconds of sound.")
    if body.audio_length is not None:
        parameters |= {"audio_start_in_s": start, "audio_end_in_s": start + body.audio_length}
    ask = Ask(body.input, parameters, id=f"audiogen-{Ask('', {}).id}", modalities=["audio"])

    def work() -> bytes | None:
        if "sound" not in demo.modes:
            return _spoken(body) if demo.autoregressive else None
        from omni_ui.demo.audio import sound as craft

        # Speed shortens what is made; nothing is stretched.
        seconds = (body.audio_length or 10.0) / (body.speed or 1.0)
        content = craft.synthesise(
            body.input,
            seconds=seconds,
            start=start,
            seed=body.seed or 0,
            steps=body.num_inference_steps,
            guidance=body.guidance_scale,
            negative_prompt=body.negative_prompt,
        )
        return encode_audio(content, craft.RATE, body.response_format)

    try:
        content = await demo.engine.run_once(ask, work)
    except ValueError as wrong:
        return refusal(str(wrong))
    except HTTPException:
        raise
    except Exception as wrong:
        return refusal(f"Audio generation failed: {wrong}")
    if content is None:
        return refusal("Audio generation model did not produce audio output.")
    return Response(content, media_type=FILES[body.response_format][1], headers={"X-Demo-Engine": "sound"})


def _spoken(body: Sound) -> bytes:
    """A server that speaks takes the words for its text."""
    from omni_ui.demo.audio import voice

    samples = np.concatenate(list(voice.speak(body.input, speed=body.speed or 1.0, seed=body.seed or 0)))
    return encode_audio(samples, voice.RATE, body.response_format)
