"""`images` and `edits` hand over each picture as soon as it is whole; what they return or raise holds all the same."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from omni_ui.client import BrokenAnswer, EditRequest, ImageRequest, NothingMade, OmniClient, OmniError, Picture
from tests.client.scripted import Answer, Scripted, as_json, b64, http_head, pictures, png, read_request, socket_server

IMAGES = "POST /v1/images/generations"
ASK = ImageRequest(prompt="a red fox", n=2)
FIRST, SECOND = png(), png((90, 90))


async def asked(answer: Answer) -> tuple[list[bytes], list[bytes] | OmniError]:
    """The pictures that were handed over, and those that came back, or the error."""
    seen: list[Picture] = []
    async with Scripted({IMAGES: answer}).client() as omni:
        try:
            made = await omni.images(ASK, on_picture=seen.append)
        except OmniError as error:
            return [one.data for one in seen], error
    return [one.data for one in seen], [one.data for one in made.pictures]


async def test_the_first_is_there_while_the_second_still_comes() -> None:
    body = json.dumps(pictures(FIRST, SECOND)).encode()
    goes_on = asyncio.Event()
    seen: list[Picture] = []

    def take(picture: Picture) -> None:
        seen.append(picture)
        goes_on.set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await read_request(reader)
        if head.startswith("GET"):
            writer.write(http_head(0, status="404 Not Found", extra="connection: close\r\n"))
            return writer.close()
        half = body.index(b"b64_json", body.index(b"b64_json") + 1)
        writer.write(http_head(len(body)) + body[:half])
        await writer.drain()
        await asyncio.wait_for(goes_on.wait(), 30)  # or the test hangs: nothing was handed over
        writer.write(body[half:])
        await writer.drain()

    async with socket_server(talk) as address, OmniClient(address, model="m") as omni:
        made = await omni.images(ASK, on_picture=take)
    assert seen == made.pictures
    assert [one.data for one in seen] == [FIRST, SECOND]


async def test_without_anybody_who_takes_them_all_come_at_the_end() -> None:
    async with Scripted({IMAGES: as_json(pictures(FIRST, SECOND))}).client() as omni:
        assert [one.data for one in (await omni.images(ASK)).pictures] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"revised_prompt": "x", "b64_json": b64(FIRST), "url": None}, {"b64_json": b64(SECOND), "at": 1}]},
        {"metrics": {"peak": 1}, "data": [{"b64_json": b64(one)} for one in (FIRST, SECOND)], "created": 1},
    ],
)
async def test_the_order_of_the_fields_does_not_matter(body: Any) -> None:
    assert await asked(as_json(body)) == ([FIRST, SECOND], [FIRST, SECOND])


async def test_edits_hand_them_over_too(tmp_path: Path) -> None:
    (before := tmp_path / "before.png").write_bytes(FIRST)
    seen: list[Picture] = []
    async with Scripted({"POST /v1/images/edits": as_json(pictures(FIRST, SECOND))}).client() as omni:
        made = await omni.edits(EditRequest(prompt="a red fox", image=[before], n=2), on_picture=seen.append)
    assert seen == made.pictures
    assert [one.data for one in seen] == [FIRST, SECOND]


async def test_what_is_no_plain_base64_comes_with_the_answer_alone() -> None:
    body = {"data": [{"b64_json": "data:image/png;base64," + b64(FIRST)}, {"b64_json": b64(SECOND)}]}
    assert await asked(as_json(body)) == ([SECOND], [FIRST, SECOND])


async def test_what_is_no_picture_is_not_handed_over() -> None:
    body = {"data": [{"b64_json": b64(b"something else")}, {"b64_json": b64(SECOND[:-8])}, {"b64_json": b64(FIRST)}]}
    assert await asked(as_json(body)) == ([FIRST], [FIRST])


async def test_addresses_in_place_of_pictures_are_refused_as_before() -> None:
    handed, error = await asked(as_json({"data": [{"url": "http://elsewhere/1.png"}, {"b64_json": None}]}))
    assert handed == []
    assert isinstance(error, BrokenAnswer)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(200, json.dumps(pictures(FIRST, SECOND)).encode()[:-40]), BrokenAnswer),
        (Answer(200, json.dumps(pictures(FIRST)).encode()[:-1] + b', "more": nonsense}'), BrokenAnswer),
        (as_json(pictures(FIRST) | {"error": {"message": "out of memory", "code": 500}}), OmniError),
    ],
)
async def test_an_answer_may_fail_after_its_first_pictures(answer: Answer, kind: type[Exception]) -> None:
    handed, error = await asked(answer)
    assert handed[0] == FIRST
    assert isinstance(error, kind)


async def test_a_refusal_hands_over_nothing() -> None:
    handed, error = await asked(as_json({"error": {"message": "no"}}, 400))
    assert handed == []
    assert isinstance(error, OmniError)


async def test_an_empty_answer_hands_over_nothing() -> None:
    handed, error = await asked(as_json({"data": []}))
    assert handed == []
    assert isinstance(error, NothingMade)
