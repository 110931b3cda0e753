"""Two processes of a page with one bucket: what one makes the other shows, to its visitor alone."""

import asyncio
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from omni_ui.core.backends import Backends
from omni_ui.core.visitor import COOKIE, visitor_of
from omni_ui.features.history.restore import open_record
from omni_ui.features.history.routes import history_routes
from omni_ui.features.history.service import Limits, Recorder
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.settings import Settings
from omni_ui.store import HistoryRecord, Source, Store
from tests.fakes import png

MINE, YOURS = "m" * 40, "y" * 40
LARGEST_RISE = 35
"""MB that a process may grow by while it passes on a large video."""


class _Cookies:
    def __init__(self, secret: str) -> None:
        self.cookies = {COOKIE: secret}


def client(recorder: Recorder, secret: str) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(history_routes(recorder))
    cookies, headers = {COOKIE: secret}, {"x-omni": "1"}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://page", cookies=cookies, headers=headers
    )


@pytest.fixture
async def recorder(s3_server, tmp_path):
    """Of a process, whose copies can be taken away."""
    store = Store(tmp_path / "data", bucket=s3_server.bucket(tmp_path.name))
    await store.open()
    assert not store.problem
    recorder = Recorder(store, VideoJobs(Backends(Settings()), store), Limits())
    yield recorder
    await recorder.close()
    await store.close()


async def test_a_record_is_shown_by_a_process_that_has_no_copy_of_it(recorder, tmp_path):
    picture, video = tmp_path / "picture.png", tmp_path / "video.mp4"
    picture.write_bytes(png())
    video.write_bytes(os.urandom(700_000))
    sources = [Source(picture, "result", "picture.png", "image/png"), Source(video, "result", "v.mp4", "video/mp4")]
    mine = visitor_of(_Cookies(MINE))
    record = await recorder.store.history.keep(HistoryRecord(mine, "image", 1.7e9), sources)

    def forget() -> None:
        for path in (recorder.store.files.folder / "cache").glob("??/*"):
            path.unlink()

    async with client(recorder, MINE) as page, client(recorder, YOURS) as stranger:
        forget()
        whole = await page.get(f"/omni/history/{record.id}/0")
        assert whole.content == picture.read_bytes()
        assert whole.headers["content-type"] == "image/png"
        assert whole.headers["content-security-policy"] == "default-src 'none'; sandbox"
        part = await page.get(f"/omni/history/{record.id}/1", headers={"range": "bytes=400000-400009"})
        assert (part.status_code, part.content) == (206, video.read_bytes()[400_000:400_010])
        thumbnail = await page.get(f"/omni/history/{record.id}/0/thumb")
        assert thumbnail.headers["content-type"] == "image/webp"
        forget()
        assert (await page.get(f"/omni/history/{record.id}/0/thumb")).content == thumbnail.content
        assert (await stranger.get(f"/omni/history/{record.id}/0")).status_code == 404
        forget()
        opened = await open_record(record, recorder.store.history.fetch, "session")
        assert [path.read_bytes() for path in opened.published.values()] == [picture.read_bytes(), video.read_bytes()]
        forget()
        packed = await page.post("/omni/history/keepsake")
        names = zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
        assert len([name for name in names if "/" in name]) == 2
        await page.request("DELETE", "/omni/history", json={"ids": [record.id]})
    assert not [path for path in recorder.store.files.folder.glob("[sc]*/??/*") if path.is_file()]
    for file in record.files:
        assert await recorder.store.files.find(file.name) is None


SCRIPT = """
import asyncio, os, sys
from pathlib import Path
from pydantic import SecretStr
from omni_ui.settings_files import Bucket
from omni_ui.store.bucket import BucketFiles
from tests.s3_server import BUCKET, KEY, SECRET

def megabytes(name):
    return int(Path("/proc/self/status").read_text().split(name + ":")[1].split()[0]) / 1000

async def main(port, folder, size):
    bucket = Bucket(BUCKET, Path(folder).name, f"http://127.0.0.1:{port}", None, SecretStr(KEY), SecretStr(SECRET))
    files = BucketFiles(bucket, Path(folder) / "process")
    await files.open()
    await files.write(os.urandom(6_000_000), ".bin")
    video = files.incoming(".mp4")
    with video.open("wb") as file:
        for _ in range(size // 1_000_000):
            file.write(os.urandom(1_000_000))
    Path("/proc/self/clear_refs").write_text("5")  # the highest use is counted from here
    before = megabytes("VmRSS")
    name = await files.keep(video)
    while files._uploads:
        await asyncio.sleep(0.05)
    assert not files.problem
    (files.folder / "cache" / name).unlink()
    read = 0
    async for piece in (found := await files.find(name)).pieces(0, found.size):
        read += len(piece)
    assert (await files.fetch(name)).stat().st_size == read == found.size
    print(megabytes("VmHWM") - before)
    await files.close()

asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
"""


async def test_a_large_video_goes_through_in_constant_memory(s3_server, tmp_path):
    """60 MB here; with OMNI_TEST_MB=200 as many as that."""
    size = int(os.environ.get("OMNI_TEST_MB", "60")) * 1_000_000
    command = [sys.executable, "-c", SCRIPT, str(s3_server.port), str(tmp_path), str(size)]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120, cwd=Path.cwd())
    assert run.returncode == 0, run.stderr[-2000:]
    assert float(run.stdout) < LARGEST_RISE
    print(f"{size / 1e6:.0f} MB: {float(run.stdout):.1f} MB more")
