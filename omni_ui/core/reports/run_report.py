"""What is reported of a run, for those who operate the page: nothing that a visitor typed, unless the host asks."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from omni_ui.client import OmniError, Request
from omni_ui.client.connection.call_labels import LABELS, CallLabels
from omni_ui.client.connection.log import Answer
from omni_ui.core.reports.prompts import prompt_of

T = TypeVar("T")
STATUSES = ("done", "failed", "stopped", "called off")
"""How a run may end. Stopped: by Stop, or because its page was left. Called off: by the app, such as at its end."""


@dataclass
class RunReport:
    """One run, from its first moment to its end.

    server: its address. seconds: without those in line. waited: seconds in line. bytes: of the files that it made.
    calls: to the server, with those that were tried again. error: the kind of failure, and never its words.
    """

    tab: str
    server: str
    model: str | None = None
    request_id: str = field(default_factory=lambda: f"omni-{uuid4().hex[:20]}")
    headers: dict[str, str] = field(default_factory=dict)
    """What a report adds to each call of the run."""
    status: str = "stopped"
    began: float = field(default_factory=time.time)
    seconds: float = 0.0
    waited: float = 0.0
    files: int = 0
    bytes: int = 0
    characters: int = 0
    calls: int = 0
    error: str = ""
    http_status: int | None = None
    """Of the server's answer that made it fail."""
    from_server: bool = False
    """Whether it failed at the server, or on the way to it."""
    prompt: str | None = None

    @classmethod
    def of(cls, request: Request, server: str, model: str | None) -> "RunReport":
        """A run that begins now."""
        return cls(request.tab, server, model, prompt=prompt_of(request))

    def fail(self, error: BaseException | None) -> None:
        """Takes in why it failed."""
        self.status, self.error = "failed", type(error).__name__ if error else ""
        self.from_server = isinstance(error, OmniError)
        self.http_status = error.status if isinstance(error, OmniError) else None

    def note_answer(self, answer: Answer) -> None:
        """Counts an answer of the server."""
        self.calls += 1

    async def measure(self, files: Sequence[Path], text: str = "") -> None:
        """Takes in how much it made."""
        self.files, self.characters = len(files), len(text)
        if files:
            self.bytes += await asyncio.to_thread(_bytes_of, files)


def _bytes_of(files: Sequence[Path]) -> int:
    """How large files are together. Blocking."""
    size = 0
    for path in files:
        with suppress(OSError):  # gone meanwhile: its size is not known
            size += path.stat().st_size
    return size


async def labelled(events: AsyncIterator[T], report: RunReport) -> AsyncGenerator[T]:
    """The events, with the id of the run on each call to the server. For a task of its own, whose context it sets."""
    LABELS.set(CallLabels(report.request_id, report.headers, report.note_answer))
    try:
        async for event in events:
            yield event
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
