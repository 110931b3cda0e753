"""Visitors and each other's files: every spelling of a path that Gradio understands; bodies that cost too much."""

import asyncio
import json
import threading
import time
from itertools import pairwise
from urllib.parse import quote

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from omni_ui.app.middleware import request_body
from omni_ui.app.middleware.request_body import (
    DEEPEST,
    FORM_LIMIT,
    LIMIT,
    MOST_FIELDS,
    MOST_VALUES,
    SMALL,
    WAITING,
    BodyRefused,
    LargeBodies,
)
from omni_ui.app.middleware.request_guard import Guard, marks_in
from omni_ui.app.sessions import Sessions
from omni_ui.core.visitor import COOKIE, mark_of, visitor_of

ANNE, BOB = "anne" * 8, "bob-" * 8


def mark(secret: str) -> str:
    return mark_of(visitor_of(type("Asked", (), {"cookies": {COOKIE: secret}})()))


FOLDER = f"{mark(ANNE)}-{'0123456789abcdef' * 2}"
PATH = f"/tmp/gradio/{FOLDER}/picture.png"
TWICE = quote(quote(PATH, safe=""), safe="")


@pytest.fixture
async def site(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))

    async def everything(request: Request) -> PlainTextResponse:
        return PlainTextResponse(await request.body() or b"served")

    app = Guard(Starlette(routes=[Route("/{path:path}", everything, methods=["GET", "HEAD", "POST"])]), Sessions())
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
        json.dumps({PATH: 1}),
        json.dumps({"data": [PATH]}).replace("-", "\\u002d").replace("a", "\\u0061"),
        json.dumps({"data": [{"url": f"http://here/gradio_api/file={TWICE}"}]}),
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
    numbers = '{"data": [1e999, NaN], "fn_index": 3}'
    assert (await site.post("/gradio_api/queue/join", content=numbers)).text == numbers, "each field says what it takes"
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


def file_object(path, **more):
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}} | more


@pytest.fixture
def files(site, tmp_path):
    """A file of Anne's, one of a program, and one that is no upload."""
    places = {"anne": tmp_path / FOLDER, "program": tmp_path / ("5" * 32), "other": tmp_path / "elsewhere"}
    for place in places.values():
        place.mkdir()
        (place / "a.txt").write_text("mine")
    return {name: place / "a.txt" for name, place in places.items()} | {"outside": tmp_path.parent / "b.txt"}


async def send(site, value, who=None) -> int:
    body = json.dumps({"data": [[{"deep": value}]]})
    return (await site.post("/gradio_api/queue/join", content=body, headers=as_visitor(who))).status_code


@pytest.mark.parametrize(("name", "allowed"), [("anne", [ANNE]), ("program", [None]), ("other", []), ("outside", [])])
async def test_an_event_takes_a_file_from_the_visitor_whose_it_is_only(site, files, name, allowed):
    files["outside"].write_text("not yours")
    for who in (ANNE, BOB, None):
        assert await send(site, file_object(files[name]), who) == (200 if who in allowed else 403)


async def test_an_event_takes_no_address_and_no_file_that_is_not_there(site, files):
    own = files["anne"]
    assert await send(site, file_object(own, url=f"http://here/gradio_api/file={own}"), ANNE) == 200
    assert await send(site, file_object(own, url="http://example.com/a.png"), ANNE) == 403
    assert await send(site, file_object(own, url=f"http://here/gradio_api/file={files['other']}"), ANNE) == 403
    assert await send(site, file_object("http://example.com/a.png"), ANNE) == 403
    assert await send(site, file_object(own.parent), ANNE) == 403
    assert await send(site, file_object(own.with_name("b.txt")), ANNE) == 403
    assert await send(site, file_object(own) | {"meta": {"_type": "something else"}}, ANNE) == 403
    assert await send(site, {"path": "/models/a.safetensors", "scale": 1}, ANNE) == 200, "a LoRA is no file of ours"


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"x" * (LIMIT + 1), 413, "2 MB"),
        (json.dumps({"data": ["ok"]}).encode("utf-16"), 400, "UTF-8"),
        (b"{", 400, "not valid JSON"),
        (b"1e999", 400, "not finite"),
        (b'{"data": {"a": [NaN]}}', 400, "not finite"),
        (b"[" * 3000 + b"]" * 3000, 400, "nested too deep"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), 400, "nested too deep"),
        (b"[" + b"1," * MOST_VALUES + b"1]", 413, "values"),
    ],
)
async def test_bodies_that_no_route_needs_are_refused_in_words(site, body, status, says):
    answer = await site.post("/gradio_api/queue/join", content=body)
    assert answer.status_code == status
    assert says in answer.json()["detail"]


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (FORM, b"ids=" + b"x" * 200_000, 200),
        (FORM, b"ids=" + b"x" * FORM_LIMIT, 413),
        (FORM, b"ids=x&" * MOST_FIELDS, 413),
        ({"content-type": "multipart/form-data; boundary=b"}, b"--b--", 415),
    ],
)
async def test_forms_are_short_and_only_uploads_have_parts(site, headers, body, status):
    answer = await site.post("/omni/history/keepsake", content=body, headers=headers)
    assert answer.status_code == status, answer.text[:100]


async def test_large_bodies_are_looked_at_in_a_thread_one_at_a_time_and_with_rests(monkeypatch):
    monkeypatch.setattr(request_body, "REST", 3.0)
    looks, main = [], threading.get_ident()

    def look() -> None:
        assert threading.get_ident() != main
        began = time.monotonic()
        time.sleep(0.02)
        looks.append((began, time.monotonic()))

    bodies = LargeBodies()
    await asyncio.gather(*(bodies.work(f"visitor {number}", look) for number in range(4)))
    for (began, ended), (after, _) in pairwise(looks):
        assert after - ended >= 2.9 * (ended - began) - 0.005


async def test_visitors_take_turns_with_large_bodies_and_few_of_each_wait(monkeypatch):
    monkeypatch.setattr(request_body, "REST", 0.0)
    bodies, began, go = LargeBodies(), [], threading.Event()

    def look(name: str) -> None:
        began.append(name)
        go.wait(10)

    greedy = [asyncio.create_task(bodies.work("greedy", look, "greedy")) for _ in range(WAITING + 1)]
    await asyncio.sleep(0)
    patient = asyncio.create_task(bodies.work("patient", look, "patient"))
    await asyncio.sleep(0)
    with pytest.raises(BodyRefused, match="Too many large requests"):
        await bodies.work("greedy", look, "greedy")
    go.set()
    await asyncio.gather(patient, *greedy)
    assert "patient" in began[:3], "the second visitor is next but one at most"


async def test_only_large_bodies_wait_for_each_other(site, monkeypatch):
    seen = []
    work = LargeBodies.work

    async def note(self, visitor, step, *rest):
        seen.append(len(rest[0]))
        return await work(self, visitor, step, *rest)

    monkeypatch.setattr(LargeBodies, "work", note)
    for size in (10, SMALL + 1):
        assert (await site.post("/gradio_api/queue/join", json={"data": ["x" * size]})).status_code == 200
    assert len(seen) == 1
    assert seen[0] > SMALL


async def test_a_body_that_is_too_large_is_refused_while_it_arrives():
    taken = 0

    async def receive():
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b" " * 100_000, "more_body": True}

    answers = []

    async def answer(message):
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/omni/take", "headers": [], "query_string": b""}
    await Guard(None, Sessions())(scope, receive, answer)
    assert answers[0]["status"] == 413
    assert taken == LIMIT // 100_000 + 1


async def test_a_session_belongs_to_the_visitor_who_began_it(site):
    join = json.dumps({"data": [], "session_hash": "abc"})
    assert (await site.post("/gradio_api/queue/join", content=join, headers=as_visitor(ANNE))).status_code == 200
    asks = [
        ("POST", "/gradio_api/queue/join", {"content": join}),
        ("POST", "/gradio_api/cancel", {"content": join}),
        ("GET", "/gradio_api/queue/data?session_hash=abc", {}),
        ("GET", "/gradio_api/heartbeat/abc", {}),
        ("GET", "/omni/status", {"headers": {"X-Omni-Session": "abc"}}),
    ]
    for method, address, more in asks:
        for who, status in ((ANNE, 200), (BOB, 403), (None, 403)):
            headers = more.get("headers", {}) | as_visitor(who)
            answer = await site.request(method, address, **more | {"headers": headers})
            assert answer.status_code == status, (method, address, who)


def test_a_session_is_open_while_its_page_holds_a_connection():
    sessions = Sessions()
    assert sessions.admit("abc", "anne")
    with sessions.open("abc"):
        assert sessions.visitors() == {"anne"}
    assert sessions.visitors() == set()
