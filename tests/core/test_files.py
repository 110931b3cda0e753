"""Where Gradio keeps files and serves them: it documents both, and this app says the same."""

from pathlib import Path

import pytest
from gradio.route_utils import API_PREFIX
from gradio.utils import get_upload_folder

from omni_ui.core.files import FILE_ROUTE, cache_folder, use_cache_folder


@pytest.mark.parametrize("variable", [None, "", "chosen"])
def test_the_cache_is_the_folder_that_gradio_uploads_into(monkeypatch, tmp_path, variable):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / variable) if variable else "")
    if variable is None:
        monkeypatch.delenv("GRADIO_TEMP_DIR")
    assert cache_folder() == Path(get_upload_folder()).resolve()


def test_a_folder_that_is_chosen_is_made_and_used(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    use_cache_folder(tmp_path / "new")
    assert (tmp_path / "new").is_dir()
    assert Path(get_upload_folder()) == cache_folder() == (tmp_path / "new").resolve()


def test_addresses_of_files_begin_as_gradios_do():
    assert f"/{FILE_ROUTE}" == f"{API_PREFIX}/file="
