"""What an open page asks of a server: nothing that makes work."""

import asyncio
from pathlib import Path

import pytest

from omni_ui.core.backends import Backends
from omni_ui.core.servers import backend as backend_module
from omni_ui.settings import Settings
from tests.gateways.litellm import LiteLlm
from tests.gateways.production_stack import ProductionStack

POLL = 15
"""Seconds between two looks of an open page (features' status script)."""


class Clock:
    """Stands in for `time` where a look's age is judged."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize("fake", [LiteLlm, ProductionStack])
async def test_an_hour_of_an_open_page_starts_no_work(
    fake, demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(backend_module, "time", clock)
    monkeypatch.setattr("omni_ui.client.server.server.time", clock)
    with fake([demo]) as gateway:
        backends = Backends(Settings(base_url=gateway.url))
        backends.start()
        for _ in range(3600 // POLL):
            status = await backends.status("a session")
            clock.now += POLL
        await backends.close()
    assert status["image"]["state"] == "ready"
    assert [call.path for call in gateway.calls if call.method == "POST"] == []
    assert [call for call in gateway.passed if call.startswith("POST")] == []
    assert gateway.asked("/health", "GET") == 0
    assert gateway.asked("/v1/models", "GET") <= 3600 // POLL + 1
    await asyncio.sleep(0)
