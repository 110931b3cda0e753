"""Serving below a path, whether or not the proxy in front takes that path off the address."""

from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send


class SubPath:
    """ASGI middleware: takes `path` off the front of an address, unless a route of ours has the address as it stands.

    Both may begin alike (/omni, and our own /omni/status): then the proxy has taken the path off already.
    """

    def __init__(self, app: ASGIApp, path: str, routes: list[BaseRoute]) -> None:
        self.app = app
        self.path = path
        self.routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._is_ours(scope):
            scope = {**scope, "root_path": self.path}
        await self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        own = (route for route in self.routes if not isinstance(route, Mount))
        return any(route.matches(scope)[0] is not Match.NONE for route in own)
