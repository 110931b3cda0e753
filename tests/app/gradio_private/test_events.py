"""Events belong to a visitor: files are looked at, and what a page has already is not sent once more."""

import json

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio import processing_utils
from gradio.i18n import I18nData

from omni_ui.app.gradio_private.events import own_files_only


@pytest.fixture
def client(own_move):
    async def write():
        for words in ("one", "one two"):
            yield {shown: words}

    with gr.Blocks() as page:
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
