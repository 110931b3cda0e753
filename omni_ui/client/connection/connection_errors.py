"""httpx's errors as ours, around a call and around the reading of its answer."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Protocol

import httpcore
import httpx

from omni_ui.client.connection.packed import in_small_pieces
from omni_ui.client.errors import BrokenAnswer, NotReachable, NotVllmOmni, OmniError, TimedOut

WIDE = 1 << 20
"""Bytes of a large body that are read at once at most."""
CONNECT = 5.0
"""Seconds to wait for a connection."""


class NetworkStream(Protocol):
    """What is read of httpcore's AsyncNetworkStream."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes: ...


class PlainErrors:
    """A block whose httpx errors come out as ours. `started`: whether some of the answer had come."""

    def __init__(self, address: str, started: bool = False) -> None:
        self.address, self.started = address, started

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, (httpx.RequestError, httpx.StreamError, httpcore.NetworkError, TimeoutError)):
            raise self._ours(error) from None

    def _ours(self, error: BaseException) -> OmniError:
        if isinstance(error, httpx.ConnectTimeout):
            return NotReachable(f"Nothing answers at {self.address} (waited {CONNECT:.0f} s).", sent=False)
        if isinstance(error, (TimeoutError, httpx.TimeoutException)):
            return TimedOut("The server did not finish within the time limit.")
        if self.started:
            return BrokenAnswer("The connection was lost before the answer was complete.")
        if isinstance(error, httpx.ConnectError):
            if _caused_by(error, ssl.SSLError):
                return NotReachable(
                    f"No secure connection to {self.address}.",
                    "Check its certificate, or use http:// if it has none.",
                    permanent=True,
                    sent=False,
                )
            return NotReachable(f"Nothing answers at {self.address}.", sent=False)
        if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
            return NotVllmOmni(f"{self.address} is not a web server.")
        return NotReachable(
            f"The connection to {self.address} was lost before any answer.",
            "The server may already be working on it: check before you run it again.",
            server_message=str(error),
        )


class _Deadline:
    """One timer for all parts of a body: `asyncio.timeout_at` for each took a sixteenth of an answer's processor time.

    ends: loop time.
    """

    def __init__(self, ends: float) -> None:
        self._over = False
        self._waiting: asyncio.Task[object] | None = None
        self._timer = asyncio.get_running_loop().call_at(ends, self._expire)

    def _expire(self) -> None:
        self._over = True
        if self._waiting:
            self._waiting.cancel()

    async def next_of(self, parts: AsyncIterator[bytes]) -> bytes | None:
        """The next part, None after the last one. TimeoutError when the time is over."""
        if self._over:
            raise TimeoutError
        task = self._waiting = asyncio.current_task()
        assert task
        before = task.cancelling()
        try:
            return await anext(parts, None)
        except asyncio.CancelledError:
            if self._over and task.uncancel() <= before:
                raise TimeoutError from None
            raise
        finally:
            self._waiting = None

    def drop(self) -> None:
        """Nothing is waited for any more."""
        self._timer.cancel()


class TimedStream(httpx.AsyncByteStream):
    """A body that ends with TimedOut at `ends` (loop time), whatever pace it comes at. packed: see `packed`."""

    def __init__(
        self, inner: httpx.AsyncByteStream, ends: float, errors: Callable[[], PlainErrors], packed: bool = False
    ) -> None:
        self._inner, self._ends, self._errors, self._packed = inner, ends, errors, packed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = aiter(self._inner)
        guard = self._errors()
        guard.started = True
        deadline = _Deadline(self._ends)
        try:
            while True:
                with guard:
                    part = await deadline.next_of(parts)
                if part is None:
                    return
                if not self._packed:
                    yield part
                    continue
                for piece in in_small_pieces(part):
                    yield piece
                    await asyncio.sleep(0)  # others' turn: unpacking a piece takes milliseconds
        finally:
            deadline.drop()

    async def read_wide(self, network: NetworkStream, length: int) -> AsyncGenerator[bytes]:
        """The body in pieces as large as they come, read past httpx's layers: a third of the CPU time.

        network: the answer's `network_stream` (an extension of httpx). length: Content-Length. The first piece comes
        through httpx, with all that it has read already; the connection cannot be used again afterwards.
        """
        parts = aiter(self._inner)
        guard = self._errors()
        guard.started = True
        first = True
        while length:
            with guard:
                async with asyncio.timeout_at(self._ends):
                    part = await (anext(parts, b"") if first else network.read(min(length, WIDE), None))
            first = False
            length -= len(part)
            if not part or length < 0:
                raise BrokenAnswer("The connection was lost before the answer was complete.")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(cause, kind) for cause in _causes(error))
