"""What is typed stays: which events may write into a text field though nobody pressed anything, and when they do."""

import re
from collections.abc import Iterator

import gradio as gr
import pytest

from omni_ui.app.factory import Services
from omni_ui.app.page import build_ui
from omni_ui.features.i18n.languages import drawn
from omni_ui.settings import Settings
from omni_ui.tabs.sound import SoundTab

ALONE = {"load", "then", "success", "failure", "tick"}
"""Triggers that need no visitor."""
KEEPING = {
    "restore_drafts": "leaves a field that was typed into (features/drafts/drafts.js)",
    "fill_defaults": "leaves a field that holds the visitor's own (features/model_defaults/model_defaults.js)",
    "linked_recipe": "fills in only what a link holds: the test below",
    "show_model": "changes names and choices, no value: the test below",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    services = Services(Settings(base_url="http://127.0.0.1:9", data_dir=tmp_path_factory.mktemp("data")))
    return build_ui(services)


def writers(built) -> Iterator[tuple[str, str]]:
    """Each pair of a text field and of what writes there by itself: the name of the page's action, or the handler's."""
    page, tabs = built
    fields = {
        part._id: f"{tab.name}-{name}"
        for tab in tabs
        for name, part in tab.inputs.items()
        if isinstance(part, gr.Textbox)
    }
    for event in page.get_config_file()["dependencies"]:
        if not any(trigger in ALONE for _, trigger in event["targets"]):
            continue
        action = re.search(r'omni\.call\("(\w+)"', str(event["js"]))
        name = action[1] if action else str(page.fns[event["id"]].name)
        yield from ((fields[part], name) for part in event["outputs"] if part in fields)


def test_only_known_events_write_into_a_text_field_by_themselves(built):
    transcript = ("speech-ref_text", "None")  # (heard, text) => text, where there is one
    assert {name for field, name in writers(built) if (field, name) != transcript} <= set(KEEPING)
    assert ("speech-input", "linked_recipe") in set(writers(built))


async def test_a_page_without_a_link_fills_in_nothing(built):
    page, _ = built
    opens = [event for event in page.fns.values() if event.name == "open_it"]
    assert len(opens) == 2
    for event in opens:
        updates = await event.fn(None)
        assert all(update == gr.skip() for update in updates.values())


async def test_what_a_server_can_do_changes_no_value_of_a_text_field(built):
    _, tabs = built
    for tab in tabs:
        updates = await tab.show_model(None)
        if isinstance(tab, SoundTab):
            updates |= tab.fields_for("song")
        for part, update in updates.items():
            if isinstance(part, gr.Textbox) and part in tab.inputs.values():
                given = update.constructor_args if isinstance(update, gr.Textbox) else update
                assert "value" not in given


async def test_choices_that_a_server_changes_are_in_the_language_of_the_page(built):
    _, tabs = built
    changed = {}
    for tab in tabs:
        for part, update in (await tab.show_model(None)).items():
            given = update.constructor_args if isinstance(update, gr.blocks.Block) else update
            changed |= {part.elem_id: given["choices"]} if "choices" in given else {}
    assert {"sound-make", "speech-reading"} <= set(changed)
    for name, choices in changed.items():
        assert [label for label, _ in choices if drawn(label) is not label] == [], name
