"""Sends a WireCall and hands back the answer: tries, deadline, key, files. No other module knows httpx's errors."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, asynccontextmanager
from copy import copy
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import tenacity

from omni_ui.client.answers.arriving_json import OnMedium
from omni_ui.client.answers.failures import LONGEST, error_from, error_from_body
from omni_ui.client.answers.formats import replace_files
from omni_ui.client.connection import retries
from omni_ui.client.connection.addresses import read_address, read_key
from omni_ui.client.connection.call_labels import label_headers, note_answer
from omni_ui.client.connection.connection_errors import CONNECT, PlainErrors, TimedStream
from omni_ui.client.connection.form_parts import file_parts
from omni_ui.client.connection.log import Answer, OnAnswer, log_answer
from omni_ui.client.connection.packed import ACCEPTED, is_packed, read_whole
from omni_ui.client.connection.reading import Reader, read_start
from omni_ui.client.connection.retries import TRIES, CallObserver, OnWait
from omni_ui.client.connection.secrets import without_secrets
from omni_ui.client.connection.sessions import JobSession
from omni_ui.client.errors import BadRequest, BrokenAnswer, GatewayTimedOut, NotFound, NotVllmOmni, OmniError
from omni_ui.client.gateway.gateways import Gateway, gateway_of_answer
from omni_ui.client.requests.base import WireCall
from omni_ui.client.requests.files import as_text

KEEP_ALIVE = 4.0
"""Seconds that an idle connection is kept: less than the 5 s after which the server closes it (WIRE.md 2)."""
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=KEEP_ALIVE)
"""As many connections as there are requests, of which few are kept: httpcore looks through all of them for each that is
idle, so with 200 idle ones a request costs 16 times as much (findings/httpcore_looks_through_idle_connections.sh)."""
PLAIN_PATHS = frozenset({"/v1/images/generations", "/v1/audio/generate"})
"""Routes whose JSON never refers to a file, so that no thread is needed to read one."""


@dataclass
class ServerSigns:
    """What the answers so far say about the connection to the server.

    gateway: the one that the last telling answer named. gave_up_after: seconds after which a proxy answered 504, the
    last time. scattered: a job was unknown and known in turns, so several replicas answer.
    """

    gateway: Gateway | None = None
    gave_up_after: float | None = None
    scattered: bool = False


class Transport(Reader):
    """The way to one server. `timeout` is in seconds and covers a whole call, with its tries and its answer.

    headers: sent with every call, as `read_headers` gives them; the key beats an `authorization` among them.
    connect_to: the IP address that websockets connect to, without another lookup and without the environment's proxy;
    `http` has to see to that for all other calls.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        timeout: float,
        http: httpx.AsyncClient | None,
        headers: Mapping[str, str] | None = None,
        connect_to: str | None = None,
    ) -> None:
        self.connect_to = connect_to
        self.base = read_address(base_url)
        self.address = str(self.base.copy_with(userinfo=b"")).rstrip("/")
        self.timeout = timeout
        self.tries = TRIES
        self.signs = ServerSigns()
        self._key = read_key(api_key)
        self._headers = dict(headers or {})
        if self._key:
            self._headers["authorization"] = f"Bearer {self._key}"
        self._on_answer: OnAnswer | None = None
        self._limits: httpx.Timeout | None = None
        """Those of httpx for each call, where they are others than the client's."""
        self._is_copy = False
        self._budget = retries.budget_of(self.address)
        self._http = http or httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=CONNECT, pool=None),
            limits=LIMITS,
            trust_env=self.trusts_environment,
            # A router's cookie belongs to one job (see `sessions`); kept for all calls it would bind them to a replica.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    @property
    def socket_headers(self) -> dict[str, str]:
        """The headers of a websocket: the key and those that the host names."""
        return dict(self._headers)

    @property
    def trusts_environment(self) -> bool:
        """Whether a proxy of the environment may be used; it cannot reach this machine's own servers."""
        return self.base.host not in ("localhost", "127.0.0.1", "::1")

    def with_options(
        self, timeout: float | None, tries: int | None, headers: Mapping[str, str] | None, on_answer: OnAnswer | None
    ) -> "Transport":
        """The same connections with other options; None keeps one as it is. Closing it closes nothing."""
        other = copy(self)
        other._is_copy = True
        if timeout is not None:
            other.timeout, other._limits = timeout, httpx.Timeout(timeout, connect=CONNECT, pool=None)
        other.tries = self.tries if tries is None else tries
        other._headers = {**self._headers, **{name.lower(): value for name, value in (headers or {}).items()}}
        other._on_answer = on_answer or self._on_answer
        return other

    async def aclose(self) -> None:
        if not self._is_copy:
            await self._http.aclose()

    @asynccontextmanager
    async def open(
        self,
        call: WireCall,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        headers: dict[str, str] | None = None,
        tries: int | None = None,
        *,
        session: JobSession | None = None,
    ) -> AsyncGenerator[httpx.Response]:
        """The answer, its body unread. Leaving the block closes the connection unless the body was read to its end.

        A call that starts work (every POST) is sent again only when the server cannot have begun with it; see
        `retries.may_repeat`. deadline: seconds for all tries and the answer. session: of the job that it belongs to.
        """
        limit = self.timeout if deadline is None else deadline
        tries = self.tries if tries is None else tries
        starts_work = call.method == "POST"
        again = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda error: self._may_repeat(error, starts_work)),
            stop=tenacity.stop_after_attempt(tries) | tenacity.stop_before_delay(limit),
            wait=lambda state: retries.pause(state),
            before_sleep=lambda state: retries.report(state, on_wait),
            reraise=True,
        )
        ends = asyncio.get_running_loop().time() + limit
        sent = {**(headers or {}), **(session.headers() if session else {})}
        observer = on_wait if isinstance(on_wait, CallObserver) else None
        if observer:
            observer.sent()
        response = await (again(self._send, call, ends, sent) if tries > 1 else self._send(call, ends, sent))
        if session:
            session.keep(response.headers.get_list("set-cookie"))
        if observer:
            observer.answered(response.headers)
        try:
            yield response
        except httpx.DecodingError:
            raise BrokenAnswer("The server's answer cannot be decompressed.") from None
        finally:
            if observer:
                observer.received()
            await response.aclose()

    def _may_repeat(self, error: BaseException, starts_work: bool) -> bool:
        return retries.may_repeat(error, starts_work) and self._budget.take()

    async def fetch(
        self,
        call: WireCall,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        *,
        session: JobSession | None = None,
    ) -> httpx.Response:
        """The answer with its whole body in memory."""
        async with self.open(call, on_wait, deadline, session=session) as response:
            return await read_whole(response)

    async def fetch_json(
        self,
        call: WireCall,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        *,
        session: JobSession | None = None,
    ) -> dict[str, object]:
        """The parsed body, which must be a JSON object; raises for one that is an error, whatever its status.

        Up to 0.22 a refused voice comes with status 200 (serving_speech.py there), and so do errors of some gateways.
        """
        body = await self.read_json(await self.fetch(call, on_wait, deadline, session=session))
        if body.get("error"):
            raise error_from_body(body, None, path=call.path)
        return body

    async def fetch_media_json(
        self,
        call: WireCall,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        on_medium: OnMedium | None = None,
    ) -> dict[str, object]:
        """As `fetch_json`, with bytes where base64 stood under b64_json; they are decoded as they arrive."""
        async with self.open(call, on_wait, deadline) as response:
            body = await self.read_arriving(response, on_medium)
        if body.get("error"):
            raise error_from_body(body, None, path=call.path)
        return body

    async def _send(self, call: WireCall, ends: float, headers: dict[str, str]) -> httpx.Response:
        """One try. Raises for any status but 2xx, with the body read."""
        with ExitStack() as opened:
            try:
                plain = call.path in PLAIN_PATHS or call.method != "POST"  # such a call refers to no file
                build = partial(self._build, call, headers, opened)
                request = build() if plain else await asyncio.to_thread(build)
            except OSError as error:
                name = Path(error.filename or "").name
                raise BadRequest(f"The file {name} can no longer be read.", "Choose it again.") from None
            began = time.monotonic()
            with self._plain_errors():
                async with asyncio.timeout_at(ends):
                    response = await self._http.send(request, stream=True)
        took = time.monotonic() - began
        self._note(Answer(call.method, call.path, response.status_code, response.headers, took))
        assert isinstance(response.stream, httpx.AsyncByteStream)
        packed = await is_packed(response)
        response.stream = TimedStream(response.stream, ends, self._plain_errors, packed)
        if response.is_success:
            self._budget.earn()
            self.signs.gateway = gateway_of_answer(response.headers) or self.signs.gateway
            return response
        try:
            content = await read_start(response, LONGEST)
        except (OmniError, httpx.DecodingError):
            content = b""
        finally:
            await response.aclose()
        if response.is_redirect:
            raise self._redirected(response, call)
        raise await asyncio.to_thread(self._refused, response, content, call, took)

    def _note(self, answer: Answer) -> None:
        log_answer(self.address, answer)
        note_answer(answer, self._on_answer)

    def _refused(self, response: httpx.Response, content: bytes, call: WireCall, took: float) -> OmniError:
        """Blocking: it looks through the whole body."""
        content = without_secrets(content, self._key, self._headers, len(content) >= LONGEST)
        error = error_from(response.status_code, content, response.headers, call.path, took)
        gateway = gateway_of_answer(response.headers, content[:4096].decode("utf-8", "replace"))
        self.signs.gateway = gateway or self.signs.gateway
        if isinstance(error, GatewayTimedOut):
            self.signs.gave_up_after = took
        sign = self.signs.gateway
        if sign and sign.own_routes and isinstance(error, NotFound) and error.server_message in ("Not Found", ""):
            path = call.path.partition("?")[0]
            error.rephrase(
                f"{sign.name} in front of the server has no route {path}.",
                "Set another server for this tab, for example with OMNI_VIDEO_URL.",
            )
        return error

    def _redirected(self, response: httpx.Response, call: WireCall) -> NotVllmOmni:
        """The address to enter instead, where the redirect keeps the path of the call."""
        to = response.headers.get("location", "")
        target = urlsplit(str(response.request.url.join(to)) if to else "")
        root = f"{target.scheme}://{target.netloc}{target.path}".removesuffix(call.path.partition("?")[0])
        leads_on = bool(to) and target.path.endswith(call.path.partition("?")[0]) and root != self.address
        advice = "Its address redirects, perhaps to a sign-in page. Enter the address of the server itself."
        return NotVllmOmni(
            f"{self.address} redirects to {to or 'another address'}.",
            f"Enter {root} as its address." if leads_on else advice,
            status=response.status_code,
        )

    def _build(self, call: WireCall, headers: dict[str, str], opened: ExitStack) -> httpx.Request:
        """The httpx request. In a thread, since it reads what the JSON refers to; a form's files are read as sent."""
        headers = {"accept-encoding": ACCEPTED, **label_headers(), **self._headers, **headers}
        build = partial(self._http.build_request, timeout=self._limits or httpx.USE_CLIENT_DEFAULT)
        url = str(self.base).rstrip("/") + call.path
        if call.json is not None:
            body = json.dumps(replace_files(call.json, lambda leaf: leaf.read()), ensure_ascii=False).encode()
            return build(call.method, url, content=body, headers={"Content-Type": "application/json", **headers})
        fields: dict[str, list[str]] = {}
        for name, value in call.form or []:
            fields.setdefault(name, []).append(as_text(replace_files(value, lambda leaf: leaf.read())))
        files = file_parts(call, opened)
        return build(call.method, url, data=fields or None, files=files or None, headers=headers)

    def _plain_errors(self) -> PlainErrors:
        return PlainErrors(self.address)
