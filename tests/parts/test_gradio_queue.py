import time

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from omni_ui.parts.gradio_queue import LOOKS, PROGRESS_LOOKS, calm, describe_once
from omni_ui.settings import Settings
from omni_ui.web import create_app


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


@pytest.fixture
def whole_page(monkeypatch, tmp_path):
    """All of the app's page as it is mounted, not described yet."""
    pages = []
    monkeypatch.setattr("omni_ui.web.describe_once", pages.append)
    create_app(Settings(base_url="http://127.0.0.1:9", data_dir=tmp_path))
    return pages[0]


def told(page):
    config = page.default_config
    return {number: config.config_for_block(number, [], block) for number, block in config.blocks.items()}


def test_every_component_of_the_page_is_described_as_before(whole_page):
    before = told(whole_page)
    assert len(before) > 300
    describe_once(whole_page)
    assert told(whole_page) == before


def test_what_gradio_does_to_one_description_does_not_reach_the_next(whole_page):
    describe_once(whole_page)
    first = SessionState(whole_page)
    number = next(n for n, block in whole_page.blocks.items() if isinstance(block, gr.Textbox))
    first._update_value_in_config(number, "written by one visitor")
    assert SessionState(whole_page).config_values[number]["props"].get("value") != "written by one visitor"


def test_a_changed_component_is_described_anew():
    with gr.Blocks() as page:
        box = gr.Textbox("a", label="Words")
    describe_once(page)
    changed = type(box)(**box.constructor_args | {"label": "Other words"})
    assert changed.get_config()["label"] == "Other words"
    assert box.get_config()["label"] == "Words"
