"""A kept file that lies elsewhere is answered as one on this machine is, with ranges."""

import os

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from omni_ui.core.serving.kept_file import kept_file
from omni_ui.store import StoreFailed

NAME = f"ab/{'ab' * 16}.mp4"
DATA = os.urandom(1_000_000)
HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


class Elsewhere:
    """Bytes in pieces of 300,000. breaks: after so many bytes."""

    def __init__(self, data: bytes, breaks: int | None = None) -> None:
        self.size = len(data)
        self.data = data
        self.breaks = breaks

    async def pieces(self, start: int, end: int):
        for at in range(start, end, 300_000):
            if self.breaks is not None and at - start >= self.breaks:
                raise StoreFailed("The bucket is away.")
            yield self.data[at : min(at + 300_000, end)]


def site(file) -> httpx.AsyncClient:
    async def answer(request):
        return kept_file(file, NAME, "video/mp4", "my höliday.mp4", inline=True, headers=HEADERS)

    app = Starlette(routes=[Route("/", answer, methods=["GET", "HEAD"])])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page")


def headers_of(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("date", "last-modified")}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "asked",
    [
        {}, {"range": "bytes=0-"}, {"range": "bytes=5-9"}, {"range": "bytes=-7"}, {"range": "bytes=299999-900001"},
        {"range": "bytes=5-99999999"}, {"range": "bytes=0-0"}, {"range": "bytes=999999-"},
        {"range": "bytes=5-9", "if-range": "\"another\""},
    ],
)  # fmt: skip
async def test_it_is_answered_as_a_file_on_the_disk_is(tmp_path, method, asked):
    path = tmp_path / "video"
    path.write_bytes(DATA)
    async with site(path) as here, site(Elsewhere(DATA)) as there:
        ours, theirs = await here.request(method, "/", headers=asked), await there.request(method, "/", headers=asked)
    assert (theirs.status_code, theirs.content) == (ours.status_code, ours.content)
    assert headers_of(theirs) == headers_of(ours)


async def test_if_range_with_its_own_tag_is_a_range(tmp_path):
    async with site(Elsewhere(DATA)) as there:
        tag = (await there.head("/")).headers["etag"]
        answer = await there.get("/", headers={"range": "bytes=1-2", "if-range": tag})
    assert (answer.status_code, answer.content) == (206, DATA[1:3])


@pytest.mark.parametrize("asked", ["bytes=1000000-", "bytes=9-5", "bytes=-0"])
async def test_a_range_that_is_not_there_is_refused(asked):
    async with site(Elsewhere(DATA)) as there:
        answer = await there.get("/", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1000000")


@pytest.mark.parametrize("asked", ["bytes=1-2,4-5", "bytes=-", "lines=1-2", "bytes=x-2"])
async def test_a_range_that_is_none_gives_the_whole_file(asked):
    async with site(Elsewhere(DATA)) as there:
        answer = await there.get("/", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, DATA)


async def test_a_bucket_that_is_away_is_one_sentence():
    async with site(Elsewhere(DATA, breaks=0)) as there:
        answer = await there.get("/")
    assert (answer.status_code, answer.text) == (503, "The bucket is away.")
    assert answer.headers["cache-control"] == "no-store"


async def test_an_empty_file_is_an_empty_answer():
    async with site(Elsewhere(b"")) as there:
        answer = await there.get("/")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")
