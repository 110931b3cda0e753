"""Conversations as other programs export them; the shapes are those of the programs, the words are ours."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from omni_ui.core.invalid import Invalid
from omni_ui.features.chat.conversation_json import Imported, from_json
from omni_ui.media.message_files import take_media
from tests.fakes import png

PICTURE = base64.b64encode(png(40, 30)).decode()
PICTURE_URL = f"data:image/png;base64,{PICTURE}"
HELLO = [("user", "Hello"), ("assistant", "Good day")]


def wav() -> str:
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(np.arange(8000) * 0.2), 8000, format="WAV")
    return base64.b64encode(file.getvalue()).decode()


async def read(body: object) -> Imported:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await from_json(content, take_media)


def said(imported: Imported) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in imported.messages]


def chatgpt_node(number: int, role: str, content: dict, **more) -> dict:
    message = {"author": {"role": role}, "content": content, "recipient": "all", "metadata": {}} | more
    return {"id": f"n{number}", "parent": f"n{number - 1}", "children": [f"n{number + 1}"], "message": message}


def text(words: str) -> dict:
    return {"content_type": "text", "parts": [words]}


CHATGPT = [
    {"title": "Older", "update_time": 1, "current_node": "a",
     "mapping": {"a": {"parent": None, "message": {"author": {"role": "user"}, "content": text("old")}}}},
    {"title": "Boats", "update_time": 2.5, "current_node": "n8", "mapping": {
        "n0": {"id": "n0", "parent": None, "message": None},
        "n1": chatgpt_node(1, "system", text("")),
        "n2": chatgpt_node(2, "user", {"content_type": "multimodal_text", "parts": [
            {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-x"}, "Hello"]}),
        "n3": chatgpt_node(3, "assistant", {"content_type": "thoughts", "thoughts": [
            {"summary": "Greeting", "content": "It greets me."}]}),
        "n4": chatgpt_node(4, "assistant", {"content_type": "code", "text": "search()"}, recipient="web"),
        "n5": chatgpt_node(5, "tool", text("results")),
        "n6": chatgpt_node(6, "assistant", {"content_type": "reasoning_recap", "content": "Thought for 2s"}),
        "n7": chatgpt_node(7, "user", text("secret"), metadata={"is_visually_hidden_from_conversation": True}),
        "n8": chatgpt_node(8, "assistant", text("Good day")),
        "n9": chatgpt_node(8, "assistant", text("an answer that was made anew")),
    }},
]  # fmt: skip
OPEN_WEBUI = [{"id": "1", "title": "Boats", "updated_at": 1750000000, "chat": {
    "models": ["m"], "params": {"system": "be brief"}, "messages": [{"role": "user", "content": "not this list"}],
    "history": {"currentId": "c", "messages": {
        "a": {"id": "a", "parentId": None, "childrenIds": ["b", "c"], "role": "user", "content": "Hello",
              "files": [{"type": "image", "url": PICTURE_URL}, {"type": "file", "id": "f", "name": "x.pdf"}]},
        "b": {"id": "b", "parentId": "a", "childrenIds": [], "role": "assistant", "content": "another branch"},
        "c": {"id": "c", "parentId": "a", "childrenIds": [], "role": "assistant", "content":
              '<details type="reasoning" done="true" duration="1">\n<summary>Thought for 1 second</summary>\n'
              "> It greets me.\n</details>\nGood day"},
    }}}}]  # fmt: skip


async def test_chatgpt():
    imported = await read(CHATGPT)
    assert said(imported) == HELLO
    assert imported.messages[1].reasoning == "It greets me."
    assert "2 conversations" in imported.sentences
    for words in ("'file-service://file-x'", "a call of a tool", "the role 'tool'"):
        assert words in imported.sentences
    assert "secret" not in str(imported)


async def test_open_webui():
    imported = await read(OPEN_WEBUI)
    assert [(role, words.strip()) for role, words in said(imported)] == HELLO
    assert imported.system == "be brief"
    assert imported.messages[0].files[0].read_bytes() == png(40, 30)
    assert imported.messages[1].reasoning == "It greets me."
    assert "'x.pdf'" in imported.sentences


@pytest.mark.parametrize(
    "body",
    [
        b'{"role": "user", "content": "Hello"}\r\n\n{"role": "assistant", "content": "Good day"}\n',
        b'{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day"}]}\n'
        b'{"messages": [{"role": "user", "content": "other"}]}\n',
        "\ufeff[[\"Hello\", \"Good day\"]]".encode(),
        '[{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Good day"}]'.encode("utf-16"),
        {"conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Good day"}]},
        {"internal": [["Hello", "Good day"]], "visible": [["Hello", "x"]]},
        {"custom_id": "1", "body": {"model": "m", "messages": [{"role": "user", "content": ["Hello"]},
                                                             {"role": "assistant", "content": "Good day"}]}},
        {"uuid": "1", "name": "Boats", "chat_messages": [
            {"sender": "human", "text": "Hello", "content": [{"type": "text", "text": "Hello"}], "files": []},
            {"sender": "assistant", "text": "Good day", "content": []}]},
        {"contents": [{"role": "user", "parts": [{"text": "Hello"}]},
                      {"role": "model", "parts": [{"text": "Good day"}]}]},
        {"chunkedPrompt": {"chunks": [{"text": "Hello", "role": "user"},
                                      {"text": "…", "role": "model", "isThought": True},
                                      {"text": "Good day", "role": "model"}]}},
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Hello"}]}],
         "output": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "…"}]},
                    {"type": "message", "role": "assistant",
                     "content": [{"type": "output_text", "text": "Good day"}]}]},
        {"messages": [
            {"versions": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}], "currentlySelected": 0},
            {"versions": [{"role": "assistant", "steps": [{"content": [{"type": "text", "text": "Good day"}]}]}]}]},
        {"messages": [{"sender": "User", "isCreatedByUser": True, "text": "Hello", "children": [
            {"sender": "M", "isCreatedByUser": False, "text": "Good day", "children": []}]}]},
        b'{"user_name": "A", "chat_metadata": {}}\n{"name": "A", "is_user": true, "mes": "Hello"}\n'
        b'{"name": "B", "is_user": false, "mes": "Good day"}\n',
        [{"type": "human", "data": {"content": "Hello"}}, {"type": "ai", "data": {"content": "Good day"}}],
        [{"lc": 1, "id": ["langchain", "HumanMessage"], "kwargs": {"content": "Hello"}},
         {"lc": 1, "id": ["langchain", "AIMessage"], "kwargs": {"content": "Good day"}}],
        b'{"type": "user", "message": {"role": "user", "content": "Hello"}}\n'
        b'{"type": "assistant", "message": {"content": [{"type": "text", "text": "Good day"}]}}',
        {"conversations": [{"conversation": {"title": "t"}, "responses": [
            {"response": {"sender": "human", "message": "Hello"}},
            {"response": {"sender": "ASSISTANT", "message": "Good day"}}]}]},
        [{"title": "t", "mapping": {"root": {"parent": None, "message": None}, "1": {"parent": "root", "message": {
            "fragments": [{"type": "REQUEST", "content": "Hello"}]}}, "2": {"parent": "1", "message": {
                "fragments": [{"type": "THINK", "content": "x"}, {"type": "RESPONSE", "content": "Good day"}]}}}}],
        [{"role": "user", "parts": [{"type": "text", "text": "Hello"}]},
         {"role": "assistant", "parts": [{"type": "step-start"}, {"type": "text", "text": "Good day"}]}],
        {"messages": [{"author": "human", "text": "Hello"}, {"author": "bot", "text": "Good day"}]},
        [{"role": "user", "content": [{"type": "text", "text": {"value": "Hello", "annotations": []}}]},
         {"role": "assistant", "content": None, "audio": {"id": "a", "transcript": "Good day"}}],
    ],
)  # fmt: skip
async def test_other_shapes(body):
    assert said(await read(body)) == HELLO


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": PICTURE_URL},
        {"type": "image_url", "image_url": {"url": PICTURE_URL, "detail": "low"}},
        {"type": "input_image", "image_url": PICTURE_URL},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}},
        {"type": "image", "image": PICTURE},
        {"inline_data": {"mime_type": "image/png", "data": PICTURE}},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE[:40]}\n{PICTURE[40:]}"}},
    ],
)
async def test_a_picture_in_any_shape(part):
    imported = await read([{"role": "user", "content": [part, {"type": "text", "text": "What is it?"}]}])
    assert imported.messages[0].files[0].read_bytes() == png(40, 30)
    assert imported.left_out == []


async def test_ollamas_pictures_and_the_sound_of_an_answer():
    answer = {"role": "assistant", "content": None, "audio": {"transcript": "Hm", "data": wav()}}
    imported = await read([{"role": "user", "content": "Hello", "images": [PICTURE]}, answer])
    kinds = [[part.kind for part in message.parts] for message in imported.messages]
    assert kinds == [["text", "image"], ["text", "audio"]]


async def test_what_is_left_out_is_named_and_the_rest_is_taken():
    imported = await read([
        {"role": "system", "content": [{"type": "text", "text": "be brief"}]},
        {"role": "developer", "content": "and kind"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
                                     {"type": "text", "text": "Hello"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
        {"role": "tool", "tool_call_id": "1", "content": "5"},
        {"role": "tool", "tool_call_id": "2", "content": "6"},
        {"role": "assistant", "content": "Good day", "refusal": None},
    ])  # fmt: skip
    assert said(imported) == HELLO
    assert imported.system == "be brief\n\nand kind"
    assert imported.sentences == (
        "Imported 2 messages. Left out: message 3 names 'https://example.org/a.png'; only media that stand in the file"
        " itself (data:) are taken; a call of a tool; 2 × a message with the role 'tool'."
    )


async def test_lists_within_lists_end_in_a_sentence():
    deep = "[" * 3000 + '"x"' + "]" * 3000
    with pytest.raises(Invalid, match="cannot be used as a conversation"):
        await read(f'{{"messages": [{{"role": "assistant", "reasoning": {deep}, "content": {deep}}}]}}'.encode())


@pytest.mark.parametrize("odd", [{}, [], 5, None, "reply"])
async def test_odd_values_where_texts_belong(odd):
    entry = {"type": odd, "role": odd, "id": odd, "author": odd, "message": odd, "data": odd}
    imported = await read([entry, {"role": "user", "content": [{"type": odd, "text": odd}, "Hello"], "files": [odd]}])
    assert said(imported) == [("user", "Hello")]
    assert imported.left_out


async def test_a_tree_that_goes_in_circles_ends():
    nodes = {name: {"parentId": parent, "role": "user", "content": name} for name, parent in (("a", "b"), ("b", "a"))}
    imported = await read({"chat": {"history": {"currentId": "a", "messages": nodes}}})
    assert said(imported) == [("user", "b"), ("user", "a")]


@pytest.mark.parametrize("node", [None, [], {}, 5, "gone"])
async def test_a_tree_whose_last_message_is_not_named(node):
    assert said(await read([CHATGPT[1] | {"current_node": node}]))[0] == ("user", "Hello")


async def test_a_file_that_breaks_off_gives_what_is_there():
    whole = json.dumps(
        [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day"}, {"role": "us"}]
    )
    lines = "\n".join(json.dumps(message) for message in json.loads(whole))
    for content in (whole[:-6], lines[:-6]):
        imported = await read(content.encode())
        assert said(imported) == HELLO
        assert "all after a damaged place" in imported.sentences


async def test_half_a_character_in_a_file():
    case = (Path(__file__).parents[2] / "cases" / "lone_surrogate.json").read_text()
    words = json.loads(case)["prompt"].encode().decode("unicode_escape")  # as the case spells it
    body = json.dumps([{"role": "user", "content": words}]).encode()
    assert b"\\ud83e" in body
    assert said(await read(body)) == [("user", "half an emoji \ufffd end")]
    for content in (case, case.replace("\\\\", "\\")):  # no conversation, whichever way it is spelled
        with pytest.raises(Invalid, match="no list of messages"):
            await read(content.encode())
