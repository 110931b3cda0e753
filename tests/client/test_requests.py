"""The request models: their declarations, their rules, and what they send."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from omni_ui.client import (
    ChatRequest,
    EditRequest,
    FileRef,
    ImageRequest,
    Request,
    SoundRequest,
    SpeechRequest,
    VideoRequest,
    VoiceUpload,
    problems,
    ui_option,
)
from omni_ui.client.requests.speech import batch_call
from tests.client.scripted import png, wav

ALL: list[type[Request]] = [
    ChatRequest, EditRequest, ImageRequest, SoundRequest, SpeechRequest, VideoRequest, VoiceUpload
]  # fmt: skip


def wrong(model: type[Request], **values: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as raised:
        model(**values)
    return [(one.field, one.sentence) for one in problems(raised.value, model)]


@pytest.mark.parametrize("model", ALL)
def test_every_setting_is_labelled_helped_and_placed(model: type[Request]) -> None:
    labels = []
    for name, info in model.model_fields.items():
        assert info.title, name
        assert info.description, name
        assert info.description[-1] in ".!", name
        assert ui_option(info, "place") in ("main", "card", "advanced", "own", "hidden"), name
        labels.append(info.title)
    assert len(set(labels)) == len(labels)
    assert model.tab in ("chat", "image", "edit", "speech", "sound", "video")
    assert model.path.startswith("/v1/")


@pytest.mark.parametrize(
    ("model", "values", "field", "part"),
    [
        (EditRequest, {"prompt": "x"}, "image", "add one first"),
        (EditRequest, {"prompt": " ", "image": "PNG"}, "prompt", "empty"),
        (EditRequest, {"prompt": "x", "image": "TEXT"}, "image", "not a picture"),
        (EditRequest, {"prompt": "x", "image": "GONE"}, "image", "no longer available"),
        (EditRequest, {"prompt": "x", "image": "NOTHING"}, "image", "is empty"),
        (EditRequest, {"prompt": "x", "image": "PNG", "n": 12}, "n", "from 1 to 10"),
        (EditRequest, {"prompt": "x", "image": "PNG", "num_inference_steps": 100000}, "num_inference_steps", "200"),
        (EditRequest, {"prompt": "x", "image": "PNG", "guidance_scale": -5}, "guidance_scale", "from 0 to 20"),
        (EditRequest, {"prompt": "x", "image": "PNG", "size": "1024x"}, "size", "WIDTHxHEIGHT"),
        (EditRequest, {"prompt": "x", "image": "PNG", "size": "64x64", "resolution": 640}, "resolution", "clear one"),
        (EditRequest, {"prompt": "x", "image": "PNG", "resolution": "800"}, "resolution", "640"),
        (EditRequest, {"prompt": "x", "image": "PNG", "layers": 1}, "layers", "from 2 to 10"),
        (
            EditRequest,
            {"prompt": "x", "image": "PNG", "output_format": "jpeg", "background": "transparent"},
            "background",
            "no transparency",
        ),
        (SpeechRequest, {"input": ""}, "input", "empty"),
        (SpeechRequest, {"input": "x" * 20001}, "input", "long-text"),
        (SpeechRequest, {"input": "x", "response_format": "mp3", "stream": True}, "stream", "WAV"),
        (SpeechRequest, {"input": "x", "speed": 2, "stream": True}, "stream", "speed 1"),
        (SpeechRequest, {"input": "x", "speed": 5}, "speed", "0.25"),
        (SpeechRequest, {"input": "x", "ref_audio": "PNG"}, "ref_audio", "not a recording"),
        (SpeechRequest, {"input": "x", "instructions": "x" * 501}, "instructions", "500"),
        (SoundRequest, {"input": "x", "audio_length": 0}, "audio_length", "above 0"),
        (SoundRequest, {"input": "x", "audio_length": float("nan")}, "audio_length", "number"),
        (VideoRequest, {"prompt": "x", "seconds": 2.5}, "seconds", "whole number"),
        (VideoRequest, {"prompt": "x", "seconds": 0}, "seconds", "from 1"),
        (VideoRequest, {"prompt": "x", "seconds": "soon"}, "seconds", "whole number"),
        (VideoRequest, {"prompt": "x", "flow_shift": float("inf")}, "flow_shift", "a number"),
        (ImageRequest, {"prompt": "x", "size": "0x0"}, "size", "too small"),
        (ImageRequest, {"prompt": "x", "size": "99999x99999"}, "size", "too large"),
        (ImageRequest, {"prompt": "x", "seed": 2**64}, "seed", "64 bits"),
        (ImageRequest, {"prompt": "x", "n": 0}, "n", "from 1 to 10"),
        (ImageRequest, {"prompt": "x" * 200_000}, "prompt", "200,000 characters"),
        (ImageRequest, {"prompt": "x", "lora": "[1]"}, "lora", "JSON object"),
        (ImageRequest, {"prompt": "x", "lora": '{"name": "a"}'}, "lora", "needs a name and a path"),
        (ImageRequest, {"prompt": "x", "lora": {"name": "a", "path": "/b", "scale": "big"}}, "lora", "not a number"),
        (ImageRequest, {"prompt": "x", "output_format": "gif"}, "output_format", "png"),
        (VideoRequest, {"prompt": "x", "num_frames": 0}, "num_frames", "from 1"),
        (VideoRequest, {"prompt": "x", "input_reference": "TEXT"}, "input_reference", "not a picture or a video"),
        (
            VideoRequest,
            {"prompt": "x", "input_reference": "PNG", "input_references": "PNG"},
            "input_references",
            "clear one",
        ),
        (VideoRequest, {"prompt": "x", "audio_reference": "BIG"}, "audio_reference", "700 kB"),
        (VideoRequest, {"prompt": "x", "control_type": "edge"}, "control_type", "needs a control"),
        (VideoRequest, {"prompt": "x", "extra_params": "{"}, "extra_params", "not valid JSON"),
        (VoiceUpload, {"name": "a", "consent": "yes"}, "audio_sample", "add one first"),
        (VoiceUpload, {"name": "a/b", "consent": "yes", "audio_sample": "WAV"}, "name", ""),
        (VoiceUpload, {"name": "a", "consent": "", "audio_sample": "WAV"}, "consent", "empty"),
        (VoiceUpload, {"name": "a", "consent": "yes", "audio_sample": "HUGE"}, "audio_sample", "10 MB"),
        (ChatRequest, {"messages": []}, "messages", "empty"),
        (ChatRequest, {"messages": [{}], "temperature": 3}, "temperature", "from 0 to 2"),
        (ChatRequest, {"messages": [{}], "modalities": ["smell"]}, "modalities", ""),
        (ChatRequest, {"messages": [{}], "strength": 1}, "strength", "no setting"),
    ],
)
def test_bad_input_is_one_sentence_beside_its_field(
    model: type[Request], values: dict[str, Any], field: str, part: str, tmp_path: Path
) -> None:
    contents = {
        "PNG": png(), "TEXT": b"hello", "NOTHING": b"", "WAV": wav(),
        "BIG": wav(bytes(800_000)), "HUGE": wav(bytes(11 * 2**20)),
    }  # fmt: skip
    for name, value in values.items():
        if value in (*contents, "GONE"):
            path = tmp_path / f"{value.lower()}.txt"
            if value in contents:
                path.write_bytes(contents[value])
            values = {**values, name: path}
    found = wrong(model, **values)
    assert [name for name, _ in found] == [field]
    sentence = found[0][1]
    assert part in sentence
    assert sentence.endswith(".")
    assert str(tmp_path) not in sentence


def test_blank_means_the_models_own_default(picture: Path) -> None:
    edit = EditRequest(prompt="x", image=picture, size="", seed=" ", mask_image="", resolution="", lora="")
    assert edit.image == [picture]
    form = dict(edit.wire("m").form or [])
    assert form == {
        "model": "m", "prompt": "x", "size": "auto", "n": "1", "output_format": "png", "background": "auto",
        "output_compression": "66", "stream": "false",
    }  # fmt: skip
    assert EditRequest(prompt="x", image=picture, resolution="640").resolution == 640
    assert EditRequest(prompt="x", image=picture, size="AUTO").size is None
    chat = ChatRequest(messages=[{}], modalities=[])
    assert "modalities" not in chat.payload()
    assert VideoRequest(prompt="x", seconds="").payload() == {"prompt": "x", "input_references": []}


def test_edits_by_address_need_no_file() -> None:
    call = EditRequest(prompt="x", url=["http://a/1.png", "http://a/2.png"]).wire()
    assert [pair for pair in call.form or [] if pair[0] == "url"] == [
        ("url", "http://a/1.png"),
        ("url", "http://a/2.png"),
    ]
    assert call.files == []


def test_a_small_sound_is_the_only_medium_in_a_text_field(recording: Path, picture: Path) -> None:
    call = VideoRequest(prompt="x", audio_reference=recording, input_reference=picture).wire("m")
    assert call.files == [("input_reference", picture)]
    assert dict(call.form or [])["audio_reference"] == {"audio_url": FileRef(recording)}


def test_speech_refers_to_its_recording(recording: Path) -> None:
    request = SpeechRequest(input="x", ref_audio=recording)
    call = request.wire()
    assert call.json is not None
    assert call.json["ref_audio"] == FileRef(recording)
    batch = batch_call([request], "m").json
    assert batch == {"model": "m", "items": [{"input": "x", "ref_audio": FileRef(recording), "response_format": "wav"}]}
    assert batch_call([request], None).json == {"items": batch["items"]}


def test_messages_keep_their_files(picture: Path) -> None:
    part = {"type": "image_url", "image_url": {"url": FileRef(picture)}}
    call = ChatRequest(messages=[{"role": "user", "content": [part]}], stream=False).wire()
    assert call.json == {"messages": [{"role": "user", "content": [part]}], "stream": False}


def test_a_seed_is_drawn_when_there_is_none() -> None:
    drawn = ImageRequest(prompt="x").with_seed()
    assert drawn.seed is not None
    assert 0 <= drawn.seed < 2**31
    assert ImageRequest(prompt="x", seed=5).with_seed().seed == 5
    upload_like = ChatRequest(messages=[{}], seed=7)
    assert upload_like.with_seed() is upload_like


@pytest.mark.parametrize("depth", [33, 900, 3000])
@pytest.mark.parametrize("field", ["extra_params", "lora"])
def test_json_that_is_nested_too_deep_is_one_sentence(field: str, depth: int) -> None:
    text = '{"a":' * depth + "1" + "}" * depth
    with pytest.raises(ValidationError) as raised:
        ImageRequest(prompt="a fox", **{field: text})
    (problem,) = problems(raised.value, ImageRequest)
    assert "is nested too deeply: the limit is 32 levels." in problem.sentence
    assert ImageRequest(prompt="a fox", extra_params='{"a":' * 30 + "1" + "}" * 30).extra_params
