"""The page gets its app once, its parts are described once, and it is the same page."""

import json
from contextlib import nullcontext
from pathlib import Path

import gradio as gr
import pytest
from gradio import routes
from gradio.state_holder import StateHolder

from omni_ui.app.factory import create_app
from omni_ui.app.gradio_private.description import SESSIONS, LightSession, describe_once, only_one_app
from omni_ui.settings import Settings


@pytest.fixture
def build(monkeypatch, tmp_path):
    """`build()` makes the whole app; the page, and how many apps with Gradio's routes were made for it."""

    def build_it():
        made = []
        usual = routes.App.create_app

        def create(blocks, **options):
            made.append(blocks)
            return usual(blocks, **options)

        with monkeypatch.context() as patched:
            patched.setattr(routes.App, "create_app", staticmethod(create))
            create_app(Settings(base_url="http://127.0.0.1:9", data_dir=tmp_path))
        return made[-1], len(made)

    return build_it


def test_the_page_is_the_same_and_gets_its_app_once(build, monkeypatch):
    page, number = build()
    monkeypatch.setattr("omni_ui.app.factory.only_one_app", nullcontext)
    usual, usual_number = build()
    assert (number, usual_number) == (1, 4)
    first, second = (json.loads(json.dumps(each.config, default=str)) for each in (page, usual))
    begin = first["components"][0]["id"], second["components"][0]["id"]
    assert len(first["components"]) > 300
    assert [part["type"] for part in first["components"]] == [part["type"] for part in second["components"]]
    assert [without_ids(part, begin[0]) for part in first["components"]] == [
        without_ids(part, begin[1]) for part in second["components"]
    ]
    assert len(first["dependencies"]) == len(second["dependencies"])


def without_ids(part, begin):
    return part | {"id": part["id"] - begin}


def test_the_queue_has_an_app_that_knows_the_page(build):
    page, _ = build()
    assert page.app.get_blocks() is page


def test_gradio_is_put_back(build):
    before = routes.App.create_app
    build()
    assert routes.App.create_app is before


def test_a_gradio_that_makes_its_apps_elsewhere_is_noticed(monkeypatch):
    monkeypatch.delattr(routes.App, "create_app")
    with pytest.raises(KeyError, match="create_app"), only_one_app():
        pass


def test_a_setting_of_gradios_own_server_for_agents_is_not_heeded(build, monkeypatch):
    """Its parts are not imported (lean_import), and ours stands at that address."""
    monkeypatch.setenv("GRADIO_MCP_SERVER", "true")
    page, _ = build()
    assert page.mcp_server is False


def told(page):
    config = page.default_config
    return {number: config.config_for_block(number, [], block) for number, block in config.blocks.items()}


def test_every_component_of_the_page_is_described_as_before(whole_page):
    before = told(whole_page)
    assert len(before) > 300
    describe_once(whole_page)
    assert told(whole_page) == before


def test_what_gradio_does_to_one_description_does_not_reach_the_next(whole_page, usual_session):
    describe_once(whole_page)
    first = usual_session(whole_page)
    number = next(n for n, block in whole_page.blocks.items() if isinstance(block, gr.Textbox))
    first._update_value_in_config(number, "written by one visitor")
    assert usual_session(whole_page).config_values[number]["props"].get("value") != "written by one visitor"


def test_a_changed_component_is_described_anew():
    with gr.Blocks() as page:
        box = gr.Textbox("a", label="Words")
    describe_once(page)
    changed = type(box)(**box.constructor_args | {"label": "Other words"})
    assert changed.get_config()["label"] == "Other words"
    assert box.get_config()["label"] == "Words"


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
