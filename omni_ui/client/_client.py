"""OmniClient: one vLLM-Omni server, every call. What happens in a call stands in the module of its modality."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from omni_ui.client import _pictures
from omni_ui.client._discover import Capabilities, ModelInfo, judge
from omni_ui.client._errors import NotFound, OmniError
from omni_ui.client._image import ImageRequest
from omni_ui.client._pictures import Pictures
from omni_ui.client._request import Request, WireCall
from omni_ui.client._transport import OnWait, Transport

FRESH = 5.0
"""Seconds for which capabilities are taken as still true."""
LISTED = 60.0
"""Seconds for which the names of the models are; they are looked up before a call when a server has several."""


@dataclass(frozen=True)
class Health:
    """ok: the server answers and is well. seconds: how long that took. detail: a sentence when it is not ok."""

    ok: bool
    seconds: float
    detail: str = ""


class OmniClient:
    """One server. Make it inside a running event loop and close it: `async with OmniClient(url) as omni`.

    base_url: http(s)://host:port, with or without /v1. ValueError with one sentence when it is not.
    api_key: sent as a bearer token; it never stands in an error.
    model: the name to send. None leaves it out, or picks the one that fits when the server lists several.
    timeout: seconds that one call may take in all, the answer included; the server sends nothing before it is done.
    abilities: the tabs that the host says the server can do, when its model's name does not tell.
    http: an httpx client of your own (tests); it is closed with this one.

    Every generating call takes `on_wait`, called before each new try with a `Wait`, and `deadline`, seconds for the
    whole call with its tries (`timeout` by default). All raise `OmniError` and nothing else.

    Leaving an iterator (break, aclose) or cancelling the task closes the connection at once. That stops the work on
    the server for pictures, chat, speech and sound. It does not for edits and `video_sync`, which the server finishes
    for nobody; a video job goes on until `delete_video` (WIRE.md 12).
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        model: str | None = None,
        timeout: float = 1800.0,
        abilities: Iterable[str] | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.model = model
        self._wire = Transport(base_url, api_key, timeout, http)
        self._stated = None if abilities is None else frozenset(abilities)
        self._seen: tuple[float, Capabilities] | None = None
        self._names: tuple[float, list[ModelInfo]] | None = None

    @property
    def address(self) -> str:
        """The server's address as it may be shown: without a password, without /v1."""
        return self._wire.address

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._wire.aclose()

    # The server itself

    async def health(self, timeout: float = 2.0) -> Health:
        """Whether the server is well, in at most `timeout` seconds. Never raises."""
        began = time.monotonic()
        try:
            async with self._wire.open(WireCall("GET", "/health"), deadline=timeout, tries=1):
                pass
        except OmniError as error:
            return Health(False, time.monotonic() - began, error.sentence)
        return Health(True, time.monotonic() - began)

    async def models(self) -> list[ModelInfo]:
        """The models that the server lists."""
        body = await self._get("/v1/models")
        listed = body.get("data")
        if not isinstance(listed, list):
            raise OmniError("The server's list of models is not one.")
        return [
            ModelInfo(one["id"], one.get("max_model_len"), one.get("root"))
            for one in listed
            if isinstance(one, dict) and isinstance(one.get("id"), str)
        ]

    async def version(self) -> str | None:
        """The server's version of vLLM, None when it has no such route."""
        try:
            found = (await self._get("/version")).get("version")
        except OmniError:
            return None
        return found if isinstance(found, str) else None

    async def openapi(self) -> dict[str, Any]:
        """The server's own description; empty when it gives none (--disable-fastapi-docs)."""
        try:
            return await self._get("/openapi.json")
        except NotFound:
            return {}

    async def metrics(self) -> str | None:
        """The Prometheus text, None when the server does not show it."""
        try:
            async with self._wire.open(WireCall("GET", "/metrics"), deadline=10, tries=1) as response:
                return (await response.aread()).decode("utf-8", "replace")
        except OmniError:
            return None

    async def capabilities(self, refresh: bool = False) -> Capabilities:
        """What this server can do, by tab; kept for a few seconds. Raises when the server cannot be asked."""
        now = time.monotonic()
        if self._seen and not refresh and now - self._seen[0] < FRESH:
            return self._seen[1]
        models, version, description = await asyncio.gather(self.models(), self.version(), self.openapi())
        routes = frozenset(description.get("paths") or ())
        found = Capabilities(judge(models, routes, self._stated, self.model), models, version, routes)
        self._seen, self._names = (now, found), (now, models)
        return found

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._wire.open(WireCall("GET", path), deadline=10, tries=1) as response:
            return await self._wire.read_json(response)

    async def _call(self, request: Request) -> WireCall:
        return request.wire(await self._model_for(request.tab))

    async def _model_for(self, tab: str) -> str | None:
        """The name to send. Left out where the server has one model: a wrong name is refused, none never is."""
        if self.model:
            return self.model
        now = time.monotonic()
        if not self._names or now - self._names[0] > LISTED:
            try:
                self._names = (now, await self.models())
            except OmniError:
                return None  # The call itself will say what is wrong.
        models = self._names[1]
        return judge(models, (), None)[tab].model if len(models) > 1 else None

    # Pictures

    async def images(
        self, request: ImageRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Pictures:
        """Pictures from words. Layered models give the layers of each picture one after the other."""
        return await _pictures.fetch(self._wire, await self._call(request), on_wait, deadline)
