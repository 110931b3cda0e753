import inspect
import sys
import time
from pathlib import Path

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio import processing_utils, routes
from gradio.i18n import I18nData
from gradio.state_holder import StateHolder
from gradio.utils import MatplotlibBackendMananger

from omni_ui.app.factory import create_app
from omni_ui.app.gradio_private import (
    LOOKS,
    MOST_UPLOADS,
    PROGRESS_LOOKS,
    SESSIONS,
    LightSession,
    UploadProgress,
    calm,
    describe_once,
    own_files_only,
    skip_cheaply,
)
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


@pytest.fixture
def own_move(monkeypatch):
    """Gradio's own move of files to its cache, put back after the test."""
    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", processing_utils.async_move_files_to_cache)


def test_a_program_that_calls_by_plain_http_gets_an_update_with_marked_texts(own_move):
    """As after saving a voice: the list of voices, whose first choice has a text that the page translates."""

    def save():
        return gr.Dropdown(choices=[(I18nData("omni:Model default"), ""), ("Nora", "nora")], label=I18nData("omni:V"))

    with gr.Blocks() as page:
        voices = gr.Dropdown(["a"])
        gr.Button().click(save, None, voices, api_name="save")
    own_files_only(page)
    with TestClient(gr.mount_gradio_app(FastAPI(), page, path="/")) as client:
        event = client.post("/gradio_api/call/save", json={"data": []}).json()["event_id"]
        answer = client.get(f"/gradio_api/call/save/{event}").text
    assert "event: complete" in answer
    assert "not JSON serializable" not in answer
    assert "Model default" in answer
    assert "nora" in answer


def test_a_gradio_without_the_flag_or_with_another_move_is_noticed(own_move, monkeypatch):
    class Changed:
        """A page that has no `has_launched`."""

    with pytest.raises(AttributeError, match="has_launched"):
        own_files_only(Changed())

    async def move(data, component):
        return data

    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", move)
    with gr.Blocks() as page:
        gr.Textbox()
    with pytest.raises(AttributeError, match="async_move_files_to_cache"):
        own_files_only(page)


def test_a_gradio_whose_events_tell_no_request_is_noticed(own_move):
    with gr.Blocks() as page:
        gr.Textbox()
    page.process_api = lambda block_fn, inputs: None
    with pytest.raises(AttributeError, match="process_api"):
        own_files_only(page)


async def test_gradio_still_moves_files_by_the_function_that_checks_their_owner(own_move, tmp_path):
    """A file that the visitor does not own is refused on its way into an event and out of one."""
    (tmp_path / "other.txt").write_text("of nobody here")
    file = {"path": str(tmp_path / "other.txt"), "meta": {"_type": "gradio.FileData"}}
    with gr.Blocks() as page:
        box = gr.File()
        gr.Button().click(lambda file: file, box, box)
    own_files_only(page)
    assert page.has_launched is True
    block_fn = next(iter(page.fns.values()))
    with pytest.raises(gr.Error):
        await page.preprocess_data(block_fn, [file], None)
    with pytest.raises(gr.Error):
        await page.postprocess_data(block_fn, [file["path"]], None)


def test_the_progress_of_an_upload_still_reaches_gradio(monkeypatch):
    progress = UploadProgress()
    progress.add("upload of the test", "a.png", b"x" * 10)
    statuses = routes.file_upload_statuses
    assert "upload of the test" in statuses._statuses
    assert not statuses.is_done("upload of the test")
    progress.done("upload of the test")
    assert statuses.is_done("upload of the test")
    monkeypatch.setattr(progress, "_known", dict.fromkeys(range(MOST_UPLOADS)))
    progress.add("one too many", "a.png", b"x")
    assert "one too many" not in statuses._statuses


def test_a_gradio_that_keeps_progress_elsewhere_is_noticed(monkeypatch):
    monkeypatch.setattr(routes, "file_upload_statuses", object())
    with pytest.raises(AttributeError):
        UploadProgress()
