"""NVIDIA Dynamo's frontend with vLLM-Omni workers.

Written after ai-dynamo/dynamo 0a5df2f: lib/llm/src/protocols/openai/videos.rs and images.rs (JSON in, the finished
medium out, some settings under nvext), http/service/health.rs, openapi_docs.rs (the title), list_models_openai
(owned_by "nvidia"). axum answers a body that is not JSON with 415. The worker's default is a file: address; b64_json
must be asked for. The workers here are a demo server's: the fake turns each call into what vLLM-Omni takes.
"""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.gateways.fake import Call, FakeGateway

IMAGE_NVEXT = {"annotations", "negative_prompt", "num_inference_steps", "guidance_scale", "seed"}
VIDEO_NVEXT = IMAGE_NVEXT | {"fps", "num_frames", "boundary_ratio", "guidance_scale_2"}


@dataclass
class Dynamo(FakeGateway):
    """loras: adapters that are loaded, listed beside the models. bodies: the JSON of media calls, as it came."""

    name: ClassVar[str] = "NVIDIA Dynamo"
    loras: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/models", self._models),
            Route("/health", self._health),
            Route("/openapi.json", self._openapi),
            Route("/v1/chat/completions", self.pass_on, methods=["POST"]),
            Route("/v1/audio/speech", self.pass_on, methods=["POST"]),
            Route("/v1/images/generations", self._images, methods=["POST"]),
            Route("/v1/images/edits", self._images, methods=["POST"]),
            Route("/v1/videos", self._videos, methods=["POST"]),
            Route("/{path:path}", self._none, methods=["GET", "POST", "DELETE"]),
        ]

    async def _models(self, request: Request) -> Response:
        await self.receive(request)
        listed = [card["id"] for card in (await self._http.get(self.upstreams[0] + "/v1/models")).json()["data"]]
        cards = [
            {"id": id, "object": "object", "created": int(time.time()), "owned_by": "nvidia"}
            for id in listed + self.loras
        ]
        return JSONResponse({"object": "list", "data": cards})

    async def _read(self, call: Call, nvext: set[str]) -> dict[str, Any] | Response:
        if not call.headers.get("content-type", "").startswith("application/json"):
            return PlainTextResponse("Expected request with `Content-Type: application/json`", 415)
        body = json.loads(call.body)
        if "model" not in body or "prompt" not in body:
            return PlainTextResponse("Failed to deserialize the JSON body into the target type: missing field", 422)
        self.bodies.append(body)
        given = body.get("nvext") or {}
        base = next(card for card in (await self._http.get(self.upstreams[0] + "/v1/models")).json()["data"])
        model = body["model"] if body["model"] not in self.loras else base["id"]
        return {"model": model, **{name: value for name, value in given.items() if name in nvext}}

    async def _images(self, request: Request) -> Response:
        call = await self.receive(request)
        read = await self._read(call, IMAGE_NVEXT)
        if isinstance(read, Response):
            return read
        body = json.loads(call.body)
        read |= {name: body[name] for name in ("prompt", "n", "size", "output_format") if body.get(name)}
        self.passed.append(f"POST {call.path}")
        if call.path.endswith("/edits"):
            head, _, data = body["input_reference"].partition(",")
            files = {"image": ("in.png", base64.b64decode(data), head[5:].partition(";")[0])}
            made = await self._http.post(self.upstreams[0] + call.path, data=read, files=files)
        else:
            made = await self._http.post(self.upstreams[0] + call.path, json=read)
        if made.status_code != 200:
            return Response(made.content, made.status_code)
        data = [{"b64_json": one["b64_json"], "revised_prompt": None} for one in made.json()["data"]]
        if body.get("response_format") != "b64_json":
            data = [{"url": "file:///tmp/dynamo_media/images/req.png", "revised_prompt": None}]
        nothing = dict.fromkeys(("background", "output_format", "size", "quality", "usage"))
        return JSONResponse({"created": int(time.time()), "data": data, **nothing})

    async def _videos(self, request: Request) -> Response:
        call = await self.receive(request)
        read = await self._read(call, VIDEO_NVEXT)
        if isinstance(read, Response):
            return read
        body = json.loads(call.body)
        read |= {name: str(body[name]) for name in ("prompt", "seconds", "size") if body.get(name)}
        self.passed.append("POST /v1/videos")
        form = {name: (None, str(value)) for name, value in read.items()}
        made = await self._http.post(self.upstreams[0] + "/v1/videos/sync", files=form)
        if made.status_code != 200:
            return Response(made.content, made.status_code)
        datum = {"output_format": "mp4", "b64_json": base64.b64encode(made.content).decode()}
        if body.get("response_format") != "b64_json":
            datum = {"output_format": "mp4", "url": "file:///tmp/dynamo_media/videos/req.mp4"}
        answer = {"id": "req", "object": "video", "model": body["model"], "status": "completed", "progress": 100}
        return JSONResponse({**answer, "created": int(time.time()), "data": [datum]})

    async def _none(self, request: Request) -> Response:
        await self.receive(request)
        return Response(status_code=404)

    def _health(self, _: Request) -> Response:
        return JSONResponse({"status": "healthy", "message": "Service is healthy", "endpoints": [], "instances": []})

    def _openapi(self, _: Request) -> Response:
        paths = ("/v1/chat/completions", "/v1/images/generations", "/v1/images/edits", "/v1/videos", "/v1/audio/speech")
        info = {"title": "NVIDIA Dynamo OpenAI Frontend", "version": "1.7.0"}
        return JSONResponse({"info": info, "paths": {path: {} for path in (*paths, "/v1/models", "/health")}})
