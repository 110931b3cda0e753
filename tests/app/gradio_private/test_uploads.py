import pytest
from gradio import routes

from omni_ui.app.gradio_private.uploads import MOST_UPLOADS, UploadProgress


def test_the_progress_of_an_upload_still_reaches_gradio(monkeypatch):
    progress = UploadProgress()
    progress.add("upload of the test", "a.png", b"x" * 10)
    statuses = routes.file_upload_statuses
    assert "upload of the test" in statuses._statuses
    assert not statuses.is_done("upload of the test")
    progress.done("upload of the test")
    assert statuses.is_done("upload of the test")
    monkeypatch.setattr(progress, "_known", dict.fromkeys(range(MOST_UPLOADS)))
    progress.add("one too many", "a.png", b"x")
    assert "one too many" not in statuses._statuses


def test_a_gradio_that_keeps_progress_elsewhere_is_noticed(monkeypatch):
    monkeypatch.setattr(routes, "file_upload_statuses", object())
    with pytest.raises(AttributeError):
        UploadProgress()
