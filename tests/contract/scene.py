"""What a case works with: the server, a raw HTTP client, the project's client, media, and a look into the engine."""

import asyncio
import io
import json
import math
import struct
import wave
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from omni_ui.client import OmniClient
from tests.contract.places import Place, numbers


class Scene:
    """One case on one server."""

    def __init__(self, place: Place, folder: Path):
        self.place, self.folder = place, folder
        headers = {"Authorization": f"Bearer {place.key}"} if place.key else {}
        # Without certificates, whose loading takes longer than most cases.
        self.http = httpx.AsyncClient(base_url=place.url, headers=headers, timeout=60, verify=False)
        self.omni = OmniClient(place.url, api_key=place.key, timeout=60)

    def since(self, version: str) -> bool:
        """Whether the server is of this version of vLLM-Omni, such as "0.24", or a later one."""
        return numbers(self.place.version) >= numbers(version)

    async def close(self) -> None:
        await self.http.aclose()
        await self.omni.aclose()

    # The wire

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(path, json=body)

    async def form(self, path: str, files: list[Any] | None = None, **fields: Any) -> httpx.Response:
        return await self.http.post(path, data=fields, files=files)

    async def model(self) -> str:
        return (await self.http.get("/v1/models")).json()["data"][0]["id"]

    # The engine

    async def records(self) -> list[dict[str, Any]]:
        """The calls that reached the engine since the case began, oldest first."""
        return (await self.http.get("/_stub/requests")).json()["requests"]

    async def arrived(self, **fields: Any) -> None:
        """The last call of the engine carries these values, wherever the server puts them."""
        last = (await self.records())[-1]
        for name, value in fields.items():
            found = list(_find(last, name))
            assert value in found, f"{name}={value!r} did not arrive, found {found} in {json.dumps(last)[:1500]}"

    async def state(self, wanted: str, seconds: float = 5.0) -> str:
        """Waits until the last call is in this state; the state that it ends in."""
        end, seen = asyncio.get_running_loop().time() + seconds, "none"
        while asyncio.get_running_loop().time() < end:
            records = await self.records()
            seen = records[-1]["state"] if records else "none"
            if seen == wanted:
                break
            await asyncio.sleep(0.05)
        return seen

    async def leave(self, work: Coroutine[Any, Any, Any]) -> None:
        """Starts a call and goes away once the engine works on it."""
        task = asyncio.create_task(work)
        assert await self.state("running") == "running"
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    # Media

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


def png(width: int = 64, height: int = 48, mode: str = "RGB", color: Any = None) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), color or (200,) * len(mode)).save(out, "PNG")
    return out.getvalue()


def wav(seconds: float = 2.0, rate: int = 16_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        tone = (int(9000 * math.sin(i / 20) * math.sin(i / 4000)) for i in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in tone))
    return out.getvalue()


def _find(value: Any, name: str) -> Any:
    """All values under this name, at any depth; one-element lists stand for their element."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name:
                yield inner[0] if isinstance(inner, list) and len(inner) == 1 else inner
            yield from _find(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _find(inner, name)


def shape(answer: httpx.Response) -> str:
    """Which of the four bodies of errors this is: object, engine, detail, or string."""
    body = answer.json()
    if isinstance(body.get("error"), str):
        return "string"
    if "detail" in body:
        return "detail"
    error = body["error"]
    assert {"message", "type", "param", "code"} <= set(error)
    assert error["code"] == answer.status_code
    return "engine" if "request_id" in error else "object"


def events(text: str) -> list[tuple[str, Any]]:
    """(event, data) of server-sent events; data is parsed, save for [DONE]."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = "", ""
        for line in block.splitlines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = line[6:]
        found.append((name, data if data == "[DONE]" else json.loads(data)))
    return found
