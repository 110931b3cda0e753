"""A run that is stopped, or cut off with the app, stands in the history with its prompt and goes back into its tab."""

import asyncio
from types import SimpleNamespace

import gradio as gr
import pytest

from omni_ui.client import ImageRequest
from omni_ui.core.run import Run
from omni_ui.features.history.restore import restore
from omni_ui.features.history.unfinished import CUT_OFF, noting, write_cut_off
from omni_ui.store import HistoryRecord
from omni_ui.tabs.run_handler import STOPPED, RunHandler
from tests.features.history.conftest import begin, end
from tests.features.history.test_service import ANNE, Done

ENTERED = {"prompt": "an unfinished storm", "n": 2, "num_inference_steps": 9}


@pytest.fixture
async def recorder(tmp_path):
    started = await begin(tmp_path)
    yield started
    await end(started)


def begun() -> Run:
    return Done(ImageRequest(**ENTERED), **ENTERED)


def handler(recorder) -> RunHandler:
    form = SimpleNamespace(model=ImageRequest)
    return RunHandler(SimpleNamespace(recorder=recorder, form=form), None, [], None, main=True)


async def the_only(recorder) -> HistoryRecord:
    await recorder.settled()
    (record,) = await recorder.store.history.page(ANNE)
    return record


async def filled_in(record: HistoryRecord) -> tuple[dict, str]:
    """What stands in the controls and in the status once the record was opened."""
    with gr.Blocks():
        parts = {name: gr.Number() if name != "prompt" else gr.Textbox() for name in ENTERED}
        tab = SimpleNamespace(inputs=parts, form=SimpleNamespace(), status=gr.HTML())
    updates = await restore(tab, record, lambda file: None, "session")
    return {name: updates[part] for name, part in parts.items()}, updates[tab.status]


async def test_a_run_that_was_stopped(recorder):
    async def run():
        async with handler(recorder)._noting_a_stop(begun()) as end_of_run:
            assert not end_of_run.reached
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    record = await the_only(recorder)
    assert (record.tab, record.error, record.summary) == ("image", STOPPED, "an unfinished storm")
    values, status = await filled_in(record)
    assert values == ENTERED
    assert STOPPED in status


async def test_a_run_that_came_to_its_end_is_not_noted_as_stopped(recorder):
    async with handler(recorder)._noting_a_stop(begun()) as end_of_run:
        end_of_run.reached = True
    await recorder.settled()
    assert not await recorder.store.history.page(ANNE)


async def test_a_run_that_was_cut_off_with_the_app(recorder):
    async with noting(recorder, begun()):
        await recorder.settled()
        await write_cut_off(recorder.store)
        assert not await recorder.store.history.page(ANNE), "it is still under way"
        await recorder.store.processes.begin()  # as the next start does
        await write_cut_off(recorder.store)
        record = await the_only(recorder)
    assert (record.error, record.summary) == (CUT_OFF, "an unfinished storm")
    values, status = await filled_in(record)
    assert values == ENTERED
    assert CUT_OFF in status
    assert await recorder.store.unfinished.under_way() == 0


async def test_a_run_that_ends_leaves_no_note(recorder):
    async with noting(recorder, begun()):
        await recorder.settled()
        assert await recorder.store.unfinished.under_way() == 1
    await recorder.settled()
    assert await recorder.store.unfinished.under_way() == 0
