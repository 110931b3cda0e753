"""What can be asked of a server without having it make anything, and what is remembered of the answers."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import httpx

from omni_ui.client.closing import AsyncClosing
from omni_ui.client.connection.packed import read_whole
from omni_ui.client.connection.transport import ServerSigns, Transport
from omni_ui.client.errors import BadRequest, NotFound, NotReachable, OmniError, TimedOut, Unauthorized
from omni_ui.client.gateway import dynamo, openai_like
from omni_ui.client.gateway.gateways import DYNAMO, LITELLM, PRODUCTION_STACK, gateway_of_description
from omni_ui.client.gateway.openai_like import OPENAI_SCHEMA, VOICE, is_openai_like
from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import Request, WireCall
from omni_ui.client.server.discovery import Ability, Capabilities, ModelInfo, judge, read_models
from omni_ui.client.server.listed_models import ListedModels
from omni_ui.client.server.load import Load, read_load
from omni_ui.client.server.model_rules import adapt, depends_on_model
from omni_ui.client.server.schema import UNKNOWN, Fitted, RequestT, ServerSchema, read_schema

METRICS = 5_000_000
"""Bytes of the server's metrics that are read at most."""
FRESH = 5.0
"""Seconds for which capabilities are taken as still true."""
LISTED = 20.0
"""Seconds for which the names of the models are; each call names one."""
DESCRIBED = 300.0
"""Seconds for which a server's description of its fields is: 0.3 MB, and the same until a server is replaced."""


@dataclass(frozen=True)
class Health:
    """ok: the server answers and is well. seconds: how long that took. detail: a sentence when it is not ok."""

    ok: bool
    seconds: float
    detail: str = ""


class Server(AsyncClosing):
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
        headers: Mapping[str, str] | None = None,
        connect_to: str | None = None,
    ) -> None:
        self.model = model
        self._wire = Transport(base_url, api_key, timeout, http, headers, connect_to)
        self._stated = None if abilities is None else frozenset(abilities)
        self._seen: tuple[float, Capabilities] | None = None
        self._names: tuple[float, ListedModels] | None = None
        self._schema: tuple[float, str | None, ServerSchema] | None = (
            (float("inf"), None, schema) if schema is not None else None
        )
        self._heard: tuple[float, list[ModelInfo]] | None = None
        """What the last look at the health read, for the look at the capabilities that follows it."""

    @property
    def address(self) -> str:
        """The server's address as it may be shown: without a password, without /v1."""
        return self._wire.address

    @property
    def signs(self) -> ServerSigns:
        """What the answers so far say about the connection to the server."""
        return self._wire.signs

    async def workers(self) -> int | None:
        """How many servers a vllm-router names (GET /list_workers, src/server.rs); None when none answers so."""
        try:
            urls = (await self._get("/list_workers", 5)).get("urls")
        except OmniError:
            return None
        return len(urls) if isinstance(urls, list) else None

    async def litellm_version(self) -> str | None:
        """The version in LiteLLM's answer to /health/readiness, None when there is none."""
        try:
            version = (await self._get("/health/readiness", 5)).get("litellm_version")
        except OmniError:
            return None
        return version if isinstance(version, str) else None

    @property
    def scattered(self) -> bool:
        """Whether the answers so far come from several replicas, each with its own jobs."""
        return self._wire.signs.scattered

    def note_replicas(self) -> None:
        """Keeps in mind that a job was unknown to one answer and known to another."""
        self._wire.signs.scattered = True

    async def aclose(self) -> None:
        await self._wire.aclose()

    async def health(self, timeout: float = 2.0) -> Health:
        """Whether the server answers, in at most `timeout` seconds. Never raises, and costs no GPU time anywhere.

        The list of models is asked, not /health: LiteLLM's calls every model (docs.litellm.ai/docs/proxy/health).
        A server that wants another key is well. Where LiteLLM answers, its own readiness is asked too.
        """
        began = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                self._heard = (time.monotonic(), await self._ask_models(timeout))
                if self._wire.signs.gateway is LITELLM:
                    await self._get("/health/readiness", timeout)
        except (Unauthorized, NotFound):
            pass
        except OmniError as error:
            return Health(False, time.monotonic() - began, error.sentence)
        except TimeoutError:
            return Health(False, time.monotonic() - began, f"{self.address} did not answer within {timeout:.0f} s.")
        return Health(True, time.monotonic() - began)

    async def models(self) -> list[ModelInfo]:
        """The models that the server lists."""
        return await self._ask_models()

    async def _ask_models(self, timeout: float = 10.0) -> list[ModelInfo]:
        models = read_models(await self._get("/v1/models", timeout))
        self._names = (time.monotonic(), ListedModels(models, self._stated, self.model))
        return models

    async def version(self) -> str | None:
        """The server's version of vLLM, None when it has no such route."""
        try:
            version = (await self._get("/version")).get("version")
        except OmniError:
            return None
        return version if isinstance(version, str) else None

    async def openapi(self) -> Json:
        """The server's own description; empty when it gives none (--disable-fastapi-docs)."""
        try:
            description = await self._get("/openapi.json")
        except NotFound:
            return {}
        if gateway := gateway_of_description(description):
            self._wire.signs.gateway = gateway
        return description

    async def metrics(self, timeout: float = 10.0) -> str | None:
        """The Prometheus text, None when the server does not show it."""
        try:
            async with self._wire.open(WireCall("GET", "/metrics"), deadline=timeout, tries=1) as response:
                return (await read_whole(response, METRICS)).text
        except OmniError:
            return None

    async def load(self, timeout: float = 2.0) -> Load | None:
        """How busy the server is, None when it does not answer within `timeout` seconds. Never raises."""
        text = await self.metrics(timeout)
        return read_load(text) if text else None

    async def capabilities(self, refresh: bool = False) -> Capabilities:
        """What this server can do, by tab; kept for a few seconds. Raises when the server cannot be asked."""
        now = time.monotonic()
        if self._seen and not refresh and now - self._seen[0] < FRESH:
            return self._seen[1]
        heard, self._heard = self._heard, None
        fresh = heard is not None and not refresh and now - heard[0] < FRESH
        models = heard[1] if heard and fresh else await self._ask_models()
        version = await self.version()
        schema = await self.schema(version, refresh)
        loras = dynamo.loras_of(models)
        bases = [listed for listed in models if listed.id not in loras] or models
        abilities = judge(bases, schema.routes, self._stated, self.model)
        if loras:
            abilities = {
                tab: replace(ability, detail={**ability.detail, "loras": loras}) for tab, ability in abilities.items()
            }
        if schema is OPENAI_SCHEMA:
            abilities = {tab: _with_note(ability, tab) for tab, ability in abilities.items()}
        # production-stack answers /version with its own.
        stated = None if self._wire.signs.gateway is PRODUCTION_STACK else version
        capabilities = Capabilities(abilities, models, stated, schema.routes, schema)
        self._seen = (now, capabilities)
        return capabilities

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
        if self._wire.signs.gateway is DYNAMO:
            schema = dynamo.dynamo_schema(schema.routes)
        elif await self._is_openai_like(schema.routes):
            schema = OPENAI_SCHEMA
        self._schema = (now, version, schema)
        return schema

    async def fit(self, request: RequestT) -> Fitted[RequestT]:
        """The request as this server and its model need it, and which settings were left out since it drops them.

        BadRequest for a file that it would drop.
        """
        fitted = (await self.schema()).fit(request)
        return adapt(fitted, await self.known_ability(request.tab)) if depends_on_model(request) else fitted

    async def _get(self, path: str, timeout: float = 10.0) -> dict[str, object]:
        async with self._wire.open(WireCall("GET", path), deadline=timeout, tries=1) as response:
            return await self._wire.read_json(response)

    async def _is_openai_like(self, routes: frozenset[str]) -> bool:
        try:
            models = (await self._listed()).models
        except OmniError:
            return False
        return is_openai_like(models, routes, self._wire.signs.gateway)

    async def _call(self, request: Request) -> WireCall:
        request = (await self.fit(request)).request
        schema, model = await self.schema(), await self._model_for(request.tab)
        if self._wire.signs.gateway is DYNAMO:
            loras = dynamo.loras_of(self._names[1].models if self._names else ())
            call = dynamo.wire(request, schema, model, loras)
            return call or request.wire(model)
        call = schema.wire(request, model)
        return openai_like.adapt(call) if schema is OPENAI_SCHEMA else schema.with_metrics(call)

    async def _listed(self) -> ListedModels:
        """The models that the server lists, as read in the last LISTED seconds."""
        if not self._names or time.monotonic() - self._names[0] > LISTED:
            await self._ask_models()
        assert self._names
        return self._names[1]

    async def known_ability(self, tab: str) -> Ability | None:
        """What the listed models can do for a tab, by a list at most a minute old; None when there is none."""
        try:
            return (await self._listed()).abilities[tab]
        except OmniError:
            return None

    async def _model_for(self, tab: str) -> str | None:
        """The name to send, always one that the server lists: gateways refuse a request without (production-stack).

        None only when the list cannot be had; then the call itself says what is wrong. BadRequest when the server has
        several models and none is for this.
        """
        if self.model:
            return self.model
        try:
            listed = await self._listed()
        except OmniError:
            return None
        models = listed.bases
        if not models:
            return None
        ability = listed.base_abilities[tab]
        if len(models) > 1 and ability.model is None:
            raise BadRequest(ability.reason, "Choose a model with OMNI_MODEL, or use another server.")
        return ability.model or models[0].id

    async def _route(self, *paths: str) -> str:
        """The first of these that the server has; the first of all when it does not tell."""
        routes = (await self.schema()).routes
        return next((path for path in paths if path in routes), paths[0])


def _with_note(ability: Ability, tab: str) -> Ability:
    if not ability.can:
        return ability
    reason = f"{ability.reason} This is no vLLM-Omni server: only OpenAI's own settings are sent."
    if tab == "speech":
        reason = f"{reason} Without a voice, {VOICE} speaks."
    return replace(ability, reason=reason)
