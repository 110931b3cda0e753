import gradio as gr
import pytest

from omni_ui.app.gradio_private.event_values import prepare_cheaply, skip_cheaply
from omni_ui.app.gradio_private.events import own_files_only
from omni_ui.app.gradio_private.sessions import LightSession


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
async def test_plain_values_are_taken_in_as_before(filled, usual_session, values):
    page, block_fn = filled
    usual = await page.preprocess_data(block_fn, list(values), usual_session(page))
    prepare_cheaply(page)
    assert await page.preprocess_data(block_fn, list(values), LightSession(page)) == usual


async def test_a_value_that_a_field_refuses_is_refused_in_the_same_words(filled, usual_session):
    page, block_fn = filled
    wrong = ["words", True, 99, "c", None, None, "", None, None]
    with pytest.raises(gr.Error) as usual:
        await page.preprocess_data(block_fn, list(wrong), usual_session(page))
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


async def test_gradio_still_changes_the_thread_for_each_value(filled, usual_session, monkeypatch):
    """When this fails, Gradio has become better, and prepare_cheaply can go."""
    page, block_fn = filled
    threads = []

    async def run_sync(function, *args, **more):
        threads.append(function)
        return function(*args)

    monkeypatch.setattr("gradio.blocks.anyio.to_thread.run_sync", run_sync)
    await page.preprocess_data(block_fn, list(ENTERED[0]), usual_session(page))
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
async def test_what_is_not_named_is_left_alone_and_costs_nothing(run, usual_session, updates):
    page, block_fn, parts = run
    named = dict(zip(("one", "two", "talk", "facts", "words"), parts, strict=True))
    predictions = {named[name]: value for name, value in updates.items()}
    states = usual_session(page), usual_session(page)
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


async def test_without_it_gradio_makes_what_is_skipped(run, usual_session):
    """When this fails, Gradio has become better, and skip_cheaply can go."""
    page, block_fn, parts = run
    state = usual_session(page)
    await page.postprocess_data(block_fn, {parts[4]: "x"}, state)
    assert made_anew(state, parts) == [parts[0], parts[1], parts[3]]
