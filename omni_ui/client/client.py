"""OmniClient: one vLLM-Omni server, every call. What happens in a call stands in the module of its modality."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Self, TypeVar
from urllib.parse import quote

import httpx

from omni_ui.client.answers.chat import read_chat
from omni_ui.client.answers.pictures import OnPicture, Pictures, fetch_pictures, read_edit
from omni_ui.client.answers.samples import USUAL_RATE, PcmReader, bare_samples
from omni_ui.client.answers.speech import BatchResult, SilentBreak, fetch_sound, read_batch, read_speech
from omni_ui.client.connection.log import OnAnswer
from omni_ui.client.connection.retries import OnWait
from omni_ui.client.errors import NothingMade, OmniError
from omni_ui.client.events import ChatEvent, Failed, Finish, PictureMade, Speech, SpeechEvent, TextDelta
from omni_ui.client.listening import ListenCalls
from omni_ui.client.live.detection import TalkServer, open_talk
from omni_ui.client.live.events import TalkConfig, TalkSession
from omni_ui.client.live.speech_session import SpeechSession, check_session, open_session
from omni_ui.client.requests.base import Request, WireCall
from omni_ui.client.requests.chat import ChatRequest
from omni_ui.client.requests.edit import EditRequest
from omni_ui.client.requests.image import ImageRequest
from omni_ui.client.requests.sound import SoundRequest
from omni_ui.client.requests.speech import BATCH, SpeechRequest, VoiceUpload, batch_call
from omni_ui.client.server.discovery import Ability
from omni_ui.client.server.model_rules import IMAGES, as_pictures, pictures_alone
from omni_ui.client.video_calls import VideoCalls
from omni_ui.client.voices import SavedVoice, Voices, read_upload, read_voices

Event = TypeVar("Event")


class OmniClient(VideoCalls, ListenCalls):
    """One server. Make it inside a running event loop and close it: `async with OmniClient(url) as omni`.

    base_url: http(s)://host:port, with or without /v1. ValueError with one sentence when it is not.
    api_key: sent as a bearer token; it never stands in an error.
    model: the name to send. None leaves it out, or picks the one that fits when the server lists several.
    timeout: seconds that one call may take in all, the answer included; the server sends nothing before it is done.
    abilities: the tabs that the host says the server can do, when its model's name does not tell.
    schema: what the server's routes take, where you know; otherwise it is asked for its description.
    headers: sent with every call, such as those that a gateway asks for; `read_headers` reads and checks them.
    http: an httpx client of your own (tests); it is closed with this one.
    connect_to: the IP address that live talk connects to in place of a lookup; `http` sees to it for all other calls.

    Every generating call takes `on_wait`, called before each new try with a `Wait`, and `deadline`, seconds for the
    whole call with its tries (`timeout` by default). All raise `OmniError` and nothing else.

    Leaving an iterator (break, aclose) or cancelling the task closes the connection at once. That stops the work on
    the server for pictures, chat, speech and sound. It does not for edits and `video_sync`, which the server finishes
    for nobody; a video job goes on until `delete_video` (WIRE.md 12).
    """

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retries: int | None = None,
        headers: Mapping[str, str] | None = None,
        on_answer: OnAnswer | None = None,
    ) -> Self:
        """This client with other options, over the same connections: `omni.with_options(timeout=60).images(…)`.

        timeout: seconds for a whole call. retries: repeats of a call that may be sent again; 0 for none, 3 by default.
        headers: sent besides the client's own. on_answer: called with an `Answer` (status, headers, request id) as soon
        as its headers are here. None keeps an option as it is. Closing what this gives closes nothing.
        """
        other = copy(self)
        other._wire = self._wire.with_options(timeout, None if retries is None else retries + 1, headers, on_answer)
        return other

    async def raw(
        self, request: Request, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> httpx.Response:
        """The server's own answer to any request: status, headers and the bytes as they came.

        Errors are raised as by all other calls. A request that streams is read to its end.
        """
        return await self._wire.fetch(await self._call(request), on_wait, deadline)

    # Pictures

    async def images(
        self,
        request: ImageRequest,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        on_picture: OnPicture | None = None,
    ) -> Pictures:
        """Pictures from words. Layered models give the layers of each picture one after the other.

        on_picture: called with each picture of the answer as soon as it is whole, while the others still come. The
        answer may fail after that; what it returns holds, not what came before.
        """
        return await fetch_pictures(self._wire, await self._call(request), on_wait, deadline, on_picture)

    async def edits(
        self,
        request: EditRequest,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        on_picture: OnPicture | None = None,
    ) -> Pictures:
        """Changed pictures. Cancelling frees the caller; the server works on to the end (WIRE.md 12).

        on_picture: as of `images`.
        """
        call = await self._call(request.model_copy(update={"stream": False}))
        return await fetch_pictures(self._wire, call, on_wait, deadline, on_picture)

    def edits_stream(
        self, request: EditRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> AsyncGenerator[TextDelta | Pictures | Failed]:
        """What a multi-stage model thinks, then the pictures. Other models refuse it (BadRequest).

        Errors before the answer begins are raised; later ones are a `Failed` at the end.
        """
        streamed = request.model_copy(update={"stream": True})
        return self._stream(streamed, partial(read_edit, self._wire, began=time.monotonic()), on_wait, deadline)

    # Conversation

    def chat(
        self, request: ChatRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> AsyncGenerator[ChatEvent]:
        """The answer as events, whether the server streams or not.

        Pictures alone come by the pictures' route where a chat would lose their settings (`model_rules`). Errors
        before the answer begins are raised; later ones are a `Failed` at the end.
        """
        return self._chat(request, on_wait, deadline)

    async def _chat(
        self, request: ChatRequest, on_wait: OnWait | None, deadline: float | None
    ) -> AsyncGenerator[ChatEvent]:
        if pictures_alone(request, await self.known_ability("chat")) and not (await self.schema()).without(IMAGES):
            pictures = await self.images(as_pictures(request), on_wait=on_wait, deadline=deadline)
            for picture in pictures.pictures:
                yield PictureMade(picture)
            yield Finish("stop", pictures.metrics)
            return
        async with aclosing(self._stream(request, partial(read_chat, self._wire), on_wait, deadline)) as events:
            async for event in events:
                yield event

    # Speech and sound

    async def speech(
        self, request: SpeechRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Speech:
        """The whole speech as one file."""
        request = (await self.fit(request.model_copy(update={"stream": False, "stream_format": None}))).request
        if not await self._rate_is_doubtful(request):
            sound = await fetch_sound(self._wire, await self._call(request), on_wait, deadline)
            return replace(sound, rate=request.sample_rate or USUAL_RATE) if sound.suffix == ".pcm" else sound
        as_wav = await self._call(request.model_copy(update={"response_format": "wav"}))
        return bare_samples(await fetch_sound(self._wire, as_wav, on_wait, deadline))

    def speech_stream(
        self, request: SpeechRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> AsyncGenerator[SpeechEvent]:
        """Samples while they are made, then the usage. `stream_format="audio"` asks for raw sound, without usage.

        The server is asked for wav, whose header tells the rate, unless the request says pcm: then the rate is
        `sample_rate`, or 24000 as with Qwen3-TTS. A model that cannot stream gives all at once. Errors before the
        answer begins are raised; later ones are a `Failed` at the end, after a `Discard` when the sound is spoilt.
        """
        return self._speech_stream(request, on_wait, deadline)

    async def _speech_stream(
        self, request: SpeechRequest, on_wait: OnWait | None, deadline: float | None
    ) -> AsyncGenerator[SpeechEvent]:
        request = (await self.fit(request)).request
        bare = request.response_format == "pcm" and not await self._rate_is_doubtful(request)
        streamed = request.model_copy(update={"stream": True, "response_format": "pcm" if bare else "wav"})
        read = partial(read_speech, self._wire, rate=request.sample_rate)
        silent = False
        async with aclosing(self._stream(streamed, read, on_wait, deadline)) as events:
            async for event in events:
                silent = isinstance(event, Failed) and isinstance(event.error, SilentBreak)
                if not silent:
                    yield event
        if silent:
            async for event in self._ask_why(request, deadline):
                yield event

    async def _ask_why(self, request: SpeechRequest, deadline: float | None) -> AsyncGenerator[SpeechEvent]:
        """The same speech in one piece, after a stream of bare sound that broke before its first byte.

        Such a stream has no way to say why it failed (0.20 and 0.22 have no other, later ones when asked for raw
        sound); an answer in one piece has. This starts no work beside work that goes on: the server ended the answer
        before it had any sound, and speech is called off when its connection is gone, on every version (WIRE.md 12).
        It is asked once, and its answer holds.
        """
        whole = request.model_copy(update={"response_format": "wav"})
        try:
            chunk = PcmReader(USUAL_RATE).feed((await self.speech(whole, deadline=deadline)).data)
        except OmniError as error:
            yield Failed(error)
        else:
            yield chunk or Failed(NothingMade("The server reported success but made no sound."))

    async def _rate_is_doubtful(self, request: SpeechRequest) -> bool:
        """Whether bare samples could come at another rate than was asked for: up to 0.28 the rate is ignored, and
        played at the wrong one they are three times too slow. A WAV header tells the true one."""
        asks = request.response_format == "pcm" and request.sample_rate is not None
        return asks and not (await self.schema()).has(request.path, "sample_rate")

    async def speech_batch(
        self, requests: Sequence[SpeechRequest], *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> list[BatchResult]:
        """Several texts, each with its speech or its error, in their order. A batch takes no seeds (WIRE.md 9)."""
        model = await self._model_for("speech")
        requests = [(await self.fit(request)).request for request in requests]
        results: list[BatchResult] = []
        for first in range(0, len(requests), BATCH):
            call = batch_call(requests[first : first + BATCH], model)
            async with self._wire.open(call, on_wait, deadline) as response:
                results += await read_batch(self._wire, response, first)
        return results

    async def sound(
        self, request: SoundRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Speech:
        """A sound or a piece of music as one file."""
        return await fetch_sound(self._wire, await self._call(request), on_wait, deadline)

    async def voices(self) -> Voices:
        """The voices that the server lists; "default" stands on every server, also on one that cannot speak."""
        return read_voices(await self._get("/v1/audio/voices"))

    async def upload_voice(self, upload: VoiceUpload, *, deadline: float | None = None) -> SavedVoice:
        """Saves a voice. It replaces one of the same name; a failed upload deletes that one (WIRE.md 9)."""
        path = await self._route("/v1/audio/voices", "/v1/audio/voice/upload")
        body = await self._wire.fetch_json(replace(upload.wire(), path=path), deadline=deadline)
        return read_upload(body, upload.name)

    async def delete_voice(self, name: str) -> None:
        """Deletes a saved voice. NotFound for one that is unknown or the model's own."""
        await self._wire.fetch_json(WireCall("DELETE", f"/v1/audio/voices/{quote(name, safe='')}"), deadline=60)

    # Live

    async def open_talk(self, config: TalkConfig) -> TalkSession:
        """Opens a live talk: duplex, turns, or chat by turns, whichever the server offers. See `omni_ui.client.live`.

        Raises BadRequest where the server refuses the session or its model cannot hear, ServerBusy where all of its
        lines are taken.
        """

        async def model() -> str | None:
            return await self._model_for("chat")

        async def ability() -> Ability:
            return (await self.capabilities()).modalities["chat"]

        return await open_talk(TalkServer(self._wire, model, ability, self.chat), config)

    async def open_speech(self, request: SpeechRequest, *, words: bool = True) -> SpeechSession:
        """Opens a connection over which pieces of text are spoken one after the other, with a request's settings.

        words: asks for the time of each word; a server without an aligner speaks without. The request's text is not
        spoken. NotFound where the server has no such route.
        """
        check_session(request)
        return await open_session(self._wire, await self._call(request), words)

    async def _stream(
        self,
        request: Request,
        read: Callable[[httpx.Response], AsyncGenerator[Event]],
        on_wait: OnWait | None,
        deadline: float | None,
    ) -> AsyncGenerator[Event]:
        """What `read` makes of the answer. Leaving this generator leaves the answer, which closes its connection."""
        call = await self._call(request)
        async with self._wire.open(call, on_wait, deadline) as response, aclosing(read(response)) as events:
            async for event in events:
                yield event
