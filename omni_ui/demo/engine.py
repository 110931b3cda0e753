"""Runs the crafts: in worker threads, slow or failing on request, stopped when the visitor leaves, on record."""

import asyncio
import contextlib
import re
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast
from uuid import uuid4

import anyio
from fastapi import HTTPException, Request
from starlette.responses import Response

from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.errors import EngineError, GuardrailError

T = TypeVar("T")
END = object()
LONGEST_WAIT = 600.0
DEAD_FOR = 10.0
"""Seconds. A dead real server stays dead; this one comes back, for it serves every visitor of the page."""
KINDS = {"client": GuardrailError, "runtime": RuntimeError, "value": ValueError}


@dataclass
class Ask:
    """One call of the engine. words: what may carry [[slow:2]] or [[fail:503]]. told: what it is asked, for the record.

    begun: called when the work starts after its time in the queue. stop: set when nobody wants the result any more.
    hurry: set when what is left of its wait is to be skipped.
    """

    words: str
    parameters: Json
    id: str = field(default_factory=lambda: uuid4().hex[:16])
    modalities: list[str] | None = None
    begun: Callable[[], None] | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    asked_at: float = field(default_factory=time.monotonic)
    waited: float | None = None
    """Seconds until a thread was free for it, the latency that was asked for included; None before."""

    @property
    def queue_times(self) -> Json:
        """As the real server says it beside its stages."""
        return {} if self.waited is None else {"queue_wait_ms": round(self.waited * 1000, 2)}

    def start(self) -> None:
        """Called in the thread that does the work."""
        if self.waited is None:
            self.waited = time.monotonic() - self.asked_at

    @property
    def fault(self) -> str | None:
        match = re.search(r"\[\[fail:(\w+)\]\]", self.words)
        return match[1] if match else None

    @property
    def wait(self) -> float | None:
        match = re.search(r"\[\[slow:(\d+(?:\.\d+)?)\]\]", self.words)
        return min(float(match[1]), LONGEST_WAIT) if match else None


class Engine:
    """latency: seconds added to every call. At most two crafts work at once, whatever the number of visitors."""

    def __init__(self, latency: float = 0.0):
        self.latency = latency
        self.fail_kind: str | None = None
        self.records: deque[Json] = deque(maxlen=200)
        self.running: dict[str, Ask] = {}
        self.threads = anyio.CapacityLimiter(2)
        self.dead_until = 0.0

    @property
    def alive(self) -> bool:
        return time.monotonic() >= self.dead_until

    def admit(self, ask: Ask) -> None:
        """Refuses before any work is done, with the status that the words ask for."""
        kind = ask.fault or ""
        if re.fullmatch(r"[45]\d\d", kind):
            raise HTTPException(int(kind), f"Refused, as [[fail:{kind}]] asks.")
        if not self.alive:
            raise EngineError("The demo engine is dead, as [[fail:dead]] asked. It comes back by itself.", ask.id)

    async def stream(self, ask: Ask, work: Callable[[], Iterator[T]], pieces: int = 1) -> AsyncGenerator[T]:
        """What `work` yields, made piece by piece in a worker thread. pieces: over how many the latency is spread."""
        self.admit(ask)
        begun = time.time()
        record = {"request_id": ask.id, "time": begun, "state": "running", "prompt": ask.parameters}
        record |= {"output_modalities": ask.modalities}
        self.records.append(record)
        self.running[ask.id] = ask
        wait = self.latency if ask.wait is None else ask.wait
        kind = ask.fault or self.fail_kind
        if ask.begun:
            asyncio.get_running_loop().call_later(wait / 4, ask.begun)
        try:
            if kind and kind != "midstream":
                await asyncio.sleep(wait / 2)
                if kind == "empty":
                    record["state"] = "empty"
                    return
                self._fail(kind, ask)
            making, count, spent = work(), 0, 0.0

            def step() -> T | object:
                ask.start()
                return next(making, END)

            while True:
                if spent < wait:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(ask.hurry.wait(), wait / pieces)
                    spent = wait if ask.hurry.is_set() else spent + wait / pieces
                piece = await anyio.to_thread.run_sync(step, limiter=self.threads, abandon_on_cancel=True)
                if piece is END:
                    break
                yield cast("T", piece)
                count += 1
                if kind == "midstream" and count >= 2:
                    raise EngineError("The engine failed in the middle, as [[fail:midstream]] asks.", ask.id)
            record["state"] = "finished"
        except (asyncio.CancelledError, GeneratorExit):
            record["state"] = "aborted"
            raise
        except Exception as wrong:
            record["state"] = f"failed: {type(wrong).__name__}"
            raise
        finally:
            ask.stop.set()
            record["seconds"] = round(time.time() - begun, 3)
            self.running.pop(ask.id, None)

    async def run_once(self, ask: Ask, work: Callable[[], T]) -> T | None:
        """The single thing that `work` makes; None when the engine gave nothing."""

        def making() -> Iterator[T]:
            yield work()

        result = None
        async for piece in self.stream(ask, making):
            result = piece
        return result

    def _fail(self, kind: str, ask: Ask) -> None:
        if kind == "dead":
            self.dead_until = time.monotonic() + DEAD_FOR
            raise EngineError("The demo engine died, as [[fail:dead]] asks. It comes back by itself.", ask.id, 0)
        said = f"The engine failed for this request, as [[fail:{kind}]] asks."
        raise KINDS[kind](said) if kind in KINDS else EngineError(said, ask.id)


async def while_connected(request: Request, work: Awaitable[T]) -> T | Response:
    """Stops `work` when the client goes away. The body must have been read before."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    task, left = asyncio.ensure_future(work), asyncio.ensure_future(gone())
    try:
        await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            return Response(status_code=499)
        return task.result()
    finally:
        left.cancel()
        task.cancel()
