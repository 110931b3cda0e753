"""What probes ask: /health (the page is served), /ready (it can do its work), and which process it is."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from omni_ui import __version__
from omni_ui.client import Health
from omni_ui.core.backends import Backends
from omni_ui.core.servers.backend import Backend
from omni_ui.store import Store, StoreFailed

log = logging.getLogger(__name__)
PROBE = 1.8
"""Seconds after which a probe is answered, whether or not the servers behind have answered."""
LATELY = 60.0
"""Seconds for which a server that answered counts as reachable: a busy one may be late for one look."""
FRESH = 3.0
"""Seconds for which the last trial to write is taken as still true: probes of strangers must not wear the disk."""


class Readiness:
    """Whether the page can do its work: each check gives "" or a sentence without any path or address."""

    def __init__(self, backends: Backends, store: Store) -> None:
        self._backends, self._store = backends, store
        self._tried = -1e9
        self._writing = asyncio.Lock()
        self._database = self._files = ""

    async def check(self) -> dict[str, str]:
        """By the name of the check: what is wrong."""
        await self._try_to_write()
        servers = await asyncio.gather(*(self._reachable(backend) for backend in self._backends.all()))
        reached = any(servers) or not servers
        return {
            "app": "The app is shutting down." if self._backends.reports.ending else "",
            "database": self._database,
            "files": self._files,
            "server": "" if reached else f"No server has answered for {LATELY:.0f} s.",
        }

    async def _try_to_write(self) -> None:
        async with self._writing:
            if time.monotonic() - self._tried < FRESH:
                return
            self._database = await _problem(self._store.try_database(), "The database cannot be written.")
            self._files = await _problem(self._store.files.check(), "Files cannot be written.")
            self._tried = time.monotonic()

    async def _reachable(self, backend: Backend) -> bool:
        health = await look_at(backend)
        return health.ok or time.monotonic() - backend.answered < LATELY


async def _problem(trial: Awaitable[None], sentence: str) -> str:
    try:
        async with asyncio.timeout(PROBE):
            await trial
    except StoreFailed as problem:
        log.warning("The page is not ready. %s", problem.sentence)
        return sentence
    except TimeoutError:
        return f"{sentence} It takes too long."
    return ""


async def look_at(backend: Backend) -> Health:
    """How a server is, within the time of a probe."""
    try:
        async with asyncio.timeout(PROBE):
            return (await backend.look())[0]
    except TimeoutError:
        return Health(False, PROBE, "The server is slow to answer.")


def probe_routes(backends: Backends, store: Store) -> APIRouter:
    router = APIRouter()
    readiness = Readiness(backends, store)
    process_id = secrets.token_hex(8)

    @router.get("/health")
    async def health() -> dict[str, object]:
        """200 as long as the page is served; says whether the servers behind it answer."""
        servers = backends.all()
        looks = await asyncio.gather(*(look_at(backend) for backend in servers))
        return {
            "status": "ok",
            "version": __version__,
            "demo": any(backend.demo for backend in servers),
            "servers": [
                {"reachable": look.ok, "detail": backends.redact_address(look.detail, backend)}
                for backend, look in zip(servers, looks, strict=True)
            ],
        }

    @router.get("/omni/process")
    async def process() -> JSONResponse:
        """Which start of the program answers: a page that another one began reloads itself (other_process.js)."""
        return JSONResponse({"process": process_id}, headers={"Cache-Control": "no-store"})

    @router.get("/ready")
    async def ready() -> JSONResponse:
        """200 when the page can do its work, else 503; says which check failed."""
        problems = await readiness.check()
        checks = {name: {"ok": not problem, "problem": problem} for name, problem in problems.items()}
        is_ready = not any(problems.values())
        headers = {"Cache-Control": "no-store"}
        return JSONResponse({"ready": is_ready, "checks": checks}, 200 if is_ready else 503, headers)

    return router
