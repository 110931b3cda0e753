"""What the kind of a model makes of a request: settings without an effect, and the one that must be said."""

from pathlib import Path
from typing import Any

import pytest

from omni_ui.client import ChatRequest, Finish, PictureMade, SpeechRequest
from omni_ui.client.answers.failures import error_from_body
from omni_ui.client.server.discovery import ModelInfo, judge
from omni_ui.client.server.model_rules import pictures_alone, seed_is_of_the_text, stages_of_chat, task_to_set
from tests.client.scripted import Answer, Scripted, as_json, pictures, png, wav

CHAT, IMAGES, SPEECH = "/v1/chat/completions", "/v1/images/generations", "/v1/audio/speech"
GLM, OMNI, QWEN = "zai-org/GLM-Image", "Qwen/Qwen3-Omni-30B-A3B-Instruct", "Qwen/Qwen-Image"
FOX = [{"role": "user", "content": "a red fox"}]
TEXT = as_json({"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]})


def server_of(model: str, **answers: Answer) -> Scripted:
    return Scripted({"GET /v1/models": as_json({"data": [{"id": model, "max_model_len": 1}]}), **answers})


def chat_of(model: str) -> Any:
    return judge([ModelInfo(model, 1)], ())["chat"]


@pytest.mark.parametrize(
    ("model", "stages"),
    [
        (GLM, "language and diffusion"),
        (OMNI, "language"),
        (QWEN, "diffusion"),
        ("demo/talk", "all"),
        ("acme/thing", None),
    ],
)
def test_the_stages_behind_a_chat(model: str, stages: str | None) -> None:
    assert stages_of_chat(chat_of(model)) == stages


@pytest.mark.parametrize(
    ("model", "left_out"),
    [
        (GLM, ("num_outputs_per_prompt", "guidance_scale")),
        (OMNI, ("size", "num_outputs_per_prompt", "guidance_scale", "extra_args")),
        (QWEN, ("temperature",)),
        ("demo/talk", ()),
    ],
)
async def test_settings_that_never_reach_the_model_are_neither_sent_nor_claimed(
    model: str, left_out: tuple[str, ...]
) -> None:
    server = server_of(model, **{f"POST {CHAT}": TEXT})
    settings = {"size": "64x64", "num_outputs_per_prompt": 2, "guidance_scale": 3.0, "temperature": 0.5}
    request = ChatRequest(messages=FOX, stream=False, seed=6, extra_args={"a": 1}, **settings)
    async with server.client() as omni:
        fitted = await omni.fit(request)
        _ = [event async for event in omni.chat(request)]
    assert set(fitted.left_out) == set(left_out)
    sent = set(server.last(CHAT).json)
    assert sent.isdisjoint(left_out)
    assert {*settings, "extra_args", "seed"} - set(left_out) <= sent


async def test_pictures_alone_go_by_the_route_that_passes_their_settings_on() -> None:
    server = server_of(GLM, **{f"POST {IMAGES}": as_json(pictures(png(), png()))})
    request = ChatRequest(
        messages=FOX, modalities=["image"], seed=6, guidance_scale=3.0, num_outputs_per_prompt=2, size="64x64"
    )
    async with server.client() as omni:
        events = [event async for event in omni.chat(request)]
        assert (await omni.fit(request)).left_out == ()
    assert [type(event) for event in events] == [PictureMade, PictureMade, Finish]
    sent = server.last(IMAGES).json
    assert (sent["prompt"], sent["seed"], sent["guidance_scale"], sent["n"]) == ("a red fox", 6, 3.0, 2)
    assert server.count(CHAT) == 0


async def test_without_that_route_they_stay_in_the_chat() -> None:
    description = as_json({"paths": {CHAT: {"post": {}}}})
    server = server_of(GLM, **{f"POST {CHAT}": TEXT, "GET /openapi.json": description})
    async with server.client() as omni:
        _ = [event async for event in omni.chat(ChatRequest(messages=FOX, modalities=["image"], stream=False))]
    assert server.count(CHAT) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"modalities": ["text", "image"]},
        {"messages": [*FOX, {"role": "assistant", "content": "done"}, *FOX]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
    ],
)
def test_a_conversation_stays_a_conversation_and_its_seed_is_the_texts(more: dict[str, Any]) -> None:
    request = ChatRequest(**{"messages": FOX, "modalities": ["image"], **more})
    assert not pictures_alone(request, chat_of(GLM))
    assert seed_is_of_the_text(request, chat_of(GLM))
    assert not seed_is_of_the_text(request, chat_of(OMNI))


@pytest.mark.parametrize(("kind", "task"), [("VoiceDesign", "VoiceDesign"), ("Base", "Base"), ("CustomVoice", None)])
async def test_the_task_that_a_model_needs_is_said_for_every_program(kind: str, task: str | None) -> None:
    model = f"Qwen/Qwen3-TTS-12Hz-1.7B-{kind}"
    server = server_of(model, **{f"POST {SPEECH}": Answer(200, wav(), "audio/wav")})
    async with server.client() as omni:
        await omni.speech(SpeechRequest(input="Hello.", instructions="warm"))
        assert server.last(SPEECH).json.get("task_type") == task
        await omni.speech(SpeechRequest(input="Hello.", task_type="CustomVoice"))
        assert server.last(SPEECH).json["task_type"] == "CustomVoice"
    assert task_to_set(judge([ModelInfo(model)], ())["speech"]) == task


@pytest.mark.parametrize(
    ("model", "more", "sent"),
    [
        ("Qwen/Qwen3-TTS-12Hz-1.7B-Base", {}, {"x_vector_only_mode": True}),
        ("Qwen/Qwen3-TTS-12Hz-1.7B-Base", {"ref_text": " "}, {"x_vector_only_mode": True}),
        ("Qwen/Qwen3-TTS-12Hz-1.7B-Base", {"ref_text": "What he says."}, {"ref_text": "What he says."}),
        ("bosonai/higgs-audio-v3-tts-4b", {}, {}),
        ("acme/unheard-tts", {}, {}),
    ],
)
async def test_without_a_transcript_the_sound_of_a_voice_is_copied(
    tmp_path: Path, model: str, more: dict[str, str], sent: dict[str, object]
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    server = server_of(model, **{f"POST {SPEECH}": Answer(200, wav(), "audio/wav")})
    async with server.client() as omni:
        await omni.speech(SpeechRequest(input="Hello.", ref_audio=path, **more))
    said = {
        name: value for name, value in server.last(SPEECH).json.items() if name in ("ref_text", "x_vector_only_mode")
    }
    assert {name: value for name, value in said.items() if str(value).strip()} == sent


def test_a_saved_voice_on_another_model_is_no_task_to_set() -> None:
    message = "This checkpoint does not support task_type='Base'. Use task_type='CustomVoice'."
    error = error_from_body({"error": {"message": message, "code": 400}}, 400)
    assert "saved voices need a Base model" in error.sentence
    assert "Set the task" not in error.sentence
    assert (error.field, error.remedy) == ("voice", None)


def test_a_list_without_models_says_so() -> None:
    found = judge([], ())
    assert not any(ability.can for ability in found.values())
    assert found["image"].reason == (
        "This server lists no model, so it is unknown whether it can make pictures from words."
    )


def test_chat_of_a_speech_server_points_to_its_tab() -> None:
    found = judge([ModelInfo("Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice", 1)], ())["chat"]
    assert found.reason.endswith("it may not support chat. Use the Speech tab.")
