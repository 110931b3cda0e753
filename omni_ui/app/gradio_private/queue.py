"""Gradio's queue of events: when it looks for runs, in which session an event runs, and its two routes.

Gradio 6.31 looks for work a thousand times a second, which costs a twentieth of a core in an app that nobody uses. Its
routes take two thirds as long as all that our own part of a run does: 15 routers are looked through, what is sent is
checked three times, and an answer's stream makes tasks and timers for each of its messages.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from urllib.parse import parse_qs

import gradio as gr
import orjson
from fastapi import Request
from gradio import queueing, routes, utils
from gradio.data_classes import PredictBody, PredictBodyInternal
from gradio.server_messages import (
    BaseMessage,
    CloseStreamMessage,
    HeartbeatMessage,
    ProcessCompletedMessage,
    UnexpectedErrorMessage,
)
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from omni_ui.app.middleware.request_body import read_body, repeat_body

LOOKS = 0.05
"""Seconds between two looks for runs that nothing has announced, such as after the end of one that others wait for."""
PROGRESS_LOOKS = 1.0
"""Seconds between two looks for gr.Progress, which this app does not use."""
JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
CALL = re.compile(r"/gradio_api/call/[^/]+/([^/]+)$")
"""Where programs read the messages of an event; its id."""
GONE = "404: Not Found"
"""What Gradio says of a session that is not there, before its stream fails with a trace in the log."""
STATUS = {"queue_full": 503, "validator_error": 422, "error": 400}
"""Of events that the queue does not take, as Gradio's route answers."""
STREAM_HEADERS = {"content-type": "text/event-stream; charset=utf-8"}
STREAM = tuple((name.encode(), value.encode()) for name, value in STREAM_HEADERS.items())
FIELDS = frozenset(PredictBody.model_fields)
"""What a caller may say of an event."""


EventQueue = queueing.Queue


def _queue(page: gr.Blocks) -> queueing.Queue:
    return page._queue


def calm(page: gr.Blocks) -> None:
    """Lets the queue begin an event when it comes, and look seldom. Call it when the page is mounted.

    AttributeError when Gradio has changed.
    """
    queue = _queue(page)
    for name, seconds in {"sleep_when_free": LOOKS, "progress_update_sleep_when_free": PROGRESS_LOOKS}.items():
        if not isinstance(getattr(queue, name), (int, float)):
            raise AttributeError(name)
        setattr(queue, name, seconds)
    news = asyncio.Event()
    push = queue.push

    async def announced(body: PredictBodyInternal, request: Request, username: str | None) -> tuple[bool, object, str]:
        result = await push(body=body, request=request, username=username)
        news.set()
        return result

    async def start_processing() -> None:
        try:
            while not queue.stopped:
                while await _begin_next(queue):
                    pass
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), LOOKS)
                news.clear()
        finally:
            queue.stopped = True
            for task in list(queue._asyncio_tasks):
                task.cancel()

    vars(queue).update(push=announced, start_processing=start_processing)


async def _begin_next(queue: queueing.Queue) -> bool:
    """Begins the event whose turn it is, as a step of Gradio's own loop does. False when there is none."""
    if len(queue) == 0 or None not in queue.active_jobs:
        return False
    async with queue.delete_lock:
        batch = queue.get_events()
    if not batch:
        return False
    events, is_batch, concurrency_id = batch
    queue.active_jobs[queue.active_jobs.index(None)] = events
    line = queue.event_queue_per_concurrency_id[concurrency_id]
    line.current_concurrency += 1
    began, fn = time.time(), events[0].fn
    line.start_times_per_fn[fn].add(began)
    for event in events:
        if (noted := queue.event_analytics.get(event._id)) is not None:
            noted["status"] = "processing"
    task = utils.run_coro_in_background(queue.process_events, events, is_batch, began, fn)
    utils.set_task_name(task, events[0].session_hash, fn._id, events[0]._id, is_batch)  # Stop finds it by that
    queue._asyncio_tasks.add(task)
    task.add_done_callback(queue._asyncio_tasks.discard)
    if queue.live_updates:
        queue.broadcast_estimations(concurrency_id)
    return True


def session_of_event(page: gr.Blocks) -> Callable[[str], str | None]:
    """From the id of an event to the session that it runs in. AttributeError when Gradio keeps its events elsewhere."""
    events = _queue(page).event_ids_to_events

    def find(id: str) -> str | None:
        return events[id].session_hash if id in events else None

    return find


class EventRoutes:
    """ASGI middleware, the last one before Gradio: begins events, and sends their messages, as Gradio does.

    A body that is wrong is left to Gradio.
    queue: the page's, once that is mounted.
    """

    def __init__(self, app: ASGIApp, queue: Callable[[], queueing.Queue | None]) -> None:
        self.app = app
        self._queue = queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        queue = self._queue()
        if scope["type"] == "http" and queue is not None:  # an empty one is false
            if scope["method"] == "POST" and scope["path"].endswith(JOIN):
                await self._join(queue, scope, receive, send)
                return
            if scope["method"] == "GET" and scope["path"].endswith(DATA):
                sessions = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash", [])
                if len(sessions) == 1:
                    if sessions[0] in queue.pending_messages_per_session:
                        await AnswerStream(queue, sessions[0], send).run(receive)
                    else:
                        gone = UnexpectedErrorMessage(message=GONE, session_not_found=True)
                        await Response(encode(gone), headers=STREAM_HEADERS)(scope, receive, send)
                    return
            if scope["method"] == "GET" and (call := CALL.search(scope["path"])) and _is_gone(queue, call[1]):
                body = f'event: error\ndata: "{GONE}"\n\n'
                await Response(body, headers=STREAM_HEADERS)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _join(self, queue: queueing.Queue, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive, None)
        event = _read_event(body, Request(scope)) if _is_json(scope) and not queue.stopped else None
        if event is None:
            await self.app(scope, repeat_body(body, receive), send)
            return
        taken, id, state = await queue.push(body=event, request=Request(scope), username=None)
        answer: Response = JSONResponse({"event_id": id}) if taken else JSONResponse({"detail": id}, STATUS[state])
        await answer(scope, receive, send)


def _is_gone(queue: queueing.Queue, event: str) -> bool:
    """Whether there are no messages for this event. An event without a session is a session of its own."""
    is_held = event in queue.event_ids_to_events or event in queue.pending_messages_per_session
    return not is_held and not any(event in ids for ids in queue.pending_event_ids_session.values())


def _is_json(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _read_event(body: bytes, request: Request) -> PredictBodyInternal | None:
    """None for what is no event of a session."""
    try:
        value = json.loads(body)
        if not isinstance(value, dict) or not isinstance(value.get("session_hash"), str):
            return None
        fields = {name: part for name, part in value.items() if name in FIELDS}
        return PredictBodyInternal.model_validate({**fields, "request": request})
    except (ValueError, ValidationError, RecursionError):
        return None


def queue_of_mounted(page: gr.Blocks, mounts: Sequence[object]) -> queueing.Queue | None:
    """The queue of a page that is mounted last among these routes; None where Gradio itself asks who visits."""
    mount = mounts[-1]
    app = mount.app if isinstance(mount, Mount) else None
    if not isinstance(app, routes.App) or app.auth is not None or app.auth_dependency is not None:
        return None
    queue = _queue(page)
    queue.set_server_app(app)
    return queue


class AnswerStream:
    """The messages of a session's events, until all are over or the page is closed. Messages that are there at the same
    time go out together."""

    def __init__(self, queue: queueing.Queue, session: str, send: Send) -> None:
        self._queue = queue
        self._session = session
        self._send = send
        self._messages = queue.pending_messages_per_session[session]
        self._left = False

    async def run(self, receive: Receive) -> None:
        """Ends the session's events when the page leaves, as Gradio does."""
        writing = asyncio.current_task()
        assert writing
        watching = asyncio.create_task(self._watch(receive, writing))
        self._beat()
        try:
            await self._write()
        except asyncio.CancelledError:
            self._queue.pending_messages_per_session.pop(self._session, None)
            await self._queue.clean_events(session_hash=self._session)
            self._queue.pending_event_ids_session.pop(self._session, None)
            if not self._left:
                raise
            writing.uncancel()
        finally:
            watching.cancel()
            self._timer.cancel()

    async def _watch(self, receive: Receive, writing: "asyncio.Task[object]") -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._left = True
        writing.cancel()

    def _beat(self) -> None:
        """Gives a sign of life from now on, the first after one interval."""

        def give() -> None:
            self._messages.put_nowait(HeartbeatMessage())
            self._beat()

        self._timer = asyncio.get_running_loop().call_later(utils.get_heartbeat_rate(), give)

    async def _write(self) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": list(STREAM)})
        goes_on = True
        while goes_on:
            message: BaseMessage = await self._messages.get()
            lines = []
            while True:
                message = self._replaced(message)
                lines.append(encode(message))
                goes_on = not self._is_last(message)
                if not goes_on or self._messages.empty():
                    break
                message = self._messages.get_nowait()
            if isinstance(message, ProcessCompletedMessage) and not goes_on:
                lines.append(encode(CloseStreamMessage()))
            await self._send({"type": "http.response.body", "body": b"".join(lines), "more_body": goes_on})

    def _replaced(self, message: BaseMessage) -> BaseMessage:
        if self._queue.stopped:
            return UnexpectedErrorMessage(message="Server stopped unexpectedly.", success=False)
        if self._queue.pending_messages_per_session.get(self._session) is not self._messages:
            return UnexpectedErrorMessage(message=GONE, session_not_found=True)
        return message

    def _is_last(self, message: BaseMessage) -> bool:
        if isinstance(message, UnexpectedErrorMessage):
            return True
        if not isinstance(message, ProcessCompletedMessage) or not message.event_id:
            return False
        waiting = self._queue.pending_event_ids_session.get(self._session, set())
        waiting.discard(message.event_id)
        return not waiting


def encode(message: BaseMessage) -> bytes:
    """A message as Gradio writes it."""
    return b"data: " + orjson.dumps(vars(message), default=_as_json) + b"\n\n"


def _as_json(value: object) -> object:
    return value.model_dump() if isinstance(value, BaseModel) else str(value)
