"""Websocket /v1/video/chat/stream: pictures of a camera and questions about them (wire: video_stream_base of 0.30.0).

There is no model: the demo measures the newest picture, and what was said, and tells the figures.
"""

import asyncio
import base64
import io
import json
import re
import wave
from collections import deque
from collections.abc import Iterator
from uuid import uuid4

import numpy as np
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from PIL import Image, ImageChops, ImageStat

from omni_ui.demo.assistant import facts
from omni_ui.demo.audio import voice
from omni_ui.demo.engine import Ask
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.live_talk import Talk, decode, what_is_said
from omni_ui.demo.state import Demo

router = APIRouter()
FIRST_MESSAGE, IDLE = 10.0, 60.0
"""Seconds until the session must be asked for, and without a message after which it ends."""
LARGEST_FRAME = 10 * 2**20
"""Characters of base64 in one picture."""
LONGEST_SOUND = 2 * 2**20
"""Samples of sound beside one question: 131 s."""
SAME = 2.0
"""Mean difference of a colour (0 to 255, thumbnails) below which a picture is like the one before."""


@router.websocket("/v1/video/chat/stream")
async def camera(socket: WebSocket) -> None:
    await socket.accept()
    demo = socket.app.state.demo
    if "chat" not in demo.modes:
        await socket.send_json({"type": "error", "message": "Streaming video chat is not available"})
        await socket.close()
        return
    await CameraTalk(socket, demo).serve("gone")


class CameraTalk(Talk):
    """Keeps the last pictures; a question is answered from them and replaces the answer before it."""

    def __init__(self, socket: WebSocket, demo: Demo) -> None:
        super().__init__(socket, demo)
        self.frames: deque[bytes] = deque(maxlen=50)
        self.last_look: Image.Image | None = None
        self.sound = np.zeros(0, np.int16)
        self.used = 4
        self.wanted = ["text", "audio"]

    async def run(self) -> None:
        event = await self._receive(FIRST_MESSAGE)
        if event is None or not await self._configure(event):
            return
        while (event := await self._receive(IDLE)) is not None:
            kind = event.get("type")
            if kind == "video.frame":
                await self._see(event)
            elif kind == "audio.chunk":
                await self._hear(event)
            elif kind == "video.query":
                await self._ask(str(event.get("text") or ""))
            elif kind == "ping":
                await self.socket.send_json({"type": "pong"})
            elif kind == "video.done":
                if self.answering:
                    await asyncio.gather(self.answering, return_exceptions=True)
                await self.socket.send_json({"type": "session.done"})
                return
            else:
                await self._error(f"Unknown type: {kind}")

    async def _receive(self, seconds: float) -> Json | None:
        while True:
            try:
                event = json.loads(await asyncio.wait_for(self.socket.receive_text(), seconds))
            except TimeoutError:
                await self._error("Idle timeout")
                return None
            except (ValueError, KeyError):
                await self._error("Invalid JSON")
                continue
            if isinstance(event, dict):
                return event
            await self._error("Messages must be JSON objects")

    async def _error(self, message: str) -> None:
        await self.socket.send_json({"type": "error", "message": message})

    async def _configure(self, event: Json) -> bool:
        used, kept = event.get("num_frames", 4), event.get("max_frames", 50)
        if event.get("type") != "session.config":
            await self._error(f"Expected session.config, got: {event.get('type')}")
        elif not (isinstance(used, int) and 1 <= used <= 128 and isinstance(kept, int) and 1 <= kept <= 256):
            await self._error("Invalid session config: num_frames is 1 to 128, max_frames 1 to 256")
        else:
            self.used, self.frames = used, deque(maxlen=kept)
            wanted = event.get("modalities")
            self.wanted = [str(name) for name in wanted] if isinstance(wanted, list) else self.wanted
            return True
        return False

    async def _see(self, event: Json) -> None:
        data = event.get("data")
        if not isinstance(data, str) or len(data) > LARGEST_FRAME:
            await self._error("Frame too large")
            return
        try:
            content = base64.b64decode(data, validate=True)
            look = await asyncio.to_thread(thumbnail, content)
        except (ValueError, OSError, Image.DecompressionBombError):
            await self._error("Invalid image data")
            return
        fresh = self.last_look is None or _difference(look, self.last_look) >= SAME
        if fresh:
            self.frames.append(content)
            self.last_look = look
        if event.get("frame_id"):
            answer = {"frame_id": event["frame_id"], "pts_ms": event.get("pts_ms"), "accepted": fresh}
            answer |= {"buffered_frames": len(self.frames)} | ({} if fresh else {"reason": "filtered"})
            await self.socket.send_json({"type": "video.frame.ack", **answer})

    async def _hear(self, event: Json) -> None:
        try:
            samples = decode(event.get("data"))
        except ValueError:
            return
        if len(self.sound) + len(samples) > LONGEST_SOUND:
            self.sound = np.zeros(0, np.int16)
            await self._error("Audio buffer overflow")
            return
        self.sound = np.concatenate([self.sound, samples])

    async def _ask(self, text: str) -> None:
        await self.stop("replaced")
        if not self.frames:
            await self._error("No frames buffered")
            return
        sound, self.sound = self.sound, np.zeros(0, np.int16)
        self.answering = asyncio.create_task(self._answer(text, sound, list(self.frames)[-self.used :]))

    async def _answer(self, text: str, sound: np.ndarray, frames: list[bytes]) -> None:
        await self.socket.send_json({"type": "response.start"})
        asked = {"text": text, "frames": len(frames), "audio_samples": len(sound)}
        ask = Ask(text, asked, id=f"video-{uuid4().hex[:12]}", modalities=self.wanted)
        said: list[str] = []

        def work() -> Iterator[str | bytes]:
            answer = described(frames[-1], len(frames), sound)
            yield from re.findall(r"\S+\s*", answer)
            if "audio" in self.wanted:
                yield from (_wav(piece) for piece in voice.speak(answer, seed=0))

        try:
            spoken = False
            async for piece in self.demo.engine.stream(ask, work):
                if isinstance(piece, str):
                    said.append(piece)
                    await self.socket.send_json({"type": "response.text.delta", "delta": piece})
                    continue
                if not spoken:
                    spoken = True
                    await self.socket.send_json({"type": "response.text.done", "text": "".join(said)})
                data = base64.b64encode(piece).decode()
                await self.socket.send_json({"type": "response.output_audio.delta", "data": data, "format": "wav"})
            last = {"type": "response.output_audio.done"} if spoken else None
            await self.socket.send_json(last or {"type": "response.text.done", "text": "".join(said)})
        except (WebSocketDisconnect, RuntimeError):
            return
        except Exception:
            await self._error("Query processing failed")


def thumbnail(content: bytes) -> Image.Image:
    """The picture in 32 x 32 points. ValueError, OSError where it is none."""
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (64, 64))
        return image.convert("RGB").resize((32, 32))


def _difference(first: Image.Image, second: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(first, second)).mean)


def described(frame: bytes, count: int, sound: np.ndarray) -> str:
    """A true answer to pictures that no model has understood: the figures of the newest one."""
    figures = facts.picture(frame)
    looks = f"{figures['Size']}; colours: {figures['Colours']}; {figures['Brightness']}"
    heard = f"{what_is_said(sound)} " if len(sound) else ""
    several = f"The newest of {count} pictures" if count > 1 else "The picture"
    return f"{heard}{several} that I see: {looks}. This is a demo without a model: it measures what it is shown."


def _wav(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(voice.RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()
