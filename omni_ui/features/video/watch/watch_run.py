"""A run that is watched: the video's pieces go to the page as they come, and all of them into the history as one file.

Stop, leaving the page and an error in the middle end it at the server; what had arrived by then is kept all the same.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from omni_ui.client import OmniClient, VideoRequest
from omni_ui.client.live import InteractionRefused, StreamEnded, VideoChunk
from omni_ui.client.requests.timeline import as_json
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, RunResult, Updates
from omni_ui.core.updating_run import UpdatingRun
from omni_ui.features.history.serialize import Pack, as_files, result_of, summary_of
from omni_ui.features.history.service import Recorder
from omni_ui.features.recipes import Recipe
from omni_ui.features.video.watch.watched import TooMuch, WatchedVideo, WatchedVideos
from omni_ui.store import HistoryRecord
from omni_ui.widgets.fields import Component

BROKE_OFF = "The video was cut off. What arrived is kept, here and in History."
STOPPED = "stopped"


Prepare = Callable[[VideoRequest, str | None], Awaitable[tuple[VideoRequest, list[str]]]]
"""From a request and a session to the request with its files as they will be sent, and what is to be said of them."""


@dataclass(frozen=True)
class WatchStage:
    """The components that a run shows. player: of the video while it is made."""

    result: Component
    player: Component


@dataclass
class WatchRun(UpdatingRun[VideoRequest]):
    """A video that is seen while it is made. write: puts it into the history. longest_prompt: the host's cap."""

    request: VideoRequest
    stage: WatchStage
    videos: WatchedVideos
    prepare: Prepare
    write: Callable[["WatchRun"], Awaitable[None]]
    longest_prompt: float | None = None
    video: WatchedVideo | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    _cut: bool = False

    timed = False
    """Its length depends on the server's pace and on when it is stopped."""

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Updates]:
        self._check_prompts()
        self.request, notes = await self.prepare(self.request, self.session)
        self.facts += [("note", note) for note in notes]
        video = self.video = self.videos.begin(self.owner, self.visitor)
        video.run = self
        began, sentence, complete = time.monotonic(), BROKE_OFF, False
        try:
            async with await omni.open_video(self.request) as video.stream:
                if not self.in_background:
                    self.has_partial_result = True
                    yield {self.stage.player: video.ticket, self.stage.result: None}
                async with aclosing(self._pieces(video, began)) as pieces:
                    async for _ in pieces:
                        yield {}
            complete, sentence = True, ""
        finally:
            self.videos.leave(self.owner)
            video.end(sentence)
            self.seconds, video.complete = time.monotonic() - began, complete
            await self._keep(video, complete)
        yield {self.stage.result: video.path} if video.chunks else {}

    async def _pieces(self, video: WatchedVideo, began: float) -> AsyncGenerator[None]:
        """Takes the pieces in, and says how far it is."""
        assert video.stream is not None
        async for event in video.stream.events():
            if isinstance(event, VideoChunk):
                self.record = self.record or (secrets.token_hex(16) if self.visitor else "")
                if not video.chunks:
                    self.facts.append(("first piece", f"{time.monotonic() - began:.2f} s"))
                try:
                    await video.add(event)
                    self._check_time(began)
                except TooMuch as limit:
                    self.facts.append(("note", str(limit)))
                    self._cut = True
                    return
                self.note = f"Filming, {video.seconds:.1f} s so far"
            elif isinstance(event, InteractionRefused):
                keys = event.change is not None and event.change.keys is not None
                video.notice(event.sentence, "keys" if keys else "prompt")
            elif isinstance(event, StreamEnded) and event.stopped:
                self.facts.append(("note", STOPPED))
                self._cut = True
            yield

    def _check_time(self, began: float) -> None:
        if time.monotonic() - began > self.videos.most_seconds:
            raise TooMuch(f"Watching while generating is limited to {self.videos.most_seconds / 60:g} minutes here.")

    def _check_prompts(self) -> None:
        """Raises Invalid for a prompt of the timeline that is longer than the host allows."""
        longest = max((len(change.prompt or "") for change in self.request.timeline), default=0)
        if self.longest_prompt and longest > self.longest_prompt:
            raise Invalid.because(
                "timeline",
                f"Timeline: a prompt has {longest:,} characters; the limit is {self.longest_prompt:,.0f}. Shorten it.",
            )

    async def _keep(self, video: WatchedVideo, complete: bool) -> None:
        """The request becomes what was really asked for, with what was changed by hand, and is written down."""
        changes = list(video.stream.changes.values()) if video.stream else []
        self.request = self.request.model_copy(update={"timeline": sorted(changes, key=lambda change: change.at)})
        unsent = video.stream.unsent if video.stream else []
        whole = complete and not self._cut
        rate = f" at {video.frames / video.seconds:.3g} fps" if whole and video.seconds else ""
        self.facts += [("", f"{video.frames} frames"), ("", f"{video.seconds:.1f} s{rate}")]
        if self.request.size:
            self.facts.insert(0, ("", self.request.size.replace("x", " × ")))
        for change, start in video.begun:
            self.facts.append(("changed", f"{start:.1f} s: {change.summary().partition(': ')[2]}"))
        if unsent and complete:
            self.facts.append(("note", f"{len(unsent)} of the timeline's changes were after the end of the video"))
        if complete and video.chunks == 1:
            self.facts.append(("note", "this model gives a video in one piece, at its end"))
        if not complete:
            self.facts.append(("note", "broke off or was stopped"))
        if video.chunks and self.record:
            await self.write(self)
        video.kept.set()

    def outcome(self) -> RunResult:
        arrived = self.video is not None and self.video.chunks > 0
        return RunResult([self.video.path] if arrived and self.video else [], facts=self.facts)

    def after_failure(self) -> Updates:
        """What arrived stays; without anything the player goes."""
        if self.in_background or self.video is None:
            return {}
        if not self.video.chunks:
            return {self.stage.player: ""}
        return {self.stage.result: self.video.path}


async def write_watched(recorder: Recorder, run: WatchRun) -> None:
    """Begins to write it into the history: one MP4 with its recipe, timeline included, in whatever way it ended.

    Nobody waits for it, so that an ended run is over at once.
    """
    recorder.begin(_write(recorder, run))


async def _write(recorder: Recorder, run: WatchRun) -> None:
    if run.video is None or not run.visitor:
        return
    request = run.request
    pack = Pack([result_of(run.video.path, "video.mp4")])
    entered = run.entered | {"timeline": as_json(request.timeline)}
    typed = {name: as_files(name, value, type(request)) for name, value in entered.items()}
    try:
        recipe = (await asyncio.to_thread(Recipe.of, request, run.model)).as_dict()
    except OSError:  # a file of the request is gone
        recipe = None
    packed = pack.plain(typed)
    pack.plain({name: getattr(request, name) for name in type(request).model_fields})
    record = HistoryRecord(
        id=run.record,
        visitor=run.visitor,
        tab="video",
        at=time.time(),
        model=run.model,
        version=run.version,
        seconds=round(run.seconds, 3),
        recipe=recipe,
        entered=packed,
        facts=run.facts,
        summary=summary_of(packed, recipe),
    )
    await recorder.write(record, pack.sources)
