"""A conversation that the browser kept: nothing of it is believed."""

from pathlib import Path
from urllib.parse import quote

import pytest

from omni_ui.core.files import FileRefused
from omni_ui.features.chat.conversation import Message, Part
from omni_ui.features.chat.conversation_json import as_json
from omni_ui.features.chat.imports import LONGEST_TEXT
from omni_ui.features.chat.kept_conversation import read_kept
from omni_ui.features.chat.messages import address
from tests.fakes import png

KEY = "0123456789ab"


def find(path: str) -> Path:
    """As own_path: the files of one visitor, which are below "mine" here."""
    if "/mine/" not in path or ".." in path:
        raise FileRefused
    return Path(path)


def kept(messages: object, thread: object = KEY) -> dict:
    return {"conversation": {"messages": messages}, "thread": thread}


def test_what_the_page_tells_comes_back(tmp_path):
    path = tmp_path / "mine" / "a boat.png"
    path.parent.mkdir()
    path.write_bytes(png())
    before = [
        Message("user", [Part("image", path=path), Part("text", "What is it?")]),
        Message("assistant", [Part("text", "A boat.")], reasoning="It floats."),
    ]
    conversation = as_json(before, "be brief", file=lambda ref: f"http://host/{address(ref.path)}")
    talk = read_kept({"conversation": conversation, "thread": KEY}, find)
    assert [(message.role, message.text, message.reasoning) for message in talk.messages] == [
        ("user", "What is it?", ""), ("assistant", "A boat.", "It floats."),
    ]  # fmt: skip
    assert talk.messages[0].files == [path]
    assert talk.messages[0].key == KEY


@pytest.mark.parametrize("thread", ["", "x" * 12, "0123456789AB", 5, None, ["a"]])
def test_a_thread_that_is_no_key_begins_another_one(thread):
    talk = read_kept(kept([{"role": "user", "content": "Hello"}], thread), find)
    assert talk.messages[0].key != thread


@pytest.mark.parametrize("path", ["/others/secret.png", "/mine/../others/secret.png", "", "/etc/passwd"])
def test_a_file_that_is_not_the_visitors_is_left_out(path):
    part = {"type": "image_url", "image_url": {"url": f"http://host/gradio_api/file={quote(path)}"}}
    talk = read_kept(kept([{"role": "user", "content": [part, {"type": "text", "text": "Look"}]}]), find)
    assert (talk.messages[0].files, talk.messages[0].text) == ([], "Look")


@pytest.mark.parametrize(
    "messages",
    [None, "hello", {}, [], [1], [{"role": "tool", "content": "x"}], [{"role": "user"}],
     [{"role": "user", "content": []}], [{"role": {}, "content": "x"}],
     [{"role": "user", "content": [{"type": {}}, {"type": ["text"], "text": "x"}]}],
     [{"role": "user", "content": [None, 1, {"type": "text"}, {"type": "image_url", "image_url": "x"}]}],
     [{"role": "user", "content": "x"}] * 1001],
)  # fmt: skip
def test_what_is_no_conversation_is_none(messages):
    assert read_kept(kept(messages), find) is None


def test_a_text_is_cut_where_no_text_is_so_long():
    talk = read_kept(kept([{"role": "user", "content": "x" * (LONGEST_TEXT + 5)}]), find)
    assert len(talk.messages[0].text) == LONGEST_TEXT
