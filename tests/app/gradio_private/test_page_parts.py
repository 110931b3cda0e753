"""A page that is taken apart by its tabs: nothing is lost, and Gradio's script understands both halves."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from omni_ui.app.gradio_private.page_parts import (
    API,
    BASE,
    CONFIG,
    DRAWN,
    FIRST,
    LATE,
    OWN_STYLES,
    SHEET,
    SplitPage,
    config_of,
    trim_html,
)
from omni_ui.app.gradio_private.script_files import FOLDER
from omni_ui.app.page import first_known
from omni_ui.client import Ability


@pytest.fixture(scope="module")
def whole(client):
    return client.get("/config").json()


@pytest.fixture(scope="module")
def sent(client):
    found = CONFIG.search(client.get("/").text)
    assert found
    return json.loads(found[1])


def ids(parts):
    return {part["id"] for part in parts}


def nodes(node):
    yield node["id"]
    for child in node.get("children") or []:
        yield from nodes(child)


def test_the_page_holds_one_tab_and_its_parts_and_the_others_add_up_to_the_whole(whole, sent):
    split = SplitPage(whole)
    names = [part["props"]["elem_id"].removesuffix("-tab") for part in whole["components"] if part["type"] == "tabitem"]
    assert len(names) == 9
    assert sent[FIRST] in names
    others = [split.parts()[name] for name in names if name != sent[FIRST]]
    assert ids(sent["components"]).union(*(ids(part["components"]) for part in others)) == ids(whole["components"])
    events = [ids(sent["dependencies"]), *(ids(part["dependencies"]) for part in others)]
    assert set().union(*events) == ids(whole["dependencies"])
    assert sum(map(len, events)) == len(whole["dependencies"])
    assert len(sent["components"]) < len(whole["components"]) / 3


def test_every_place_in_the_layout_has_its_component(whole, sent):
    for halves in (sent, sent["page"][""]):
        assert set(nodes(halves["layout"])) - {halves["layout"]["id"]} <= ids(sent["components"])
    assert set(sent["page"][""]["components"]) == ids(sent["components"])
    for name in ("video", "speech"):
        part = SplitPage(whole).parts()[name]
        assert set(nodes(part["layout"])) == ids(part["components"])


def test_an_event_comes_with_the_one_that_it_follows(whole, sent):
    for half in (sent, *(SplitPage(whole).parts()[name] for name in ("chat", "image", "edit", "speech", "server"))):
        known = ids(half["dependencies"])
        assert {e["trigger_after"] for e in half["dependencies"] if e["trigger_after"] is not None} <= known


def test_what_may_be_typed_into_is_decided_by_all_events(whole):
    parts = {part["props"].get("elem_id"): part["props"] for part in SplitPage(whole).parts()["image"]["components"]}
    assert parts["image-prompt"]["interactive"] is True
    assert parts["image-result"]["interactive"] is False


def test_what_waits_for_a_tab_to_open_also_runs_when_its_parts_come(whole):
    part = SplitPage(whole).parts()["speech"]
    events = [
        event["targets"] for event in part["dependencies"] if any(name == "select" for _, name in event["targets"])
    ]
    tabs = [[name for _, name in targets] for targets in events if targets[0][0] == part["layout"]["id"]]
    assert {(names[0], names[-1]) for names in tabs} == {("select", "load")}


def test_events_of_one_trigger_in_two_tabs_are_refused():
    with gr.Blocks() as page:
        button = gr.Button()
        with gr.Tabs():
            with gr.Tab("A", elem_id="a-tab"):
                one = gr.Textbox()
            with gr.Tab("B", elem_id="b-tab"):
                two = gr.Textbox()
        button.click(lambda: "", None, one)
        button.click(lambda: "", None, two)
    with pytest.raises(ValueError, match="several tabs"):
        SplitPage(page.get_config_file())


def test_the_browser_gets_nothing_that_only_programs_read(client, whole, sent):
    late = SplitPage(whole).parts()["edit"]["components"]
    for part in [*sent["components"], *late]:
        assert not {"api_info", "api_info_as_input", "api_info_as_output", "example_inputs"} & set(part)
        assert part["component_class_id"] == part["type"]
    assert 'window.gradio_api_info = {"named_endpoints":{},"unnamed_endpoints":{}};</script>' in client.get("/").text
    assert len(client.get("/gradio_api/info").json()["named_endpoints"]) > 10
    assert any("api_info" in part for part in whole["components"])


def test_gradios_script_still_does_without_a_description_of_the_api():
    """It knows an endpoint by the number of its event, and asks whether there is a description of it."""
    entry = next(FOLDER.glob("index-*.js")).read_text()
    assert "if(typeof t==`number`)i=t,a=e.unnamed_endpoints[i]," in entry
    assert "let n=t?t.parameters:[];" in entry
    assert "r?i?.parameters[s]?.component||void 0:t" in entry
    others = [path for path in FOLDER.glob("*.js") if path.name.startswith(("core-", "Blocks-", "HTML-"))]
    assert not [path.name for path in others if re.search("api_info|example_inputs", path.read_text())]


def test_gradios_script_still_keeps_a_type_by_its_class():
    core = next(FOLDER.glob("core-*.js")).read_text()
    assert "if(H[`${o}-${r}`])return{component:H[`${o}-${r}`]" in core


def test_the_page_says_with_which_scripts_each_other_tab_begins(sent):
    late = sent[LATE]
    assert sent[FIRST] not in late
    assert len(late) == 8
    assert "image_input" in late["edit"]["scripts"]
    assert {"html", "row", "textbox"} < set(late["edit"]["types"])


def test_the_app_answers_with_the_parts_of_the_tab_that_is_asked_for(client, whole):
    parts = {part["id"]: part for part in whole["components"]}
    event = next(
        event
        for event in whole["dependencies"]
        if event["inputs"] and parts[event["inputs"][0]]["props"].get("elem_id") == "omni-mounter"
    )
    asked = {"fn_index": event["id"], "session_hash": "abcdefghij", "event_data": None, "trigger_id": None}
    answer = client.post("/gradio_api/run/predict", json={"data": [{"tab": "edit"}], **asked})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 5
    assert answer.json()["render_config"] == SplitPage(whole).parts()["edit"]
    for wrong in ({"tab": "nowhere"}, {"tab": ["edit"]}, {}, None, "edit"):
        answer = client.post("/gradio_api/run/predict", json={"data": [wrong], **asked})
        assert (answer.status_code, answer.json().get("render_config")) == (200, None)
        assert "content-encoding" not in answer.headers
    plain = {"accept-encoding": "identity"}
    answer = client.post("/gradio_api/run/predict", json={"data": [{"tab": "edit"}], **asked}, headers=plain)
    assert "content-encoding" not in answer.headers
    assert answer.json()["render_config"]["render_id"] == "tab-edit"


def test_gradios_script_still_takes_parts_that_come_later():
    script = next(FOLDER.glob("index-*.js")).read_text() + next(FOLDER.glob("core-*.js")).read_text()
    assert re.search(r"\.render_config&&await \w+\(\w+\.render_config\)", script)
    assert re.search(r"type:`render`,data:", script)
    assert re.search(r"\brerender\(", script)
    assert "window.gradio_config" in Path(FOLDER.parent / "index.html").read_text()


def tab(name: str, detail: dict | None, demo: bool = False):
    """A tab whose server said this at the last look; None for one that has said nothing yet."""
    ability = None if detail is None else Ability(True, "", detail=detail)
    backend = SimpleNamespace(demo=demo, known_ability=lambda name: ability)
    return SimpleNamespace(name=name, backends=SimpleNamespace(for_tab=lambda name, session: backend))


@pytest.mark.parametrize(
    ("tabs", "first"),
    [
        ([tab("chat", None), tab("image", None)], ""),
        ([tab("chat", {}), tab("image", {})], "chat"),
        ([tab("chat", {}, demo=True), tab("image", {})], "image"),
        ([tab("chat", {"outputs": ["image"]}), tab("image", None), tab("edit", {})], "edit"),
    ],
)
def test_a_new_visitor_sees_first_what_a_server_can_do(tabs, first):
    assert first_known(tabs) == first


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
