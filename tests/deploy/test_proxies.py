"""What nginx and Caddy do with the files of deploy/: streams, websockets, uploads, and who is sent to which process."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from omni_ui.features.operating.process_cookie import ProcessCookie
from tests.deploy.proxies import caddy, nginx
from tests.fakes import free_port


class Page:
    """A server in the place of one page process."""

    def __init__(self, name: str) -> None:
        self.release = threading.Event()
        self.port = free_port()
        routes = [Route("/slowly", self.slowly), WebSocketRoute("/omni/talk", self.talk)]
        routes.append(Route("/{path:path}", self.echo, methods=["GET", "POST"]))
        self.name = name
        app = ProcessCookie(Starlette(routes=routes), name)
        config = uvicorn.Config(app, port=self.port, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    async def echo(self, request: Request) -> JSONResponse:
        size = sum([len(part) async for part in request.stream()])
        return JSONResponse(
            {"host": request.headers["host"], "path": request.url.path, "size": size, "name": self.name}
        )

    async def slowly(self, request: Request) -> StreamingResponse:
        async def parts():
            yield b"first"
            await asyncio.to_thread(self.release.wait, 20)
            yield b"last"

        return StreamingResponse(parts(), media_type="text/plain")

    async def talk(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    @contextmanager
    def serving(self) -> Iterator["Page"]:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        try:
            yield self
        finally:
            self.end()

    def end(self) -> None:
        self.release.set()
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(3)


Proxy = Callable[..., AbstractContextManager[int]]


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_proxy_passes_on_streams_websockets_and_uploads_and_keeps_visitors_with_a_process_that_is_there(
    proxy: Proxy, tmp_path
):
    with ExitStack() as open_:
        pages = [open_.enter_context(Page(name).serving()) for name in ("1", "2")]
        port = open_.enter_context(proxy(tmp_path, [page.port for page in pages]))
        web = open_.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10))
        seen = web.get("/anything", headers={"Host": f"omni.example.com:{port}"}).json()
        assert (seen["host"], seen["path"]) == (f"omni.example.com:{port}", "/anything")
        assert [web.get(path).status_code for path in ("/metrics", "/ready", "/health")] == [404, 404, 200]
        assert web.post("/upload", content=b"x" * 5_000_000).json()["size"] == 5_000_000
        with web.stream("GET", "/slowly") as answer:
            parts = answer.iter_raw()
            assert next(parts) == b"first", "it comes before the answer is whole"
            for page in pages:
                page.release.set()
            assert b"".join(parts) == b"last"
        with connect(f"ws://127.0.0.1:{port}/omni/talk") as socket:
            socket.send("hello")
            assert socket.recv(10) == "hello"

        first_of_each = {httpx.get(f"http://127.0.0.1:{port}/").json()["name"] for _ in range(40)}
        assert first_of_each == {"1", "2"}, "newcomers are spread"
        mine = web.get("/").json()["name"]
        assert {web.post("/gradio_api/queue/join").json()["name"] for _ in range(10)} == {mine}

        ended, left = (pages[0], pages[1]) if mine == "1" else (pages[1], pages[0])
        ended.end()
        assert web.get("/").json()["name"] == left.name, "what only reads is tried elsewhere"
        names = [web.post("/gradio_api/queue/join", content=b"x" * 1000).json()["name"] for _ in range(5)]
        assert names == [left.name] * 5, "what could not be sent is sent elsewhere"
        assert web.cookies.get("omni_process") == left.name
