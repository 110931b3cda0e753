"""The web app: the Gradio page mounted at /, our own routes before it, and what lives as long as the app."""

import os

# Gradio reads these when it is imported: no telemetry, and no statistics over all past events after each event.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse

from omni_ui import __version__
from omni_ui.app.file_routes import file_routes
from omni_ui.app.gradio_private.description import describe_once, lighten_sessions, only_one_app
from omni_ui.app.gradio_private.events import own_files_only
from omni_ui.app.gradio_private.heartbeat import RATE, Heartbeat
from omni_ui.app.gradio_private.lean_import import forget_matplotlib
from omni_ui.app.gradio_private.queue import EventQueue, EventRoutes, calm, queue_of_mounted, session_of_event
from omni_ui.app.middleware.origin_guard import AllowedHosts, OriginGuard
from omni_ui.app.middleware.packed_parts import PackedParts
from omni_ui.app.middleware.request_guard import Guard
from omni_ui.app.middleware.stream_headers import StreamHeaders
from omni_ui.app.middleware.sub_path import SubPath
from omni_ui.app.page import build_ui, first_able, first_known
from omni_ui.app.page_cache import FrontPage
from omni_ui.app.scripts import script_routes
from omni_ui.app.sessions import Sessions
from omni_ui.app.theme import first_load, head, theme
from omni_ui.core.audio.audio_stream import Listening
from omni_ui.core.backends import Backends
from omni_ui.core.files import place_cache
from omni_ui.core.open_answers import AnswerWatch
from omni_ui.core.reports.run_log import RunLog
from omni_ui.core.storage import Storage, StorageLimits
from omni_ui.features.assist.routes import assist_routes
from omni_ui.features.chat.math_routes import math_routes
from omni_ui.features.grid.routes import grid_routes
from omni_ui.features.history.routes import history_routes
from omni_ui.features.history.service import Limits, Recorder
from omni_ui.features.i18n.languages import language_routes, translatable
from omni_ui.features.login.middleware import add_login
from omni_ui.features.mcp.caller import McpCaller
from omni_ui.features.mcp.endpoint import McpEndpoint, mcp_endpoint
from omni_ui.features.operating.ending import close_within
from omni_ui.features.operating.observers import metrics_for
from omni_ui.features.operating.probes import probe_routes
from omni_ui.features.operating.process_cookie import ProcessCookie
from omni_ui.features.operating.store_of import store_of
from omni_ui.features.operating.tracing import tracing_from
from omni_ui.features.recipes.panel import recipe_routes
from omni_ui.features.speech.typed_text import TypedTexts
from omni_ui.features.stage.examples import example_routes
from omni_ui.features.talk.routes import talk_routes
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.features.video.jobs.routes import job_routes
from omni_ui.features.video.watch.watch_routes import watch_routes
from omni_ui.features.voices.samples import sample_routes
from omni_ui.settings import Settings
from omni_ui.tabs.base import OmniTab

log = logging.getLogger(__name__)
FIRST_LOOK = 0.1
"""Seconds for which the page waits to learn which tab its servers can serve."""
SPACE_ANCESTORS = "'self' https://huggingface.co https://*.huggingface.co"
"""The sites that may show a Space in a frame."""
FileResponse.chunk_size = 256 * 1024
"""Bytes of a file that are read at once. With Starlette's own 64 KB, large pictures take twice as long."""


class Services:
    """What lives as long as the app, made from its settings: servers, store, jobs, records, sessions."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.temporary_cache = place_cache(settings.data_folder)
        self.agents: McpEndpoint | None = None
        self.queue: EventQueue | None = None
        self.first_load = first_load()
        self.tabs: list[OmniTab] = []
        self._first_look: asyncio.Task[str] | None = None
        self.backends = Backends(settings)
        self.listening = Listening()
        self.typed = TypedTexts()
        self.store = store_of(settings)
        self.jobs = VideoJobs(self.backends, self.store)
        self.sessions = Sessions()
        self.backends.is_open = self.sessions.is_open
        self.storage = Storage(
            StorageLimits(settings.cache_seconds, settings.keep_seconds, settings.room, settings.daily_uploads),
            self.sessions.visitors,
        )
        limits = Limits(settings.keep_seconds, settings.room, bool(settings.public))
        self.recorder = Recorder(self.store, self.jobs, limits, self.storage)
        self.metrics = metrics_for(settings, self.backends, self.sessions, self.jobs)
        self.tracing = tracing_from(os.environ)
        log_of_runs = RunLog(settings.run_log_prompts) if settings.run_log else None
        self.backends.reports.observers += [part for part in (log_of_runs, self.tracing) if part]

    async def first_tab(self) -> str:
        """The tab that a new visitor should see first, as far as the servers have said what they can do."""
        if tab := first_known(self.tabs):
            return tab
        self._first_look = self._first_look or asyncio.create_task(first_able(self.tabs, None))
        done, _ = await asyncio.wait({self._first_look}, timeout=FIRST_LOOK)
        if done:
            self._first_look = None
        return first_known(self.tabs) or "image"

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Starts them, the demo server too when no server is named, and closes them in the opposite order."""
        demo_url, stop_demo = None, None
        if self.settings.uses_demo:
            from omni_ui.demo.server import DemoServer  # slow to import, and most hosts name a server

            demo = DemoServer(latency=self.settings.demo_latency, aligner=True)
            await asyncio.to_thread(demo.start)
            demo_url, stop_demo = demo.url, demo.stop
        await self.store.open()
        if self.store.problem:
            log.warning(self.store.problem)
        self.backends.start(demo_url)
        self.recorder.start()
        await self.jobs.start()
        try:
            yield
        finally:
            await self._close(stop_demo)

    def end_runs(self) -> None:
        """The end has been announced: runs are called off, and other processes go on with video jobs at once."""
        self.backends.reports.end_all()
        self.jobs.end_soon()

    async def _close(self, stop_demo: Callable[[], None] | None) -> None:
        """Each part within its time, so that all are closed within ten seconds (features/operating/ending.py)."""
        self.backends.reports.end_all()
        if self.agents:
            await close_within(0.5, self.agents.close())
        await close_within(1.0, self.jobs.close())
        await close_within(2.0, self.recorder.close())
        await close_within(1.0, self.backends.close())
        await close_within(1.0, self.store.close())
        if self.tracing:
            await close_within(2.0, asyncio.to_thread(self.tracing.close))
        if stop_demo:
            await close_within(2.0, asyncio.to_thread(stop_demo))
        if self.temporary_cache:
            await close_within(1.0, asyncio.to_thread(shutil.rmtree, self.temporary_cache, ignore_errors=True))


def create_app(settings: Settings) -> FastAPI:
    """The whole app. The demo server runs as long as it does when no server is named."""
    services = Services(settings)
    app = FastAPI(title="Omni UI", version=__version__, lifespan=services.lifespan, docs_url=None, openapi_url=None)
    app.state.end_runs = services.end_runs
    _add_routes(app, services)
    _add_middleware(app, services)
    return _mount_page(app, services)


def _add_routes(app: FastAPI, services: Services) -> None:
    """Our own routes, which come before Gradio's."""
    backends, recorder = services.backends, services.recorder

    @app.get("/omni/status")
    async def status(request: Request) -> dict[str, Any]:
        """What the page's header and notices show, for the session that asks."""
        return await backends.status(request.headers.get("x-omni-session"))

    app.include_router(probe_routes(backends, services.store))
    if services.metrics:
        app.include_router(services.metrics)
    app.include_router(services.listening.routes())
    app.include_router(services.typed.routes())
    for router in (services.first_load.routes(), job_routes(services.jobs), watch_routes(services.jobs.watched)):
        app.include_router(router)
    app.include_router(history_routes(recorder))
    app.include_router(recipe_routes())
    app.include_router(assist_routes(backends))
    app.include_router(grid_routes(backends, services.store))
    for router in (sample_routes(backends), language_routes(), math_routes(), example_routes(), script_routes()):
        app.include_router(router)
    app.include_router(talk_routes(backends, recorder, services.sessions.admit))
    app.include_router(file_routes(services.storage, services.settings.max_upload_mb * 1_000_000, backends.pages.files))


def _add_middleware(app: FastAPI, services: Services) -> None:
    """From the innermost to the outermost: the last one sees a request first."""
    settings = services.settings
    app.add_middleware(EventRoutes, queue=lambda: services.queue)
    app.add_middleware(Heartbeat, seconds=RATE, pages=services.backends.pages)
    app.add_middleware(Guard, sessions=services.sessions)
    app.add_middleware(AnswerWatch, answers=services.backends.answers)
    app.add_middleware(StreamHeaders)
    if settings.root_path:
        app.add_middleware(SubPath, path=settings.root_path, routes=app.routes)
    ancestors = SPACE_ANCESTORS if settings.space_id else "'self'"
    app.add_middleware(PackedParts)
    app.add_middleware(
        FrontPage,
        root_path=settings.root_path,
        finish=services.first_load.finish,
        ancestors=ancestors,
        first_tab=services.first_tab,
    )
    if settings.mcp:
        app.add_middleware(McpCaller, root_path=settings.root_path)
    if settings.has_login:
        add_login(app, settings)
    hosts = AllowedHosts(settings.host_names, settings.listen)
    ways = {"login": settings.has_login, "mcp": settings.mcp, "metrics": settings.metrics_token is not None}
    app.add_middleware(OriginGuard, hosts=hosts, root_path=settings.root_path, ancestors=ancestors, **ways)
    if settings.process_name:
        app.add_middleware(ProcessCookie, settings.process_name, settings.root_path, settings.data_folder)
    app.add_middleware(CORSMiddleware)  # allows no origin; where the app has one, Gradio does not mirror origins itself


def _mount_page(app: FastAPI, services: Services) -> FastAPI:
    """The Gradio page at /, after all routes of our own."""
    settings = services.settings
    with only_one_app():
        page, tabs = build_ui(services)
        page.max_threads = settings.max_threads
        # Seconds. By default each run that begins is told to all who wait, and here nobody waits in Gradio's own line.
        page.queue(status_update_rate=60, default_concurrency_limit=None)
    services.tabs = tabs
    if settings.mcp:
        services.agents = mcp_endpoint(tabs)
        app.router.routes += services.agents.routes()
    texts = translatable(page)
    describe_once(page)  # before Gradio does so twice
    lighten_sessions(page)
    forget_matplotlib()
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path=settings.root_path or None,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size=f"{settings.max_upload_mb}mb",
        show_error=True,
        theme=theme(),
        head=head(),
        ssr_mode=False,
        i18n=texts,
    )
    services.first_load.theme_css = page.theme_css
    services.backends.answers.session_of = session_of_event(page)
    calm(page)
    services.queue = queue_of_mounted(page, mounted.routes)
    own_files_only(page)
    return mounted
