"""The demo server as the app uses it: all modes at once, in its own thread. Its wire is proved by tests/contract."""

import asyncio
import base64
import io
import threading
import time

import httpx
import pytest
from PIL import Image

from omni_ui.client import OmniClient
from omni_ui.demo import MODELS, DemoServer, demo_app
from tests.pace import allowed


@pytest.fixture(scope="module")
def server():
    with DemoServer(stub=True) as running:
        yield running


@pytest.fixture
async def http(server):
    async with httpx.AsyncClient(base_url=server.url, timeout=30, verify=False) as client:
        yield client


async def test_lists_a_model_for_each_mode(http):
    cards = (await http.get("/v1/models")).json()["data"]
    assert [card["id"] for card in cards] == list(MODELS.values())
    lengths = {card["id"]: card["max_model_len"] is not None for card in cards}
    assert {name for name, has in lengths.items() if has} == {"demo/talk", "demo/voice"}


async def test_models_with_such_settings_say_what_they_do(http):
    told = {card["id"]: card.get("description", "") for card in (await http.get("/v1/models")).json()["data"]}
    for mode in ("image", "edit", "sound", "video"):
        assert "inference steps" in told[MODELS[mode]]
        assert "guidance scale" in told[MODELS[mode]]


async def test_the_client_finds_a_model_for_each_tab(server):
    async with OmniClient(server.url) as omni:
        found = (await omni.capabilities()).modalities
    assert {tab: found[tab].model for tab in MODELS} == MODELS
    assert all(found[tab].can for tab in MODELS)


async def test_each_route_checks_its_own_model(http):
    small = {"size": "32x32"}
    for path, body, wrong in (
        ("/v1/images/generations", {"prompt": "x", **small}, 400),
        ("/v1/audio/speech", {"input": "x"}, 404),
        ("/v1/audio/generate", {"input": "rain", "audio_length": 0.5}, 404),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}], "modalities": ["text"]}, 404),
    ):
        right = {"/v1/images/generations": "image", "/v1/audio/speech": "speech", "/v1/audio/generate": "sound"}
        mine = MODELS[right.get(path, "chat")]
        assert (await http.post(path, json={**body, "model": mine})).status_code == 200
        # The model of sounds answers on the route of speech too, where it makes songs: see test_songs.
        besides = {mine} | ({MODELS["sound"]} if path == "/v1/audio/speech" else set())
        for other in set(MODELS.values()) - besides:
            assert (await http.post(path, json={**body, "model": other})).status_code == wrong, (path, other)


async def test_results_say_that_a_demo_made_them(http):
    made = await http.post("/v1/images/generations", json={"prompt": "x", "size": "32x32"})
    spoken = await http.post("/v1/audio/speech", json={"input": "x"})
    assert (made.headers["x-demo-engine"], spoken.headers["x-demo-engine"]) == ("painter", "voice")


async def test_the_seeds_routes_work_too(http):
    created = await http.post("/v1/videos/generations", data={"prompt": "x", "size": "64x64", "num_frames": "2"})
    assert created.json()["status"] == "queued"
    refused = await http.post("/v1/audio/voice/upload", data={"name": "a", "consent": "c"})
    assert (refused.status_code, "audio_sample" in refused.text) == (400, True)


async def test_http_statuses_on_request(http):
    for status, phrase in ((503, "Service Unavailable"), (507, "Insufficient Storage"), (413, None), (429, None)):
        answer = await http.post("/v1/images/generations", json={"prompt": f"x [[fail:{status}]]"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)
        assert phrase in (None, answer.json()["error"]["type"])
    streamed = {"input": "x [[fail:503]]", "stream": True}
    assert (await http.post("/v1/audio/speech", json=streamed)).status_code == 503


async def test_the_same_request_gives_the_same_bytes(http):
    body = {"prompt": "a red fox", "size": "64x64", "seed": 7, "response_format": "file"}
    one, two = [(await http.post("/v1/images/generations", json=body)).content for _ in range(2)]
    other = (await http.post("/v1/images/generations", json={**body, "seed": 8})).content
    assert one == two != other


async def test_a_drawn_seed_differs(http):
    body = {"prompt": "a red fox", "size": "64x64", "response_format": "file"}
    assert len({(await http.post("/v1/images/generations", json=body)).content for _ in range(2)}) == 2


async def test_health_answers_while_the_crafts_work(http):
    """The crafts stand in worker threads: the loop stays free."""
    big = {"prompt": "a sea", "size": "1024x1024", "n": 2}
    works = [asyncio.create_task(http.post("/v1/images/generations", json=big)) for _ in range(3)]
    await asyncio.sleep(0.1)
    slowest = 0.0
    while not all(work.done() for work in works):
        start = time.monotonic()
        assert (await http.get("/health")).status_code == 200
        slowest = max(slowest, time.monotonic() - start)
        await asyncio.sleep(0.05)
    assert slowest < allowed(1.5)


async def test_layers_of_an_edit_lie_over_each_other(http):
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((40, 30)).save(file, "PNG")
    fields = {"prompt": "mirror", "layers": "4"}
    answer = await http.post("/v1/images/edits", data=fields, files={"image": ("a.png", file.getvalue(), "image/png")})
    assert len(answer.json()["data"]) == 4


async def test_limits_of_its_own_are_said(http):
    for path, json, data in (
        ("/v1/audio/generate", {"input": "rain", "audio_length": 1e9}, None),
        ("/v1/videos", None, {"prompt": "x", "num_frames": "100000"}),
        ("/v1/images/edits", None, {"prompt": "night", "n": "1000", "url": "data:image/png;base64,AAAA"}),
    ):
        answer = await http.post(path, json=json, data=data)
        assert answer.status_code == 400
        assert answer.json()["error"]["message"]


async def test_a_big_json_body_is_taken(http):
    """No limit here: data URLs of large pictures come in JSON."""
    answer = await http.post("/v1/images/generations", json={"prompt": "x", "size": "32x32", "image": "x" * 40_000_000})
    assert answer.status_code == 200


def test_stop_ends_the_thread_and_frees_the_port():
    server = DemoServer().start()
    url = server.url
    assert httpx.get(f"{url}/health").status_code == 200
    before = threading.active_count()
    start = time.monotonic()
    server.stop()
    assert time.monotonic() - start < allowed(3)
    assert threading.active_count() < before
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health")
    with pytest.raises(RuntimeError):
        _ = server.url


def test_a_slow_visitor_does_not_hold_up_the_end():
    server, seen = DemoServer().start(), []

    def visit():
        try:
            body = {"prompt": "x [[slow:60]]"}
            seen.append(httpx.post(f"{server.url}/v1/images/generations", json=body, timeout=30).status_code)
        except httpx.TransportError as broken:
            seen.append(broken)

    visitor = threading.Thread(target=visit)
    visitor.start()
    time.sleep(0.3)
    start = time.monotonic()
    server.stop()
    visitor.join(25)
    assert time.monotonic() - start < allowed(6)
    assert seen
    assert seen != [200]


def test_two_servers_share_nothing():
    with DemoServer(stub=True) as one, DemoServer(stub=True) as two:
        httpx.post(f"{one.url}/v1/images/generations", json={"prompt": "x", "size": "32x32"})
        assert len(httpx.get(f"{one.url}/_stub/requests").json()["requests"]) == 1
        assert httpx.get(f"{two.url}/_stub/requests").json()["requests"] == []


def test_the_test_routes_are_off_unless_asked_for():
    with DemoServer() as server:
        assert httpx.get(f"{server.url}/_stub/requests").status_code == 404


def test_unknown_modes_are_refused():
    for modes in (["image", "smell"], []):
        with pytest.raises(ValueError, match="modes must be some of"):
            demo_app(modes)


def test_latency_is_added():
    with DemoServer(["image"], latency=0.5) as server:
        start = time.monotonic()
        httpx.post(f"{server.url}/v1/images/generations", json={"prompt": "x", "size": "32x32"})
        assert time.monotonic() - start >= 0.5


def test_a_dead_engine_comes_back(monkeypatch):
    monkeypatch.setattr("omni_ui.demo.engine.DEAD_FOR", 0.5)
    with DemoServer(["image"]) as server:
        httpx.post(f"{server.url}/v1/images/generations", json={"prompt": "[[fail:dead]]"})
        assert httpx.get(f"{server.url}/health").status_code == 503
        time.sleep(0.6)
        assert httpx.get(f"{server.url}/health").status_code == 200


def test_a_missing_voice_says_what_to_install(monkeypatch):
    monkeypatch.setattr("omni_ui.demo.audio.voice.available", lambda: "Speech needs espeakng-loader: pip install it.")
    with DemoServer(["speech"]) as server:
        answer = httpx.post(f"{server.url}/v1/audio/speech", json={"input": "x"})
    assert (answer.status_code, "espeakng-loader" in answer.json()["error"]["message"]) == (501, True)


async def test_words_that_name_no_edit_are_400_everywhere(http):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    with DemoServer(["edit"]) as alone:
        url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
        parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "zzzz"}]
        async with httpx.AsyncClient(verify=False, timeout=30) as other:
            body = {"messages": [{"role": "user", "content": parts}]}
            chat = await other.post(f"{alone.url}/v1/chat/completions", json=body)
    form = await http.post("/v1/images/edits", data={"prompt": "zzzz"}, files={"image": ("a.png", file.getvalue())})
    for answer in (chat, form):
        assert (answer.status_code, "night" in answer.json()["error"]["message"]) == (400, True)


async def test_a_chat_changes_the_picture_that_it_is_sent(http):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "black and white"}]
    body = {"messages": [{"role": "user", "content": parts}], "modalities": ["image"]}
    made = (await http.post("/v1/chat/completions", json=body)).json()["choices"][0]["message"]["content"][0]
    picture = Image.open(io.BytesIO(base64.b64decode(made["image_url"]["url"].partition(",")[2])))
    red, green, blue = picture.convert("RGB").getpixel((20, 15))
    assert picture.size == (40, 30)
    assert red == green == blue


async def test_a_drawing_is_made_when_the_words_ask_for_one(http):
    for words, count in (("draw me a red fox", 2), ("hello", 1)):
        body = {"messages": [{"role": "user", "content": words}]}
        assert len((await http.post("/v1/chat/completions", json=body)).json()["choices"]) == count
