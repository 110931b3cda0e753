"""A sample of each voice: one short sentence, made when it is first asked for, once per server, and kept.

The page's half is cards.js.
"""

import asyncio
import hashlib
from pathlib import Path
from weakref import WeakValueDictionary

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field

from omni_ui.client import OmniError, SpeechRequest
from omni_ui.core.backends import Backends
from omni_ui.core.run import Values
from omni_ui.core.run_queue import QueueFull
from omni_ui.core.servers.backend import Backend
from omni_ui.core.visitor import visitor_of
from omni_ui.features.voices.facts import facts_of
from omni_ui.features.voices.voices import SAMPLE, Known, fetch

MOST = 200
"""Samples that are kept; the one that was asked for the longest ago goes first."""
PATIENCE = 60.0
"""Seconds that a sample may wait for its turn, and then be made in."""


class SampleRequest(BaseModel):
    """voice: its value in the choice of the Speech tab."""

    voice: str = Field(min_length=1, max_length=200)


class VoiceSamples:
    """The samples in a folder. None: they are made anew each time."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """By server, as long as somebody waits."""

    async def sample(self, backend: Backend, model: str | None, voice: str, saved: str, visitor: str) -> bytes:
        """A WAV file. saved: changes with the recording of a saved voice. OmniError, QueueFull, TimeoutError."""
        lock = self._locks.setdefault(backend.known_as, asyncio.Lock())
        async with asyncio.timeout(PATIENCE), lock:  # whoever asks for the same voice meanwhile finds it made
            path = self._path(backend, model, voice, saved)
            if path and (sound := await asyncio.to_thread(_read, path)):
                return sound
            slot = backend.gate.enter(visitor)
            try:
                while not await slot.ready(1):
                    pass
                request = SpeechRequest(input=SAMPLE, voice=voice, response_format="wav")
                sound = (await backend.client.speech(request, deadline=PATIENCE)).data
            finally:
                slot.leave()
            if path:
                await asyncio.to_thread(_write, path, sound)
            return sound

    def _path(self, backend: Backend, model: str | None, voice: str, saved: str) -> Path | None:
        if self._folder is None:
            return None
        parts = "\0".join((backend.known_as, model or "", voice, saved, SAMPLE))
        return self._folder / f"{hashlib.sha256(parts.encode()).hexdigest()[:32]}.wav"


def cards_of(voices: Known, demo: bool, public: bool) -> list[Values]:
    """Each voice for the page: value, name, language, sound; can: whether a sample may be asked for."""
    saved = {voice.name.lower() for voice in voices.saved}
    descriptions = {voice.name.lower(): voice.description or "" for voice in voices.saved}
    cards = []
    for label, value in voices.choices:
        if value:
            facts = facts_of(value, demo)
            is_saved = value in saved
            cards.append(
                {
                    "value": value,
                    "name": label.removesuffix(" (saved)") if is_saved else label,
                    "language": facts.language if not is_saved else "",
                    "sound": descriptions[value] if is_saved else facts.sound,
                    "saved": is_saved,
                    "can": not (is_saved and public),  # it belongs to a session, which a route does not know
                }
            )
    return cards


def sample_routes(backends: Backends) -> APIRouter:
    router = APIRouter(prefix="/omni/voices")
    folder = backends.settings.data_folder
    samples = VoiceSamples(folder / "voice-samples" if folder else None)

    @router.post("/sample")
    async def sample(asked: SampleRequest, request: Request) -> Response:
        """The sample of a voice that the server lists, for the session that asks."""
        session = request.headers.get("x-omni-session")
        backend = backends.for_tab("speech", session)
        voices = await fetch(backends, session)
        if backend is None or voices is None or asked.voice not in [value for _, value in voices.choices]:
            raise HTTPException(404, "This voice is no longer on the server.")
        ability = await backend.ability("speech")
        recording = next((str(saved.created_at) for saved in voices.saved if saved.name.lower() == asked.voice), "")
        visitor = visitor_of(request) or f"address {request.client.host if request.client else ''}"
        try:
            sound = await samples.sample(backend, ability.model if ability else None, asked.voice, recording, visitor)
        except OmniError as error:
            raise HTTPException(502, backends.redact_address(error.sentence, backend)) from None
        except QueueFull as full:
            raise HTTPException(429, str(full)) from None
        except TimeoutError:
            raise HTTPException(504, "The server took too long. Try again later.") from None
        return Response(sound, media_type="audio/wav", headers={"X-Content-Type-Options": "nosniff"})

    return router


def _read(path: Path) -> bytes:
    try:
        sound = path.read_bytes()
        path.touch()
    except OSError:
        return b""
    return sound


def _write(path: Path, sound: bytes) -> None:
    """Keeps a sample, and no more than MOST; a full disk keeps none."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(sound)
        part.replace(path)
        kept = sorted(path.parent.glob("*.wav"), key=lambda file: file.stat().st_mtime)
        for file in kept[:-MOST]:
            file.unlink(missing_ok=True)
    except OSError:
        return
