"""vllm-router, the Rust router: everything is passed on, a session id chooses the replica, failures are repeated.

Written after vllm-project/router 03e9af5: README (retries on 408, 429, 500, 502, 503, 504; up to 3 repeats), the order
of headers in src/policies/hash_key.rs, the routes and the transparent fallback of src/server.rs.
"""

import hashlib
import random
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateways.fake import METHODS, Call, FakeGateway

SESSION_HEADERS = ("x-session-id", "x-user-id", "x-tenant-id", "x-correlation-id", "x-request-id", "x-trace-id")
RETRIED = (408, 429, 500, 502, 503, 504)


class VllmRouter(FakeGateway):
    name: ClassVar[str] = "vllm-router"
    repeats = 3

    def routes(self) -> list[Route]:
        workers = {"urls": self.upstreams}
        return [
            Route("/list_workers", lambda _: JSONResponse(workers)),
            Route("/{path:path}", self.pass_on, methods=METHODS),
        ]

    def choose(self, call: Call) -> str:
        """policy consistent_hash; without a session the body decides, here a die."""
        key = next((call.headers[name] for name in SESSION_HEADERS if call.headers.get(name)), None)
        if key is None:
            return random.choice(self.upstreams)
        return self.upstreams[int(hashlib.sha256(key.encode()).hexdigest(), 16) % len(self.upstreams)]

    async def pass_on(self, request: Request) -> Response:
        call = await self.receive(request)
        answer = await self.forward(call)
        for _ in range(self.repeats):
            if answer.status_code not in RETRIED:
                break
            answer = await self.forward(call)
        return answer
