"""When a generator has ended, Gradio sends its last update once more, whole: to programs, and not to pages."""

import json

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio import processing_utils

from omni_ui.app.gradio_private import own_files_only


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", processing_utils.async_move_files_to_cache)

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
