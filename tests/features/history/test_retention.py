"""How long results are kept, and what goes when there is no room."""

import time

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from omni_ui.client import ImageRequest
from omni_ui.core.run import RunResult
from omni_ui.core.visitor import COOKIE
from omni_ui.features.history.routes import history_routes
from omni_ui.features.history.service import Recorder
from tests.fakes import png
from tests.features.history.conftest import begin, end
from tests.features.history.test_service import ANNE, Done, job, picture


async def test_what_is_too_old_is_deleted_stars_or_not(tmp_path):
    recorder = await begin(tmp_path, seconds=3600)
    try:
        old = await recorder.result(Done(ImageRequest(prompt="old")), RunResult([picture(tmp_path)]), 1)
        new = await recorder.result(Done(ImageRequest(prompt="new")), RunResult([]), 1)
        found = await recorder.find(old, ANNE)
        await recorder.store.history.keep(found.but(at=time.time() - 3700, starred=True))
        await recorder.store.jobs.save(job("old", visitor=None, created=time.time() - 3700))
        await recorder.store.jobs.save(job("open", state="queued", created=time.time() - 3700))
        await recorder.sweep()
        assert [one.id for one in await recorder.store.history.page(ANNE)] == [new]
        assert await recorder.store.jobs.find("old") is None
        assert await recorder.store.jobs.find("open")
        assert not list(recorder.store.files.folder.glob("??/*"))
    finally:
        await end(recorder)


async def make(recorder: Recorder, folder, bytes: int) -> str:
    path = folder / "noise.png"
    path.write_bytes(png() + b"\0" * bytes)
    return await recorder.result(Done(ImageRequest(prompt="x")), RunResult([path]), 1)


async def test_when_the_room_is_full_the_oldest_without_a_star_go(tmp_path):
    recorder = await begin(tmp_path, bytes=350_000)
    try:
        ids = [await make(recorder, tmp_path, 100_000)]
        await recorder.store.history.star(ids[0], ANNE, True)
        ids += [await make(recorder, tmp_path, 100_000) for _ in range(4)]
        await recorder.settled()
        left = {one.id for one in await recorder.store.history.page(ANNE)}
        assert left == {ids[0], ids[3], ids[4]}
        assert recorder.problem == ""
    finally:
        await end(recorder)


async def test_a_result_that_has_no_room_is_told_about(tmp_path):
    recorder = await begin(tmp_path, bytes=250_000)
    try:
        await make(recorder, tmp_path, 300_000)
        await recorder.settled()
        assert "larger than the storage" in recorder.problem
        for _ in range(2):
            id = await make(recorder, tmp_path, 100_000)
            await recorder.store.history.star(id, ANNE, True)
        assert recorder.problem == ""
        await make(recorder, tmp_path, 100_000)
        await recorder.settled()
        assert "Starred results fill" in recorder.problem
        assert len(await recorder.store.history.page(ANNE)) == 2
    finally:
        await end(recorder)


@pytest.mark.parametrize("shared", [False, True])
async def test_where_strangers_share_the_page_nobody_is_told_how_much_all_of_them_keep(tmp_path, shared):
    recorder = await begin(tmp_path, bytes=1_000_000, shared=shared)
    app = FastAPI()
    app.include_router(history_routes(recorder))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://here", cookies={COOKIE: "c" * 32}) as web:
        room = (await web.get("/omni/history")).json()["room"]
    assert room == {"mine": 0, "all": None if shared else 0}
    await end(recorder)
