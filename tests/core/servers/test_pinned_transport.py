"""Where visitors may send this page: judged by address in every spelling, looked up once, no proxy, no redirect."""

import asyncio
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import httpx
import pytest

from omni_ui.core.servers.pinned_transport import AddressRules, NotAllowed, PinnedTransport, resolve

PUBLIC = AddressRules(loopback=False)
OWN_MACHINE = AddressRules(loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "2002:a00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::127.0.0.1", "2001:0:0:0:0:0:80ff:fffe",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_internet_are_refused(address):
    assert not PUBLIC.allows(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_allowed(address):
    assert PUBLIC.allows(ip_address(address))


def test_the_host_lists_names_addresses_and_networks():
    rules = AddressRules(["10.1.0.0/16", "192.168.7.7", "GPU.lan"], loopback=False)
    assert rules.allows(ip_address("10.1.9.9"))
    assert rules.allows(ip_address("::ffff:10.1.9.9"))
    assert not rules.allows(ip_address("10.2.0.1"))
    assert rules.allows(ip_address("192.168.7.7"))
    assert rules.allows(ip_address("192.168.9.9"), "gpu.lan")
    assert not rules.allows(ip_address("192.168.9.9"), "gpu.lan.other")


def test_the_own_machine_is_allowed_on_a_private_one_and_its_network_is_not():
    assert OWN_MACHINE.allows(ip_address("127.0.0.1"))
    assert OWN_MACHINE.allows(ip_address("::1"))
    assert OWN_MACHINE.allows(ip_address("::ffff:127.0.0.1"))
    assert not OWN_MACHINE.allows(ip_address("192.168.1.1"))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]"]
)
async def test_every_spelling_of_this_machine_is_refused(host):
    with pytest.raises((NotAllowed, httpx.InvalidURL)):
        await resolve(httpx.URL(f"http://{host}:8091"), PUBLIC)


async def test_one_bad_address_of_a_name_is_enough(monkeypatch):
    async def both(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both, raising=False)
    with pytest.raises(NotAllowed):
        await resolve(httpx.URL("http://two.example"), PUBLIC)


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.hosts.append(self.headers["Host"])
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    server.hosts = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


async def test_it_connects_to_the_address_that_was_judged_with_the_name_as_host(echo, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    port = echo.server_port
    pinned = PinnedTransport("name.example", port, ip_address("127.0.0.1"), httpx.Limits())
    async with httpx.AsyncClient(transport=pinned, trust_env=False) as http:
        # The name has no address of its own: a second lookup would fail.
        assert (await http.get(f"http://name.example:{port}/")).status_code == 200
        assert (await http.get(f"http://name.example:{port}/away")).status_code == 302, "no redirect is followed"
        assert echo.hosts == [f"name.example:{port}"] * 2
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://127.0.0.1:{port}/")
