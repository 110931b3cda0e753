"""Fills a board, one cell after the other: each is a run like any other, with its place in line and its record.

One after the other, so that others who use the server get their turn in between, and so that what a run takes is what
it takes alone.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from pathlib import Path

from omni_ui.client import Request
from omni_ui.core import status
from omni_ui.core.files import Json
from omni_ui.core.run import AnyRun, RunResult, execute
from omni_ui.core.servers.backend import Backend
from omni_ui.features.grid.board import Board, Cell
from omni_ui.features.tab_context import TabContext
from omni_ui.features.waits.view import waits_row
from omni_ui.store import StoreFailed

Begin = Callable[[Request, Json], AnyRun]


async def fill(tab: TabContext, backend: Backend, board: Board, begin: Begin) -> AsyncGenerator[bool]:
    """Yields whether something changed, at least twice a second; closing it stops the server's work.

    begin: from a request, and what stands in the controls for it, to a run.
    """
    model = None
    for cell in board.cells:
        run = begin(cell.planned.request, cell.planned.entered)
        run.in_background = True
        model = board.model = run.model
        async with aclosing(_one(tab, backend, cell, run)) as looks:
            async for changed in looks:
                yield changed
    ignored, heeded = board.finish(model)
    if tab.recorder:
        with suppress(StoreFailed):  # said by the store itself; the page says it all the same
            await tab.recorder.store.ignored.note(backend.known_as, model, tab.name, ignored, heeded)
    yield True


async def _one(tab: TabContext, backend: Backend, cell: Cell, run: AnyRun) -> AsyncGenerator[bool]:
    cell.state = "working"
    async with aclosing(execute(backend, run)) as steps:
        async for step in steps:
            cell.seconds = step.seconds
            if step.kind == "done":
                outcome = step.outcome or RunResult()
                cell.files = outcome.files
                cell.text = outcome.text if outcome.thread else ""  # of a conversation, and no thinking aloud
                cell.digest = await asyncio.to_thread(digest, outcome.files, cell.text)
                cell.waits = waits_row(outcome.waiting.as_dict()) if outcome.waiting else {}
                cell.state, cell.note = "done", ""
                cell.record = await tab.keep(run, outcome, step.seconds)
                yield True
            elif step.kind == "failed":
                cell.sentence, cell.note = await tab.keep_failure(run, step.error, backend), ""
                cell.state = "failed"
                yield True
            else:
                before, cell.note = cell.note, status.progress_text(run.note, step.place, step.wait)
                yield before != cell.note


def digest(files: list[Path], text: str = "") -> str:
    """Of the text and the bytes of all files together; "" when there is nothing. Blocking."""
    digest_of_files = hashlib.sha256(text.encode(errors="replace"))
    for path in files:
        with path.open("rb") as file:
            digest_of_files.update(hashlib.file_digest(file, "sha256").digest())
    return digest_of_files.hexdigest() if files or text else ""
