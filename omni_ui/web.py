"""The web app: the Gradio page mounted at /, our own routes before it, and what lives as long as the app."""

import os

# Gradio reads these when it is imported: no telemetry, and no statistics over all past events after each event.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request

from omni_ui import __version__
from omni_ui.demo.server import DemoServer
from omni_ui.page import build_ui
from omni_ui.parts.backends import Backends
from omni_ui.parts.guard import Guard
from omni_ui.parts.history_routes import history_routes
from omni_ui.parts.job_list import job_routes
from omni_ui.parts.jobs import VideoJobs
from omni_ui.parts.listen import Listening
from omni_ui.parts.recipes import recipe_routes
from omni_ui.parts.recorder import Limits, Recorder
from omni_ui.parts.theme import css, head, theme
from omni_ui.settings import BadSetting, Settings, load_settings
from omni_ui.store import Store

log = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The whole app. The demo server runs as long as it does when no server is named."""
    backends = Backends(settings)
    listening = Listening()
    store = Store(settings.data_folder)
    jobs = VideoJobs(backends, store)
    recorder = Recorder(store, jobs, Limits(settings.keep_seconds, settings.room))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        demo = None
        if not any(settings.server_for(tab)[0] for tab in ("chat", "image", "edit", "speech", "sound", "video")):
            demo = DemoServer(latency=settings.demo_latency)
            await asyncio.to_thread(demo.start)
        await store.open()
        if store.trouble:
            log.warning(store.trouble)
        backends.start(demo.url if demo else None)
        recorder.start()
        await jobs.start()
        try:
            yield
        finally:
            await jobs.close()
            await recorder.close()
            await backends.close()
            await store.close()
            if demo:
                await asyncio.to_thread(demo.stop)

    app = FastAPI(
        title="Omni UI",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        root_path=settings.root_path,
    )

    @app.get("/health")
    async def health() -> dict[str, Any]:
        """For probes: 200 as long as the page is served; says whether the servers behind it answer."""
        behind = backends.all()
        looks = await asyncio.gather(*(backend.look() for backend in behind))
        return {
            "status": "ok",
            "version": __version__,
            "demo": any(backend.demo for backend in behind),
            "servers": [
                {"reachable": look.ok, "detail": backends.discreet(look.detail, backend)}
                for backend, (look, _) in zip(behind, looks, strict=True)
            ],
        }

    @app.get("/omni/status")
    async def status(request: Request) -> dict[str, Any]:
        """What the page's header and notices show, for the session that asks."""
        return await backends.status(request.query_params.get("session"))

    app.include_router(listening.routes())
    app.include_router(job_routes(jobs))
    app.include_router(history_routes(recorder))
    app.include_router(recipe_routes())
    app.add_middleware(Guard)
    page = build_ui(backends, listening, jobs, recorder)
    page.max_threads = settings.max_threads
    page.queue(default_concurrency_limit=None)
    return gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path=settings.root_path or None,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        max_file_size=f"{settings.max_upload_mb}mb",
        show_error=True,
        theme=theme(),
        css=css(),
        head=head(),
        ssr_mode=False,
    )


def main() -> None:
    """Serves until it is told to stop. A wrong setting ends it with one sentence."""
    try:
        settings = load_settings()
        app = create_app(settings)
    except (BadSetting, ValueError) as wrong:
        sys.exit(str(wrong))
    print(f"Omni UI {__version__} on http://{settings.listen}:{settings.port}{settings.root_path}", flush=True)
    uvicorn.run(app, host=settings.listen, port=settings.port, log_level="warning", timeout_graceful_shutdown=3)
