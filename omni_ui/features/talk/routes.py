"""The page's socket, /omni/talk: one call for each connection. The server's key stays on this side.

Which pages may open it is decided before it (app/origin_guard), and who is signed in too (features/login). A call is a
run of its visitor: it takes a place in the server's line as all others do, and the host's limits hold for it.
"""

import asyncio
import base64
import io
import logging
import time
import wave
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from omni_ui.client import ChatRequest, OmniError
from omni_ui.client.live import CallEnded, TalkConfig
from omni_ui.core.backends import Backends
from omni_ui.core.files import Json
from omni_ui.core.reports.run_report import RunReport
from omni_ui.core.run_queue import QueueFull
from omni_ui.core.servers.backend import Backend
from omni_ui.core.visitor import visitor_of
from omni_ui.features.history.service import Recorder
from omni_ui.features.talk.call import LONGEST_TEXT, Call
from omni_ui.features.talk.line import OpenCalls, PageLine, read_message
from omni_ui.features.talk.record import CARRIED, keep_call
from omni_ui.features.talk.recording import CallRecording
from omni_ui.features.talk.replay.inputs import read_inputs
from omni_ui.features.talk.replay.questions import Question, ask_again, read_questions
from omni_ui.features.talk.report import note_end, reported_call
from omni_ui.store import StoreFailed

log = logging.getLogger(__name__)
FIRST_MESSAGE = 10.0
"""Seconds in which the page must say what it wants."""
LARGEST_VOICE = 2 * 2**20
"""Characters of base64 of a voice sample: 48 s as the page makes it, 16 kHz and 16 bit."""
PATIENCE = 10.0
"""Seconds that a call waits for a place in the server's line."""
Admit = Callable[[str, str | None], bool]
"""Whether a visitor may use a session."""


def talk_routes(backends: Backends, recorder: Recorder, admit: Admit) -> APIRouter:
    router = APIRouter()
    calls = OpenCalls(backends.settings.talk_calls)

    @router.websocket("/omni/talk")
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        caller = caller_of(socket)
        if "resume" in socket.query_params:
            with suppress(WebSocketDisconnect, RuntimeError):
                await _resume(socket, calls, caller)
            return
        if not await calls.enter(caller):
            await _refuse(socket, "You are already in a call, maybe in another tab: end that one first.")
            return
        try:
            await _serve(socket, backends, recorder, calls, admit)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the page is gone
        finally:
            calls.leave(caller)

    return router


async def _resume(socket: WebSocket, calls: OpenCalls, caller: str) -> None:
    """Continues a call whose connection was lost."""
    message = await _first_message(socket, "resume")
    line = calls.find(caller, message.get("call")) if message else None
    if message is None or line is None:
        await _refuse(socket, "The connection was lost for too long, and the call ended: what was said is in History.")
        return
    await line.resume(socket, message.get("received"))


async def _first_message(socket: WebSocket, kind: str) -> Json | None:
    """What the page says first; None for anything else."""
    try:
        message = read_message(await asyncio.wait_for(socket.receive_text(), FIRST_MESSAGE))
    except (TimeoutError, KeyError):
        return None
    return message if message and message.get("type") == kind else None


async def _refuse(socket: WebSocket, sentence: str) -> None:
    await socket.send_json({"type": "ended", "text": sentence, "failed": True})
    await socket.close(1000)


async def _serve(socket: WebSocket, backends: Backends, recorder: Recorder, calls: OpenCalls, admit: Admit) -> None:
    """One call, from the first message to the last."""
    visitor = visitor_of(socket)
    start = await _first_message(socket, "start")
    if start is None:
        await _refuse(socket, "The call did not start properly: reload the page.")
        return
    session = str(start.get("session") or "") or None
    if session and not admit(session, visitor):
        await _refuse(socket, "This session belongs to another visitor: reload the page.")
        return
    try:
        repeated = await _repeated(recorder, start, visitor)
    except StoreFailed as problem:
        await _refuse(socket, problem.sentence)
        return
    if repeated is None:
        await _refuse(socket, "This call is not in your history any more, or nothing was said in it.")
        return
    questions, settings = repeated
    if refusal(backends, settings, session):
        settings.pop("voice", None)  # of another session
    start = {**settings, **start}
    if sentence := refusal(backends, start, session):
        await _refuse(socket, sentence)
        return
    backend = backends.for_tab("chat", session)
    if backend is None:
        await _refuse(socket, "No server is set for Talk: the host can set OMNI_BASE_URL or OMNI_CHAT_URL.")
        return
    try:
        slot = backend.gate.enter(caller_of(socket))
    except QueueFull as full:
        await _refuse(socket, str(full))
        return
    backend.hold()
    entered = time.monotonic()
    try:
        if await slot.ready(PATIENCE):
            line = PageLine(start.get("resumes") is True)
            line.open(socket)
            waited = time.monotonic() - entered
            with calls.listed(caller_of(socket), line), reported_call(backend, waited) as report:
                await _call(line, backends, backend, recorder, visitor, start, questions, report)
        else:
            await _refuse(socket, "This server has no free call slot: try again in a moment.")
    finally:
        slot.leave()
        await backend.let_go()


async def _repeated(recorder: Recorder, start: Json, visitor: str | None) -> tuple[list[Question], Json] | None:
    """The questions of the call that is to be repeated, and what it began with: instructions, voice, pictures.

    Nothing of both for a call of its own, None where that call is gone.
    """
    if "again" not in start:
        return [], {}
    record = await recorder.find(str(start["again"])[:100], visitor)
    if record is None or record.tab != "talk":
        return None
    paths = {Path(file.title).suffix: await recorder.store.history.fetch(file) for file in record.files}
    document, sound = paths.get(".json"), paths.get(".wav")
    if document is None or sound is None:
        return None
    inputs = await asyncio.to_thread(read_inputs, paths.get(".zip"))
    try:
        questions = await asyncio.to_thread(read_questions, document, sound, inputs)
    except ValueError:
        return None
    settings = {name: record.entered[name] for name in CARRIED if name in record.entered and name != "hold"}
    settings["camera"] = bool(inputs.pictures)
    if inputs.voice:
        settings["ref_audio"] = base64.b64encode(inputs.voice).decode()
    return (questions, settings) if questions else None


def caller_of(socket: WebSocket) -> str:
    """Who takes turns with others: the visitor, else the address that the call comes from."""
    return visitor_of(socket) or f"address {socket.client.host if socket.client else ''}"


def refusal(backends: Backends, start: Json, session: str | None) -> str:
    """Why the host's limits do not allow a call; "" when they do. The instructions count as what is written."""
    config = read_config(start)
    return text_refusal(backends, config.instructions or "-", session, config.voice)


def text_refusal(backends: Backends, text: str, session: str | None, voice: str | None = None) -> str:
    request = ChatRequest.model_construct(messages=[{"role": "user", "content": text}], voice=voice)
    return " ".join(problem.sentence for problem in backends.limits.check(request, session))


async def _call(
    line: PageLine,
    backends: Backends,
    backend: Backend,
    recorder: Recorder,
    visitor: str | None,
    start: Json,
    questions: list[Question],
    report: RunReport,
) -> None:
    try:
        config = read_config(start)
        config = replace(config, hold=True) if questions else config
        most = int(backends.limits.caps.get("tokens", 0)) or None
        session = await backend.client.open_talk(replace(config, max_tokens=most))
    except OmniError as error:
        note_end(report, CallEnded(failed=True), error)
        await _end(line, CallEnded(backends.redact_address(error.sentence, backend), failed=True))
        return
    ability = await backend.ability("chat")
    report.model = ability.model if ability else None
    recording = CallRecording(session.can.profile, report.model)
    check = partial(text_refusal, backends, session=str(start.get("session") or "") or None)
    call = Call(session, recording, line.send_json, line.send_bytes, check, line.token if line.resumes else "")
    await asyncio.to_thread(call.inputs.add_voice, config.reference_audio)
    minutes = backends.settings.talk_minutes
    ended = CallEnded("The call was cut off.", failed=True)
    running, listening = asyncio.create_task(call.run()), asyncio.create_task(line.over(call.receive))
    tasks: set[asyncio.Task[object]] = {running, listening}
    if questions:
        tasks.add(asyncio.create_task(ask_again(call, questions)))
    try:
        done, _ = await asyncio.wait(tasks, timeout=minutes * 60, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            ended = CallEnded(f"Calls are limited to {minutes:g} minutes here. Call again to continue.")
        elif running in done:
            ended = running.result()
        else:
            ended = CallEnded()
            for task in done:
                task.result()
        note_end(report, ended)
    except WebSocketDisconnect:
        pass
    except OmniError as error:
        note_end(report, ended, error)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        line.give_up()
        await call.close()
        record = await keep_call(recorder, visitor, backend, recording, call.turns, start)
    await _end(line, CallEnded(backends.redact_address(ended.sentence, backend), ended.failed), record)


async def _end(line: PageLine, ended: CallEnded, record: str = "") -> None:
    """Tells the page that the call is over, and removes the call."""
    await line.send_json({"type": "ended", "text": ended.sentence, "failed": ended.failed, "record": record})
    await line.close()


def read_config(start: Json) -> TalkConfig:
    """What the page asks for; anything odd is left out."""

    def text(name: str) -> str | None:
        value = start.get(name)
        return value.strip()[:LONGEST_TEXT] or None if isinstance(value, str) else None

    return TalkConfig(
        instructions=text("instructions"),
        voice=text("voice"),
        hold=start.get("hold") is True,
        reference_audio=_voice_sample(start.get("ref_audio")),
        modalities=("text",) if start.get("written") is True else ("audio", "text"),
        camera=start.get("camera") is True,
    )


def _voice_sample(value: object) -> bytes | None:
    """The WAV file of a voice that the page sent; None for anything else."""
    if not isinstance(value, str) or not value or len(value) > LARGEST_VOICE:
        return None
    try:
        content = base64.b64decode(value, validate=True)
        with wave.open(io.BytesIO(content)) as file:
            usable = file.getsampwidth() == 2 and file.getnchannels() == 1 and file.getnframes() > 0
    except (ValueError, wave.Error, EOFError):
        return None
    return content if usable else None
