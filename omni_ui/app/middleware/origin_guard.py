"""Keeps other websites from acting in a visitor's name, and says to browsers what the page may do.

A browser tells which site a request comes from (Sec-Fetch-Site), or at least which origin (Origin); requests of other
sites are refused, except that they may open the page. The Host header must be a name that the host knows, or another
site could get in by letting its own name point here. Programs send neither header, and are let through.
"""

import ipaddress
import socket
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omni_ui.app.route_table import is_served

OTHER_SITE = "Another website asked for this: only the page itself may."
OPENED = ("", "/", "/omni/login", "/omni/login/callback")
"""What another site may open: the page, where it leads a visitor who has to sign in, and where they come back to."""
WILDCARDS = ("0.0.0.0", "::")
PORTS = {"http": ":80", "https": ":443"}


class AllowedHosts:
    """The names under which the app is served.

    names: what the host lists; `*` is any, `.example.com` is that name and all below it. listen: the address that is
    listened on. Names of loopback are always allowed. Where all addresses are listened on, so is any address that is
    written as numbers: a name that points here is what another site would need.
    """

    def __init__(self, names: Iterable[str], listen: str) -> None:
        self._names = {name.lower() for name in names} | {listen.lower()}
        self._any_number = listen in WILDCARDS
        if self._any_number:
            self._names.add(socket.gethostname().lower())

    def allow(self, host: str) -> bool:
        """host: as in the header, with or without a port."""
        name = name_of(host)
        if "*" in self._names or name in self._names or name == "localhost" or name.endswith(".localhost"):
            return True
        if any(entry.startswith(".") and f".{name}".endswith(entry) for entry in self._names):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or self._any_number


def name_of(host: str) -> str:
    """The name in a Host header: without the port, the brackets of IPv6, and a last dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


class OriginGuard:
    """ASGI middleware around everything: 403 for other sites and unknown hosts, 404 for routes that nobody needs.

    root_path: below which the page is served. ancestors: sites that may show the page in a frame. login: whether
    visitors sign in. mcp: whether agents are served. metrics: whether Prometheus is.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: AllowedHosts,
        root_path: str = "",
        ancestors: str = "'self'",
        login: bool = False,
        mcp: bool = False,
        metrics: bool = False,
    ) -> None:
        self.app = app
        self._hosts = hosts
        self._root = root_path
        self._ancestors = ancestors
        self._ways = {"login": login, "mcp": mcp, "metrics": metrics}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if self._refusal(scope, Headers(scope=scope)) or not self._is_served(scope["path"]):
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(raw=message["headers"]))
            await send(message)

        headers = Headers(scope=scope)
        if sentence := self._refusal(scope, headers):
            await JSONResponse({"detail": sentence}, 403)(scope, receive, protect)
        elif not self._is_served(scope["path"]):
            await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, protect)
        else:
            await self.app(scope, receive, protect)

    def _below_root(self, path: str) -> str:
        return path[len(self._root) :] if self._root and f"{path}/".startswith(f"{self._root}/") else path

    def _is_served(self, path: str) -> bool:
        """Both as the proxy leaves the path and as it would be without the part that the page is served under."""
        return any(is_served(way, **self._ways) for way in (path, self._below_root(path)))

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        """Why a request is refused; "" when it is not."""
        host, forwarded = headers.get("host", ""), headers.get("x-forwarded-host", "").partition(",")[0].strip()
        for name in filter(None, (host, forwarded)):
            if not self._hosts.allow(name):
                return (
                    f"This app is not served under the name {name_of(name)[:100]}: "
                    "its host can add it to OMNI_ALLOWED_HOSTS."
                )
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            opens_page = (
                scope.get("method") in ("GET", "HEAD")
                and headers.get("sec-fetch-mode") == "navigate"
                and self._below_root(scope["path"]) in OPENED
            )
            return "" if site in ("same-origin", "none") or opens_page else OTHER_SITE
        if origin is None:
            return ""
        scheme, _, place = origin.lower().partition("://")
        own = {name.lower().removesuffix(PORTS.get(scheme, "")) for name in (host, forwarded) if name}
        return "" if place.removesuffix(PORTS.get(scheme, "")) in own else OTHER_SITE

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Content-Security-Policy", f"frame-ancestors {self._ancestors}")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
