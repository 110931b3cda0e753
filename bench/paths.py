"""What was slow and was mended, each beside what it was before: `python -m bench.paths`.

In turns within one process, medians of 21. The profiles that led here are told in bench/README.md.
"""

import asyncio
import base64
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pybase64
from fastapi import FastAPI

from bench.server import picture_body
from omni_ui.app.factory import create_app
from omni_ui.app.gradio_private.description import LightSession, describe_once
from omni_ui.app.page_cache import FrontPage
from omni_ui.client.connection.reading import _parse_json
from omni_ui.settings import Settings

TURNS = 21
GradiosSession = LightSession.__mro__[1]
RunEvent = Callable[[], Any] | Callable[[], Awaitable[Any]]


async def compare(what: str, before: RunEvent, after: RunEvent) -> None:
    """Prints the medians of both in milliseconds, and how many times the first is the second."""
    took: dict[RunEvent, list[float]] = {before: [], after: []}
    for _ in range(TURNS):
        for step in (before, after):
            began = time.perf_counter()
            found = step()
            if asyncio.iscoroutine(found):
                await found
            took[step].append(1000 * (time.perf_counter() - began))
    old, new = (statistics.median(took[step]) for step in (before, after))
    print(f"{what}: {old:.2f} ms before, {new:.2f} ms now, {old / new:.1f} times", flush=True)


def page_of(app: FastAPI) -> gr.Blocks:
    return next(route.app.get_blocks() for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks"))


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(base_url="http://127.0.0.1:9", data_dir=Path(folder))
        app = create_app(settings)
    page = page_of(app)

    # A visitor's session. Before: Gradio's own, of components that are not described yet.
    for block in page.blocks.values():
        for name in ("get_config", "api_info", "api_info_as_input", "api_info_as_output", "example_inputs"):
            block.__dict__.pop(name, None)
    await compare("a visitor's session", lambda: GradiosSession(page), lambda: LightSession(page))
    describe_once(page)

    # The page itself, as Gradio sends it and as it is sent now.
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench")
    plain, packed = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip"}
    sizes = [len((await http.get("/", headers=one)).read()) for one in (plain, packed)]
    raw = (await http.get("/", headers=packed)).headers["content-length"]
    await compare("the page", lambda: http.get("/", headers=plain), lambda: http.get("/", headers=packed))
    print(f"  {sizes[0] / 1000:.0f} kB before, {int(raw) / 1000:.0f} kB now on the wire")
    assert any(isinstance(one.cls, type) and issubclass(one.cls, FrontPage) for one in app.user_middleware)

    # One update of a chat that names one of its outputs.
    event = next(one for one in page.fns.values() if one.api_name == "chat")
    live = event.outputs[2]
    value = {live: {"state": "sent", "id": "a", "blocks": []}}
    old, new = GradiosSession(page), LightSession(page)
    gradios = gr.Blocks.postprocess_data
    await compare(
        f"an update of one of {len(event.outputs)} outputs",
        lambda: gradios(page, event, dict(value), old),
        lambda: page.postprocess_data(event, dict(value), new),
    )

    # Four pictures of 1024x1024 out of an answer.
    body = picture_body("1024x1024", 4, 1)
    await compare(
        "four pictures out of JSON",
        lambda: [base64.b64decode(one["b64_json"], validate=True) for one in json.loads(body)["data"]],
        lambda: [pybase64.b64decode(one["b64_json"], validate=True) for one in _parse_json(body)["data"]],
    )


if __name__ == "__main__":
    asyncio.run(main())
