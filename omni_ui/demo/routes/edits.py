"""POST /v1/images/edits (wire: api_server.py and images/helpers.py of vLLM-Omni 0.30.0)."""

import contextlib
import json
import random
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
import httpx
import numpy as np
from fastapi import APIRouter, Depends, File, Form, HTTPException, Request, UploadFile
from PIL import Image
from starlette.datastructures import UploadFile as Upload
from starlette.responses import JSONResponse, Response, StreamingResponse

from omni_ui.demo.engine import Ask
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes import errors as _errors
from omni_ui.demo.routes.images import check_layers, check_lora, check_pixels, choose_format, parse_size, result
from omni_ui.demo.routes.media import Real, Text, Whole, decode, describe, fetch, given
from omni_ui.demo.state import Demo

router = APIRouter()
RESOLUTIONS = (640, 1024)
MOST_INPUTS = 4
MOST_OUTPUTS = 16
Media = Annotated[UploadFile | str | None, File()]


async def open_picture(source: Upload | str) -> Image.Image:
    """A picture out of a file part or a URL; ValueError when it is none."""
    if not isinstance(source, str):
        content, said = await source.read(), "Failed to open uploaded file"
    elif source.startswith(("data:image", "http")):
        said = "Invalid base64 image" if source.startswith("data") else "Failed to download image from URL"
        try:
            content = await fetch(source)
        except (ValueError, httpx.HTTPError, httpx.InvalidURL) as wrong:
            raise ValueError(f"{said}: {wrong}") from wrong
    else:
        raise ValueError(f"Unsupported input: {source[:100]}")
    try:
        return await anyio.to_thread.run_sync(decode, content)
    except OSError as wrong:
        raise ValueError(f"{said}: {wrong}") from wrong


@dataclass
class EditForm:
    """The fields of the form, as the real server names them; unknown ones are dropped."""

    prompt: Annotated[str, Form()]
    image: Annotated[list[UploadFile] | None, File()] = None
    image_array: Annotated[list[UploadFile] | None, File(alias="image[]")] = None
    url: Annotated[list[str] | None, Form()] = None
    url_array: Annotated[list[str] | None, Form(alias="url[]")] = None
    model: Text = None
    n: Annotated[int, Form()] = 1
    size: Annotated[str, Form()] = "auto"
    response_format: Annotated[str, Form()] = "b64_json"
    output_format: Text = "png"
    background: Text = "auto"
    output_compression: Annotated[int, Form(ge=0, le=100)] = 100
    stream: Annotated[bool, Form()] = False
    mask_image: Media = None
    reference_image: Media = None
    negative_prompt: Text = None
    num_inference_steps: Whole = None
    guidance_scale: Real = None
    guidance_scale_2: Real = None
    strength: Real = None
    true_cfg_scale: Real = None
    seed: Whole = None
    lora: Text = None
    layers: Whole = None
    resolution: Whole = None
    bot_task: Text = None
    sys_type: Text = None
    system_prompt: Text = None
    return_stage_metrics: Annotated[bool | None, Form()] = None

    def parameters(self) -> Json:
        """Those of the engine that need no looking at, without those that were left out."""
        names = (
            "negative_prompt", "num_inference_steps", "strength", "guidance_scale", "guidance_scale_2",
            "true_cfg_scale", "layers", "resolution", "bot_task", "system_prompt",
        )  # fmt: skip
        values = {name: getattr(self, name) for name in names}
        return given(**values, lora_request=self.lora, num_outputs_per_prompt=self.n, use_system_prompt=self.sys_type)


@dataclass
class Edit:
    """A checked request: its form, the pictures, the size and the seed."""

    form: EditForm
    pictures: list[Image.Image]
    mask: Image.Image | None
    reference: Image.Image | None
    width: int
    height: int
    seed: int

    def ask(self) -> Ask:
        """The call of the engine."""
        described: Json = {"image": [describe(picture) for picture in self.pictures]}
        for name, picture in (("mask_image", self.mask), ("reference_image", self.reference)):
            if picture:
                described[name] = describe(picture)
        parameters = {"prompt": self.form.prompt, "multi_modal_data": described, "seed": self.seed}
        parameters |= {"width": self.width, "height": self.height} | self.form.parameters()
        return Ask(self.form.prompt, parameters, id=f"img_edit-{uuid.uuid4().hex[:16]}")

    def make(self, count: int) -> list[Image.Image]:
        """The pictures, taken apart where layers are asked for."""
        from omni_ui.demo.imaging import editor

        form = self.form
        how: Json = {"mask": self.mask, "reference": self.reference, "strength": form.strength}
        how |= {"guidance": form.guidance_scale or form.true_cfg_scale, "negative_prompt": form.negative_prompt}
        how |= {"width": self.width, "height": self.height, "steps": form.num_inference_steps}
        pictures = [editor.edit(self.pictures, form.prompt, seed=self.seed + i, **how) for i in range(count)]
        if form.layers:
            return [layer for picture in pictures for layer in take_apart(picture, form.layers)]
        return pictures


async def read_edit(form: EditForm, most_inputs: int) -> Edit:
    """Checks in the order of the real server. Raises HTTPException and ValueError."""
    sources: list[Upload | str] = [*(form.image or form.image_array or []), *(form.url or form.url_array or [])]
    if not sources:
        raise HTTPException(422, "Field 'image' or 'url' is required")
    _check_count(len(sources), most_inputs)
    pictures = [await open_picture(source) for source in sources]
    mask = await open_picture(form.mask_image) if form.mask_image else None
    reference = await open_picture(form.reference_image) if form.reference_image else None
    check_lora(_read_lora(form.lora))
    if form.resolution is not None and form.resolution not in RESOLUTIONS:
        raise HTTPException(400, f"Invalid resolution {form.resolution}. Supported resolutions: {RESOLUTIONS}.")
    check_layers(form.layers)
    if form.resolution is not None and form.size.lower() != "auto":
        raise HTTPException(400, "Cannot specify both 'resolution' and 'size'. Use one of them.")
    width, height = _size(form.size, form.resolution, pictures[0])
    if form.n > MOST_OUTPUTS:
        raise HTTPException(400, f"The demo makes at most {MOST_OUTPUTS} pictures at once.")
    seed = random.getrandbits(32) if form.seed is None else form.seed
    return Edit(form, pictures, mask, reference, width, height, seed)


@router.post("/v1/images/edits")
async def edits(request: Request, form: Annotated[EditForm, Depends()]) -> Response:
    """A client that leaves does not stop this route, unless it streams: so it is on the real server."""
    demo = request.app.state.demo
    demo.check_diffusion(form.model, "edit")
    if form.response_format != "b64_json":
        raise HTTPException(400, "Only response_format 'b64_json' is supported now.")
    if form.stream and not demo.autoregressive:
        raise HTTPException(400, "stream=true is only supported for multi-stage image editing pipelines.")
    try:
        edit = await read_edit(form, MOST_INPUTS if "edit" in demo.modes else 1)
        ask, kind = edit.ask(), choose_format(form.output_format, form.background)

        def work() -> Json:
            start = time.monotonic()
            pictures = edit.make(max(1, form.n) if demo.makes_pictures else 0)
            spent = ask.queue_times | {"edit": round(time.monotonic() - start, 4)}
            size, detail = f"{edit.width}x{edit.height}", bool(form.return_stage_metrics)
            return result(pictures, kind, form.output_compression, size, spent, detail)

        if form.stream:
            demo.engine.admit(ask)
            count = len(edit.pictures)
            plan = f"Editing {count} picture{'s' if count > 1 else ''} at {edit.width}x{edit.height}: {form.prompt}"
            events = _events(demo, ask, work, plan)
            return StreamingResponse(events, media_type="text/event-stream", headers={"X-Demo-Engine": "editor"})
        answer = await demo.engine.run_once(ask, work)
        if answer is None:
            raise HTTPException(500, "No output generated from multi-stage pipeline.")
        return JSONResponse(answer, headers={"X-Demo-Engine": "editor"})
    except Exception as wrong:
        return _errors.answer(wrong, "Image edit")


def _check_count(count: int, most: int) -> None:
    if count > most:
        many = f"Received {count} input images. At most {most} images are supported by this model."
        single = "Received multiple input images. Only a single image is supported by this model."
        raise HTTPException(400, many if most > 1 else single)


def take_apart(picture: Image.Image, layers: int) -> list[Image.Image]:
    """RGBA layers by brightness, the darkest first; laid over each other they give the picture again."""
    light, whole = np.asarray(picture.convert("L")), np.asarray(picture.convert("RGBA"))
    bands = np.digitize(light, np.quantile(light, np.linspace(0, 1, layers + 1)[1:-1]), right=True)
    return [Image.fromarray(np.where((bands == k)[..., None], whole, 0).astype(np.uint8)) for k in range(layers)]


def _read_lora(text: str | None) -> object:
    if text is None:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"Invalid LoRA JSON string: {wrong}") from wrong


def _size(size: str, resolution: int | None, first: Image.Image) -> tuple[int, int]:
    """What was asked for, or the first picture's own; a resolution keeps its shape with that many pixels squared."""
    if size.lower() != "auto":
        return parse_size(size)
    width, height = first.size
    if resolution is not None:
        scale = resolution / (width * height) ** 0.5
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    check_pixels(width, height)
    return width, height


async def _events(demo: Demo, ask: Ask, work: Callable[[], object], plan: str) -> AsyncIterator[str]:
    """Words of the plan, the picture, [DONE]; a failure comes in the stream, with HTTP 200."""
    head = {"created": int(time.time()), "model": demo.model("edit")}

    def event(**data: object) -> str:
        return f"data: {json.dumps({'object': 'image.edit.chunk', **head, 'metrics': None, **data})}\n\n"

    def making() -> Any:
        yield from re.findall(r"\S+\s*", plan)
        yield work()

    try:
        async with contextlib.aclosing(demo.engine.stream(ask, making, pieces=6)) as pieces:
            async for piece in pieces:
                if isinstance(piece, str):
                    yield event(type="ar_delta", delta=piece, index=0)
                else:
                    kept = {k: piece[k] for k in ("data", "output_format", "size", "metrics")}
                    yield event(type="image", **kept)
    except Exception as wrong:
        error = _errors.stream_error(wrong)
        yield f"data: {json.dumps({'object': 'error', **head, 'error': error})}\n\n"
    yield "data: [DONE]\n\n"
