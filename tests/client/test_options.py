"""Options for some calls only, the server's own answer, its id of a request, lists page by page, and the log."""

import asyncio
import logging
import subprocess
import sys

import pytest

from omni_ui.client import Answer, ImageRequest, OmniClient, ServerBusy, SyncOmniClient, TimedOut, VideoRequest
from omni_ui.client.connection.log import log
from omni_ui.demo.server import DemoServer
from tests.client.scripted import Scripted, as_json, pictures, png, socket_server

ASK = ImageRequest(prompt="a red fox")
IMAGES = "/v1/images/generations"
VIDEO = "/v1/videos/video_1"


@pytest.fixture(scope="module")
def demo():
    with DemoServer(stub=True) as server:
        yield server


async def test_retries_can_be_fewer_or_none(no_waits: None) -> None:
    server = Scripted({f"GET {VIDEO}": as_json({"error": {"message": "busy"}}, 503)})
    omni = server.client()
    for retries, times in ((0, 1), (1, 2), (None, 4)):
        server.seen.clear()
        with pytest.raises(ServerBusy):
            await omni.with_options(retries=retries).video("video_1")
        assert server.count(VIDEO) == times


async def test_a_timeout_holds_for_the_copy_alone_and_may_be_longer() -> None:
    release = asyncio.Event()

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await release.wait()

    async with socket_server(never) as address, OmniClient(address, timeout=600) as omni:
        with pytest.raises(TimedOut):
            await omni.with_options(timeout=0.05, retries=0).raw(ASK, deadline=None)
        assert omni._wire.timeout == 600
        longer = omni.with_options(timeout=4000)
        request = longer._wire._http.build_request("GET", address, timeout=longer._wire._limits)
        assert request.extensions["timeout"]["read"] == 4000
        release.set()


async def test_the_servers_answer_and_its_id_are_within_reach() -> None:
    answers: list[Answer] = []
    server = Scripted({f"POST {IMAGES}": as_json(pictures(png()), X_Request_Id="abc-1")})
    omni = server.client().with_options(headers={"X-Team": "vision"}, on_answer=answers.append)
    response = await omni.raw(ASK)
    assert (response.status_code, response.headers["x-request-id"]) == (200, "abc-1")
    assert response.json()["data"]
    assert server.last(IMAGES).headers["x-team"] == "vision"
    await omni.images(ASK)
    of_pictures = [answer for answer in answers if answer.path == IMAGES]
    assert [answer.request_id for answer in of_pictures] == ["abc-1", "abc-1"]
    assert {answer.status for answer in answers if answer.path == "/v1/models"} == {200}


async def test_closing_a_copy_closes_nothing() -> None:
    server = Scripted({})
    omni = server.client()
    async with omni.with_options(timeout=5) as copy:
        assert await copy.models()
    assert await omni.models()


def test_jobs_come_page_by_page_and_without_await(demo) -> None:
    with SyncOmniClient(demo.url) as omni:
        request = VideoRequest(prompt="waves", size="64x64", num_frames=1, fps=8)
        ids = {omni.create_video(request).id for _ in range(3)}
        pages: list[Answer] = []
        listed = list(omni.with_options(on_answer=pages.append).each_video(page=2))
        assert {job.id for job in listed} == ids
        assert len([answer for answer in pages if answer.path.startswith("/v1/videos?")]) == 2
        assert next(omni.each_video(page=1, order="asc")).id in ids
        assert omni.raw(ASK).json()["data"]


async def test_the_log_names_the_call_and_never_the_key(caplog: pytest.LogCaptureFixture, no_waits: None) -> None:
    busy = as_json({"error": {"message": "busy"}}, 503)
    server = Scripted({f"GET {VIDEO}": [busy, as_json({"id": "video_1", "status": "queued"})]})
    with caplog.at_level(logging.DEBUG, log.name):
        await server.client(api_key="sesame-key").video("video_1")
    assert f"GET http://test{VIDEO} 503" in caplog.text
    assert f"GET http://test{VIDEO} 200" in caplog.text
    assert "another try in" in caplog.text
    assert "sesame-key" not in caplog.text


def test_the_environment_switches_the_log_on(demo) -> None:
    code = f"from omni_ui.client import SyncOmniClient\nwith SyncOmniClient({demo.url!r}) as omni: omni.models()"
    for level, begins in (("info", True), ("", False)):
        env = {"OMNI_LOG": level, "PYTHONPATH": ":".join(sys.path)}
        ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert (f"INFO GET {demo.url}/v1/models 200" in ran.stderr) is begins
        assert "headers:" not in ran.stderr
