"""Connections to a server that a visitor named: only to addresses that strangers may reach, looked up once.

The name is resolved before anything is sent, each address that it has is judged, and every later connection goes to the
one that was judged, so that a name which changes its address leads nowhere else. There is no proxy and no redirect.
"""

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

Address = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses within IPv6 (RFC 6052)."""
METADATA = {ip_address("168.63.129.16"), ip_address("192.0.0.192"), ip_address("100.100.100.200")}
"""Addresses of clouds' own services that are not in a private network by their number (Azure, Oracle, Alibaba)."""
LOOKUP = 3.0
"""Seconds that a name may take to be resolved."""


class NotAllowed(Exception):
    """An address that visitors may not send this page to, or that has none."""


class AddressRules:
    """Which addresses visitors may name. loopback: this machine too. listed: names, addresses and networks besides."""

    def __init__(self, listed: Iterable[str] = (), *, loopback: bool) -> None:
        self.loopback = loopback
        self.names: set[str] = set()
        self.networks = []
        for entry in listed:
            try:
                self.networks.append(ip_network(entry, strict=False))
            except ValueError:
                self.names.add(entry.lower().rstrip("."))

    def allows(self, address: Address, name: str = "") -> bool:
        """Whether a connection to this address may be made; `name` is the host as it was written."""
        inner = embedded(address)
        if name.lower().rstrip(".") in self.names or any(inner in network for network in self.networks):
            return True
        if inner.is_loopback:
            return self.loopback
        return is_public_address(address) and is_public_address(inner)


def embedded(address: Address) -> Address:
    """The IPv4 address within an IPv6 one (mapped, 6to4, Teredo, NAT64), else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64 or (address.packed[:12] == bytes(12) and int(address) > 1):
        return IPv4Address(address.packed[12:])
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def is_public_address(address: Address) -> bool:
    """Whether it belongs to the internet at large: not private, link-local, reserved, multicast or metadata."""
    special = (
        address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
        or address.is_reserved or address.is_unspecified or address in METADATA
    )  # fmt: skip
    if isinstance(address, IPv6Address):
        own_form = embedded(address) is not address and embedded(address) != address
        return not special or (own_form and is_public_address(embedded(address)))
    return not special and address.is_global


async def resolve(url: httpx.URL, rules: AddressRules) -> Address:
    """The address to connect to. NotAllowed when there is none, or when one of them may not be reached."""
    try:
        async with asyncio.timeout(LOOKUP):
            entries = await asyncio.get_running_loop().getaddrinfo(
                url.host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM
            )
    except (OSError, TimeoutError, UnicodeError):
        raise NotAllowed("The name has no address.") from None
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in entries]
    if not addresses or not all(rules.allows(address, url.host) for address in addresses):
        raise NotAllowed("This page may not connect there.")
    return addresses[0]


class PinnedTransport(httpx.AsyncBaseTransport):
    """Sends requests for one host to one address; requests for any other host fail."""

    def __init__(self, host: str, port: int | None, address: Address, limits: httpx.Limits) -> None:
        self.host, self.port, self.address = host, port, str(address)
        self._inner = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if (request.url.host, request.url.port) != (self.host, self.port):
            raise httpx.ConnectError("another host than the one that was judged", request=request)
        # The Host header was set from the name; TLS is checked against the name too (httpx "sni_hostname").
        request.extensions = {**request.extensions, "sni_hostname": self.host}
        request.url = request.url.copy_with(host=self.address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
