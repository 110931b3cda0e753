"""Streamed speech: PCM goes to the browser over a route of our own, and is played by Web Audio.

(Gradio's streaming audio needs ffmpeg, is lossy, and was measured at 1.4 s to the first sound; this way 0.07 s.)
"""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from markupsafe import Markup

from omni_ui.core.run import AnyRun

ELEMENT = Markup('<div class="omni-listen"{} data-ticket="{}" data-rate="{}" data-channels="{}"></div>')
KEPT = 120.0
"""Seconds for which a finished stream can still be fetched."""
LISTEN = "listen"
"""What a ticket is pushed to, so that the page asks for the sound before there is any."""
IDLE = 0.4
"""Seconds without sound after which an answer ends and the page asks again, so that a stream that rests, such as one
that is read while somebody types, holds none of the six connections that a browser opens to a host in all its tabs."""


class Stream:
    """One stream of speech: what has arrived, and a way to wait for more. Late listeners get it from the start."""

    def __init__(self, rate: int, channels: int) -> None:
        self.ticket = secrets.token_urlsafe(18)
        self.rate = rate
        """Frames per second; 0 until it is known."""
        self.channels = channels
        self.ended: float | None = None
        self.whole = False
        """Whether all of it arrived, and is a file already."""
        self.run: AnyRun | None = None
        """The run that it is the sound of."""
        self._pcm = bytearray()
        self._news = asyncio.Event()

    def begin(self, rate: int, channels: int) -> None:
        """Sets the format of the sound, before its first samples; what is known already stays."""
        if not self.rate:
            self.rate, self.channels = rate, channels

    def feed(self, pcm: bytes) -> None:
        """Adds samples: int16, little endian, channels interleaved."""
        self._pcm += pcm
        self._wake()

    @property
    def pcm(self) -> bytes:
        """All samples that have arrived."""
        return bytes(self._pcm)

    @property
    def seconds(self) -> float:
        return len(self._pcm) / (2 * self.channels * self.rate)

    def close(self, whole: bool = False) -> None:
        """Ends the stream. It can still be fetched for a while. A second call changes nothing."""
        if self.ended is None:
            self.ended, self.whole = time.monotonic(), whole
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def wait(self, seconds: float | None) -> bool:
        """Whether there is news within so many seconds."""
        news = self._news
        try:
            await asyncio.wait_for(news.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def chunks(self, sent: int = 0, idle: float | None = None) -> AsyncIterator[bytes]:
        """What has arrived and what will, until the stream is closed.

        sent: bytes from the beginning that are not wanted. idle: ends also when nothing came for so many seconds.
        """
        while True:
            if sent < len(self._pcm):
                piece = bytes(self._pcm[sent:])
                sent += len(piece)
                yield piece
            elif self.ended:
                return
            else:
                if not await self.wait(idle):
                    return

    @property
    def element(self) -> Markup:
        """HTML that makes the page's player start. It stands in the tab's player while the stream runs.

        Before the sound has begun, the page waits for it with a player that is not seen.
        """
        hidden = Markup("" if self.rate else " hidden")
        return ELEMENT.format(hidden, self.ticket, self.rate, self.channels)


class Listening:
    """The open streams of this app. Tickets are unguessable; a stream is forgotten some time after its end."""

    def __init__(self) -> None:
        self._streams: dict[str, Stream] = {}

    def open(self, rate: int = 0, channels: int = 1) -> Stream:
        """rate: frames per second, where it is known already."""
        now = time.monotonic()
        self._streams = {t: s for t, s in self._streams.items() if not s.ended or now - s.ended < KEPT}
        stream = Stream(rate, channels)
        self._streams[stream.ticket] = stream
        return stream

    def shown_in(self, player: str | None) -> Stream | None:
        """The stream whose `element` a player holds."""
        match = re.search(r'data-ticket="([\w-]+)"', player or "")
        return self._streams.get(match[1]) if match else None

    def routes(self) -> APIRouter:
        router = APIRouter()

        @router.get("/omni/listen/{ticket}")
        async def listen(ticket: str, after: Annotated[int | None, Query(ge=0)] = None) -> Response:
            """after: bytes that are there already; then the answer ends when it rests, and is 204 when all is over."""
            stream = self._streams.get(ticket)
            if stream is None:
                raise HTTPException(404, "This stream has ended.")
            if not stream.rate and not stream.ended:
                await stream.wait(IDLE)
            headers = {"Cache-Control": "no-store", "X-Omni-Sound": f"{stream.rate} {stream.channels}"}
            if not stream.rate and not stream.ended:
                return Response(headers=headers, media_type="audio/pcm")
            if after is not None and stream.ended and after >= len(stream.pcm):
                return Response(status_code=204, headers=headers)
            chunks = stream.chunks() if after is None else stream.chunks(after, IDLE)
            # Not octet-stream: browsers hold that back to guess its type.
            return StreamingResponse(chunks, media_type="audio/pcm", headers=headers)

        return router
