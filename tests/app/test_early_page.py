"""What stands in the page before Gradio's script draws it: the tabs, the prompt of the first one, and Run."""

import re

import pytest

from omni_ui.app.gradio_private.page_parts import DRAWN, FIRST, SplitPage
from omni_ui.app.loading.early_page import early_page


@pytest.fixture(scope="module")
def split(client):
    return SplitPage(client.get("/config").json())


def test_it_stands_before_the_place_where_gradio_draws(client):
    page = client.get("/").text
    early = re.search(
        r'<div id="omni-early" data-tab="(\w+)" data-field="([\w-]+)">.*</div><script>\{.*\}\n</script><gradio-app',
        page,
        re.S,
    )
    assert early
    assert early[0].count("data-opens=") == 9
    assert page.count(DRAWN) == 1
    assert f'data-chosen="true">{early[1].capitalize()}<' in early[0]


@pytest.mark.parametrize(
    ("tab", "field", "label"),
    [
        ("image", "image-prompt", "Prompt"),
        ("chat", "chat-text", "Message"),
        ("speech", "speech-input", "Text"),
        ("video", "video-prompt", "Prompt"),
    ],
)
def test_the_first_field_of_a_tab_is_there_in_plain_words(split, tab, field, label):
    early = early_page(split.trimmed(tab))
    assert f'data-tab="{tab}" data-field="{field}"' in early
    assert re.search(rf"<span>{label}[^<]*</span><textarea", early)
    assert "__i18n__" not in early
    assert not re.search(r'\sid="(?!omni-early")', early), "ids are those of Gradio's parts"


def test_a_tab_that_begins_with_something_else_has_none(split):
    for tab in ("edit", "sound", "talk", "history", "server"):
        assert not early_page(split.trimmed(tab)), tab
    whole = split.trimmed("image")
    del whole[FIRST]
    assert not early_page(whole)


def test_whether_it_is_shown_is_said_in_the_head_by_what_stands_before(client):
    page = client.get("/").text
    choice = page.index("dataset.early = ")
    assert page.index('<meta name="omni-languages" content="en') < choice
    assert page.index('<meta name="omni-first-tab" content="') < choice < page.index("window.gradio_config")


def test_words_of_the_page_are_text():
    config = {
        FIRST: "image",
        "components": [
            {"type": "tabitem", "props": {"elem_id": "image-tab", "label": "<b>"}},
            {"type": "textbox", "props": {"elem_id": "image-prompt", "label": "</span>", "placeholder": '"'}},
            {"type": "button", "props": {"elem_id": "image-run", "value": "<i>"}},
        ],
    }
    early = early_page(config)
    assert not set(re.findall("<(?:b|i)>", early.replace("<b class", "")))
    assert 'placeholder="&#34;"' in early
