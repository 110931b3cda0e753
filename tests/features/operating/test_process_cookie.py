"""The cookie by which a proxy finds a browser's process again; and the key that all processes sign with."""

import shutil
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from omni_ui.features.login.tokens import Tokens
from omni_ui.features.operating.process_cookie import MOST_SENT_ON, ProcessCookie
from omni_ui.settings import BadSetting, load_settings


async def test_a_page_brings_the_cookie_until_the_browser_has_it_and_scripts_never_do():
    routes = [Route("/", lambda _: HTMLResponse("page")), Route("/script", lambda _: PlainTextResponse("script"))]
    app = ProcessCookie(Starlette(routes=routes), "page-2", "/omni")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as web:
        assert "set-cookie" not in (await web.get("/script")).headers
        first = (await web.get("/", headers={"X-Forwarded-Proto": "https"})).headers["set-cookie"]
        assert first == "omni_process=page-2; Path=/omni; HttpOnly; SameSite=Lax; Secure"
        web.cookies.clear()
        again = await web.get("/", headers={"Cookie": "a=b; omni_process=page-2"})
        assert "set-cookie" not in again.headers
        from_another = await web.get("/", headers={"Cookie": "omni_process=page-1"})
        assert from_another.headers["set-cookie"] == "omni_process=page-2; Path=/omni; HttpOnly; SameSite=Lax"


async def test_a_page_is_sent_on_from_a_process_whose_disk_is_full_but_not_in_a_circle(tmp_path, monkeypatch):
    app = ProcessCookie(Starlette(routes=[Route("/", lambda _: HTMLResponse("page"))]), "1", folder=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as web:
        assert (await web.get("/")).status_code == 200
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
        sent_on = await web.get("/?a=b", headers={"Accept": "text/html"})
        assert (sent_on.status_code, sent_on.headers["location"]) == (307, "/?a=b")
        assert "omni_process" not in web.cookies
        answers = [(await web.get("/")).status_code for _ in range(MOST_SENT_ON)]
        assert answers == [307] * (MOST_SENT_ON - 1) + [200]


def test_processes_with_one_key_read_each_other_s_tokens_and_agree_on_whose_a_history_is(tmp_path):
    key = "a-long-random-text"
    first, second = Tokens(tmp_path / "a", key), Tokens(tmp_path / "b", key)
    assert second.read(first.make("alice")) == "alice"
    assert first.visitor("alice") == second.visitor("alice")
    assert Tokens(tmp_path / "a").read(first.make("alice")) is None
    assert Tokens(None, "another-long-text").read(first.make("alice")) is None


@pytest.mark.parametrize(("name", "value"), [("SECRET_KEY", "too short"), ("PROCESS_NAME", "a; b=c")])
def test_a_wrong_value_is_refused_and_a_key_is_not_repeated(name, value, monkeypatch):
    monkeypatch.setenv(f"OMNI_{name}", value)
    with pytest.raises(BadSetting) as refused:
        load_settings()
    assert f"OMNI_{name}" in str(refused.value)
    assert ("too short" in str(refused.value)) is False
