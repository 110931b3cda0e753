"""One replica of a vLLM-Omni look-alike for a cluster: pictures of set latency, and video jobs that it alone knows.

    python -m tests.cluster.model_server --port 8300 --name a

`GET /log` tells of each video job when it was asked for and looked at (seconds since the epoch).
"""

import argparse
import asyncio
import itertools
import time
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.server import MODEL, picture_body

MP4 = b"\x00\x00\x00\x18ftypmp42" + b"frames" * 50_000


class ModelServer:
    """latency: seconds for a picture. video_seconds: for a video."""

    def __init__(self, name: str, latency: float, video_seconds: float) -> None:
        self.name, self.latency, self.video_seconds = name, latency, video_seconds
        self.jobs: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self.app = Starlette(
            routes=[
                Route("/health", lambda _: JSONResponse({"status": "healthy"})),
                Route("/version", lambda _: JSONResponse({"version": "0.30.0"})),
                Route("/openapi.json", lambda _: JSONResponse({"paths": {}})),
                Route("/log", lambda _: JSONResponse(self.jobs)),
                Route("/v1/models", lambda _: JSONResponse({"data": [{"id": MODEL, "max_model_len": 32768}]})),
                Route("/v1/images/generations", self.images, methods=["POST"]),
                Route("/v1/videos", self.begin, methods=["POST"]),
                Route("/v1/videos/{id}", self.look),
                Route("/v1/videos/{id}", self.delete, methods=["DELETE"]),
                Route("/v1/videos/{id}/content", self.content),
            ]
        )

    async def images(self, request: Request) -> Response:
        body = await request.json()
        await asyncio.sleep(self.latency)
        return Response(
            picture_body(body.get("size") or "64x64", 1, next(self._numbers)), media_type="application/json"
        )

    async def begin(self, request: Request) -> JSONResponse:
        await request.body()
        id = f"video_{self.name}_{next(self._numbers)}"
        self.jobs[id] = {"at": time.time(), "looks": [], "deleted": False}
        return JSONResponse(self._answer(id))

    async def look(self, request: Request) -> JSONResponse:
        id = request.path_params["id"]
        if id in self.jobs:
            self.jobs[id]["looks"].append(time.time())
        return self._of(id)

    async def delete(self, request: Request) -> JSONResponse:
        id = request.path_params["id"]
        if id in self.jobs:
            self.jobs[id]["deleted"] = True
        return self._of(id)

    async def content(self, request: Request) -> Response:
        known = request.path_params["id"] in self.jobs
        return Response(MP4, media_type="video/mp4") if known else self._of("")

    def _of(self, id: str) -> JSONResponse:
        if id not in self.jobs:
            return JSONResponse({"error": {"message": "Video not found", "code": 404}}, 404)
        return JSONResponse(self._answer(id))

    def _answer(self, id: str) -> dict[str, Any]:
        done = time.time() - self.jobs[id]["at"] >= self.video_seconds
        return {"id": id, "object": "video", "status": "completed" if done else "in_progress", "model": MODEL,
                "created_at": 0, "fps": 24.0, "error": None}  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--name", default="a")
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--video-seconds", type=float, default=30.0)
    chosen = parser.parse_args()
    server = ModelServer(chosen.name, chosen.latency, chosen.video_seconds)
    uvicorn.run(server.app, port=chosen.port, log_level="error")
