"""What can be asked of a server without having it make anything, and what is remembered of the answers."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from omni_ui.client.discovery import Capabilities, ModelInfo, judge
from omni_ui.client.errors import BrokenAnswer, NotFound, NotReachable, NotVllmOmni, OmniError, TimedOut
from omni_ui.client.load import Load, read_load
from omni_ui.client.requests.base import Request, WireCall
from omni_ui.client.schema import UNKNOWN, Fitted, RequestT, ServerSchema, read_schema
from omni_ui.client.transport import Transport

FRESH = 5.0
"""Seconds for which capabilities are taken as still true."""
LISTED = 60.0
"""Seconds for which the names of the models are; they are looked up before a call when a server has several."""
DESCRIBED = 300.0
"""Seconds for which a server's description of its fields is: 0.3 MB, and the same until a server is replaced."""


@dataclass(frozen=True)
class Health:
    """ok: the server answers and is well. seconds: how long that took. detail: a sentence when it is not ok."""

    ok: bool
    seconds: float
    detail: str = ""


class Server:
    """The part of OmniClient that asks; see there."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        model: str | None = None,
        timeout: float = 1800.0,
        abilities: Iterable[str] | None = None,
        schema: ServerSchema | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.model = model
        self._wire = Transport(base_url, api_key, timeout, http)
        self._stated = None if abilities is None else frozenset(abilities)
        self._seen: tuple[float, Capabilities] | None = None
        self._names: tuple[float, list[ModelInfo]] | None = None
        self._schema: tuple[float, str | None, ServerSchema] | None = (
            (float("inf"), None, schema) if schema is not None else None
        )

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

    async def health(self, timeout: float = 2.0) -> Health:
        """Whether the server is well, in at most `timeout` seconds. Never raises."""
        began = time.monotonic()
        try:
            async with self._wire.open(WireCall("GET", "/health"), deadline=timeout, tries=1) as response:
                await response.aread()
                # vLLM-Omni answers JSON and plain vLLM nothing; a page for people comes from some other server.
                if "html" in response.headers.get("content-type", ""):
                    raise NotVllmOmni(f"What answers at {self.address} is a web page.")
        except OmniError as error:
            return Health(False, time.monotonic() - began, error.sentence)
        return Health(True, time.monotonic() - began)

    async def models(self) -> list[ModelInfo]:
        """The models that the server lists."""
        body = await self._get("/v1/models")
        listed = body.get("data")
        if not isinstance(listed, list):
            raise BrokenAnswer("The server's list of models is not one.")
        return [
            ModelInfo(one["id"], one.get("max_model_len"), one.get("root"), one.get("description"))
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

    async def metrics(self, timeout: float = 10.0) -> str | None:
        """The Prometheus text, None when the server does not show it."""
        try:
            async with self._wire.open(WireCall("GET", "/metrics"), deadline=timeout, tries=1) as response:
                return (await response.aread()).decode("utf-8", "replace")
        except OmniError:
            return None

    async def load(self, timeout: float = 2.0) -> Load | None:
        """How busy the server is, None when it does not tell within `timeout` seconds. Never raises."""
        text = await self.metrics(timeout)
        return read_load(text) if text else None

    async def capabilities(self, refresh: bool = False) -> Capabilities:
        """What this server can do, by tab; kept for a few seconds. Raises when the server cannot be asked."""
        now = time.monotonic()
        if self._seen and not refresh and now - self._seen[0] < FRESH:
            return self._seen[1]
        models = await self.models()
        version = await self.version()
        schema = await self.schema(version, refresh)
        abilities = judge(models, schema.routes, self._stated, self.model)
        found = Capabilities(abilities, models, version, schema.routes, schema)
        self._seen, self._names = (now, found), (now, models)
        return found

    async def schema(self, version: str | None = None, refresh: bool = False) -> ServerSchema:
        """What this server's routes take; empty when it does not tell. Never raises.

        version: the server's, when it was just asked: another one than at the last look means another server.
        """
        now = time.monotonic()
        kept = None if refresh else self._schema
        if kept and now - kept[0] < DESCRIBED and (version is None or kept[1] in (None, version)):
            self._schema = (kept[0], version or kept[1], kept[2])
            return kept[2]
        try:
            schema = await asyncio.to_thread(read_schema, await self.openapi())
        except (NotReachable, TimedOut):
            return UNKNOWN  # asked again next time: the call itself will say what is wrong
        except OmniError:
            schema = UNKNOWN
        self._schema = (now, version, schema)
        return schema

    async def fit(self, request: RequestT) -> Fitted[RequestT]:
        """The request without settings that this server would drop, and which those are; BadRequest for a file."""
        return (await self.schema()).fit(request)

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._wire.open(WireCall("GET", path), deadline=10, tries=1) as response:
            return await self._wire.read_json(response)

    async def _call(self, request: Request) -> WireCall:
        return (await self.schema()).wire(request, await self._model_for(request.tab))

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

    async def _route(self, *paths: str) -> str:
        """The first of these that the server has; the first of all when it does not tell."""
        routes = (await self.schema()).routes
        return next((path for path in paths if path in routes), paths[0])
