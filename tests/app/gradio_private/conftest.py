import pytest
from gradio import processing_utils

from omni_ui.app.factory import create_app
from omni_ui.app.gradio_private.description import LightSession
from omni_ui.settings import Settings


@pytest.fixture
def own_move(monkeypatch):
    """Gradio's own move of files to its cache, put back after the test."""
    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", processing_utils.async_move_files_to_cache)


@pytest.fixture
def whole_page(monkeypatch, tmp_path):
    """All of the app's page as it is mounted, not described yet."""
    pages = []
    monkeypatch.setattr("omni_ui.app.factory.describe_once", pages.append)
    create_app(Settings(base_url="http://127.0.0.1:9", data_dir=tmp_path))
    return pages[0]


@pytest.fixture
def usual_session():
    """Gradio's own class of sessions, which the app replaces."""
    return LightSession.__mro__[1]
