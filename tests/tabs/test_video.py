"""What the Video tab says of a size, and the code of a job that is opened again."""

import pytest

from omni_ui.parts.code import code_view
from omni_ui.store import VideoRecord
from omni_ui.tabs.video import _request, size_words


@pytest.mark.parametrize(
    ("picture", "size", "usual", "words"),
    [
        ((1920, 1080), "", None, "The size follows the picture: 848 × 480."),
        ((1920, 1080), None, "1280x704", "The size follows the picture: 1264 × 704."),
        ((1920, 1080), "what?", None, "The size follows the picture: 848 × 480."),
        ((1920, 1080), "1280x720", None, ""),
        ((1920, 1080), "1280 × 720", None, ""),
        ((832, 480), "848x480", None, ""),
    ],
)
def test_which_size_a_first_frame_brings(picture, size, usual, words):
    assert size_words(*picture, size, usual) == words


def test_a_size_that_does_not_fit_says_what_becomes_of_the_picture():
    words = size_words(1920, 1080, "480x832", None)
    assert words.startswith("The picture (1920 × 1080) will be stretched to 480 × 832.")
    assert "model default" in words


def test_the_code_of_a_job_needs_none_of_its_files():
    asked = {"prompt": "a sea", "audio_reference": "/nowhere/voice.mp3", "input_reference": "/nowhere/photo.png"}
    job = VideoRecord(ticket="t", visitor="me", server="demo", created=0.0, request=asked)
    code = code_view(_request(job).wire(job.model))
    for word in ("a sea", "voice.mp3", "photo.png"):
        assert word in code
    assert "/nowhere" not in code
