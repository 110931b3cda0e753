"""Live talk with a visitor's own server: one judged address, no second lookup, no proxy, no redirect."""

import asyncio
from http import HTTPStatus

import pytest
from websockets.asyncio.server import serve

from omni_ui.client import NotFound, OmniClient
from omni_ui.client.live.sockets import open_socket
from omni_ui.core.backends import Backends
from omni_ui.core.servers.pinned_transport import NotAllowed
from omni_ui.settings import Settings


class Lines:
    """A server of websockets that notes what it is asked: as (path, Host)."""

    def __init__(self, redirect: str = "") -> None:
        self.asked: list[tuple[str, str]] = []
        self.redirect = redirect

    def _note(self, connection, request):
        self.asked.append((request.path, request.headers["Host"]))
        if self.redirect and request.path != "/elsewhere":
            answer = connection.respond(HTTPStatus.FOUND, "")
            answer.headers["Location"] = self.redirect
            return answer

    async def __aenter__(self):
        async def talk(socket):
            await socket.wait_closed()

        self.server = await serve(talk, "127.0.0.1", 0, process_request=self._note)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()


async def test_it_goes_to_the_address_that_was_judged_with_the_name_as_host(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Lines() as server:
        # The name has no address of its own: a second lookup would fail, and the proxy does not answer.
        omni = OmniClient(f"http://name.example:{server.port}", connect_to="127.0.0.1")
        socket = await open_socket(omni._wire, "/v1/realtime")
        await socket.aclose()
        await omni.aclose()
    assert server.asked == [("/v1/realtime", f"name.example:{server.port}")]


@pytest.mark.parametrize("pinned", [None, "127.0.0.1"])
async def test_no_redirect_is_followed(pinned):
    async with Lines(redirect="/elsewhere") as server:
        omni = OmniClient(f"http://127.0.0.1:{server.port}", connect_to=pinned)
        with pytest.raises(NotFound):
            await open_socket(omni._wire, "/v1/realtime")
        await omni.aclose()
    assert [path for path, _ in server.asked] == ["/v1/realtime"]


async def test_a_server_that_a_visitor_entered_is_looked_up_once_for_talk_too(monkeypatch):
    lookups = []
    loop = asyncio.get_running_loop()
    really = loop.getaddrinfo

    async def lookup(host, port, **more):
        lookups.append(host)
        # The second answer is another one, as of a name that is pointed elsewhere after it was judged.
        return await really("127.0.0.1" if lookups.count(host) == 1 else "192.0.2.1", port, **more)

    async with Lines() as server:
        backends = Backends(Settings(base_url="http://127.0.0.1:9", visitor_servers=True))
        monkeypatch.setattr(loop, "getaddrinfo", lookup, raising=False)
        backend = await backends.connect_for_visitor(f"http://moving.example:{server.port}")
        socket = await open_socket(backend.client._wire, "/v1/realtime")
        await socket.aclose()
        await backend.client.aclose()
    assert lookups.count("moving.example") == 1
    assert server.asked == [("/v1/realtime", f"moving.example:{server.port}")]


async def test_an_address_that_visitors_may_not_name_is_refused_before_anything_is_sent():
    async with Lines() as server:
        backends = Backends(Settings(base_url="http://127.0.0.1:9", public=True, visitor_servers=True))
        with pytest.raises(NotAllowed):
            await backends.connect_for_visitor(f"http://127.0.0.1:{server.port}")
    assert server.asked == []
