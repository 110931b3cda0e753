"""Health, models, capabilities: what a server says of itself, and what we make of it."""

import pytest

from omni_ui.client import BrokenAnswer, Unauthorized
from omni_ui.client.server.discovery import ModelInfo, judge
from omni_ui.client.server.find_models import find_model, guess_model
from omni_ui.client.server.known_models import KNOWN_MODELS
from omni_ui.client.tabs import FACTS, TABS
from tests.client.scripted import Answer, Scripted, as_json

ROUTES = {
    "/v1/chat/completions",
    "/v1/images/generations",
    "/v1/images/edits",
    "/v1/audio/speech",
    "/v1/audio/generate",
}


def abilities(name: str, max_model_len: int | None = None) -> set[str]:
    found = judge([ModelInfo(name, max_model_len)], ())
    return {tab for tab, ability in found.items() if ability.can}


@pytest.mark.parametrize(
    ("name", "tabs"),
    [
        ("Qwen/Qwen-Image", {"image", "chat"}),
        ("Qwen/Qwen-Image-2512", {"image", "chat"}),
        ("Tongyi-MAI/Z-Image-Turbo", {"image", "chat"}),
        ("Qwen/Qwen-Image-Edit-2509", {"edit", "chat"}),
        ("Qwen/Qwen-Image-Layered", {"edit", "chat"}),
        ("black-forest-labs/FLUX.2-klein-4B", {"image", "edit", "chat"}),
        ("black-forest-labs/FLUX.1-Kontext-dev", {"edit", "chat"}),
        ("zai-org/GLM-Image", {"image", "edit", "chat"}),
        ("Wan-AI/Wan2.2-TI2V-5B-Diffusers", {"video"}),
        ("Wan-AI/Wan2.2-I2V-A14B-Diffusers", {"video"}),
        ("Qwen/Qwen3-TTS-12Hz-1.7B-VoiceDesign", {"speech"}),
        ("fishaudio/s2-pro", {"speech"}),
        ("stabilityai/stable-audio-open-1.0", {"sound"}),
        ("Qwen/Qwen3-Omni-30B-A3B-Instruct", {"chat"}),
        ("Qwen/Qwen3-8B", {"chat"}),
    ],
)
def test_known_models(name: str, tabs: set[str]) -> None:
    assert abilities(name, 32768) == tabs


def test_facts_of_known_models() -> None:
    def detail(name: str, tab: str) -> dict[str, object]:
        return judge([ModelInfo(name)], ())[tab].detail

    assert detail("Tongyi-MAI/Z-Image-Turbo", "image")["settings"]["num_inference_steps"] == 9  # type: ignore[index]
    assert detail("Qwen/Qwen-Image-Edit-2511", "edit")["max_images"] == 4
    assert detail("Qwen/Qwen-Image-Edit", "edit")["max_images"] == 1
    assert detail("Qwen/Qwen-Image-Layered", "edit")["layered"] is True
    assert detail("zai-org/GLM-Image", "edit")["streams_text"] is True
    assert detail("Qwen/Qwen3-TTS-12Hz-0.6B-Base", "speech") == {
        "settings": {}, "task": "Base", "clones": True,
        "takes": ["x_vector_only_mode", "initial_codec_chunk_frames", "non_streaming_mode"], "needs": ["ref_text"],
    }  # fmt: skip
    assert detail("Wan-AI/Wan2.2-I2V-A14B", "video")["inputs"] == ["image"]
    assert detail("Qwen/Qwen2.5-Omni-7B", "chat")["outputs"] == ["text", "audio"]


def test_what_a_server_says_of_its_model_is_kept() -> None:
    """vLLM-Omni says nothing; the demo tells what its settings do."""
    told = judge([ModelInfo("demo/painter", description="Few steps: unfinished.")], ())["image"].detail
    assert told["description"] == "Few steps: unfinished."
    assert "description" not in judge([ModelInfo("demo/painter")], ())["image"].detail


def test_the_reason_and_what_to_run_instead() -> None:
    speech = judge([ModelInfo("Qwen/Qwen-Image")], ())["speech"]
    assert speech.reason == "Qwen-Image makes pictures; it cannot speak."
    assert speech.start == "vllm serve Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice --omni --port 8091"
    omni = judge([ModelInfo("Qwen/Qwen3-Omni-30B-A3B-Instruct", 1)], ())["speech"]
    assert omni.reason == "Qwen-Omni understands and speaks; it cannot read a text aloud."


def test_every_entry_is_whole() -> None:
    for known in KNOWN_MODELS:
        assert set(known.can) <= set(TABS)
        assert known.pattern == known.pattern.lower()
        for facts in known.can.values():
            assert isinstance(facts.get("settings", {}), dict)
    for tab, facts in FACTS.items():
        found = find_model(facts.usual_model)
        assert found is not None
        assert tab in found.can


@pytest.mark.parametrize(
    ("name", "length", "tabs"),
    [
        ("my-edit-model", None, {"edit", "chat"}),
        ("acme/super-t2v", None, {"video"}),
        ("acme/i2v-pro", None, {"video"}),
        ("acme/voice-9", 4096, {"speech"}),
        ("acme/music-9", None, {"sound"}),
        ("acme/omni-9", 4096, {"chat"}),
        ("acme/layered-1", None, {"edit", "chat"}),
        ("acme/thing", None, {"image", "edit", "chat", "sound", "video"}),
        ("acme/thing", 4096, {"chat"}),
    ],
)
def test_unknown_names_are_a_guess_and_said_to_be_one(name: str, length: int | None, tabs: set[str]) -> None:
    assert find_model(name) is None
    assert abilities(name, length) == tabs
    for ability in judge([ModelInfo(name, length)], ()).values():
        assert ability.guess
        assert ability.reason.endswith("this is a guess.")
    assert guess_model(name, length).does


def test_a_served_name_that_says_nothing_is_looked_up_by_its_root() -> None:
    found = judge([ModelInfo("prod", None, "/models/Qwen-Image-Edit-2509")], ())
    assert found["edit"].can
    assert not found["edit"].guess


def test_the_host_has_the_last_word() -> None:
    found = judge([ModelInfo("prod")], (), {"sound"})
    assert {tab for tab, ability in found.items() if ability.can} == {"sound"}
    assert "host says" in found["image"].reason


def test_a_route_that_is_missing_beats_all() -> None:
    found = judge([ModelInfo("Wan-AI/Wan2.2-TI2V-5B")], ROUTES, {"video"})
    assert not found["video"].can
    assert "no route" in found["video"].reason
    assert judge([ModelInfo("Wan-AI/Wan2.2-TI2V-5B")], {"/v1/videos/generations"})["video"].can


def test_several_models_and_a_chosen_one() -> None:
    demo = [ModelInfo(f"demo/{name}") for name in ("painter", "editor", "voice", "sound", "clip", "talk")]
    found = judge(demo, ())
    assert {tab: ability.model for tab, ability in found.items()} == {
        "image": "demo/painter", "edit": "demo/editor", "speech": "demo/voice", "sound": "demo/sound",
        "video": "demo/clip", "chat": "demo/talk",
    }  # fmt: skip
    assert not judge(demo, (), chosen="demo/voice")["image"].can
    assert not judge(demo[:2], ())["video"].can
    assert "None of the models" in judge(demo[:2], ())["video"].reason


async def test_capabilities_are_kept_for_seconds() -> None:
    server = Scripted({"GET /version": as_json({"version": "0.30.0"}), "GET /openapi.json": as_json({"paths": {}})})
    async with server.client(abilities=["image"]) as omni:
        first = await omni.capabilities()
        assert await omni.capabilities() is first
        assert (first.version, first.modalities["image"].can, first.modalities["chat"].can) == ("0.30.0", True, False)
        assert [one.id for one in first.models] == ["Qwen/Qwen-Image"]
        assert await omni.capabilities(refresh=True) is not first
    assert server.count("/v1/models") == 2


async def test_a_server_without_version_docs_or_metrics() -> None:
    async with Scripted({}).client() as omni:
        assert await omni.version() is None
        assert await omni.openapi() == {}
        assert await omni.metrics() is None
        assert (await omni.capabilities()).modalities["image"].can
        assert omni.address == "http://test"


async def test_health_is_asked_of_the_list_of_models_and_costs_nothing() -> None:
    """GET /health makes LiteLLM call every model, so nobody asks it."""
    server = Scripted({"GET /health": as_json({}), "GET /metrics": Answer(200, b"a 1\n", "text/plain")})
    async with server.client() as omni:
        health = await omni.health()
        assert health.ok
        assert 0 < health.seconds < 2
        assert await omni.metrics() == "a 1\n"
        assert [model.id for model in (await omni.capabilities()).models] == ["Qwen/Qwen-Image"]
        assert server.count("/v1/models") == 1  # the look at the health read it
        server.answers["GET /v1/models"] = as_json({"error": "Unauthorized"}, 401)
        assert (await omni.health()).ok
        server.answers["GET /v1/models"] = as_json({"status": "unhealthy"}, 503)
        assert not (await omni.health()).ok
        server.answers["GET /v1/models"] = Answer(200, b"<html>hi</html>", "text/html")
        page = await omni.health()
        assert not page.ok
        assert "is not a vLLM-Omni server" in page.detail
    assert server.count("/health") == 0


async def test_litellm_is_asked_whether_it_is_ready() -> None:
    models = as_json({"data": [{"id": "a", "object": "model", "owned_by": "openai"}]}, x_litellm_version="1.84.0")
    server = Scripted({"GET /v1/models": models, "GET /health/readiness": as_json({"status": "connected"})})
    async with server.client() as omni:
        assert (await omni.health()).ok
        server.answers["GET /health/readiness"] = as_json({"detail": "Service Unhealthy"}, 503)
        assert not (await omni.health()).ok
    assert server.count("/health") == 0


async def test_lists_of_models_that_are_none() -> None:
    server = Scripted({"GET /v1/models": [as_json({"data": 5}), as_json({"data": [5, {"id": "a"}, {}]})]})
    async with server.client() as omni:
        with pytest.raises(BrokenAnswer):
            await omni.models()
        assert [one.id for one in await omni.models()] == ["a"]
        server.answers["GET /v1/models"] = as_json({"error": "Unauthorized"}, 401)
        with pytest.raises(Unauthorized):
            await omni.capabilities()
