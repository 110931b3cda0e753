"""The part of OmniClient that makes and looks after videos: jobs, their files, and videos in one call."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import httpx

from omni_ui.client.answers.formats import replace_files
from omni_ui.client.connection.retries import OnWait
from omni_ui.client.connection.sessions import JobSession
from omni_ui.client.errors import BadRequest, NotFound
from omni_ui.client.gateway import dynamo
from omni_ui.client.gateway.gateways import DYNAMO
from omni_ui.client.jobs import VideoJob, download, fetch_job, read_job, read_jobs
from omni_ui.client.live.sockets import LiveSocket, open_socket
from omni_ui.client.live.video import AHEAD, VideoStream, offers_streams
from omni_ui.client.requests.base import WireCall
from omni_ui.client.requests.video import VideoRequest
from omni_ui.client.requests.video_stream import STREAM_PATH
from omni_ui.client.server.server import Server


class VideoCalls(Server):
    """See OmniClient. `session` ties the calls of one job to one replica behind a router, see `sessions`."""

    async def create_video(
        self,
        request: VideoRequest,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        session: JobSession | None = None,
    ) -> VideoJob:
        """Starts a job. A server that cannot make videos still takes it; the job fails then (WIRE.md 3).

        BadRequest with status 409 where a video comes only to whoever waits for it: use `video_sync` there.
        """
        _check_job(request)
        await self.schema()
        if self._wire.signs.gateway is DYNAMO:
            raise BadRequest("This gateway keeps no jobs.", "Request the video in one call.", status=409)
        path = await self._route("/v1/videos", "/v1/videos/generations")
        call = replace(await self._call(request), path=path)
        return read_job(await self._wire.fetch_json(call, on_wait, deadline, session=session))

    async def video(self, id: str, *, session: JobSession | None = None) -> VideoJob:
        """A job's state. NotFound after it was deleted, when the server was restarted since, or when a router
        asked a replica that does not have it."""
        return await fetch_job(self._wire, _video_path(id), session)

    async def videos(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        order: Literal["asc", "desc"] = "desc",
        looks: int = 1,
    ) -> list[VideoJob]:
        """The jobs that the server knows, by when they were made. limit: 0 to 100, all without one.

        looks: how often it is asked. Behind a router each answer is the list of one replica; they are merged by id.
        """
        asked = {"after": after, "limit": limit, "order": order}
        query = httpx.QueryParams({name: value for name, value in asked.items() if value is not None})
        call = WireCall("GET", f"/v1/videos?{query}")
        if looks == 1:
            body = await self._wire.fetch_json(call, deadline=60)
            return read_jobs(body)
        jobs: dict[str, VideoJob] = {}
        for _ in range(looks):
            body = await self._wire.fetch_json(call, deadline=60, session=JobSession(secrets.token_hex(8)))
            jobs |= {job.id: job for job in read_jobs(body)}
        merged = sorted(jobs.values(), key=lambda job: job.created_at or 0.0, reverse=order == "desc")
        return merged[:limit] if limit else merged

    async def each_video(self, *, order: Literal["asc", "desc"] = "desc", page: int = 100) -> AsyncGenerator[VideoJob]:
        """All jobs that the server knows, asked for page by page (1 to 100 each) as they are used."""
        seen: set[str] = set()
        after = None
        while True:
            jobs = await self.videos(after=after, limit=page, order=order)
            for job in jobs:
                if job.id not in seen:
                    seen.add(job.id)
                    yield job
            if len(jobs) < page or jobs[-1].id == after:
                return
            after = jobs[-1].id

    async def delete_video(self, id: str, *, session: JobSession | None = None) -> None:
        """Stops a job and removes it and its file; afterwards it is NotFound."""
        await self._wire.fetch_json(WireCall("DELETE", _video_path(id)), deadline=60, session=session)

    async def video_content(
        self,
        id: str,
        path: Path,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        session: JobSession | None = None,
    ) -> int:
        """Downloads a finished video to `path` in constant memory, taking up broken downloads; its bytes."""
        call = WireCall("GET", f"{_video_path(id)}/content")
        return await download(self._wire, call, path, on_wait, deadline, resume=True, session=session)

    async def video_sync(
        self, request: VideoRequest, path: Path, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> int:
        """Makes a video in one call and writes it to `path`; its bytes. Cancelling does not stop the server."""
        _check_job(request)
        await self.schema()
        if self._wire.signs.gateway is DYNAMO:
            body = await self._wire.fetch_json(await self._call(request), on_wait, deadline)
            return await asyncio.to_thread(dynamo.read_video, body, path)
        call = replace(await self._call(request), path="/v1/videos/sync")
        return await download(self._wire, call, path, on_wait, deadline, resume=False)

    async def open_video(self, request: VideoRequest) -> VideoStream:
        """Opens a video that is read while it is made. See `omni_ui.client.live.video`; close it.

        Raises NotFound where the server has no such route, and the usual errors of one that does not answer. What it
        says to the request itself is raised by the stream's `events`.
        """
        if not request.watch:
            raise BadRequest("This video is to be made as a job: ask with watch=True.", permanent=True)
        call = await self._call(request)
        start = await asyncio.to_thread(replace_files, call.json, lambda leaf: leaf.read())
        return VideoStream(await self._open_stream(), start, request.timeline)

    async def streams_videos(self) -> bool:
        """Whether the server gives videos while they are made. It is asked over the line itself; nothing is made."""
        return await offers_streams(self._open_stream)

    async def _open_stream(self) -> LiveSocket:
        try:
            return await open_socket(self._wire, STREAM_PATH, AHEAD)
        except NotFound:
            raise NotFound(
                "This server does not stream videos.",
                "Switch “Watch while generating” off.",
                remedy={"field": "watch", "value": False},
            ) from None


def _check_job(request: VideoRequest) -> None:
    if request.watch:
        raise BadRequest("This video is to be watched while it is made: that is open_video.", permanent=True)


def _video_path(id: str) -> str:
    return f"/v1/videos/{quote(id, safe='')}"
