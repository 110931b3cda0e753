"""llm-d: Envoy with the endpoint picker of the Gateway API inference extension in front.

Written after the extension's request handling (a JSON body without a model: 400 "inference error: BadRequest - model
not found in request body", pkg/epp and its integration test) and Envoy 1.36 (a route's time-out is 504 "upstream
request timeout" as text, no endpoint is 503 "no healthy upstream": source/common/router/router.cc). Forms pass.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.gateways.fake import FakeGateway


@dataclass
class LlmD(FakeGateway):
    """timeout: seconds of the route, after which it gives up while the server works on."""

    name: ClassVar[str] = "llm-d"
    server_header: ClassVar[str | None] = "envoy"
    timeout: float = 15.0

    async def pass_on(self, request: Request) -> Response:
        call = await self.receive(request)
        is_json = call.headers.get("content-type", "").startswith("application/json")
        if is_json and not isinstance(json.loads(call.body).get("model"), str):
            return PlainTextResponse("inference error: BadRequest - model not found in request body", 400)
        passing = asyncio.ensure_future(self.forward(call, {"x-envoy-upstream-service-time": "3"}))
        done, _ = await asyncio.wait({passing}, timeout=self.timeout)
        return passing.result() if done else PlainTextResponse("upstream request timeout", 504)
