"""A speech server for tests: sound, pace and faults are set from outside; it records what it was asked."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes import OmniServer, Seen

RATE = 24000
HEADER = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\xc0\x5d\0\0\x80\xbb\0\0\2\0\x10\0data\xff\xff\xff\xff"


def beep(seconds: float, hertz: float = 440) -> bytes:
    """PCM of 16 bits at 24 kHz."""
    return (12000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype("<i2").tobytes()


@dataclass
class SpeechServer(OmniServer):
    """Speaks `seconds` of a tone for any text, in chunks of 0.1 s, at `pace` times real time.

    A text with "BREAK" in it breaks off after half a second, one with "DIE" without a word; one with "REFUSE" is a 400;
    `rests` are pauses before the chunk with that number. When it `refuses`, every text is a 400.

    voices: what it lists; saved: those that were uploaded, by name in small letters.
    """

    seconds: float = 1.0
    pace: float = 50.0
    latency: float = 0.0
    model: str = "Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice"
    longest: int | None = 4096
    schema: tuple[str, ...] = ("/v1/audio/speech/batch",)
    voices: list[str] = field(default_factory=lambda: ["default", "ryan", "vivian"])
    saved: dict[str, dict[str, Any]] = field(default_factory=dict)
    rests: dict[int, float] = field(default_factory=dict)
    refuse_upload: str = ""
    refuses: bool = False
    uploads: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/audio/speech", self._speech, methods=["POST"]),
            Route("/v1/audio/voices", self._list, methods=["GET"]),
            Route("/v1/audio/voices", self._upload, methods=["POST"]),
            Route("/v1/audio/voices/{name}", self._delete, methods=["DELETE"]),
        ]

    async def _speech(self, request: Request) -> Response:
        body = await request.json()
        one = Seen(body, time.monotonic())
        self.seen.append(one)
        until = time.monotonic() + self.latency
        while time.monotonic() < until:
            if await request.is_disconnected():
                one.how, one.ended = "aborted", time.monotonic()
                return JSONResponse({})
            await asyncio.sleep(0.02)
        if self.refuses or "REFUSE" in body["input"]:
            one.how, one.ended = "refused", time.monotonic()
            error = {"message": "Invalid language 'Klingon'. Supported: Auto, English", "type": "BadRequestError"}
            return JSONResponse({"error": error | {"param": None, "code": 400}}, 400)
        if body.get("stream"):
            return StreamingResponse(self._events(one), media_type="text/event-stream")
        one.how, one.ended = "done", time.monotonic()
        data = beep(self.seconds)
        if body.get("response_format") == "pcm":
            return Response(data, media_type="audio/pcm")
        head = bytearray(HEADER)
        head[4:8], head[40:44] = (len(data) + 36).to_bytes(4, "little"), len(data).to_bytes(4, "little")
        return Response(bytes(head) + data, media_type="audio/wav")

    async def _events(self, one: Seen) -> AsyncIterator[str]:
        def event(kind: str, **data: Any) -> str:
            return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"

        def delta(data: bytes) -> str:
            return event("speech.audio.delta", audio=base64.b64encode(data).decode(), response_format="wav")

        try:
            if one.body.get("response_format", "wav") == "wav":
                yield delta(HEADER)
            whole = beep(self.seconds)
            size = RATE // 10 * 2
            for number, at in enumerate(range(0, len(whole), size)):
                if "DIE" in one.body["input"] and number == 5:
                    raise ConnectionResetError("as a server that is killed")
                if "BREAK" in one.body["input"] and number == 5:
                    error = {"message": "stage 1 failed", "type": "server_error", "code": 500}
                    yield event("speech.audio.error", error=error | {"partial_audio": True, "action": "discard"})
                    one.how = "broken"
                    return
                await asyncio.sleep(0.1 / self.pace + self.rests.get(number, 0))
                yield delta(whole[at : at + size])
            usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
            yield event("speech.audio.done", usage=usage)
            one.how = "done"
        finally:
            one.ended = time.monotonic()
            one.how = "aborted" if one.how == "running" else one.how

    async def _list(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {"voices": sorted([*self.voices, *self.saved]), "uploaded_voices": list(self.saved.values())}
        )

    async def _upload(self, request: Request) -> JSONResponse:
        form = await request.form()
        told = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("audio_sample")
        data = await file.read()
        self.uploads.append(told | {"data": data, "filename": file.filename, "type": file.content_type})
        name = told["name"]
        self.saved.pop(name.lower(), None)  # as the real server does, before it looks at the recording
        if self.refuse_upload:
            return JSONResponse({"error": {"message": self.refuse_upload, "type": "BadRequestError", "code": 400}}, 400)
        fact = told | {"created_at": time.time(), "mime_type": file.content_type, "file_size": len(data)}
        self.saved[name.lower()] = fact
        return JSONResponse({"success": True, "voice": fact})

    async def _delete(self, request: Request) -> JSONResponse:
        name = request.path_params["name"]
        self.deleted.append(name)
        if self.saved.pop(name.lower(), None) is None:
            return JSONResponse({"error": {"message": f"Voice '{name}' not found", "code": 404}}, 404)
        return JSONResponse({"success": True, "message": "deleted"})
