"""What the client's tests share."""

from pathlib import Path

import pytest

from omni_ui.client.connection import retries
from tests.client.scripted import png, wav


@pytest.fixture(autouse=True)
def _own_budget() -> None:
    """The repeats that a server gets are shared in a process; each test begins with all of them."""
    retries._budgets.clear()


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    monkeypatch.setattr(retries, "pause", lambda state: 0.0)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "in.png"
    path.write_bytes(png())
    return path


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "voice.wav"
    path.write_bytes(wav(b"\x01\x00" * 4800))
    return path
