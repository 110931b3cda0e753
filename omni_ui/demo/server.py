"""The embedded demo server: one ASGI app with vLLM-Omni's HTTP API, and a thread that serves it."""

import asyncio
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, PlainTextResponse

from omni_ui.demo.about import ABOUT
from omni_ui.demo.engine import Engine
from omni_ui.demo.json_types import Json
from omni_ui.demo.live import camera as _camera
from omni_ui.demo.live import speech_stream as _speech_stream
from omni_ui.demo.live import transcriptions as _transcriptions
from omni_ui.demo.routes import chat as _chat
from omni_ui.demo.routes import edits as _edits
from omni_ui.demo.routes import errors as _errors
from omni_ui.demo.routes import images as _images
from omni_ui.demo.routes import realtime as _realtime
from omni_ui.demo.routes import sounds as _sounds
from omni_ui.demo.routes import speech as _speech
from omni_ui.demo.routes import videos as _videos
from omni_ui.demo.routes import voices as _voices
from omni_ui.demo.state import ALL, MODELS, Demo
from omni_ui.demo.streaming import video_route as _video_stream

VERSION = "0.30.0"
"""The vLLM-Omni version whose wire this speaks."""
KEEP_ALIVE = 5
"""Seconds, as the real server: a pooled client must be ready to reconnect."""


def demo_app(
    modes: Collection[str] = ALL,
    *,
    api_key: str | None = None,
    latency=0.0,
    task: str | None = None,
    aligner=False,
    stub=False,
) -> FastAPI:
    """The demo server as an ASGI app; all of its state is its own.

    modes: names of MODELS. One alone behaves as a real server of that one model, wrong calls included.
    latency: seconds added to every generation. task: the only speech task ("CustomVoice", "Base" …), as of a
        checkpoint; None takes them all. stub: also serve /_stub/requests and /_stub/config, for tests.
    aligner: gives the times of words, as --forced-aligner does.
    """
    unknown = set(modes) - set(MODELS)
    if unknown or not modes:
        raise ValueError(f"modes must be some of {', '.join(MODELS)}; got {', '.join(sorted(unknown)) or 'none'}.")
    folder = Path(tempfile.mkdtemp(prefix="omni-demo-"))
    demo = Demo(tuple(m for m in MODELS if m in modes), Engine(latency), folder, task, aligner)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        shutil.rmtree(folder, ignore_errors=True)

    app = FastAPI(title="vLLM-Omni demo", version=VERSION, lifespan=life, docs_url=None, redoc_url=None)
    app.state.demo = demo
    _errors.install(app)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    if api_key:
        app.add_middleware(_errors.Keys, key=api_key)
    _add_facts(app, demo)
    sockets = (_realtime, _camera, _speech_stream, _video_stream)
    for part in (_chat, _images, _edits, _speech, _voices, _sounds, _videos, _transcriptions, *sockets):
        app.include_router(part.router)
    if stub:
        _add_stub(app, demo)
    return app


def _add_facts(app: FastAPI, demo: Demo) -> None:
    """What a server tells about itself."""

    @app.get("/health")
    async def health() -> JSONResponse:
        alive = demo.engine.alive
        return JSONResponse({"status": "healthy" if alive else "unhealthy"}, 200 if alive else 503)

    @app.get("/ping")
    async def ping() -> JSONResponse:
        return await health()

    @app.get("/version")
    async def version() -> dict[str, str]:
        return {"version": VERSION}

    @app.get("/v1/models")
    async def models() -> Json:
        if not demo.engine.alive:  # a real server ends with its engine: nothing answers there any more
            raise HTTPException(503, "The engine is dead.")
        return {"object": "list", "data": [_card(mode) for mode in demo.modes]}

    @app.get("/metrics")
    async def metrics() -> PlainTextResponse:
        running = len(demo.engine.running)
        waiting = demo.engine.threads.statistics().tasks_waiting
        lines, named = [], f'{{engine="0",model_name="{demo.model("chat")}"}}'
        for prefix, labels in (("vllm", named), ("vllm_omni", "")):
            for name, value in (("running", running - waiting), ("waiting", waiting)):
                lines += [f"# TYPE {prefix}:num_requests_{name} gauge"]
                lines += [f"{prefix}:num_requests_{name}{labels} {float(value)}"]
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=1.0.0; charset=utf-8")


def _card(mode: str) -> Json:
    """One entry of /v1/models. Only a language model has a length, as on the real server, which describes none."""
    now, name = int(time.time()), MODELS[mode]
    may = {"allow_create_engine": False, "allow_sampling": True, "allow_logprobs": True}
    may |= {"allow_search_indices": False, "allow_view": True, "allow_fine_tuning": False}
    permission = {"id": f"modelperm-{uuid4().hex[:16]}", "object": "model_permission", "created": now, **may}
    permission |= {"organization": "*", "group": None, "is_blocking": False}
    card = {"id": name, "object": "model", "created": now, "owned_by": "vllm", "root": name, "parent": None}
    card |= {"max_model_len": _chat.CONTEXT if mode in ("chat", "speech") else None, "permission": [permission]}
    return card | ({"description": ABOUT[mode]} if mode in ABOUT else {})


def _add_stub(app: FastAPI, demo: Demo) -> None:
    """What reached the engine, and how it behaves: the same two routes that the real server's test launcher has."""

    @app.get("/_stub/requests", include_in_schema=False)
    async def requests() -> Json:
        return {"running": sorted(demo.engine.running), "requests": list(demo.engine.records)}

    @app.post("/_stub/config", include_in_schema=False)
    async def config(request: Request) -> Json:
        wanted = await request.json()
        demo.engine.latency = float(wanted.get("latency", demo.engine.latency))
        if "fail_rate" in wanted:
            demo.engine.fail_kind = wanted.get("fail_kind", "generate") if wanted["fail_rate"] else None
        if wanted.get("clear"):
            demo.engine.records.clear()
        if wanted.get("hurry"):  # the demo's own: ends the waits of what is under way
            for ask in demo.engine.running.values():
                ask.hurry.set()
        if wanted.get("revive") or wanted.get("kill"):
            demo.engine.dead_until = 0.0 if wanted.get("revive") else float("inf")
        return {"latency": demo.engine.latency, "fail_kind": demo.engine.fail_kind}


class DemoServer:
    """A demo app on a free loopback port, in its own thread with its own event loop.

    start() returns once it answers; stop() ends it within seconds. Usable as a context manager.
    """

    def __init__(self, modes: Collection[str] = ALL, *, port: int = 0, **options: Any):
        """port: 0 takes a free one. options: those of demo_app."""
        self.app = demo_app(modes, **options)
        self._wanted_port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        if self._socket is None:
            raise RuntimeError("The demo server is not running: call start() first.")
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self, timeout: float = 10.0) -> "DemoServer":
        """Listens and answers when this returns. RuntimeError when it does not within `timeout` seconds."""
        # asyncio switches Nagle's delay (40 ms an answer) off only where the protocol is named.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self._wanted_port))
        config = uvicorn.Config(
            self.app,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=1,
            log_level="warning",
            access_log=False,
            lifespan="on",
        )
        self._server = uvicorn.Server(config)
        work = self._server.serve(sockets=[self._socket])
        self._thread = threading.Thread(target=asyncio.run, args=[work], name="omni-demo", daemon=True)
        self._thread.start()
        end = time.monotonic() + timeout
        while not self._server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                self.stop()
                raise RuntimeError("The demo server did not start.")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=5)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None

    def __enter__(self) -> "DemoServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
