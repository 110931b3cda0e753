"""Which server each tab talks to: those of the host, and those that visitors entered."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from omni_ui.client import OmniClient, OmniError, Request, WireCall, read_address, read_headers
from omni_ui.client.connection.connection_errors import CONNECT
from omni_ui.client.connection.transport import LIMITS
from omni_ui.client.json_types import Json
from omni_ui.core.limits import HostLimits
from omni_ui.core.open_answers import OpenAnswers
from omni_ui.core.reports.reports import Reports
from omni_ui.core.run_queue import FairShare, RunQueue
from omni_ui.core.servers.backend import Backend
from omni_ui.core.servers.pinned_transport import AddressRules, NotAllowed, PinnedTransport, resolve
from omni_ui.core.serving.page_push import OpenPages
from omni_ui.settings import TABS, Settings, Tab


class Backends:
    """The servers of this app, one for each tab, and those that a visitor entered for a session.

    Made by the app, started and closed with it, and passed to whoever needs it.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = HostLimits(settings)
        self.answers = OpenAnswers()
        self.reports = Reports()
        self.pages = OpenPages()
        self.is_open: Callable[[str], bool] = bool
        """Whether the page of a session is open, so that it will be told when that ends; set by the app."""
        self.share = FairShare(*settings.runs_per_visitor, int(self.limits.caps.get("runs", 0)) or None)
        self.rules = AddressRules(settings.listed_hosts, loopback=not settings.public)
        self._by_tab: dict[Tab, Backend] = {}
        self.listener: Backend | None = None
        """The server of OMNI_LISTEN_URL."""
        self._voices: dict[str, list[tuple[Backend, str]]] = {}
        self._sessions: dict[str, dict[Tab, Backend]] = {}

    def start(self, demo_url: str | None = None) -> None:
        """Makes a client for each server; tabs with the same address, key and model share one."""
        shared: dict[tuple[str, str | None, str | None], Backend] = {}
        for tab in TABS:
            url, key, model = self.settings.server_for(tab)
            demo = demo_url is not None
            address = demo_url if demo else url
            if address is None:
                continue
            backend = shared.get((address, key, model)) or self.connect(address, key, model, demo=demo)
            shared[address, key, model] = self._by_tab[tab] = backend
        if url := self.settings.listen_url:  # beside the demo too
            secret, model = self.settings.listen_api_key, self.settings.listen_model
            key = secret.get_secret_value() if secret else None
            self.listener = shared.get((url, key, model)) or self.connect(url, key, model)

    async def connect_for_visitor(self, url: str, key: str | None = None) -> Backend:
        """A backend for an address that a visitor entered: looked up once, and never anywhere else.

        ValueError says what is wrong with the address as it is written, NotAllowed that visitors may not go there.
        """
        base = read_address(url)
        if base.userinfo:
            raise NotAllowed("An address with a password in it.")
        address = await resolve(base, self.rules)
        # As the client's own (omni_ui/client/connection/transport.py), without the environment's proxy.
        http = httpx.AsyncClient(
            transport=PinnedTransport(base.host, base.port, address, LIMITS),
            timeout=httpx.Timeout(self.settings.timeout, connect=CONNECT, pool=None),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
        return self.connect(url, key, stated=False, http=http, connect_to=str(address))

    def connect(
        self,
        url: str,
        key: str | None = None,
        model: str | None = None,
        *,
        demo: bool = False,
        stated: bool = True,
        http: httpx.AsyncClient | None = None,
        connect_to: str | None = None,
    ) -> Backend:
        """A backend for an address. ValueError says what is wrong with it.

        connect_to: the address that its websockets go to, the one that `http` goes to.

        stated: whether the host named this server, so that what it states of its abilities and its OMNI_HEADERS hold.
        """
        abilities = (self.settings.abilities or "").replace(",", " ").split() if stated and not demo else []
        headers = self.settings.headers if stated and not demo else None
        client = OmniClient(
            url,
            api_key=key,
            model=model,
            timeout=self.settings.timeout,
            abilities=abilities or None,
            http=http,
            connect_to=connect_to,
            headers=read_headers(headers.get_secret_value()) if headers else None,
        )
        queue = RunQueue(self.settings.max_concurrency, self.share)
        return Backend(url, client, queue, demo, self.limits, self.answers, self.reports)

    def for_tab(self, tab: Tab, session: str | None = None) -> Backend | None:
        """The server of a tab in this session; None when the host named none for it."""
        own = self._sessions.get(session or "", {})
        return own.get(tab) or self._by_tab.get(tab)

    def all(self) -> list[Backend]:
        """Each server of the host once."""
        return list(dict.fromkeys([*self._by_tab.values(), *([self.listener] if self.listener else [])]))

    async def adopt(self, session: str, tabs: list[Tab], backend: Backend | None) -> None:
        """Sends tabs of one session to a server of the visitor's own, or back to the host's with None."""
        own = self._sessions.setdefault(session, {})
        left = {own.pop(tab) for tab in tabs if tab in own}
        if backend:
            own.update(dict.fromkeys(tabs, backend))
        for old in left - set(own.values()):
            await old.leave()

    async def forget(self, session: str) -> None:
        """A visitor has left: closes what that session had opened."""
        for backend, name in self._voices.pop(session, []):
            with suppress(OmniError):  # its mark keeps it from all others
                await backend.client.delete_voice(name)
        for backend in set(self._sessions.pop(session, {}).values()):
            await backend.leave()

    def note_voice(self, session: str, backend: Backend, name: str) -> None:
        """A voice that is removed from the server when this session ends."""
        self._voices.setdefault(session, []).append((backend, name))

    async def close(self) -> None:
        for session in [*self._sessions, *self._voices]:
            await self.forget(session)
        for backend in self.all():
            await backend.client.aclose()

    def redact_address(self, text: str, backend: Backend | None) -> str:
        """A sentence for visitors: without the server's address where the host does not show it."""
        if backend is None or self.settings.addresses_shown:
            return text
        return text.replace(backend.client.address, "its address")

    def call_for(self, tab: Tab, session: str | None, request: Request, model: str | None) -> WireCall:
        """The HTTP request as a tab's server gets it."""
        backend = self.for_tab(tab, session)
        return backend.call_for(request, model) if backend else request.wire(model)

    def shown_address(self, tab: Tab, session: str | None = None) -> str | None:
        """The address of a tab's server for code that runs as pasted; None where the host does not show it."""
        backend = self.for_tab(tab, session)
        return backend.client.address if backend and self.settings.addresses_shown else None

    async def status(self, session: str | None = None) -> Json:
        """What the page shows of each tab's server."""
        looks = await asyncio.gather(*(self._status_of(tab, session) for tab in TABS))
        return dict(zip(TABS, looks, strict=True))

    async def _status_of(self, tab: Tab, session: str | None) -> dict[str, object]:
        backend = self.for_tab(tab, session)
        if backend is None:
            return {
                "state": "none",
                "reason": f"No server is set for this tab: set OMNI_BASE_URL or OMNI_{tab.upper()}_URL.",
            }
        health, abilities = await backend.look()
        ability = abilities.modalities.get(tab) if abilities else None
        state = "down"
        if health.ok:
            busy = backend.gate.waiting > 0
            state = "demo" if backend.demo else "busy" if busy else "ready"
        seen: dict[str, object] = {
            "state": state,
            "can": bool(ability and ability.can),
            "model": ability.model if ability else None,
            "reason": self.redact_address(ability.reason if ability else health.detail, backend),
            "start": getattr(ability, "start", None),
            "running": backend.gate.running,
            "waiting": backend.gate.waiting,
        }
        if health.ok and (lacks := backend.lacks(tab)):
            seen["lacks"] = lacks
        if health.ok and (hides := backend.hides(tab)):
            seen["hides"] = hides
        if tab == "chat" and ability and not ability.guess and "inputs" in ability.detail:
            seen["takes"] = ability.detail["inputs"]
            seen["makes"] = ability.detail["outputs"]
        if health.ok and (load := await backend.load()):
            seen["load"] = {"running": load.running, "waiting": load.waiting}
        if self.settings.addresses_shown and not backend.demo:
            seen["address"] = backend.client.address
        return seen
