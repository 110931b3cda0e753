"""A strict plain OpenAI-style server: three models, and a 400 for any field that OpenAI does not have.

Written after OpenAI's API reference (platform.openai.com/docs/api-reference, read 2026-11): errors are {"error":
{message, type, param, code}}, an unknown field is 400 "Unknown parameter: 'x'.", speech needs a voice. The media are a
demo server's.
"""

import json
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateways.fake import FakeGateway

MODELS = {"gpt-4o": "demo/talk", "gpt-image-1": "demo/painter", "tts-1": "demo/voice"}
FIELDS = {
    "/v1/chat/completions": "model messages temperature max_tokens seed top_p presence_penalty frequency_penalty "
    "stream stream_options modalities audio n stop user tools tool_choice response_format",
    "/v1/images/generations": "model prompt n size quality style background moderation user output_format "
    "output_compression response_format",
    "/v1/audio/speech": "model input voice response_format speed instructions stream_format",
}


class OpenAiStyle(FakeGateway):
    name: ClassVar[str] = "plain OpenAI-style server"

    def routes(self) -> list[Route]:
        return [
            Route("/v1/models", self._models),
            *(Route(path, self._work, methods=["POST"]) for path in FIELDS),
            Route("/{path:path}", self._none, methods=["GET", "POST", "DELETE"]),
        ]

    async def _models(self, request: Request) -> Response:
        await self.receive(request)
        cards = [{"id": id, "object": "model", "created": 1, "owned_by": "openai"} for id in MODELS]
        return JSONResponse({"object": "list", "data": cards})

    async def _work(self, request: Request) -> Response:
        call = await self.receive(request)
        body = json.loads(call.body)
        unknown = next((name for name in body if name not in FIELDS[call.path].split()), None)
        if unknown:
            return self._refusal(400, f"Unknown parameter: '{unknown}'.", unknown)
        if call.path == "/v1/audio/speech" and "voice" not in body:
            return self._refusal(400, "Missing required parameter: 'voice'.", "voice")
        wanted = {"/v1/chat/completions": "gpt-4o", "/v1/images/generations": "gpt-image-1"}.get(call.path, "tts-1")
        if body.get("model") != wanted:
            return self._refusal(404, f"The model `{body.get('model')}` does not exist.", "model")
        body["model"] = MODELS[wanted]
        body.pop("voice", None)
        call.body = json.dumps(body).encode()
        return await self.forward(call)

    async def _none(self, request: Request) -> Response:
        await self.receive(request)
        return self._refusal(404, f"Invalid URL ({request.method} {request.url.path})", None)

    def _refusal(self, status: int, message: str, param: str | None) -> Response:
        return JSONResponse(
            {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": None}}, status
        )
