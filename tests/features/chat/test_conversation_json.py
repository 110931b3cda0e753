import base64
import json

import pytest

from omni_ui.core.invalid import Invalid
from omni_ui.features.chat.conversation import Message, Part
from omni_ui.features.chat.conversation_json import as_json, from_json
from omni_ui.media.message_files import take_media
from tests.fakes import png


def url_of(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def with_part(part: dict) -> bytes:
    return json.dumps([{"role": "user", "content": [part]}]).encode()


async def test_what_goes_out_comes_back_in(tmp_path):
    path = tmp_path / "boat.png"
    path.write_bytes(png(40, 30))
    before = [
        Message("user", [Part("image", path=path), Part("text", "What is it?")]),
        Message("assistant", [Part("text", "A **boat**.")], reasoning="It floats."),
    ]
    imported = await from_json(json.dumps(as_json(before, "be brief")).encode(), take_media)
    messages = imported.messages
    assert imported.system == "be brief"
    assert imported.sentences == "Imported 2 messages."
    assert [(one.role, one.text, one.reasoning) for one in messages] == [
        ("user", "What is it?", ""), ("assistant", "A **boat**.", "It floats.")
    ]  # fmt: skip
    assert messages[0].files[0].read_bytes() == path.read_bytes()
    assert messages[0].files[0] != path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'"hello"', "no list of messages"),
        (b'{"messages": "hello"}', "no list of messages"),
        (b"[]", "no list of messages"),
        (b"[1]", "message 1 has the role None"),
        (b'[{"role": "tool", "content": "x"}]', "'tool'"),
        (b'[{"role": "system", "content": "x"}]', "it contains no messages"),
        (b'[{"role": "user", "content": 5}]', "neither text nor a list"),
        (with_part({"type": "file", "file": {"path": "/etc/passwd"}}), "'file'"),
        (with_part({"type": "image_url", "image_url": {"url": "/etc/passwd"}}), "names '/etc/passwd'"),
        (with_part({"type": "image_url", "image_url": {"url": "file:///x"}}), "names 'file:///x'"),
        (with_part({"type": "image_url", "image_url": {"url": "http://10.0.0.1/x"}}), "names 'http://10.0.0.1/x'"),
        (with_part({"type": "image_url", "image_url": "/etc/passwd"}), "names '/etc/passwd'"),
        (with_part({"type": "image_url", "image_url": {}}), "without its data"),
        (b"PK\x03\x04" + bytes(30), "ZIP archive"),
        (b'{"role" "user"}', "not JSON"),
        (with_part({"type": "input_audio", "input_audio": {"data": "/etc/passwd!"}}), "not base64"),
    ],
)
async def test_what_is_no_conversation_is_refused_with_a_sentence(content, says):
    with pytest.raises(Invalid) as refused:
        await from_json(content, take_media)
    assert says in str(refused.value)
    assert str(refused.value).startswith("This file cannot be used as a conversation")


async def test_media_in_a_conversation_are_looked_at_too():
    body = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url_of(b"no picture at all")}}]}]
    with pytest.raises(Invalid, match="not a picture"):
        await from_json(json.dumps(body).encode(), take_media)


async def test_more_messages_than_anyone_reads_are_refused():
    body = [{"role": "user", "content": "x"}] * 1001
    with pytest.raises(Invalid, match="1,001 messages"):
        await from_json(json.dumps(body).encode(), take_media)
