"""A watched video goes into the history, in whatever way it ended: one MP4 with its recipe, timeline included."""

import asyncio
import time

from omni_ui.client.requests.timeline import as_json
from omni_ui.features.history.serialize import Pack, as_files, result_of, summary_of
from omni_ui.features.history.service import Recorder
from omni_ui.features.recipes import Recipe
from omni_ui.features.video.watch_run import WatchRun
from omni_ui.store import HistoryRecord


async def write_watched(recorder: Recorder, run: WatchRun) -> None:
    """Begins to write it down; nobody waits for it, so that an ended run is over at once."""
    recorder.begin(_write(recorder, run))


async def _write(recorder: Recorder, run: WatchRun) -> None:
    if run.video is None or not run.visitor:
        return
    request = run.request
    pack = Pack([result_of(run.video.path, "video.mp4")])
    entered = run.entered | {"timeline": as_json(request.timeline)}
    typed = {name: as_files(name, value, type(request)) for name, value in entered.items()}
    try:
        recipe = (await asyncio.to_thread(Recipe.of, request, run.model)).as_dict()
    except OSError:  # a file of the request is gone
        recipe = None
    packed = pack.plain(typed)
    pack.plain({name: getattr(request, name) for name in type(request).model_fields})
    record = HistoryRecord(
        id=run.record,
        visitor=run.visitor,
        tab="video",
        at=time.time(),
        model=run.model,
        version=run.version,
        seconds=round(run.seconds, 3),
        recipe=recipe,
        entered=packed,
        facts=run.facts,
        summary=summary_of(packed, recipe),
    )
    await recorder.write(record, pack.sources)
