"""Websocket /v1/realtime/video (wire: serving_video_output_stream.py of vLLM-Omni 0.30.0).

There is no model: scenes are painted piece by piece, another prompt fades into them, and keys move the picture.
"""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from uuid import uuid4

import anyio
import httpx
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from PIL import Image
from pydantic import Field, ValidationError

from omni_ui.demo.engine import Ask
from omni_ui.demo.imaging import clip
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.images import parse_size
from omni_ui.demo.routes.media import decode, fetch
from omni_ui.demo.routes.video_form import DEFAULTS, MAX_FRAMES, MAX_SIDE
from omni_ui.demo.routes.video_form import VideoGenerationRequest as Ranges
from omni_ui.demo.state import Demo
from omni_ui.demo.streaming.interactions import read_interaction
from omni_ui.demo.streaming.video_pieces import PER_PIECE, Changes, Piece, Script, paint

router = APIRouter()
FIRST_MESSAGE = 10.0
"""Seconds in which the video must be asked for."""
LARGEST_START, LARGEST_CONTROL = 4 * 2**20, 128 * 2**10
USUAL_RATE = 24.0
"""Frames a second where none are asked for: another number than that of the jobs, as on the real server."""


class VideoGenerationRequest(Ranges):
    """The first message, checked. Its name stands in the answer, as on the real server."""

    prompt: str = Field(min_length=1)
    model: str | None = None
    negative_prompt: str | None = None
    size: str | None = Field(None, pattern=r"^\d+x\d+$")
    seconds: str | None = None
    fps: float | None = Field(None, ge=1)
    image_reference: Json | None = None
    lora: Json | None = None
    extra_params: Json | None = None


class Refused(Exception):
    """Told to the caller in these words."""


@router.websocket("/v1/realtime/video")
async def realtime_video(socket: WebSocket) -> None:
    await socket.accept()
    demo = socket.app.state.demo
    stream = Stream(socket, demo)
    try:
        if not demo.diffusion:
            await stream.error("Streaming video generation is not available")
            await socket.close()
            return
        await stream.run()
    except (WebSocketDisconnect, RuntimeError):
        pass  # the caller is gone


class Stream:
    """One video of one caller."""

    def __init__(self, socket: WebSocket, demo: Demo) -> None:
        self.socket, self.demo = socket, demo
        self.id = f"video_stream-{uuid4().hex}"
        self.lock = asyncio.Lock()
        self.asked: set[str] = set()
        self.stopped = False
        self.chunks = 0

    async def run(self) -> None:
        try:
            request = await self._receive_start()
            script, ask = await self._script(request)
        except Refused as refused:
            await self.error(str(refused))
            return
        changes = Changes()
        config = request.model_dump(exclude_none=True)
        await self.send("video.start", request_id=self.id, format="m4s", config=config)
        making = asyncio.create_task(self._make(ask, lambda: paint(script, changes), -(-script.frames // PER_PIECE)))
        listening = asyncio.create_task(self._listen(changes, ask))
        try:
            await asyncio.wait({making, listening}, return_when=asyncio.FIRST_COMPLETED)
            if not making.done() and self.stopped:
                making.cancel()
                await asyncio.gather(making, return_exceptions=True)
                await self.send("session.done", request_id=self.id, chunks=self.chunks, stopped=True)
        finally:
            making.cancel()
            listening.cancel()
            await asyncio.gather(making, listening, return_exceptions=True)

    async def _make(self, ask: Ask, work: Callable[[], Iterator[Piece]], pieces: int) -> None:
        try:
            async for piece in self.demo.engine.stream(ask, work, pieces):
                await self._send_piece(piece)
        except (WebSocketDisconnect, asyncio.CancelledError):
            raise
        except Exception as wrong:
            await self.error(str(getattr(wrong, "detail", None) or wrong))
            return
        await self.send("session.done", request_id=self.id, chunks=self.chunks, stopped=False)

    async def _send_piece(self, piece: Piece) -> None:
        async with self.lock:
            await self.socket.send_json(
                {
                    "type": "video.chunk_metadata",
                    "request_id": self.id,
                    "kind": "media" if piece.index is not None else "trailer",
                    "num_frames": piece.frames,
                    "byte_length": len(piece.data),
                    "generation_chunk_index": piece.index,
                    "started_event_ids": piece.started,
                    "active_event_ids": piece.active,
                    "completed_event_ids": piece.completed,
                    "transport_chunk_index": self.chunks,
                }
            )
            await self.socket.send_bytes(piece.data)
            self.chunks += 1

    async def send(self, kind: str, **fields: object) -> None:
        async with self.lock:
            await self.socket.send_json({"type": kind, **fields})

    async def error(self, message: str, **fields: str) -> None:
        await self.send("error", message=message, **fields)

    async def _receive_start(self) -> VideoGenerationRequest:
        """The first message. Raises Refused."""
        try:
            text = await asyncio.wait_for(self.socket.receive_text(), FIRST_MESSAGE)
        except TimeoutError:
            raise Refused("Timeout waiting for session.start") from None
        if len(text) > LARGEST_START:
            raise Refused("session.start message too large")
        try:
            start = json.loads(text)
        except ValueError:
            raise Refused("Invalid JSON in session.start") from None
        if not isinstance(start, dict):
            raise Refused("session.start must be a JSON object")
        if start.get("type") != "session.start":
            raise Refused(f"Expected session.start, got: {start.get('type')}")
        if start.pop("format", "m4s") != "m4s":
            raise Refused("Invalid session.start format: expected 'm4s'.")
        try:
            request = VideoGenerationRequest.model_validate(start)
        except ValidationError as wrong:
            raise Refused(f"Invalid session.start: {wrong}") from None
        model = self.demo.model("video")
        if request.model not in (None, model):
            raise Refused(f"Model mismatch: request specifies '{request.model}' but server is running '{model}'.")
        return request

    async def _script(self, request: VideoGenerationRequest) -> tuple[Script, Ask]:
        """What is painted. Raises Refused."""
        if "video" not in self.demo.modes:
            raise Refused("No final video output stage found in video generation pipeline.")
        if missing := clip.available():
            raise Refused(missing)
        try:
            size = parse_size(request.size) if request.size else (DEFAULTS["width"], DEFAULTS["height"])
        except ValueError as wrong:
            raise Refused(str(wrong)) from None
        width, height, fps = request.width or size[0], request.height or size[1], request.fps or USUAL_RATE
        length = float(request.seconds or DEFAULTS["seconds"])
        frames = request.num_frames or int(length * fps)
        if max(width, height) > MAX_SIDE or frames > MAX_FRAMES:
            raise Refused(f"The demo films at most {MAX_FRAMES} frames with sides of {MAX_SIDE} pixels.")
        seed = random.getrandbits(31) if request.seed is None else request.seed
        taste: Json = {"seed": seed, "steps": request.num_inference_steps, "guidance": request.guidance_scale}
        taste["negative_prompt"] = request.negative_prompt
        image = await self._image(request.image_reference)
        even = int(max(width // 2, 1)) * 2, int(max(height // 2, 1)) * 2
        parameters = request.model_dump(exclude_none=True, exclude={"image_reference"})
        if image:
            parameters["multi_modal_data"] = {"image": str(image.size)}
        ask = Ask(request.prompt, parameters, id=self.id)
        return Script(request.prompt, *even, frames, fps, taste, image), ask

    async def _image(self, reference: Json | None) -> Image.Image | None:
        url = (reference or {}).get("image_url")
        if reference is None:
            return None
        try:
            return await anyio.to_thread.run_sync(decode, await fetch(str(url)))
        except (ValueError, OSError, httpx.HTTPError, httpx.InvalidURL):
            raise Refused("Invalid image_reference.image_url: failed to download.") from None

    async def _listen(self, changes: Changes, ask: Ask) -> None:
        """What the caller says meanwhile, until it stops the video or is gone."""
        while True:
            try:
                text = await self.socket.receive_text()
            except (WebSocketDisconnect, KeyError):
                return
            event = read_control(text)
            if isinstance(event, str):
                await self.error(event)
            elif event.get("type") == "session.stop":
                self.stopped = True
                return
            elif event.get("type") == "session.ping":
                await self.send("session.pong")
            elif event.get("type") == "session.interaction":
                await self._interact(event.get("interaction"), changes, ask)
            else:
                await self.error(f"Unknown message type: {event.get('type')}")

    async def _interact(self, interaction: object, changes: Changes, ask: Ask) -> None:
        change = read_interaction(interaction)
        if isinstance(change, str):
            await self.error(change)
        elif change.event_id in self.asked:
            ids = {"request_id": self.id, "event_id": change.event_id}
            await self.error("event_id_conflict", code="event_id_conflict", **ids)
        else:
            self.asked.add(change.event_id)
            ask.parameters.setdefault("interactions", []).append(interaction)
            changes.add(change)
            await self.send("session.interaction.queued", request_id=self.id, event_id=change.event_id)


def read_control(text: str) -> Json | str:
    """A message in the middle; the words of the error for one that is none."""
    if len(text) > LARGEST_CONTROL:
        return "control message too large"
    try:
        event = json.loads(text)
    except ValueError:
        return "Invalid JSON message"
    return event if isinstance(event, dict) else "WebSocket messages must be JSON objects"
