"""The page's socket for a video that is being made: its pieces, and what the visitor changes meanwhile.

Which pages may open it is decided before it (app/origin_guard), and who is signed in too (features/login). The video
itself is a run: its place in line, its caps and its end stand there (watch_run). The server's key stays there as well.
"""

import asyncio
import contextlib
import json

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from omni_ui.core.visitor import visitor_of
from omni_ui.features.video.watch.watched import WatchedVideo, WatchedVideos

LARGEST_MESSAGE = 140_000
"""Characters: a prompt of 32,000, each of them escaped."""
GONE = "This video cannot be watched here any more: it is in History."


def watch_routes(videos: WatchedVideos) -> APIRouter:
    router = APIRouter()

    @router.websocket("/omni/watch/{ticket}")
    async def watch(socket: WebSocket, ticket: str) -> None:
        await socket.accept()
        video = videos.find(ticket)
        visitor = visitor_of(socket)
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the page is gone
            if video is None or video.visitor not in (None, visitor):
                await socket.send_json({"type": "end", "text": GONE, "seconds": 0})
                await socket.close(1000)
                return
            await _serve(socket, video)

    return router


async def _serve(socket: WebSocket, video: WatchedVideo) -> None:
    sending, listening = asyncio.create_task(_send(socket, video)), asyncio.create_task(_listen(socket, video))
    try:
        await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, listening):
            task.cancel()
        await asyncio.gather(sending, listening, return_exceptions=True)
    if not sending.cancelled() and sending.exception() is None:
        await socket.close(1000)


async def _send(socket: WebSocket, video: WatchedVideo) -> None:
    """All pieces, from the first on; each is told before it comes."""
    async for event, data in video.follow():
        await socket.send_json({name: value for name, value in event.items() if name not in ("offset", "bytes")})
        if data:
            await socket.send_bytes(data)


async def _listen(socket: WebSocket, video: WatchedVideo) -> None:
    """What the visitor changes. Anything odd is left out: no model is asked for it."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text") or ""
        try:
            event = json.loads(text) if len(text) <= LARGEST_MESSAGE else None
        except (ValueError, RecursionError):
            continue
        if not isinstance(event, dict):
            continue
        prompt, keys = event.get("prompt"), event.get("keys")
        with contextlib.suppress(ValueError):  # pydantic's: no prompt, and no keys that are known
            if isinstance(prompt, str) and prompt.strip():
                await video.change(prompt=prompt)
            elif isinstance(keys, str):
                await video.change(keys=keys)
