"""Each gateway with each tab: what works, and the words for what does not. Each fake names its source."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from omni_ui.client import ImageRequest, OmniClient, examine, read_headers
from omni_ui.core.run import RetryReporter
from omni_ui.demo import DemoServer
from tests.gateways.dynamo import Dynamo
from tests.gateways.fake import FakeGateway
from tests.gateways.litellm import LiteLlm
from tests.gateways.llm_d import LlmD
from tests.gateways.nginx import PROGRAM, nginx
from tests.gateways.openai_style import OpenAiStyle
from tests.gateways.production_stack import ProductionStack
from tests.gateways.tabs import DONE, TABS, run_tab
from tests.gateways.vllm_router import VllmRouter


@dataclass(frozen=True)
class Mode:
    """A gateway as a mode of the contract. refused: by tab, what the sentence holds where it does not work."""

    start: Callable[[str, Path], object]
    refused: dict[str, str] = field(default_factory=dict)


@contextmanager
def _real_nginx(upstream: str, folder: Path) -> Iterator[object]:
    if PROGRAM is None:
        pytest.skip("nginx is not installed")

    @dataclass
    class Running:
        url: str

    with nginx(folder, upstream) as url:
        yield Running(url)


NO_ROUTE = r"in front of the server has no route /v1/"
MODES = {
    "nginx at its defaults": Mode(_real_nginx),
    "vLLM production-stack": Mode(
        lambda upstream, _: ProductionStack([upstream]), {"sound": NO_ROUTE, "video": NO_ROUTE}
    ),
    "vllm-router": Mode(lambda upstream, _: VllmRouter([upstream])),
    "llm-d (Envoy)": Mode(lambda upstream, _: LlmD([upstream])),
    "LiteLLM": Mode(
        lambda upstream, _: LiteLlm([upstream]), {"sound": NO_ROUTE, "video": "is not supported for this provider"}
    ),
    "NVIDIA Dynamo": Mode(lambda upstream, _: Dynamo([upstream]), {"sound": NO_ROUTE}),
    "plain OpenAI-style server": Mode(
        lambda upstream, _: OpenAiStyle([upstream]),
        dict.fromkeys(("edit", "sound", "video"), "None of the models on this server can|This server has no /v1/"),
    ),
}


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("mode", MODES)
async def test_a_tab_behind_a_gateway(mode: str, tab: str, demo: str, tmp_path: Path, note) -> None:
    with MODES[mode].start(demo, tmp_path) as gateway:
        async with OmniClient(gateway.url) as omni:
            outcome = await run_tab(omni, tab, tmp_path)
    note(mode, tab, outcome)
    wanted = MODES[mode].refused.get(tab)
    assert outcome == DONE if wanted is None else re.search(wanted, outcome), outcome


def test_one_model_behind_production_stack_is_named_in_every_call(tmp_path: Path) -> None:
    """It answers 400 to a request without a model, and a server with one model does not need it."""

    async def run(url: str) -> str:
        async with OmniClient(url) as omni:
            return await run_tab(omni, "image", tmp_path)

    import asyncio

    with DemoServer(modes=["image"], latency=0.0, stub=True) as server, ProductionStack([server.url]) as gateway:
        assert asyncio.run(run(gateway.url)) == DONE
        with_own_model = [call for call in gateway.calls if call.path == "/v1/images/generations"]
    assert b'"model": "demo/painter"' in with_own_model[0].body


async def test_a_time_out_of_envoy_starts_work_once_and_is_told(tmp_path: Path) -> None:
    with DemoServer(modes=["image"], latency=1.0, stub=True) as server, LlmD([server.url], timeout=0.2) as gateway:
        async with OmniClient(gateway.url, model="demo/painter") as omni:
            told = await run_tab(omni, "image", tmp_path)
        assert "(Envoy) gave up waiting" in told
        assert "timeouts.request" in told
        assert gateway.asked("/v1/images/generations") == 1


@pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed")
async def test_a_time_out_of_nginx_starts_work_once_and_is_told_with_its_setting(tmp_path: Path) -> None:
    with DemoServer(modes=["image"], latency=3.0, stub=True) as server, VllmRouter([server.url]) as counter:
        with nginx(tmp_path, counter.url, "proxy_read_timeout 1s;") as url:
            async with OmniClient(url) as omni:
                told = await run_tab(omni, "image", tmp_path)
                assert omni._wire.signs.gave_up_after == pytest.approx(1, abs=0.9)
        assert counter.asked("/v1/images/generations") == 1
    assert "(nginx) gave up after 1 s" in told
    assert "proxy_read_timeout" in told


@pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed")
async def test_a_limit_of_nginx_is_told_with_its_setting(demo: str, tmp_path: Path) -> None:
    """1 MB by default, and pictures to edit are larger."""
    import os

    from PIL import Image

    from omni_ui.client import EditRequest, TooLarge

    noise = Image.frombytes("RGB", (800, 800), os.urandom(800 * 800 * 3))
    noise.save(tmp_path / "large.png")
    with nginx(tmp_path, demo) as url:
        async with OmniClient(url) as omni:
            with pytest.raises(TooLarge, match=r"\(nginx\) does not accept requests this large.*client_max_body_size"):
                await omni.edits(EditRequest(prompt="x", image=[tmp_path / "large.png"]))


@pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed")
async def test_a_server_that_is_down_behind_nginx_is_told(tmp_path: Path) -> None:
    with nginx(tmp_path, "http://127.0.0.1:9") as url:
        async with OmniClient(url, model="m") as omni:
            told = await run_tab(omni, "image", tmp_path)
    assert told.startswith("The proxy in front of the server (nginx) gets no answer from it (status 502).")


async def test_dynamo_gets_its_settings_where_it_reads_them(demo: str, tmp_path: Path) -> None:
    with Dynamo([demo]) as gateway:
        async with OmniClient(gateway.url) as omni:
            assert await run_tab(omni, "video", tmp_path) == DONE
            assert await run_tab(omni, "image", tmp_path) == DONE
        video, image = gateway.bodies
    assert video["nvext"] == {"seed": 7, "fps": 5, "num_frames": 5}
    assert (video["model"], video["size"], video["response_format"]) == ("demo/clip", "64x64", "b64_json")
    assert image["nvext"] == {"seed": 7, "num_inference_steps": 2}
    assert "seed" not in video


async def test_a_lora_of_dynamo_is_chosen_as_a_lora(demo: str, tmp_path: Path) -> None:
    upstream = DemoServer(modes=["image"], latency=0.0, stub=True)
    with upstream as server, Dynamo([server.url], loras=["watercolour"]) as gateway:
        async with OmniClient(gateway.url) as omni:
            able = (await omni.capabilities()).modalities["image"]
            assert able.model == "demo/painter"
            assert able.detail["loras"] == ["watercolour"]
            await omni.images(ImageRequest(prompt="x", lora={"name": "watercolour", "path": "watercolour"}))
        assert gateway.bodies[-1]["model"] == "watercolour"
        assert "lora" not in gateway.bodies[-1]


async def test_what_litellm_says_of_the_cost_is_told(demo: str) -> None:
    reporter = RetryReporter()
    with LiteLlm([demo]) as gateway:
        async with OmniClient(gateway.url) as omni:
            for _ in range(2):
                await omni.images(ImageRequest(prompt="x"), on_wait=reporter)
    assert reporter.facts == [("cost", "$0.0042")]


async def test_headers_of_the_host_go_with_every_call_and_are_never_shown(demo: str, tmp_path: Path) -> None:
    headers = read_headers("X-Team=vision,x-token=top%2Csecret")
    with LiteLlm([demo]) as gateway:
        async with OmniClient(gateway.url, headers=headers, model="nobody") as omni:
            await omni.health()
            told = await run_tab(omni, "image", tmp_path)
        assert all(call.headers["x-team"] == "vision" for call in gateway.calls)
        assert all(call.headers["x-token"] == "top,secret" for call in gateway.calls)
    assert "secret" not in told


@pytest.mark.parametrize(
    ("text", "says"),
    [("nonsense", "must be pairs"), ("a=1,b", "the one after a"), ("host=x", "cannot set host"), ("a=ü", "in a that")],
)
def test_headers_that_cannot_be_sent_are_said_without_their_value(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_headers(text)


async def test_a_plain_server_gets_openais_own_fields_and_the_page_says_so(demo: str, tmp_path: Path) -> None:
    with OpenAiStyle([demo]) as gateway:
        async with OmniClient(gateway.url) as omni:
            able = (await omni.capabilities()).modalities
            assert (able["chat"].model, able["image"].model, able["speech"].model) == ("gpt-4o", "gpt-image-1", "tts-1")
            assert "no vLLM-Omni server" in able["image"].reason
            assert able["speech"].reason.endswith("Without a voice, alloy speaks.")
            assert not able["video"].can
            assert (await omni.fit(ImageRequest(prompt="x", seed=3))).left_out == ("seed",)


@pytest.mark.parametrize(
    ("mode", "kind", "gateway", "fix"),
    [
        ("nginx at its defaults", "vllm-omni", "nginx", "proxy_read_timeout 1800s;"),
        ("vLLM production-stack", "unknown", "vLLM production-stack", "OMNI_VIDEO_URL"),
        ("vllm-router", "vllm-omni", "vllm-router", "--disable-retries"),
        ("llm-d (Envoy)", "vllm-omni", "Envoy", "timeouts.request"),
        ("LiteLLM", "unknown", "LiteLLM", "passthrough"),
        ("NVIDIA Dynamo", "unknown", "NVIDIA Dynamo", None),
        ("plain OpenAI-style server", "openai-like", None, None),
    ],
)
async def test_an_examination_names_the_gateway_and_what_mends_it(
    mode: str, kind: str, gateway: str | None, fix: str | None, demo: str, tmp_path: Path
) -> None:
    with MODES[mode].start(demo, tmp_path) as running:
        async with OmniClient(running.url) as omni:
            found = await examine(omni)
        if isinstance(running, FakeGateway):
            assert running.asked("/health", "GET") == 0
            assert not any(call.method == "POST" for call in running.calls)
    assert found.kind == kind
    assert (found.gateway.name if found.gateway else None) == gateway
    assert fix is None or any(fix in line for line in found.fixes)


async def test_an_examination_of_a_bare_server_and_of_none(demo: str) -> None:
    async with OmniClient(demo) as omni:
        found = await examine(omni)
    assert (found.kind, found.summary, found.gateway) == ("vllm-omni", "vLLM-Omni 0.30.0 answers.", None)
    async with OmniClient("http://127.0.0.1:9") as omni:
        assert (await examine(omni)).kind == "none"


@pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed")
async def test_an_examination_tells_the_time_out_that_was_met(tmp_path: Path) -> None:
    slow, settings = DemoServer(modes=["image"], latency=3.0, stub=True), "proxy_read_timeout 1s;"
    with slow as server, nginx(tmp_path, server.url, settings) as url:
        async with OmniClient(url) as omni:
            await run_tab(omni, "image", tmp_path)
            found = await examine(omni)
    assert found.gave_up_after == pytest.approx(1, abs=0.9)
    assert found.fixes[0] == "proxy_read_timeout 1800s;"
