"""One server: its client, its run queue, and what is known about it."""

import asyncio
import time
from dataclasses import dataclass, field

from omni_ui.client import Ability, Capabilities, ChatRequest, Health, Load, OmniClient, OmniError, Request, WireCall
from omni_ui.client.server.model_rules import IMAGES, as_pictures, not_taken, pictures_alone, unheeded
from omni_ui.client.server.schema import Fitted, RequestT
from omni_ui.client.tabs import REQUESTS
from omni_ui.core.limits import HostLimits
from omni_ui.core.open_answers import OpenAnswers
from omni_ui.core.reports.reports import Reports
from omni_ui.core.run_queue import RunQueue
from omni_ui.settings import Tab

FRESH = 5.0
"""Seconds for which the answer of a server about itself is taken as still true."""
PROBED = 60.0
"""Seconds for which it stays known whether a server streams videos."""
CLOSED = 60.0
"""Seconds after which a server is asked again that did not tell how busy it is."""


@dataclass(eq=False)
class Backend:
    """One server: its client, its line, and the last look at it. Shared by every tab and visitor that uses it."""

    url: str
    client: OmniClient
    gate: RunQueue
    demo: bool = False
    limits: HostLimits | None = None
    """What the host allows of a request; None allows all."""
    answers: OpenAnswers | None = None
    """Whose answers are read; None where nobody keeps count."""
    reports: Reports = field(default_factory=Reports)
    """Who is told of each run."""
    answered: float = -1e9
    """When a look last found it well, by the monotonic clock."""
    _seen: float = -1e9
    _health: Health | None = None
    _abilities: Capabilities | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _load: Load | None = None
    _counted: float = -1e9
    _counting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _streams: tuple[float, bool] = (-1e9, False)
    """When the server was asked whether it streams videos, and what it said."""
    _probing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _held: int = 0
    _left: bool = False

    @property
    def known_as(self) -> str:
        """What it is called in the store. The embedded one has another port each time."""
        return "demo" if self.demo else self.client.address

    @property
    def is_well(self) -> bool:
        """Whether the last look found it well."""
        return self._health is not None and self._health.ok

    def hold(self) -> None:
        """Keeps the client open for work that outlives the page; `let_go` when it is done."""
        self._held += 1

    async def let_go(self) -> None:
        self._held -= 1
        if self._left and not self._held:
            await self.client.aclose()

    async def leave(self) -> None:
        """No page uses it any more: closes the client, once nothing holds it."""
        self._left = True
        if not self._held:
            await self.client.aclose()

    async def look(self, fresh: float = FRESH) -> tuple[Health, Capabilities | None]:
        """Health and capabilities, at most `fresh` seconds old. One request serves all who ask at once."""
        async with self._looking:
            if self._health is None or time.monotonic() - self._seen > fresh:
                self._health = await self.client.health()
                try:
                    self._abilities = await self.client.capabilities() if self._health.ok else None
                except OmniError as error:  # it answers, but not as a vLLM-Omni server does, or it wants a key
                    self._health, self._abilities = Health(False, self._health.seconds, error.sentence), None
                self._seen = time.monotonic()
                if self._health.ok:
                    self.answered = self._seen
        return self._health, self._abilities

    def known_ability(self, tab: Tab) -> Ability | None:
        """What was seen at the last look, however long ago; None before the first one."""
        return self._abilities.modalities.get(tab) if self._abilities else None

    async def load(self, fresh: float = FRESH) -> Load | None:
        """How busy the server says it is, at most `fresh` seconds old; None where it does not say. For the page's
        light alone: no run waits for it."""
        async with self._counting:
            if time.monotonic() - self._counted > (fresh if self._load else max(fresh, CLOSED)):
                self._load = await self.client.load()
                self._counted = time.monotonic()
        return self._load

    async def streams_videos(self) -> bool:
        """Whether videos can be watched while they are made, as the server said in the last PROBED seconds."""
        async with self._probing:
            if time.monotonic() - self._streams[0] > PROBED:
                self._streams = (time.monotonic(), await self.client.streams_videos())
            return self._streams[1]

    @property
    def version(self) -> str | None:
        """The server's version at the last look."""
        return self._abilities.version if self._abilities else None

    async def fit(self, request: RequestT) -> Fitted[RequestT]:
        """The request as this server and its model need it; raises OmniError where it cannot be sent."""
        return await self.client.fit(request)

    def call_for(self, request: Request, model: str | None) -> WireCall:
        """The HTTP request as this server gets it, by the last look at it."""
        if self._abilities is None:
            return request.wire(model)
        schema, ability = self._abilities.schema, self._abilities.modalities.get("chat")
        if isinstance(request, ChatRequest) and pictures_alone(request, ability) and not schema.without(IMAGES):
            return schema.wire(as_pictures(request), model)
        return schema.wire(request, model)

    def lacks(self, tab: Tab) -> list[str]:
        """The wire names of a tab's settings without an effect on this server, by the last look at it."""
        if self._abilities is None:
            return []
        names = self._abilities.schema.lacking(REQUESTS[tab])
        return [*names, *(unheeded(self._abilities.modalities.get(tab)) if tab == "chat" else ())]

    def hides(self, tab: Tab) -> list[str]:
        """The wire names of a tab's settings that its model is known not to take, by the last look at the server."""
        return not_taken(tab, self._abilities.modalities.get(tab)) if self._abilities else []

    async def ability(self, tab: Tab) -> Ability | None:
        """What this server can do for a tab, None while it cannot be reached."""
        _, abilities = await self.look()
        return abilities.modalities.get(tab) if abilities else None
