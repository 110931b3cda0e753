"""Chat answers, streamed or whole, as one stream of typed events. Every surprise of WIRE.md 7 and 8 ends here."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import httpx

from omni_ui.client.answers.failures import error_from_body
from omni_ui.client.answers.formats import decode_base64, picture_from
from omni_ui.client.answers.samples import chunk_from
from omni_ui.client.answers.valid_text import DeltaText, valid_text, valid_values
from omni_ui.client.connection.transport import Transport
from omni_ui.client.errors import BrokenAnswer, NothingMade, OmniError
from omni_ui.client.events import ChatEvent, Failed, Finish, PictureMade, ReasoningDelta, TextDelta, usage_from
from omni_ui.client.json_types import Json


async def read_chat(wire: Transport, response: httpx.Response) -> AsyncGenerator[ChatEvent]:
    """The events of an answer. Pure diffusion servers answer with one JSON body even when asked to stream."""
    if "text/event-stream" not in response.headers.get("content-type", ""):
        body = await wire.read_json(response)
        for event in await asyncio.to_thread(lambda: list(_read_whole(body))):
            yield event
        return
    try:
        async for event in _read_stream(wire, response):
            yield event
    except OmniError as error:
        yield Failed(error)


async def _read_stream(wire: Transport, response: httpx.Response) -> AsyncIterator[ChatEvent]:
    reason, ended, has_answer, tool = None, False, False, False
    metrics: dict[str, object] = {}
    joiners: dict[type[TextDelta] | type[ReasoningDelta], DeltaText]
    joiners = {TextDelta: DeltaText(), ReasoningDelta: DeltaText()}
    async for _, chunk in wire.events(response, halves=True):
        if chunk is None:
            ended = True
            break
        if chunk.get("error"):
            raise error_from_body(valid_values(chunk), None)
        _add_metrics(metrics, chunk.get("metrics"))
        for choice in _choices(chunk):
            reason = choice.get("finish_reason") or reason
            tool = tool or _calls_tool(choice.get("delta"))
            for event in await _read_off_loop(choice, choice.get("delta"), chunk.get("modality")):
                has_answer = True
                if isinstance(event, TextDelta | ReasoningDelta):
                    if text := joiners[type(event)].add(event.text):
                        yield type(event)(text)
                else:
                    yield event
        # Each audio chunk carries a usage that counts nothing; the true one comes last, without choices.
        if not chunk.get("choices") and (usage := usage_from(chunk.get("usage"))):
            yield usage
    for kind, joiner in joiners.items():
        if text := joiner.finish():
            yield kind(text)
    if not ended and reason is None:
        raise BrokenAnswer("The connection was lost before the answer was complete.")
    if not has_answer:
        raise _nothing(reason, tool)
    yield Finish("tool_calls" if tool else valid_text(str(reason or "stop")), metrics)


def _read_whole(body: dict[str, object]) -> Iterator[ChatEvent]:
    """A body that came in one piece. Text and picture are two choices with the same index."""
    if body.get("error"):
        raise error_from_body(body, None)
    choices = _choices(body)
    if not choices:
        raise NothingMade("The model gave no answer.", "Ask differently, or choose another form of answer.")
    reason = next((choice["finish_reason"] for choice in choices if choice.get("finish_reason")), "stop")
    tool = any(_calls_tool(choice.get("message")) for choice in choices)
    events = [event for choice in choices for event in _read_choice(choice, choice.get("message"), None)]
    if not events and (tool or reason == "content_filter"):
        raise _nothing(reason, tool)
    yield from events
    if usage := usage_from(body.get("usage")):
        yield usage
    metrics: dict[str, object] = {}
    _add_metrics(metrics, body.get("metrics"))
    for choice in choices:
        content = (choice.get("message") or {}).get("content")
        for part in content if isinstance(content, list) else []:
            _add_metrics(metrics, part)
    yield Finish("tool_calls" if tool else str(reason), metrics)


def _add_metrics(metrics: dict[str, object], source: object) -> None:
    """Takes in what a chunk, a body or a picture says of the stages; each says it of its own."""
    if not isinstance(source, dict):
        return
    for name in ("stage_durations", "stage_metrics"):
        before, stages = metrics.get(name), source.get(name)
        if isinstance(stages, dict):
            metrics[name] = {**before, **stages} if isinstance(before, dict) else stages
    if source.get("peak_memory_mb"):
        metrics["peak_memory_mb"] = source["peak_memory_mb"]


def _nothing(reason: object, tool: bool) -> NothingMade:
    """Why an answer is empty, as far as the server says."""
    if tool:
        return NothingMade(
            "The model asked for a tool instead of answering.",
            "No tools are available here: ask it to answer directly.",
        )
    if reason == "content_filter":
        return NothingMade("The model's content rules stopped this answer.", "Word it differently.")
    return NothingMade("The model gave no answer.", "Ask differently, or choose another form of answer.")


def _calls_tool(message: object) -> bool:
    return isinstance(message, dict) and bool(message.get("tool_calls") or message.get("function_call"))


async def _read_off_loop(choice: dict[str, object], said: object, modality: object) -> list[ChatEvent]:
    """Media are decoded in a thread; text, which comes by the thousand pieces, is not worth one."""
    if isinstance(said, dict) and (modality not in (None, "text") or isinstance(said.get("content"), list)):
        return await asyncio.to_thread(lambda: list(_read_choice(choice, said, modality)))
    return list(_read_choice(choice, said, modality))


def _read_choice(choice: dict[str, object], said: object, modality: object) -> Iterator[ChatEvent]:
    """What one choice says in its `message` or `delta`."""
    if not isinstance(said, dict):
        return
    thought = said.get("reasoning") or said.get("reasoning_content")
    if isinstance(thought, str) and thought:
        yield ReasoningDelta(thought)
    content, metadata = said.get("content"), choice.get("audio_metadata")
    if isinstance(content, str) and content:
        # Streamed sound is base64 in the place of the text, told apart by this alone.
        yield from _sound(content, metadata) if modality == "audio" else [TextDelta(content)]
    elif isinstance(content, list):
        for part in content:
            yield from _read_part(part)
    audio = said.get("audio")
    if isinstance(audio, dict) and audio.get("data"):
        yield from _sound(audio["data"], metadata)


def _read_part(part: object) -> Iterator[ChatEvent]:
    if not isinstance(part, dict):
        return
    address = part.get("image_url")
    if isinstance(part.get("text"), str):
        yield TextDelta(part["text"])
    elif address is not None:
        yield PictureMade(picture_from(address.get("url") if isinstance(address, dict) else address))


def _sound(text: object, metadata: object) -> Iterator[ChatEvent]:
    if chunk := chunk_from(decode_base64(text), metadata):
        yield chunk


def _choices(body: dict[str, object]) -> list[Json]:
    choices = body.get("choices")
    return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []
