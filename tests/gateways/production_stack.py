"""vLLM production-stack's router.

Written after vllm-project/production-stack a6c01db (2026-08-05): the routes of src/vllm_router/routers/main_router.py
(no videos, sounds, batches or saving of voices), the checks of services/request_service/request.py (a request without
a model is a 400, also GET /v1/audio/voices, which has no body; an unknown model a 404), SessionRouter of
routers/routing_logic.py (the header of --session-key). Its /version is its own.
"""

import json
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateways.fake import Call, FakeGateway, error

JSON_ROUTES = ("/v1/chat/completions", "/v1/completions", "/v1/audio/speech", "/v1/images/generations", "/v1/responses")


class ProductionStack(FakeGateway):
    name: ClassVar[str] = "vLLM production-stack"
    server_header: ClassVar[str | None] = "uvicorn"

    def routes(self) -> list[Route]:
        return [
            *(Route(path, self._json, methods=["POST"]) for path in JSON_ROUTES),
            Route("/v1/audio/voices", self._json, methods=["GET"]),
            Route("/v1/images/edits", self._form, methods=["POST"]),
            Route("/v1/models", self.pass_on),
            Route("/version", lambda _: JSONResponse({"version": "0.1.9"})),
            Route("/health", lambda _: JSONResponse({"status": "healthy"})),
            Route("/engines", lambda _: JSONResponse([{"engine_id": "1", "serving_models": [], "created": 0}])),
            Route("/openapi.json", self._openapi),
            Route("/{path:path}", self._none, methods=["GET", "POST", "DELETE"]),
        ]

    async def _json(self, request: Request) -> Response:
        call = await self.receive(request)
        model = json.loads(call.body or b"{}").get("model")
        if model is None:
            return error(400, "Invalid request: missing 'model' in request body.")
        return await self._known(call, model)

    async def _form(self, request: Request) -> Response:
        call = await self.receive(request)
        model = (await request.form()).get("model")
        if not model:
            return error(400, "Invalid request: missing 'model' in form data.")
        return await self._known(call, str(model))

    async def _known(self, call: Call, model: str) -> Response:
        listed = (await self._http.get(self.upstreams[0] + "/v1/models")).json()["data"]
        if model not in [card["id"] for card in listed]:
            return error(404, f"Model '{model}' not found. Available models can be listed at /v1/models.")
        return await self.forward(call, {"x-request-id": "r-1"})

    async def _none(self, request: Request) -> Response:
        await self.receive(request)
        return JSONResponse({"detail": "Not Found"}, 404)

    def _openapi(self, _: Request) -> Response:
        posts = {path: {"post": {}} for path in (*JSON_ROUTES, "/v1/images/edits")}
        gets = {path: {"get": {}} for path in ("/v1/models", "/engines", "/v1/audio/voices", "/health", "/version")}
        return JSONResponse({"info": {"title": "FastAPI"}, "paths": posts | gets})
