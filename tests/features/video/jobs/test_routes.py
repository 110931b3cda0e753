"""The routes of the list: who may see, cancel, delete and fetch what."""

import httpx
import pytest
from fastapi import FastAPI

from omni_ui.core.backends import Backends
from omni_ui.core.visitor import COOKIE, visitor_of
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.features.video.jobs.routes import job_routes, note_of, settings_of, span
from omni_ui.settings import Settings
from omni_ui.store import Store, VideoRecord

MINE, YOURS = "m" * 48, "y" * 48


class _Cookies:
    def __init__(self, secret: str) -> None:
        self.cookies = {COOKIE: secret}


@pytest.fixture
async def app(tmp_path):
    store = Store(tmp_path)
    await store.open()
    name = await store.files.write(bytes(range(256)) * 40, ".mp4")
    for secret in (MINE, YOURS):
        done = VideoRecord(
            ticket=f"ticket-{secret[0]}",
            visitor=visitor_of(_Cookies(secret)),
            server="http://gone:1",
            request={"prompt": "<b>a sea</b>", "size": "64x64", "input_reference": "/tmp/x/photo.png", "seed": 7},
            created=1.0,
            state="done",
            file=name,
        )
        await store.jobs.save(done)
    made = FastAPI()
    made.include_router(job_routes(VideoJobs(Backends(Settings()), store)))
    yield made
    await store.close()


def caller(app: FastAPI, secret: str | None = MINE) -> httpx.AsyncClient:
    cookies = {COOKIE: secret} if secret else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page", cookies=cookies)


async def test_the_list_holds_the_callers_own(app):
    body = (await caller(app).get("/omni/jobs")).json()
    assert body["trouble"] == ""
    (job,) = body["jobs"]
    assert (job["ticket"], job["state"], job["video"], job["open"], job["fetch"]) == (
        "ticket-m",
        "done",
        True,
        False,
        False,
    )
    assert ["First frame", "photo.png"] in job["settings"]
    assert "/tmp" not in str(body)
    assert (await caller(app, None).get("/omni/jobs")).json()["jobs"] == []


@pytest.mark.parametrize(("method", "path"), [("POST", "/cancel"), ("POST", "/fetch"), ("DELETE", "")])
@pytest.mark.parametrize("secret", [None, YOURS, "short"])
async def test_what_is_not_ones_own_is_not_there(app, method, path, secret):
    answer = await caller(app, secret).request(method, f"/omni/jobs/ticket-m{path}")
    unknown = await caller(app, secret).request(method, f"/omni/jobs/nothing{path}")
    assert (answer.status_code, answer.json()) == (404, unknown.json())
    assert (await caller(app).get("/omni/jobs")).json()["jobs"]


async def test_deleting_ones_own(app):
    assert (await caller(app).delete("/omni/jobs/ticket-m")).json() == {"ticket": "ticket-m", "deleted": True}
    assert (await caller(app).get("/omni/jobs")).json()["jobs"] == []
    assert (await caller(app).delete("/omni/jobs/ticket-m")).status_code == 404


async def test_the_link_gives_the_video_to_whoever_has_it_with_ranges(app):
    whole = await caller(app, None).get("/omni/jobs/ticket-m/video")
    assert (whole.status_code, whole.headers["content-type"], len(whole.content)) == (200, "video/mp4", 10240)
    assert whole.headers["accept-ranges"] == "bytes"
    part = await caller(app, None).get("/omni/jobs/ticket-m/video", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == "bytes 100-199/10240"
    beyond = await caller(app, None).get("/omni/jobs/ticket-m/video", headers={"Range": "bytes=99999-"})
    assert beyond.status_code == 416
    saved = await caller(app, None).get("/omni/jobs/ticket-m/video?download=true")
    assert "attachment" in saved.headers["content-disposition"]


@pytest.mark.parametrize("ticket", ["nothing", "%2e%2e", "..%2f..%2fetc%2fpasswd", "x" * 5000])
async def test_other_tickets_lead_nowhere(app, ticket):
    assert (await caller(app).get(f"/omni/jobs/{ticket}/video")).status_code == 404


@pytest.mark.parametrize(
    ("ends", "words"),
    [((41.2, 54.1), "41 to 55 s"), ((4, 4), "about 4 s"), ((200, 350), "3 to 6 min"), ((0.4, 0.9), "0 to 1 s")],
)
def test_a_range_in_words(ends, words):
    assert span(*ends) == words


def test_no_estimate_no_promise():
    job = VideoRecord(
        ticket="t", visitor=None, server="s", request={"seed": 1, "fps": 16.0}, created=0.0, state="in_progress"
    )
    assert note_of(job) == "Making the video"
    assert note_of(job.but(expected=(4.0, 5.5))) == "Making the video; runs like this took 4 to 6 s here"
    assert settings_of(job) == [("Seed", "1"), ("Frame rate", "16.0 fps")]
