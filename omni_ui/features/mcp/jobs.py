"""One call of a tool: a run like those of the page, with its place in line, the host's limits and its record."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import gradio as gr
from starlette.requests import Request as HttpRequest

from omni_ui.client import type_of_file
from omni_ui.core import status
from omni_ui.core.files import Json
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun, RunResult, Values, execute
from omni_ui.core.visitor import REQUEST_VISITOR, visitor_of
from omni_ui.features.history.unfinished import noting
from omni_ui.features.mcp.arguments import FILES, read_arguments
from omni_ui.features.tab_context import TabContext
from omni_ui.media.thumbnails import preview

INLINE = 700_000
"""Bytes of files that stand in an answer. As base64 they stay below 1 MiB, where httpx2, which mcp 2.x reads with, ends
an event. Of a larger picture or a video a small copy stands there, and the file itself at its address."""
PREVIEW = 768
"""Pixels of the longer side of such a copy."""
SMALLER = "Shown smaller here; the file itself is at its address:"
QUIET = 5.0
"""Seconds without news after which the caller is told that the run goes on."""
NO_SERVER = "No server is set for this: the host can set OMNI_BASE_URL."
KEPT = "It is in your History."
NOT_KEPT = "It is not in any History: the caller is unknown (see the header X-Omni-Visitor)."
_running: set[asyncio.Task["JobResult"]] = set()
"""The event loop itself holds on to no task."""
Report = Callable[[float, str], Awaitable[None]]
"""Takes the seconds so far and what is happening."""


class JobFailed(Exception):
    """A run that came to nothing; the text is a sentence for whoever called."""


class CallerLeft(Exception):
    """The caller has closed the connection."""


@dataclass
class JobResult:
    """What a call gives: content blocks of the protocol, and the same facts as an object."""

    content: list[Json] = field(default_factory=list)
    facts: Json = field(default_factory=dict)


async def run_job(tab: TabContext, arguments: Json, request: HttpRequest, report: Report) -> JobResult:
    """Runs the tab's job. Raises JobFailed with one sentence; CallerLeft when the connection of the caller is gone."""
    token = REQUEST_VISITOR.set(visitor_of(request))
    try:
        # In a task of its own: the SDK (anyio) cancels a call anew at each `await` of its clean-up, and the server's
        # work would go on. This way it is cancelled once.
        running = asyncio.create_task(_run(tab, arguments, request, report))
    finally:
        REQUEST_VISITOR.reset(token)
    _running.add(running)
    running.add_done_callback(_running.discard)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        running.cancel()
        raise


async def _run(tab: TabContext, arguments: Json, request: HttpRequest, report: Report) -> JobResult:
    values: Values = arguments
    left = left_event(request)
    try:
        values = await read_arguments(tab, arguments)
        asked = tab.read(values)
        asked = (await asked if isinstance(asked, Awaitable) else asked).with_seed()
    except Invalid as wrong:
        if tab.recorder:
            await tab.recorder.failure(tab.form.model, visitor_of(request), str(wrong), entered=values)
        raise JobFailed(str(wrong)) from None
    backend = tab.backends.for_tab(tab.name, None)
    if backend is None or tab.make is None:
        raise JobFailed(NO_SERVER)
    ability = await backend.ability(tab.name)
    run = tab.begin(tab.make, asked, values, gr.Request(request), backend, ability.model if ability else None)
    # A video of somebody who is known goes on when they leave, as on the page: it comes to their History.
    run.in_background = not (tab.name == "video" and run.visitor)
    reported, said = time.monotonic(), ""
    async with aclosing(execute(backend, run)) as steps, noting(tab.recorder, run):
        async for step in steps:
            if step.kind == "done":
                return await _result(tab, run, step.outcome or RunResult(), step.seconds, request)
            if step.kind == "failed":
                raise JobFailed(await tab.keep_failure(run, step.error, backend))
            if step.kind == "called off":
                raise JobFailed(str(step.error))
            if left.is_set():
                raise CallerLeft
            words = status.progress_text(run.note, step.place, step.wait)
            if words != said or time.monotonic() - reported > QUIET:
                reported, said = time.monotonic(), words
                await report(step.seconds, words)
    raise JobFailed("The run ended without a result.")


def left_event(request: HttpRequest) -> asyncio.Event:
    """Set when the caller's connection is gone; the endpoint puts it into the scope of each request."""
    event: asyncio.Event = request.scope.setdefault("omni.left", asyncio.Event())
    return event


async def _result(tab: TabContext, run: AnyRun, outcome: RunResult, seconds: float, request: HttpRequest) -> JobResult:
    record = await tab.keep(run, outcome, seconds)
    files = [_file(path, request) for path in outcome.files]
    facts: Json = {
        "tool": tab.name,
        "seed": getattr(run.request, "seed", None),
        "model": run.model,
        "seconds": round(seconds, 3),
        "text": outcome.text or None,
        "facts": [": ".join(filter(None, fact)) for fact in outcome.facts],
        "files": files,
        "record": record if run.visitor else None,
    }
    result = JobResult(facts={name: value for name, value in facts.items() if value is not None})
    if outcome.text:
        result.content.append({"type": "text", "text": outcome.text})
    inline, smaller = await asyncio.to_thread(_inline, outcome.files, [str(file["type"]) for file in files])
    result.content += inline
    lines = [f"{tab.title}, {seconds:.1f} s" + (f", seed {facts['seed']}." if facts["seed"] is not None else ".")]
    lines += [SMALLER] if smaller else []
    lines += [f"{file['name']}: {file['url']}" for file in files]
    lines.append(KEPT if run.visitor else NOT_KEPT)
    result.content.append({"type": "text", "text": "\n".join(lines)})
    return result


def _inline(paths: list[Path], kinds: list[str]) -> tuple[list[Json], bool]:
    """Blocks with the files that fit, and whether one of them is a smaller copy. Blocking."""
    blocks: list[Json] = []
    room, smaller = INLINE, False
    for path, kind in zip(paths, kinds, strict=True):
        family = kind.partition("/")[0]
        data: bytes | None = None
        if family in ("image", "audio") and path.stat().st_size <= room:
            data = path.read_bytes()
        elif (data := preview(path, kind, PREVIEW)) and len(data) <= room:
            smaller, family, kind = True, "image", "image/webp"
        if data and len(data) <= room:
            room -= len(data)
            blocks.append({"type": family, "data": base64.b64encode(data).decode(), "mimeType": kind})
    return blocks, smaller


def _file(path: Path, request: HttpRequest) -> Json:
    """A file as an agent gets it. path: what another tool takes for it."""
    return {
        "name": path.name,
        "type": type_of_file(path),
        "bytes": path.stat().st_size,
        "path": str(path),
        "url": f"{_root(request)}{FILES}{path}",
    }


def _root(request: HttpRequest) -> str:
    """The address of the page as the caller reaches it; the hosts were checked before (app/origin_guard)."""
    headers, url = request.headers, request.url
    scheme = headers.get("x-forwarded-proto", url.scheme).partition(",")[0].strip()
    host = headers.get("x-forwarded-host", headers.get("host", url.netloc)).partition(",")[0].strip()
    return f"{scheme}://{host}{request.scope.get('root_path', '').rstrip('/')}"
