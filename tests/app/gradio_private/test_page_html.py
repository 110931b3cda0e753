"""What stands in the page that Gradio writes is where it was."""

import json
import re

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from omni_ui.app.gradio_private.page_html import API, BASE, CONFIG, DRAWN, OWN_STYLES, SHEET, config_of, trim_html
from omni_ui.app.gradio_private.script_files import FOLDER


@pytest.fixture(scope="module")
def html():
    """A page of two tabs as Gradio writes it."""
    with gr.Blocks() as page, gr.Tabs():
        for name in ("image", "edit"):
            with gr.Tab(name, elem_id=f"{name}-tab", id=name):
                gr.Textbox(label="</script>")
    with TestClient(gr.mount_gradio_app(FastAPI(), page, path="/")) as client:
        return client.get("/").text


@pytest.mark.parametrize("pattern", [API, BASE, CONFIG, OWN_STYLES, SHEET])
def test_each_place_is_there_once(html, pattern):
    assert len(pattern.findall(html)) == 1


def test_the_page_is_drawn_in_one_element(html):
    assert len(re.findall(rf"{DRAWN}\b", html)) == 1


def test_what_was_written_is_understood(html):
    trimmed = trim_html(html, "edit")
    labels = [part["props"].get("label") for part in config_of(trimmed)["components"]]
    assert labels.count("</script>") == 1
    assert json.loads(API.search(trimmed)[1]) == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_another_page_is_not_trimmed(html):
    with pytest.raises(ValueError, match="no description"):
        trim_html("<p>Hello</p>", "image")
    with pytest.raises(ValueError, match="no tab"):
        trim_html(html, "nowhere")


def test_gradio_takes_what_stands_in_the_page_for_loaded():
    """The two places in its scripts that look for links before they add their own."""
    sources = [path.read_text(encoding="utf-8") for path in (*FOLDER.glob("index-*.js"), *FOLDER.glob("core-*.js"))]
    assert any("i.href===t&&(!r||i.rel===`stylesheet`)" in source for source in sources)
    assert any("document.querySelector(`link[href='${r}']`)" in source for source in sources)
