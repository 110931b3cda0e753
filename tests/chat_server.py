"""A chat server for tests: it answers as it is told to, at the pace it is told to, and remembers what it was asked."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes import OmniServer, Seen


@dataclass
class ChatServer(OmniServer):
    """Speaks vLLM-Omni's chat. `pieces` are the text's pieces; `pace` is how many a second (0: all at once).

    how: "whole", "dies" (the connection breaks after half), "error" (an error inside the stream after half),
    "nonsense" (no event stream), "busy" (503), "silent" (nothing ever comes), "context" (500, as for one too long).
    """

    pieces: list[str] = field(default_factory=lambda: ["Hello ", "there."])
    pace: float = 0
    how: str = "whole"
    model: str = "Qwen/Qwen3-Omni-30B-A3B-Instruct"
    longest: int | None = 32768
    schema: tuple[str, ...] = ("/v1/images/generations", "/v1/audio/speech")
    reasoning: list[str] = field(default_factory=list)
    key: str | None = None
    held_at: int | None = None
    more: threading.Event = field(default_factory=threading.Event)
    """The piece of the number `held_at` comes only when this is set."""
    streamed: float = 0.0
    """Seconds from the first to the last piece of the last answer."""

    def routes(self) -> list[Route]:
        voices = {"voices": ["default", "Ethan"], "uploaded_voices": []}
        return [
            Route("/v1/audio/voices", lambda _: JSONResponse(voices)),
            Route("/v1/chat/completions", self._chat, methods=["POST"]),
        ]

    @property
    def asked(self) -> dict[str, Any]:
        """The body of the last request."""
        return self.seen[-1].body

    def _models(self, request: Request) -> JSONResponse:
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return JSONResponse({"error": "Unauthorized"}, 401)
        return super()._models(request)

    async def _chat(self, request: Request) -> Response:
        one = Seen(await request.json(), time.monotonic())
        self.seen.append(one)
        if self.how == "busy":
            return JSONResponse({"error": {"message": "overloaded", "code": 503}}, 503, headers={"Retry-After": "0"})
        if self.how == "context":
            said = "This model's maximum context length is 32768 tokens. However, your prompt contains 99999."
            return JSONResponse({"error": {"message": said, "type": "InternalServerError", "code": 500}}, 500)
        if self.how == "nonsense":
            return Response("<html><body>It works!</body></html>", media_type="text/html")
        return StreamingResponse(self._events(one), media_type="text/event-stream")

    async def _events(self, one: Seen) -> AsyncIterator[str]:
        def event(delta: dict[str, Any], reason: str | None = None) -> str:
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            return f"data: {json.dumps({'choices': [choice], 'modality': 'text'})}\n\n"

        try:
            yield event({"role": "assistant", "content": ""})
            if self.how == "silent":
                await asyncio.Event().wait()
            for thought in self.reasoning:
                yield event({"reasoning": thought})
            began = time.monotonic()
            for number, piece in enumerate(self.pieces):
                if number == self.held_at:
                    await asyncio.to_thread(self.more.wait, 60)
                if number == len(self.pieces) // 2 and self.how == "dies":
                    raise ConnectionAbortedError
                if number == len(self.pieces) // 2 and self.how == "error":
                    yield f"data: {json.dumps({'error': {'message': 'CUDA out of memory', 'code': 500}})}\n\n"
                    break
                yield event({"content": piece}, "stop" if number == len(self.pieces) - 1 else None)
                if self.pace and (wait := began + (number + 1) / self.pace - time.monotonic()) > 0:
                    await asyncio.sleep(wait)
            self.streamed = time.monotonic() - began
            count = len(self.pieces)
            usage = {"prompt_tokens": 7, "completion_tokens": count, "total_tokens": 7 + count}
            yield f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n"
            yield "data: [DONE]\n\n"
            one.how, one.ended = "done", time.monotonic()
        except (asyncio.CancelledError, GeneratorExit):
            one.how, one.ended = "aborted", time.monotonic()
            raise
