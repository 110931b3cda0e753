"""What is shown of a video job that is over."""

from contextlib import suppress
from pathlib import Path

from omni_ui.client import OmniError, VideoRequest
from omni_ui.core.run import CalledOff
from omni_ui.features.video.jobs.active_job import files_of
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.features.video.video_files import publish_file, video_facts
from omni_ui.store import StoreFailed, VideoRecord


def raise_unless_done(job: VideoRecord) -> None:
    if job.state == "failed":
        raise OmniError(job.error, "", server_message=job.details)
    if job.state == "cancelled":
        raise CalledOff(cancelled(job))


def cancelled(job: VideoRecord) -> str:
    return f"This video was cancelled. {job.note}".strip()


async def handed_out(jobs: VideoJobs, job: VideoRecord) -> tuple[Path | None, list[tuple[str, str]]]:
    """The finished file as the page may show it, and what the server says of it."""
    kept = None
    with suppress(StoreFailed):  # said by the store itself
        kept = await jobs.fetch_file(job)
    if kept is None:
        return None, []
    return await publish_file(kept, "video.mp4"), video_facts(job)


def seed_of(job: VideoRecord) -> list[tuple[str, str]]:
    return [("seed", str(job.request["seed"]))] if "seed" in job.request else []


def all_facts(job: VideoRecord, facts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The line below a finished job: its time, its seed, what is known of the file, its model."""
    seconds = (job.ended or job.created) - job.created
    return [("", f"{seconds:.1f} s"), *seed_of(job), *facts, *([("model", job.model)] if job.model else [])]


def request_of(job: VideoRecord) -> VideoRequest:
    """What was asked for, not checked again: some of its files may be gone."""
    return VideoRequest.model_construct(**job.request | files_of(job))
