"""The code of a video job that is opened again."""

from omni_ui.features.snippets.view import code_view
from omni_ui.features.video.jobs.job_results import request_of
from omni_ui.store import VideoRecord


def test_the_code_of_a_job_needs_none_of_its_files():
    asked = {"prompt": "a sea", "audio_reference": "/nowhere/voice.mp3", "input_reference": "/nowhere/photo.png"}
    job = VideoRecord(ticket="t", visitor="me", server="demo", created=0.0, request=asked)
    code = code_view(request_of(job).wire(job.model))
    for word in ("a sea", "voice.mp3", "photo.png"):
        assert word in code
    assert "/nowhere" not in code
