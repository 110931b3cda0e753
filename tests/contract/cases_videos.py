"""Videos as jobs and at once."""

import asyncio
import json
import time

import pytest

from omni_ui.client import NotFound, OmniError, VideoRequest
from tests.contract.scene import Scene, png, shape
from tests.contract.table import case

PATH = "/v1/videos"
SMALL = {"size": "64x64", "num_frames": 8, "fps": 8.0}
KEYS = {"id", "object", "status", "progress", "model", "prompt", "size", "seconds", "quality", "fps", "num_frames"}
KEYS |= {
    "duration_s",
    "created_at",
    "completed_at",
    "expires_at",
    "error",
    "file_name",
    "inference_time_s",
    "media_type",
}
KEYS |= {"metrics", "stage_durations", "peak_memory_mb", "action", "remixed_from_video_id"}


async def finished(s: Scene, id: str) -> dict:
    """The job once it is over, whatever the status of the answer."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        body = (await s.http.get(f"{PATH}/{id}")).json()
        if body["status"] in ("completed", "failed"):
            return body
        await asyncio.sleep(0.05)
    raise AssertionError(f"the job did not end: {body}")


@case("video", since="0.30")
async def a_job_runs_its_course(s: Scene) -> None:
    created = await s.form(PATH, prompt="a sea", **SMALL)
    body = created.json()
    assert (created.status_code, set(body)) == (200, KEYS)
    assert (body["object"], body["status"], body["progress"], body["seconds"]) == ("video", "queued", 0, "4")
    assert (body["fps"], body["num_frames"], body["duration_s"]) == (8.0, 8, 1.0)
    done = await finished(s, body["id"])
    assert (done["status"], done["progress"], done["file_name"]) == ("completed", 100, f"{body['id']}.mp4")
    assert (done["fps"], done["num_frames"], done["duration_s"]) == (8.0, 8, 1.0)


@case("video", since="0.30")
async def a_job_is_queued_then_in_progress(s: Scene) -> None:
    id = (await s.form(PATH, prompt="a sea [[slow:2]]", **SMALL)).json()["id"]
    seen = []
    while not seen or seen[-1] not in ("completed", "failed"):
        state = (await s.http.get(f"{PATH}/{id}")).json()["status"]
        seen += [] if seen and seen[-1] == state else [state]
        await asyncio.sleep(0.05)
    assert seen == ["queued", "in_progress", "completed"]


@case("video", client=True)
async def the_client_makes_a_video(s: Scene) -> None:
    job = await s.omni.create_video(VideoRequest(prompt="a sea", **SMALL))
    while not job.done:
        await asyncio.sleep(0.05)
        job = await s.omni.video(job.id)
    assert (job.state, job.error) == ("completed", None)
    path = s.folder / "made.mp4"
    assert await s.omni.video_content(job.id, path) == path.stat().st_size > 1000
    assert path.read_bytes()[4:8] == b"ftyp"


@case("video", client=True)
async def fields_of_a_video_arrive(s: Scene) -> None:
    fields = {"num_inference_steps": 7, "guidance_scale": 3.5, "guidance_scale_2": 2.5, "seed": 42}
    fields |= {"boundary_ratio": 0.5, "true_cfg_scale": 1.5}
    asked = VideoRequest(prompt="a sea", negative_prompt="rain", generate_sound=True, **SMALL, **fields)
    await s.omni.create_video(asked)
    await s.state("finished")
    sound = {"generate_sound": True} if s.since("0.22") else {}
    await s.arrived(**fields, **sound, negative_prompt="rain", width=64, height=64, num_frames=8)


@case("video", since="0.30")
async def seconds_become_frames(s: Scene) -> None:
    body = (await s.form(PATH, prompt="x", seconds="2", size="64x64")).json()
    assert (body["seconds"], body["fps"], body["num_frames"], body["duration_s"]) == ("2", 24.0, 48, 2.0)


@case("video", client=True)
async def a_picture_is_filmed(s: Scene) -> None:
    asked = VideoRequest(prompt="zoom in", input_reference=s.file("a.png", png(64, 64)), **SMALL)
    await s.omni.create_video(asked)
    assert await s.state("finished", 10) == "finished"
    assert "64x64" in json.dumps((await s.records())[-1]["prompt"])


@case("video")
async def references_of_a_video_are_checked(s: Scene) -> None:
    bad = [("input_reference", ("a.bin", b"zz", "application/octet-stream"))]
    picture = [("input_reference", ("a.png", png(), "image/png"))]
    url = json.dumps({"image_url": "http://127.0.0.1:9/a.png"})
    assert (await s.form(PATH, bad, prompt="x")).status_code == 400
    assert (await s.form(PATH, picture, prompt="x", image_reference=url)).status_code == 400
    for reference in (url, json.dumps({"file_id": "a"}), "{"):
        answer = await s.form(PATH, prompt="x", image_reference=reference)
        assert (answer.status_code, shape(answer)) == (400, "object")


@case("video", since="0.30")
async def videos_validate(s: Scene) -> None:
    first = {"seconds": "2.5", "size": "64", "fps": "0.5", "num_outputs_per_prompt": "11", "seed": "a"}
    for name, value in first.items():
        answer = await s.form(PATH, prompt="x", **{name: value})
        error = answer.json()["error"]
        assert (answer.status_code, error["type"], error["param"]) == (400, "Bad Request", f"body.{name}")
    second = {"width": "0", "num_frames": "0", "num_inference_steps": "201", "guidance_scale": "21", "quality": "bogus"}
    for name, value in second.items():
        answer = await s.form(PATH, prompt="x", **{name: value})
        error = answer.json()["error"]
        assert (answer.status_code, error["type"], error["param"]) == (400, "BadRequestError", None)
        assert error["message"].startswith(f"1 validation error for VideoGenerationRequest\n{name}\n")
    for fields in ({"size": "0x0"}, {"lora": "zz"}, {"model": "other"}, {"prompt": ""}):
        answer = await s.form(PATH, **{"prompt": "x", **fields})
        assert (answer.status_code, shape(answer)) == (400, "object"), fields


@case("video", since="0.24", client=True)
async def a_failed_job_answers_with_its_status(s: Scene) -> None:
    for fault, code in (("client", 400), ("generate", 500), ("runtime", 500), ("value", 500), ("empty", 500)):
        id = (await s.form(PATH, prompt=f"x [[fail:{fault}]]", **SMALL)).json()["id"]
        body = await finished(s, id)
        answer = await s.http.get(f"{PATH}/{id}")
        assert (answer.status_code, body["status"], body["error"]["code"]) == (code, "failed", code)
        assert set(body["error"]) == {"code", "message"}
        assert (await s.http.get(f"{PATH}/{id}/content")).status_code == 422
        job = await s.omni.video(id)
        assert job.state == "failed"
        assert job.error


@case("video")
async def content_comes_when_it_is_there(s: Scene) -> None:
    id = (await s.form(PATH, prompt="x [[slow:1]]", **SMALL)).json()["id"]
    early = await s.http.get(f"{PATH}/{id}/content")
    assert (early.status_code, early.json()["error"]["message"]) == (404, "Generation is still in-progress")
    await finished(s, id)
    whole = await s.http.get(f"{PATH}/{id}/content")
    assert (whole.headers["content-type"], whole.headers["accept-ranges"]) == ("video/mp4", "bytes")
    assert whole.headers["content-disposition"] == f'attachment; filename="{id}.mp4"'
    ask = {"Range": "bytes=10-19", "If-Range": whole.headers["etag"]}
    piece = await s.http.get(f"{PATH}/{id}/content", headers=ask)
    assert (piece.status_code, piece.content) == (206, whole.content[10:20])
    assert piece.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"


@case("video", client=True)
async def jobs_are_listed(s: Scene) -> None:
    ids = [(await s.form(PATH, prompt="x", **SMALL)).json()["id"] for _ in range(3)]
    body = (await s.http.get(PATH)).json()
    assert {"first_id", "last_id", "has_more", "data", "object"} == set(body)
    assert set(ids) <= {one["id"] for one in body["data"]}
    page = (await s.http.get(PATH, params={"limit": 1, "order": "asc"})).json()
    assert (len(page["data"]), page["has_more"], page["first_id"]) == (1, True, page["data"][0]["id"])
    assert (await s.http.get(PATH, params={"after": "unknown"})).json()["data"] == []
    for name, value in (("limit", "101"), ("order", "up")):
        param = (await s.http.get(PATH, params={name: value})).json()["error"]["param"]
        assert param == (f"query.{name}" if s.since("0.24") else None)
    assert {one.id for one in await s.omni.videos()} >= set(ids)


@case("video", client=True)
async def deleting_stops_a_job(s: Scene) -> None:
    job = await s.omni.create_video(VideoRequest(prompt="x [[slow:20]]", **SMALL))
    assert await s.state("running") == "running"
    await s.omni.delete_video(job.id)
    assert await s.state("aborted") == "aborted"
    for call in (s.omni.video(job.id), s.omni.delete_video(job.id)):
        with pytest.raises(NotFound):
            await call


@case("video")
async def deleting_answers(s: Scene) -> None:
    id = (await s.form(PATH, prompt="x", **SMALL)).json()["id"]
    await finished(s, id)
    answer = await s.http.delete(f"{PATH}/{id}")
    assert answer.json() == {"id": id, "deleted": True, "object": "video.deleted"}
    assert (await s.http.get(f"{PATH}/{id}/content")).status_code == 404


@case("video", client=True)
async def a_video_at_once(s: Scene) -> None:
    answer = await s.form(f"{PATH}/sync", prompt="x", **SMALL)
    assert (answer.status_code, answer.headers["content-type"], answer.content[4:8]) == (200, "video/mp4", b"ftyp")
    assert answer.headers["x-request-id"].startswith("video_sync-")
    assert answer.headers["x-model"] == await s.model()
    assert float(answer.headers["x-inference-time-s"]) > 0
    assert isinstance(json.loads(answer.headers["x-stage-durations"]), dict)
    assert "x-peak-memory-mb" in answer.headers
    path = s.folder / "made.mp4"
    assert await s.omni.video_sync(VideoRequest(prompt="x", **SMALL), path) == path.stat().st_size


@case("video", since="0.24", client=True)
async def faults_of_a_video_at_once(s: Scene) -> None:
    for fault, status, kind in (("generate", 500, "engine"), ("client", 400, "object"), ("runtime", 500, "object"),
                                ("value", 500, "object"), ("empty", 500, "object")):  # fmt: skip
        answer = await s.form(f"{PATH}/sync", prompt=f"x [[fail:{fault}]]", **SMALL)
        assert (answer.status_code, shape(answer)) == (status, kind), fault
    with pytest.raises(OmniError):
        await s.omni.video_sync(VideoRequest(prompt="x [[fail:generate]]", **SMALL), s.folder / "none.mp4")
    assert not list(s.folder.glob("none*"))


@case("video", client=True)
async def leaving_a_video_at_once_does_not_stop_it(s: Scene) -> None:
    await s.leave(s.omni.video_sync(VideoRequest(prompt="x [[slow:1]]", **SMALL), s.folder / "none.mp4"))
    assert await s.state("finished", 10) == "finished"
