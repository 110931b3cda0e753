"""Help with a prompt over a route of our own: lines of JSON, at least two a second, so that a page that leaves is seen.

Each is {"note": what is done}; the last one {"text": …, "said": who wrote it} or {"error": one sentence}.
"""

import base64
import binascii
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from omni_ui.client import Ability, FileRef, OmniError
from omni_ui.core import status
from omni_ui.core.backends import Backends
from omni_ui.core.files import FileRefused, Json, keep, owned_path
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun, RunResult, execute, explain
from omni_ui.core.servers.backend import Backend
from omni_ui.core.visitor import visitor_of
from omni_ui.features.assist.hearing import LONGEST, find_ear, hearing_run
from omni_ui.features.assist.prompt_help import ChatTextRun, Task, help_request, language_for
from omni_ui.features.recipes.originals import ORIGINALS
from omni_ui.media.image_input import take_picture
from omni_ui.settings import Tab

NO_CHAT = "No chat server is connected: the host can set OMNI_CHAT_URL."
NO_EAR = "No server here transcribes speech: the host can set OMNI_LISTEN_URL."
DEMO = "This demo has no language model: it adds a few fixed words, and cannot translate."
PICTURES: dict[Tab, str] = {"edit": "image", "video": "input_reference"}
"""By tab the slot of the picture that can be described."""
LARGEST_SOUND = 2_000_000
"""Characters of base64."""


HelpTab = Literal["image", "edit", "video", "sound", "speech"]


class PromptHelp(BaseModel):
    """What is asked for a prompt. picture: an uploaded file as the page holds it."""

    task: Task
    tab: HelpTab
    prompt: str = Field("", max_length=32_000)
    picture: Json | None = None


class Dictation(BaseModel):
    """A recording of the page: a WAV file as base64."""

    sound: str = Field(max_length=LARGEST_SOUND)


def assist_routes(backends: Backends) -> APIRouter:
    router = APIRouter(prefix="/omni/assist")

    @router.get("")
    async def offers(request: Request) -> Json:
        """What can be offered beside prompts, for the session that asks."""
        session = request.headers.get("x-omni-session")
        chat, ability = await _chat(backends, session)
        ear = await find_ear(backends, session)
        languages = {tab: await _language(backends, tab, session) for tab in get_args(HelpTab)}
        return {
            "writes": ability is not None,
            "sees": bool(ability and "image" in ability.detail["inputs"]),
            "pictures": [tab for tab, slot in PICTURES.items() if await _takes(backends, tab, slot, session)],
            "hears": ear.by if ear else "",
            "demo": bool(chat and chat.demo),
            "longest": LONGEST,
            "languages": languages,
        }

    @router.post("/prompt")
    async def prompt(asked: PromptHelp, request: Request) -> StreamingResponse:
        return _lines(_help(backends, asked, request))

    @router.post("/words")
    async def words(asked: Dictation, request: Request) -> StreamingResponse:
        return _lines(_words(backends, asked, request))

    return router


async def _help(backends: Backends, asked: PromptHelp, request: Request) -> AsyncGenerator[Json]:
    session = request.headers.get("x-omni-session")
    chat, ability = await _chat(backends, session)
    if chat is None or ability is None:
        raise Invalid.because("", NO_CHAT)
    if asked.task != "describe" and not asked.prompt.strip():
        raise Invalid.because("prompt", "Prompt is empty: write a few words first.")
    picture = await _picture(asked, request) if asked.task == "describe" else None
    target = backends.for_tab(asked.tab, session)
    there = await target.ability(asked.tab) if target else None
    language = language_for(asked.prompt, there.model if there else None)
    run = ChatTextRun(help_request(asked.task, asked.tab, asked.prompt, language, picture, ability))
    async with aclosing(_steps(backends, chat, run, request)) as lines:
        async for line in lines:
            if text := line.get("text"):
                ORIGINALS.note(visitor_of(request), str(text), asked.prompt)
                line |= {"said": DEMO if chat.demo else f"Written by {ability.model or 'the chat server'}."}
            yield line


async def _words(backends: Backends, asked: Dictation, request: Request) -> AsyncGenerator[Json]:
    ear = await find_ear(backends, request.headers.get("x-omni-session"))
    if ear is None:
        raise Invalid.because("", NO_EAR)
    try:
        sound = base64.b64decode(asked.sound, validate=True)
    except binascii.Error:
        sound = b""
    if sound[:4] != b"RIFF" or sound[8:12] != b"WAVE":
        raise Invalid.because("", "The recording did not arrive completely: try again.")
    path = await keep(sound, "dictation.wav")
    async with aclosing(_steps(backends, ear.backend, await hearing_run(ear, path), request)) as lines:
        async for line in lines:
            yield line | ({"said": ear.said} if "text" in line else {})


async def _steps(backends: Backends, backend: Backend, run: AnyRun, request: Request) -> AsyncGenerator[Json]:
    """The steps of a run as lines. It waits in the same queue as all others, and counts in the visitor's limits."""
    run.visitor = visitor_of(request)
    run.owner = run.visitor or f"address {request.client.host if request.client else ''}"
    async with aclosing(execute(backend, run)) as steps:
        async for step in steps:
            if step.kind == "done":
                yield {"text": (step.outcome or RunResult()).text}
            elif step.kind in ("failed", "called off"):
                yield {"error": backends.redact_address(explain(step.error)[0], backend)}
            else:
                yield {"note": status.progress_text(run.note, step.place, step.wait)}


def _lines(steps: AsyncGenerator[Json]) -> StreamingResponse:
    async def lines() -> AsyncGenerator[str]:
        try:
            async with aclosing(steps) as listed:
                async for line in listed:
                    yield json.dumps(line, ensure_ascii=False) + "\n"
        except (Invalid, OmniError) as wrong:
            yield json.dumps({"error": explain(wrong)[0]}) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson", headers={"X-Accel-Buffering": "no"})


async def _chat(backends: Backends, session: str | None) -> tuple[Backend | None, Ability | None]:
    """The Chat tab's server, and its ability when its model answers in text."""
    chat = backends.for_tab("chat", session)
    ability = await chat.ability("chat") if chat else None
    writes = ability and ability.can and "text" in ability.detail.get("outputs", ())
    return chat, ability if writes else None


async def _language(backends: Backends, tab: HelpTab, session: str | None) -> str:
    backend = backends.for_tab(tab, session)
    ability = await backend.ability(tab) if backend else None
    return language_for("", ability.model if ability else None)


async def _takes(backends: Backends, tab: Tab, slot: str, session: str | None) -> bool:
    """Whether the tab has a place for the picture: a model that makes videos from words alone takes none."""
    backend = backends.for_tab(tab, session)
    if backend is None or not await backend.ability(tab):
        return False
    return slot not in backend.hides(tab)


async def _picture(asked: PromptHelp, request: Request) -> FileRef:
    """The picture as it is sent. Invalid where there is none, or where it is not the visitor's own."""
    path = (asked.picture or {}).get("path")
    if not isinstance(path, str):
        raise Invalid.because("", "There is no picture to describe: add one first.")
    try:
        own = owned_path(path, visitor_of(request))
    except FileRefused:
        raise Invalid.because("", "This picture is no longer available: add it again.") from None
    return FileRef((await take_picture(own, "image")).path)
