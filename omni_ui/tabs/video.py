"""The Video tab: videos as jobs that outlive the page. The page only looks; jobs.py does the rest."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import cast

import gradio as gr

from omni_ui.client import VideoRequest
from omni_ui.core import status
from omni_ui.core.batching import batch_stream
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun, RunResult, Updates, Values
from omni_ui.core.scripts import call
from omni_ui.core.visitor import visitor_of
from omni_ui.features.history.restore import open_record, repeat_buttons
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.history.service import record_of
from omni_ui.features.stage.examples import hello
from omni_ui.features.tab_services import TabServices
from omni_ui.features.video.jobs.job_results import all_facts, cancelled, handed_out, request_of
from omni_ui.features.video.jobs.job_waiting import waiting_kept
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.features.video.jobs.routes import job_list, note_of
from omni_ui.features.video.references import FileLook, fill_from_source, order_for_programs, reference_slots
from omni_ui.features.video.video_files import area_of, size_like, size_words, small_sound
from omni_ui.features.video.video_run import VideoRun
from omni_ui.features.video.watch.watch_run import WatchRun, WatchStage, write_watched
from omni_ui.features.video.watch.watch_view import timeline_control, video_result
from omni_ui.features.video.watch.watched import WatchedVideos
from omni_ui.features.waits.view import waits_view
from omni_ui.media.image_input import Taken, take_picture
from omni_ui.store import StoreFailed, VideoRecord
from omni_ui.tabs.base import OmniTab
from omni_ui.tabs.result_actions import actions_of_result, result_actions
from omni_ui.widgets.events import PRIVATE, trigger
from omni_ui.widgets.pictures.image_input import PictureForm, paths_of

HELLO = "Your video will appear here. You can close the page; it keeps going."
NO_FILE = "The file of this video is no longer available. Fetch it from the server in the list below, or run it again."
NO_JOB = "There is no such video: it was deleted, or the link is not complete."
STOPPED = "Stopped, and cancelled on the server. What you entered is still here."
STOPPED_WAITING = "Stopped waiting; what you entered is still here. This server will still finish the video."

PATIENCE = 2.0
"""Seconds that Stop waits for a video to be closed."""


class VideoTab(OmniTab):
    """The frame, and the switch that is there where the server streams videos."""

    videos: WatchedVideos
    jobs: VideoJobs
    players: WatchStage
    job_list: gr.HTML
    size_note: gr.HTML

    async def show_model(self, session: str | None) -> Updates:
        offered = self.videos.offered and await self._streams(session)
        switch = gr.Checkbox(visible=True) if offered else gr.Checkbox(value=False, visible=False)
        return await super().show_model(session) | {self.form.controls["watch"]: switch}

    async def _streams(self, session: str | None) -> bool:
        backend, ability = self.backends.for_tab("video", session), await self.ability(session)
        return bool(backend and ability and ability.can and await backend.streams_videos())

    @property
    def model_components(self) -> list[gr.blocks.Block]:
        return [*super().model_components, self.form.controls["watch"]]

    def add_watch_controls(self) -> None:
        self.form.add("watch", visible=False)
        label = self.form.model.model_fields["timeline"].title or ""
        self.form.controls["timeline"] = timeline_control("video-timeline", label)

    def make_run(self, request: VideoRequest) -> AnyRun:
        """The run of a request: watched while it is made, or as a job."""
        if not request.watch:
            return VideoRun(request, self.jobs, self.backends, self.prepared, self.players)

        async def write(run: WatchRun) -> None:
            if self.recorder:
                await write_watched(self.recorder, run)

        longest = self.backends.limits.caps.get("text")
        return WatchRun(request, self.players, self.videos, self.prepared, write, longest)

    def wire_watch(self) -> None:
        """What Stop does for a video that is watched, once Run is wired."""
        stage = self.players

        async def keep_what_arrived(ticket: str) -> Updates:
            video = self.videos.find(ticket)
            run = video.run if video else None
            if video is None or run is None or video.complete:
                return {stage.result: gr.skip()}
            with suppress(TimeoutError):
                await asyncio.wait_for(video.kept.wait(), PATIENCE)
            if not video.chunks:
                return {stage.player: ""}
            actions = await result_actions(self, run, RunResult([video.path]), run.record)
            return {stage.player: "", stage.result: video.path} | actions

        outputs = [stage.result, stage.player, self.settings, self.code]
        self.stop_button.click(keep_what_arrived, stage.player, outputs, queue=False, **PRIVATE)

    async def usual_size(self, session: str | None) -> str | None:
        """What the makers of this model recommend."""
        ability = await self.ability(session)
        return ability.detail.get("settings", {}).get("size") if ability else None

    async def prepared(self, request: VideoRequest, session: str | None) -> tuple[VideoRequest, list[str]]:
        """The request with its files as they will be sent, and what is to be said of them. Raises Invalid."""
        look = FileLook(self.backends.settings.max_upload_mb * 1_000_000, await self.usual_size(session))
        return await look.take(request), look.notes

    async def read_entered(self, values: Values) -> VideoRequest:
        """Sounds are made small enough to be sent before the request is checked."""
        if values.get("audio_reference"):
            values = values | {"audio_reference": await small_sound(values["audio_reference"], "audio_reference")}
        return cast(VideoRequest, self.form.read(await fill_from_source(values)))

    async def stop_job(self, request: gr.Request) -> str:
        """Stop is meant for the server too; leaving the page is not."""
        # Taken off the result column first, so that the message from here is the last one.
        ticket = self.jobs.on_stage.pop(request.session_hash or "", "")
        job = await self.jobs.find(ticket)
        if job is None or job.over:
            return ""
        self.jobs.cancel(job.ticket)
        return STOPPED_WAITING if job.at_once else STOPPED

    async def show_job(self, ticket: str, request: gr.Request) -> AsyncGenerator[Updates]:
        """Shows a job of the list or of a link as a result, now and until it is over."""
        session, jobs = request.session_hash or "", self.jobs
        job = await jobs.find(ticket) if isinstance(ticket, str) else None
        if job is None:
            yield {self.status: status.failed(NO_JOB)}
            return
        jobs.on_stage[session] = ticket
        if job.state != "done":
            under = await actions_of_result(self, request_of(job), job.model, session, RunResult())
            yield {self.players.result: None, self.players.player: ""} | under
        async with aclosing(batch_stream(jobs.changes(ticket))) as looks:
            async for batch in looks:
                if jobs.on_stage.get(session) != ticket:
                    return
                own = job.visitor is not None and job.visitor == visitor_of(request)
                yield await self._job_view(batch[-1], own, session) if batch else {self.status: gr.skip()}

    async def _job_view(self, job: VideoRecord, own: bool, session: str) -> Updates:
        """What the page shows of a job. own: of this visitor, who may repeat it."""
        jobs = self.jobs
        if job.state == "done":
            path, facts = await handed_out(jobs, job)
            if path is None:
                return {self.status: status.failed(jobs.store.files.problem or NO_FILE)}
            facts = all_facts(job, facts)
            record = record_of(job.ticket) if own else ""
            under = await actions_of_result(self, request_of(job), job.model, session, RunResult([path]), record)
            again = await self._repeatable(job, session) if own else ""
            done = {self.players.result: path, self.players.player: ""}
            done[self.status] = status.done(facts, waits_view(waiting_kept(job)))
            return done | under | {self.settings: again + under[self.settings]}
        if job.state == "failed":
            return {
                self.status: status.failed(jobs.public_message(job.error, job), jobs.public_message(job.details, job))
            }
        if job.state == "cancelled":
            return {self.status: status.stopped(jobs.public_message(cancelled(job), job))}
        started = max(0.0, time.time() - job.created)
        return {self.status: status.working(jobs.public_message(note_of(job), job), started=started)}

    async def _repeatable(self, job: VideoRecord, session: str) -> str:
        """The buttons that repeat a job; its record says where its files are kept."""
        recorder = self.recorder
        with suppress(StoreFailed):
            record = await recorder.find(record_of(job.ticket), job.visitor) if recorder else None
            if recorder and record:
                return repeat_buttons(
                    self, await open_record(record, recorder.store.history.fetch, session), apart=True
                )
        return ""

    async def say_size(self, picture: object, size: str | None, request: gr.Request) -> str:
        """Which size the video gets from its first frame, or what happens to that at the size that is set."""
        taken = await first_frame(picture)
        if not taken:
            return ""
        return size_words(taken.width, taken.height, size, await self.usual_size(request.session_hash))

    async def size_of_first_frame(self, entered: Values, session: str | None) -> Values:
        """The size that a first frame brings, where none is set."""
        taken = None if entered.get("size") else await first_frame(entered.get("input_reference"))
        if not taken:
            return {}
        return {"size": size_like(taken.width, taken.height, area_of(await self.usual_size(session)))}

    async def show_record(self, record: RestoredResult) -> Updates:
        """A result of the history; a job that is being made goes on, and is not shown here any more."""
        self.jobs.on_stage.pop(record.session, None)
        return {self.players.result: record.results[0] if record.results else None, self.players.player: ""}

    def wire_list(self) -> None:
        """Shows the job that is chosen in the list."""
        self.job_list.input(
            self.show_job,
            self.job_list,
            [self.players.result, self.players.player, self.status, self.settings, self.code],
            api_visibility="private",
            show_progress="hidden",
            concurrency_limit=None,
            trigger_mode="multiple",
        )

    def wire_first_frame(self) -> None:
        """A size that was only recommended makes way for the shape of a first frame (features/model_defaults)."""
        frame, size = self.form.controls["input_reference"], self.form.controls["size"]
        trigger(frame, "change")(None, [frame, size], size, js=call("give_way", "video-size"), queue=False)
        for field in (frame, size):
            trigger(field, "change")(
                self.say_size,
                [frame, size],
                self.size_note,
                api_visibility="private",
                show_progress="hidden",
                queue=False,
                trigger_mode="always_last",
            )


async def first_frame(picture: object) -> Taken | None:
    """None without one, and for one that cannot be sent: its field says why."""
    with suppress(Invalid):
        paths = paths_of(picture, "input_reference")
        return await take_picture(paths[0], "input_reference") if paths else None
    return None


def build(services: TabServices) -> OmniTab:
    tab = VideoTab(VideoRequest, services.backends, hello("video", HELLO, "video-prompt"))
    tab.form = PictureForm(tab.form.model, mask=("video_noise_mask", "source_video"))
    tab.jobs, tab.videos = services.jobs, services.jobs.watched

    with tab.frame():
        with tab.controls():
            tab.add_watch_controls()
            tab.size_note = gr.HTML(elem_id="video-size-note", elem_classes="omni-recommended", padding=False)
            reference_slots(tab.form)
        with tab.stage():
            tab.players = WatchStage(*video_result())
    with tab.stage_column:
        tab.job_list = job_list("video-jobs")

    order_for_programs(tab.form)
    result, player = tab.players.result, tab.players.player
    tab.later_results = [player]
    tab.runs(tab.make_run, [result], read=tab.read_entered, stopped=tab.stop_job, again="multiple")
    tab.wire_watch()
    tab.show_restored, tab.restored_components, tab.follows = tab.show_record, [result, player], tab.size_of_first_frame
    tab.wire_list()
    tab.wire_first_frame()
    return tab
