"""The page is made once for each address, packed, and never mixed up."""

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from omni_ui.app.page_cache import FOREVER, KEPT, FrontPage

SIGN = "function z(){f(()=>{t(p,now()),W&&z()})}e(()=>{o.status===`pending`?a():b()})"
"""What of Gradio's script of its loading signs counts frames."""


class Site:
    """A page that tells by which address it was asked for, and how often it was made."""

    def __init__(self, root_path="", finish=None):
        self.made = 0
        self.head = ""
        self.inner = Starlette(
            routes=[
                Route("/", self.page),
                Route("/below", self.page),
                Route("/cookie/", lambda _: _with_cookie()),
                Route("/assets/{name}", self.script),
                Route("/other", lambda _: JSONResponse({"words": "x" * 2000})),
                Route("/away/", lambda _: RedirectResponse("/elsewhere")),
            ]
        )
        app = FrontPage(self.inner, root_path, finish)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://first")

    async def page(self, request: Request):
        self.made += 1
        await asyncio.sleep(0.01)
        told = request.headers.get("x-forwarded-host") or request.headers["host"]
        return HTMLResponse(f"{self.head}<p>{told} {request.url.query}</p>" + "many words " * 1000)

    async def script(self, request: Request):
        self.made += 1
        if request.path_params["name"] == "missing-12345678.js":
            return Response("no such file", 404)
        if request.path_params["name"].startswith("statustracker"):
            packed = "br" not in request.headers["accept-encoding"] and "gzip" in request.headers["accept-encoding"]
            body = gzip.compress(SIGN.encode()) if packed else SIGN.encode()
            return Response(body, headers={"Content-Encoding": "gzip"} if packed else {})
        return FileResponse(__file__, headers={"Content-Encoding": request.headers["accept-encoding"].split(",")[0]})


def _with_cookie():
    answer = HTMLResponse("a page")
    answer.set_cookie("name", "of one visitor")
    return answer


@pytest.fixture
def site():
    return Site()


async def test_the_page_is_made_once_and_comes_packed(site):
    answers = await asyncio.gather(*(site.http.get("/") for _ in range(20)))
    assert site.made == 1
    assert {one.text for one in answers} == {"<p>first </p>" + "many words " * 1000}
    assert all(int(one.headers["content-length"]) < 500 for one in answers)


async def test_who_asks_for_the_headers_alone_gets_those_of_the_page(site):
    whole, headers = await site.http.get("/"), await site.http.head("/")
    assert site.made == 1
    assert "script-src" in headers.headers["content-security-policy"]
    assert headers.headers == whole.headers


async def test_the_page_is_finished_once():
    site = Site(finish=lambda page: f"{page} finished")
    pages = [(await site.http.get("/")).text for _ in range(2)]
    assert pages[0] == pages[1]
    assert pages[0].count("finished") == 1


async def test_each_address_has_its_own(site):
    pages = [
        await site.http.get("http://first/"),
        await site.http.get("http://second/"),
        await site.http.get("/", headers={"X-Forwarded-Host": "third"}),
    ]
    assert [one.text.split("</p>")[0] for one in pages] == ["<p>first ", "<p>second ", "<p>third "]
    before = site.made if hasattr(site, "made") else None
    queries = [await site.http.get(f"/?job={number}") for number in range(20)]
    assert {one.text for one in queries} == {pages[0].text}, "no query makes a page of its own"
    assert before is None or site.made == before


async def test_whoever_has_it_is_told_so(site):
    mark = (await site.http.get("/")).headers["etag"]
    again = await site.http.get("/", headers={"If-None-Match": mark})
    assert (again.status_code, again.content) == (304, b"")
    other = await site.http.get("http://second/", headers={"If-None-Match": mark})
    assert other.status_code == 200


async def test_a_caller_that_unpacks_nothing_gets_it_plain(site):
    answer = await site.http.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.text.startswith("<p>first")


async def test_nothing_else_is_touched(site):
    other = await site.http.get("/other")
    assert "content-encoding" not in other.headers
    assert other.json()["words"] == "x" * 2000
    assert (await site.http.post("/")).status_code == 405


async def test_the_app_is_told_when_it_starts_and_ends(site):
    told = []

    async def app(scope, receive, send):
        told.append(scope["type"])

    await FrontPage(app)({"type": "lifespan"}, None, None)
    assert told == ["lifespan"]


async def test_answers_that_are_not_the_page_pass_through():
    cookie, away = Site("/cookie"), Site("/away")
    for _ in range(2):
        assert "name" in (await cookie.http.get("/cookie/")).headers["set-cookie"]
        assert (await away.http.get("/away/")).status_code == 307


async def test_below_a_path(site):
    below = Site("/below")
    assert (await below.http.get("/below")).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in (await site.http.get("/below")).headers


async def test_addresses_that_anybody_makes_up_do_not_pile_up(site):
    for number in range(KEPT + 3):
        await site.http.get(f"http://made-up-{number}/")
    made = site.made
    await site.http.get("http://made-up-5/")
    assert site.made == made
    await site.http.get("http://made-up-0/")
    assert site.made == made + 1


async def test_a_script_is_read_once_and_kept_by_browsers(site):
    whole = Path(__file__).read_bytes()
    for _ in range(3):
        async with site.http.stream("GET", "/assets/words-A1b2_3-4.js", headers={"Accept-Encoding": "br"}) as answer:
            assert b"".join([part async for part in answer.aiter_raw()]) == whole
            assert answer.headers["cache-control"] == FOREVER
            assert answer.headers["content-encoding"] == "br"
    assert site.made == 1


async def test_a_script_comes_as_it_was_asked_for(site):
    for number, accepted in enumerate(["br", "gzip", "identity"], 1):
        headers = {"Accept-Encoding": accepted}
        async with site.http.stream("GET", "/assets/words-A1b2_3-4.js", headers=headers) as answer:
            assert answer.headers["content-encoding"] == accepted
        assert site.made == number


async def test_scripts_that_are_missing_or_have_no_hash_are_not_kept(site):
    for path in ("/assets/missing-12345678.js", "/assets/plain.js"):
        site.made = 0
        for _ in range(2):
            async with site.http.stream("GET", path, headers={"Accept-Encoding": "br"}) as answer:
                assert "cache-control" not in answer.headers
        assert site.made == 2


async def test_a_part_of_a_script_is_the_apps_own_business(site):
    headers = {"Accept-Encoding": "br", "Range": "bytes=0-9"}
    async with site.http.stream("GET", "/assets/words-A1b2_3-4.js", headers=headers) as answer:
        assert answer.status_code == 206


@pytest.mark.parametrize("accepted", ["gzip, br", "identity"])
async def test_a_loading_sign_stops_counting_when_it_is_over(site, accepted):
    async with site.http as http:
        answer = await http.get("/assets/statustracker-12345678.js", headers={"accept-encoding": accepted})
    assert answer.text == SIGN.replace("W&&z()", "(W=W&&o.status===`pending`)&&z()")
    assert answer.headers.get("content-encoding") == ("gzip" if "gzip" in accepted else None)


@pytest.mark.parametrize("path", ["/", "/assets/index-12345678.js"])
@pytest.mark.parametrize("sent", [0, 1, 2])
async def test_an_answer_that_broke_off_is_nobody_else_s(path, sent):
    whole = [
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]},
        {"type": "http.response.body", "body": b"<p>half ", "more_body": True},
        {"type": "http.response.body", "body": b"whole"},
    ]
    parts = [whole[:sent], whole]

    async def app(scope, receive, send):
        for message in parts.pop(0):
            await send(message)

    async def ask():
        got = []

        async def send(message):
            got.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "scheme": "http", "query_string": b""}
        await front(scope, None, send)
        return b"".join(message.get("body", b"") for message in got)

    front = FrontPage(app)
    assert await ask() in (b"", b"<p>half ")
    assert b"half whole" in await ask()
