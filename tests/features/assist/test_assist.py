"""The prompt helper and dictation over their routes: with the demo, with chat servers, and where nobody can."""

import asyncio
import base64
import json
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, Request

from omni_ui.client import ImageRequest
from omni_ui.core.backends import Backends
from omni_ui.core.visitor import REQUEST_VISITOR, visitor_of
from omni_ui.demo.server import DemoServer
from omni_ui.features.assist.prompt_help import language_for, plain_prompt
from omni_ui.features.assist.routes import DEMO, PromptHelp, _help, assist_routes
from omni_ui.features.recipes import BadRecipe, Recipe, labelled
from omni_ui.features.recipes.originals import ORIGINALS, Originals
from omni_ui.settings import Settings
from tests.chat_server import ChatServer
from tests.client.scripted import Scripted, as_json
from tests.contract.scene import wav

SECRET = "v" * 32


@asynccontextmanager
async def page(demo: str | None = None, **settings: str):
    """Our routes alone, over the servers of these settings."""
    backends = Backends(Settings(**settings))
    backends.start(demo)
    app = FastAPI()
    app.include_router(assist_routes(backends))
    transport = httpx.ASGITransport(app)
    try:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://page", cookies={"omni_visitor": SECRET}
        ) as http:
            http.backends = backends
            yield http
    finally:
        await backends.close()


async def last(http: httpx.AsyncClient, path: str, **body) -> dict:
    answer = await http.post(f"/omni/assist/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text.splitlines()[-1])


def spoken(seconds: float = 1.0) -> str:
    return base64.b64encode(wav(seconds)).decode()


async def test_the_demo_helps_and_says_what_it_is():
    with DemoServer() as demo:
        async with page(demo.url) as http:
            offers = (await http.get("/omni/assist")).json()
            assert (offers["writes"], offers["sees"], offers["hears"], offers["demo"]) == (True, True, "server", True)
            longer = await last(http, "prompt", task="longer", tab="image", prompt="a red fox")
            assert longer["text"].startswith("a red fox. Soft light")
            assert longer["said"] == DEMO
            same = await last(http, "prompt", task="translate", tab="video", prompt="waves")
            assert same["text"] == "waves"
            words = await last(http, "words", sound=spoken())
            assert "no model" in words["text"]
            assert words["said"] == "The demo cannot recognise words."


async def test_a_chat_server_is_asked_for_text_alone_and_named():
    with ChatServer(pieces=["<think>hm</think>", '"A red fox in', ' deep snow"']) as server:
        async with page(chat_url=server.url, image_url=server.url) as http:
            longer = await last(http, "prompt", task="longer", tab="image", prompt="a fox")
            assert longer == {"text": "A red fox in deep snow", "said": f"Written by {server.model}."}
            sent = server.asked
            assert sent["modalities"] == ["text"]
            assert sent["messages"][-1] == {"role": "user", "content": "a fox"}
            assert "a model that makes pictures" in sent["messages"][0]["content"]


async def test_a_chat_model_that_hears_writes_down_and_the_page_says_so():
    with ChatServer(pieces=["Good ", "morning"]) as server:
        async with page(chat_url=server.url) as http:
            assert (await http.get("/omni/assist")).json()["hears"] == "chat"
            words = await last(http, "words", sound=spoken())
            assert words["text"] == "Good morning"
            assert words["said"].startswith("Transcribed by ")


async def test_the_server_of_omni_listen_url_is_asked_before_all_others():
    with DemoServer(["chat"], stub=True) as listener, DemoServer() as demo:
        async with page(demo.url, listen_url=listener.url) as http:
            words = await last(http, "words", sound=spoken())
            assert words["said"] == "Transcribed by the server: check it for mistakes."
            async with httpx.AsyncClient() as plain:
                seen = (await plain.get(f"{listener.url}/_stub/requests")).json()["requests"]
            assert seen[-1]["request_id"].startswith("transcribe-")


async def test_pictures_are_described_where_they_have_a_place():
    words_alone, pictures_too = "Wan-AI/Wan2.2-T2V-A14B-Diffusers", "Wan-AI/Wan2.2-I2V-A14B-Diffusers"
    for model, tabs in ((words_alone, []), (pictures_too, ["video"])):
        server = Scripted({"GET /v1/models": as_json({"data": [{"id": model, "max_model_len": None}]})})
        async with page(video_url="http://video") as http:
            http.backends.for_tab("video").client = server.client()
            offers = (await http.get("/omni/assist")).json()
        assert offers["pictures"] == tabs, model
        assert not offers["sees"], "no chat model looks at them"


async def test_without_a_chat_server_it_is_said_and_not_offered():
    async with page() as http:
        offers = (await http.get("/omni/assist")).json()
        assert not offers["writes"]
        assert not offers["sees"]
        assert not offers["hears"]
        assert "OMNI_CHAT_URL" in (await last(http, "prompt", task="longer", tab="image", prompt="x"))["error"]
        assert "OMNI_LISTEN_URL" in (await last(http, "words", sound=spoken()))["error"]


@pytest.mark.parametrize("how", ["error", "busy", "dies", "nonsense"])
async def test_a_failure_is_one_sentence(how):
    with ChatServer(pieces=["Hello ", "there"], how=how) as server:
        async with page(chat_url=server.url, image_url=server.url) as http:
            line = await last(http, "prompt", task="longer", tab="image", prompt="a fox")
            assert set(line) == {"error"}
            assert line["error"].endswith(".")
            assert "Traceback" not in line["error"]


async def test_what_cannot_be_asked_is_said_before_anything_is_sent():
    with DemoServer() as demo:
        async with page(demo.url) as http:
            empty = await last(http, "prompt", task="longer", tab="image", prompt="  ")
            assert empty == {"error": "Prompt is empty: write a few words first."}
            for picture in (None, {"path": 7}, {"path": "/etc/passwd"}, {"path": "x\0"}):
                line = await last(http, "prompt", task="describe", tab="edit", picture=picture)
                assert "picture" in line["error"]
            for sound in ("", "!!", base64.b64encode(b"no sound").decode()):
                assert "did not arrive completely" in (await last(http, "words", sound=sound))["error"]
            for body in ({"task": "sing"}, {"tab": "chat"}, {"prompt": "x" * 32_001}):
                wrong = {"task": "longer", "tab": "image", "prompt": "x"} | body
                assert (await http.post("/omni/assist/prompt", json=wrong)).status_code == 422
            assert (await http.post("/omni/assist/words", json={"sound": "A" * 2_000_001})).status_code == 422


async def test_it_counts_in_the_limits_of_the_visitor():
    with DemoServer() as demo:
        async with page(demo.url, caps="runs=2/min", public=True) as http:
            for _ in range(2):
                assert "text" in await last(http, "prompt", task="longer", tab="image", prompt="a fox")
            third = await last(http, "words", sound=spoken())
            assert third["error"].startswith("This page takes 2 runs a minute from each visitor")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('  "a fox"  ', "a fox"),
        ("**Prompt:** a fox", "a fox"),
        ("<think>long\nthought</think>\n\na fox", "a fox"),
        ("<think>never ends", ""),
        ("```\na fox\n```", "a fox"),
        ('"a" and "b"', '"a" and "b"'),
        ("“狐狸”", "狐狸"),
    ],
)
def test_what_models_put_around_a_prompt_is_taken_off(text, plain):
    assert plain_prompt(text) == plain


def test_a_prompt_is_translated_into_a_language_that_the_model_reads():
    assert language_for("a fox", "black-forest-labs/FLUX.1-dev") == "English"
    assert language_for("a fox", "Qwen/Qwen-Image") == "Chinese"
    assert language_for("一只狐狸", "Qwen/Qwen-Image") == "English"
    assert language_for("a fox", None) == "English"


def test_a_recipe_keeps_what_was_written_first():
    visitor = visitor_of(httpx.Client(cookies={"omni_visitor": SECRET}))
    ORIGINALS.note(visitor, "A long fox.", "a fox")
    ORIGINALS.note(visitor, "A longer fox.", "A long fox.")
    token = REQUEST_VISITOR.set(visitor)
    try:
        recipe = Recipe.of(ImageRequest(prompt="A longer fox."))
    finally:
        REQUEST_VISITOR.reset(token)
    assert recipe.original == {"prompt": "a fox"}
    assert Recipe.from_json(recipe.as_json()) == recipe
    assert ("Prompt, as you wrote it", "a fox") in labelled(recipe)
    assert recipe.to_request(lambda medium: None).prompt == "A longer fox."
    assert Recipe.of(ImageRequest(prompt="A longer fox.")).original == {}  # another visitor


@pytest.mark.parametrize("original", [["x"], "x", {"prompt": 7}, {"prompt": "x" * 40_000}, {"n" * 99: "x"}])
def test_an_original_that_is_no_text_is_refused(original):
    recipe = Recipe.of(ImageRequest(prompt="x")).as_dict() | {"original": original}
    with pytest.raises(BadRecipe):
        Recipe.from_dict(recipe)


def test_only_so_many_originals_are_remembered(monkeypatch):
    monkeypatch.setattr("omni_ui.features.recipes.originals.MOST", 3)
    originals = Originals()
    for number in range(9):
        originals.note("v", f"long {number}", f"short {number}")
    originals.note(None, "of nobody", "x")
    assert originals.of("v", "long 0") is None
    assert originals.of("v", "long 8") == "short 8"
    assert originals.of(None, "of nobody") is None


async def test_a_page_that_leaves_ends_the_server_s_work():
    with ChatServer(pieces=["word "] * 200, pace=20) as server:
        async with page(chat_url=server.url, image_url=server.url) as http:
            backend = http.backends.for_tab("chat")
            asked = PromptHelp(task="longer", tab="image", prompt="a fox")
            request = Request({"type": "http", "headers": [], "client": ("127.0.0.1", 1)})
            lines = _help(http.backends, asked, request)
            async for line in lines:
                assert "note" in line
                if server.seen:
                    break
            await lines.aclose()
            assert backend.gate.running == 0
            await asyncio.to_thread(server.wait_for, "aborted", 5)
