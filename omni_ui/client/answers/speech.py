"""Speech and sound answers: whole files, event streams, raw streams, batches (WIRE.md 9)."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass

import httpx

from omni_ui.client.answers.failures import error_from_body
from omni_ui.client.answers.formats import decode_base64, media_type_of
from omni_ui.client.answers.samples import USUAL_RATE, PcmReader, check_sound
from omni_ui.client.connection.retries import OnWait
from omni_ui.client.connection.transport import Transport
from omni_ui.client.errors import BrokenAnswer, NothingMade, OmniError
from omni_ui.client.events import Discard, Failed, Speech, SpeechEvent, Usage, usage_from
from omni_ui.client.requests.base import WireCall

USAGE = "x-vllm-omni-"
UNTYPED = ("application/octet-stream", "binary/octet-stream")
"""What gateways and stores call a body whose type they do not know."""


@dataclass(frozen=True)
class BatchResult:
    """What became of one text of a batch: either its speech or its error."""

    index: int
    speech: Speech | None = None
    error: OmniError | None = None


class SilentBreak(BrokenAnswer):
    """A stream of bare sound broke before its first byte: the server failed, and such a stream cannot say why."""


async def fetch_sound(wire: Transport, call: WireCall, on_wait: OnWait | None, deadline: float | None) -> Speech:
    """Sends the call and checks that a whole sound came back."""
    began = time.monotonic()
    response = await wire.fetch(call, on_wait, deadline)
    asked = str((call.json or {}).get("response_format", "wav"))
    kind = _sound_type(response.headers.get("content-type", ""), response.content[:16], asked)
    if not kind.startswith("audio/"):
        body = await wire.read_json(response)
        raise error_from_body(body, None) if body.get("error") else BrokenAnswer("The server sent no sound.")
    data = check_sound(response.content, kind)
    return Speech(data, kind, _usage_of_headers(response.headers), time.monotonic() - began)


async def read_speech(wire: Transport, response: httpx.Response, rate: int | None) -> AsyncGenerator[SpeechEvent]:
    """The events of a streamed answer. rate: of headerless sound, when the caller asked for one."""
    kind = response.headers.get("content-type", "")
    reader = PcmReader(rate or USUAL_RATE)
    try:
        if "text/event-stream" in kind:
            pieces = _read_events(wire, response, reader)
        elif kind.startswith(("audio/", *UNTYPED)) or not kind:
            pieces = _read_raw(response, reader)
        else:
            body = await wire.read_json(response)
            raise error_from_body(body, None) if body.get("error") else BrokenAnswer("The server sent no sound.")
        async for event in pieces:
            yield event
    except OmniError as error:
        yield Failed(error)


async def _read_events(wire: Transport, response: httpx.Response, reader: PcmReader) -> AsyncIterator[SpeechEvent]:
    """Deltas up to `speech.audio.done`. There is no [DONE]; an error ends the stream without `done`."""
    has_sound = False
    async for name, event in wire.events(response):
        kind = name if name not in ("", "message") or event is None else event.get("type")
        if event is None:
            break
        if event.get("error"):
            error = event["error"]
            if isinstance(error, dict) and error.get("action") == "discard":
                yield Discard(str(error.get("message") or ""))
            raise error_from_body(event, None)
        if kind == "speech.audio.delta":
            if chunk := reader.feed(decode_base64(event.get("audio"))):
                has_sound = True
                yield chunk
        elif kind == "speech.audio.done":
            if not has_sound:
                raise NothingMade("The server reported success but made no sound.")
            if usage := usage_from(event.get("usage")):
                yield usage
            return
    raise BrokenAnswer("The speech is incomplete.")


async def _read_raw(response: httpx.Response, reader: PcmReader) -> AsyncIterator[SpeechEvent]:
    """Sound alone; the only sign of a failure is a connection that breaks. A whole WAV file comes out likewise."""
    has_sound = heard = False
    try:
        async for data in response.aiter_bytes():
            heard = heard or bool(data)
            if chunk := reader.feed(data):
                has_sound = True
                yield chunk
    except BrokenAnswer as error:
        raise error if heard else SilentBreak(error.what) from None
    if not has_sound:
        raise NothingMade("The server reported success but made no sound.")
    if usage := _usage_of_headers(response.headers):
        yield usage


async def read_batch(wire: Transport, response: httpx.Response, first: int) -> list[BatchResult]:
    """The results of a batch by their place, `first` being that of its first text."""
    body = await wire.read_json(response)
    results = body.get("results")
    if not isinstance(results, list):
        raise BrokenAnswer("The server's answer contains no results.")
    return await asyncio.to_thread(lambda: [_read_result(entry, first + at) for at, entry in enumerate(results)])


def _read_result(entry: object, index: int) -> BatchResult:
    entry = entry if isinstance(entry, dict) else {}
    try:
        if entry.get("status") != "success":
            raise error_from_body({"error": entry.get("error")}, 400)
        kind = str(entry.get("media_type") or "audio/wav")
        data = check_sound(decode_base64(entry.get("audio_data")), kind)
    except OmniError as error:
        return BatchResult(index, error=error)
    return BatchResult(index, Speech(data, kind, usage_from(entry.get("usage"))))


def _sound_type(stated: str, head: bytes, asked: str) -> str:
    """The media type of a sound: as stated, or by its first bytes where no type is stated. Bare PCM has no mark."""
    kind = stated.partition(";")[0].strip().lower()
    if kind and kind not in UNTYPED:
        return kind
    detected = media_type_of(head)
    return detected or ("audio/pcm" if asked == "pcm" and head[:1] not in (b"{", b"<") else kind)


def _usage_of_headers(headers: Mapping[str, str]) -> Usage | None:
    try:
        counts = {name: int(headers[f"{USAGE}{name}-tokens"]) for name in ("input", "output", "total")}
    except (KeyError, ValueError):
        return None
    return Usage(counts["input"], counts["output"], counts["total"])
