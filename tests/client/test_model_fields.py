"""Fields that only some models take: offered where a model reads them or nobody knows it, else refused or left out."""

import pytest
from pydantic import ValidationError

from omni_ui.client import ImageRequest, OmniError, SpeechRequest, problems, ui_option
from omni_ui.client.requests.edit import KLEIN
from omni_ui.client.requests.image import DEMO, HUNYUAN, LANCE
from omni_ui.client.requests.speech import CLONE_ONLY, DESCRIBED, GEPARD, MOSS_TTSD, QWEN3_TTS, WITH_TRANSCRIPT
from omni_ui.client.requests.video import MINIMAX, VACE
from omni_ui.client.server.discovery import ModelInfo, judge
from omni_ui.client.server.known_models import KNOWN_MODELS
from omni_ui.client.server.model_fields import OF_SOME_MODELS
from omni_ui.client.server.model_rules import not_taken
from omni_ui.core.servers.backend import REQUESTS
from tests.client.scripted import Answer, Scripted, as_json, pictures, png, wav

PATTERNS = {
    HUNYUAN: "hunyuanimage", LANCE: "lance", MOSS_TTSD: "moss-tts", QWEN3_TTS: "qwen3-?tts", GEPARD: "gepard",
    MINIMAX: "minimax-?h3", VACE: "vace", KLEIN: r"flux\.?2[-_]klein",
}  # fmt: skip
"""Of the ids of models that read a field, and what stands of each in the table of known models."""
SPEECH, IMAGES = "/v1/audio/speech", "/v1/images/generations"


def hidden(tab: str, model: str, root: str | None = None) -> list[str]:
    return not_taken(tab, judge([ModelInfo(model, 1, root)], ())[tab])


def server_of(model: str) -> Scripted:
    listed = as_json({"data": [{"id": model, "max_model_len": 1}]})
    spoken = Answer(body=wav(), kind="audio/wav")
    drawn = as_json(pictures(png()))
    return Scripted({"GET /v1/models": listed, f"POST {SPEECH}": spoken, f"POST {IMAGES}": drawn})


@pytest.mark.parametrize(
    ("tab", "model", "taken"),
    [
        ("speech", "OpenMOSS-Team/MOSS-TTSD-v1.0", {"ref_audio_2"}),
        ("speech", "Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice", {"initial_codec_chunk_frames", "non_streaming_mode"}),
        ("speech", "acme/gepard-1", {"x_vector_only_mode"}),
        ("speech", "fishaudio/s2-pro", set()),
        ("image", "tencent/HunyuanImage-3.0", {"bot_task", "system_prompt", "use_system_prompt"}),
        ("image", "Qwen/Qwen-Image", set()),
    ],
)
def test_a_field_is_offered_where_the_model_reads_it(tab: str, model: str, taken: set[str]) -> None:
    assert set(OF_SOME_MODELS[tab]) - set(hidden(tab, model)) == taken


def test_a_model_under_another_name_is_known_by_its_root() -> None:
    assert "ref_audio_2" in hidden("speech", "acme/voice", "fishaudio/s2-pro")
    assert "ref_audio_2" not in hidden("speech", "acme/voice", "OpenMOSS-Team/MOSS-TTSD-v1.0")


def test_a_voice_is_copied_where_the_checkpoint_was_trained_for_it() -> None:
    copying = {"ref_audio", "ref_text", "x_vector_only_mode"}
    for name in ("CustomVoice", "VoiceDesign"):
        assert copying | {"clone", "voices"} <= set(hidden("speech", f"Qwen/Qwen3-TTS-12Hz-1.7B-{name}")), name
    for model in ("Qwen/Qwen3-TTS-12Hz-1.7B-Base", "Qwen/Qwen3-TTS", "demo/voice"):
        assert not (copying | {"clone", "voices"}) & set(hidden("speech", model)), model
    of_fish = set(hidden("speech", "fishaudio/s2-pro"))
    assert (copying | {"clone", "voices", "second_speaker"}) & of_fish == {"x_vector_only_mode", "second_speaker"}


def test_nothing_is_hidden_where_nobody_knows_the_model() -> None:
    assert hidden("speech", "acme/unheard-tts") == []
    assert not_taken("speech", None) == []


def test_slots_of_a_video_follow_what_its_model_works_from() -> None:
    words_alone = hidden("video", "Wan-AI/Wan2.2-T2V-A14B-Diffusers")
    assert {"input_reference", "input_references", "audio_reference", "references"} <= set(words_alone)
    assert "input_reference" not in hidden("video", "Wan-AI/Wan2.2-I2V-A14B-Diffusers")
    vace = hidden("video", "Wan-AI/Wan2.1-VACE-14B-diffusers")
    assert {"image_reference", "video_reference"}.isdisjoint(vace)
    assert {"last_frame", "source_video", "input_references"} <= set(vace)


def test_every_pattern_of_a_field_is_that_of_a_known_model() -> None:
    said = {
        pattern
        for model in REQUESTS.values()
        for info in model.model_fields.values()
        for pattern in (*ui_option(info, "models", ()), *ui_option(info, "needed_by", ()))
    }
    assert said == {*PATTERNS, DEMO, *CLONE_ONLY, *DESCRIBED, *WITH_TRANSCRIPT}
    known = " ".join(entry.pattern for entry in KNOWN_MODELS)
    assert all(word in known for word in PATTERNS.values())


@pytest.mark.parametrize(
    ("model", "voice", "words"),
    [
        ("FunAudioLLM/Fun-CosyVoice3-0.5B-2512", True, True),
        ("zai-org/GLM-TTS", True, True),
        ("OpenMOSS-Team/MOSS-TTS-Nano", True, False),
        ("IndexTeam/IndexTTS-2", True, False),
        ("fishaudio/s2-pro", False, True),
        ("Audio8/Audio8-TTS-Preview-0.6b", False, True),
        ("bosonai/higgs-audio-v2-generation-3B-base", False, True),
        ("bosonai/higgs-audio-v3-tts-4b", False, False),
        ("Qwen/Qwen3-TTS-12Hz-1.7B-Base", False, False),
        ("acme/unheard-tts", False, False),
    ],
)
async def test_a_voice_or_its_words_are_asked_for_before_the_request(tmp_path, model, voice, words) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    server = server_of(model)

    async def asked_for(**values) -> str | None:
        try:
            await omni.speech(SpeechRequest(input="Hi", **values))
        except OmniError as refused:
            return refused.field if refused.status is None else f"answered {refused.status}"
        return None

    async with server.client() as omni:
        assert await asked_for() == ("ref_audio" if voice else None)
        assert await asked_for(ref_audio=path, ref_text=" ") == ("ref_text" if words else None)
        assert await asked_for(voice="saved") is None
        assert await asked_for(ref_audio=path, ref_text="hi") is None


async def test_a_recording_that_the_model_would_not_hear_is_refused_before_the_request(tmp_path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    asked = SpeechRequest(input="[S1] Hi [S2] Ho", ref_audio=path, ref_audio_2=path, ref_text="hi")
    server = server_of("Qwen/Qwen3-TTS-12Hz-1.7B-Base")
    async with server.client() as omni:
        with pytest.raises(OmniError) as refused:
            await omni.speech(asked)
    assert (refused.value.field, refused.value.status) == ("ref_audio_2", None)
    assert refused.value.remedy == {"field": "ref_audio_2", "value": None}
    assert not [seen for seen in server.seen if seen.path == SPEECH]


async def test_a_voice_to_copy_goes_to_a_checkpoint_whatever_its_name_says(tmp_path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    server = server_of("Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice")
    async with server.client() as omni:
        await omni.speech(SpeechRequest(input="Hi", ref_audio=path, ref_text="hi"))
    assert server.last(SPEECH).json["ref_text"] == "hi"


async def test_a_setting_that_the_model_ignores_is_left_out_and_named() -> None:
    server = server_of("Qwen/Qwen-Image")
    asked = ImageRequest(prompt="a fox", bot_task="think", seed=1)
    async with server.client() as omni:
        assert (await omni.fit(asked)).left_out == ("bot_task",)
        await omni.images(asked)
    assert "bot_task" not in server.last(IMAGES).json


async def test_a_model_of_dialogues_is_not_asked_without_a_voice() -> None:
    server = server_of("OpenMOSS-Team/MOSS-TTSD-v1.0")
    async with server.client() as omni:
        with pytest.raises(OmniError) as refused:
            await omni.speech(SpeechRequest(input="[S1] Hi"))
        await omni.speech(SpeechRequest(input="[S1] Hi", voice="saved"))
    assert (refused.value.field, refused.value.status) == ("ref_audio", None)


@pytest.mark.parametrize("model", ["Qwen/Qwen3-TTS-12Hz-1.7B-VoiceDesign", "OpenMOSS-Team/MOSS-VoiceGenerator"])
async def test_a_model_that_creates_voices_is_not_asked_without_a_description(model: str) -> None:
    server = server_of(model)
    async with server.client() as omni:
        with pytest.raises(OmniError) as refused:
            await omni.speech(SpeechRequest(input="Hi", instructions=" "))
        described = SpeechRequest(input="Hi", instructions=refused.value.remedy["value"])
        await omni.speech(described)
    assert (refused.value.field, refused.value.status) == ("instructions", None)


def sentence(model, **values) -> str:
    with pytest.raises(ValidationError) as wrong:
        model(**values)
    return problems(wrong.value, model)[0].sentence


def test_what_does_not_fit_together_is_said_before_the_request(tmp_path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    assert "needs a first" in sentence(SpeechRequest, input="[S1] a [S2] b", ref_audio_2=path)
    assert "[S2]" in sentence(SpeechRequest, input="alone", ref_audio=path, ref_audio_2=path)
    assert "Use either" in sentence(SpeechRequest, input="a", ref_audio=path, speaker_embedding=[0.5])
    assert "empty" in sentence(ImageRequest, prompt="a", use_system_prompt="custom")
    assert "its own text" in sentence(ImageRequest, prompt="a", use_system_prompt="en_unified", system_prompt="Be bold")


def test_less_memory_sets_both_fields_of_the_wire() -> None:
    body = ImageRequest(prompt="a", vae_use_tiling=True).payload()
    assert (body["vae_use_tiling"], body["vae_use_slicing"]) == (True, True)
    assert "vae_use_slicing" not in ImageRequest(prompt="a").payload()


def test_a_mask_is_shown_where_the_model_reads_it_and_sent_by_whoever_names_it() -> None:
    assert {"mask_image", "reference_image"} <= set(hidden("edit", "Qwen/Qwen-Image-Edit-2509"))
    assert "mask_image" not in hidden("edit", "black-forest-labs/FLUX.2-klein-4B")
    assert not {"mask_image", "reference_image"} & set(OF_SOME_MODELS["edit"])
