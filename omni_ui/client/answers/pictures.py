"""Pictures out of an answer."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from omni_ui.client.answers.failures import error_from_body
from omni_ui.client.answers.formats import Picture, picture_from
from omni_ui.client.connection.retries import OnWait
from omni_ui.client.connection.transport import Transport
from omni_ui.client.errors import BrokenAnswer, NothingMade, OmniError
from omni_ui.client.events import Failed, TextDelta
from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import WireCall


@dataclass(frozen=True)
class Pictures:
    """What a call made.

    size: WIDTHxHEIGHT as the server states it. output_format: png, jpeg or webp as stated. seconds: from the call to
    the last byte. text: what the model thought, where it says so. metrics: the server's own (stage_durations …).
    missing: how many of the pictures in the answer could not be read; the others are whole.
    """

    pictures: list[Picture]
    size: str | None = None
    output_format: str | None = None
    seconds: float = 0.0
    text: str | None = None
    metrics: Json = field(default_factory=dict)
    missing: int = 0

    @property
    def not_drawn(self) -> list[str]:
        """Words of the prompt that the server says it did not draw, as the demo does; empty on other servers."""
        words = self.metrics.get("not_drawn")
        if not isinstance(words, list):
            return []
        return [word[:40] for word in words[:8] if isinstance(word, str) and word]


OnPicture = Callable[[Picture], None]


async def fetch_pictures(
    wire: Transport, call: WireCall, on_wait: OnWait | None, deadline: float | None, on_picture: OnPicture | None = None
) -> Pictures:
    """Sends the call and reads its pictures, long base64 off the event loop. on_picture: see `OmniClient.images`."""
    began = time.monotonic()

    def take(medium: bytes) -> None:
        with suppress(BrokenAnswer):  # `read_pictures` says what that means for the answer
            if on_picture:
                on_picture(picture_from(medium))

    body = await wire.fetch_media_json(call, on_wait, deadline, take if on_picture else None)
    if _is_decoded(body):
        return read_pictures(body, began)
    return await asyncio.to_thread(read_pictures, body, began)


async def read_edit(
    wire: Transport, response: httpx.Response, began: float
) -> AsyncGenerator[TextDelta | Pictures | Failed]:
    """The events of a streamed edit: what the model thinks, then the pictures (protocol/images.py:273-310)."""
    if "text/event-stream" not in response.headers.get("content-type", ""):
        yield await asyncio.to_thread(read_pictures, await wire.read_json(response), began)
        return
    try:
        has_picture = False
        async for _, chunk in wire.events(response):
            if chunk is None:
                break
            if chunk.get("error"):
                raise error_from_body(chunk, None)
            if chunk.get("type") == "ar_delta" and chunk.get("delta"):
                yield TextDelta(str(chunk["delta"]))
            elif chunk.get("type") == "image":
                has_picture = True
                yield await asyncio.to_thread(read_pictures, chunk, began)
        if not has_picture:
            raise BrokenAnswer("The answer ended without a picture.")
    except OmniError as error:
        yield Failed(error)


def read_pictures(body: Json, began: float) -> Pictures:
    """Reads an ImageGenerationResponse (protocol/images.py:210).

    What a picture is, its own bytes say: a wrong `output_format` is corrected, since the picture is good. Of several,
    those that are whole are given. NothingMade when empty, BrokenAnswer when none can be read.
    """
    data = body.get("data")
    if not isinstance(data, list):
        raise BrokenAnswer("The server's answer contains no pictures.")
    if not data:
        raise NothingMade("The server reported success but made no picture.")
    pictures, broken = [], None
    for entry in data:
        try:
            pictures.append(picture_from(entry.get("b64_json") if isinstance(entry, dict) else None))
        except BrokenAnswer as error:
            broken = error
    if broken and not pictures:
        raise broken
    stated, metrics = body.get("output_format"), body.get("metrics")
    if isinstance(stated, str) and any(_differs(stated, picture) for picture in pictures):
        stated = pictures[0].suffix.lstrip(".").replace("jpg", "jpeg")
    return Pictures(
        pictures,
        size=body.get("size"),
        output_format=stated,
        seconds=time.monotonic() - began,
        text=body.get("cot_output"),
        metrics=metrics if isinstance(metrics, dict) else {},
        missing=len(data) - len(pictures),
    )


def _is_decoded(body: Json) -> bool:
    """Whether all base64 of an answer was decoded as it arrived: what is left to look at is little."""
    data = body.get("data")
    entries = data if isinstance(data, list) else []
    return all(isinstance(entry.get("b64_json"), bytes) for entry in entries if isinstance(entry, dict))


def _differs(stated: str, picture: Picture) -> bool:
    types = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
    return types.get(stated.lower(), picture.media_type) != picture.media_type
