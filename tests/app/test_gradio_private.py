import inspect
import sys
import time
from pathlib import Path

import gradio as gr
import pytest
from gradio.state_holder import StateHolder
from gradio.utils import MatplotlibBackendMananger

from omni_ui.app.factory import create_app
from omni_ui.app.gradio_private import LOOKS, PROGRESS_LOOKS, SESSIONS, LightSession, calm, describe_once, skip_cheaply
from omni_ui.settings import Settings


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


SessionState = LightSession.__mro__[1]
"""Gradio's own, which the app replaces."""


@pytest.fixture
def whole_page(monkeypatch, tmp_path):
    """All of the app's page as it is mounted, not described yet."""
    pages = []
    monkeypatch.setattr("omni_ui.app.factory.describe_once", pages.append)
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


def test_sessions_are_light_and_work(whole_page):
    holder = StateHolder()
    holder.set_blocks(whole_page)
    assert holder.capacity == SESSIONS
    session = holder["a visitor"]
    assert isinstance(session, LightSession)
    assert session.config_values == {}
    number, box = next((n, block) for n, block in whole_page.blocks.items() if isinstance(block, gr.Textbox))
    assert number in session
    assert session[number] is box
    session._update_value_in_config(number, "words")
    assert session.config_values[number]["props"]["value"] == "words"
    state = next(n for n, block in whole_page.blocks.items() if isinstance(block, gr.State))
    session[state] = "of this visitor"
    assert session[state] == "of this visitor"
    assert holder["another"][state] != "of this visitor"


def test_nothing_but_deep_links_reads_the_descriptions_of_a_session():
    """When this fails, look who does, and whether a light session still suffices."""
    files = Path(gr.__file__).parent.rglob("*.py")
    assert [file.name for file in files if "config_values" in file.read_text()] == ["state_holder.py"]


def test_a_changed_component_is_described_anew():
    with gr.Blocks() as page:
        box = gr.Textbox("a", label="Words")
    describe_once(page)
    changed = type(box)(**box.constructor_args | {"label": "Other words"})
    assert changed.get_config()["label"] == "Other words"
    assert box.get_config()["label"] == "Words"


@pytest.fixture
def run():
    """A run with five outputs of several kinds, and the page that it belongs to."""
    with gr.Blocks() as page:
        boxes = [gr.Textbox(label="One"), gr.Textbox(label="Two")]
        talk = gr.State([])
        facts, words = gr.JSON(), gr.HTML()
        gr.Button().click(lambda: None, None, [*boxes, talk, facts, words])
    return page, next(iter(page.fns.values())), [*boxes, talk, facts, words]


def made_anew(state, parts):
    """The components that are other objects for this session by now."""
    return [one for one in parts if state.blocks_config.blocks[one._id] is not one]


UPDATES = [
    {"words": gr.skip()},
    {"words": "<p>text</p>"},
    {"facts": {"a": 1}},
    {"facts": {}},
    {"talk": ["x"]},
    {"one": gr.update(label="L")},
    {"one": "a", "facts": {"__type__": "no change"}, "talk": [1]},
    {"one": gr.skip(), "two": "b"},
    {"one": "a", "two": "b", "talk": [2], "facts": None, "words": ""},
]


@pytest.mark.parametrize("updates", UPDATES, ids=str)
async def test_what_is_not_named_is_left_alone_and_costs_nothing(run, updates):
    page, block_fn, parts = run
    named = dict(zip(("one", "two", "talk", "facts", "words"), parts, strict=True))
    predictions = {named[name]: value for name, value in updates.items()}
    states = SessionState(page), SessionState(page)
    usual = await page.postprocess_data(block_fn, dict(predictions), states[0])
    # For HTML that is skipped Gradio tells the page of a property that does not exist.
    usual = [gr.skip() if one == {"props": gr.skip()} | gr.skip() else one for one in usual]
    skip_cheaply(page)
    assert await page.postprocess_data(block_fn, dict(predictions), states[1]) == usual
    assert made_anew(states[1], parts) == [named[name] for name, one in updates.items() if "label" in (one or "")]
    assert states[0].state_data == states[1].state_data


async def test_other_answers_are_gradios_own(run):
    page, block_fn, _ = run
    skip_cheaply(page)
    assert (await page.postprocess_data(block_fn, ["a", "b", [], {}, "c"], None))[0] == "a"
    with pytest.raises(ValueError, match="not specified as output"):
        await page.postprocess_data(block_fn, {gr.Textbox(): "x"}, None)


async def test_without_it_gradio_makes_what_is_skipped(run):
    """When this fails, Gradio has become better, and skip_cheaply can go."""
    page, block_fn, parts = run
    state = SessionState(page)
    await page.postprocess_data(block_fn, {parts[4]: "x"}, state)
    assert made_anew(state, parts) == [parts[0], parts[1], parts[3]]


def test_gradio_still_looks_for_matplotlib_and_takes_no_for_an_answer(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "import matplotlib" in inspect.getsource(MatplotlibBackendMananger)
    with MatplotlibBackendMananger():
        pass
    assert "MatplotlibBackendMananger" in inspect.getsource(gr.Blocks.call_function) + inspect.getsource(gr.utils)
