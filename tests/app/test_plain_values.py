import gradio as gr
import pytest
from gradio import processing_utils

from omni_ui.app.gradio_private import LightSession, own_files_only, prepare_cheaply

SessionState = LightSession.__mro__[1]
"""Gradio's own, which the app replaces."""


@pytest.fixture
def own_move(monkeypatch):
    """Gradio's own move of files to its cache, put back after the test."""
    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", processing_utils.async_move_files_to_cache)


@pytest.fixture
def filled():
    """An event with inputs of several kinds, and the page that it belongs to."""
    with gr.Blocks() as page:
        kinds = [gr.Textbox(), gr.Checkbox(), gr.Slider(1, 9), gr.Dropdown(["a", "b"]), gr.State("mine"), gr.File()]
        inputs = [*kinds, gr.HTML(), gr.JSON(), gr.Number(precision=0)]
        gr.Button().click(lambda *values: None, inputs, None)
    return page, next(iter(page.fns.values()))


ENTERED = [
    ["words", True, 3, "a", None, None, "<p>", {"a": [1]}, 4.2],
    [None, False, 1, None, None, None, None, None, None],
    [5, None, 9, "b", None, None, {"ticket": "x"}, [], 0],
]


@pytest.mark.parametrize("values", ENTERED, ids=str)
async def test_plain_values_are_taken_in_as_before(filled, values):
    page, block_fn = filled
    usual = await page.preprocess_data(block_fn, list(values), SessionState(page))
    prepare_cheaply(page)
    assert await page.preprocess_data(block_fn, list(values), LightSession(page)) == usual


async def test_a_value_that_a_field_refuses_is_refused_in_the_same_words(filled):
    page, block_fn = filled
    wrong = ["words", True, 99, "c", None, None, "", None, None]
    with pytest.raises(gr.Error) as usual:
        await page.preprocess_data(block_fn, list(wrong), SessionState(page))
    prepare_cheaply(page)
    with pytest.raises(gr.Error) as ours:
        await page.preprocess_data(block_fn, list(wrong), LightSession(page))
    assert str(ours.value) == str(usual.value)


async def test_the_choices_of_a_session_count(filled):
    page, block_fn = filled
    prepare_cheaply(page)
    session = LightSession(page)
    other = gr.Dropdown(["c"], render=False)
    session[block_fn.inputs[3]._id] = other
    values = ["words", True, 3, "c", None, None, "", None, None]
    assert (await page.preprocess_data(block_fn, values, session))[3] == "c"


async def test_a_file_in_a_plain_value_is_looked_at(filled, own_move, tmp_path):
    (tmp_path / "other.txt").write_text("of nobody here")
    page, block_fn = filled
    own_files_only(page)
    prepare_cheaply(page)
    file = {"path": str(tmp_path / "other.txt"), "meta": {"_type": "gradio.FileData"}}
    for place in (6, 7):
        values = ["words", True, 3, "a", None, None, "", None, None]
        values[place] = [file]
        with pytest.raises(gr.Error):
            await page.preprocess_data(block_fn, values, LightSession(page))


async def test_gradio_still_changes_the_thread_for_each_value(filled, monkeypatch):
    """When this fails, Gradio has become better, and prepare_cheaply can go."""
    page, block_fn = filled
    threads = []

    async def run_sync(function, *args, **more):
        threads.append(function)
        return function(*args)

    monkeypatch.setattr("gradio.blocks.anyio.to_thread.run_sync", run_sync)
    await page.preprocess_data(block_fn, list(ENTERED[0]), SessionState(page))
    assert len(threads) == 8
    threads.clear()
    prepare_cheaply(page)
    await page.preprocess_data(block_fn, list(ENTERED[0]), LightSession(page))
    assert len(threads) == 1


def test_a_gradio_that_takes_values_in_elsewhere_is_noticed():
    class Changed:
        async def preprocess_data(self, inputs):
            """Another signature."""

    with pytest.raises(AttributeError, match="preprocess_data"):
        prepare_cheaply(Changed())
