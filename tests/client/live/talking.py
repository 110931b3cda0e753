"""A line that a test scripts, sounds to speak with, and the demo server."""

import asyncio
import json

import numpy as np
from websockets.asyncio.server import serve

RATE = 16_000


def tone(seconds, level=0.3):
    t = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 200 * t) * 32767).astype("<i2").tobytes()


def silence(seconds):
    return bytes(2 * int(seconds * RATE))


async def speak(talk, sound, piece=0.1):
    """Sends sound as fast as it goes: the detectors count samples, not seconds."""
    size = int(piece * RATE) * 2
    for at in range(0, len(sound), size):
        await talk.send_audio(sound[at : at + size])
        await asyncio.sleep(0)


async def until(events, kind):
    """All events up to the first one of a kind."""
    seen = []
    async with asyncio.timeout(20):
        async for event in events:
            seen.append(event)
            if isinstance(event, kind):
                return seen
    raise AssertionError(f"no {kind.__name__} among {seen}")


class Live:
    """A server of the test: `answer(socket, path)` does what the test wants."""

    def __init__(self, answer):
        self.answer, self.paths = answer, []

    async def __aenter__(self):
        async def handle(socket):
            self.paths.append(socket.request.path)
            await self.answer(socket, socket.request.path)

        self.server = await serve(handle, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()


def created(**capabilities):
    session = {"id": "duplex-1", "capabilities": capabilities}
    return json.dumps({"type": "session.created", "session": session, "resume_token": "first", "server_event_seq": 1})


def without_live_routes(monkeypatch):
    async def nowhere(*_):
        return None

    for name in ("_duplex", "_turns"):
        monkeypatch.setattr(f"omni_ui.client.live.detection.{name}", nowhere)
