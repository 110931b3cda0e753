"""LiteLLM's proxy: the OpenAI routes of the models in its configuration, with its own health and headers.

Written after docs.litellm.ai/docs/proxy/health (GET /health "makes an LLM API call to each model";
/health/readiness is free) and /docs/proxy/response_headers (2026-10-15), and BerriAI/litellm: entries of /v1/models
have id, object, created and owned_by alone; audio/speech passes on OpenAI's fields; there is no route for sounds,
voices or batches; /v1/videos fails for vLLM-Omni (litellm#38050). Errors: {"error": {message, type, param, code}}.
"""

import json
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateways.fake import Call, FakeGateway

SPEECH_FIELDS = {"model", "input", "voice", "response_format", "speed", "instructions"}
VERSION = "1.84.0"
COST = "0.0021"


class LiteLlm(FakeGateway):
    name: ClassVar[str] = "LiteLLM"
    server_header: ClassVar[str | None] = "uvicorn"

    def routes(self) -> list[Route]:
        return [
            Route("/v1/models", self._models),
            Route("/health", self._health),
            Route("/health/readiness", self._readiness),
            Route("/openapi.json", self._openapi),
            Route("/v1/chat/completions", self._work, methods=["POST"]),
            Route("/v1/images/generations", self._work, methods=["POST"]),
            Route("/v1/images/edits", self._work, methods=["POST"]),
            Route("/v1/audio/speech", self._work, methods=["POST"]),
            Route("/v1/videos", self._no_videos, methods=["POST"]),
            Route("/{path:path}", self._none, methods=["GET", "POST", "DELETE"]),
        ]

    async def _upstream_models(self) -> list[str]:
        return [card["id"] for card in (await self._http.get(self.upstreams[0] + "/v1/models")).json()["data"]]

    async def _models(self, request: Request) -> Response:
        await self.receive(request)
        cards = [
            {"id": id, "object": "model", "created": 1677610602, "owned_by": "openai"}
            for id in await self._upstream_models()
        ]
        return JSONResponse({"data": cards, "object": "list"})

    async def _health(self, request: Request) -> Response:
        """Calls every model, as the real one does: here a picture each."""
        await self.receive(request)
        for id in await self._upstream_models():
            self.passed.append(f"POST health check of {id}")
        return JSONResponse({"healthy_endpoints": [], "unhealthy_endpoints": []})

    async def _readiness(self, request: Request) -> Response:
        await self.receive(request)
        return JSONResponse({"status": "connected", "db": "Not connected", "litellm_version": VERSION})

    async def _work(self, request: Request) -> Response:
        call = await self.receive(request)
        if call.headers["content-type"].startswith("application/json"):
            body = json.loads(call.body)
            if body.get("model") not in await self._upstream_models():
                return self._refusal(400, f"Invalid model name passed in model={body.get('model')}")
            if call.path == "/v1/audio/speech":
                body = {name: value for name, value in body.items() if name in SPEECH_FIELDS}
                call = Call(call.method, call.path, call.headers, json.dumps(body).encode())
        return await self.forward(call, {"x-litellm-version": VERSION, "x-litellm-response-cost": COST})

    async def _no_videos(self, request: Request) -> Response:
        await self.receive(request)
        return self._refusal(500, "litellm.APIConnectionError: video generation is not supported for this provider")

    async def _none(self, request: Request) -> Response:
        await self.receive(request)
        return JSONResponse({"detail": "Not Found"}, 404)

    def _refusal(self, status: int, message: str) -> Response:
        body = {"error": {"message": message, "type": "None", "param": "None", "code": str(status)}}
        return JSONResponse(body, status, headers={"x-litellm-version": VERSION})

    def _openapi(self, _: Request) -> Response:
        paths = ("/v1/models", "/v1/chat/completions", "/v1/images/generations", "/v1/images/edits", "/v1/audio/speech")
        more = ("/v1/videos", "/health", "/health/readiness", "/health/liveliness")
        info = {"title": "LiteLLM API", "version": VERSION}
        return JSONResponse({"info": info, "paths": {path: {} for path in (*paths, *more)}})
