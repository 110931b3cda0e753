"""POST /v1/chat/completions: AR servers with text, speech and pictures, and pure diffusion."""

import base64
import io

import httpx
import pytest
from PIL import Image

from omni_ui.client import (
    AudioChunk,
    BadRequest,
    ChatRequest,
    Failed,
    FileRef,
    Finish,
    NothingMade,
    PictureMade,
    TextDelta,
    Usage,
)
from tests.contract.scene import Scene, events, png, shape, wav
from tests.contract.table import case

PATH = "/v1/chat/completions"
AR = ("chat", "omni-image")


def said(text: str = "hello") -> list[dict]:
    return [{"role": "user", "content": text}]


def shown(url: str) -> list[dict]:
    parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "make it night"}]
    return [{"role": "user", "content": parts}]


async def ask(s: Scene, text: str = "hello", **fields) -> httpx.Response:
    return await s.post(PATH, messages=said(text), **fields)


async def heard(s: Scene, **fields) -> list:
    return [event async for event in s.omni.chat(ChatRequest(**{"messages": said(), **fields}))]


@case(*AR)
async def a_chat_answers_text(s: Scene) -> None:
    body = (await ask(s, modalities=["text"])).json()
    assert body["id"].startswith("chatcmpl-")
    assert (body["object"], len(body["choices"])) == ("chat.completion", 1)
    choice = body["choices"][0]
    assert (choice["message"]["role"], choice["finish_reason"]) == ("assistant", "stop")
    assert isinstance(choice["message"]["content"], str)
    assert {"prompt_tokens", "completion_tokens", "total_tokens"} <= set(body["usage"])


@case("chat", since="0.30")
async def text_and_voice_share_a_choice(s: Scene) -> None:
    [choice] = (await ask(s)).json()["choices"]
    assert isinstance(choice["message"]["content"], str)
    assert set(choice["message"]["audio"]) == {"id", "data", "expires_at", "transcript"}
    assert choice["message"]["audio"]["transcript"] == ""
    assert base64.b64decode(choice["message"]["audio"]["data"])[:4] == b"RIFF"
    assert set(choice["audio_metadata"]) == {"format", "sample_rate_hz", "frame_count", "channels"}


@case("chat", since="0.30")
async def voice_alone_has_no_usage(s: Scene) -> None:
    body = (await ask(s, modalities=["audio"], audio={"format": "flac"})).json()
    assert body["choices"][0]["message"]["content"] is None
    assert body["choices"][0]["audio_metadata"]["format"] == "flac"
    assert body["usage"]["total_tokens"] == 0


@case("omni-image")
async def text_and_picture_are_two_choices(s: Scene) -> None:
    body = (await ask(s, "Draw a red fox", modalities=["text", "image"], size="96x64")).json()
    assert [choice["index"] for choice in body["choices"]] == [0, 0]
    text, picture = (choice["message"]["content"] for choice in body["choices"])
    assert isinstance(text, str)
    url = picture[0]["image_url"]["url"]
    assert Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).size == (96, 64)
    assert {"type", "image_url", "stage_durations", "peak_memory_mb"} == set(picture[0])


@case(*AR)
async def chunks_of_text(s: Scene) -> None:
    answer = await ask(s, modalities=["text"], stream=True, stream_options={"include_usage": True})
    found = [data for _, data in events(answer.text)]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert found[-1] == "[DONE]"
    assert found[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert {one["modality"] for one in found[:-2]} == {"text"}
    assert [one["choices"][0]["finish_reason"] for one in found[:-2]] == [None] * (len(found) - 3) + ["stop"]
    assert found[-2]["choices"] == []
    assert found[-2]["usage"]["completion_tokens"] > 0


@case("chat", since="0.30")
async def chunks_of_voice_are_files_in_content(s: Scene) -> None:
    found = [data for _, data in events((await ask(s, stream=True)).text)][:-1]
    voice = [one for one in found if one["modality"] == "audio"]
    text = [one for one in found if one["modality"] == "text"]
    assert found == text + voice
    assert text[-1]["choices"][0]["finish_reason"] is None
    assert voice[-1]["choices"][0]["finish_reason"] == "stop"
    for one in voice:
        assert base64.b64decode(one["choices"][0]["delta"]["content"])[:4] == b"RIFF"
        assert one["choices"][0]["audio_metadata"]["format"] == "wav"
        assert one["usage"]["completion_tokens"] == 0
        assert one["choices"][0]["delta"]["role"] == "assistant"


@case("chat", since="0.30")
async def chunks_of_pcm_can_be_joined(s: Scene) -> None:
    answer = await ask(s, stream=True, modalities=["audio"], audio={"format": "pcm16"})
    found = [data for _, data in events(answer.text)][:-1]
    assert found[0]["modality"] == "audio"
    assert {one["choices"][0]["audio_metadata"]["format"] for one in found} == {"pcm"}


@case("omni-image", since="0.22")
async def chunks_of_pictures_are_lists(s: Scene) -> None:
    answer = await ask(s, "Draw a fox", stream=True, modalities=["text", "image"], size="64x64")
    found = [data for _, data in events(answer.text)][:-1]
    assert found[-2]["modality"] == "image"
    assert isinstance(found[-2]["choices"][0]["delta"]["content"], list)
    assert found[-1]["choices"] == [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    assert "modality" not in found[-1]


@case(*AR)
async def no_modality_streams_nothing(s: Scene) -> None:
    assert (await ask(s, stream=True, modalities=[])).text.strip() == "data: [DONE]"


@case("chat", client=True)
async def the_client_hears_text_and_voice(s: Scene) -> None:
    for stream in (True, False):
        got = await heard(s, stream=stream)
        kinds = {type(event) for event in got}
        assert {TextDelta, AudioChunk, Usage, Finish} <= kinds
        assert not any(event.text.startswith("UklGR") for event in got if isinstance(event, TextDelta))
        assert {event.rate for event in got if isinstance(event, AudioChunk)} == {24_000}


@case("omni-image", "image", since="0.22", client=True)
async def the_client_sees_pictures(s: Scene) -> None:
    for stream in (True, False):
        got = await heard(s, stream=stream, modalities=["image"], size="96x64", messages=said("a red fox"))
        [made] = [event for event in got if isinstance(event, PictureMade)]
        assert Image.open(io.BytesIO(made.picture.data)).size == (96, 64)


@case("chat", client=True)
async def fields_of_a_chat_arrive(s: Scene) -> None:
    fields = {"temperature": 0.5, "top_p": 0.75, "max_tokens": 40, "seed": 7, "presence_penalty": 0.25}
    await heard(s, **fields, modalities=["text"])
    await s.arrived(**fields)
    assert (await s.records())[-1]["output_modalities"] == ["text"]


@case("omni-image", client=True)
async def fields_of_a_painting_chat_arrive(s: Scene) -> None:
    await heard(s, size="96x64", num_inference_steps=7, negative_prompt="rain", modalities=["image"])
    await s.arrived(num_inference_steps=7, negative_prompt="rain")


@case("chat", client=True)
async def a_short_answer_is_cut(s: Scene) -> None:
    for stream in (True, False):
        got = await heard(s, max_tokens=3, modalities=["text"], stream=stream)
        assert Finish("length") in got
    body = (await ask(s, max_completion_tokens=3, modalities=["text"])).json()
    assert body["choices"][0]["finish_reason"] == "stop"


@case("chat", client=True)
async def media_arrive(s: Scene) -> None:
    picture, sound = s.file("a.png", png()), s.file("a.wav", wav())
    parts = [{"type": "image_url", "image_url": {"url": FileRef(picture)}},
             {"type": "input_audio", "input_audio": {"data": FileRef(sound, "base64"), "format": "wav"}},
             {"type": "text", "text": "What is this?"}]  # fmt: skip
    got = await heard(s, messages=[{"role": "user", "content": parts}], modalities=["text"])
    assert any(isinstance(event, TextDelta) for event in got)
    record = str((await s.records())[-1])
    assert "image" in record
    assert "audio" in record


@case("chat")
async def bad_media_are_refused(s: Scene) -> None:
    wrong = [({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}, 400),
             ({"type": "image_url", "image_url": {"url": "AAAA"}}, 400),
             ({"type": "image_url", "image_url": {"url": "file:///a.png"}}, 400),
             ({"type": "image_url", "image_url": "x"}, 400),
             ({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, 400),
             ({"type": "image_url", "image_url": {"url": "http://127.0.0.1:9/a.png"}}, 500)]  # fmt: skip
    for part, status in wrong:
        answer = await s.post(PATH, messages=[{"role": "user", "content": [part]}], stream=True)
        assert (answer.status_code, shape(answer)) == (status, "object"), part


@case("chat", since="0.30")
async def chat_refuses(s: Scene) -> None:
    for fields, status, kind in (({"modalities": ["image"]}, 400, "BadRequestError"),
                                 ({"voice": "no"}, 400, "BadRequestError"),
                                 ({"audio": {"format": "zz"}}, 400, "BadRequestError"),
                                 ({"modalities": "text"}, 400, "Bad Request"), ({"logprobs": "x"}, 400, "Bad Request"),
                                 ({"temperature": 9}, 500, "Internal Server Error"),
                                 ({"model": "other"}, 404, "NotFoundError"),
                                 ({"messages": []}, 500, "Internal Server Error")):  # fmt: skip
        answer = await s.post(PATH, **{"messages": said(), **fields})
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind), fields
    assert (await s.post(PATH)).json()["error"]["param"] == "body.messages"


@case("chat", client=True)
async def a_voice_is_chosen(s: Scene) -> None:
    assert any(isinstance(event, AudioChunk) for event in await heard(s, voice=s.place.voice, modalities=["audio"]))


@case(*AR)
async def faults_of_a_chat(s: Scene) -> None:
    for fault, status, kind in (("generate", 500, "engine"), ("client", 400, "object"), ("runtime", 500, "object"),
                                ("value", 400, "object")):  # fmt: skip
        answer = await ask(s, f"hello [[fail:{fault}]]", modalities=["text"])
        assert (answer.status_code, shape(answer)) == (status, kind), fault
    empty = await ask(s, "hello [[fail:empty]]", modalities=["text"])
    assert (empty.status_code, empty.json()["choices"]) == (200, [])


@case(*AR)
async def faults_inside_a_streamed_chat(s: Scene) -> None:
    for fault, code in (("generate", 500), ("client", 400), ("runtime", 500), ("value", 400)):
        answer = await ask(s, f"hello [[fail:{fault}]]", modalities=["text"], stream=True)
        [(_, wrong), (_, done)] = events(answer.text)
        assert (answer.status_code, wrong["error"]["code"], done) == (200, code, "[DONE]")
    found = events((await ask(s, "hello [[fail:midstream]]", modalities=["text"], stream=True)).text)
    assert found[0][1]["modality"] == "text"
    assert found[-2][1]["error"]["code"] == 500


@case(*AR, client=True)
async def the_client_names_the_faults_of_a_chat(s: Scene) -> None:
    got = await heard(s, messages=said("hello [[fail:midstream]]"), modalities=["text"])
    assert isinstance(got[0], TextDelta)
    assert isinstance(got[-1], Failed)
    with pytest.raises(BadRequest):
        await heard(s, messages=said("hello [[fail:client]]"), modalities=["text"], stream=False)
    with pytest.raises(NothingMade):
        await heard(s, messages=said("hello [[fail:empty]]"), modalities=["text"], stream=False)


@case(*AR, "image", client=True)
async def leaving_a_chat_stops_it(s: Scene) -> None:
    await s.leave(heard(s, messages=said("hello [[slow:20]]"), stream=False))
    assert await s.state("aborted") == "aborted"


@case(*AR, client=True)
async def leaving_a_streamed_chat_stops_it(s: Scene) -> None:
    chat = s.omni.chat(ChatRequest(messages=said("hello [[slow:5]]")))
    async for _ in chat:
        break
    await chat.aclose()
    assert await s.state("aborted") == "aborted"


@case("chat", since="0.28")
async def several_conversations_at_once(s: Scene) -> None:
    answer = await s.post(f"{PATH}/batch", messages=[said("one"), said("two")], modalities=["text"])
    assert [choice["index"] for choice in answer.json()["choices"]] == [0, 1]
