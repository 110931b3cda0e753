"""A video while it is made: /v1/realtime/video (WIRE.md 17; vLLM-Omni 0.30.0, serving_video_output_stream.py).

async with await omni.open_video(VideoRequest(prompt="a red fox", watch=True)) as stream:
    async for event in stream.events():
        if isinstance(event, VideoChunk): ...           # all of them joined are one MP4
        await stream.interact(TimelineEvent(at=stream.seconds, prompt="snow falls"))
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from omni_ui.client.answers.fragments import Fragments
from omni_ui.client.closing import AsyncClosing
from omni_ui.client.errors import BadRequest, BrokenAnswer, NotFound, NotReachable, OmniError, ServerFailed, TimedOut
from omni_ui.client.live.duplex import error_code, error_sentence
from omni_ui.client.live.sockets import Event, LiveSocket
from omni_ui.client.requests.timeline import Message, TimelineEvent

HANDSHAKE = 10.0
"""Seconds that a server may take to answer the first message."""
SILENCE = 90.0
"""Seconds without a word after which a server counts as gone; it gives up by itself after 60 without progress."""
PROBE_WAIT = 3.0
NO_KEYS = "This model does not react to keys. The video continues."
NO_PROMPT = "This model does not accept a new prompt during a video. The video continues."
AHEAD = 4
"""Frames of the socket that wait to be read: a piece of video may have 16 MiB."""


@dataclass(frozen=True)
class StreamStarted:
    """The server has begun. request_id: its own id of this video."""

    request_id: str


@dataclass(frozen=True)
class VideoChunk:
    """A piece of fragmented MP4: the bytes as they came. start, seconds: its place in the video. codec: of the whole,
    such as avc1.42c01e. frames: pictures in it, 0 of the last piece. events: ids of the changes that begin with it."""

    data: bytes
    start: float
    seconds: float
    frames: int
    codec: str
    kind: Literal["media", "trailer"]
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class InteractionQueued:
    """The server has taken a change; it begins with a later piece."""

    event_id: str


@dataclass(frozen=True)
class InteractionRefused:
    """The server does not make this change; the video goes on. change: what was asked for."""

    event_id: str
    change: TimelineEvent | None
    sentence: str


@dataclass(frozen=True)
class StreamEnded:
    """The last event. stopped: the video was ended before its end."""

    stopped: bool


StreamEvent = StreamStarted | VideoChunk | InteractionQueued | InteractionRefused | StreamEnded


class VideoStream(AsyncClosing):
    """One video that is being made. timeline: changes that are sent when the video has come so far.

    seconds: how much of the video has arrived. changes: all that were sent and not refused, by their ids.
    """

    def __init__(self, socket: LiveSocket, start: Message, timeline: list[TimelineEvent]) -> None:
        self._socket, self._start = socket, start
        self._waiting = sorted(timeline, key=lambda event: event.at)
        self._fragments = Fragments()
        self._closing, self._sent = False, 0
        self.seconds = 0.0
        self.changes: dict[str, TimelineEvent] = {}

    async def events(self) -> AsyncIterator[StreamEvent]:
        """What happens, until StreamEnded. To be read once.

        Raises BadRequest where the server refuses the video, ServerFailed when making it fails, NotReachable when the
        line breaks, BrokenAnswer for what is no video, TimedOut for a server that says nothing.
        """
        with contextlib.suppress(NotReachable):  # a server that has closed the line has said why before
            await self._socket.send(self._start)
        yield await self._begin()
        while True:
            event = await self._receive(SILENCE)
            if isinstance(event, bytes):
                raise BrokenAnswer("The server sent a piece of video without saying what it is.")
            kind = event.get("type")
            if kind == "video.chunk_metadata":
                chunk = await self._chunk(event)
                yield chunk
                await self._send_due(chunk.seconds)
            elif kind == "session.interaction.queued":
                yield InteractionQueued(str(event.get("event_id")))
            elif kind == "session.done":
                yield StreamEnded(event.get("stopped") is True)
                return
            elif kind == "error":
                yield self._refused(event)

    async def interact(self, change: TimelineEvent) -> str:
        """Sends a change, which is made as soon as the server can; the id that later events name."""
        self._sent += 1
        event_id = f"change-{self._sent}"
        self.changes[event_id] = change
        try:
            await self._socket.send(change.interaction(event_id))
        except NotReachable:
            del self.changes[event_id]
            raise
        return event_id

    async def stop(self) -> None:
        """Has the server end the video; StreamEnded follows."""
        await self._socket.send({"type": "session.stop"})

    async def aclose(self) -> None:
        """Ends the video at the server, within a second. More than once does no harm."""
        if self._closing:
            return
        self._closing = True
        with contextlib.suppress(OmniError, TimeoutError):
            async with asyncio.timeout(0.3):
                await self._socket.send({"type": "session.stop"})
        await self._socket.aclose()

    @property
    def unsent(self) -> list[TimelineEvent]:
        """Changes of the timeline that lie behind what has arrived."""
        return list(self._waiting)

    async def _begin(self) -> StreamStarted:
        event = await self._receive(HANDSHAKE)
        if isinstance(event, dict) and event.get("type") == "video.start":
            return StreamStarted(str(event.get("request_id") or ""))
        if isinstance(event, dict) and event.get("type") == "error":
            raise refusal(event)
        raise BrokenAnswer("The server does not stream videos as expected.")

    async def _receive(self, seconds: float) -> Event | bytes:
        try:
            async with asyncio.timeout(seconds):
                return await self._socket.receive()
        except TimeoutError:
            raise TimedOut(f"The server sent nothing for {seconds:g} s while making the video.") from None
        except NotReachable as gone:
            raise NotReachable(
                "The connection was lost while the video was being made.",
                "Run again.",
                server_message=gone.server_message,
            ) from None

    async def _chunk(self, event: Event) -> VideoChunk:
        """The piece that belongs to its description; both come together."""
        data = await self._receive(SILENCE)
        if not isinstance(data, bytes) or event.get("byte_length") not in (None, len(data)):
            raise BrokenAnswer("A piece of the video did not arrive completely.")
        start, seconds = self.seconds, self._fragments.read(data)
        self.seconds += seconds
        frames, begun = event.get("num_frames"), event.get("started_event_ids")
        return VideoChunk(
            data=data,
            start=round(start, 4),
            seconds=seconds,
            frames=frames if isinstance(frames, int) and frames > 0 else 0,
            codec=self._fragments.codec,
            kind="trailer" if event.get("kind") == "trailer" else "media",
            events=tuple(str(event_id) for event_id in begun) if isinstance(begun, list) else (),
        )

    async def _send_due(self, length: float) -> None:
        """Sends what is to begin within the next piece, which is taken to be as long as this one was."""
        while self._waiting and self._waiting[0].at < self.seconds + length:
            try:
                await self.interact(self._waiting[0])
            except NotReachable:  # the server has made it all and closed the line: the rest is still to be read
                return
            self._waiting.pop(0)

    def _refused(self, event: Event) -> InteractionRefused:
        """A refused change is reported; any other error ends the video, and is raised."""
        event_id, words = event.get("event_id"), error_sentence(event)
        if isinstance(event_id, str):
            change = self.changes.pop(event_id, None)
            sentence = NO_KEYS if change and change.keys is not None else NO_PROMPT
            if error_code(event) != "interaction_failed":
                sentence = f"A change was not accepted. {words}"
            return InteractionRefused(event_id, change, sentence)
        if "Stall timeout" in words:
            raise TimedOut("The server made no progress for a minute and gave up.", server_message=words)
        raise ServerFailed("Making the video failed at the server.", server_message=words)


def refusal(event: Event) -> OmniError:
    """The error for a video that the server would not begin."""
    words = error_sentence(event)
    if "not available" in words:
        return NotFound(
            "This server does not stream videos.",
            "Switch “Watch while generating” off.",
            server_message=words,
            remedy={"field": "watch", "value": False},
        )
    return BadRequest("The server refused this video.", words, server_message=words)


async def offers_streams(open_socket: Callable[[], Awaitable[LiveSocket]]) -> bool:
    """Whether a server streams videos: asked, never guessed from the model's name.

    The route stands on every server of 0.30 and is not in its OpenAPI description (WIRE.md 3, 17). One that streams
    names `session.start` when it gets another message first; one that does not says so, and ends.
    """
    try:
        socket = await open_socket()
    except OmniError:
        return False
    try:
        async with asyncio.timeout(PROBE_WAIT):
            await socket.send({"type": "session.ping"})
            event = await socket.receive()
    except (OmniError, TimeoutError):
        return False
    finally:
        await socket.aclose()
    return isinstance(event, dict) and event.get("type") == "error" and "session.start" in error_sentence(event)
