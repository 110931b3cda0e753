"""Servers of other versions, and servers that lie a little: what is good is taken, what is refused is told as it is."""

import asyncio
import base64
import json

import pytest

from omni_ui.client import (
    AudioChunk,
    BadRequest,
    BrokenAnswer,
    ChatRequest,
    EditRequest,
    Failed,
    Finish,
    ImageRequest,
    NothingMade,
    OmniClient,
    ServerFailed,
    SpeechRequest,
    TextDelta,
    VoiceUpload,
)
from omni_ui.client.answers.failures import error_from_body
from omni_ui.client.server.load import Load, read_load
from omni_ui.client.server.schema import UNKNOWN
from tests.client.scripted import (
    Answer,
    Scripted,
    as_events,
    as_json,
    b64,
    chunk,
    http_head,
    pictures,
    png,
    read_request,
    socket_server,
    wav,
)

IMAGES, CHAT, SPEECH, VOICES = "/v1/images/generations", "/v1/chat/completions", "/v1/audio/speech", "/v1/audio/voices"
HELLO = [{"role": "user", "content": "hi"}]
SOUND = wav(b"\x01\x00" * 2400)


async def answered(answer: Answer, **fields: object) -> list[object]:
    async with Scripted({f"POST {CHAT}": answer}).client(model="m") as omni:
        return [event async for event in omni.chat(ChatRequest(messages=HELLO, **fields))]


# Refusals of older versions


async def test_a_refused_voice_with_status_200_is_an_error(recording) -> None:
    """As 0.20 and 0.22 answer it."""
    error = {"message": "Reference audio too short (0.3s)", "type": "BadRequestError", "param": None, "code": 400}
    upload = VoiceUpload(name="x", audio_sample=recording, consent="yes")
    for body, kind in (({"error": error}, BadRequest), ({"voice": {"name": "x"}}, ServerFailed)):
        async with Scripted({f"POST {VOICES}": as_json(body)}).client() as omni:
            with pytest.raises(kind):
                await omni.upload_voice(upload)


async def test_an_error_with_status_200_is_an_error_on_every_route() -> None:
    refused = as_json({"error": {"message": "no", "code": 400}})
    async with Scripted({f"POST {IMAGES}": refused, "GET /v1/videos": refused}).client(model="m") as omni:
        for call in (omni.images(ImageRequest(prompt="x")), omni.videos()):
            with pytest.raises(BadRequest):
                await call


@pytest.mark.parametrize(("loc", "field"), [("('body', 'fps')", "fps"), ("'body.fps'", "fps"), ("('query', 'n')", "n")])
def test_a_place_told_as_a_tuple_reads_like_words_and_marks_the_control(loc: str, field: str) -> None:
    """Tuples up to 0.28, where `param` is null on 0.20 and 0.22 too."""
    message = f"1 validation error:\n  {{'type': 'int_parsing', 'loc': {loc}, 'msg': 'Input should be a whole number'}}"
    error = error_from_body({"error": {"message": message, "param": None, "code": 400}}, 400)
    assert error.field == field
    assert f": {field}: Input should be a whole number" in error.sentence
    assert "'" not in error.sentence


# A stream of bare sound that breaks before its first byte


async def broken_stream(first: bytes, reason: bytes | None) -> tuple[list[object], list[dict[str, object]]]:
    """The events of a stream that breaks off after `first`, and what was asked. reason: the answer without a stream."""
    asked: list[dict[str, object]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, body = await read_request(reader)
        asked.append(json.loads(body))
        if asked[-1].get("stream"):
            writer.write(http_head(None, "audio/wav") + (chunk(first) if first else b""))
        elif reason is None:
            writer.write(http_head(len(SOUND), "audio/wav") + SOUND)
        else:
            writer.write(http_head(len(reason), status="400 Bad Request") + reason)
        await writer.drain()

    async with socket_server(talk) as address, OmniClient(address, model="m", schema=UNKNOWN) as omni:
        events = [event async for event in omni.speech_stream(SpeechRequest(input="Hello.", seed=3))]
    return events, asked


async def test_a_stream_that_breaks_before_its_first_byte_is_asked_once_more_for_the_reason() -> None:
    events, asked = await broken_stream(b"", json.dumps({"error": {"message": "The voice is hoarse."}}).encode())
    assert isinstance(events[-1], Failed)
    assert "The voice is hoarse." in events[-1].error.sentence
    assert [one.get("stream", False) for one in asked] == [True, False]
    assert asked[0]["seed"] == asked[1]["seed"] == 3


async def test_what_the_second_asking_gives_is_taken() -> None:
    events, asked = await broken_stream(b"", None)
    assert events == [AudioChunk(SOUND[44:], 24000)]
    assert len(asked) == 2


async def test_a_stream_that_breaks_later_is_not_asked_again() -> None:
    events, asked = await broken_stream(SOUND[:144], None)
    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, BrokenAnswer)
    assert len(asked) == 1


# Gauges under their older names


def test_the_load_under_the_names_of_each_version() -> None:
    old = "vllm:omni_num_requests_running 2.0\nvllm:omni_num_requests_waiting 1.0\nvllm:num_requests_running 9.0\n"
    assert read_load(old) == Load(2, 1)
    assert read_load('vllm_omni:num_requests_running{a="b"} 3.0\n') == Load(3, 0)
    assert read_load('vllm:num_requests_running{engine="0"} 1.0\nvllm:num_requests_running{engine="1"} 1.0\n') == Load(
        2, 0
    )


# Pictures that are good


async def test_a_picture_whose_format_is_told_wrongly_is_what_its_bytes_are() -> None:
    async with Scripted({f"POST {IMAGES}": as_json(pictures(png(form="JPEG")))}).client(model="m") as omni:
        made = await omni.images(ImageRequest(prompt="x"))
    assert (made.output_format, made.pictures[0].suffix) == ("jpeg", ".jpg")


async def test_base64_may_have_line_breaks() -> None:
    lines = base64.encodebytes(png()).decode()
    async with Scripted({f"POST {IMAGES}": as_json({"data": [{"b64_json": lines}]})}).client(model="m") as omni:
        assert (await omni.images(ImageRequest(prompt="x"))).pictures[0].data == png()


async def test_one_bad_picture_among_three_leaves_two() -> None:
    data = [{"b64_json": b64(png())}, None, {"b64_json": b64(png())}]
    async with Scripted({f"POST {IMAGES}": as_json({"data": data})}).client(model="m") as omni:
        made = await omni.images(ImageRequest(prompt="x", n=3))
    assert (len(made.pictures), made.missing) == (2, 1)


def test_layers_are_not_flattened_into_jpeg(picture) -> None:
    for make in (ImageRequest, lambda **more: EditRequest(image=[picture], **more)):
        with pytest.raises(ValueError, match="JPEG has no transparency"):
            make(prompt="x", layers=3, output_format="jpeg")
        make(prompt="x", layers=3, output_format="webp")


# Sound and text


async def test_sound_of_no_stated_type_is_known_by_its_bytes() -> None:
    for kind in ("application/octet-stream", ""):
        async with Scripted({f"POST {SPEECH}": Answer(200, SOUND, kind)}).client(model="m") as omni:
            speech = await omni.speech(SpeechRequest(input="Hello."))
            chunks = [event async for event in omni.speech_stream(SpeechRequest(input="Hello."))]
        assert (speech.media_type, speech.data) == ("audio/wav", SOUND)
        assert chunks == [AudioChunk(SOUND[44:], 24000)]


async def test_an_error_of_no_stated_type_is_no_sound() -> None:
    body = json.dumps({"error": {"message": "no", "code": 400}}).encode()
    async with Scripted({f"POST {SPEECH}": Answer(200, body, "application/octet-stream")}).client(model="m") as omni:
        with pytest.raises(BadRequest):
            await omni.speech(SpeechRequest(input="Hello.", response_format="pcm"))


async def test_a_byte_order_mark_does_not_swallow_the_first_piece() -> None:
    pieces = [
        {"choices": [{"delta": {"content": text}, "finish_reason": end}]} for text, end in (("a", None), ("b", "stop"))
    ]
    answer = as_events(*pieces)
    answer.body = b"\xef\xbb\xbf" + answer.body
    events = await answered(answer)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "ab"


TOOL = {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]}


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize(
    ("said", "reason", "sentence"),
    [({}, "content_filter", "content rules stopped"), (TOOL, "tool_calls", "asked for a tool")],
)
async def test_an_empty_answer_says_why(streamed: bool, said: dict[str, object], reason: str, sentence: str) -> None:
    choice = {("delta" if streamed else "message"): said, "finish_reason": reason}
    answer = as_events({"choices": [choice]}) if streamed else as_json({"choices": [choice]})
    if streamed:
        last = (await answered(answer))[-1]
        assert isinstance(last, Failed)
        assert isinstance(last.error, NothingMade)
        assert sentence in last.error.sentence
    else:
        with pytest.raises(NothingMade, match=sentence):
            await answered(answer, stream=False)


async def test_the_end_of_an_answer_names_tools_and_filters() -> None:
    for said, reason in (({"content": "a", **TOOL}, "tool_calls"), ({"content": "a"}, "content_filter")):
        answer = as_json({"choices": [{"message": said, "finish_reason": reason}]})
        assert (await answered(answer, stream=False))[-1] == Finish(reason)
