"""The Video tab: videos as jobs that outlive the page. The page only looks; jobs.py does the rest."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any, cast

import gradio as gr

from omni_ui.client import OmniClient, VideoRequest
from omni_ui.core import status
from omni_ui.core.backends import Backends
from omni_ui.core.batching import pump
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Outcome, Tell, Updates, Values, Work
from omni_ui.core.scripts import call
from omni_ui.core.visitor import visitor_of
from omni_ui.features.history.opened import Opened
from omni_ui.features.history.restore import once_more, open_record
from omni_ui.features.history.service import record_of
from omni_ui.features.stage.examples import hello
from omni_ui.features.video.job_results import all_facts, cancelled, handed_out, raise_unless_done, request_of
from omni_ui.features.video.job_waiting import waiting_kept
from omni_ui.features.video.jobs import VideoJobs
from omni_ui.features.video.references import FileLook, fill_from_source, order_for_programs, reference_slots
from omni_ui.features.video.routes import job_list, note_of
from omni_ui.features.video.video_files import area_of, size_like, size_words, small_sound
from omni_ui.features.video.watch_record import write_watched
from omni_ui.features.video.watch_run import Prepare, WatchRun, WatchStage
from omni_ui.features.video.watch_view import timeline_control, video_result
from omni_ui.features.video.watched import WatchedVideos
from omni_ui.features.waits.view import waits_view
from omni_ui.media.image_input import Taken, take_picture
from omni_ui.store import StoreTrouble, VideoRecord
from omni_ui.tabs.base import OmniTab
from omni_ui.tabs.result_actions import below, below_result
from omni_ui.widgets.events import PRIVATE
from omni_ui.widgets.image_input import PictureForm, paths_of

HELLO = "Your video will appear here. You can close the page; it keeps going."
NO_FILE = "The file of this video is not here any more. Fetch it from the server in the list below, or run it again."
NO_JOB = "There is no such video: it was deleted, or the link is not complete."

PATIENCE = 2.0
"""Seconds that Stop waits for a video to be closed."""


class VideoTab(OmniTab):
    """The frame, and the switch that is there where the server streams videos."""

    videos: WatchedVideos

    async def advise(self, session: str | None) -> Updates:
        offered = self.videos.offered and await self._streams(session)
        switch = gr.Checkbox(visible=True) if offered else gr.Checkbox(value=False, visible=False)
        return await super().advise(session) | {self.form.controls["watch"]: switch}

    async def _streams(self, session: str | None) -> bool:
        backend, ability = self.backends.for_tab("video", session), await self.ability(session)
        return bool(backend and ability and ability.can and await backend.streams_videos())

    @property
    def advised(self) -> list[gr.components.Component]:
        return [*super().advised, self.form.controls["watch"]]

    def add_watch_controls(self) -> None:
        self.form.add("watch", visible=False)
        label = self.form.model.model_fields["timeline"].title or ""
        self.form.controls["timeline"] = timeline_control("video-timeline", label)

    def watched(self, stage: WatchStage, prepare: Prepare) -> Callable[[VideoRequest], WatchRun]:
        """How a request that is to be watched becomes a run."""
        longest = self.backends.limits.caps.get("text")

        async def write(run: WatchRun) -> None:
            if self.recorder:
                await write_watched(self.recorder, run)

        return lambda request: WatchRun(request, stage, self.videos, prepare, write, longest)

    def wire_watch(self, stage: WatchStage) -> None:
        """What Stop does for a video that is watched, once Run is wired."""

        async def keep_what_arrived(ticket: str) -> Updates:
            video = self.videos.find(ticket)
            run = video.run if video else None
            if video is None or run is None or video.complete:
                return {stage.result: gr.skip()}
            with suppress(TimeoutError):
                await asyncio.wait_for(video.kept.wait(), PATIENCE)
            if not video.chunks:
                return {stage.player: ""}
            actions = await below(self, run, Outcome([video.path]), run.record)
            return {stage.player: "", stage.result: video.path} | actions

        outputs = [stage.result, stage.player, self.settings, self.code]
        self.stop_button.click(keep_what_arrived, stage.player, outputs, queue=False, **PRIVATE)


def build(backends: Backends, jobs: VideoJobs) -> OmniTab:
    tab = VideoTab(VideoRequest, "Video", backends, hello("video", HELLO, "video-prompt"))
    tab.form = PictureForm(tab.form.model, mask=("video_noise_mask", "source_video"))
    tab.videos = jobs.watched

    with tab.frame():
        with tab.controls():
            tab.add_watch_controls()
            size_note = gr.HTML(elem_id="video-size-note", elem_classes="omni-recommended", padding=False)
            reference_slots(tab.form)
        with tab.stage():
            stage = WatchStage(*video_result())
            result, player = stage.result, stage.player
    with tab.stage_column:
        listed = job_list("video-jobs")

    async def usual_size(session: str | None) -> str | None:
        """What the makers of this model recommend."""
        ability = await tab.ability(session)
        return ability.detail.get("settings", {}).get("size") if ability else None

    async def prepared(request: VideoRequest, session: str | None) -> tuple[VideoRequest, list[str]]:
        """The request with its files as they will be sent, and what is to be said of them. Raises Invalid."""
        look = FileLook(backends.settings.max_upload_mb * 1_000_000, await usual_size(session))
        return await look.take(request), look.notes

    async def read(values: Values) -> VideoRequest:
        """Sounds are made small enough to be sent before the request is checked."""
        if values.get("audio_reference"):
            values = values | {"audio_reference": await small_sound(values["audio_reference"], "audio_reference")}
        return cast(VideoRequest, tab.form.read(await fill_from_source(values)))

    class Filming(Work):
        """Has a job made and shows how it stands."""

        request: VideoRequest
        timed = False  # the poller does that, and reports the job

        def __init__(self, request: VideoRequest) -> None:
            self.request = request
            self._notes: list[str] = []
            self._made = Outcome()
            self._ticket = ""

        @property
        def left(self) -> bool:
            return bool(self._ticket and self.visitor) and jobs.on_stage.get(self.session or "") != self._ticket

        async def events(self, omni: OmniClient, tell: Tell) -> AsyncIterator[VideoRecord]:
            self.request, self._notes = await prepared(self.request, self.session)
            backend = backends.for_tab("video", self.session)
            job = await jobs.begin(backend, self.request, self.visitor, self.model)
            self._ticket, self.reported = job.ticket, False
            if not self.aside:
                jobs.on_stage[self.session or ""] = job.ticket
            self.record = record_of(job.ticket) if self.visitor else ""
            try:
                async for job in jobs.changes(self._ticket):
                    yield job
            finally:
                # Somebody without a name could not come back for it; a grid that is left is not gone on with.
                if self.aside or not self.visitor:
                    jobs.cancel(self._ticket)
            raise_unless_done(job)

        async def show(self, events: list[VideoRecord]) -> Updates:
            job = events[-1]
            self.note = note_of(job)
            if job.state != "done":
                return {}
            path, facts = await handed_out(jobs, job)
            facts += [("note", note) for note in self._notes]
            self._made = Outcome([path], facts=facts, waiting=waiting_kept(job))
            if not self.visitor:
                with suppress(StoreTrouble):  # the next start removes it
                    await jobs.drop(job)
            return {result: path, player: ""}

        def outcome(self) -> Outcome:
            return self._made

    async def stopped(request: gr.Request) -> str:
        """Stop is meant for the server too; leaving the page is not."""
        # Taken off the stage first: what is said here is the last word on it.
        ticket = jobs.on_stage.pop(request.session_hash or "", "")
        job = await jobs.find(ticket)
        if job is None or job.over:
            return ""
        jobs.cancel(job.ticket)
        if job.at_once:
            return (
                "Stopped waiting; what you entered is still here. This server makes the video to its end all the same."
            )
        return "Stopped, and taken back from the server. What you entered is still here."

    async def opened(ticket: str, request: gr.Request) -> AsyncGenerator[Updates]:
        """Shows a job of the list or of a link on the stage, as it stands and until it is over."""
        session = request.session_hash or ""
        job = await jobs.find(ticket) if isinstance(ticket, str) else None
        if job is None:
            yield {tab.status: status.failed(NO_JOB)}
            return
        jobs.on_stage[session] = ticket
        if job.state != "done":
            yield {result: None, player: ""} | await below_result(tab, request_of(job), job.model, session, Outcome())
        async with aclosing(pump(jobs.changes(ticket))) as looks:
            async for batch in looks:
                if jobs.on_stage.get(session) != ticket:
                    return
                own = job.visitor is not None and job.visitor == visitor_of(request)
                yield await looked(batch[-1], own, session) if batch else {tab.status: gr.skip()}

    async def repeatable(job: VideoRecord, session: str) -> str:
        """The buttons that make it once more; its record knows where its files are kept."""
        recorder = tab.recorder
        with suppress(StoreTrouble):
            record = await recorder.find(record_of(job.ticket), job.visitor) if recorder else None
            if recorder and record:
                return once_more(tab, await open_record(record, recorder.store.history.path, session), apart=True)
        return ""

    async def looked(job: VideoRecord, own: bool, session: str) -> Updates:
        if job.state == "done":
            path, facts = await handed_out(jobs, job)
            if path is None:
                return {tab.status: status.failed(NO_FILE)}
            facts = all_facts(job, facts)
            record = record_of(job.ticket) if own else ""
            under = await below_result(tab, request_of(job), job.model, session, Outcome([path]), record)
            again = await repeatable(job, session) if own else ""
            done = {result: path, player: "", tab.status: status.done(facts, waits_view(waiting_kept(job)))}
            return done | under | {tab.settings: again + under[tab.settings]}
        if job.state == "failed":
            return {tab.status: status.failed(jobs.said(job.error, job), jobs.said(job.details, job))}
        if job.state == "cancelled":
            return {tab.status: status.stopped(jobs.said(cancelled(job), job))}
        return {tab.status: status.working(jobs.said(note_of(job), job), started=max(0.0, time.time() - job.created))}

    async def first_frame(picture: Any) -> Taken | None:
        """None without one, and for one that cannot be sent: its field says why."""
        with suppress(Invalid):
            paths = paths_of(picture, "input_reference")
            return await take_picture(paths[0], "input_reference") if paths else None
        return None

    async def say_size(picture: Any, size: str | None, request: gr.Request) -> str:
        """Which size the video gets from its first frame, or what happens to that at the size that is set."""
        taken = await first_frame(picture)
        return size_words(taken.width, taken.height, size, await usual_size(request.session_hash)) if taken else ""

    async def follows(entered: Values, session: str | None) -> dict[str, Any]:
        """The size that a first frame brings, where none is set."""
        taken = None if entered.get("size") else await first_frame(entered.get("input_reference"))
        return {"size": size_like(taken.width, taken.height, area_of(await usual_size(session)))} if taken else {}

    async def reopen(at: Opened) -> Updates:
        jobs.on_stage.pop(at.session, None)  # a job that is being made goes on, and is not shown here any more
        return {result: at.results[0] if at.results else None, player: ""}

    order_for_programs(tab.form)
    watched_run, tab.later_results = tab.watched(stage, prepared), [player]
    tab.runs(
        lambda asked: watched_run(asked) if asked.watch else Filming(asked),
        [result],
        read=read,
        stopped=stopped,
        again="multiple",
    )
    tab.wire_watch(stage)
    tab.reopen, tab.reopened, tab.follows = reopen, [result, player], follows
    listed.input(
        opened,
        listed,
        [result, player, tab.status, tab.settings, tab.code],
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
        trigger_mode="multiple",
    )
    # A size that was only recommended makes way for the shape of a first frame (in the browser, see model_defaults).
    frame, size = (tab.form.controls[name] for name in ("input_reference", "size"))
    frame.change(None, [frame, size], size, js=call("give_way", "video-size"), queue=False)
    for field in ("input_reference", "size"):
        tab.form.controls[field].change(
            say_size,
            [tab.form.controls["input_reference"], tab.form.controls["size"]],
            size_note,
            api_visibility="private",
            show_progress="hidden",
            queue=False,
            trigger_mode="always_last",
        )
    return tab
