"""A duplex server that computes nothing: it hears the end of speech and answers at once with a tone, and notes when.

Speaks the part of /v1/realtime?duplex=1 that Talk uses (WIRE of vLLM-Omni 0.30.0). The answer is 4 s of a sine without
a zero in it, in pieces of 80 ms at real time, the first one twice as long; `?fast` of the first message's instructions
sends them without a pause. GET /page: a bare page for a call. GET /log: for each answer, when its end of speech came in
and when its first piece went out.
"""

import argparse
import array
import asyncio
import base64
import json
import math
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse

RATE_IN, RATE_OUT = 16_000, 24_000
FRAME = RATE_IN // 50
LOUD = 0.02
QUIET_MS = 200
"""Silence that ends speech. Short, so that a round is short: both ways of the comparison wait for it."""
PIECE_MS = 80
ANSWER_MS = 4000

app = FastAPI()
log: list[dict[str, float]] = []


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "healthy"}


@app.get("/v1/models")
async def models() -> dict[str, object]:
    return {"object": "list", "data": [{"id": "Qwen/Qwen3-Omni-30B-A3B-Instruct", "object": "model"}]}


@app.get("/page")
async def page() -> FileResponse:
    return FileResponse(Path(__file__).with_name("bare_page.html"))


@app.get("/log")
async def answers() -> JSONResponse:
    return JSONResponse(log)


def pieces(milliseconds: int = ANSWER_MS) -> list[str]:
    """The answer as base64: a sine that never touches zero (a constant is added), so that silence is a gap."""
    t = np.arange(RATE_OUT * milliseconds // 1000) / RATE_OUT
    samples = (0.25 + 0.15 * np.sin(2 * np.pi * 220 * t)) * 32767
    size = RATE_OUT * PIECE_MS // 1000
    cuts = [0, *range(2 * size, len(samples), size), len(samples)]
    parts = (samples[begin:end] for begin, end in pairwise(cuts))
    return [base64.b64encode(part.astype("<i2").tobytes()).decode() for part in parts]


ANSWER = pieces()


class Line:
    """One call."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket, self.fast = socket, False
        self.speaking, self.quiet, self.loud, self.turn = False, 0, 0, 0
        self.answering: asyncio.Task[None] | None = None
        self.rest = b""

    async def send(self, kind: str, **fields: object) -> None:
        await self.socket.send_text(json.dumps({"type": kind, **fields}))

    async def run(self) -> None:
        session = json.loads(await self.socket.receive_text()).get("session", {})
        self.fast = "fast" in str(session.get("instructions") or "")
        capabilities = {"supports_barge_in": True, "supports_playback_ack": True}
        await self.send("session.created", session={"id": "bench", "capabilities": capabilities})
        while True:
            event = json.loads(await self.socket.receive_text())
            if event["type"] == "input_audio_buffer.append":
                await self.hear(base64.b64decode(event["audio"]))
            elif event["type"] == "barge_in":
                await self.stop()
            elif event["type"] == "session.close":
                await self.send("session.closed", reason="client_close")
                return

    async def hear(self, pcm: bytes) -> None:
        self.rest += pcm
        while len(self.rest) >= 2 * FRAME:
            frame, self.rest = array.array("h", self.rest[: 2 * FRAME]), self.rest[2 * FRAME :]
            loud = math.sqrt(sum(sample * sample for sample in frame) / FRAME) / 32768 > LOUD
            self.loud = self.loud + 1 if loud else 0
            self.quiet = 0 if loud else self.quiet + 1
            if not self.speaking and self.loud >= 3:
                self.speaking = True
                await self.send("input_audio_buffer.speech_started", audio_start_ms=0)
                await self.stop()
            elif self.speaking and self.quiet * 20 >= QUIET_MS:
                self.speaking = False
                await self.send("input_audio_buffer.speech_stopped", audio_end_ms=0)
                self.answering = asyncio.create_task(self.answer(time.time()))

    async def stop(self) -> None:
        if self.answering and not self.answering.done():
            self.answering.cancel()
            with suppress(asyncio.CancelledError):
                await self.answering
            await self.done("cancelled", "turn_detected")
        self.answering = None

    async def done(self, status: str, reason: str) -> None:
        details = {"type": status, "reason": reason}
        state = {"id": f"r{self.turn}", "status": status, "status_details": details}
        await self.send("response.done", response=state)

    async def answer(self, ended: float) -> None:
        self.turn += 1
        response = f"r{self.turn}"
        await self.send("response.created", response={"id": response, "status": "in_progress"})
        log.append({"ended": ended, "first": time.time()})
        del log[:-10_000]
        next_at = time.monotonic()
        for piece in ANSWER:
            await self.send(
                "response.output_audio.delta",
                response_id=response,
                delta=piece,
                format="pcm16",
                sample_rate_hz=RATE_OUT,
            )
            if not self.fast:
                next_at += PIECE_MS / 1000
                await asyncio.sleep(max(0, next_at - time.monotonic()))
        await self.send("response.output_audio_transcript.delta", response_id=response, delta="A tone.")
        await self.done("completed", "stop")


@app.websocket("/v1/realtime")
async def realtime(socket: WebSocket) -> None:
    await socket.accept()
    line = Line(socket)
    try:
        await line.run()
    except (WebSocketDisconnect, RuntimeError):
        pass  # the caller is gone
    finally:
        if line.answering:
            line.answering.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(app, port=parser.parse_args().port, log_level="error")
