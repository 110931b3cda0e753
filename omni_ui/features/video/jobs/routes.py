"""The list of a visitor's video jobs, and their files, over routes of our own. The browser's half is jobs.js.

The list and what changes a job ask for the visitor's cookie. A finished video goes to whoever has its ticket.
"""

import math
import time

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from omni_ui.client import VideoRequest, ui_option
from omni_ui.core.files import Json
from omni_ui.core.scripts import mounted
from omni_ui.core.serving.kept_file import kept_file
from omni_ui.core.templates import render
from omni_ui.core.visitor import visitor_of
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.store import StoreFailed, VideoRecord
from omni_ui.widgets.components import ValueHTML

STATES = {
    "sending": "Sending",
    "queued": "In the server's queue",
    "in_progress": "Making the video",
    "fetching": "Fetching the video",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


def note_of(job: VideoRecord) -> str:
    """What is going on with an open job, in words; with an estimate where past runs allow one."""
    if job.note:
        return job.note
    words = STATES[job.state]
    if job.state in ("queued", "in_progress") and job.expected:
        words += f"; runs like this took {span(*job.expected)} here"
    return words


def span(low: float, high: float) -> str:
    """A range of seconds as people say it: "41 to 55 s", "4 to 6 min"; one number where both ends are the same."""
    unit, size = ("min", 60) if low >= 100 else ("s", 1)
    ends = [f"{math.floor(low / size)}", f"{math.ceil(high / size)}"]
    if ends[0] == ends[1]:
        return f"about {ends[0]} {unit}"
    return f"{ends[0]} to {ends[1]} s" if unit == "s" else f"{ends[0]} to {ends[1]} min"


def settings_of(job: VideoRecord) -> list[tuple[str, str]]:
    """What was asked for, as labels and values; files by their names, the prompt left out."""
    rows = []
    for name, value in job.request.items():
        info = VideoRequest.model_fields.get(name)
        if info is None or name == "prompt" or value in ("", [], None):
            continue
        if ui_option(info, "kind") in ("image", "audio", "video"):
            files = value if isinstance(value, list) else [value]
            value = ", ".join(str(file).rpartition("/")[2] for file in files)
        unit = ui_option(info, "unit", "")
        rows.append((info.title or name, f"{value} {unit}".strip()))
    return rows


def _as_json(jobs: VideoJobs, job: VideoRecord) -> Json:
    here = job.state == "done" and jobs.has_file(job)
    lost = "The file is no longer available." if job.state == "done" and not here else ""
    return {
        "ticket": job.ticket,
        "state": job.state,
        "words": STATES[job.state],
        "note": jobs.public_message(job.error or lost or (job.note if job.over else note_of(job)), job),
        "prompt": job.request.get("prompt", ""),
        "settings": settings_of(job),
        "model": job.model,
        "created": job.created,
        "seconds": max(0.0, (job.ended or time.time()) - job.created),
        "open": not job.over,
        "video": here,
        "fetch": jobs.fetchable(job),
    }


def job_routes(jobs: VideoJobs) -> APIRouter:
    router = APIRouter()

    async def own(ticket: str, request: Request) -> VideoRecord:
        """The caller's own job. Somebody else's is as unknown as one that is not there."""
        job, visitor = await jobs.find(ticket), visitor_of(request)
        if job is None or visitor is None or job.visitor != visitor:
            raise HTTPException(404, "You have no such job.")
        return job

    @router.get("/omni/jobs")
    async def listing(request: Request) -> Json:
        mine = await jobs.of_visitor(visitor_of(request))
        return {"jobs": [_as_json(jobs, job) for job in mine], "trouble": jobs.store.problem}

    @router.post("/omni/jobs/{ticket}/cancel")
    async def cancel(ticket: str, request: Request) -> Json:
        job = await own(ticket, request)
        jobs.cancel(job.ticket)
        return {"ticket": job.ticket}

    @router.post("/omni/jobs/{ticket}/fetch")
    async def fetch(ticket: str, request: Request) -> Json:
        job = await own(ticket, request)
        await jobs.fetch_again(job.ticket)
        return {"ticket": job.ticket}

    @router.delete("/omni/jobs/{ticket}")
    async def delete(ticket: str, request: Request) -> Json:
        job = await own(ticket, request)
        try:
            await jobs.delete(job.ticket)
        except StoreFailed as problem:
            raise HTTPException(503, problem.sentence) from None
        return {"ticket": job.ticket, "deleted": True}

    @router.api_route("/omni/jobs/{ticket}/video", methods=["GET", "HEAD"])
    async def video(ticket: str, download: bool = False) -> Response:
        """The file, with ranges. Whoever has the link may see it."""
        job = await jobs.find(ticket)
        name = job.file or "" if job else ""
        try:
            kept = await jobs.store.files.find(name) if name else None
        except StoreFailed as problem:
            raise HTTPException(503, problem.sentence) from None
        if kept is None:
            raise HTTPException(404, "There is no such video.")
        headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
        return kept_file(kept, name, "video/mp4", "video.mp4", inline=not download, headers=headers)

    return router


def job_list(elem_id: str) -> ValueHTML:
    """The list. Its value is the ticket of the job that the visitor opens; it fires `input` then."""
    html = render("features/video/jobs/jobs.html.jinja", elem_id=elem_id)
    return ValueHTML("", **mounted(html, "video_jobs"), elem_id=elem_id, padding=False)
