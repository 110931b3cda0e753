"""What the fakes of gateways share: a reverse proxy in a thread that counts what it is asked and what it passes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.thread_server import ThreadServer

HOP_BY_HOP = {"connection", "content-length", "host", "keep-alive", "te", "transfer-encoding", "upgrade"}
METHODS = ["GET", "POST", "DELETE"]


@dataclass
class Call:
    """A call as it came to the gateway."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeGateway(ThreadServer):
    """A gateway in front of the servers at `upstreams`. calls: what came in; passed: what went on ("POST /v1/x")."""

    upstreams: list[str]
    calls: list[Call] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    name: ClassVar[str] = ""
    server_header: ClassVar[str | None] = None

    def routes(self) -> list[Route]:
        """Own routes, tried in this order; what none of them takes is a 404 of the gateway."""
        return [Route("/{path:path}", self.pass_on, methods=METHODS)]

    def choose(self, call: Call) -> str:
        """The upstream that gets a call."""
        return self.upstreams[0]

    async def receive(self, request: Request) -> Call:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        call = Call(request.method, path, dict(request.headers), await request.body())
        self.calls.append(call)
        return call

    async def pass_on(self, request: Request) -> Response:
        return await self.forward(await self.receive(request))

    async def forward(self, call: Call, headers: dict[str, str] | None = None) -> Response:
        """The upstream's answer as it comes, streams too."""
        self.passed.append(f"{call.method} {call.path}")
        kept = {name: value for name, value in call.headers.items() if name not in HOP_BY_HOP}
        asked = self._http.build_request(call.method, self.choose(call) + call.path, content=call.body, headers=kept)
        answer = await self._http.send(asked, stream=True)
        passed = {name: value for name, value in answer.headers.items() if name not in HOP_BY_HOP | {"server", "date"}}
        return StreamingResponse(
            answer.aiter_raw(), answer.status_code, passed | (headers or {}), background=BackgroundTask(answer.aclose)
        )

    def asked(self, path: str, method: str = "POST") -> int:
        """How often a call came in."""
        return sum(call.method == method and call.path.partition("?")[0] == path for call in self.calls)

    @asynccontextmanager
    async def _life(self, app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=60, trust_env=False) as self._http:
            yield

    def __enter__(self) -> "FakeGateway":
        app = Starlette(routes=self.routes(), lifespan=self._life)
        headers = [("server", self.server_header)] if self.server_header else []
        self.serve(app, server_header=False, headers=headers)
        return self


def error(status: int, message: str, **headers: str) -> JSONResponse:
    """An error whose `error` is a text, as production-stack writes them."""
    return JSONResponse({"error": message}, status, headers=headers)
