"""Replicas of a video server behind a router: each knows its own jobs only, as vLLM-Omni's job store does (WIRE.md 11).

The router sends each call at random (`Kubernetes Service`, round robin), by X-Session-ID (vllm-router's
consistent_hash), or by a cookie that it sets itself (nginx sticky, Traefik, Envoy stateful session).
"""

import hashlib
import random
from dataclasses import dataclass, field
from typing import Literal

import httpx

from tests.video_server import VideoServer

COOKIE = "omni-replica"


@dataclass
class Replicas:
    """calls: how many were sent; started: how many jobs."""

    number: int
    routing: Literal["random", "session", "cookie"] = "random"
    seed: int = 1
    calls: int = 0
    sessions: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._die = random.Random(self.seed)
        self.servers = [
            VideoServer(names=f"r{place}", states_of_each=["queued", "in_progress", "completed"])
            for place in range(self.number)
        ]

    @property
    def started(self) -> int:
        return sum(server.made for server in self.servers)

    @property
    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        place = self._choose(request)
        answer = await self.servers[place]._answer(request)
        if self.routing == "cookie":
            answer.headers["set-cookie"] = f"{COOKIE}={place}; Path=/"
        return answer

    def _choose(self, request: httpx.Request) -> int:
        session = request.headers.get("x-session-id", "")
        if session:
            self.sessions.add(session)
        if self.routing == "session":
            return int(hashlib.sha256(session.encode()).hexdigest(), 16) % self.number
        cookie = request.headers.get("cookie", "")
        if self.routing == "cookie" and f"{COOKIE}=" in cookie:
            return int(cookie.partition(f"{COOKIE}=")[2][0])
        return self._die.randrange(self.number)
