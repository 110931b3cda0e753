"""A picture that was made a moment ago is served out of memory, to whom it belongs and to nobody else."""

from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from omni_ui.app.file_routes import file_routes
from omni_ui.client import Picture
from omni_ui.core.files import new_folder, use_cache_folder
from omni_ui.core.serving.fresh_files import FreshFiles
from omni_ui.core.visitor import COOKIE, visitor_of
from omni_ui.media.result_images import picture_paths, write_pictures

SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
COOKIES = {"cookie": f"{COOKIE}={SECRET}"}


@pytest.fixture
def fresh():
    return FreshFiles()


@pytest.fixture
def client(monkeypatch, tmp_path, fresh):
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    use_cache_folder(tmp_path / "cache")
    app = FastAPI()
    app.include_router(file_routes(None, 1000, fresh))
    with TestClient(app) as client:
        yield client


def held(client, fresh, name):
    """The path of a file that is in memory alone."""
    path = new_folder(visitor_of(SimpleNamespace(cookies={COOKIE: SECRET}))) / name
    fresh._files[str(path)] = b"bytes of it"
    return path


def test_its_visitor_gets_it_before_it_is_written(client, fresh):
    path = held(client, fresh, "picture.png")
    answer = client.get(f"/gradio_api/file={path}", headers=COOKIES)
    assert (answer.status_code, answer.content) == (200, b"bytes of it")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_nobody_else_does(client, fresh):
    path = held(client, fresh, "picture.png")
    assert client.get(f"/gradio_api/file={path}").status_code == 403
    assert client.get(f"/gradio_api/file={path}", headers={"cookie": f"{COOKIE}={SECRET[::-1]}"}).status_code == 403


def test_what_a_browser_may_not_show_waits_for_the_disk(client, fresh):
    path = held(client, fresh, "picture.svg")
    assert client.get(f"/gradio_api/file={path}", headers=COOKIES).status_code == 403


async def test_a_picture_has_its_place_before_it_is_written(client):
    pictures = [Picture(b"one", "image/png"), Picture(b"two", "image/webp")]
    files = picture_paths(pictures)
    assert [path.name for path in files] == ["picture-1.png", "picture-2.webp"]
    assert not any(path.parent.exists() for path in files)
    assert await write_pictures(files) == list(files)
    assert [path.read_bytes() for path in files] == [b"one", b"two"]
