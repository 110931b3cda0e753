"""Many visitors at once, spoken to over Gradio's queue as its own page does, and calls in a row."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx

ASKS = 15
"""Seconds after which an open page asks for news (omni_ui/app/js/server_state.js)."""


@dataclass
class Endpoint:
    """A run event of a Gradio app: where it is, and its inputs' defaults by the API's names, in their order.

    A name that begins with "state " is one of the session's own, which no caller gives.
    """

    url: str
    index: int
    inputs: dict[str, Any]

    @classmethod
    async def find(cls, http: httpx.AsyncClient, url: str, api_name: str) -> "Endpoint":
        config = (await http.get(f"{url}/config")).json()
        event = next(one for one in config["dependencies"] if one["api_name"] == api_name)
        kinds = {one["id"]: one["type"] for one in config["components"]}
        info = (await http.get(f"{url}/gradio_api/info")).json()
        told = iter(info["named_endpoints"][f"/{api_name}"]["parameters"])
        inputs: dict[str, Any] = {}
        for number in event["inputs"]:
            if kinds[number] == "state":
                inputs[f"state {number}"] = None
            else:
                one = next(told)
                inputs[one["parameter_name"]] = one.get("parameter_default")
        return cls(url, event["id"], inputs)

    def data(self, **values: Any) -> list[Any]:
        return list((self.inputs | values).values())


@asynccontextmanager
async def open_pages(http: httpx.AsyncClient, url: str, number: int) -> AsyncIterator[list[str]]:
    """The sessions of so many open pages. Each holds the connection that a page holds, and reads what comes by it."""
    sessions = [uuid.uuid4().hex[:12] for _ in range(number)]

    async def read(beat: httpx.Response) -> None:
        with suppress(httpx.HTTPError):
            async for _ in beat.aiter_bytes():
                pass

    async with AsyncExitStack() as stack:
        beats = [http.stream("GET", f"{url}/gradio_api/heartbeat/{session}?pushes=1") for session in sessions]
        readers = [asyncio.create_task(read(await stack.enter_async_context(beat))) for beat in beats]
        try:
            yield sessions
        finally:
            for reader in readers:
                reader.cancel()


async def one_run(http: httpx.AsyncClient, endpoint: Endpoint, session: str = "", **values: Any) -> float:
    """Seconds from joining the queue to the end of the run, all of it read. RuntimeError when it failed.

    session: that of an open page; a new one's without its page otherwise.
    """
    session = session or uuid.uuid4().hex[:12]
    began = time.perf_counter()
    body = {"data": endpoint.data(**values), "fn_index": endpoint.index, "session_hash": session}
    headers = {"x-gradio-user": "app"}  # as the page says; a program says "api", or nothing
    joined = await http.post(f"{endpoint.url}/gradio_api/queue/join", json=body, headers=headers)
    joined.raise_for_status()
    async with http.stream("GET", f"{endpoint.url}/gradio_api/queue/data", params={"session_hash": session}) as events:
        async for line in events.aiter_lines():
            if line.startswith("data:"):
                message = json.loads(line[5:])
                if message["msg"] == "process_completed":
                    if not message["success"]:
                        raise RuntimeError(str(message.get("output"))[:300])
                    return time.perf_counter() - began
    raise RuntimeError("the queue ended without a result")


def client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(timeout=600, limits=limits)


async def visitors(url: str, number: int, **values: Any) -> tuple[float, int]:
    """Seconds until all of them have their picture, and how many failed."""
    async with client() as http:
        endpoint = await Endpoint.find(http, url, "image")
        async with open_pages(http, url, number) as sessions:
            began = time.perf_counter()
            runs = [one_run(http, endpoint, session, prompt="a boat", **values) for session in sessions]
            results = await asyncio.gather(*runs, return_exceptions=True)
            return time.perf_counter() - began, sum(isinstance(one, Exception) for one in results)


async def in_a_row(url: str, number: int, **values: Any) -> list[float]:
    """Seconds of each of many runs, one after the other."""
    async with client() as http:
        endpoint = await Endpoint.find(http, url, "image")
        return [await one_run(http, endpoint, prompt="a boat", **values) for _ in range(number)]


async def several_at_a_time(url: str, number: int, **values: Any) -> None:
    """Many runs, eight at any moment."""
    async with client() as http:
        endpoint = await Endpoint.find(http, url, "image")
        left = iter(range(number))

        async def one_after_the_other() -> None:
            for _ in left:
                await one_run(http, endpoint, prompt="a boat", **values)

        await asyncio.gather(*(one_after_the_other() for _ in range(8)))


async def slowest_chat(url: str, number: int) -> float:
    """Seconds until the last of so many answers is complete."""
    async with client() as http:
        endpoint = await Endpoint.find(http, url, "chat")
        async with open_pages(http, url, number) as sessions:
            return max(await asyncio.gather(*(one_run(http, endpoint, session, text="Go on") for session in sessions)))


async def one_video(url: str) -> float:
    async with client() as http:
        return await one_run(http, await Endpoint.find(http, url, "video"), prompt="a boat")


async def idle_pages(url: str, number: int, seconds: float, cpu: Callable[[], float]) -> float:
    """Opens so many pages as their scripts do, and waits. Seconds of processor time that the app took meanwhile."""
    async with client() as http, AsyncExitStack() as stack:
        rounds = max(1, round(seconds / ASKS))
        sessions = [uuid.uuid4().hex[:12] for _ in range(number)]
        for session in sessions:
            beat = http.stream("GET", f"{url}/gradio_api/heartbeat/{session}")
            (await stack.enter_async_context(beat)).raise_for_status()

        async def ask(turn: int, session: str) -> None:
            await asyncio.sleep(turn / (number * rounds) * seconds)  # pages do not ask all at once
            (await http.get(f"{url}/omni/status", headers={"x-omni-session": session})).raise_for_status()

        began = cpu()
        rest = asyncio.sleep(seconds)
        await asyncio.gather(rest, *(ask(turn, session) for turn, session in enumerate(sessions * rounds)))
        return cpu() - began
