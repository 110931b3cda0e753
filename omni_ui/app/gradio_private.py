"""The one place that reaches into Gradio, for what has no documented setting.

Gradio 6.31 looks for work a thousand times a second, which costs a twentieth of a core in an app that nobody uses; it
describes every component anew for each visitor who comes, which costs nearly a tenth of a second of one core, and keeps
that, 0.6 MB a visitor; with every update of a run it builds anew each component that the update leaves as it is.
tests/app/test_gradio_private.py notices when Gradio changes.
"""

import asyncio
import importlib.util
import inspect
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
from gradio import context, processing_utils, queueing, routes, state_holder, utils
from gradio.data_classes import GradioModel, GradioRootModel
from pydantic import ValidationError

from omni_ui.app.tab_parts import Config, SplitPage, mount_tab
from omni_ui.core.files import FileRefused, is_file_object, own_path
from omni_ui.core.visitor import REQUEST_VISITOR, EventRequest, HasCookies, is_page, visitor_of
from omni_ui.features.i18n.languages import marks_as_text
from omni_ui.widgets.components import HasInputs, reads_at_once

LOOKS = 0.01
"""Seconds between two looks for runs; what it adds to a run at most."""
HEARTBEAT = utils.get_heartbeat_rate()
"""Seconds between two signs of life to an open page: GRADIO_HEARTBEAT_INTERVAL, or 15."""
PROGRESS_LOOKS = 1.0
"""Seconds between two looks for gr.Progress, which this app does not use."""
SESSIONS = 2000
"""Sessions that are kept, with their conversations; the one that was not used the longest goes first."""

MOST_UPLOADS = 1000
"""Uploads whose progress is kept at one time."""


def _queue(page: gr.Blocks) -> queueing.Queue:
    return page._queue


def calm(page: gr.Blocks) -> None:
    """Lets an idle queue look less often. Call it when the page is mounted. AttributeError without these settings."""
    queue = _queue(page)
    for name, seconds in {"sleep_when_free": LOOKS, "progress_update_sleep_when_free": PROGRESS_LOOKS}.items():
        if not isinstance(getattr(queue, name), (int, float)):
            raise AttributeError(name)
        setattr(queue, name, seconds)


def know_visitors() -> None:
    """Lets core/visitor find the request of the event that is handled, where no request is passed."""
    EventRequest.variable = cast("ContextVar[HasCookies | None]", context.LocalContext.request)


@contextmanager
def only_one_app() -> Iterator[None]:
    """A page that is built in this block gets its app of 90 routes, and its description, when it is mounted.

    Gradio makes both at three moments before. KeyError when it makes them elsewhere.
    """

    def without_routes(blocks: gr.Blocks, **_: object) -> routes.App:
        app = routes.App()
        app.configure_app(blocks)  # the queue asks it for the page and its sessions
        return app

    cheap = {(routes.App, "create_app"): staticmethod(without_routes), (gr.Blocks, "get_config_file"): lambda _: {}}
    usual = {(owner, name): vars(owner)[name] for owner, name in cheap}
    for (owner, name), value in cheap.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name), value in usual.items():
            setattr(owner, name, value)


def describe_once(page: gr.Blocks) -> None:
    """What the page and the API are told of each component is worked out now, and not each time.

    A component that a visitor's run has changed is another object, which Gradio describes itself.
    """
    for block in page.blocks.values():
        start = type(block).__init__
        if not hasattr(start, "__signature__"):
            start.__signature__ = inspect.signature(start)  # type: ignore[attr-defined]
        names = ["get_config"]
        if not getattr(block, "skip_api", True):
            names += ["api_info", "api_info_as_input", "api_info_as_output", "example_inputs"]
        for name in names:
            if describe := getattr(block, name, None):
                # Gradio takes keys away from what it is given, and sets others, but goes no deeper.
                setattr(block, name, partial(copy, describe()))


def forget_matplotlib() -> None:
    """Gradio looks for it twice at each step of a run. Where it is missing, that is a search through all folders."""
    if importlib.util.find_spec("matplotlib") is None:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]  # Python's own way to say: not here


class LightSession(state_holder.SessionState):
    """A visitor's session that does not begin with a description of the whole page, which only deep links need."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))  # type: ignore[arg-type]


def lighten_sessions(page: gr.Blocks) -> None:
    """Call it before the page is mounted. AttributeError when this Gradio makes its sessions elsewhere."""
    if "SessionState" not in state_holder.StateHolder.__getitem__.__code__.co_names:
        raise AttributeError("SessionState")
    state_holder.SessionState = LightSession  # type: ignore[misc]
    page.state_session_capacity = SESSIONS
    prepare_cheaply(page)


def skip_cheaply(page: gr.Blocks) -> None:
    """Outputs that an update (a dict by component) does not name cost nothing. AttributeError when Gradio has changed.

    Gradio takes them for updates without any property, and makes a new component for each.
    """
    whole: Callable[..., Awaitable[list[Any]]] = page.postprocess_data
    if list(inspect.signature(whole).parameters) != ["block_fn", "predictions", "state"]:
        raise AttributeError("postprocess_data")

    async def postprocess_data(block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        outputs = block_fn.outputs
        if len(outputs) < 2 or not isinstance(predictions, dict) or not set(predictions) <= set(outputs):
            return await whole(block_fn, predictions, state)
        updated = [block for block in outputs if block in predictions and predictions[block] != gr.skip()]
        shorter = copy(block_fn)
        shorter.outputs = updated
        # Of a single output Gradio takes the value itself.
        values = predictions[updated[0]] if len(updated) == 1 else {block: predictions[block] for block in updated}
        results = await whole(shorter, values, state) if updated else []
        by_block = dict(zip(updated, results, strict=True))
        return [
            by_block[output] if output in by_block else None if output.stateful else gr.skip() for output in outputs
        ]

    page.postprocess_data = postprocess_data  # type: ignore[method-assign]


def prepare_cheaply(page: gr.Blocks) -> None:
    """Takes in plain values without changing the thread for each. AttributeError when Gradio has changed."""
    whole: Callable[..., Awaitable[list[object]]] = page.preprocess_data
    if list(inspect.signature(whole).parameters) != ["block_fn", "inputs", "state", "explicit_call"]:
        raise AttributeError("preprocess_data")

    async def preprocess_data(
        block_fn: HasInputs, inputs: list[object], state: LightSession | None, explicit_call: bool = False
    ) -> list[object]:
        blocks = block_fn.inputs
        if state is None or not block_fn.preprocess or block_fn.component_prop_inputs or len(inputs) != len(blocks):
            return await whole(block_fn, inputs, state, explicit_call)
        slow = [place for place, block in enumerate(blocks) if not reads_at_once(block)]
        others = copy(block_fn)
        others.inputs = [blocks[place] for place in slow]
        results = await whole(others, [inputs[place] for place in slow], state, explicit_call) if slow else []
        values = dict(zip(slow, results, strict=True))
        move = processing_utils.async_move_files_to_cache
        try:
            for place in sorted(set(range(len(blocks))) - set(slow)):
                component, value = blocks[place], inputs[place]
                if isinstance(value, (dict, list)):  # which may hold a file
                    value = await move(value, component, check_in_upload_folder=not explicit_call)
                values[place] = cast(gr.components.Component, state[component._id]).preprocess(value)
        except (gr.Error, TypeError, ValueError):  # Gradio's own way says what is wrong
            return await whole(block_fn, inputs, state, explicit_call)
        return [values[place] for place in range(len(blocks))]

    vars(page)["preprocess_data"] = preprocess_data


def session_of_event(page: gr.Blocks) -> Callable[[str], str | None]:
    """From the id of an event to the session that it runs in. AttributeError when Gradio keeps its events elsewhere."""
    events = _queue(page).event_ids_to_events

    def find(id: str) -> str | None:
        return events[id].session_hash if id in events else None

    return find


def own_files_only(page: gr.Blocks) -> None:
    """Whatever goes into an event or comes out of one may be a file of that visitor's, and nothing else.

    Gradio looks at paths only once `has_launched` is set, which mounting does not do, and even then lets outputs name
    any file of the working directory and of the temporary folder, and any address. AttributeError when it has changed.
    """
    if not hasattr(page, "has_launched"):
        raise AttributeError("has_launched")
    page.has_launched = True
    _tell_visitor(page)
    whole = processing_utils.async_move_files_to_cache
    if getattr(whole, "checks_owner", False):
        return
    if list(inspect.signature(whole).parameters)[:3] != ["data", "block", "postprocess"]:
        raise AttributeError("async_move_files_to_cache")

    async def move(data: Any, block: Any, *rest: Any, **more: Any) -> Any:
        if isinstance(data, (GradioModel, GradioRootModel)):
            data = data.model_dump()
        return await whole(checked_files(data), block, *rest, **more)

    move.checks_owner = True  # type: ignore[attr-defined]
    processing_utils.async_move_files_to_cache = move


class LateParts:
    """What the event `mount_tab` answers: the parts of a tab, in the form in which `gr.render` answers with its own."""

    def __init__(self, page: gr.Blocks) -> None:
        self._page = page
        self._parts: dict[str, Config] = {}

    async def answer(self, inputs: list[object]) -> dict[str, Config]:
        """inputs: `[{"tab": name}]`. Nothing for another one."""
        self._parts = self._parts or await asyncio.to_thread(self._take_apart)
        match inputs:
            case [{"tab": str(name)}] if name in self._parts:
                return {"render_config": self._parts[name]}
        return {}

    def _take_apart(self) -> dict[str, Config]:
        # As /config writes it, so that both have the same texts.
        return SplitPage(json.loads(json.dumps(self._page.config, default=str))).parts()


def _tell_visitor(page: gr.Blocks) -> None:
    """Before and after a handler, too, it is known whose event it is: Gradio tells that to the handler alone."""
    process = page.process_api
    signature = inspect.signature(process)
    if not {"block_fn", "inputs", "request"} <= set(signature.parameters):
        raise AttributeError("process_api")
    parts = LateParts(page)

    async def process_api(*args: Any, **kwargs: Any) -> Any:
        arguments = signature.bind(*args, **kwargs).arguments
        request = arguments.get("request")
        token = REQUEST_VISITOR.set(visitor_of(request) if isinstance(request, gr.Request) else None)
        try:
            result = await process(*args, **kwargs)
        except ValidationError as wrong:  # an object that only half looks like a file
            if "FileData" not in str(wrong):
                raise
            raise gr.Error(str(FileRefused()), print_exception=False) from None
        finally:
            REQUEST_VISITOR.reset(token)
        result["data"] = [marks_as_text(value) for value in result["data"]]
        if arguments.get("iterator") and not result["is_generating"] and is_page(request):
            result["data"] = [gr.skip()] * len(result["data"])  # it was sent already
        if getattr(arguments["block_fn"], "fn", None) is mount_tab:
            result.update(await parts.answer(arguments["inputs"]))
        return result

    page.process_api = process_api  # type: ignore[method-assign]


def checked_files(data: Any) -> Any:
    """The data of an event, its files without addresses. gr.Error for a file that is not the visitor's."""
    if isinstance(data, dict):
        if "meta" in data and "path" in data:
            try:
                if not is_file_object(data) or not isinstance(data["path"], str):
                    raise FileRefused
                own_path(data["path"])
            except FileRefused as refused:
                raise gr.Error(str(refused), print_exception=False) from None
            return {**data, "url": None}
        return {name: checked_files(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)(checked_files(value) for value in data) if type(data) in (list, tuple) else data
    return data


class UploadProgress:
    """Where the page's progress of an upload comes from. AttributeError when Gradio keeps it elsewhere."""

    def __init__(self) -> None:
        statuses = routes.file_upload_statuses
        self._append, self._set_done, self._known = statuses.append, statuses.set_done, statuses._statuses

    def add(self, upload_id: str, name: str, data: bytes) -> None:
        if upload_id and (upload_id in self._known or len(self._known) < MOST_UPLOADS):
            self._append(upload_id, name, data)

    def done(self, upload_id: str) -> None:
        if upload_id and (upload_id in self._known or len(self._known) < MOST_UPLOADS):
            self._set_done(upload_id)
