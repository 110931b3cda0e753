"""The queue of events, and its two routes: as Gradio's own, beside which they stand."""

import asyncio
import json
import time
from enum import Enum

import gradio as gr
import pytest
from fastapi import FastAPI
from gradio import queueing, server_messages
from gradio.server_messages import BaseMessage, ProcessCompletedMessage, ProcessGeneratingMessage
from markupsafe import Markup

from omni_ui.app.gradio_private.queue import LOOKS, PROGRESS_LOOKS, EventRoutes, calm, encode, queue_of_mounted

JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"


class Visit:
    """A request as ASGI, whose sender leaves when `leave` is set."""

    def __init__(self, method: str, path: str, body: bytes = b"", query: str = "") -> None:
        self.scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
            "client": ("127.0.0.1", 1), "server": ("localhost", 80), "state": {},
        }  # fmt: skip
        self.leave = asyncio.Event()
        self.sent: list[dict] = []
        self._body: bytes | None = body

    async def receive(self) -> dict:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def messages(self) -> list[dict]:
        return [json.loads(line[6:]) for line in self.body.decode().split("\n\n") if line]


class Program:
    """A mounted page with one endless and one short event. ours: whether our routes stand before Gradio's."""

    def __init__(self, ours: bool) -> None:
        self.ended: list[str] = []
        self.page = self._build()
        self.app = gr.mount_gradio_app(FastAPI(), self.page, path="/")
        calm(self.page)
        queue = queue_of_mounted(self.page, self.app.routes)
        self.queue = self.page._queue
        assert queue is self.queue
        self.routes = EventRoutes(self.app, lambda: queue) if ours else self.app

    def _build(self) -> gr.Blocks:
        async def short(text: str):
            yield f"{text} 1"
            yield f"{text} 2"

        async def endless(text: str):
            try:
                for number in range(10_000):
                    yield f"{text} {number}"
                    await asyncio.sleep(0.01)
            finally:
                self.ended.append(text)

        with gr.Blocks() as page:
            text, result = gr.Textbox(), gr.Textbox()
            gr.Button().click(short, text, result, api_name="short")
            gr.Button().click(endless, text, result, api_name="endless")
        return page

    def index(self, name: str) -> int:
        return next(number for number, fn in self.page.fns.items() if fn.api_name == name)

    async def __aenter__(self) -> "Program":
        self._living = self.app.router.lifespan_context(self.app)
        await self._living.__aenter__()
        return self

    async def __aexit__(self, *wrong: object) -> None:
        self.queue.close()
        await self._living.__aexit__(*wrong)

    async def join(self, name: str = "short", **other: object) -> Visit:
        body = {"data": ["hello"], "fn_index": self.index(name), "session_hash": "s"} | other
        visit = Visit("POST", JOIN, json.dumps(body).encode())
        await self.routes(visit.scope, visit.receive, visit.send)
        return visit

    def read(self) -> tuple[Visit, "asyncio.Task[None]"]:
        visit = Visit("GET", DATA, query="session_hash=s")
        return visit, asyncio.create_task(self.routes(visit.scope, visit.receive, visit.send))


async def until(true) -> None:
    for _ in range(3000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


def without_times(messages: list[dict]) -> list[dict]:
    """What every run of the event says alike."""
    for message in messages:
        message.pop("event_id")
        for name in ("duration", "average_duration"):
            (message.get("output") or {}).pop(name, None)
        for name in ("avg_time", "cache_duration"):
            message.pop(name, None)
        message.pop("eta", None)
    return messages


async def test_both_ways_say_the_same():
    answers = []
    for ours in (True, False):
        async with Program(ours) as program:
            joined = await program.join()
            assert joined.sent[0]["status"] == 200
            assert list(json.loads(joined.body)) == ["event_id"]
            visit, reading = program.read()
            await asyncio.wait_for(reading, 30)
            assert dict(visit.sent[0]["headers"])[b"content-type"] == b"text/event-stream; charset=utf-8"
            answers.append(without_times(visit.messages))
    assert answers[0] == answers[1]
    assert [message["msg"] for message in answers[0][-2:]] == ["process_completed", "close_stream"]


@pytest.mark.parametrize(
    "other", [{"data": "no list"}, {"fn_index": "x"}, {"session_hash": None}, {"fn_index": None}, {"batched": "maybe"}]
)
async def test_what_is_wrong_is_answered_as_by_gradio(other):
    answers = []
    for ours in (True, False):
        async with Program(ours) as program:
            visit = await program.join(**other)
            answers.append((visit.sent[0]["status"], json.loads(visit.body)))
    assert answers[0] == answers[1]
    assert answers[0][0] >= 400


async def test_a_usual_event_does_not_come_to_gradios_routes():
    async def refuse(scope: object, receive: object, send: object) -> None:
        raise AssertionError(scope)

    async with Program(ours=True) as program:
        program.routes.app = refuse
        assert (await program.join()).sent[0]["status"] == 200
        visit, reading = program.read()
        await asyncio.wait_for(reading, 30)
        assert visit.messages[-1]["msg"] == "close_stream"


async def test_a_caller_cannot_name_a_request_of_its_own():
    async with Program(ours=True) as program:
        visit = await program.join(request={"headers": {}}, batch_trigger_ids=["x"])
        assert visit.sent[0]["status"] == 200


async def test_a_run_ends_when_its_page_leaves():
    async with Program(ours=True) as program:
        await program.join("endless")
        visit, reading = program.read()
        await until(lambda: len(visit.messages) > 4)
        visit.leave.set()
        await asyncio.wait_for(reading, 30)
        await until(lambda: program.ended == ["hello"])
        assert "s" not in program.queue.pending_messages_per_session
        assert not program.queue.pending_event_ids_session.get("s")


async def test_an_app_that_ends_is_not_held_up():
    async with Program(ours=True) as program:
        await program.join("endless")
        visit, reading = program.read()
        await until(lambda: visit.messages)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await until(lambda: program.ended == ["hello"])


async def test_a_stream_gives_signs_of_life(monkeypatch):
    monkeypatch.setattr("omni_ui.app.gradio_private.queue.utils.get_heartbeat_rate", lambda: 0.02)
    async with Program(ours=True) as program:
        await program.join("endless")
        visit, reading = program.read()
        await until(lambda: sum(message["msg"] == "heartbeat" for message in visit.messages) > 2)
        reading.cancel()


async def test_a_queue_that_stopped_says_so():
    async with Program(ours=True) as program:
        await program.join("endless")
        visit, reading = program.read()
        await until(lambda: visit.messages)
        program.queue.close()
        await asyncio.wait_for(reading, 30)
        assert visit.messages[-1]["msg"] == "unexpected_error"


@pytest.mark.parametrize(("path", "query"), [(DATA, "session_hash=x"), ("/gradio_api/call/short/nobody", "")])
async def test_of_what_is_not_there_is_said_what_gradio_says_and_no_trace_comes(path, query):
    said = []
    for ours in (True, False):
        async with Program(ours) as program:
            visit = Visit("GET", path, query=query)
            reading = asyncio.create_task(program.routes(visit.scope, visit.receive, visit.send))
            await asyncio.wait([reading], timeout=30)
            assert (reading.exception() is None) is ours
            said.append(visit.body)
            visit = Visit("GET", f"/gradio_api/call/short/{json.loads((await program.join()).body)['event_id']}")
            await asyncio.wait_for(program.routes(visit.scope, visit.receive, visit.send), 30)
            assert b"event: complete" in visit.body
    assert said[0] == said[1] != b""


async def test_an_event_begins_when_it_comes(monkeypatch):
    monkeypatch.setattr("omni_ui.app.gradio_private.queue.LOOKS", 60)
    async with Program(ours=True) as program:
        await program.join()
        visit, reading = program.read()
        began = time.monotonic()
        await asyncio.wait_for(reading, 30)
        assert time.monotonic() - began < 30, "it looks every 60 s"
        assert visit.messages[-1]["msg"] == "close_stream"


def test_messages_are_written_as_gradio_writes_them():
    class Colour(Enum):
        RED = "red"

    output = {"data": [{"x": (1, 2.5, None), "é": Markup("<b>")}, float("nan"), Colour.RED], "is_generating": True}
    samples = {
        "output": output, "success": True, "log": "words", "level": "info", "title": "t", "queue_size": 3,
        "message": "wrong", "progress_data": [server_messages.ProgressUnit(index=1)],
    }  # fmt: skip
    kinds = [
        kind for kind in vars(server_messages).values() if isinstance(kind, type) and issubclass(kind, BaseMessage)
    ]
    assert {ProcessCompletedMessage, ProcessGeneratingMessage} < set(kinds)
    for kind in set(kinds) - {BaseMessage}:
        fields = {name: value for name, value in samples.items() if name in kind.model_fields}
        if kind is server_messages.UnexpectedErrorMessage:
            del fields["success"]
        message = kind(event_id="e", **fields)
        plain = json.loads(json.dumps(message.model_dump(), default=str).replace("NaN", "null"))
        assert json.loads(encode(message)[6:].replace(b"NaN", b"null")) | {"output": 0} == plain | {"output": 0}
        if "output" in fields:
            assert json.loads(encode(message)[6:])["output"]["data"][0] == {"x": [1, 2.5, None], "é": "<b>"}


def test_gradio_still_begins_events_in_these_steps():
    with gr.Blocks() as page:
        gr.Textbox()
    calm(page)
    assert page._queue.sleep_when_free == LOOKS
    assert page._queue.progress_update_sleep_when_free == PROGRESS_LOOKS
    names = queueing.Queue.start_processing.__code__.co_names
    assert names == (
        "stopped", "len", "asyncio", "sleep", "sleep_when_free", "active_jobs", "delete_lock", "get_events", "index",
        "event_queue_per_concurrency_id", "current_concurrency", "time", "fn", "start_times_per_fn", "add",
        "event_analytics", "get", "_id", "run_coro_in_background", "process_events", "set_task_name", "session_hash",
        "_asyncio_tasks", "add_done_callback", "discard", "live_updates", "broadcast_estimations",
        "_cancel_asyncio_tasks",
    )  # fmt: skip
    assert "progress_update_sleep_when_free" in queueing.Queue.start_progress_updates.__code__.co_names


def test_a_page_that_asks_who_visits_is_left_to_gradio():
    with gr.Blocks() as page:
        gr.Textbox()
    app = gr.mount_gradio_app(FastAPI(), page, path="/", auth=("name", "secret"))
    assert queue_of_mounted(page, app.routes) is None


def test_a_gradio_without_them_is_noticed():
    class Changed:
        _queue = object()

    with pytest.raises(AttributeError):
        calm(Changed())
