"""/ready: what keeps the page from being ready, said without paths and addresses."""

import asyncio
import time
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from omni_ui.client import Health
from omni_ui.core.reports.reports import Reports
from omni_ui.features.operating import probes
from omni_ui.features.operating.probes import LATELY, probe_routes
from omni_ui.store import Store


class Server:
    """A backend that answers as it is told."""

    def __init__(self) -> None:
        self.health, self.answered, self.demo = Health(True, 0.01), time.monotonic(), False

    async def look(self):
        if self.health is None:
            await asyncio.sleep(60)
        return self.health, None


@pytest.fixture
async def scene(tmp_path, monkeypatch):
    monkeypatch.setattr(probes, "FRESH", 0)
    monkeypatch.setattr(probes, "PROBE", 0.2)
    store = Store(tmp_path / "data")
    await store.open()
    servers = [Server(), Server()]
    backends = SimpleNamespace(
        all=lambda: servers, reports=Reports(), redact_address=lambda text, backend: "its address"
    )
    app = FastAPI()
    app.include_router(probe_routes(backends, store))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as web:
        yield SimpleNamespace(web=web, store=store, servers=servers, backends=backends, folder=tmp_path / "data")
    await store.close()


async def problems(scene) -> dict[str, str]:
    """By check, once the status fits what the body says."""
    answer = await scene.web.get("/ready")
    checks = answer.json()["checks"]
    wrong = {name: check["problem"] for name, check in checks.items() if not check["ok"]}
    assert answer.json()["ready"] is (not wrong)
    assert answer.status_code == (503 if wrong else 200)
    assert str(scene.folder) not in answer.text
    return wrong


async def test_all_is_well(scene):
    assert await problems(scene) == {}
    assert await scene.store.unfinished.under_way() == 0, "the trial leaves nothing"
    assert [path for path in scene.folder.rglob("*") if path.suffix == ".txt"] == []


async def test_a_database_that_cannot_be_written(scene):
    await scene.store.database.close()
    assert await problems(scene) == {"database": "The database cannot be written."}


async def test_the_folder_that_was_wanted_cannot_be_used(scene, tmp_path):
    (tmp_path / "other").write_bytes(b"")
    scene.store.folder = tmp_path / "other"
    await scene.store.close()
    await scene.store.open()
    assert await problems(scene) == {"database": "The database cannot be written."}


async def test_files_that_cannot_be_written(scene):
    (scene.folder / "files" / "incoming").rmdir()
    (scene.folder / "files" / "incoming").write_bytes(b"")
    assert await problems(scene) == {"files": "Files cannot be written."}


async def test_one_server_of_two_is_enough_and_one_that_answered_lately_counts(scene):
    first, second = scene.servers
    first.health, first.answered = Health(False, 0.1, "Nothing answers."), time.monotonic() - LATELY - 1
    assert await problems(scene) == {}
    second.health = None  # it hangs, and has answered just now
    assert await problems(scene) == {}
    second.answered = time.monotonic() - LATELY - 1
    assert await problems(scene) == {"server": "No server has answered for 60 s."}
    assert (await scene.web.get("/health")).status_code == 200, "it is alive all the same"


async def test_an_app_that_is_being_ended_is_not_ready(scene):
    scene.backends.reports.end_all()
    assert list(await problems(scene)) == ["app"]


async def test_each_start_of_the_program_has_a_name_of_its_own(scene):
    other = FastAPI()
    other.include_router(probe_routes(scene.backends, scene.store))
    names = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(other), base_url="http://page") as web:
        for client in (scene.web, scene.web, web):
            answer = await client.get("/omni/process")
            assert answer.headers["cache-control"] == "no-store"
            names.append(answer.json()["process"])
    assert names[0] == names[1] != names[2]
