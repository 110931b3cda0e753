"""Where the time of a video went: by our looks, by the server's words, by headers of a video made in one call."""

import pytest

from omni_ui.client.jobs import read_job
from omni_ui.core.servers.waiting import Waiting
from omni_ui.features.video.jobs.job_waiting import SyncObserver, metrics_of, waiting_kept, waiting_of, with_waiting
from omni_ui.store import VideoRecord


def record(**changes) -> VideoRecord:
    plain = VideoRecord("t", None, "s", {}, created=100.0, started=102.0, ended=110.0)
    return plain.but(**changes)


def parts(waiting: Waiting) -> dict[str, float]:
    return {part.name or part.kind: pytest.approx(part.seconds) for part in waiting.parts}


def test_what_the_server_tells_beats_our_looks():
    body = {"id": "v", "status": "completed", "stage_durations": {"diffuse": 5.0, "queue_wait_ms": 1500.0}}
    job = record(facts={"times": metrics_of(read_job(body | {"peak_memory_mb": 4321.0}))})
    waiting = waiting_of(job, 112.0)
    assert parts(waiting) == {"network": 2.0, "queue": 1.5, "diffuse": 5.0, "server": 3.5}
    assert waiting.whole == pytest.approx(12.0)
    assert waiting.facts == [("peak memory", "4.3 GB")]


def test_without_a_word_of_the_server_our_looks_are_taken():
    assert parts(waiting_of(record(), 111.0)) == {"network": 1.0, "queue": 2.0, "server": 8.0}


def test_a_video_that_is_fetched_once_more_keeps_its_times():
    kept = record(facts=with_waiting(record()))
    assert with_waiting(kept)["waiting"] == kept.facts["waiting"]
    assert waiting_kept(kept) is not None
    assert waiting_kept(record()) is None


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, '{"a": "x"}', "7", "null"])
def test_headers_that_say_nothing_are_no_times(text):
    observer = SyncObserver()
    observer.answered({"x-stage-durations": text, "x-peak-memory-mb": text})
    assert observer.times["stages"] == []


def test_headers_of_a_video_made_in_one_call():
    observer = SyncObserver()
    observer.answered({"x-stage-durations": '{"diffuse": 2.5}', "x-peak-memory-mb": "900.0"})
    assert observer.times == {"stages": [["diffuse", 2.5]], "queue": None, "peak_mb": 900.0}
