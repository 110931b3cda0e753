from pathlib import Path

import gradio as gr
from gradio.state_holder import StateHolder

from omni_ui.app.gradio_private.sessions import SESSIONS, LightSession


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
