"""A vLLM-Omni look-alike for the benchmark: set latency, set token rate, nothing computed while it answers.

    python -m bench.server --port 8300

`POST /set {"latency": …}` changes it while it runs; `GET /log` tells what happened when (seconds since the epoch).
"""

import argparse
import asyncio
import base64
import functools
import io
import json
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

RATE = 24000
MODEL = "Qwen/Qwen3-Omni-30B-A3B-Instruct"
VIDEO = 200 * 2**20
BARE = Path(__file__).with_name("bare_results.html")
END = b"\0\0\0\0IEND\xaeB`\x82"


@functools.cache
def picture(width: int, height: int, which: int) -> bytes:
    """A PNG that does not compress, as a photo does not, without its end. which: 0 or 1.

    Its length is a multiple of 3, so that base64 can go on behind it.
    """
    file = io.BytesIO()
    pixels = np.random.default_rng(which).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "png", compress_level=1)
    begun = file.getvalue()[: -len(END)]
    return begun + chunk(b"tEXt", b"pad\0" + b" " * (-(len(begun) + 16) % 3))


@functools.cache
def picture_base64(width: int, height: int, which: int) -> bytes:
    return base64.b64encode(picture(width, height, which))


def sides(size: str) -> tuple[int, int]:
    width, height = size.split("x")
    return int(width), int(height)


TAKERS = 3
"""Pages that ask in turns: each gets other pixels than the time before."""


def picture_body(size: str, n: int, number: int) -> bytes:
    """An answer whose pictures no other has: Gradio gives one and the same picture the same address.

    Three pages take turns, and the pixels of each change from turn to turn.
    """
    told = base64.b64encode(tail(number))
    one = b'{"b64_json":"' + picture_base64(*sides(size), number // TAKERS % 2) + told + b'"}'
    return b'{"created":0,"output_format":"png","size":"' + size.encode() + b'","data":[' + b",".join([one] * n) + b"]}"


def tail(number: int) -> bytes:
    """The end of a PNG that holds its number; see `number_of`."""
    return chunk(b"tEXt", b"number\0%09d" % number) + END


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def number_of(png: bytes) -> int:
    return int(png[-len(END) - 13 : -len(END) - 4])


class BenchServer:
    """The app and its settings. `log` holds what the measurements need: names, times, how requests ended."""

    def __init__(self) -> None:
        self.settings: dict[str, float] = {
            "latency": 1.0,
            "tokens": 2000,
            "rate": 200,
            "speech_seconds": 6,
            "speech_speed": 2.0,
        }
        self.log: list[dict[str, Any]] = []
        self.pictures = 0
        self.app = Starlette(
            routes=[
                Route("/set", self.set, methods=["POST"]),
                Route("/log", self.told),
                Route("/bare", lambda _: FileResponse(BARE)),
                Route("/health", lambda _: JSONResponse({"status": "healthy"})),
                Route("/version", lambda _: JSONResponse({"version": "0.30.0"})),
                Route("/v1/models", lambda _: JSONResponse({"data": [{"id": MODEL, "max_model_len": 32768}]})),
                Route("/openapi.json", lambda _: JSONResponse({"paths": {}})),
                Route("/v1/audio/voices", lambda _: JSONResponse({"voices": ["default"], "uploaded_voices": []})),
                Route("/picture/{size}/{number:int}", lambda request: Response(_sized(**request.path_params))),
                Route("/v1/images/generations", self.images, methods=["POST"]),
                Route("/v1/images/edits", self.images, methods=["POST"]),
                Route("/v1/audio/generate", self.sound, methods=["POST"]),
                Route("/v1/chat/completions", self.chat, methods=["POST"]),
                Route("/v1/audio/speech", self.speech, methods=["POST"]),
                Route("/v1/videos", self.videos, methods=["POST"]),
                Route("/v1/videos/{id}", self.video),
                Route("/v1/videos/{id}", self.delete, methods=["DELETE"]),
                Route("/v1/videos/{id}/content", self.content),
            ]
        )

    def note(self, what: str, **more: Any) -> dict[str, Any]:
        entry = {"what": what, "at": time.time(), **more}
        self.log.append(entry)
        return entry

    async def set(self, request: Request) -> JSONResponse:
        self.settings |= await request.json()
        self.log.clear()
        return JSONResponse(self.settings)

    async def told(self, _: Request) -> JSONResponse:
        return JSONResponse(self.log)

    async def slept(self, request: Request, entry: dict[str, Any]) -> bool:
        """Waits for the set latency, after the body was read; False when nobody waits any more."""
        left = self.settings["latency"] - (time.time() - entry["at"])
        try:
            async with asyncio.timeout(max(0, left)):
                while (await request.receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            entry |= {"how": "done", "ended": time.time()}
            return True
        entry |= {"how": "aborted", "ended": time.time()}
        return False

    async def images(self, request: Request) -> Response:
        """Generations (JSON) and edits (a form)."""
        form = "json" not in request.headers.get("content-type", "")
        body = {} if form else await request.json()
        if form:
            await request.body()
        if (prompt := body.get("prompt", "")).startswith("error "):  # then its length in bytes
            return Response(b"word " * (int(prompt[6:]) // 5), 400, media_type="text/plain")
        if not await self.slept(request, self.note("image")):
            return Response()
        self.pictures += 1
        made = picture_body(body.get("size") or "1024x1024", body.get("n", 1), self.pictures)
        return Response(made, media_type="application/json")

    async def sound(self, request: Request) -> Response:
        await request.body()
        return Response(bytes(48000) if await self.slept(request, self.note("sound")) else b"")

    async def chat(self, request: Request) -> Response:
        """Tokens at a set rate, by the clock: a late one is caught up, as a real server's are."""
        body = await request.json()
        entry = self.note("chat")

        async def events():
            began = time.time()
            try:
                for number in range(int(self.settings["tokens"])):
                    await asyncio.sleep(max(0, began + number / self.settings["rate"] - time.time()))
                    entry.setdefault("first", time.time())
                    yield _chat_chunk(f"word{number} " if number % 15 else f"word{number}.\n\n")
                entry.update(how="done", ended=time.time())
                yield b"data: [DONE]\n\n"
            finally:
                entry.setdefault("how", "aborted")
                entry.setdefault("ended", time.time())

        if body.get("stream"):
            return StreamingResponse(events(), media_type="text/event-stream")
        await asyncio.sleep(self.settings["latency"])
        return JSONResponse({"choices": [{"index": 0, "message": {"role": "assistant", "content": "word"}}]})

    async def speech(self, request: Request) -> Response:
        """Sound at `speech_speed` times real time, in pieces of 80 ms, as events or raw."""
        body = await request.json()
        raw = body.get("stream_format") == "audio"
        entry = self.note("speech")
        seconds, speed = self.settings["speech_seconds"], self.settings["speech_speed"]
        t = np.arange(int(0.08 * RATE)) / RATE
        piece = (8000 * np.sin(2 * np.pi * 220 * t)).astype("<i2").tobytes()

        async def events():
            began = time.time()
            try:
                for number in range(int(seconds / 0.08)):
                    await asyncio.sleep(max(0, began + number * 0.08 / speed - time.time()))
                    entry.setdefault("first", time.time())
                    yield piece if raw else _speech_event(piece, body.get("response_format", "pcm"))
                if not raw:
                    yield b'event: speech.audio.done\ndata: {"type": "speech.audio.done", "usage": {}}\n\n'
                entry.update(how="done", ended=time.time())
            finally:
                entry.setdefault("how", "aborted")
                entry.setdefault("ended", time.time())

        return StreamingResponse(events(), media_type="audio/pcm" if raw else "text/event-stream")

    async def videos(self, request: Request) -> JSONResponse:
        """A job that takes as long as the set latency."""
        await request.body()
        self.job = self.note("video")
        return JSONResponse(_job("queued"))

    async def video(self, _: Request) -> JSONResponse:
        done = time.time() - self.job["at"] >= self.settings["latency"]
        return JSONResponse(_job("completed" if done else "in_progress"))

    async def delete(self, _: Request) -> JSONResponse:
        self.job |= {"how": "aborted", "ended": time.time()}
        return JSONResponse({"id": "video_gen_bench", "object": "video.deleted", "deleted": True})

    async def content(self, _: Request) -> Response:
        async def blocks():
            block = bytes(2**18)
            for _ in range(VIDEO // len(block)):
                yield block

        return StreamingResponse(blocks(), media_type="video/mp4", headers={"Content-Length": str(VIDEO)})


def _sized(size: str, number: int) -> bytes:
    return picture(*sides(size), number // TAKERS % 2) + tail(number)


def _speech_event(piece: bytes, response_format: str) -> bytes:
    data = {"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode(), "response_format": response_format}
    return f"event: speech.audio.delta\ndata: {json.dumps(data)}\n\n".encode()


def _chat_chunk(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return f"data: {json.dumps({'id': 'chatcmpl-1', 'modality': 'text', 'choices': [choice]})}\n\n".encode()


def _job(status: str) -> dict[str, Any]:
    return {
        "id": "video_gen_bench",
        "object": "video",
        "status": status,
        "progress": 100,
        "created_at": 0,
        "model": MODEL,
        "prompt": "bench",
        "seconds": "4",
        "fps": 24.0,
        "error": None,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8300)
    picture_base64(1024, 1024, 0)
    uvicorn.run(BenchServer().app, port=parser.parse_args().port, log_level="error")
