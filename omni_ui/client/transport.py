"""Sends a WireCall and hands back the answer: tries, deadline, key, files. No other module knows httpx's errors."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import tenacity
from httpx_sse import EventSource, SSEError
from pydantic_core import from_json

from omni_ui.client.answers.failures import error_from
from omni_ui.client.answers.formats import replace_files, type_of_file
from omni_ui.client.errors import BadRequest, BrokenAnswer, NotReachable, NotVllmOmni, OmniError, ServerBusy, TimedOut
from omni_ui.client.requests.base import WireCall
from omni_ui.client.requests.files import as_text
from omni_ui.client.valid_text import read_json, valid_values

TRIES = 4
CONNECT = 5.0
"""Seconds to wait for a connection."""
KEEP_ALIVE = 4.0
"""Seconds that an idle connection is kept: less than the 5 s after which the server closes it (WIRE.md 2)."""
OFF_LOOP = 256 * 1024
"""Characters of JSON above which parsing it would hold up other visitors; a thread does it."""


@dataclass(frozen=True)
class Wait:
    """A pause before another try: how long, why (one sentence), and the number of the try that failed (from 1)."""

    seconds: float
    reason: str
    attempt: int


OnWait = Callable[[Wait], None]


class Transport:
    """The way to one server. `timeout` is in seconds and covers a whole call, with its tries and its answer."""

    def __init__(self, base_url: str, api_key: str | None, timeout: float, http: httpx.AsyncClient | None) -> None:
        self.base = read_address(base_url)
        self.address = str(self.base.copy_with(userinfo=b"")).rstrip("/")
        self.timeout = timeout
        self._key = read_key(api_key)
        self._http = http or httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=CONNECT, pool=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEEP_ALIVE),
            # A proxy of the environment cannot reach this machine's own servers.
            trust_env=self.base.host not in ("localhost", "127.0.0.1", "::1"),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    @asynccontextmanager
    async def open(
        self,
        call: WireCall,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        headers: dict[str, str] | None = None,
        tries: int = TRIES,
    ) -> AsyncGenerator[httpx.Response]:
        """The answer, its body unread. Leaving the block closes the connection unless the body was read to its end.

        Tries again only where nothing of an answer had come, or it was 429, 502, 503 or 504 (RFC 9110, 15.6).
        """
        limit = self.timeout if deadline is None else deadline
        again = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(_worth_another_try),
            stop=tenacity.stop_after_attempt(tries) | tenacity.stop_before_delay(limit),
            wait=_pause,
            before_sleep=lambda state: _report(state, on_wait),
            reraise=True,
        )
        ends = asyncio.get_running_loop().time() + limit
        response = await again(self._send, call, ends, headers or {})
        try:
            yield response
        except httpx.DecodingError:
            raise BrokenAnswer("The server's answer cannot be unpacked.") from None
        finally:
            await response.aclose()

    async def fetch(
        self, call: WireCall, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> httpx.Response:
        """The answer with its whole body in memory."""
        async with self.open(call, on_wait, deadline) as response:
            await response.aread()
            return response

    async def fetch_json(self, call: WireCall, on_wait: OnWait | None = None, deadline: float | None = None) -> Any:
        """The parsed body, which must be a JSON object."""
        return await self.read_json(await self.fetch(call, on_wait, deadline))

    async def read_json(self, response: httpx.Response) -> dict[str, Any]:
        content = await response.aread()
        try:
            body = await asyncio.to_thread(_parse_json, content)
        except (ValueError, RecursionError):
            if content.lstrip()[:1] == b"{":
                raise BrokenAnswer("The server's answer breaks off, or is not proper JSON.") from None
            raise NotVllmOmni(f"What answers at {self.address} does not speak vLLM-Omni's API.") from None
        if not isinstance(body, dict):
            raise NotVllmOmni(f"What answers at {self.address} does not speak vLLM-Omni's API.")
        return body

    async def events(
        self, response: httpx.Response, *, halves: bool = False
    ) -> AsyncIterator[tuple[str, dict[str, Any] | None]]:
        """Server-sent events as (event name, parsed data); `[DONE]` is (name, None).

        halves: leaves halves of characters in the texts, for a caller that joins them across events.
        """
        try:
            async for event in EventSource(response).aiter_sse():
                if event.data.strip() == "[DONE]":
                    yield event.event, None
                elif event.data:
                    yield event.event, await self._parse(event.data, halves)
        except SSEError:
            raise BrokenAnswer("The server was asked for a stream and sent something else.") from None

    async def _parse(self, data: str, halves: bool) -> dict[str, Any]:
        try:
            parsed = json.loads(data) if len(data) < OFF_LOOP else await asyncio.to_thread(json.loads, data)
            parsed = parsed if halves else valid_values(parsed)
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise BrokenAnswer("A part of the server's stream is not JSON.")
        return parsed

    async def _send(self, call: WireCall, ends: float, headers: dict[str, str]) -> httpx.Response:
        """One try. Raises for any status but 2xx, with the body read."""
        with ExitStack() as opened:
            try:
                request = await asyncio.to_thread(self._build, call, headers, opened)
            except OSError as error:
                name = Path(error.filename or "").name
                raise BadRequest(f"The file {name} cannot be read any more.", "Choose it again.") from None
            with self._plain_errors():
                async with asyncio.timeout_at(ends):
                    response = await self._http.send(request, stream=True)
        response.stream = _Timed(response.stream, ends, self._plain_errors)
        if response.is_success:
            return response
        try:
            content = await response.aread()
        except OmniError:
            content = b""
        finally:
            await response.aclose()
        if response.is_redirect:
            raise NotVllmOmni(
                f"{self.address} sends us on to {response.headers.get('location', 'another address')}.",
                "Enter that address instead.",
                status=response.status_code,
            )
        if self._key:
            content = content.replace(self._key.encode(), b"[key]")
        raise error_from(response.status_code, content, response.headers, call.path)

    def _build(self, call: WireCall, headers: dict[str, str], opened: ExitStack) -> httpx.Request:
        """The httpx request. In a thread, since it reads what the JSON refers to; a form's files are read as sent."""
        headers = {"Authorization": f"Bearer {self._key}", **headers} if self._key else headers
        url = str(self.base).rstrip("/") + call.path
        if call.json is not None:
            body = json.dumps(replace_files(call.json, lambda leaf: leaf.read()), ensure_ascii=False).encode()
            return self._http.build_request(
                call.method, url, content=body, headers={"Content-Type": "application/json", **headers}
            )
        fields: dict[str, list[str]] = {}
        for name, value in call.form or []:
            fields.setdefault(name, []).append(as_text(replace_files(value, lambda leaf: leaf.read())))
        files = [
            (name, (path.name, opened.enter_context(path.open("rb")), _part_type(name, type_of_file(path))))
            for name, path in call.files
        ]
        return self._http.build_request(call.method, url, data=fields or None, files=files or None, headers=headers)

    def _plain_errors(self) -> "_PlainErrors":
        return _PlainErrors(self.address)


class _PlainErrors:
    """A block whose httpx errors come out as ours. `started`: whether some of the answer had come."""

    def __init__(self, address: str, started: bool = False) -> None:
        self.address, self.started = address, started

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, (httpx.RequestError, httpx.StreamError, TimeoutError)):
            raise self._ours(error) from None

    def _ours(self, error: BaseException) -> OmniError:
        if isinstance(error, httpx.ConnectTimeout):
            return NotReachable(f"Nothing answers at {self.address} (waited {CONNECT:.0f} s).")
        if isinstance(error, (TimeoutError, httpx.TimeoutException)):
            return TimedOut("The server was not done in the time that this may take.")
        if self.started:
            return BrokenAnswer("The connection broke before the answer was complete.")
        if isinstance(error, httpx.ConnectError):
            if _cause(error, ssl.SSLError):
                return NotReachable(
                    f"No secure connection to {self.address}.",
                    "Check its certificate, or use http:// if it has none.",
                    permanent=True,
                )
            return NotReachable(f"Nothing answers at {self.address}.")
        if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
            return NotVllmOmni(f"What answers at {self.address} is not a web server.")
        return NotReachable(f"The connection to {self.address} broke before any answer.", server_message=str(error))


class _Timed(httpx.AsyncByteStream):
    """A body that ends with TimedOut at `ends` (loop time), whatever pace it comes at."""

    def __init__(self, inner: Any, ends: float, errors: Callable[[], _PlainErrors]) -> None:
        self._inner, self._ends, self._errors = inner, ends, errors

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = aiter(self._inner)
        guard = self._errors()
        guard.started = True
        while True:
            with guard:
                async with asyncio.timeout_at(self._ends):
                    part = await anext(parts, None)
            if part is None:
                return
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


def _parse_json(content: bytes) -> Any:
    """As json.loads, several times as fast for the megabytes of a picture. Half characters are left to `read_json`."""
    try:
        return from_json(content, cache_strings="none")
    except ValueError:
        return read_json(content, constants=True)


def _worth_another_try(error: BaseException) -> bool:
    return isinstance(error, (NotReachable, ServerBusy)) and not error.permanent and error.status != 507


def _pause(state: tenacity.RetryCallState) -> float:
    """The server's own Retry-After, else 0.5, 1, 2 s and up to 0.5 s more, so that clients do not come back as one."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, OmniError) and error.retry_after is not None:
        return error.retry_after
    return tenacity.wait_exponential_jitter(multiplier=0.5, max=8, jitter=0.5)(state)


def _report(state: tenacity.RetryCallState, on_wait: OnWait | None) -> None:
    error = state.outcome.exception() if state.outcome else None
    if on_wait and isinstance(error, OmniError):
        what = "The server is busy." if isinstance(error, ServerBusy) else error.what
        on_wait(Wait(state.upcoming_sleep, what, state.attempt_number))


def read_address(base_url: str) -> httpx.URL:
    """The server's root. ValueError with one sentence when it is no http(s) address."""
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > 65535:
        raise ValueError(f"{base_url!r} is not the address of a server: write it like http://host:8091.")
    return url.copy_with(path=url.path.rstrip("/").removesuffix("/v1") or "/", query=None, fragment=None)


def read_key(key: str | None) -> str | None:
    """The key as it is sent, None for none. ValueError with one sentence when it cannot be."""
    key = (key or "").strip()
    if not key.isascii() or not key.isprintable():
        raise ValueError("The API key holds a character that cannot be sent: only plain letters, digits and signs can.")
    return key or None


def _part_type(field: str, kind: str) -> str:
    """The type that a file part declares. WebM and MP4 may hold sound alone; voices are refused as video."""
    return kind.replace("video/", "audio/") if "audio" in field else kind


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _cause(error: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(one, kind) for one in _causes(error))
