"""What tests of video jobs share: an app without its page, and waiting that takes no time."""

import asyncio
from typing import Any, Self

import pytest

from omni_ui.client import OmniClient, VideoRequest
from omni_ui.core.backends import Backends
from omni_ui.core.run_queue import RunQueue
from omni_ui.core.servers.backend import Backend
from omni_ui.features.video.jobs import job_poller as poller
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.settings import Settings
from omni_ui.store import Store

ASKED = VideoRequest(prompt="a sea", size="64x64", num_frames=32, seed=7)


@pytest.fixture
def hurry(monkeypatch):
    monkeypatch.setattr(poller, "FIRST_LOOK", 0.01)
    monkeypatch.setattr(poller, "USUAL", 0.02)
    monkeypatch.setattr(poller, "AWAY", 0.05)
    monkeypatch.setattr(poller, "MISSING_PAUSE", 0.01)
    monkeypatch.setattr(poller, "DELETE_PAUSE", 0.001)
    # One try a call: the retries of the client have tests of their own.
    defaults = "omni_ui.client.connection.transport.Transport.open.__wrapped__.__defaults__"
    monkeypatch.setattr(defaults, (None, None, None, 1))


class Bench:
    """An app without its page: started, killed and started again on the same folder."""

    def __init__(self, folder, server: Any, timeout: float = 60, model: str | None = None) -> None:
        """server: whatever has an `http` client that reaches it, such as a VideoServer."""
        self.folder, self.server, self.timeout, self.model = folder, server, timeout, model

    async def __aenter__(self) -> Self:
        settings = Settings(base_url="http://gpu:8091", timeout=self.timeout)
        client = OmniClient("http://gpu:8091", http=self.server.http, model=self.model)
        self.backend = Backend("http://gpu:8091", client, RunQueue(8))
        backends = Backends(settings)
        backends._by_tab["video"] = self.backend
        self.store = Store(self.folder)
        await self.store.open()
        self.jobs = VideoJobs(backends, self.store)
        await self.jobs.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.jobs.close()
        await self.backend.client.aclose()
        await self.store.close()

    async def begin(self, visitor: str | None = "me"):
        return await self.jobs.begin(self.backend, ASKED, visitor, "wan")

    async def end_of(self, ticket: str):
        async with asyncio.timeout(5):
            async for job in self.jobs.changes(ticket):
                last = job
        return last

    async def until(self, ticket: str, state: str):
        async with asyncio.timeout(5):
            async for job in self.jobs.changes(ticket):
                if job.state == state:
                    return job
        raise AssertionError(f"never {state}")
