"""speech, speech_stream, speech_batch, sound, voices."""

from pathlib import Path
from typing import Any

import pytest

from omni_ui.client import (
    AudioChunk,
    BadRequest,
    BrokenAnswer,
    Discard,
    Failed,
    NotFound,
    NothingMade,
    ServerFailed,
    SoundRequest,
    SpeechRequest,
    Usage,
    VoiceUpload,
)
from omni_ui.client.server.schema import UNKNOWN, ServerSchema
from tests.client.scripted import Answer, Scripted, as_events, as_json, b64, form_of, wav

SPEECH, VOICES = "POST /v1/audio/speech", "/v1/audio/voices"
RECORDING = wav(b"\x01\x00" * 4800)
ASK = SpeechRequest(input="Hello")
COUNTS = {"x-vllm-omni-input-tokens": "5", "x-vllm-omni-output-tokens": "7", "x-vllm-omni-total-tokens": "12"}


def part(data: bytes) -> tuple[str, dict[str, Any]]:
    return "speech.audio.delta", {"type": "speech.audio.delta", "audio": b64(data)}


DONE = ("speech.audio.done", {"type": "speech.audio.done", "usage": {"input_tokens": 2, "output_tokens": 3}})


async def test_a_whole_speech(recording: Path) -> None:
    server = Scripted({SPEECH: Answer(200, wav(), "audio/wav", COUNTS)})
    request = SpeechRequest(input="Hello", voice="Vivian", ref_audio=recording, speed=1.5, extra_params='{"a": 1}')
    async with server.client() as omni:
        made = await omni.speech(request)
    assert (made.data, made.media_type, made.suffix) == (wav(), "audio/wav", ".wav")
    assert made.usage == Usage(5, 7, 12)
    sent = server.last("/v1/audio/speech").json
    assert sent == {
        "model": "Qwen/Qwen-Image",
        "input": "Hello", "voice": "Vivian", "speed": 1.5, "response_format": "wav", "extra_params": {"a": 1},
        "ref_audio": "data:audio/wav;base64," + b64(RECORDING),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(200, b"", "audio/wav"), NothingMade),
        (Answer(200, wav(bytes(99))[:70], "audio/wav"), BrokenAnswer),
        (as_json({"error": {"message": "no", "code": 400}}), BadRequest),
        (as_json({"a": 1}), BrokenAnswer),
    ],
)
async def test_what_is_no_speech(answer: Answer, kind: type[Exception]) -> None:
    async with Scripted({SPEECH: answer, "POST /v1/audio/generate": answer}).client() as omni:
        with pytest.raises(kind):
            await omni.speech(ASK)
        with pytest.raises(kind):
            await omni.sound(SoundRequest(input="rain"))


async def stream_of(
    answer: Answer, request: SpeechRequest = ASK, schema: ServerSchema = UNKNOWN
) -> tuple[list[Any], dict[str, Any]]:
    server = Scripted({SPEECH: answer})
    async with server.client(schema=schema) as omni:
        events = [event async for event in omni.speech_stream(request)]
    return events, server.last("/v1/audio/speech").json


async def test_a_streamed_wav_is_samples_with_its_rate() -> None:
    bare = wav(b"", 44100, endless=True)
    events, sent = await stream_of(as_events(part(bare), part(b"\1\0\2"), part(b"\0"), DONE, done=False))
    assert events == [AudioChunk(b"\1\0", 44100), AudioChunk(b"\2\0", 44100), Usage(2, 3, 5)]
    assert sent == {"model": "Qwen/Qwen-Image", "input": "Hello", "response_format": "wav", "stream": True}


async def test_a_streamed_pcm_has_the_rate_that_was_asked_for() -> None:
    answer = as_events(part(b"\1\0"), DONE, done=False)
    asked = SpeechRequest(input="x", response_format="pcm", sample_rate=8000)
    fields = {name: {} for name in SpeechRequest.model_fields}
    events, sent = await stream_of(answer, asked, ServerSchema(fields={asked.path: fields}))
    assert events[0] == AudioChunk(b"\1\0", 8000)
    assert sent["response_format"] == "pcm"
    events, _ = await stream_of(answer, SpeechRequest(input="x", response_format="pcm"))
    assert events[0] == AudioChunk(b"\1\0", 24000)


async def test_a_raw_stream_and_a_whole_file_in_its_place() -> None:
    raw = SpeechRequest(input="x", stream_format="audio")
    events, sent = await stream_of(Answer(200, wav(endless=True), "audio/wav", COUNTS), raw)
    assert events == [AudioChunk(b"\1\0\2\0", 24000), Usage(5, 7, 12)]
    assert sent["stream_format"] == "audio"
    events, _ = await stream_of(Answer(200, wav(), "audio/wav"))
    assert events == [AudioChunk(b"\1\0\2\0", 24000)]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (as_events(part(wav()), done=False), BrokenAnswer),
        (as_events(part(wav())), BrokenAnswer),
        (as_events(DONE, done=False), NothingMade),
        (as_events(("speech.audio.error", {"error": {"message": "no", "code": 500}}), done=False), ServerFailed),
        (Answer(200, b"", "audio/wav"), NothingMade),
        (as_json({"error": {"message": "no", "code": 400}}), BadRequest),
        (as_json({"a": 1}), BrokenAnswer),
    ],
)
async def test_a_stream_that_fails_says_so_at_its_end(answer: Answer, kind: type[Exception]) -> None:
    events, _ = await stream_of(answer)
    assert isinstance(events[-1], Failed)
    assert type(events[-1].error) is kind


async def test_spoilt_sound_is_to_be_discarded() -> None:
    told = {"message": "broke", "code": 500, "partial_audio": True, "action": "discard"}
    events, _ = await stream_of(as_events(part(wav()), ("speech.audio.error", {"error": told}), done=False))
    assert [type(event) for event in events] == [AudioChunk, Discard, Failed]
    assert events[1].reason == "broke"


async def test_a_batch_has_a_result_for_each_text() -> None:
    def answer(seen: Any) -> Answer:
        results: list[dict[str, Any]] = [
            {"index": at, "status": "success", "audio_data": b64(wav()), "media_type": "audio/wav",
             "usage": {"input_tokens": 1, "output_tokens": 2}}
            for at, _ in enumerate(seen.json["items"])
        ]  # fmt: skip
        results[1] = {"index": 1, "status": "error", "error": "Invalid voice 'x'. Supported: a"}
        return as_json({"results": results})

    server = Scripted({"POST /v1/audio/speech/batch": answer})
    async with server.client() as omni:
        results = await omni.speech_batch([SpeechRequest(input=f"text {at}", seed=4, stream=True) for at in range(34)])
    assert [result.index for result in results] == list(range(34))
    assert results[0].speech is not None
    assert (results[0].speech.data, results[0].speech.usage) == (wav(), Usage(1, 2, 3))
    assert results[1].error is not None
    assert results[1].error.field == "voice"
    assert server.count("/v1/audio/speech/batch") == 2
    assert server.last("/v1/audio/speech/batch").json["items"][1] == {"input": "text 33", "response_format": "wav"}
    server.answers["POST /v1/audio/speech/batch"] = as_json({"results": None})
    async with server.client() as omni:
        with pytest.raises(BrokenAnswer):
            await omni.speech_batch([ASK])


async def test_a_broken_item_does_not_spoil_a_batch() -> None:
    body = {"results": [{"status": "success", "audio_data": "!!"}, None]}
    async with Scripted({"POST /v1/audio/speech/batch": as_json(body)}).client() as omni:
        results = await omni.speech_batch([ASK, ASK])
    assert isinstance(results[0].error, BrokenAnswer)
    assert isinstance(results[1].error, BadRequest)


async def test_sound() -> None:
    server = Scripted({"POST /v1/audio/generate": Answer(200, wav(channels=2), "audio/wav")})
    async with server.client() as omni:
        made = await omni.sound(SoundRequest(input="rain", audio_length=2.5, seed=1))
    assert made.data == wav(channels=2)
    assert server.last("/v1/audio/generate").json == {
        "model": "Qwen/Qwen-Image", "input": "rain", "audio_length": 2.5, "seed": 1, "response_format": "wav"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "route"),
    [
        (["/v1/audio/voices", "/v1/audio/voice/upload"], "/v1/audio/voices"),
        (["/v1/audio/voice/upload"], "/v1/audio/voice/upload"),
        ([], "/v1/audio/voices"),
        (None, "/v1/audio/voices"),
    ],
)
async def test_a_voice_goes_to_the_route_that_the_server_has(
    paths: list[str] | None, route: str, recording: Path
) -> None:
    saved = {"success": True, "voice": {"name": "Anna", "consent": "yes", "file_size": 9, "created_at": 5}}
    server = Scripted({f"POST {route}": as_json(saved)})
    if paths is not None:
        server.answers["GET /openapi.json"] = as_json({"paths": {path: {} for path in paths}})
    else:
        server.answers["GET /openapi.json"] = Answer(500, b"broken")
    async with server.client() as omni:
        voice = await omni.upload_voice(VoiceUpload(name=" Anna ", audio_sample=recording, consent="yes"))
    assert (voice.name, voice.size, voice.created_at) == ("Anna", 9, 5)
    fields, files = form_of(server.last(route))
    assert fields == {"name": ["Anna"], "consent": ["yes"]}
    assert files == [("audio_sample", "voice.wav", "audio/wav", RECORDING)]


async def test_a_container_for_video_is_declared_as_sound(tmp_path: Path) -> None:
    path = tmp_path / "voice.webm"
    path.write_bytes(b"\x1a\x45\xdf\xa3 and so on")
    server = Scripted({f"POST {VOICES}": as_json({"success": False, "message": "no"})})
    async with server.client() as omni:
        with pytest.raises(ServerFailed, match="did not save"):
            await omni.upload_voice(VoiceUpload(name="a", audio_sample=path, consent="yes"))
    assert form_of(server.last(VOICES))[1][0][2] == "audio/webm"


async def test_listing_and_deleting_voices() -> None:
    listed = {"voices": ["default", "anna"], "uploaded_voices": [{"name": "Anna", "mime_type": "audio/wav"}, {}]}
    server = Scripted({f"GET {VOICES}": as_json(listed), f"DELETE {VOICES}/a b": as_json({"success": True})})
    async with server.client() as omni:
        voices = await omni.voices()
        assert voices.names == ["anna", "default"]
        assert [voice.name for voice in voices.saved] == ["Anna"]
        await omni.delete_voice("a b")
        assert server.seen[-1].method == "DELETE"
        with pytest.raises(NotFound):
            await omni.delete_voice("nobody")
        server.answers[f"GET {VOICES}"] = as_json({"voices": None})
        with pytest.raises(BrokenAnswer):
            await omni.voices()
