"""Saved voices on a public page, over HTTP against the demo server: whose they are, and when they go."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from bench.load import Endpoint
from omni_ui.core.own_voices import mark_of_session
from omni_ui.demo.server import DemoServer
from omni_ui.features.voices.panel import NO_PAGE, NOT_YOURS
from tests.running import App


@pytest.fixture(scope="module")
def demo():
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="module")
def app(demo):
    with App(OMNI_BASE_URL=demo.url, OMNI_PUBLIC="true") as app:
        yield app


class Visitor:
    """A browser with one page, as far as the app can tell: a cookie, and a session."""

    def __init__(self, web: httpx.AsyncClient, app: App, name: str) -> None:
        self.web, self.url, self.session = web, app.url, f"session of {name}"

    @asynccontextmanager
    async def page(self) -> AsyncIterator[None]:
        """Holds the connection that an open page holds."""
        async with self.web.stream("GET", f"{self.url}/gradio_api/heartbeat/{self.session}") as beat:
            assert beat.status_code == 200
            yield

    async def event(self, index: int, data: list[Any]) -> str:
        """The values of the outputs at the end, as JSON."""
        body = {"data": data, "fn_index": index, "session_hash": self.session}
        (await self.web.post(f"{self.url}/gradio_api/queue/join", json=body)).raise_for_status()
        query = {"session_hash": self.session}
        async with self.web.stream("GET", f"{self.url}/gradio_api/queue/data", params=query) as answer:
            async for line in answer.aiter_lines():
                if "process_completed" in line:
                    return json.dumps(json.loads(line[5:])["output"]["data"], ensure_ascii=False)
        raise AssertionError("the stream ended before the event")

    async def save(self, name: str, recording: bytes) -> str:
        sent = await self.web.post(f"{self.url}/gradio_api/upload", files={"files": ("a.wav", recording)})
        sample = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        endpoint = await Endpoint.find(self.web, self.url, "speech_save_voice")
        return await self.event(endpoint.index, endpoint.data(name=name, audio_sample=sample, consent=True))

    async def click(self, button: str, *values: Any) -> str:
        config = (await self.web.get(f"{self.url}/config")).json()
        (id,) = [part["id"] for part in config["components"] if part["props"].get("elem_id") == button]
        (event,) = [part for part in config["dependencies"] if [id, "click"] in part["targets"]]
        return await self.event(event["id"], [*values, *[None] * (len(event["inputs"]) - len(values))])

    async def delete(self, name: str) -> str:
        """Pressed twice."""
        return await self.click("speech-voice-delete", name) + await self.click("speech-voice-delete", name)


@asynccontextmanager
async def visitor(app: App, name: str) -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(timeout=60, headers={"Cookie": f"omni_visitor={name * 8}"}) as web:
        yield Visitor(web, app, name)


async def saved(demo: DemoServer) -> set[str]:
    async with httpx.AsyncClient() as web:
        voices = (await web.get(f"{demo.url}/v1/audio/voices")).json()
    return {voice["name"] for voice in voices["uploaded_voices"]}


async def wait_for(demo: DemoServer, names: set[str]) -> None:
    for _ in range(600):
        if await saved(demo) == names:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{await saved(demo)} instead of {names}")


@pytest.fixture(scope="module")
def recording(demo) -> bytes:
    words = {"input": "The quick brown fox jumps over the lazy dog, and it sleeps.", "response_format": "wav"}
    return httpx.post(f"{demo.url}/v1/audio/speech", json=words, timeout=30).raise_for_status().content


async def test_a_saved_voice_is_its_session_s_alone_and_goes_with_it(app, demo, recording):
    async with visitor(app, "anne") as anne, visitor(app, "bob-") as bob, bob.page():
        async with anne.page():
            answer = await anne.save("Nora", recording)
            assert "“Nora” is saved" in answer
            mark = mark_of_session(anne.session)
            name = f"Nora~{mark}"
            assert await saved(demo) == {name}

            assert "Nora" in await anne.click("speech-voice-refresh")
            assert "Nora" not in await bob.click("speech-voice-refresh")
            assert NOT_YOURS in await bob.delete(name)
            assert await saved(demo) == {name}

            deleted = await anne.delete(name)
            assert "“Nora” is deleted" in deleted
            assert await saved(demo) == set()

            await anne.save("Nora", recording)
            await bob.save("Udo", recording)
        await wait_for(demo, {f"Udo~{mark_of_session(bob.session)}"})
    await wait_for(demo, set())


async def test_the_visitor_s_mark_is_in_no_name_that_the_panel_says(app, demo, recording):
    async with visitor(app, "anne") as anne, anne.page():
        mark = mark_of_session(anne.session)
        sentences = [json.loads(await anne.save("Nora", recording))[0] for _ in range(2)]
        assert ["“Nora” is saved." in str(sentence) for sentence in sentences] == [True, False]
        assert "A voice called “Nora” already exists" in str(sentences[1])
        assert mark not in str(sentences)
        first = await anne.click("speech-voice-delete", f"Nora~{mark}")
        assert "Delete Nora? Press again" in first
        listed = await anne.click("speech-voice-refresh")
        assert '"label": "Nora"' in listed, listed[:300]
    await wait_for(demo, set())


async def test_a_voice_may_not_be_called_as_one_of_the_model_s_own(app, demo, recording):
    async with visitor(app, "erin") as erin, erin.page():
        assert "“Ada” is a voice of the model itself" in await erin.save("Ada", recording)


async def test_without_an_open_page_nothing_is_saved(app, demo, recording):
    async with visitor(app, "carl") as carl:
        assert NO_PAGE in await carl.save("Nora", recording)
    assert await saved(demo) == set()
