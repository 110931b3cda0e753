"""Servers for tests: a vLLM-Omni look-alike that is slow on purpose and records what happened to each request."""

import asyncio
import base64
import io
import socket
import time
from dataclasses import dataclass, field
from typing import Self

from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.thread_server import ThreadServer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def png(width: int = 64, height: int = 64) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "png")
    return file.getvalue()


@dataclass
class Seen:
    """One request: what was asked, and how it ended ("done" or "aborted"), by the monotonic clock."""

    body: dict
    began: float
    ended: float | None = None
    how: str = "running"
    request_id: str = ""


@dataclass
class OmniServer(ThreadServer):
    """What every vLLM-Omni server says of itself; a server for a test adds what its model can do."""

    model: str = ""
    longest: int | None = None
    """Tokens of the model's context."""
    seen: list[Seen] = field(default_factory=list)
    schema: tuple[str, ...] = ()
    """Paths that its schema lists besides those that it answers."""

    def routes(self) -> list[Route]:
        """What its model can do."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        routes = self.routes()
        paths = {path: {} for path in (*(route.path for route in routes), *self.schema)}
        about = [
            Route("/health", lambda _: JSONResponse({"status": "healthy"})),
            Route("/v1/models", self._models),
            Route("/version", lambda _: JSONResponse({"version": "0.30.0"})),
            Route("/openapi.json", lambda _: JSONResponse({"paths": paths})),
        ]
        self.serve(Starlette(routes=about + routes))
        return self

    def _models(self, _: Request) -> JSONResponse:
        return JSONResponse({"object": "list", "data": [{"id": self.model, "max_model_len": self.longest}]})

    def wait_for(self, how: str, within: float, number: int = -1) -> Seen:
        """The request, once it has ended that way; fails when it takes longer."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.seen and self.seen[number].how == how:
                return self.seen[number]
            time.sleep(0.02)
        raise AssertionError(f"no request {how} within {within} s: {[request.how for request in self.seen]}")


@dataclass
class SlowServer(OmniServer):
    """An image server that answers after `latency` seconds and notices when its client goes away."""

    latency: float = 1.0
    picture: bytes = field(default_factory=png)
    model: str = "Qwen/Qwen-Image"

    def routes(self) -> list[Route]:
        return [Route("/v1/images/generations", self._images, methods=["POST"])]

    async def _images(self, request: Request) -> JSONResponse:
        one = Seen(await request.json(), time.monotonic())
        one.request_id = request.headers.get("x-request-id", "")
        self.seen.append(one)
        while time.monotonic() - one.began < self.latency:
            if await request.is_disconnected():
                one.how, one.ended = "aborted", time.monotonic()
                return JSONResponse({})
            await asyncio.sleep(0.02)
        one.how, one.ended = "done", time.monotonic()
        data = [{"b64_json": base64.b64encode(self.picture).decode()}] * int(one.body.get("n", 1))
        return JSONResponse({"created": 0, "data": data, "output_format": "png", "size": "64x64"})
