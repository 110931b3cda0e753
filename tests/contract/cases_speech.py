"""Speech: whole, as events, as raw bytes; batches; voices."""

import base64

import httpx
import pytest

from omni_ui.client import AudioChunk, BadRequest, Discard, Failed, NotFound, SpeechRequest, Usage, VoiceUpload
from tests.contract.scene import Scene, events, shape, wav
from tests.contract.table import case

PATH = "/v1/audio/speech"
VOICES = "/v1/audio/voices"
COUNTS = ("input", "output", "total", "input-text", "input-audio")


def sample(content: bytes | None = None, kind: str = "audio/wav", name: str = "a.wav"):
    return [("audio_sample", (name, wav() if content is None else content, kind))]


def data_url(seconds: float = 2.0) -> str:
    return "data:audio/wav;base64," + base64.b64encode(wav(seconds)).decode()


@case("tts", client=True)
async def speech_is_a_wav_file(s: Scene) -> None:
    answer = await s.post(PATH, input="Hello there.", voice=s.place.voice.upper())
    assert (answer.status_code, answer.headers["content-type"], answer.content[:4]) == (200, "audio/wav", b"RIFF")
    assert all((f"x-vllm-omni-{name}-tokens" in answer.headers) == s.since("0.28") for name in COUNTS)
    made = await s.omni.speech(SpeechRequest(input="Hello there.", voice=s.place.voice))
    assert made.data[:4] == b"RIFF"
    assert bool(made.usage) == s.since("0.28")
    assert not made.usage or made.usage.input_tokens == len("Hello there.")


@case("tts", since="0.26")
async def formats_of_speech(s: Scene) -> None:
    heads = {"flac": ("audio/flac", b"fLaC"), "opus": ("audio/ogg", b"OggS")}
    for kind, (media, head) in {**heads, "pcm": ("audio/pcm", b""), "mp3": ("audio/mpeg", b"")}.items():
        answer = await s.post(PATH, input="Hello.", response_format=kind)
        assert (answer.status_code, answer.headers["content-type"]) == (200, media)
        assert answer.content.startswith(head)
    assert (await s.post(PATH, input="Hello.", response_format="aac")).json()["error"][
        "param"
    ] == "body.response_format"


@case("tts", client=True)
async def fields_of_speech_arrive(s: Scene) -> None:
    await s.omni.speech(SpeechRequest(input="Hello.", voice=s.place.voice, language="English", instructions="calm",
                                      seed=7, max_new_tokens=900))  # fmt: skip
    await s.arrived(text="Hello.", speaker=s.place.voice.lower(), language="English", instruct="calm", seed=7)
    await s.arrived(max_new_tokens=900, task_type="CustomVoice")


@case("tts", client=True)
async def half_the_time_at_twice_the_speed(s: Scene) -> None:
    text = "This sentence is long enough to be measured."
    usual, fast = [len((await s.omni.speech(SpeechRequest(input=text, speed=v, seed=1))).data) for v in (1.0, 2.0)]
    assert 0.35 < fast / usual < 0.65


@case("tts", since="0.30")
async def the_rate_can_be_8000(s: Scene) -> None:
    answer = await s.post(PATH, input="Hello.", sample_rate=8000)
    assert int.from_bytes(answer.content[24:28], "little") == 8000
    refused = await s.post(PATH, input="Hello.", sample_rate=16000)
    assert (refused.status_code, "supported rates: 8000, 24000" in refused.text) == (400, True)


@case("tts", since="0.30")
async def speech_refuses(s: Scene) -> None:
    for fields, part in (({"input": " "}, "Input text cannot be empty"),
                         ({"voice": "nobody"}, "Invalid voice 'nobody'"),
                         ({"language": "klingon"}, "Invalid language 'Klingon'"),
                         ({"instructions": "x" * 501}, "Instructions too long"),
                         ({"max_new_tokens": 4097}, "max_new_tokens cannot exceed"),
                         ({"task_type": "Base"}, "does not support task_type='Base'"),
                         ({"ref_audio": data_url()}, "does not support task_type='Base'"),
                         ({"x_vector_only_mode": True}, "only valid for Base"),
                         ({"word_timestamps": True}, "--forced-aligner")):  # fmt: skip
        answer = await s.post(PATH, **{"input": "Hello.", **fields})
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "BadRequestError"), fields
        assert part in answer.json()["error"]["message"], fields


@case("tts", since="0.28")
async def speech_validates(s: Scene) -> None:
    wrong = {"speed": 9, "stream_format": "bogus", "task_type": "Song", "seed": 2**63, "max_new_tokens": 0}
    for name, value in wrong.items():
        answer = await s.post(PATH, input="Hello.", **{name: value})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, f"body.{name}")
    answer = await s.post(PATH, input="Hello.", stream=True, response_format="mp3")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "body")
    answer = await s.post(PATH, input="Hello.", stream=True, speed=2)
    assert "not supported with speed adjustment" in answer.json()["error"]["message"]


@case("tts")
async def a_wrong_model_of_speech_is_404(s: Scene) -> None:
    for path, body in ((PATH, {"input": "x"}), (f"{PATH}/batch", {"items": [{"input": "x"}]})):
        answer = await s.post(path, model="other", **body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFoundError")
        assert answer.json()["error"]["param"] == "model"


@case("tts", since="0.24")
async def events_of_speech(s: Scene) -> None:
    answer = await s.post(PATH, input="One. Two. Three.", stream=True)
    found = events(answer.text)
    assert [name for name, _ in found] == ["speech.audio.delta"] * (len(found) - 1) + ["speech.audio.done"]
    first = base64.b64decode(found[0][1]["audio"])
    assert (len(first), first[:4], first[4:8], first[40:44]) == (44, b"RIFF", b"\xff" * 4, b"\xff" * 4)
    assert base64.b64decode(found[1][1]["audio"])[:4] != b"RIFF"
    assert found[0][1]["response_format"] == "wav"
    assert set(found[-1][1]["usage"]) == {"input_tokens", "output_tokens", "total_tokens", "input_token_details"}
    assert "[DONE]" not in answer.text


@case("tts", client=True)
async def the_client_streams_speech(s: Scene) -> None:
    for form in (None, "audio"):
        asked = SpeechRequest(input="One. Two. Three.", voice=s.place.voice, stream_format=form)
        got = [event async for event in s.omni.speech_stream(asked)]
        chunks = [event for event in got if isinstance(event, AudioChunk)]
        assert len(chunks) > 1
        assert {chunk.rate for chunk in chunks} == {24_000}
        assert any(isinstance(event, Usage) for event in got) == (form is None and s.since("0.24"))


@case("tts", since="0.24")
async def raw_speech_is_laid_out_alike(s: Scene) -> None:
    answer = await s.post(PATH, input="One. Two.", stream_format="audio", stream=False)
    assert (answer.headers["content-type"], answer.content[:8]) == ("audio/wav", b"RIFF" + b"\xff" * 4)
    bare = await s.post(PATH, input="One. Two.", stream_format="audio", response_format="pcm")
    assert (bare.headers["content-type"], len(bare.content) % 2) == ("audio/pcm", 0)


@case("tts", since="0.30")
async def faults_of_speech(s: Scene) -> None:
    for fault, status, kind in (("generate", 500, "engine"), ("client", 400, "object"), ("runtime", 500, "object"),
                                ("value", 400, "object"), ("empty", 400, "object")):  # fmt: skip
        answer = await s.post(PATH, input=f"Hello. [[fail:{fault}]]")
        assert (answer.status_code, shape(answer)) == (status, kind), fault
    assert answer.json()["error"]["message"] == "No output generated from the model."


@case("tts", since="0.24")
async def faults_inside_events_are_all_500(s: Scene) -> None:
    for fault in ("generate", "client", "runtime", "value"):
        answer = await s.post(PATH, input=f"Hello. [[fail:{fault}]]", stream=True)
        [(name, data)] = events(answer.text)
        assert (answer.status_code, name, data["error"]["code"]) == (200, "speech.audio.error", 500)
        assert data["error"]["type"] == "server_error"
    [(name, _)] = events((await s.post(PATH, input="Hello. [[fail:empty]]", stream=True)).text)
    assert name == "speech.audio.done"


@case("tts", client=True)
async def speech_that_breaks_is_to_be_discarded(s: Scene) -> None:
    text = "One. Two. Three. Four. [[fail:midstream]]"
    if s.since("0.28"):
        name, data = events((await s.post(PATH, input=text, stream=True)).text)[-1]
        told = (data["error"]["partial_audio"], data["error"]["action"])
        assert (name, *told) == ("speech.audio.error", True, "discard")
    got = [event async for event in s.omni.speech_stream(SpeechRequest(input=text))]
    assert isinstance(got[-1], Failed)
    assert any(isinstance(event, Discard) for event in got) == s.since("0.28")


@case("tts", client=True)
async def raw_speech_that_breaks_just_ends(s: Scene) -> None:
    text = "One. Two. Three. Four. [[fail:midstream]]"
    if s.since("0.24"):  # before that, stream_format alone is no stream
        with pytest.raises(httpx.RemoteProtocolError):
            await s.post(PATH, input=text, stream_format="audio")
    got = [event async for event in s.omni.speech_stream(SpeechRequest(input=text, stream_format="audio"))]
    assert isinstance(got[-1], Failed)


@case("tts", client=True)
async def leaving_speech_stops_it(s: Scene) -> None:
    await s.leave(s.omni.speech(SpeechRequest(input="One. [[slow:20]]")))
    assert await s.state("aborted") == "aborted"


@case("tts", client=True)
async def leaving_streamed_speech_stops_it(s: Scene) -> None:
    async for _ in s.omni.speech_stream(SpeechRequest(input="One. Two. Three. Four. [[slow:4]]")):
        break
    assert await s.state("aborted") == "aborted"


@case("tts", client=True)
async def a_batch_answers_each_item(s: Scene) -> None:
    items = [{"input": "One."}, {"input": " "}, {"input": "Two. [[fail:generate]]"}, {"input": "Three.", "voice": "no"}]
    answer = await s.post(f"{PATH}/batch", items=items, response_format="pcm", voice=s.place.voice)
    body = answer.json()
    assert (body["total"], body["succeeded"], body["failed"], answer.status_code) == (4, 1, 3, 200)
    if s.since("0.24"):
        assert set(body["results"][0]) == {"index", "status", "audio_data", "media_type", "usage"}
        assert set(body["results"][1]) == {"index", "status", "error"}
    assert body["results"][0]["media_type"] == "audio/pcm"
    results = await s.omni.speech_batch([SpeechRequest(input="One."), SpeechRequest(input="Two. [[fail:generate]]")])
    assert [one.error is None for one in results] == [True, False]


@case("tts", since="0.24")
async def a_batch_has_limits(s: Scene) -> None:
    assert (await s.post(f"{PATH}/batch", items=[])).json()["error"]["param"] == "body.items"
    answer = await s.post(f"{PATH}/batch", items=[{"input": "x"}] * 33)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "Bad Request")
    assert "exceeding the maximum of 32" in answer.json()["error"]["message"]


@case("tts", "tts-base", client=True)
async def voices_come_and_go(s: Scene) -> None:
    given = VoiceUpload(name="Bob", audio_sample=s.file("a.wav", wav()), consent="yes", ref_text="hello")
    saved = await s.omni.upload_voice(given)
    assert saved.name == "Bob"
    body = (await s.http.get(VOICES)).json()
    assert "bob" in body["voices"]
    assert body["voices"] == sorted(body["voices"])
    one = next(one for one in body["uploaded_voices"] if one["name"] == "Bob")
    assert {"name", "consent", "created_at", "file_size", "mime_type", "embedding_source", "embedding_dim"} <= set(one)
    assert (one["embedding_source"], one["ref_text"], one["mime_type"]) == ("audio", "hello", "audio/wav")
    await s.omni.delete_voice("Bob")
    assert "bob" not in (await s.http.get(VOICES)).json()["voices"]
    with pytest.raises(NotFound):
        await s.omni.delete_voice("Bob")


@case("tts", since="0.30")
async def uploads_refuse(s: Scene) -> None:
    good = {"name": "a", "consent": "c"}
    for fields, files, part in (({"name": "a/b", "consent": "c"}, sample(), "Invalid voice name"),
                                ({"name": s.place.voice, "consent": "c"}, sample(), "reserved by a built-in"),
                                (good, sample(wav(0.5)), "too short"), (good, sample(wav(31, 8000)), "too long"),
                                (good, sample(b"xxx"), "Could not decode"),
                                (good, sample(b"xxx", "text/plain", "a.txt"), "Unsupported MIME type"),
                                (good, None, "Either 'audio_sample' or 'speaker_embedding'"),
                                (good, sample(b"x" * 11_000_000), "exceeds maximum limit of 10MB")):  # fmt: skip
        answer = await s.form(VOICES, files, **fields)
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "BadRequestError"), part
        assert part in answer.json()["error"]["message"]
    answer = await s.form(VOICES, sample(), name="a")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "body.consent")


@case("tts", since="0.24")
async def an_upload_replaces_and_a_failed_one_deletes(s: Scene) -> None:
    for _ in range(2):
        assert (await s.form(VOICES, sample(), name="Eve", consent="c")).status_code == 200
    names = [one["name"] for one in (await s.http.get(VOICES)).json()["uploaded_voices"]]
    assert names.count("Eve") == 1
    assert (await s.form(VOICES, sample(b"xxx"), name="Eve", consent="c")).status_code == 400
    assert "eve" not in (await s.http.get(VOICES)).json()["voices"]


@case("tts", since="0.30")
async def a_saved_voice_is_refused_by_this_checkpoint(s: Scene) -> None:
    await s.form(VOICES, sample(), name="Ann", consent="c")
    answer = await s.post(PATH, input="Hello.", voice="ann")
    assert (answer.status_code, "does not support task_type='Base'" in answer.text) == (400, True)


@case("tts-base", client=True)
async def a_reference_is_spoken_after(s: Scene) -> None:
    made = await s.omni.speech(SpeechRequest(input="Hello.", ref_audio=s.file("a.wav", wav()), ref_text="la la"))
    assert made.data[:4] == b"RIFF"
    await s.arrived(ref_text="la la", task_type="Base")
    await s.omni.speech(SpeechRequest(input="Hello.", ref_audio=s.file("a.wav", wav()), x_vector_only_mode=True))
    await s.arrived(x_vector_only_mode=True)


@case("tts-base", client=True)
async def a_saved_voice_speaks(s: Scene) -> None:
    await s.form(VOICES, sample(), name="Cleo", consent="c", ref_text="la la")
    assert (await s.omni.speech(SpeechRequest(input="Hello.", voice="CLEO"))).data[:4] == b"RIFF"
    await s.arrived(speaker="cleo")


@case("tts-base", since="0.30", client=True)
async def references_are_checked(s: Scene) -> None:
    for fields, status, part in (({}, 400, "task_type='CustomVoice'"),
                                 ({"task_type": "Base"}, 400, "requires 'ref_audio'"),
                                 ({"ref_audio": "AAAA"}, 400, "must be a URL"),
                                 ({"ref_audio": data_url()}, 400, "requires non-empty 'ref_text'"),
                                 ({"ref_audio": data_url(0.4), "ref_text": "x"}, 400, "too short"),
                                 ({"ref_audio": "http://127.0.0.1:9/a.wav", "ref_text": "x"}, 500, "")):  # fmt: skip
        answer = await s.post(PATH, input="Hello.", **fields)
        assert (answer.status_code, part in answer.json()["error"]["message"]) == (status, True), (fields, answer.text)
    with pytest.raises(BadRequest):
        await s.omni.speech(SpeechRequest(input="Hello.", task_type="Base"))
