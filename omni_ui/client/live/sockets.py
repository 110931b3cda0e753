"""Websockets of a server: opened with its key, read as JSON events. No other module knows the library's errors."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websockets_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from omni_ui.client.answers.valid_text import valid_values
from omni_ui.client.connection.call_labels import label_headers
from omni_ui.client.connection.transport import Transport
from omni_ui.client.errors import BrokenAnswer, NotFound, NotReachable, NotVllmOmni, OmniError, ServerBusy, Unauthorized

Event = dict[str, Any]
"""An event of a live socket: an object of JSON."""
OPEN_TIMEOUT = 5.0
"""Seconds to wait for a connection."""
LARGEST_FRAME = 16 * 2**20
"""Bytes of one frame; uvicorn, which serves vLLM, closes on larger ones (WIRE.md 14)."""
SEND_TIMEOUT = 10.0
"""Seconds that a server may leave what is sent unread before the connection counts as dead."""


class _Connect(websockets_connect):
    """Follows no redirect: it would take the key, and a visitor's words, to a place that nobody judged."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class LiveSocket:
    """One open websocket. Events are JSON objects; binary frames come as bytes."""

    def __init__(self, connection: ClientConnection, address: str) -> None:
        self._connection, self._address = connection, address

    async def send(self, event: Event) -> None:
        """Raises NotReachable when the connection is gone."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._connection.send(json.dumps(event))
        except (ConnectionClosed, TimeoutError):
            raise self._gone() from None

    async def receive(self) -> Event | bytes:
        """The next event. NotReachable when the connection is gone, BrokenAnswer for what is not JSON."""
        try:
            message = await self._connection.recv()
        except ConnectionClosed:
            raise self._gone() from None
        if isinstance(message, bytes):
            return message
        try:
            event = valid_values(json.loads(message))
        except (ValueError, RecursionError):
            raise BrokenAnswer("The server sent an invalid message during the call.") from None
        if not isinstance(event, dict):
            raise BrokenAnswer("The server sent an invalid message during the call.")
        return event

    async def events(self) -> AsyncIterator[Event | bytes]:
        """All events until the connection is closed, in whatever way: most servers send no close frame (WIRE.md 14)."""
        while True:
            try:
                event = await self.receive()
            except NotReachable:
                return
            yield event

    def _gone(self) -> NotReachable:
        closing = self._connection.close_reason or ""
        return NotReachable(f"The connection to {self._address} was lost.", "Call again.", server_message=closing)

    async def aclose(self) -> None:
        try:
            async with asyncio.timeout(1):
                await self._connection.close()
        except TimeoutError:
            self._connection.transport.abort()


async def open_socket(wire: Transport, path: str, ahead: int = 64) -> LiveSocket:
    """Opens `path` (such as /v1/realtime) on the server of `wire`. ahead: frames that may wait to be read.

    Raises NotFound where the server has no such route, Unauthorized for a wrong key, ServerBusy, NotReachable.
    """
    url = str(wire.base).rstrip("/").replace("http", "ws", 1) + path
    pinned: Event = {} if wire.connect_to is None else {"host": wire.connect_to, "port": _port(wire)}
    trusted = wire.connect_to is None and wire.trusts_environment
    try:
        # The Host header and the check of TLS keep the name of the address, whatever it is connected to.
        connection = await _Connect(
            url,
            additional_headers={**label_headers(), **wire.socket_headers},
            open_timeout=OPEN_TIMEOUT,
            ping_interval=20,
            ping_timeout=20,
            max_size=LARGEST_FRAME,
            max_queue=ahead,
            compression=None,
            proxy=True if trusted else None,
            **pinned,
        )
    except InvalidStatus as refused:
        raise _refused(refused.response.status_code, wire.address) from None
    except (InvalidHandshake, WebSocketException):
        raise NotVllmOmni(f"{wire.address} does not support websockets.") from None
    except (OSError, TimeoutError):
        raise NotReachable(f"Nothing answers at {wire.address}.", sent=False) from None
    return LiveSocket(connection, wire.address)


def _port(wire: Transport) -> int:
    return wire.base.port or (443 if wire.base.scheme == "https" else 80)


def _refused(status: int, address: str) -> OmniError:
    if status in (401, 407):
        return Unauthorized("The server needs another key for live calls.", status=status)
    if status in (404, 405, 426, 501):
        return NotFound("This server does not support live calls.", status=status)
    if status in (429, 502, 503, 504):
        return ServerBusy("The server, or the proxy in front of it, refuses the connection for now.", status=status)
    # Starlette answers 403 when a websocket is refused before it is accepted, also for a route that is not there.
    return NotFound("This server does not accept live calls.", status=status)
