"""Visitors of a cluster, who keep their cookies as browsers do, load the page anew when it is gone, and try again."""

import asyncio
import json
import re
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.load import Endpoint

PATIENCE = 90.0
"""Seconds after which a visitor takes a run for lost."""
SAID = re.compile(r"data-state=.{1,3}(?:failed|stopped)[^>]*><p[^>]*>([^<]+)<")
"""What the status of a tab says in the end."""


@dataclass
class Visitor:
    """One browser. done, failed: its runs. sentences: what the page said of those that failed; cut: how often it went
    away meanwhile."""

    url: str
    http: httpx.AsyncClient = field(init=False)
    done: int = 0
    failed: int = 0
    cut: int = 0
    sentences: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        cookies = {"omni_visitor": secrets.token_hex(16)}
        self.http = httpx.AsyncClient(timeout=PATIENCE, limits=limits, cookies=cookies, follow_redirects=True)

    async def load(self) -> None:
        """Loads the page, which any process may serve, until one does."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                (await self.http.head(self.url + "/")).raise_for_status()
                return
            except httpx.HTTPError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.2)

    async def run(self, endpoint: Endpoint, **values: Any) -> bool:
        """One run; whether it came to its end."""
        try:
            problem = await asyncio.wait_for(self._run(endpoint, **values), PATIENCE)
        except (httpx.HTTPError, TimeoutError):
            problem = "cut"
        if not problem:
            self.done += 1
            return True
        self.failed += 1
        if problem == "cut":
            self.cut += 1
        else:
            self.sentences.append(problem)
        return False

    async def _run(self, endpoint: Endpoint, **values: Any) -> str:
        """As Gradio's page runs an event: "" with a file as its result, "cut" when the answer breaks off, else what the
        page says."""
        session = uuid.uuid4().hex[:12]
        body = {"data": endpoint.data(**values), "fn_index": endpoint.index, "session_hash": session}
        address = f"{self.url}/gradio_api/queue"
        (await self.http.post(f"{address}/join", json=body)).raise_for_status()
        said: list[str] = []
        async with self.http.stream("GET", f"{address}/data", params={"session_hash": session}) as events:
            async for line in events.aiter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("msg") in ("process_generating", "process_completed"):
                    output = json.dumps(message["output"], ensure_ascii=False)
                    said = SAID.findall(output) or said
                if message.get("msg") == "process_completed":
                    if message["success"] and '"path"' in output:
                        return ""
                    return said[-1] if said else str(message["output"].get("error") or "no result")[:300]
        return "cut"

    async def run_until_done(self, endpoint: Endpoint, tries: int = 3, **values: Any) -> bool:
        """A run, and after one that failed or whose page went away the page anew and the button once more."""
        for _ in range(tries):
            await self.load()
            if await self.run(endpoint, **values):
                return True
            await asyncio.sleep(1)
        return False

    async def ask(self, path: str) -> Any:
        """JSON of a route of the page; None while it cannot be had."""
        try:
            answer = await self.http.get(self.url + path, timeout=10)
            return answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError):
            return None

    async def kept(self) -> int:
        """Results of the history whose file can be had."""
        here = 0
        for record in (await self.ask("/omni/history") or {"records": []})["records"]:
            if record["files"] and not record["error"]:
                place = record["files"][0]["place"]
                file = await self.http.get(f"{self.url}/omni/history/{record['id']}/{place}")
                here += file.status_code == 200 and bool(file.content)
        return here


async def endpoints(url: str) -> tuple[Endpoint, Endpoint]:
    """Of pictures and of videos; the same in all processes."""
    async with httpx.AsyncClient(timeout=60) as http:
        return await Endpoint.find(http, url, "image"), await Endpoint.find(http, url, "video")
