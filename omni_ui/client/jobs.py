"""Videos: jobs on the server, and their files (WIRE.md 11)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from omni_ui.client.answers.failures import error_from_body
from omni_ui.client.answers.formats import type_of_file
from omni_ui.client.connection.retries import OnWait
from omni_ui.client.connection.sessions import JobSession
from omni_ui.client.connection.transport import Transport
from omni_ui.client.errors import BrokenAnswer, NothingMade, NotReachable, OmniError
from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import WireCall

State = Literal["queued", "in_progress", "completed", "failed"]
WRITTEN_AT_ONCE = 2 << 20
"""Bytes that go to the file in one piece of work for a thread."""
RESUMES = 5
"""How often a download is taken up again without a single new byte in between."""


@dataclass(frozen=True)
class VideoJob:
    """A video that the server makes. The server's `progress` is only ever 0 or 100, so it is not given.

    error: why it failed, None otherwise. seconds, fps, frames: what was asked for until it is completed; then fps,
    frames and duration are the real ones. made_in: seconds that the server worked on it.
    """

    id: str
    state: State
    model: str | None = None
    prompt: str | None = None
    size: str | None = None
    seconds: str | None = None
    fps: float | None = None
    frames: int | None = None
    duration: float | None = None
    created_at: float | None = None
    completed_at: float | None = None
    expires_at: float | None = None
    made_in: float | None = None
    media_type: str | None = None
    error: OmniError | None = None
    raw: Json = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.state in ("completed", "failed")


def read_jobs(body: Mapping[str, object]) -> list[VideoJob]:
    """The jobs of a list from its JSON. BrokenAnswer when one of them is none."""
    entries = body.get("data") or []
    if not isinstance(entries, list):
        raise BrokenAnswer("The server's answer is not a video job.")
    return [read_job(entry) for entry in entries]


def read_job(body: object) -> VideoJob:
    """A job from its JSON. BrokenAnswer when it is none."""
    if not isinstance(body, dict) or not isinstance(body.get("id"), str):
        raise BrokenAnswer("The server's answer is not a video job.")
    state = body.get("status")
    if state not in ("queued", "in_progress", "completed", "failed"):
        raise BrokenAnswer(f"The server reported an unknown status: {state}.")
    error = None
    if state == "failed":
        reason = body.get("error")
        code = reason.get("code") if isinstance(reason, dict) else None
        error = error_from_body({"error": reason or "no reason given"}, code if isinstance(code, int) else 500)
    return VideoJob(
        id=body["id"],
        state=state,
        model=body.get("model"),
        prompt=body.get("prompt"),
        size=body.get("size"),
        seconds=body.get("seconds"),
        fps=body.get("fps"),
        frames=body.get("num_frames"),
        duration=body.get("duration_s"),
        created_at=body.get("created_at"),
        completed_at=body.get("completed_at"),
        expires_at=body.get("expires_at"),
        made_in=body.get("inference_time_s"),
        media_type=body.get("media_type"),
        error=error,
        raw=body,
    )


async def fetch_job(wire: Transport, path: str, session: JobSession | None = None) -> VideoJob:
    """A job's state. A failed one comes with an error status and itself as the body (api_server.py:2836)."""
    try:
        return read_job(await wire.fetch_json(WireCall("GET", path), deadline=60, session=session))
    except OmniError as error:
        if isinstance(error.body, dict) and error.body.get("status") == "failed":
            return read_job(error.body)
        raise


async def download(
    wire: Transport,
    call: WireCall,
    path: Path,
    on_wait: OnWait | None,
    deadline: float | None,
    resume: bool,
    session: JobSession | None = None,
) -> int:
    """Streams an answer into a file, in constant memory; the number of bytes. The file appears when it is whole.

    resume: after a break, ask for the rest with Range, as long as the server's file is the same (ETag).
    """
    part = path.with_name(path.name + ".part")
    tag, misses = None, 0
    limit = asyncio.get_running_loop().time() + (wire.timeout if deadline is None else deadline)
    try:
        with part.open("wb") as file:
            received = _Received(file)
            while True:
                before = have = received.size
                headers: dict[str, str] = {"Range": f"bytes={have}-", "If-Range": tag} if have and tag else {}
                left = limit - asyncio.get_running_loop().time()
                try:
                    async with wire.open(call, on_wait, left, headers, session=session) as response:
                        if not response.headers.get("content-range", "").startswith(f"bytes {have}-"):
                            have = 0
                        tag = response.headers.get("etag")
                        await received.take(wire.pieces(response), have)
                    break
                except (BrokenAnswer, NotReachable):
                    misses = 0 if received.size > before else misses + 1
                    if not resume or misses > RESUMES:
                        raise
        have = received.size
        if not have:
            raise NothingMade("The server reported success but sent an empty file.")
        if not type_of_file(part).startswith("video/"):
            raise BrokenAnswer("The server sent something that is not a video.")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return have


@dataclass
class _Received:
    """A file that an answer is written to. size: bytes of it so far, all of them in the file."""

    file: BinaryIO
    size: int = 0

    async def take(self, pieces: AsyncGenerator[bytes], at: int) -> None:
        """Writes the pieces from this place on; what came before a break is kept."""
        self.file.seek(at)
        self.file.truncate()
        self.size = at
        waiting: list[bytes] = []
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    waiting.append(piece)
                    if sum(map(len, waiting)) >= WRITTEN_AT_ONCE:
                        await self._write(waiting)
        finally:
            await self._write(waiting)

    async def _write(self, pieces: list[bytes]) -> None:
        taken, pieces[:] = list(pieces), []
        self.size += sum(map(len, taken))
        await asyncio.to_thread(self.file.writelines, taken)
