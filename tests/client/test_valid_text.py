"""Half characters at the borders of the client: what is asked, and what servers say."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni_ui.client import ChatRequest, ImageRequest, OmniClient, ReasoningDelta, TextDelta
from omni_ui.client.answers.failures import error_from
from omni_ui.client.answers.valid_text import DeltaText, read_json, valid_json, valid_text, valid_values
from tests.chat_server import ChatServer

ANY_TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("\ud83e\udd8a\ud800\udfff"), max_size=40)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("half \ud83e end", "half \ufffd end"),
        ("\ud83e", "\ufffd"),
        ("whole \ud83e\udd8a", "whole 🦊"),
        ("\udd8a\ud83e", "\ufffd\ufffd"),
        ("漢字 and 🦊", "漢字 and 🦊"),
    ],
)
def test_a_half_character_becomes_the_sign_for_one_that_is_missing(text, right):
    assert valid_text(text) == right
    assert valid_values({"a": [{text: text}], "n": 1}) == {"a": [{right: right}], "n": 1}
    assert read_json(json.dumps({"a": text})) == {"a": right}


@given(ANY_TEXT, st.lists(st.integers(0, 40), max_size=6))
def test_a_text_in_pieces_is_the_text_as_a_whole(text, cuts):
    joined, places = DeltaText(), sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [joined.add(text[start:end]) for start, end in pairwise(places)]
    assert "".join(pieces) + joined.finish() == valid_text(text)
    assert valid_text(text).encode(errors="strict") is not None


@given(ANY_TEXT)
def test_escapes_are_mended_without_parsing(text):
    body = json.dumps({"text": text, "slashes": "\\ud83e \\\\ud83e \\"}).encode()
    mended = valid_json(body)
    assert len(mended) == len(body)
    assert json.loads(mended) == {"text": valid_text(text), "slashes": "\\ud83e \\\\ud83e \\"}


def test_constants_that_json_does_not_have():
    with pytest.raises(ValueError, match="NaN is not JSON"):
        read_json('{"a": NaN}')
    assert read_json('{"a": Infinity}', constants=True) == {"a": float("inf")}


def test_a_request_takes_what_was_typed():
    request = ImageRequest(prompt="half \ud83e", lora='{"name": "\\ud83e", "path": "/a"}')
    assert request.prompt == "half \ufffd"
    assert request.lora == {"name": "\ufffd", "path": "/a"}


def test_the_words_of_a_refusal():
    assert error_from(400, b'{"error": {"message": "no \\ud83e"}}').server_message == "no \ufffd"


async def test_an_emoji_that_a_gateway_cut_in_two_is_one_again():
    pieces = ["Hi \ud83e", "\udd8a and \ud83e", " end \ud83e"]
    with ChatServer(pieces=pieces, reasoning=["so \ud83e", "\udd8a"]) as server:
        async with OmniClient(server.url) as omni:
            events = [e async for e in omni.chat(ChatRequest(messages=[{"role": "user", "content": "Hi"}]))]
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "Hi 🦊 and \ufffd end \ufffd"
    assert "".join(e.text for e in events if isinstance(e, ReasoningDelta)) == "so 🦊"
