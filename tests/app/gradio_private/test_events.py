"""Events belong to a visitor, cost little, and send what a page has already not once more."""

import json

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio import processing_utils
from gradio.i18n import I18nData

from omni_ui.app.gradio_private.description import LightSession
from omni_ui.app.gradio_private.events import Page, own_files_only


@pytest.fixture
def client(own_move):
    async def write():
        for words in ("one", "one two"):
            yield {shown: words}

    with Page() as page:
        shown, other = gr.HTML(), gr.JSON()
        gr.Button().click(write, None, [shown, other], api_name="write")
    own_files_only(page)
    with TestClient(gr.mount_gradio_app(FastAPI(), page, path="/")) as client:
        yield client


def messages(client, headers):
    body = {"data": [], "fn_index": 0, "session_hash": "of the test"}
    client.post("/gradio_api/queue/join", json=body, headers=headers).raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "of the test"}) as answer:
        return [json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:")]


def last_data(messages):
    [done] = [message for message in messages if message["msg"] == "process_completed"]
    assert done["success"]
    return done["output"]["data"]


@pytest.mark.parametrize("headers", [{}, {"x-gradio-user": "api"}], ids=str)
def test_a_program_gets_the_result_with_the_last_message(client, headers):
    assert last_data(messages(client, headers))[0] == "one two"


def test_a_page_has_it_already(client):
    told = messages(client, {"x-gradio-user": "app"})
    updates = [message["output"]["data"][0] for message in told if message["msg"] == "process_generating"]
    assert updates == ["one", [["append", [], " two"]]]
    assert last_data(told) == [gr.skip(), gr.skip()]


def test_plain_http_takes_and_gives_what_is_described(own_move):
    """States are the app's own: in the description they stand neither among the values nor among the results."""

    def count(before, word, *_):
        yield word, before + 1, "going"
        yield word, before + 1, "over"

    with Page() as page:
        number, word, last, end = gr.State(3), gr.Textbox(), gr.Checkbox(), gr.Textbox()
        gr.Button().click(count, [number, word, last], [word, number, end], api_name="count")
    own_files_only(page)
    with TestClient(gr.mount_gradio_app(FastAPI(), page, path="/")) as client:
        told = client.get("/gradio_api/info").json()["named_endpoints"]["/count"]
        assert (len(told["parameters"]), len(told["returns"])) == (2, 2)
        event = client.post("/gradio_api/call/count", json={"data": ["one", True]}).json()["event_id"]
        answer = client.get(f"/gradio_api/call/count/{event}").text
    results = [json.loads(line[5:]) for line in answer.splitlines() if line.startswith("data:")]
    assert results == [["one", "going"], ["one", "over"], ["one", "over"]]


def test_a_program_that_calls_by_plain_http_gets_an_update_with_marked_texts(own_move):
    """As after saving a voice: the list of voices, whose first choice has a text that the page translates."""

    def save():
        return gr.Dropdown(choices=[(I18nData("omni:Model default"), ""), ("Nora", "nora")], label=I18nData("omni:V"))

    with Page() as page:
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


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "This takes 2 values, but only 0 were sent."),
        (["a secret"], "This takes 2 values, but only 1 were sent."),
        (["a secret", "a secret"], "This file was not uploaded by you"),
        (["a secret", {"a secret": 1}], "This file was not uploaded by you"),
    ],
    ids=str,
)
def test_values_that_do_not_fit_are_refused_without_a_trace(own_move, caplog, capfd, values, words):
    """Gradio's own message lists its objects, and the log would show what the visitor sent."""
    with Page() as page:
        inputs = [gr.Textbox(), gr.File(file_count="multiple")]
        gr.Button().click(lambda *_: None, inputs, None, api_name="read")
    own_files_only(page)
    with TestClient(gr.mount_gradio_app(FastAPI(), page, path="/", show_error=True)) as client:
        answer = client.post("/gradio_api/run/read", json={"data": values})
    assert words in answer.json()["error"]
    logged = capfd.readouterr()
    assert "a secret" not in answer.text + caplog.text + logged.out + logged.err
    assert "Traceback" not in caplog.text + logged.out + logged.err


def test_a_gradio_without_the_flag_or_with_another_move_is_noticed(own_move, monkeypatch):
    class Changed:
        """A page that has no `has_launched`."""

    with pytest.raises(AttributeError, match="has_launched"):
        own_files_only(Changed())

    async def move(data, component):
        return data

    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", move)
    with Page() as page:
        gr.Textbox()
    with pytest.raises(AttributeError, match="async_move_files_to_cache"):
        own_files_only(page)


@pytest.mark.parametrize("method", ["process_api", "preprocess_data", "postprocess_data"])
def test_a_gradio_that_handles_events_elsewhere_is_noticed(own_move, monkeypatch, method):
    async def changed(self, event):
        """Another signature."""

    with Page() as page:
        gr.Textbox()
    monkeypatch.setattr(gr.Blocks, method, changed)
    with pytest.raises(AttributeError, match=method):
        own_files_only(page)


@pytest.fixture
def filled():
    """An event with inputs of several kinds, and the page that it belongs to."""
    with Page() as page:
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
    usual = await gr.Blocks.preprocess_data(page, block_fn, list(values), usual_session(page))
    assert await page.preprocess_data(block_fn, list(values), LightSession(page)) == usual


async def test_a_value_that_a_field_refuses_is_refused_in_the_same_words(filled, usual_session):
    page, block_fn = filled
    wrong = ["words", True, 99, "c", None, None, "", None, None]
    with pytest.raises(gr.Error) as usual:
        await gr.Blocks.preprocess_data(page, block_fn, list(wrong), usual_session(page))
    with pytest.raises(gr.Error) as ours:
        await page.preprocess_data(block_fn, list(wrong), LightSession(page))
    assert str(ours.value) == str(usual.value)


async def test_the_choices_of_a_session_count(filled):
    page, block_fn = filled
    session = LightSession(page)
    other = gr.Dropdown(["c"], render=False)
    session[block_fn.inputs[3]._id] = other
    values = ["words", True, 3, "c", None, None, "", None, None]
    assert (await page.preprocess_data(block_fn, values, session))[3] == "c"


async def test_a_file_in_a_plain_value_is_looked_at(filled, own_move, tmp_path):
    (tmp_path / "other.txt").write_text("of nobody here")
    page, block_fn = filled
    own_files_only(page)
    file = {"path": str(tmp_path / "other.txt"), "meta": {"_type": "gradio.FileData"}}
    for place in (6, 7):
        values = ["words", True, 3, "a", None, None, "", None, None]
        values[place] = [file]
        with pytest.raises(gr.Error):
            await page.preprocess_data(block_fn, values, LightSession(page))


async def test_gradio_still_changes_the_thread_for_each_value(filled, usual_session, monkeypatch):
    """When this fails, Gradio has become better, and `Page.preprocess_data` can go."""
    page, block_fn = filled
    threads = []

    async def run_sync(function, *args, **more):
        threads.append(function)
        return function(*args)

    monkeypatch.setattr("gradio.blocks.anyio.to_thread.run_sync", run_sync)
    await gr.Blocks.preprocess_data(page, block_fn, list(ENTERED[0]), usual_session(page))
    assert len(threads) == 8
    threads.clear()
    await page.preprocess_data(block_fn, list(ENTERED[0]), LightSession(page))
    assert len(threads) == 1


@pytest.fixture
def run():
    """A run with five outputs of several kinds, and the page that it belongs to."""
    with Page() as page:
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
    usual = await gr.Blocks.postprocess_data(page, block_fn, dict(predictions), states[0])
    # For HTML that is skipped Gradio tells the page of a property that does not exist.
    usual = [gr.skip() if one == {"props": gr.skip()} | gr.skip() else one for one in usual]
    assert await page.postprocess_data(block_fn, dict(predictions), states[1]) == usual
    assert made_anew(states[1], parts) == [named[name] for name, one in updates.items() if "label" in (one or "")]
    assert states[0].state_data == states[1].state_data


async def test_other_answers_are_gradios_own(run):
    page, block_fn, _ = run
    assert (await page.postprocess_data(block_fn, ["a", "b", [], {}, "c"], None))[0] == "a"
    with pytest.raises(ValueError, match="not specified as output"):
        await page.postprocess_data(block_fn, {gr.Textbox(): "x"}, None)


async def test_without_it_gradio_makes_what_is_skipped(run, usual_session):
    """When this fails, Gradio has become better, and `Page.postprocess_data` can go."""
    page, block_fn, parts = run
    state = usual_session(page)
    await gr.Blocks.postprocess_data(page, block_fn, {parts[4]: "x"}, state)
    assert made_anew(state, parts) == [parts[0], parts[1], parts[3]]
