"""Other websites, unknown names and closed routes: who may ask for what."""

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from omni_ui.app.middleware.origin_guard import AllowedHosts, OriginGuard


def site(names=(), listen="127.0.0.1", root_path="") -> AsyncClient:
    inner = Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse("served"), methods=["GET", "POST"])])
    guard = OriginGuard(inner, AllowedHosts(names, listen), root_path)
    return AsyncClient(transport=ASGITransport(guard), base_url="http://127.0.0.1:7860")


OPENING = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize("path", ["/omni/history", "/gradio_api/queue/join", "/config", "/gradio_api/file=/a", "/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"origin": "http://127.0.0.1:7860"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "something new"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:9000"}, False),
        ({"origin": "https://example.com"}, False),
    ],
)
async def test_only_the_page_itself_and_programs_may_ask(path, method, headers, allowed):
    answer = await site().request(method, path, headers=headers)
    assert answer.status_code == (200 if allowed else 403)
    assert "access-control-allow-origin" not in answer.headers


async def test_another_site_may_open_the_page_and_nothing_else():
    assert (await site().get("/", headers=OPENING)).status_code == 200
    assert (await site().get("/?job=abc", headers=OPENING | {"sec-fetch-dest": "iframe"})).status_code == 200
    assert (await site(root_path="/omni").get("/omni/", headers=OPENING)).status_code == 200
    assert (await site().post("/", headers=OPENING)).status_code == 403
    assert (await site().get("/omni/history", headers=OPENING)).status_code == 403
    assert (await site().get("/gradio_api/file=/a", headers=OPENING)).status_code == 403


@pytest.mark.parametrize(
    ("host", "names", "listen", "allowed"),
    [
        ("127.0.0.1:7860", [], "127.0.0.1", True),
        ("localhost", [], "127.0.0.1", True),
        ("LOCALHOST.:80", [], "127.0.0.1", True),
        ("[::1]:7860", [], "127.0.0.1", True),
        ("192.168.1.5:7860", [], "127.0.0.1", False),
        ("192.168.1.5:7860", [], "192.168.1.5", True),
        ("192.168.1.5:7860", [], "0.0.0.0", True),
        ("example.com", [], "0.0.0.0", False),
        ("example.com", ["example.com"], "0.0.0.0", True),
        ("example.com.evil.test", ["example.com"], "0.0.0.0", False),
        ("a.example.com", ["example.com"], "0.0.0.0", False),
        ("a.example.com", [".example.com"], "0.0.0.0", True),
        ("badexample.com", [".example.com"], "0.0.0.0", False),
        ("127.0.0.1.example.com", [], "127.0.0.1", False),
        ("anything", ["*"], "127.0.0.1", True),
    ],
)
async def test_the_name_must_be_one_that_the_host_knows(host, names, listen, allowed):
    answer = await site(names, listen).get("/", headers={"host": host})
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert "OMNI_ALLOWED_HOSTS" in answer.json()["detail"]
    # A page under a name that was pointed here could send the other header as it likes.
    passed_on = await site(names, listen).get("/", headers={"host": host, "x-forwarded-host": "localhost"})
    assert passed_on.status_code == (200 if allowed else 403)


async def test_behind_a_proxy_the_origin_is_the_name_that_it_passes_on():
    proxied = {"x-forwarded-host": "omni.example.com", "origin": "https://omni.example.com"}
    own = site(["omni.example.com"])
    assert (await own.post("/omni/take", headers=proxied)).status_code == 200
    assert (await own.post("/omni/take", headers=proxied | {"origin": "https://example.com"})).status_code == 403
    assert (await site().post("/omni/take", headers=proxied)).status_code == 403


@pytest.mark.parametrize(
    "path", ["/openapi.json", "/gradio_api/openapi.json", "/gradio_api/dev/reload", "/gradio_api/deep_link",
             "/gradio_api/process_recording", "/gradio_api/component_server", "/login", "/logout", "/login/",
             "/gradio_api/proxy=http://127.0.0.1/", "/gradio_api/stream/abc", "/gradio_api/file/tmp/a", "/monitoring"],
)  # fmt: skip
@pytest.mark.parametrize("root", ["", "/omni"])
async def test_routes_that_the_page_does_not_need_are_not_there(path, root):
    answer = await site(root_path=root).get(root + path)
    assert answer.status_code == 404


async def test_every_answer_has_the_headers_that_protect():
    for path, status in (("/", 200), ("/login", 404)):
        answer = await site().get(path)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
