"""Visitors and each other's files: every spelling of a path that Gradio understands."""

import json
from urllib.parse import quote

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from omni_ui.app.request_guard import Guard, marks_in
from omni_ui.core.visitor import COOKIE, mark_of, visitor_of

ANNE, BOB = "anne" * 8, "bob-" * 8


def mark(secret: str) -> str:
    return mark_of(visitor_of(type("Asked", (), {"cookies": {COOKIE: secret}})()))


FOLDER = f"{mark(ANNE)}-{'0123456789abcdef' * 2}"
PATH = f"/tmp/gradio/{FOLDER}/picture.png"
TWICE = quote(quote(PATH, safe=""), safe="")


@pytest.fixture
async def site():
    async def everything(request: Request) -> PlainTextResponse:
        return PlainTextResponse(await request.body() or b"served")

    app = Guard(Starlette(routes=[Route("/{path:path}", everything, methods=["GET", "HEAD", "POST"])]))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://here") as client:
        yield client


def as_visitor(secret: str | None) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={secret}"} if secret else {}


SPELLINGS = [
    f"/gradio_api/file={PATH}",
    f"/gradio_api/file/{PATH}",
    f"/file={PATH}",
    f"/omni/gradio_api/file={PATH}",
    f"/gradio_api/file={quote(PATH, safe='')}",
    f"/gradio_api/file={TWICE}",
    f"/gradio_api/file={PATH.replace('-', '%2D')}",
    f"/gradio_api/file={PATH.upper()}",
    f"/gradio_api/file=/tmp/gradio/other/../{FOLDER}/picture.png",
    f"/gradio_api/file=/tmp/gradio/./{FOLDER}//picture.png",
    f"/gradio_api/proxy=http://127.0.0.1/file={PATH}",
    f"/anything?path={quote(PATH, safe='')}",
]


@pytest.mark.parametrize("address", SPELLINGS)
@pytest.mark.parametrize(("who", "status"), [(ANNE, 200), (BOB, 403), (None, 403), ("short", 403)])
async def test_a_marked_folder_is_its_visitor_s_alone(site, address, who, status):
    assert (await site.get(address, headers=as_visitor(who))).status_code == status
    assert (await site.head(address, headers=as_visitor(who))).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"data": [{"path": PATH}]}),
        json.dumps({"data": [[{"image": {"path": PATH, "meta": {"_type": "gradio.FileData"}}}]]}),
        json.dumps({PATH: 1}),
        json.dumps({"data": [PATH]}).replace("-", "\\u002d").replace("a", "\\u0061"),
        json.dumps({"data": [{"url": f"http://here/gradio_api/file={TWICE}"}]}),
        f"not json {PATH}",
    ],
)
async def test_nobody_else_can_hand_it_to_an_event(site, body):
    for who, status in ((ANNE, 200), (BOB, 403), (None, 403)):
        answer = await site.post("/gradio_api/queue/join", content=body, headers=as_visitor(who))
        assert answer.status_code == status
        if status == 200:
            assert answer.text == body, "the event gets its body as it was sent"


@pytest.mark.parametrize("address", ["/", "/gradio_api/file=/tmp/gradio/0123456789abcdef0123456789abcdef/picture.png"])
async def test_all_else_passes(site, address):
    assert (await site.get(address)).text == "served"
    big = json.dumps({"data": ["%20" * 100_000]})
    assert (await site.post("/gradio_api/queue/join", content=big)).text == big


async def test_a_body_that_comes_in_pieces_is_whole(site):
    async def pieces():
        for one in (b'{"data": ["', PATH[:20].encode(), PATH[20:].encode(), b'"]}'):
            yield one

    assert (await site.post("/gradio_api/queue/join", content=pieces(), headers=as_visitor(BOB))).status_code == 403
    sent = await site.post("/gradio_api/queue/join", content=pieces(), headers=as_visitor(ANNE))
    assert sent.json() == {"data": [PATH]}


def test_a_longer_name_is_no_mark():
    assert marks_in(f"/tmp/gradio/ff{FOLDER}/a.png") == set()
    assert marks_in(f"/tmp/gradio/{FOLDER}ff/a.png") == set()
    assert marks_in(PATH) == {mark(ANNE)}
