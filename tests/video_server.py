"""A video server that does what a test tells it: behind httpx, without a network."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

MP4 = b"\x00\x00\x00\x18ftypmp42" + b"frames" * 1000


@dataclass
class VideoServer:
    """states: what the next looks at a job give, the last one for good. An int is an HTTP error, an error is raised.

    content: what its file is, or an HTTP error; a list gives them in turn.
    create: the HTTP status of POST. names: what the ids of its jobs begin
    with; states_of_each: then each job has these states of its own, and only ids of this server are known.
    """

    states: list[Any] = field(default_factory=lambda: ["queued", "in_progress", "completed"])
    content: Any = MP4
    create: Any = 200
    calls: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    made: int = 0
    names: str = "video"
    states_of_each: list[Any] | None = None
    _each: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _job(self, id: str, state: str) -> dict[str, Any]:
        error = {"code": 500, "message": "The engine failed."} if state == "failed" else None
        more = {"fps": 16.0, "num_frames": 32, "duration_s": 2.0} if state == "completed" else {}
        return {"id": id, "object": "video", "status": state, "model": "wan", "error": error, **more}

    def _error(self, status: int, message: str = "no") -> httpx.Response:
        return httpx.Response(status, json={"error": {"message": message, "type": "x", "param": None, "code": status}})

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if not path.startswith("/v1/videos"):
            return self._error(404)
        self.calls.append(f"{request.method} {path}")
        if path == "/v1/videos" and request.method == "GET":
            return httpx.Response(200, json={"data": [self._job(id, "queued") for id in self._each]})
        if path == "/v1/videos":
            return await self._create(request)
        if path == "/v1/videos/sync":
            return httpx.Response(200, content=self.content, headers={"content-type": "video/mp4"})
        id = path.split("/")[3]
        if id in self.deleted or (self.states_of_each and id not in self._each):
            return self._error(404, "Video not found")
        if request.method == "DELETE":
            self.deleted.add(id)
            return httpx.Response(200, json={"id": id, "deleted": True, "object": "video.deleted"})
        if path.endswith("/content"):
            if isinstance(self.content, list):
                content = self.content.pop(0) if len(self.content) > 1 else self.content[0]
                if isinstance(content, int):
                    return self._error(content, "Video not found")
                return httpx.Response(200, content=content, headers={"content-type": "video/mp4"})
            if isinstance(self.content, int):
                return self._error(self.content, "Video file not found on disk")
            return httpx.Response(200, content=self.content, headers={"content-type": "video/mp4"})
        states = self._each[id] if self.states_of_each else self.states
        state = states.pop(0) if len(states) > 1 else states[0]
        if isinstance(state, Exception):
            raise state
        if isinstance(state, int):
            return self._error(state, "Video not found" if state == 404 else "unwell")
        body = self._job(id, state)
        return httpx.Response(500 if state == "failed" else 200, content=json.dumps(body).encode())

    async def _create(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if self.create != 200:
            return self._error(self.create, "Async video jobs need one API worker")
        self.made += 1
        id = f"{self.names}_{self.made}"
        if self.states_of_each:
            self._each[id] = list(self.states_of_each)
        return httpx.Response(200, json=self._job(id, "queued"))
