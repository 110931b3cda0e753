"""Speech piece by piece over one connection: the websocket /v1/audio/speech/stream (WIRE.md 13).

    async with await omni.open_speech(SpeechRequest(input="-", voice="vivian")) as session:
        async for event in session.speak("The first sentence."): ...

Each piece is an utterance of its own (`input.text`, `input.done`): so the caller decides where a sentence ends, one
that fails can be told from the others, and up to 0.24, where a server closes after `session.done`, nothing is lost.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

from omni_ui.client.answers.formats import replace_files
from omni_ui.client.closing import AsyncClosing
from omni_ui.client.connection.transport import Transport
from omni_ui.client.errors import BadRequest, BrokenAnswer, NotFound, NotReachable, OmniError, TimedOut
from omni_ui.client.live.sockets import Event, LiveSocket, open_socket
from omni_ui.client.live.speech_events import NO_ROUTE, PATH, Sound, SpokenEvent, WordTimes, stream_error
from omni_ui.client.requests.base import WireCall
from omni_ui.client.requests.speech import SpeechRequest

FIELDS = ("voice", "language", "instructions", "task_type", "max_new_tokens", "ref_audio", "ref_text",
          "x_vector_only_mode", "seed", "model")  # fmt: skip
"""What of a request the session takes (StreamingSpeechSessionConfig, protocol/audio.py:560-638)."""
HANDSHAKE = 5.0
"""Seconds for the answer to the session's settings."""
KEEP_ALIVE = 10.0
"""Seconds between two signs of life while nothing is spoken: the server closes after 30 s without a message."""
LONGEST_IDLE = 300.0
"""Seconds without a sentence after which the connection is no longer kept open; the next sentence opens another."""
MOST_TEXT = 20_000
"""Characters of one piece; a text message may have 128 KiB."""


class _Closed(Exception):
    """The connection ended before the utterance did. failure: what the server had said, if anything."""

    def __init__(self, failure: OmniError | None) -> None:
        super().__init__()
        self.failure = failure


class _SayAgain(Exception):
    """The piece did not reach the server as it should: it is sent once more, over a new connection."""


class SpeechSession(AsyncClosing):
    """One connection; pieces are spoken one after the other. Made by `OmniClient.open_speech`.

    words: whether the last piece came with the times of its words; before the first one, whether they are asked for.
    """

    def __init__(self, connect: Callable[[], Awaitable[LiveSocket]], config: Event, patience: float) -> None:
        self._connect, self._config, self._patience = connect, config, patience
        self.words = bool(config.get("word_timestamps"))
        self._socket: LiveSocket | None = None
        self._turn = asyncio.Lock()
        self._alive: asyncio.Task[None] | None = None
        self._spoke = 0.0

    async def start(self) -> None:
        """Opens the connection. NotFound where there is no such route, BadRequest for settings it does not take.

        The settings have no answer of their own, but an utterance without text has one (`session.done`).
        """
        socket = await self._opened()
        try:
            await self._send(socket, {"type": "input.done"})
            async with asyncio.timeout(HANDSHAKE):
                async with aclosing(self._answer(socket)) as events:
                    async for _ in events:
                        pass
        except _Closed as closed:
            await self._drop()
            raise closed.failure or NotFound(NO_ROUTE, f"Its route {PATH} closes at once.") from None
        except TimeoutError:
            await self._drop()
            raise TimedOut(NO_ROUTE, f"Its route {PATH} opens and does not answer.") from None
        except OmniError:
            await self._drop()
            raise

    async def speak(self, text: str) -> AsyncGenerator[SpokenEvent]:
        """The sound of a piece while it is made, then the times of its words where the server knows them.

        Raises OmniError when the piece failed; the session can go on with the next one. Leaving the generator ends
        the work on the server by closing the connection; the next piece opens another one.
        """
        if not text.strip() or len(text) > MOST_TEXT:
            raise BadRequest(f"A piece of speech has 1 to {MOST_TEXT:,} characters.", field="input")
        async with self._turn:
            for last in (False, False, True):
                try:
                    async with aclosing(self._spoken(text, last)) as events:
                        async for event in events:
                            yield event
                    return
                except _SayAgain:
                    continue

    async def _spoken(self, text: str, last: bool) -> AsyncGenerator[SpokenEvent]:
        """last: whether no further try follows."""
        fresh, begun, whole, timed = self._socket is None, False, False, False
        socket = self._socket or await self._opened()
        try:
            await self._send(socket, {"type": "input.text", "text": text}, {"type": "input.done"})
            async with aclosing(self._answer(socket)) as events:
                async for event in events:
                    begun, timed = True, timed or isinstance(event, WordTimes)
                    yield event
            whole, self.words = True, timed
        except _Closed as closed:
            if not fresh and not begun and not last:  # it was closed while nothing was spoken, as old servers do
                raise _SayAgain from None
            what = "The connection to the server was lost in the middle of a sentence."
            raise closed.failure or NotReachable(what, "What had arrived is kept: try again.") from None
        except OmniError as error:
            if "word_timestamps" in self._config and not begun and "forced-aligner" in error.server_message:
                del self._config["word_timestamps"]
                raise _SayAgain from None
            whole = not isinstance(error, (BrokenAnswer, TimedOut))
            raise
        finally:
            self._spoke = asyncio.get_running_loop().time()
            if not whole:
                await self._drop()

    async def _answer(self, socket: LiveSocket) -> AsyncGenerator[SpokenEvent]:
        """The events of one utterance, up to `session.done`; the first failure among them is raised at its end.

        _Closed when the connection ends first.
        """
        reader, failure = Sound(), None
        while True:
            try:
                async with asyncio.timeout(self._patience):
                    event = await socket.receive()
            except TimeoutError:
                raise TimedOut(
                    f"The server sent nothing for {self._patience:g} s in the middle of a sentence."
                ) from None
            except NotReachable:
                raise _Closed(failure) from None
            if isinstance(event, bytes):
                if chunk := reader.feed(event):
                    yield chunk
                continue
            kind = event.get("type")
            if kind == "audio.start":
                reader.start(event.get("sample_rate"))
            elif kind == "audio.chunk":
                for item in reader.chunk(event):
                    yield item
            elif kind == "error":
                failure = failure or stream_error(event)
            elif kind == "session.done":
                if failure:
                    raise failure
                return

    async def _opened(self) -> LiveSocket:
        try:
            socket = await self._connect()
        except NotFound as missing:
            raise NotFound(NO_ROUTE, f"It has no {PATH}.", status=missing.status) from None
        self._socket = socket
        await self._send(socket, self._config)
        self._alive = self._alive or asyncio.create_task(self._stay_alive())
        return socket

    async def _send(self, socket: LiveSocket, *events: Event) -> None:
        """Sends, and leaves it to the reader to notice that the connection is gone: a last word may wait there."""
        with suppress(NotReachable):
            for event in events:
                await socket.send(event)

    async def _stay_alive(self) -> None:
        """An empty text now and then while nothing is spoken: so a slow writer keeps the connection."""
        self._spoke = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(KEEP_ALIVE)
            async with self._turn:
                if self._socket is None:
                    continue
                if asyncio.get_running_loop().time() - self._spoke > LONGEST_IDLE:
                    await self._drop()
                    continue
                try:
                    await self._socket.send({"type": "input.text", "text": ""})
                except NotReachable:
                    self._socket = None

    async def _drop(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.aclose()

    async def aclose(self) -> None:
        """Ends the session, and what is being spoken with it. More than once does no harm."""
        alive, self._alive = self._alive, None
        if alive:
            alive.cancel()
            with suppress(asyncio.CancelledError):
                await alive
        await self._drop()


def session_config(call: WireCall, words: bool) -> Event:
    """The first message: what of a call to /v1/audio/speech the session takes, and sound as bare samples at once."""
    body = replace_files(call.json or {}, lambda leaf: leaf.read())
    config: Event = {name: body[name] for name in FIELDS if body.get(name) is not None}
    asked = {"response_format": "pcm", "stream_audio": True}
    return {"type": "session.config", **config, **asked} | ({"word_timestamps": True} if words else {})


def check_session(request: SpeechRequest) -> None:
    """BadRequest for a setting that the session does not have: it would be dropped without a word."""
    for name in ("sample_rate", "extra_params"):
        if getattr(request, name) is not None:
            title = SpeechRequest.model_fields[name].title or name
            raise BadRequest(
                f"{title} cannot be set for text that is spoken while you type.", "Leave it empty.", field=name
            )
    if request.speed != 1:
        raise BadRequest("Text spoken while you type has speed 1.", "Set the speed to 1.", field="speed")


async def open_session(wire: Transport, call: WireCall, words: bool) -> SpeechSession:
    """A session that answers, with the settings of a call to /v1/audio/speech."""
    config = await asyncio.to_thread(session_config, call, words)
    session = SpeechSession(lambda: open_socket(wire, PATH), config, wire.timeout)
    try:
        await session.start()
    except BaseException:
        await session.aclose()
        raise
    return session
