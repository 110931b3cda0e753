"""Videos as jobs and at once (wire: video/generation/helpers.py, protocol/videos.py of vLLM-Omni 0.30.0)."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
import httpx
from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, UploadFile
from pydantic import BaseModel, Field, field_validator
from starlette.responses import FileResponse, JSONResponse, Response

from omni_ui.demo import _errors
from omni_ui.demo._engine import Ask
from omni_ui.demo._errors import GuardrailError
from omni_ui.demo._images import check_lora, parse_size
from omni_ui.demo._media import decode, fetch, given

router = APIRouter()
DEFAULTS = {"width": 848, "height": 480, "fps": 16.0, "seconds": 4}
MAX_FRAMES, MAX_SIDE = 600, 1920
MOST_JOBS = 100
"""Older finished jobs make room for new ones, for the demo's disk is small. The real server keeps them all."""
Text = Annotated[str | None, Form()]
Whole = Annotated[int | None, Form()]
Real = Annotated[float | None, Form()]


class VideoGenerationRequest(BaseModel):
    """The second look at a form. Its name and pydantic's own words stand in the answer, as on the real server."""

    width: int | None = Field(None, ge=1)
    height: int | None = Field(None, ge=1)
    num_frames: int | None = Field(None, ge=1)
    num_inference_steps: int | None = Field(None, ge=1, le=200)
    guidance_scale: float | None = Field(None, ge=0, le=20)
    guidance_scale_2: float | None = Field(None, ge=0, le=20)
    boundary_ratio: float | None = Field(None, ge=0, le=1)
    true_cfg_scale: float | None = Field(None, ge=0, le=20)
    flow_shift: float | None = None
    seed: int | None = Field(None, ge=-(2**63), le=2**63 - 1)
    quality: str | None = None

    @field_validator("quality")
    @classmethod
    def _quality(cls, value: str | None) -> str | None:
        if value not in (None, "lossless", "high"):
            raise ValueError(f"quality must be one of ['lossless', 'high'], got {value!r}")
        return value


@dataclass
class Film:
    """A checked request: the call of the engine, what the job says of itself, and what the craft is told."""

    ask: Ask
    facts: dict[str, Any]
    how: dict[str, Any]


@dataclass
class Job:
    facts: dict[str, Any]
    path: Path
    task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        return self.facts["status"] in ("completed", "failed")


def _json(text: str | None, kind: type | tuple[type, ...] = (dict, list)) -> Any:
    if text is None:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise HTTPException(400, "Invalid JSON in form field.") from None
    if not isinstance(value, kind):
        raise HTTPException(400, "Invalid JSON in form field: expected an object.")
    return value


async def read_form(
    request: Request,
    prompt: Annotated[str, Form()],
    input_reference: UploadFile | None = None,
    input_references: list[UploadFile] | None = None,
    image_reference: Text = None,
    video_reference: Text = None,
    audio_reference: Text = None,
    model: Text = None,
    seconds: Annotated[str | None, Form(pattern=r"^[1-9]\d*$")] = None,
    size: Annotated[str | None, Form(pattern=r"^\d+x\d+$")] = None,
    width: Whole = None,
    height: Whole = None,
    num_frames: Whole = None,
    fps: Annotated[float | None, Form(ge=1, allow_inf_nan=False)] = None,
    num_outputs_per_prompt: Annotated[int, Form(ge=1, le=10)] = 1,
    quality: Text = None,
    num_inference_steps: Whole = None,
    guidance_scale: Real = None,
    guidance_scale_2: Real = None,
    boundary_ratio: Real = None,
    flow_shift: Real = None,
    true_cfg_scale: Real = None,
    seed: Whole = None,
    generate_sound: Annotated[bool | None, Form()] = None,
    negative_prompt: Text = None,
    lora: Text = None,
    extra_params: Text = None,
) -> Film:
    """The form of both routes: JSON is refused by its absence, unknown fields are dropped."""
    demo, urls = request.app.state.demo, (image_reference, video_reference, audio_reference)
    references = {kind: _json(text) for kind, text in zip(("image", "video", "audio"), urls, strict=True)}
    if input_references and (input_reference or references["image"] or references["video"]):
        alone = "Provide input_references alone, without input_reference, image_reference, or video_reference."
        raise HTTPException(400, alone)
    if input_reference and (references["image"] or references["video"]):
        raise HTTPException(400, "Provide only one of input_reference, image_reference, or video_reference.")
    ranges = VideoGenerationRequest(
        **given(width=width, height=height, num_frames=num_frames, num_inference_steps=num_inference_steps),
        **given(guidance_scale=guidance_scale, guidance_scale_2=guidance_scale_2, boundary_ratio=boundary_ratio),
        **given(true_cfg_scale=true_cfg_scale, flow_shift=flow_shift, seed=seed, quality=quality),
    ).model_dump(exclude_none=True)
    extra = {**(_json(extra_params, dict) or {}), **given(generate_sound=generate_sound)}
    adapter = _json(lora, dict)
    if model is not None and model != demo.model("video"):
        said = f"Model mismatch: request specifies '{model}' but server is running '{demo.model('video')}'."
        raise HTTPException(400, said)
    if size:
        ranges["width"], ranges["height"] = parse_size(size)
    if num_frames is None and seconds:
        ranges["num_frames"] = int(int(seconds) * (fps or 24.0))
    wide, high = ranges.get("width", DEFAULTS["width"]), ranges.get("height", DEFAULTS["height"])
    rate = fps or (24.0 if seconds else DEFAULTS["fps"])
    frames = ranges.get("num_frames", int(DEFAULTS["seconds"] * rate))
    if max(wide, high) > MAX_SIDE or frames > MAX_FRAMES:
        raise HTTPException(400, f"The demo films at most {MAX_FRAMES} frames with sides of {MAX_SIDE} pixels.")
    media = await _media(references, [one for one in (input_reference, *(input_references or [])) if one], demo.folder)
    sown = random.getrandbits(31) if seed is None else seed
    told = {"prompt": prompt, "modalities": ["video"], **given(negative_prompt=negative_prompt)}
    told |= {"multi_modal_data": {kind: str(one) for kind, one in media.items()}} if media else {}
    params = {**ranges, **given(fps=fps, extra_args=extra or None, lora_request=lora)}
    params |= {"num_outputs_per_prompt": num_outputs_per_prompt} if num_outputs_per_prompt > 1 else {}
    long = float(seconds) if seconds else num_frames / (fps or 24.0) if num_frames else None
    facts = {"model": demo.model("video"), "prompt": prompt, "size": size, "seconds": seconds or "4"}
    facts |= {"quality": quality or "default", "fps": fps or 24.0, "num_frames": ranges.get("num_frames")}
    how = {"width": wide, "height": high, "num_frames": frames, "fps": round(rate), "seed": sown, **media}
    how |= {"steps": num_inference_steps, "guidance": guidance_scale, "negative_prompt": negative_prompt}
    how |= {"sound": bool(generate_sound), "lora": adapter}
    return Film(Ask(prompt, told, params), facts | {"duration_s": long}, how)


async def _media(references: dict[str, Any], files: list[UploadFile], folder: Path) -> dict[str, Any]:
    """At most one picture (PIL), video (path) and audio (path). HTTPException 400 for what cannot be read."""
    found: list[tuple[str, bytes]] = []
    for kind, given_ones in references.items():
        for one in given_ones if isinstance(given_ones, list) else [given_ones] if given_ones else []:
            url = one.get(f"{kind}_url") if isinstance(one, dict) else None
            if not isinstance(url, str):
                raise HTTPException(400, f"Invalid {kind}_reference: {kind}_url is required, file_id is not supported.")
            try:
                found.append((kind, await fetch(url)))
            except (ValueError, httpx.HTTPError, httpx.InvalidURL) as wrong:
                raise HTTPException(400, f"Invalid {kind}_reference.{kind}_url: failed to download.") from wrong
    for file in files:
        kind = (file.content_type or "").partition("/")[0]
        found.append((kind if kind in ("image", "video", "audio") else "image", await file.read()))
    media: dict[str, Any] = {}
    for kind, content in found:
        if kind in media:
            raise HTTPException(400, f"The demo films with one {kind} reference, not several.")
        if kind == "image":
            try:
                media[kind] = await anyio.to_thread.run_sync(decode, content)
            except OSError as wrong:
                said = "Invalid input_reference: provided content is not a valid image or video."
                raise HTTPException(400, said) from wrong
        else:
            media[kind] = folder / f"reference_{uuid.uuid4().hex}"
            media[kind].write_bytes(content)
    return media


def _work(demo: Any, film: Film, path: Path) -> Callable[[], bool]:
    """Films to `path`. HTTPException where this server or this machine cannot."""

    def work() -> bool:
        if "video" not in demo.modes:
            raise HTTPException(503, "No final video output stage found in video generation pipeline.")
        from omni_ui.demo import clip

        if missing := clip.available():
            raise HTTPException(501, missing)
        how = dict(film.how)
        check_lora(how.pop("lora"))
        try:
            clip.render(path, film.ask.prompt["prompt"], **how, stop=film.ask.stop.is_set)
        finally:
            for kind in ("video", "audio"):
                if how.get(kind):
                    how[kind].unlink(missing_ok=True)
        return True

    return work


@router.post("/v1/videos")
@router.post("/v1/videos/generations")
async def create(request: Request, film: Annotated[Film, Depends(read_form)]) -> dict[str, Any]:
    """A job; the answer is a 200 at once, also when it is bound to fail."""
    demo = request.app.state.demo
    film.ask.id = f"video_gen_{uuid.uuid4().hex}"
    facts = {"model": film.facts["model"], "prompt": film.facts["prompt"], "id": film.ask.id, "object": "video"}
    facts |= {"status": "queued", "size": None, "progress": 0, **film.facts, "completed_at": None}
    facts |= {"created_at": int(time.time()), "remixed_from_video_id": None, "error": None, "media_type": "video/mp4"}
    facts |= {"expires_at": None, "file_name": None, "inference_time_s": None, "metrics": None, "stage_durations": {}}
    facts |= {"peak_memory_mb": 0.0, "action": None}
    job = demo.jobs[film.ask.id] = Job(facts, demo.folder / f"{film.ask.id}.mp4")
    for old in [name for name, one in demo.jobs.items() if one.over][: max(0, len(demo.jobs) - MOST_JOBS)]:
        demo.jobs.pop(old).path.unlink(missing_ok=True)
    answer = dict(facts)
    job.task = asyncio.create_task(_run(demo, job, film))
    return answer


async def _run(demo: Any, job: Job, film: Film) -> None:
    start = time.monotonic()

    def begun() -> None:
        if job.facts["status"] == "queued":
            job.facts["status"] = "in_progress"

    film.ask.begun = begun
    try:
        if await demo.engine.one(film.ask, _work(demo, film, job.path)) is None:
            raise RuntimeError("No output generated from video generation pipeline.")
        how, spent = film.how, time.monotonic() - start
        job.facts |= {"status": "completed", "progress": 100, "file_name": job.path.name}
        job.facts |= {"fps": float(how["fps"]), "num_frames": how["num_frames"], "stage_durations": {"render": spent}}
        job.facts["duration_s"] = how["num_frames"] / how["fps"]
    except Exception as wrong:
        code = (
            wrong.status_code if isinstance(wrong, HTTPException) else 400 if isinstance(wrong, GuardrailError) else 500
        )
        said = str(getattr(wrong, "detail", None) or wrong)
        job.facts |= {"status": "failed", "error": {"code": code, "message": _errors.scrub(said)}}
    job.facts |= {"completed_at": int(time.time()), "inference_time_s": time.monotonic() - start}


@router.post("/v1/videos/sync")
async def sync(request: Request, film: Annotated[Film, Depends(read_form)]) -> Response:
    """The mp4 itself. A client that leaves does not stop this route: so it is on the real server."""
    demo, start = request.app.state.demo, time.monotonic()
    film.ask.id = f"video_sync-{uuid.uuid4().hex[:16]}"
    path = demo.folder / f"{film.ask.id}.mp4"
    try:
        if await demo.engine.one(film.ask, _work(demo, film, path)) is None:
            raise HTTPException(500, "No output generated from video generation pipeline.")
        content = await anyio.Path(path).read_bytes()
    except Exception as wrong:
        return _errors.answer(wrong, "Video generation", value=500)
    finally:
        path.unlink(missing_ok=True)
    spent = f"{time.monotonic() - start:.3f}"
    told = {"X-Request-Id": film.ask.id, "X-Model": film.facts["model"], "X-Inference-Time-S": spent}
    told |= {"X-Stage-Durations": f'{{"render":{spent}}}', "X-Peak-Memory-MB": "0.000", "X-Demo-Engine": "clip"}
    return Response(content, media_type="video/mp4", headers=told)


@router.get("/v1/videos")
async def listing(
    request: Request,
    after: str | None = None,
    limit: Annotated[int | None, Query(ge=0, le=100)] = None,
    order: Literal["asc", "desc"] = "desc",
) -> dict[str, Any]:
    """The sort is by whole seconds and stable, so jobs of one second come oldest first in either order."""
    jobs = [job.facts for job in request.app.state.demo.jobs.values()]
    jobs.sort(key=lambda job: job["created_at"], reverse=order == "desc")
    if after is not None:
        place = next((i for i, job in enumerate(jobs) if job["id"] == after), len(jobs))
        jobs = jobs[place + 1 :]
    page = jobs if limit is None else jobs[:limit]
    ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
    return {**ends, "has_more": len(page) < len(jobs), "data": page, "object": "list"}


def _find(request: Request, video_id: str) -> Job:
    job = request.app.state.demo.jobs.get(video_id)
    if job is None:
        raise HTTPException(404, "Video not found")
    return job


@router.get("/v1/videos/{video_id}")
async def one(request: Request, video_id: str) -> JSONResponse:
    """A failed job answers with its own error status and itself as the body."""
    facts = _find(request, video_id).facts
    return JSONResponse(facts, facts["error"]["code"] if facts["status"] == "failed" else 200)


@router.get("/v1/videos/{video_id}/content")
async def content(request: Request, video_id: str) -> Response:
    job = _find(request, video_id)
    if job.facts["status"] == "failed":
        raise HTTPException(422, "Video generation failed. Check job status for error details.")
    if job.facts["status"] != "completed":
        raise HTTPException(404, "Generation is still in-progress")
    return FileResponse(job.path, media_type="video/mp4", filename=job.path.name, headers={"X-Demo-Engine": "clip"})


@router.delete("/v1/videos/{video_id}")
async def delete(request: Request, video_id: str) -> dict[str, Any]:
    """Cancels what still runs; afterwards the job is unknown."""
    job = _find(request, video_id)
    if job.task and not job.over:
        job.task.cancel()
        with suppress(asyncio.CancelledError):
            await job.task
    request.app.state.demo.jobs.pop(video_id, None)
    job.path.unlink(missing_ok=True)
    return {"id": video_id, "deleted": True, "object": "video.deleted"}
