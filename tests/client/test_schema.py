"""What a server's own description says of the fields that it takes, and what follows from it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from omni_ui.client import AudioChunk, BadRequest, ChatRequest, ImageRequest, SpeechRequest, VideoRequest
from omni_ui.client.requests.base import WireCall
from omni_ui.client.server.schema import UNKNOWN, read_schema
from tests.client.scripted import Answer, Scripted, as_json, form_of, pictures, png, wav

VIDEOS, IMAGES, SPEECH, CHAT = "/v1/videos", "/v1/images/generations", "/v1/audio/speech", "/v1/chat/completions"
EDITS = "/v1/images/edits"
OLD_VIDEO = ("prompt", "model", "size", "seconds", "num_frames", "seed", "input_reference")
JOB = {"id": "a", "object": "video", "status": "queued"}


def described(path: str, *names: str, kind: str = "application/json", **types: Any) -> dict[str, Any]:
    """A description with one POST route, its body behind a reference as FastAPI writes it."""
    properties = {name: {"type": "string"} for name in names} | types
    body = {"content": {kind: {"schema": {"$ref": "#/components/schemas/Body"}}}}
    schema = {"type": "object", "properties": properties}
    return {"paths": {path: {"post": {"requestBody": body}}}, "components": {"schemas": {"Body": schema}}}


def old_videos() -> dict[str, Any]:
    nullable = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    return described(VIDEOS, *OLD_VIDEO, kind="multipart/form-data", fps=nullable)


def serving(description: Any, **answers: Any) -> Scripted:
    return Scripted({"GET /openapi.json": as_json(description), **answers})


def test_times_of_stages_are_asked_of_chats_where_edits_name_the_field() -> None:
    """As in 0.22 to 0.28, whose pictures do not know it."""
    schema = read_schema(described(EDITS, "prompt", "return_stage_metrics", kind="multipart/form-data"))
    asked = {path: schema.with_metrics(WireCall("POST", path, json={})).json for path in (CHAT, IMAGES)}
    assert asked == {CHAT: {"return_stage_metrics": True}, IMAGES: {}}
    assert schema.with_metrics(WireCall("POST", EDITS, form=[])).form == [("return_stage_metrics", "true")]
    without = read_schema(described(EDITS, "prompt", kind="multipart/form-data"))
    assert without.with_metrics(WireCall("POST", CHAT, json={})).json == {}


def test_fields_are_read_through_references_and_unions() -> None:
    schema = read_schema(described(IMAGES, "prompt", "n"))
    assert schema.has(IMAGES, "n")
    assert schema.lacks(IMAGES, "flow_shift")
    both = described(IMAGES, "prompt")
    both["components"]["schemas"]["Body"] = {"anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}
    assert read_schema(both).has(IMAGES, "b")
    assert not read_schema(both).lacks(IMAGES, "a")


def test_a_route_that_takes_any_field_drops_none() -> None:
    chat = described(CHAT, "messages")
    chat["components"]["schemas"]["Body"]["additionalProperties"] = True
    assert not read_schema(chat).lacks(CHAT, "guidance_scale")


def circle() -> dict[str, Any]:
    body = described(IMAGES, "prompt")
    body["components"]["schemas"]["Body"] = {"$ref": "#/components/schemas/Body"}
    return body


@pytest.mark.parametrize(
    "description",
    [
        {}, [], None, {"paths": []}, {"paths": {IMAGES: None}}, {"paths": {IMAGES: {"post": {"requestBody": 1}}}},
        {"paths": {IMAGES: {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/no"}}}}}}}},
        {"paths": {IMAGES: {"post": {"requestBody": {"content": {"application/json": {}}}}}}}, circle(),
    ],
)  # fmt: skip
def test_what_is_not_told_is_not_lacking(description: Any) -> None:
    schema = read_schema(description)
    assert schema.lacking(ImageRequest) == []
    assert schema.fit(ImageRequest(prompt="x", flow_shift=3.0)).left_out == ()


@pytest.mark.parametrize("field", ["input_references", "audio_reference", "control_reference"])
async def test_a_file_that_the_server_would_drop_is_refused_before_anything_is_sent(
    field: str, picture: Path, recording: Path
) -> None:
    server = serving(old_videos(), **{f"POST {VIDEOS}": as_json(JOB)})
    path = recording if field == "audio_reference" else picture
    request = VideoRequest(prompt="x", **{field: [path] if field == "input_references" else path})
    async with server.client() as omni:
        with pytest.raises(BadRequest, match=r"does not accept “.*”: it would silently drop the file") as refused:
            await omni.create_video(request)
    assert server.count(VIDEOS) == 0
    assert refused.value.field == field
    assert refused.value.remedy == {"field": field, "value": None}


async def test_a_file_that_the_server_takes_is_sent(picture: Path) -> None:
    server = serving(old_videos(), **{f"POST {VIDEOS}": as_json(JOB)})
    async with server.client() as omni:
        await omni.create_video(VideoRequest(prompt="x", input_reference=picture))
    assert form_of(server.last(VIDEOS))[1][0][0] == "input_reference"


async def test_settings_that_the_server_would_drop_are_neither_sent_nor_claimed() -> None:
    answers = {f"POST {IMAGES}": as_json(pictures(png()))}
    server = serving(described(IMAGES, "prompt", "n", "seed", "output_format"), **answers)
    async with server.client(model="m") as omni:
        fitted = await omni.fit(ImageRequest(prompt="x", seed=7, flow_shift=3.0))
        assert (fitted.request.seed, fitted.request.flow_shift, fitted.left_out) == (7, None, ("flow_shift",))
        await omni.images(ImageRequest(prompt="x", seed=7, flow_shift=3.0))
    assert set(server.last(IMAGES).json) == {"prompt", "n", "seed", "output_format"}


@pytest.mark.parametrize("answer", [Answer(404), Answer(200, b"<html>", "text/html"), Answer(500), as_json([])])
async def test_without_a_description_everything_is_sent(answer: Answer, picture: Path) -> None:
    server = Scripted({"GET /openapi.json": answer, f"POST {VIDEOS}": as_json(JOB)})
    async with server.client() as omni:
        assert await omni.schema() == UNKNOWN
        await omni.create_video(VideoRequest(prompt="x", control_reference=picture, aspect_ratio="16:9", fps=23.976))
    fields, files = form_of(server.last(VIDEOS))
    assert (files[0][0], fields["aspect_ratio"], fields["fps"]) == ("control_reference", ["16:9"], ["23.976"])


async def test_a_frame_rate_with_a_fraction_is_refused_where_whole_ones_are_wanted() -> None:
    server = serving(old_videos(), **{f"POST {VIDEOS}": as_json(JOB)})
    async with server.client() as omni:
        with pytest.raises(BadRequest, match=r"Frame rate must be a whole number .* 23.976 is not\. Use 24") as refused:
            await omni.create_video(VideoRequest(prompt="x", fps=23.976))
        assert refused.value.remedy == {"field": "fps", "value": 24}
        await omni.create_video(VideoRequest(prompt="x", fps=24))
    newer = copy.deepcopy(old_videos())
    newer["components"]["schemas"]["Body"]["properties"]["fps"] = {"type": "number"}
    server = serving(newer, **{f"POST {VIDEOS}": as_json(JOB)})
    async with server.client() as omni:
        await omni.create_video(VideoRequest(prompt="x", fps=23.976))
    assert form_of(server.last(VIDEOS))[0]["fps"] == ["23.976"]


SPOKEN = wav(b"\x01\x00" * 2400, rate=24000)


def speaks_without_rates(seen: Any) -> Answer:
    """As 0.20 to 0.28 do: the rate is dropped, and 24 kHz come."""
    bare = seen.json["response_format"] == "pcm"
    return Answer(200, SPOKEN[44:] if bare else SPOKEN, "audio/pcm" if bare else "audio/wav")


async def test_bare_sound_has_the_rate_of_the_model_where_the_server_takes_none() -> None:
    old = described(SPEECH, "input", "response_format", "stream", "stream_format", "speed")
    server = serving(old, **{f"POST {SPEECH}": speaks_without_rates})
    asked = SpeechRequest(input="Hello.", response_format="pcm", sample_rate=8000)
    async with server.client(model="m") as omni:
        speech = await omni.speech(asked)
        chunks = [event async for event in omni.speech_stream(asked)]
    assert (speech.data, speech.suffix, speech.rate) == (SPOKEN[44:], ".pcm", 24000)
    assert {chunk.rate for chunk in chunks if isinstance(chunk, AudioChunk)} == {24000}
    assert all("sample_rate" not in json.loads(one.body) for one in server.seen if one.path == SPEECH)


async def test_bare_sound_is_measured_where_nobody_knows_whether_the_rate_is_kept() -> None:
    server = Scripted({f"POST {SPEECH}": speaks_without_rates})
    asked = SpeechRequest(input="Hello.", response_format="pcm", sample_rate=8000)
    async with server.client(model="m") as omni:
        speech = await omni.speech(asked)
        chunks = [event async for event in omni.speech_stream(asked)]
    assert (speech.data, speech.suffix, speech.rate) == (SPOKEN[44:], ".pcm", 24000)
    assert {chunk.rate for chunk in chunks if isinstance(chunk, AudioChunk)} == {24000}


async def test_bare_sound_has_the_rate_that_was_asked_where_the_server_takes_one() -> None:
    new = described(SPEECH, "input", "response_format", "sample_rate")
    server = serving(new, **{f"POST {SPEECH}": Answer(200, b"\x01\x00" * 800, "audio/pcm")})
    async with server.client(model="m") as omni:
        speech = await omni.speech(SpeechRequest(input="Hello.", response_format="pcm", sample_rate=8000))
    assert (speech.rate, server.last(SPEECH).json["response_format"]) == (8000, "pcm")


async def test_the_seed_of_a_chat_stands_where_this_version_reads_it() -> None:
    answer = as_json({"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]})
    asked = ChatRequest(messages=[{"role": "user", "content": "hi"}], seed=5, num_inference_steps=7, stream=False)
    old = described("/v1/images/edits", "prompt", "image", "mask_image", kind="multipart/form-data")
    new = described("/v1/images/edits", "prompt", "image", "mask_image", "stream", kind="multipart/form-data")
    nested_there = {"seed": 5, "num_inference_steps": 7}
    for description, nested in ((old, nested_there), (new, None), ({}, None)):
        server = serving(description, **{f"POST {CHAT}": answer})
        async with server.client(model="m") as omni:
            _ = [event async for event in omni.chat(asked)]
        assert (server.last(CHAT).json["seed"], server.last(CHAT).json.get("extra_body")) == (5, nested)


async def test_the_description_is_asked_for_once_and_again_when_another_version_answers() -> None:
    versions = [as_json({"version": "0.20.0"}), as_json({"version": "0.30.0"})]
    server = serving(described(IMAGES, "prompt"), **{"GET /version": versions})
    async with server.client() as omni:
        first = await omni.capabilities(refresh=True)
        assert first.schema.lacks(IMAGES, "seed")
        await omni.schema()
        assert server.count("/openapi.json") == 1
        server.answers["GET /openapi.json"] = as_json(described(IMAGES, "prompt", "seed"))
        omni._seen = None
        assert not (await omni.capabilities()).schema.lacks(IMAGES, "seed")
    assert server.count("/openapi.json") == 2
