"""What a visitor types as JSON comes back as text: no field of any endpoint makes Gradio serve a file that it names.

The endpoints and their fields are read from the page, so new ones are tried without a change here.
"""

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

import bench.server
from bench.load import Endpoint
from tests.fakes import free_port
from tests.running import App

WORDS = {"prompt": "a boat", "text": "Hello", "input": "Hello there.", "name": "Nora"}
"""What a run needs; all else is left as the page has it."""
FIELDS = {"extra_params", "extra_args", "lora"}
"""Some of those that take JSON, which a run must have got through to its end with."""


@pytest.fixture(scope="module")
def app():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench.server, "VIDEO", 2**18)
        server = bench.server.BenchServer()
        server.settings |= {"latency": 0, "tokens": 3, "rate": 1e6, "speech_seconds": 0.2, "speech_speed": 1e3}
        port = free_port()
        running = uvicorn.Server(uvicorn.Config(server.app, port=port, log_level="error"))
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        while not running.started:
            time.sleep(0.01)
        with App(OMNI_BASE_URL=f"http://127.0.0.1:{port}", OMNI_PUBLIC="false") as app:
            yield app
        running.should_exit = True
        thread.join(5)


@pytest.fixture
def hidden(tmp_path: Path) -> tuple[str, Path]:
    """A harmless file outside the cache, and what it says."""
    content = "content " + secrets.token_hex(16)
    path = tmp_path / "notes.txt"
    path.write_text(content)
    return content, path


async def find(url: str, name: str) -> Endpoint:
    async with httpx.AsyncClient() as web:
        return await Endpoint.find(web, url, name)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def answer(web: httpx.Client, index: int, data: list[Any]) -> tuple[bool, str]:
    """Whether the event came to its end, and all that was sent of it."""
    session = secrets.token_hex(5)
    joined = web.post("/gradio_api/queue/join", json={"data": data, "fn_index": index, "session_hash": session})
    if joined.status_code != 200:
        return False, joined.text
    text = ""
    with web.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            text += line + "\n"
            if "process_completed" in line:
                return '"success":true' in line, text
    return False, text


def test_no_typed_object_comes_back_as_a_file(app, hidden):
    content, path = hidden
    typed = {"name": "ink", "path": str(path), "meta": {"_type": "gradio.FileData"}, "orig_name": path.name}
    done: set[str] = set()
    tried = 0
    with httpx.Client(base_url=app.url, timeout=20) as web:
        for name in web.get("/gradio_api/info").json()["named_endpoints"]:
            endpoint = asyncio.run(find(app.url, name[1:]))
            usual = endpoint.inputs | {field: words for field, words in WORDS.items() if field in endpoint.inputs}
            for field in usual:
                for value in (json.dumps(typed), {"path": str(path), "name": "ink"}):
                    success, text = answer(web, endpoint.index, list((usual | {field: value}).values()))
                    tried += 1
                    assert content not in text, (name, field)
                    if success:
                        done.add(field)
                    for line in text.splitlines():
                        for found in objects(json.loads(line[5:]) if line.startswith("data:") else None):
                            assert found.get("path") != str(path), (name, field, value)
    assert tried > 250
    assert done >= FIELDS
    for file in (Path(app.env["OMNI_DATA_DIR"]) / "cache").rglob("*"):
        assert not (file.is_file() and content in file.read_text(errors="replace")), file
