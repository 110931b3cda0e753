"""Videos that are watched while they are made: each is a file that grows, and those who watch read it from its start.

So nothing waits in memory for a slow reader, and a page that lost its line takes it up again.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from omni_ui.client import OmniError, TimelineEvent
from omni_ui.client.live import VideoChunk, VideoStream
from omni_ui.core.files import Json, new_path
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun
from omni_ui.settings import Settings

KEPT = 120.0
"""Seconds for which a video that has ended can still be read here."""
MOST_EVENTS = 20_000
MOST_CHANGES = 1_000
"""Changes that a page may ask for in one video."""
WATCHING = "You are already watching a video being made, maybe in another tab: stop that one first."
OFF = "This page does not show unfinished videos: switch “Watch while generating” off."


class TooMuch(Exception):
    """The host's limit is reached. The text is a sentence."""


@dataclass
class WatchedVideo:
    """One video: its file, and what happened, in order. visitor: whose it is.

    An event is a JSON object; that of a piece says where in the file it lies (`offset`, `bytes`).
    """

    visitor: str | None
    most_bytes: int
    path: Path = field(default_factory=lambda: new_path("video.mp4"))
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    events: list[Json] = field(default_factory=list)
    stream: VideoStream | None = None
    run: AnyRun | None = None
    """The run that makes it."""
    size: int = 0
    frames: int = 0
    seconds: float = 0.0
    chunks: int = 0
    begun: list[tuple[TimelineEvent, float]] = field(default_factory=list)
    """Changes that can be seen, and the second of the video at which they begin."""
    complete: bool = False
    """Whether its run goes on to show it; not after Stop and errors."""
    ended: float | None = None
    kept: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the file is closed and its record is on its way."""

    def __post_init__(self) -> None:
        self._news = asyncio.Event()
        self._asked = 0

    async def add(self, chunk: VideoChunk) -> None:
        """More of the video. Raises TooMuch; what came before stays."""
        if self.size + len(chunk.data) > self.most_bytes:
            raise TooMuch(f"Videos watched while generating are limited to {self.most_bytes / 1000000:g} MB here.")
        await asyncio.to_thread(self._append, chunk.data)
        changes = self.stream.changes if self.stream else {}
        self.begun += [(changes[id], chunk.start) for id in chunk.events if id in changes]
        self._tell(
            {
                "type": "piece",
                "offset": self.size,
                "bytes": len(chunk.data),
                "codec": chunk.codec,
                "start": chunk.start,
                "seconds": chunk.seconds,
                "began": [id for id in chunk.events if id in changes],
            }
        )
        self.size += len(chunk.data)
        self.frames += chunk.frames
        self.seconds += chunk.seconds
        self.chunks += chunk.kind == "media"

    def _append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    def notice(self, sentence: str, refused: str = "") -> None:
        """A sentence for those who watch. refused: "keys" or "prompt", which the model does not take."""
        self._tell({"type": "notice", "text": sentence, "refused": refused})

    async def change(self, prompt: str = "", keys: str | None = None) -> None:
        """A change that the visitor asks for now. What cannot be made is said, and changes nothing."""
        self._asked += 1
        if self.stream is None or self.ended is not None or self._asked > MOST_CHANGES:
            return
        with suppress(OmniError):  # the video's own end says why
            change = TimelineEvent(at=round(self.seconds, 2), prompt=prompt or None, keys=keys)
            id = await self.stream.interact(change)
            self._tell({"type": "change", "id": id, **change.model_dump(exclude_none=True)})

    def end(self, sentence: str = "") -> None:
        """No more will come. sentence: why, when it is not the end of the video."""
        if self.ended is None:
            self.ended = time.monotonic()
            self._tell({"type": "end", "text": sentence, "seconds": round(self.seconds, 3)}, last=True)

    def _tell(self, event: Json, last: bool = False) -> None:
        if last or len(self.events) < MOST_EVENTS:
            self.events.append(event)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def follow(self) -> AsyncIterator[tuple[Json, bytes]]:
        """What happened and what will, with the bytes of each piece, to the end."""
        number = 0
        while True:
            news = self._news
            while number < len(self.events):
                event = self.events[number]
                number += 1
                data = await asyncio.to_thread(self._read, event) if event["type"] == "piece" else b""
                yield event, data
                if event["type"] == "end":
                    return
            await news.wait()

    def _read(self, event: Json) -> bytes:
        with self.path.open("rb") as file:
            file.seek(event["offset"])
            return file.read(event["bytes"])


class WatchedVideos:
    """All of this app. Tickets are unguessable; a video is forgotten here some time after its end, its file is not."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._videos: dict[str, WatchedVideo] = {}
        self._open: Counter[str] = Counter()

    @property
    def offered(self) -> bool:
        return self._settings.watched_videos > 0

    @property
    def most_seconds(self) -> float:
        return min(self._settings.watched_minutes * 60, self._settings.timeout)

    def begin(self, owner: str, visitor: str | None) -> WatchedVideo:
        """A new one; `leave` when it is over. Raises Invalid where the owner watches as many as they may."""
        if self._open[owner] >= self._settings.watched_videos:
            raise Invalid.because("watch", WATCHING if self.offered else OFF)
        self._open[owner] += 1
        now = time.monotonic()
        self._videos = {
            ticket: video for ticket, video in self._videos.items() if video.ended is None or now - video.ended < KEPT
        }
        video = WatchedVideo(visitor, int(self._settings.watched_mb * 1_000_000))
        self._videos[video.ticket] = video
        return video

    def leave(self, owner: str) -> None:
        self._open[owner] -= 1
        if self._open[owner] <= 0:
            del self._open[owner]

    def find(self, ticket: str | None) -> WatchedVideo | None:
        return self._videos.get(ticket or "")
