"""What makes the asynchronous client usable without `await`: a thread with an event loop, and calls into it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from concurrent.futures import Future
from contextlib import aclosing
from copy import copy
from types import TracebackType
from typing import Self, TypeVar

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from anyio.streams.memory import MemoryObjectSendStream

from omni_ui.client.client import OmniClient
from omni_ui.client.connection.log import OnAnswer
from omni_ui.client.json_types import Json

T = TypeVar("T")
AHEAD = 64
"""Events of a stream that may wait for the reader; the stream is held up beyond that."""


class SyncBase:
    """Holds an `OmniClient` in a thread of its own. See `SyncOmniClient`."""

    def __init__(self, base_url: str, **options: object) -> None:
        self._manager = start_blocking_portal()
        self._portal: BlockingPortal = self._manager.__enter__()
        try:
            self._omni = self._run(lambda: _make(base_url, options))
        except BaseException:
            self._manager.__exit__(None, None, None)
            raise
        self._closed = False

    @property
    def address(self) -> str:
        """The server's address as it may be shown: without a password, without /v1."""
        return self._omni.address

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retries: int | None = None,
        headers: Mapping[str, str] | None = None,
        on_answer: OnAnswer | None = None,
    ) -> Self:
        """As `OmniClient.with_options`; `on_answer` is called in the client's own thread."""
        other = copy(self)
        other._omni = self._omni.with_options(timeout=timeout, retries=retries, headers=headers, on_answer=on_answer)
        other._closed = True  # the connections are this client's
        return other

    def close(self) -> None:
        """Closes the connections and ends the thread. More than once does no harm."""
        if not self._closed:
            self._closed = True
            try:
                self._run(self._omni.aclose)
            finally:
                self._manager.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, call: Callable[[], Awaitable[T]]) -> T:
        """The result of a call. Ctrl+C while it runs ends it at the server too."""
        future: Future[T] = self._portal.start_task_soon(_awaited, call)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _iterate(self, stream: Callable[[], AsyncGenerator[T]]) -> Generator[T, None, None]:
        """The events of a stream, which one task reads from its beginning to its end.

        An asynchronous generator must not be continued by another task than the one that began it: its time-out and
        its connection belong to that task.
        """
        send, receive = anyio.create_memory_object_stream[T](AHEAD)
        reading = self._portal.start_task_soon(_read, stream, send)
        try:
            while True:
                try:
                    event = self._run(receive.receive)
                except anyio.EndOfStream:
                    break
                yield event
            reading.result()  # what ended the stream, if that was an error
        finally:
            reading.cancel()


async def _make(base_url: str, options: Json) -> OmniClient:
    """The client, made inside the loop that it will use."""
    return OmniClient(base_url, **options)


async def _awaited(call: Callable[[], Awaitable[T]]) -> T:
    return await call()


async def _read(stream: Callable[[], AsyncGenerator[T]], send: MemoryObjectSendStream[T]) -> None:
    async with send, aclosing(stream()) as events:
        async for event in events:
            await send.send(event)
