"""An open page's connection: signs of life while it is there, and Gradio's own end of the session when it leaves."""

import asyncio

import gradio as gr
import pytest
from fastapi import FastAPI

from omni_ui.app.gradio_private.heartbeat import ALIVE, Heartbeat
from omni_ui.core.serving.page_push import OpenPages

PATH = "/gradio_api/heartbeat/some-session"


class Page:
    """A page that holds the connection, as ASGI. `leave` closes it."""

    def __init__(self, path: str = PATH, method: str = "GET", query: bytes = b"") -> None:
        self.scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
            "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("localhost", 80), "state": {},
        }  # fmt: skip
        self.leave = asyncio.Event()
        self.messages: list[dict] = []
        self._asked = False

    async def receive(self) -> dict:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        self.messages.append(message)

    def signs(self) -> int:
        return sum(message.get("body") == ALIVE for message in self.messages)


@pytest.fixture
def left():
    """The sessions that Gradio was told to end."""
    return []


@pytest.fixture
def gradio_app(left):
    def leave(request: gr.Request) -> None:
        left.append(request.session_hash)

    with gr.Blocks() as page:
        gr.Textbox()
        page.unload(leave)
    return gr.mount_gradio_app(FastAPI(), page, path="/")


async def until(true) -> None:
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_it_gives_signs_of_life_until_the_page_leaves_and_gradio_ends_the_session(gradio_app, left):
    page = Page()
    asking = []

    async def gradio(scope, receive, send):
        asking.append(scope)
        await gradio_app(scope, receive, send)

    holding = asyncio.create_task(Heartbeat(gradio, 0.02, OpenPages())(page.scope, page.receive, page.send))
    await until(lambda: page.signs() >= 3)
    assert page.messages[0]["status"] == 200
    assert (b"content-type", b"text/event-stream; charset=utf-8") in page.messages[0]["headers"]
    assert (asking, left) == ([], [])
    page.leave.set()
    await asyncio.wait_for(holding, 20)
    assert left == ["some-session"]


async def test_gradio_itself_answers_with_the_same_bytes(gradio_app, left):
    """When this fails, Gradio's page waits for something else."""
    page = Page()
    holding = asyncio.create_task(gradio_app(page.scope, page.receive, page.send))
    await until(lambda: page.signs() == 1)
    assert (b"content-type", b"text/event-stream; charset=utf-8") in page.messages[0]["headers"]
    page.leave.set()
    await asyncio.wait_for(holding, 20)
    assert left == ["some-session"]


@pytest.mark.parametrize(("query", "takes"), [(b"pushes=1", True), (b"", False)], ids=str)
async def test_a_page_whose_script_asks_for_them_gets_pushed_values(gradio_app, query, takes):
    """Another one, such as a program or a script that a browser kept from an earlier version, would drop them."""
    page, pages = Page(query=query), OpenPages()
    holding = asyncio.create_task(Heartbeat(gradio_app, 15, pages)(page.scope, page.receive, page.send))
    await until(lambda: page.signs() == 1)
    assert pages.push("some-session", "chat-live", {"a": 1}) is takes
    if takes:
        await until(lambda: len(page.messages) == 3)
        assert page.messages[-1]["body"] == b'data: {"to":"chat-live","value":{"a":1}}\n\n'
        assert page.messages[-1]["more_body"]
    page.leave.set()
    await asyncio.wait_for(holding, 20)
    assert not pages.push("some-session", "chat-live", 2)


@pytest.mark.parametrize(("path", "method"), [(PATH, "POST"), ("/gradio_api/queue/data", "GET")])
async def test_whatever_else_goes_on_to_gradio(path, method):
    page, seen = Page(path, method), []

    async def gradio(scope, receive, send):
        seen.append(scope["path"])

    await Heartbeat(gradio, 15, OpenPages())(page.scope, page.receive, page.send)
    assert seen == [path]
