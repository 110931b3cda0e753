"""What a server tells about itself; keys; the four error bodies; what a server does when it cannot do the job."""

import asyncio

import pytest

from omni_ui.client import OmniClient, Unauthorized
from tests.contract.places import MODES
from tests.contract.scene import Scene, png, shape
from tests.contract.table import case

ALL = tuple(name for name, mode in MODES.items() if not mode.own_cases_only)
DIFFUSION = ("image", "edit", "layered", "video", "audio")
SEEDS_OWN = {"/v1/audio/voice/upload", "/v1/videos/generations"}
"""Routes of other versions, that the demo server has beside those of this one."""


@case(*ALL, client=True)
async def health_says_healthy(s: Scene) -> None:
    """The body is empty before 0.30."""
    answer = await s.http.get("/health")
    assert answer.status_code == 200
    assert not s.since("0.30") or answer.json() == {"status": "healthy"}
    assert (await s.omni.health()).ok


@case(*ALL, client=True)
async def version_is_told(s: Scene) -> None:
    assert await s.omni.version() == s.place.version


@case(*ALL, client=True)
async def models_are_listed(s: Scene) -> None:
    card = (await s.http.get("/v1/models")).json()["data"][0]
    keys = {"id", "object", "created", "owned_by", "root", "parent", "max_model_len", "permission"}
    own = {"description"} if s.place.kind == "demo" else set()  # what its settings do, for people
    assert keys <= set(card) <= keys | own
    assert (card["max_model_len"] is None) == (s.place.mode in DIFFUSION)
    assert card["id"] in {one.id for one in await s.omni.models()}


@case(*ALL, client=True)
async def openapi_names_the_routes(s: Scene) -> None:
    paths = set((await s.omni.openapi())["paths"])
    wanted = {"/health", "/version", "/v1/models", "/metrics", "/v1/chat/completions", "/v1/images/generations"}
    wanted |= {"/v1/images/edits", "/v1/audio/speech", "/v1/audio/speech/batch", "/v1/audio/voices"}
    wanted |= {"/v1/audio/voices/{name}", "/v1/audio/generate", "/v1/videos", "/v1/videos/sync"}
    wanted |= {"/v1/videos/{video_id}", "/v1/videos/{video_id}/content", "/v1/chat/completions/batch"}
    assert wanted <= paths
    assert (paths >= SEEDS_OWN) == (s.place.kind == "demo")


@case("image", "tts", since="0.22", client=True)
async def metrics_tell_the_load(s: Scene) -> None:
    assert "num_requests_running" in (await s.omni.metrics() or "")


@case(*ALL, client=True)
async def capabilities_have_reasons(s: Scene) -> None:
    """A layered model takes a picture apart, where the demo painter builds one up."""
    tabs = {"tts": "speech", "tts-base": "speech", "layered": "image edit", "omni-image": "image"}
    tabs |= dict.fromkeys(("audio", "song", "effect"), "sound")
    tabs |= {"tts-words": "speech", "two-speakers": "speech", "duplex": "chat", "references": "video"}
    found = (await s.omni.capabilities()).modalities
    if s.place.mode == "asr":  # no tab's model: it listens
        assert found["chat"].can == (s.place.kind == "demo")
        return
    assert any(found[tab].can for tab in tabs.get(s.place.mode, s.place.mode).split())
    assert all(one.reason for one in found.values())


@case("audio")
async def a_key_is_needed_below_v1(s: Scene) -> None:
    async with OmniClient(s.place.url, api_key="wrong") as stranger:
        for path in ("/v1/models", "/v1/no/such/path"):
            answer = await s.http.get(path, headers={"Authorization": "Bearer wrong"})
            assert (answer.status_code, shape(answer)) == (401, "string")
        assert (await stranger.health()).ok
        with pytest.raises(Unauthorized):
            await stranger.models()


@case("audio")
async def a_key_counts_as_bearer_only(s: Scene) -> None:
    key = s.place.key or ""
    for headers, status in (({"x-api-key": key}, 401), ({"Authorization": f"bearer {key}"}, 200)):
        answer = await s.http.get("/v1/models", headers={"Authorization": "", **headers})
        assert answer.status_code == status


@case("audio")
async def open_paths_need_no_key(s: Scene) -> None:
    for path in ("/health", "/version", "/metrics", "/openapi.json"):
        assert (await s.http.get(path, headers={"Authorization": ""})).status_code == 200


@case("image", "tts", "chat")
async def unknown_paths_and_methods_answer_detail(s: Scene) -> None:
    for method, path, status in (
        ("GET", "/nope", 404),
        ("GET", "/v1/images/generations", 405),
        ("HEAD", "/health", 405),
    ):
        answer = await s.http.request(method, path)
        assert answer.status_code == status
        assert method == "HEAD" or shape(answer) == "detail"


@case("image", "tts", "chat", "audio")
async def json_routes_want_json(s: Scene) -> None:
    for path in ("/v1/images/generations", "/v1/audio/speech", "/v1/chat/completions", "/v1/audio/generate"):
        answer = await s.http.post(path, content=b"{}", headers={"content-type": "text/plain"})
        assert (answer.status_code, shape(answer)) == (400, "object")
        answer = await s.http.post(path, content=b'{"a', headers={"content-type": "Application/JSON; charset=utf-8"})
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "Bad Request")


@case("image")
async def every_origin_is_welcome(s: Scene) -> None:
    asked = {"Origin": "http://elsewhere", "Access-Control-Request-Method": "POST"}
    answer = await s.http.options("/v1/images/generations", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] in ("*", "http://elsewhere")


@case("image")
async def a_trailing_slash_redirects(s: Scene) -> None:
    assert (await s.http.get("/v1/models/")).status_code == 307


@case("tts", "chat")
async def pictures_need_a_diffusion_stage(s: Scene) -> None:
    made = await s.post("/v1/images/generations", prompt="x")
    changed = await s.form("/v1/images/edits", [("image", ("a.png", png()))], prompt="night")
    for answer in (made, changed):
        assert (answer.status_code, shape(answer)) == (503, "object")
        assert answer.json()["error"]["message"] == "No diffusion stage found in multi-stage pipeline."


@case("image", "edit", "video")
async def speech_of_a_diffusion_server_is_refused(s: Scene) -> None:
    answer = await s.post("/v1/audio/speech", input="hello")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "BadRequestError")
    assert "did not produce audio" in answer.json()["error"]["message"]


@case("chat")
async def speech_of_a_chat_server_points_at_chat(s: Scene) -> None:
    answer = await s.post("/v1/audio/speech", input="hello")
    assert answer.status_code == 400
    assert "/v1/chat/completions" in answer.json()["error"]["message"] or "<path>" in answer.json()["error"]["message"]


@case("image", "edit", "video")
async def sound_of_another_server_is_refused(s: Scene) -> None:
    answer = await s.post("/v1/audio/generate", input="rain")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "BadRequestError")


@case("tts")
async def sound_of_a_speech_server_is_speech(s: Scene) -> None:
    answer = await s.post("/v1/audio/generate", input="rain")
    assert (answer.status_code, answer.content[:4]) == (200, b"RIFF")


@case("image", "tts", "audio", "chat", since="0.28")
async def video_jobs_of_another_server_fail_with_503(s: Scene) -> None:
    answer = await s.form("/v1/videos", prompt="x")
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")
    job = await s.http.get(f"/v1/videos/{answer.json()['id']}")
    for _ in range(40):
        if job.status_code != 200:
            break
        await asyncio.sleep(0.05)
        job = await s.http.get(f"/v1/videos/{answer.json()['id']}")
    assert (job.status_code, job.json()["error"]["code"]) == (503, 503)
    assert (await s.form("/v1/videos/sync", prompt="x")).status_code == 503


@case("image", "video", since="0.28")
async def voices_stand_on_every_server(s: Scene) -> None:
    assert "default" in (await s.http.get("/v1/audio/voices")).json()["voices"]
