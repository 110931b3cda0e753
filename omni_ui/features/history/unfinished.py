"""Notes each run that begins, so that the history has those that the end of the app cut off, such as by SIGKILL."""

import asyncio
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from omni_ui.core.run import AnyRun
from omni_ui.features.history.serialize import Pack, as_files, summary_of
from omni_ui.store import HistoryRecord, Store, StoreFailed

CUT_OFF = "The app closed before this run finished. Open it to run it again."


class BackgroundWriter(Protocol):
    """Writes into the store while a run is under way, such as the recorder of the history."""

    store: Store

    def begin(self, writing: Coroutine[object, object, None]) -> "asyncio.Task[None]": ...


@asynccontextmanager
async def noting(recorder: BackgroundWriter | None, run: AnyRun) -> AsyncGenerator[None]:
    """Records the run as unfinished while the block runs, without waiting for the store."""
    if not recorder or not run.visitor or run.record:
        yield
        return
    model = type(run.request)
    pack = Pack([])
    entered = pack.plain({name: as_files(name, value, model) for name, value in run.entered.items()})
    record = HistoryRecord(
        visitor=run.visitor,
        tab=run.request.tab,
        at=time.time(),
        error=CUT_OFF,
        model=run.model,
        entered=entered,
        summary=summary_of(entered, None),
    )
    adding = recorder.begin(_add(recorder.store, record, pack))
    try:
        yield
    finally:
        recorder.begin(_remove(recorder.store, record.id, adding))


async def _add(store: Store, record: HistoryRecord, pack: Pack) -> None:
    with suppress(StoreFailed):  # said by the store itself
        await store.unfinished.add(record, pack.sources)


async def _remove(store: Store, id: str, adding: "asyncio.Task[None]") -> None:
    await asyncio.wait({adding})
    with suppress(StoreFailed):
        await store.unfinished.remove(id)


async def write_cut_off(store: Store) -> None:
    """Puts the runs into the history whose process ended before they did. StoreFailed.

    Two processes may do so at one time: a record is kept once.
    """
    for record, sources in await store.unfinished.cut_off():
        await store.history.keep(record, sources)
        await store.unfinished.remove(record.id)
