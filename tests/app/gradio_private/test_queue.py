import time

import gradio as gr
import pytest

from omni_ui.app.gradio_private.queue import LOOKS, PROGRESS_LOOKS, calm


def test_gradio_still_has_the_settings_and_its_loops_still_use_them(monkeypatch):
    with gr.Blocks() as page:
        gr.Textbox()
    calm(page)
    assert page._queue.sleep_when_free == LOOKS
    names = type(page._queue).start_processing.__code__.co_names
    assert "sleep_when_free" in names
    names = type(page._queue).start_progress_updates.__code__.co_names
    assert "progress_update_sleep_when_free" in names


async def test_the_queue_sleeps_as_long_as_it_is_told(monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)
        page._queue.stopped = len(slept) == 3

    with gr.Blocks() as page:
        gr.Textbox()
    calm(page)
    monkeypatch.setattr("gradio.queueing.asyncio.sleep", sleep)
    began = time.monotonic()
    await page._queue.start_processing()
    assert slept == [LOOKS] * 3
    assert time.monotonic() - began < 1
    page._queue.stopped = False
    slept.clear()
    await page._queue.start_progress_updates()
    assert slept == [PROGRESS_LOOKS] * 3


def test_a_gradio_without_them_is_noticed():
    class Changed:
        _queue = object()

    with pytest.raises(AttributeError):
        calm(Changed())
