"""The page's jobs as tools, asked for by FastMCP's client over streamable HTTP."""

import asyncio
import base64
import io
import time

import httpx
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from PIL import Image
from starlette.requests import Request
from starlette.testclient import TestClient

from omni_ui.app.factory import create_app
from omni_ui.demo import DemoServer
from omni_ui.features.mcp.caller import McpCaller
from omni_ui.features.mcp.endpoint import PATH, mcp_endpoint
from omni_ui.settings import BadSetting, Settings
from tests.fakes import png
from tests.running import App

KEY = "k" * 32
OTHER = "o" * 32
SMALL = {"prompt": "a red fox", "size": "64x48", "seed": 7}


def agent(app: App, **headers: str) -> Client:
    return Client(StreamableHttpTransport(f"{app.url}{PATH}", headers=headers))


def get(url: str, **options) -> httpx.Response:
    return httpx.get(url, **options)


def post(url: str, **options) -> httpx.Response:
    return httpx.post(url, **options)


def wait_for_state(server: DemoServer, state: str) -> None:
    """Waits until the server's last call is in this state."""
    until = time.monotonic() + 60
    while not (calls := get(f"{server.url}/_stub/requests").json()["requests"]) or calls[-1]["state"] != state:
        assert time.monotonic() < until, calls
        time.sleep(0.05)


def texts(result) -> str:
    return "\n".join(block.text for block in result.content if block.type == "text")


def blocks(result, kind: str) -> list[bytes]:
    return [base64.b64decode(block.data) for block in result.content if block.type == kind]


@pytest.fixture(scope="module")
def server():
    with DemoServer(stub=True) as running:
        yield running


@pytest.fixture(scope="module")
def page(server):
    limits = {"OMNI_CAPS": "n=2,tokens=500", "OMNI_EXPERT": "false"}
    with App(OMNI_MCP="true", OMNI_BASE_URL=server.url, **limits) as app:
        yield app


async def test_a_picture_is_made_changed_and_found_in_the_history(page) -> None:
    heard: list[str] = []

    async def on_progress(seconds: float, total: float | None, words: str | None) -> None:
        heard.append(words or "")

    async with agent(page, **{"X-Omni-Visitor": KEY}) as omni:
        tools = {tool.name: tool for tool in await omni.list_tools()}
        assert set(tools) == {"chat", "image", "edit", "speech", "sound", "video"}
        assert tools["image"].description.startswith("Makes pictures from words")
        made = await omni.call_tool("image", SMALL, progress_handler=on_progress)
        [picture] = blocks(made, "image")
        assert picture.startswith(b"\x89PNG")
        [file] = made.structured_content["files"]
        assert made.structured_content["seed"] == 7
        changed = await omni.call_tool("edit", {"prompt": "make it night", "image": [file["path"]], "seed": 1})
        again = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        same = await omni.call_tool("edit", {"prompt": "make it night", "image": [again], "seed": 1})
        assert blocks(changed, "image") == blocks(same, "image") != []
    assert "Working" in heard
    mine = httpx.Cookies({"omni_visitor": KEY})
    assert get(file["url"], cookies=mine).content == picture
    assert get(file["url"], cookies={"omni_visitor": OTHER}).status_code == 403
    record = get(f"{page.url}/omni/history/{made.structured_content['record']}", cookies=mine).json()
    assert {("Prompt", "a red fox"), ("Size", "64x48"), ("Seed", "7")} <= {tuple(pair) for pair in record["settings"]}
    assert not get(f"{page.url}/omni/history", cookies={"omni_visitor": OTHER}).json()["records"]


async def test_every_job_gives_what_it_makes(page) -> None:
    async with agent(page) as omni:
        said = await omni.call_tool("chat", {"text": "What is 2 + 3?", "modalities": ["text"]})
        spoken = await omni.call_tool("speech", {"input": "Good morning", "seed": 1})
        sound = await omni.call_tool("sound", {"input": "rain", "audio_length": 1, "seed": 1})
        large = await omni.call_tool("image", {"prompt": "rain in a forest", "size": "1536x1536", "n": 2})
        video = await omni.call_tool("video", {"prompt": "waves", "size": "64x64", "num_frames": 3, "fps": 8})
        seen = await omni.call_tool(
            "chat",
            {"text": "What is this?", "files": [f"data:image/png;base64,{base64.b64encode(png(64, 48)).decode()}"]},
        )
    assert "**5**" in texts(said)
    assert "64 x 48" in texts(seen)
    assert blocks(spoken, "audio")[0][:4] == blocks(sound, "audio")[0][:4] == b"RIFF"
    assert all(file["bytes"] > 700_000 for file in large.structured_content["files"]), "larger than an answer may be"
    shown = blocks(large, "image")
    assert [Image.open(io.BytesIO(data)).size for data in shown] == [(768, 768)] * 2
    assert "Shown smaller here" in texts(large)
    [file] = video.structured_content["files"]
    assert get(file["url"]).content[4:8] == b"ftyp"
    assert "record" not in video.structured_content
    assert "X-Omni-Visitor" in texts(video)


async def test_bounds_and_defaults_are_told_and_wrong_calls_are_one_sentence(page) -> None:
    async with agent(page) as omni:
        image = next(tool for tool in await omni.list_tools() if tool.name == "image").input_schema
        wrong = [
            await omni.call_tool("image", arguments, raise_on_error=False)
            for arguments in (
                {"prompt": "a fox", "n": 3},
                {"prompt": " "},
                {"prompt": "a fox", "sise": "64x64"},
                {"prompt": "a fox", "extra_params": {"a": 1}},
            )
        ]
        no_file = await omni.call_tool("edit", {"prompt": "x", "image": ["/etc/hostname"]}, raise_on_error=False)
    assert (image["properties"]["n"]["minimum"], image["properties"]["n"]["maximum"]) == (1, 2), "the host's cap"
    assert image["properties"]["output_format"]["default"] == "png"
    assert image["required"] == ["prompt"]
    assert "extra_params" not in image["properties"], "OMNI_EXPERT is off"
    assert all(result.is_error for result in [*wrong, no_file])
    assert texts(wrong[0]) == "Pictures must be a whole number from 1 to 2."
    assert texts(wrong[1]) == "Prompt is empty: fill it in first."
    assert "no setting called 'sise'" in texts(wrong[2])
    assert "not uploaded by you" in texts(no_file)


def test_other_sites_and_browsers_are_kept_out(page) -> None:
    ask = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream"}
    foreign = post(page.url + PATH, json=ask, headers=accept | {"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert post(page.url + PATH, json=ask, headers=accept | {"Host": "elsewhere.example"}).status_code == 403
    opened = get(page.url + PATH)
    assert (opened.status_code, "MCP client" in opened.json()["detail"]) == (405, True)
    assert post(page.url + PATH, content=b"x" * 2_100_000, headers=accept).status_code == 413
    listed = get(f"{page.url}{PATH}/schema").json()
    assert {tool["name"] for tool in listed} == {"chat", "image", "edit", "speech", "sound", "video"}


async def test_leaving_a_call_stops_the_server_s_work(page, server) -> None:
    post(f"{server.url}/_stub/config", json={"latency": 30, "clear": True})
    try:
        async with agent(page) as omni:
            call = asyncio.create_task(omni.call_tool("image", SMALL))
            await asyncio.to_thread(wait_for_state, server, "running")
            call.cancel()
            await asyncio.to_thread(wait_for_state, server, "aborted")
    finally:
        post(f"{server.url}/_stub/config", json={"latency": 0})


def test_a_login_holds_for_agents_too_and_the_setting_names_what_it_needs(tmp_path, monkeypatch) -> None:
    settings = {"base_url": "http://127.0.0.1:9", "data_dir": tmp_path}
    app = create_app(Settings(mcp=True, auth="alice:secret", **settings))
    ask, accept = {"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"Accept": "application/json, text/event-stream"}
    visitors = TestClient(app, base_url="http://127.0.0.1")
    for headers in ({}, {"X-Omni-Visitor": KEY}, {"Authorization": "Bearer alice:wrong"}):
        assert visitors.post(PATH, json=ask, headers=accept | headers).status_code == 401
    signed = visitors.get(f"{PATH}/schema", headers={"Authorization": "Bearer alice:secret"})
    assert signed.status_code == 200
    assert "server-agents" in visitors.get("/config", headers={"Authorization": "Bearer alice:secret"}).text
    off = TestClient(create_app(Settings(**settings)), base_url="http://127.0.0.1")
    assert off.post(PATH, json=ask, headers=accept).status_code == 404
    assert "server-agents" not in off.get("/config").text
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BadSetting, match=r"pip install 'omni-ui\[mcp\]'"):
        mcp_endpoint([])


def test_a_header_never_takes_the_place_of_a_sign_in_or_a_cookie() -> None:
    seen: list[dict[str, str]] = []

    async def inner(scope, receive, send) -> None:
        seen.append(Request(scope).cookies)

    for path, headers in (
        (PATH, {"x-omni-visitor": KEY}),
        (PATH, {"x-omni-visitor": KEY, "cookie": f"omni_visitor={OTHER}"}),
        (PATH, {"x-omni-visitor": "a; omni_login=x"}),
        ("/omni/history", {"x-omni-visitor": KEY}),
    ):
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        asyncio.run(McpCaller(inner)({"type": "http", "path": path, "headers": raw}, None, None))
    assert seen == [{"omni_visitor": KEY}, {"omni_visitor": OTHER}, {}, {}]
