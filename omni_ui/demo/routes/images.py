"""POST /v1/images/generations and /v1/images/edits (wire: protocol/images.py and api_server.py of vLLM-Omni 0.30.0)."""

import base64
import io
import random
import time
import uuid
import zipfile
from typing import Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from PIL import Image
from pydantic import BaseModel, Field, field_validator
from starlette.responses import JSONResponse, Response

from omni_ui.demo.engine import Ask, while_connected
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes import errors as _errors
from omni_ui.demo.routes.media import json_only
from omni_ui.demo.undrawn import undrawn

router = APIRouter()
MAX_PIXELS = 7680 * 4320
DEFAULT_SIZE = (768, 768)
INT64 = 2**63
SYSTEM_PROMPTS = ("dynamic", "en_vanilla", "en_recaption", "en_think_recaption", "en_unified", "custom")
TYPES = {"png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "webp": "image/webp"}


def check_layers(value: int | None) -> int | None:
    if value is not None and not 2 <= value <= 10:
        raise ValueError(f"Invalid layers value {value}. layers must be between 2 and 10 inclusive.")
    return value


def check_lora(lora: object) -> None:
    if lora is None:
        return
    if not isinstance(lora, dict):
        raise ValueError("Invalid lora field: expected an object.")
    names, paths = ("name", "lora_name", "adapter"), ("local_path", "path", "lora_path", "lora_local_path")
    if not any(lora.get(k) for k in names) or not any(lora.get(k) for k in paths):
        raise ValueError("Invalid lora object: both name and path are required.")


def parse_size(size: str) -> tuple[int, int]:
    """`WIDTHxHEIGHT`, both above 0 and within the limit of all pixels."""
    try:
        width, height = (int(part) for part in size.split("x"))
    except ValueError:
        raise ValueError(f"Invalid size format: '{size}'. Expected WIDTHxHEIGHT (e.g., '1024x1024').") from None
    if width <= 0 or height <= 0:
        raise ValueError(f"Invalid size: {width}x{height}. Width and height must be positive integers.")
    check_pixels(width, height)
    return width, height


def check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"Requested image size {width}x{height} exceeds the maximum allowed size of {MAX_PIXELS} pixels. "
            "You can reduce the requested size."
        )


def encode(picture: Image.Image, kind: str, compression: int = 100) -> bytes:
    """PNG: 100 stores raw, lower compresses more. JPEG and WebP: the quality."""
    if kind in ("jpeg", "jpg") and picture.mode == "RGBA":
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture, mask=picture.getchannel("A"))
        picture = flat
    how = {"compress_level": max(0, min(9, 9 - compression // 11))} if kind == "png" else {"quality": compression}
    out = io.BytesIO()
    picture.save(out, "jpeg" if kind == "jpg" else kind, **how)
    return out.getvalue()


def choose_format(asked: str | None, background: str | None = None) -> str:
    """What is not known becomes JPEG without a word, as on the real server."""
    kind = (asked or "").lower()
    return kind if kind in TYPES else "png" if (background or "").lower() == "transparent" else "jpeg"


class Generation(BaseModel):
    """The fields of the real request; unknown ones are dropped without a word."""

    prompt: str
    model: str | None = None
    n: int = Field(1, ge=1, le=10)
    size: str | None = None
    response_format: Literal["b64_json", "url", "file"] = "b64_json"
    layers: int | None = None
    negative_prompt: str | None = None
    num_inference_steps: int | None = Field(None, ge=1, le=200)
    guidance_scale: float | None = Field(None, ge=0, le=20)
    true_cfg_scale: float | None = Field(None, ge=0, le=20)
    flow_shift: float | None = None
    extra_params: Json | None = None
    seed: int | None = Field(None, ge=-INT64, le=INT64 - 1)
    lora: Json | None = None
    bot_task: str | None = None
    system_prompt: str | None = None
    use_system_prompt: str | None = None
    vae_use_slicing: bool | None = None
    vae_use_tiling: bool | None = None
    output_format: str | None = None
    output_compression: int = Field(100, ge=0, le=100)
    return_stage_metrics: bool | None = None

    _layers = field_validator("layers")(check_layers)

    @field_validator("size")
    @classmethod
    def _size(cls, value: str | None) -> str | None:
        if value is not None and "x" not in value:
            raise ValueError("size must be in format 'WIDTHxHEIGHT' (e.g., '1024x1024')")
        return value

    @field_validator("use_system_prompt")
    @classmethod
    def _system_prompt(cls, value: str | None) -> str | None:
        if value is not None and value not in SYSTEM_PROMPTS:
            raise ValueError(f"Invalid use_system_prompt type: {value}. Must be one of: {[*SYSTEM_PROMPTS, None]}")
        return value

    @field_validator("response_format")
    @classmethod
    def _format(cls, value: str) -> str:
        if value == "url":
            raise ValueError("Only 'b64_json' or 'file' response format is supported, got: url")
        return value


def result(pictures: list[Image.Image], kind: str, compression: int, size: str | None, times: Json, detail: bool):
    """The body of both routes. Many layers of many pictures come as one flat list, as on the real server.

    times: what it took so far, by stage.
    """
    start = time.monotonic()
    data = [
        {"b64_json": base64.b64encode(encode(p, kind, compression)).decode(), "url": None, "revised_prompt": None}
        for p in pictures
    ]
    times |= {"encode": round(time.monotonic() - start, 4)}
    metrics: Json = {"stage_durations": times, "peak_memory_mb": None}
    if detail:
        spent = sum(seconds for name, seconds in times.items() if not name.endswith("_ms")) * 1000
        metrics |= {"stage_metrics": {"0": {"stage_id": 0, "stage_gen_time_ms": spent}}, "stage_id": 0}
        metrics |= {"num_tokens_in": 0, "num_tokens_out": 0, "final_output_type": "image"}
    made_size = f"{pictures[0].width}x{pictures[0].height}" if pictures else size
    answer = {"created": int(time.time()), "data": data, "output_format": kind, "size": made_size}
    return answer | {"cot_output": None, "metrics": metrics}


def as_file(answer: Json) -> Response:
    """The bytes of one picture, or a zip of several."""
    if not answer["data"]:
        raise HTTPException(500, "No image data available for file response.")
    kind, files = answer["output_format"], [base64.b64decode(entry["b64_json"]) for entry in answer["data"]]
    name, media, content = f"image_{uuid.uuid4().hex[:8]}.{kind}", TYPES[kind], files[0]
    if len(files) > 1:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for i, content in enumerate(files):
                archive.writestr(f"image_{i}.{kind}", content)
        name, media, content = f"images_{uuid.uuid4().hex[:8]}.zip", "application/zip", packed.getvalue()
    return Response(content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.post("/v1/images/generations", dependencies=[Depends(json_only)])
async def generations(body: Generation, request: Request) -> Response:
    return await while_connected(request, _generate(body, request))


async def _generate(body: Generation, request: Request) -> Response:
    demo = request.app.state.demo
    demo.check_diffusion(body.model, "image")
    ask = Ask(body.prompt, body.model_dump(exclude_none=True), id=f"img_gen-{uuid.uuid4().hex[:16]}")
    try:
        check_lora(body.lora)
        width, height = parse_size(body.size) if body.size else DEFAULT_SIZE
        seed = body.seed if body.seed is not None else random.getrandbits(32)
        ask.parameters |= {"seed": seed, "width": width, "height": height, "num_outputs_per_prompt": body.n}
        guidance = body.true_cfg_scale if body.guidance_scale is None else body.guidance_scale
        how = {"steps": body.num_inference_steps, "guidance": guidance, "negative_prompt": body.negative_prompt}

        def paint() -> Json:
            from omni_ui.demo.imaging import painter

            start, pictures = time.monotonic(), []
            for i in range(body.n if demo.makes_pictures else 0):
                options = {"width": width, "height": height, "seed": seed + i, **how}
                if body.layers:
                    pictures += painter.paint_layers(body.prompt, layers=body.layers, **options)
                else:
                    pictures.append(painter.paint(body.prompt, **options))
            times = ask.queue_times | {"paint": round(time.monotonic() - start, 4)}
            kind, detail = choose_format(body.output_format or "png"), bool(body.return_stage_metrics)
            painted = result(pictures, kind, body.output_compression, body.size, times, detail)
            if left_out := undrawn(body.prompt):
                painted["metrics"]["not_drawn"] = left_out
            return painted

        answer = await demo.engine.run_once(ask, paint)
        if answer is None:
            raise HTTPException(500, "No output generated from multi-stage pipeline.")
        reply = as_file(answer) if body.response_format == "file" else JSONResponse(answer)
    except Exception as wrong:
        return _errors.answer(wrong, "Image generation")
    reply.headers["X-Demo-Engine"] = "painter"
    return reply
