"""What the demo's live talks share: an ear, an answer that can be stopped, samples in and out."""

import asyncio
import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from uuid import uuid4

import numpy as np
from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from omni_ui.demo.audio import voice
from omni_ui.demo.audio.hearing import RATE, Hearing, trimmed
from omni_ui.demo.audio.listen import measure
from omni_ui.demo.engine import Ask
from omni_ui.demo.state import Demo

FORMAT = {"format": "pcm16", "sample_rate_hz": voice.RATE}
LARGEST_PIECE = 4 * 2**20
"""Characters of base64 in one piece of sound: about 98 s."""


def what_is_said(samples: np.ndarray) -> str:
    """A true answer to sound that no model has understood. samples: int16, 16 kHz."""
    samples = trimmed(samples)
    seconds = len(samples) / RATE
    match = measure(samples, RATE)
    pitch = f", at about {match.pitch_hz:.0f} hertz" if match.pitch_hz else ""
    return (
        f"I heard you for {seconds:.1f} seconds{pitch}. "
        "This is a demo without a model: it hears that you speak, and cannot tell the words. "
        "Speak now if you want to interrupt me."
    )


def sentences(text: str) -> list[str]:
    return [f"{part.strip('. ')}. " for part in text.split(". ") if part.strip()]


class Talk(ABC):
    """What both kinds share: a socket, an ear, an answer that can be stopped."""

    def __init__(self, socket: WebSocket, demo: Demo) -> None:
        self.socket, self.demo = socket, demo
        self.hearing = Hearing()
        self.answering: asyncio.Task[None] | None = None

    @abstractmethod
    async def run(self) -> None:
        """Answers until the caller is gone, which WebSocketDisconnect or RuntimeError says."""

    async def serve(self, reason: str) -> None:
        """Runs it to its end. reason: why an answer that is being given then is stopped."""
        try:
            await self.run()
        except (WebSocketDisconnect, RuntimeError):
            pass  # the caller is gone
        finally:
            await self.stop(reason)

    async def stop(self, reason: str) -> None:
        """Ends the answer that is being given."""
        if self.answering and not self.answering.done():
            self.answering.cancel(reason)
            with suppress(asyncio.CancelledError):
                await self.answering
        self.answering = None

    async def speak(self, text: str) -> AsyncIterator[np.ndarray]:
        """The text as samples, int16 mono 24 kHz, through the engine, so that it may be slow or fail on request."""
        ask = Ask(text, {"text": text}, id=f"realtime-{uuid4().hex[:16]}", modalities=["text", "audio"])

        def work() -> Iterator[np.ndarray]:
            yield from voice.speak(text, seed=0)

        async for piece in self.demo.engine.stream(ask, work):
            yield piece


def decode(text: object) -> np.ndarray:
    """Samples out of base64; ValueError for anything else."""
    if not isinstance(text, str) or len(text) > LARGEST_PIECE:
        raise ValueError("audio must be base64 of at most 3 MiB")
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("audio is not base64") from None
    return np.frombuffer(content[: len(content) // 2 * 2], "<i2").astype(np.int16)


def encode(samples: np.ndarray) -> str:
    return base64.b64encode(samples.astype("<i2").tobytes()).decode()
