"""Video jobs and their files."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from omni_ui.client import (
    BadRequest,
    BrokenAnswer,
    NotFound,
    NothingMade,
    OmniClient,
    OutOfMemory,
    ServerFailed,
    TimedOut,
    VideoRequest,
)
from tests.client.scripted import Answer, Scripted, as_json, form_of, http_head, read_request, socket_server

VIDEOS = "/v1/videos"
ASK = VideoRequest(prompt="a cat")
MP4 = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 40


def job(state: str = "queued", **more: Any) -> dict[str, Any]:
    return {"id": "video_gen_1", "object": "video", "status": state, "progress": 0, "error": None, **more}


def size_of(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_job_from_its_creation_to_its_end(picture: Path) -> None:
    done = job("completed", fps=16.0, num_frames=81, duration_s=5.06, inference_time_s=3.5, media_type="video/mp4")
    server = Scripted(
        {
            f"POST {VIDEOS}": as_json(job()),
            f"GET {VIDEOS}/video_gen_1": [as_json(job("in_progress")), as_json(done)],
            f"GET {VIDEOS}": as_json({"data": [done, job()]}),
            f"DELETE {VIDEOS}/video_gen_1": as_json({"deleted": True}),
        }
    )
    request = VideoRequest(
        prompt="a cat", seconds=4, size="640x480", input_reference=picture, generate_sound=True, extra_params={"a": 1}
    )
    async with server.client() as omni:
        made = await omni.create_video(request)
        assert (made.id, made.state, made.done) == ("video_gen_1", "queued", False)
        assert (await omni.video(made.id)).state == "in_progress"
        end = await omni.video(made.id)
        assert (end.done, end.fps, end.frames, end.duration, end.made_in) == (True, 16.0, 81, 5.06, 3.5)
        listed = await omni.videos(limit=2, after="video_gen_0", order="asc")
        assert [one.state for one in listed] == ["completed", "queued"]
        assert server.last(VIDEOS).query == "after=video_gen_0&limit=2&order=asc"
        await omni.delete_video(made.id)
    posted = next(seen for seen in server.seen if seen.method == "POST")
    fields, files = form_of(posted)
    assert fields == {
        "model": ["Qwen/Qwen-Image"],
        "prompt": ["a cat"],
        "seconds": ["4"],
        "size": ["640x480"],
        "generate_sound": ["true"],
        "extra_params": ['{"a": 1}'],
    }
    assert [(name, kind) for name, _, kind, _ in files] == [("input_reference", "image/png")]


@pytest.mark.parametrize(
    ("status", "told", "kind"),
    [
        (500, {"code": 500, "message": "broke"}, ServerFailed),
        (400, {"code": 400, "message": "no"}, BadRequest),
        (503, {"code": "503", "message": "No final video output stage found"}, BadRequest),
        (500, {"code": None, "message": "CUDA out of memory"}, OutOfMemory),
        (500, None, ServerFailed),
    ],
)
async def test_a_failed_job_is_no_exception(status: int, told: Any, kind: type[Exception]) -> None:
    server = Scripted({f"GET {VIDEOS}/video_gen_1": as_json(job("failed", error=told), status)})
    async with server.client() as omni:
        found = await omni.video("video_gen_1")
    assert found.state == "failed"
    assert found.done
    assert type(found.error) is kind
    assert server.count(f"{VIDEOS}/video_gen_1") == 1


async def test_a_job_that_is_gone_and_answers_that_are_no_jobs() -> None:
    gone = as_json({"error": {"message": "Video not found", "code": 404}}, 404)
    server = Scripted({f"GET {VIDEOS}/x": gone, f"POST {VIDEOS}": [as_json({"id": 5}), as_json(job("dreaming"))]})
    async with server.client() as omni:
        with pytest.raises(NotFound, match="no longer knows this video"):
            await omni.video("x")
        with pytest.raises(BrokenAnswer, match="not a video job"):
            await omni.create_video(ASK)
        with pytest.raises(BrokenAnswer, match="dreaming"):
            await omni.create_video(ASK)


async def test_the_older_route() -> None:
    server = Scripted(
        {
            "POST /v1/videos/generations": as_json(job()),
            "GET /openapi.json": as_json({"paths": {"/v1/videos/generations": {}}}),
        }
    )
    async with server.client() as omni:
        assert (await omni.create_video(ASK)).state == "queued"
        await omni.create_video(ASK)
    assert server.count("/openapi.json") == 1


async def test_video_sync_writes_the_file(tmp_path: Path) -> None:
    server = Scripted({f"POST {VIDEOS}/sync": Answer(200, MP4, "video/mp4")})
    async with server.client() as omni:
        assert await omni.video_sync(ASK, tmp_path / "out.mp4") == len(MP4)
    assert size_of(tmp_path / "out.mp4") == MP4


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(200, b"", "video/mp4"), NothingMade),
        (Answer(200, b"hello", "video/mp4"), BrokenAnswer),
        (as_json({"error": {"message": "Generation is still in-progress"}}, 404), NotFound),
    ],
)
async def test_a_download_that_is_no_video_leaves_no_file(
    answer: Answer, kind: type[Exception], tmp_path: Path
) -> None:
    async with Scripted({f"GET {VIDEOS}/a/content": answer}).client() as omni:
        with pytest.raises(kind):
            await omni.video_content("a", tmp_path / "out.mp4")
    assert list_of(tmp_path) == []


def list_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Breaking:
    """A server whose downloads break after `step` bytes; with `ranges` it gives the rest when asked."""

    def __init__(self, step: int, ranges: bool) -> None:
        self.step, self.ranges, self.asked = step, ranges, []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await read_request(reader)
        wanted = next((line for line in head.split("\r\n") if line.lower().startswith("range:")), "")
        self.asked.append(wanted)
        start = int(wanted.split("=")[1].rstrip("-")) if wanted and self.ranges else 0
        rest = MP4[start:]
        status, extra = "200 OK", 'etag: "a"\r\n' if self.ranges else ""
        if start:
            status, extra = (
                "206 Partial Content",
                f'etag: "a"\r\ncontent-range: bytes {start}-{len(MP4) - 1}/{len(MP4)}\r\n',
            )
        writer.write(http_head(len(rest), "video/mp4", status, extra) + rest[: self.step])
        await writer.drain()


async def test_a_broken_download_is_taken_up_where_it_broke(tmp_path: Path, no_waits: None) -> None:
    server = Breaking(4000, ranges=True)
    async with socket_server(server) as address, OmniClient(address) as omni:
        assert await omni.video_content("a", tmp_path / "out.mp4") == len(MP4)
    assert size_of(tmp_path / "out.mp4") == MP4
    assert server.asked == ["", "Range: bytes=4000-", "Range: bytes=8000-"]
    assert list_of(tmp_path) == ["out.mp4"]


async def test_a_download_that_never_gets_further_ends(tmp_path: Path, no_waits: None) -> None:
    server = Breaking(4000, ranges=False)
    async with socket_server(server) as address, OmniClient(address) as omni:
        with pytest.raises(BrokenAnswer):
            await omni.video_content("a", tmp_path / "out.mp4")
    assert 2 < len(server.asked) < 10
    assert list_of(tmp_path) == []


async def test_a_download_keeps_to_its_deadline(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(http_head(len(MP4), "video/mp4") + MP4[:100])
        await writer.drain()
        await reader.read()

    async with socket_server(talk) as address, OmniClient(address) as omni:
        with pytest.raises(TimedOut):
            await omni.video_content("a", tmp_path / "out.mp4", deadline=0.2)
    assert list_of(tmp_path) == []


async def test_two_hundred_megabytes_take_constant_memory(tmp_path: Path) -> None:
    import tracemalloc

    total = 200 * 2**20
    block = bytes(2**20)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(http_head(total + 12, "video/mp4") + MP4[:12])
        for _ in range(200):
            writer.write(block)
            await writer.drain()

    async with socket_server(talk) as address, OmniClient(address) as omni:
        tracemalloc.start()
        assert await omni.video_content("a", tmp_path / "out.mp4") == total + 12
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 30 * 2**20
