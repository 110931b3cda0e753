"""Videos as jobs and at once (wire: api_server.py and protocol/videos.py of vLLM-Omni 0.30.0)."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from starlette.responses import FileResponse, JSONResponse, Response

from omni_ui.demo.json_types import Json
from omni_ui.demo.routes import errors as _errors
from omni_ui.demo.routes.errors import GuardrailError
from omni_ui.demo.routes.images import check_lora
from omni_ui.demo.routes.video_form import Film, read_form
from omni_ui.demo.state import Demo

router = APIRouter()
MOST_JOBS = 100
"""Older finished jobs make room for new ones, for the demo's disk is small. The real server keeps them all."""


@dataclass
class Job:
    facts: Json
    path: Path
    task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        return self.facts["status"] in ("completed", "failed")


def _work(demo: Demo, film: Film, path: Path) -> Callable[[], bool]:
    """Films to `path`. HTTPException where this server or this machine cannot."""

    def work() -> bool:
        if "video" not in demo.modes:
            raise HTTPException(503, "No final video output stage found in video generation pipeline.")
        from omni_ui.demo.imaging import clip

        if missing := clip.available():
            raise HTTPException(501, missing)
        how = dict(film.how)
        check_lora(how.pop("lora"))
        try:
            clip.render(path, film.ask.words, **how, stop=film.ask.stop.is_set)
        except ValueError as wrong:
            raise HTTPException(400, str(wrong)) from wrong
        finally:
            for kind in ("video", "audio", "source"):
                if how.get(kind):
                    how[kind].unlink(missing_ok=True)
        return True

    return work


def _times(film: Film, spent: float) -> Json:
    """By stage: what it waited, and what it took from then on."""
    return film.ask.queue_times | {"render": round(spent - (film.ask.waited or 0.0), 4)}


@router.post("/v1/videos")
@router.post("/v1/videos/generations")
async def create(request: Request, film: Annotated[Film, Depends(read_form)]) -> Json:
    """A job; the answer is a 200 at once, also when it is bound to fail."""
    demo = request.app.state.demo
    film.ask.id = f"video_gen_{uuid.uuid4().hex}"
    facts = {"model": film.facts["model"], "prompt": film.facts["prompt"], "id": film.ask.id, "object": "video"}
    facts |= {"status": "queued", "size": None, "progress": 0, **film.facts, "completed_at": None}
    facts |= {"created_at": int(time.time()), "remixed_from_video_id": None, "error": None, "media_type": "video/mp4"}
    facts |= {"expires_at": None, "file_name": None, "inference_time_s": None, "metrics": None, "stage_durations": {}}
    facts |= {"peak_memory_mb": 0.0, "action": None}
    job = demo.jobs[film.ask.id] = Job(facts, demo.folder / f"{film.ask.id}.mp4")
    for old in [name for name, job in demo.jobs.items() if job.over][: max(0, len(demo.jobs) - MOST_JOBS)]:
        demo.jobs.pop(old).path.unlink(missing_ok=True)
    answer = dict(facts)
    job.task = asyncio.create_task(_run(demo, job, film))
    return answer


async def _run(demo: Demo, job: Job, film: Film) -> None:
    start = time.monotonic()

    def begun() -> None:
        if job.facts["status"] == "queued":
            job.facts["status"] = "in_progress"

    film.ask.begun = begun
    try:
        if await demo.engine.run_once(film.ask, _work(demo, film, job.path)) is None:
            raise RuntimeError("No output generated from video generation pipeline.")
        how, spent = film.how, time.monotonic() - start
        job.facts |= {"status": "completed", "progress": 100, "file_name": job.path.name}
        job.facts |= {"fps": float(how["fps"]), "num_frames": how["num_frames"], "stage_durations": _times(film, spent)}
        job.facts["duration_s"] = how["num_frames"] / how["fps"]
    except Exception as wrong:
        code = 400 if isinstance(wrong, GuardrailError) else getattr(wrong, "status_code", 500)
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
        if await demo.engine.run_once(film.ask, _work(demo, film, path)) is None:
            raise HTTPException(500, "No output generated from video generation pipeline.")
        content = await anyio.Path(path).read_bytes()
    except Exception as wrong:
        return _errors.answer(wrong, "Video generation", value=500)
    finally:
        path.unlink(missing_ok=True)
    spent = time.monotonic() - start
    headers = {"X-Request-Id": film.ask.id, "X-Model": film.facts["model"], "X-Inference-Time-S": f"{spent:.3f}"}
    headers |= {"X-Stage-Durations": json.dumps(_times(film, spent)), "X-Peak-Memory-MB": "0.000"}
    headers |= {"X-Demo-Engine": "clip"}
    return Response(content, media_type="video/mp4", headers=headers)


@router.get("/v1/videos")
async def listing(
    request: Request,
    after: str | None = None,
    limit: Annotated[int | None, Query(ge=0, le=100)] = None,
    order: Literal["asc", "desc"] = "desc",
) -> Json:
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
async def job(request: Request, video_id: str) -> JSONResponse:
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
async def delete(request: Request, video_id: str) -> Json:
    """Cancels what still runs; afterwards the job is unknown."""
    job = _find(request, video_id)
    if job.task and not job.over:
        job.task.cancel()
        with suppress(asyncio.CancelledError):
            await job.task
    request.app.state.demo.jobs.pop(video_id, None)
    job.path.unlink(missing_ok=True)
    return {"id": video_id, "deleted": True, "object": "video.deleted"}
