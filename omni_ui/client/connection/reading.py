"""Reads answers: JSON, JSON with large media in it, pieces of a file, events. Long ones are read off the event loop."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TypeVar, cast

import httpx
from httpx_sse import EventSource, SSEError
from pydantic_core import from_json

from omni_ui.client.answers.arriving_json import ArrivingJson, OnMedium
from omni_ui.client.answers.valid_text import read_json, valid_values
from omni_ui.client.connection.connection_errors import TimedStream
from omni_ui.client.connection.packed import LONGEST_ANSWER, counted
from omni_ui.client.errors import BrokenAnswer, NotVllmOmni
from omni_ui.client.json_types import Json

LARGE = 1 << 23
"""Bytes from which a body is worth a connection of its own, see `TimedStream.read_wide`."""
OFF_LOOP = 256 * 1024
"""Characters of JSON above which parsing it would hold up other visitors; a thread does it."""

Piece = TypeVar("Piece", bytes, str)


class Reader:
    """The part of Transport that reads. address: as it may be shown."""

    address: str

    async def read_arriving(self, response: httpx.Response, on_medium: OnMedium | None = None) -> dict[str, object]:
        """The JSON object of an answer, with bytes where base64 stood under b64_json; decoded as it arrives."""
        arriving = ArrivingJson(on_medium)
        head = b""
        async with aclosing(self.pieces(response)) as pieces:
            async for piece in counted(pieces):
                head = head or piece[:64]
                arriving.feed(piece)
        in_thread = arriving.text_size > OFF_LOOP
        value = await asyncio.to_thread(_value_or_none, arriving) if in_thread else _value_or_none(arriving)
        return self._object(value, head)

    def _object(self, value: object, head: bytes) -> dict[str, object]:
        """The value when it is a JSON object; else the error that the beginning of the answer tells of."""
        if isinstance(value, dict):
            return value
        if value is None and head.lstrip()[:1] == b"{":
            raise BrokenAnswer("The server's answer is incomplete or not valid JSON.")
        raise NotVllmOmni(f"{self.address} is not a vLLM-Omni server.")

    def pieces(self, response: httpx.Response) -> AsyncGenerator[bytes]:
        """The body of a large answer, in pieces of any length, with as little work as possible."""
        network, stream = response.extensions.get("network_stream"), response.stream
        length = response.headers.get("content-length", "")
        coded = {"content-encoding", "transfer-encoding"} & set(response.headers)
        small = not length.isdecimal() or int(length) < LARGE
        if network is None or coded or small or not isinstance(stream, TimedStream):
            return as_generator(response.aiter_bytes())
        return stream.read_wide(network, int(length))

    async def read_json(self, response: httpx.Response) -> dict[str, object]:
        content = b"".join([piece async for piece in counted(response.aiter_bytes())])
        try:
            body = await asyncio.to_thread(_parse_json, content)
        except (ValueError, RecursionError):
            if content.lstrip()[:1] == b"{":
                raise BrokenAnswer("The server's answer is incomplete or not valid JSON.") from None
            raise NotVllmOmni(f"{self.address} is not a vLLM-Omni server.") from None
        if not isinstance(body, dict):
            raise NotVllmOmni(f"{self.address} is not a vLLM-Omni server.")
        return body

    async def events(self, response: httpx.Response, *, halves: bool = False) -> AsyncIterator[tuple[str, Json | None]]:
        """Server-sent events as (event name, parsed data); `[DONE]` is (name, None).

        halves: leaves halves of characters in the texts, for a caller that joins them across events.
        """
        response.encoding = "utf-8-sig"  # always UTF-8; a byte order mark would hide the first line
        try:
            async for event in EventSource(cast("httpx.Response", BoundedEvents(response))).aiter_sse():
                if event.data.strip() == "[DONE]":
                    yield event.event, None
                elif event.data:
                    yield event.event, await self._parse(event.data, halves)
        except SSEError:
            raise BrokenAnswer("The server was asked for a stream but sent something else.") from None

    async def _parse(self, data: str, halves: bool) -> dict[str, object]:
        try:
            parsed = json.loads(data) if len(data) < OFF_LOOP else await asyncio.to_thread(json.loads, data)
            parsed = parsed if halves else valid_values(parsed)
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise BrokenAnswer("A part of the server's stream is not JSON.")
        return parsed


class BoundedEvents:
    """A stream of events, none of which may grow without an end. It is what EventSource needs of a response."""

    def __init__(self, response: httpx.Response, most: int = LONGEST_ANSWER) -> None:
        self.headers = response.headers
        self._response = response
        self._most = most

    async def aiter_text(self) -> AsyncGenerator[str]:
        """The text as it comes. BrokenAnswer when more than `most` characters come without an empty line."""
        size, end = 0, ""
        async with aclosing(as_generator(self._response.aiter_text())) as pieces:
            async for piece in pieces:
                joined = (end + piece).replace("\r\n", "\n")
                last = joined.rfind("\n\n")
                size = len(joined) - last if last >= 0 else size + len(piece)
                if size > self._most:
                    raise BrokenAnswer(f"One event of the server's stream is longer than {self._most // 1_000_000} MB.")
                end = piece[-3:]
                yield piece


async def as_generator(pieces: AsyncIterator[Piece]) -> AsyncGenerator[Piece]:
    async for piece in pieces:
        yield piece


async def read_start(response: httpx.Response, most: int) -> bytes:
    """The first bytes of a body, at most so many; the rest is not read."""
    content = b""
    async with aclosing(as_generator(response.aiter_bytes(most))) as pieces:
        async for piece in pieces:
            content += piece
            if len(content) >= most:
                break
    return content[:most]


def _value_or_none(arriving: ArrivingJson) -> object:
    try:
        return arriving.finish()
    except (ValueError, RecursionError):
        return None


def _parse_json(content: bytes) -> object:
    """As json.loads, several times as fast for the megabytes of a picture. Half characters are left to `read_json`."""
    try:
        return from_json(content, cache_strings="none")
    except ValueError:
        return read_json(content, constants=True)
