"""Where the time of a video job went: by our own looks at it, and by what its server says of its stages."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from omni_ui.client import VideoJob, VideoRequest, Wait
from omni_ui.client.answers.stage_times import StageTimes, read_stage_times
from omni_ui.core.files import Json
from omni_ui.core.servers.waiting import Waiting, break_down
from omni_ui.store import Store, StoreFailed, VideoRecord
from omni_ui.store.timings import load_of

LONGEST_HEADER = 10_000
"""Characters of a header that are read."""


class SyncObserver:
    """Reads the headers of a video that is made in one call (helpers.py of /v1/videos/sync, WIRE.md 11)."""

    def __init__(self) -> None:
        self.metrics: Json = {}

    def __call__(self, wait: Wait) -> None: ...

    def sent(self) -> None: ...

    def received(self) -> None: ...

    @property
    def times(self) -> Json:
        return as_facts(read_stage_times(self.metrics))

    def answered(self, headers: Mapping[str, str]) -> None:
        self.metrics = {
            "stage_durations": _json(headers.get("x-stage-durations", "")),
            "peak_memory_mb": _json(headers.get("x-peak-memory-mb", "")),
        }


def metrics_of(job: VideoJob) -> Json:
    """What a finished job says of its stages; as much of it as is read."""
    metrics = job.raw.get("metrics")
    return as_facts(read_stage_times({**(metrics if isinstance(metrics, dict) else {}), **_own(job.raw)}))


def as_facts(times: StageTimes) -> Json:
    """Stage times as they stand in a record."""
    return {"stages": [list(stage) for stage in times.stages], "queue": times.queue, "peak_mb": times.peak_mb}


def waiting_of(record: VideoRecord, fetched: float) -> Waiting:
    """The parts of a job whose file was here at `fetched` (seconds since 1970)."""
    kept = record.facts.get("times") or {}
    stages = tuple((str(name), float(seconds)) for name, seconds in kept.get("stages") or [])
    times = StageTimes(stages, kept.get("queue"), kept.get("peak_mb"))
    ended = record.ended or fetched
    if times.queue is None and record.started:  # as our looks saw it
        times = replace(times, queue=max(0.0, record.started - record.created))
    making, fetching = max(0.0, ended - record.created), max(0.0, fetched - ended)
    return break_down(0.0, making + fetching, making, fetching, False, times)


def with_waiting(record: VideoRecord) -> Json:
    """The facts of a job whose file has just come. One that is fetched once more keeps what they were."""
    waiting = {} if "waiting" in record.facts else {"waiting": waiting_of(record, time.time()).as_dict()}
    return record.facts | waiting


def waiting_kept(record: VideoRecord) -> Waiting | None:
    """What `with_waiting` kept."""
    return Waiting.from_dict(record.facts.get("waiting"))


def _own(raw: Json) -> Json:
    return {name: raw[name] for name in ("stage_durations", "peak_memory_mb") if raw.get(name)}


def _json(text: str) -> object:
    try:
        return json.loads(text[:LONGEST_HEADER])
    except (ValueError, RecursionError):
        return None


def changes_of(record: VideoRecord, seen: VideoJob) -> Json:
    """What a look at the server changes in the record."""
    changes: Json = {"note": ""} if record.note else {}
    if seen.state != record.state and not seen.done:
        changes |= {"state": seen.state, "started": time.time()}
    if seen.done:
        changes |= {"made": True, "started": record.started or record.created, "ended": time.time()}
        changes["facts"] = record.facts | {"fps": seen.fps, "frames": seen.frames, "duration": seen.duration}
        changes["facts"]["times"] = metrics_of(seen)
    return changes


async def note_time(store: Store, record: VideoRecord) -> None:
    """Remembers how long the server took, for estimates of later jobs."""
    if not record.started or not record.ended:
        return
    load = load_of(VideoRequest.model_construct(**record.request))
    with suppress(StoreFailed):  # said by the store itself
        await store.timings.note(record.server, record.model, load, record.ended - record.started)
