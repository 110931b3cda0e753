"""A run of the Video tab whose video is made as a job: it begins the job, and shows how that stands."""

from collections.abc import AsyncIterator
from contextlib import suppress

from omni_ui.client import OmniClient, VideoRequest
from omni_ui.core.backends import Backends
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates
from omni_ui.features.history.service import record_of
from omni_ui.features.video.jobs.job_results import handed_out, raise_unless_done
from omni_ui.features.video.jobs.job_waiting import waiting_kept
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.features.video.jobs.routes import note_of
from omni_ui.features.video.watch.watch_run import Prepare, WatchStage
from omni_ui.store import StoreFailed, VideoRecord


class VideoRun(Run[VideoRequest, VideoRecord]):
    """Starts a job and shows its state."""

    timed = False  # the poller does that, and reports the job

    def __init__(
        self, request: VideoRequest, jobs: VideoJobs, backends: Backends, prepare: Prepare, stage: WatchStage
    ) -> None:
        self.request = request
        self._jobs, self._backends, self._prepare, self._stage = jobs, backends, prepare, stage
        self._notes: list[str] = []
        self._outcome = RunResult()
        self._ticket = ""

    @property
    def superseded(self) -> bool:
        on_stage = self._jobs.on_stage.get(self.session or "")
        return bool(self._ticket and self.visitor) and on_stage != self._ticket

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[VideoRecord]:
        jobs = self._jobs
        self.request, self._notes = await self._prepare(self.request, self.session)
        backend = self._backends.for_tab("video", self.session)
        if backend is None:  # it was taken away while the run waited for its turn
            raise Invalid.because("", "No server is set for this tab.")
        job = await jobs.begin(backend, self.request, self.visitor, self.model)
        self._ticket, self.reported = job.ticket, False
        if not self.in_background:
            jobs.on_stage[self.session or ""] = job.ticket
        self.record = record_of(job.ticket) if self.visitor else ""
        try:
            async for job in jobs.changes(self._ticket):
                yield job
        finally:
            # Somebody without a name could not come back for it; a grid that is left is not gone on with.
            if self.in_background or not self.visitor:
                jobs.cancel(self._ticket)
        raise_unless_done(job)

    async def show(self, events: list[VideoRecord]) -> Updates:
        job = events[-1]
        self.note = note_of(job)
        if job.state != "done":
            return {}
        path, facts = await handed_out(self._jobs, job)
        facts += [("note", note) for note in self._notes]
        # Its file may be gone already, as the list says; then nothing is shown of it.
        self._outcome = RunResult([path] if path else [], facts=facts, waiting=waiting_kept(job))
        if not self.visitor:
            with suppress(StoreFailed):  # the next start removes it
                await self._jobs.drop(job)
        return {self._stage.result: path, self._stage.player: ""}

    def outcome(self) -> RunResult:
        return self._outcome
