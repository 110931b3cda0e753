"""Streams reach the page as they come, also behind a proxy that holds answers back, below a path."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from omni_ui.app.middleware.stream_headers import StreamHeaders
from omni_ui.demo.server import DemoServer
from tests.fakes import free_port
from tests.running import App

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; location /omni/ {{ proxy_pass {upstream}; proxy_set_header Host $http_host; }} }}
}}
"""
"""Nothing is set but where to pass on to: buffering is nginx's own default (proxy_buffering on)."""


@contextmanager
def nginx(folder: Path, upstream: str) -> Iterator[str]:
    """The address of the page below /omni, behind an nginx at its defaults."""
    port = free_port()
    (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, port=port, upstream=upstream))
    assert NGINX, "nginx is not installed: run tests/need_programs.sh"
    with Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                    break
                except httpx.TransportError:
                    assert time.monotonic() < until
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/omni"
        finally:
            process.terminate()
            process.wait(10)


@pytest.mark.parametrize(("kind", "marked"), [("text/event-stream", True), ("audio/pcm", True), ("image/png", False)])
async def test_streams_and_nothing_else_are_marked(kind: str, marked: bool) -> None:
    async def body() -> object:
        yield b"a"

    app = Starlette(
        routes=[
            Route(
                "/stream", lambda _: StreamingResponse(body(), media_type=kind, headers={"Cache-Control": "max-age=9"})
            ),
            Route("/text", lambda _: PlainTextResponse("a")),
        ]
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(StreamHeaders(app)), base_url="http://page") as http:
        headers = (await http.get("/stream")).headers
        assert headers.get("x-accel-buffering") == ("no" if marked else None)
        assert headers["cache-control"] == ("no-store" if marked else "max-age=9")
        assert "x-accel-buffering" not in (await http.get("/text")).headers


async def test_a_slow_run_is_told_as_it_goes_behind_nginx_at_its_defaults_below_a_path(tmp_path: Path) -> None:
    """The first event of a run comes while the server still works, not with its end."""
    with (
        DemoServer(["image"], latency=3.0) as demo,
        App(OMNI_BASE_URL=demo.url, OMNI_ROOT_PATH="/omni") as app,
        nginx(tmp_path, app.url) as page,
    ):
        async with httpx.AsyncClient(timeout=60) as http:
            asked = await http.post(
                f"{page}/gradio_api/call/image", json={"data": await defaults(http, page, prompt="a red fox")}
            )
            began, first, last = time.monotonic(), None, None
            async with http.stream("GET", f"{page}/gradio_api/call/image/{asked.json()['event_id']}") as events:
                async for line in events.aiter_lines():
                    if line.startswith("event: "):
                        last = time.monotonic() - began
                        first = last if first is None else first
    assert first is not None
    assert last is not None
    assert first < last - 1.5, f"the first event came after {first:.1f} s, the last after {last:.1f} s"
    assert events.headers["cache-control"] == "no-store"


async def defaults(http: httpx.AsyncClient, page: str, **given: object) -> list[object]:
    """The parameters of /image in their order, each at its default unless given."""
    info = (await http.get(f"{page}/gradio_api/info")).json()
    parameters = info["named_endpoints"]["/image"]["parameters"]
    return [given.get(one["parameter_name"], one["parameter_default"]) for one in parameters]
