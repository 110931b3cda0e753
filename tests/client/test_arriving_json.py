"""JSON with pictures that is read as it arrives gives what a reader of the whole gives."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni_ui.client import ImageRequest
from omni_ui.client.answers.arriving_json import ArrivingJson
from tests.client.scripted import Answer, Scripted, as_json, pictures, png

MEDIUM = bytes(range(256)) * 40


def read(text: bytes, size: int) -> Any:
    arriving = ArrivingJson()
    for at in range(0, len(text), size):
        arriving.feed(text[at : at + size])
    return arriving.finish()


@given(
    st.lists(st.binary(max_size=50), max_size=4),
    st.integers(1, 80),
    st.text(max_size=20),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :  ")]),
)
def test_pieces_of_any_length_give_the_media(media: list[bytes], size: int, words: str, gaps: tuple[str, str]) -> None:
    data = [{"b64_json": base64.b64encode(one).decode(), "revised_prompt": words, "url": None} for one in media]
    body = {"created": 1, "data": data, words: '"b64_json": "no"'}
    seen = read(json.dumps(body, separators=gaps).encode(), size)
    assert [one["b64_json"] for one in seen["data"]] == media
    assert {**seen, "data": data} == body


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64," + base64.b64encode(MEDIUM).decode(),
        base64.b64encode(MEDIUM).decode().replace("A", "A\n", 3),
        base64.b64encode(MEDIUM).decode() + "!",
        base64.b64encode(b"a").decode() + base64.b64encode(b"b").decode(),
        'not "base64"',
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100, 10_000_000])
def test_what_is_not_plain_base64_stays_a_text(text: str, size: int) -> None:
    body = {"data": [{"b64_json": text}, {"b64_json": base64.b64encode(MEDIUM).decode()}, {"b64_json": None}]}
    seen = read(json.dumps(body).encode(), size)
    assert [one["b64_json"] for one in seen["data"]] == [text, MEDIUM, None]


@pytest.mark.parametrize("text", [b"", b"{", b'{"b64_json": "AAAA', b'{"b64_json": "AAAA"', b"nonsense"])
def test_json_that_breaks_off_is_none(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read(text, 3)


async def test_pictures_come_through_it_unchanged() -> None:
    server = Scripted({"POST /v1/images/generations": as_json(pictures(png(), png((90, 90))))})
    async with server.client() as omni:
        made = await omni.images(ImageRequest(prompt="x", n=2))
        assert [one.data for one in made.pictures] == [png(), png((90, 90))]
        assert type(made.pictures[0].data) is bytes
        server.answers["POST /v1/images/generations"] = Answer(200, json.dumps(pictures(png())).encode()[:-40])
        with pytest.raises(Exception, match="incomplete"):
            await omni.images(ImageRequest(prompt="x"))
