"""A long text, spoken in parts: each has its own player and can be spoken again, and all are joined into one file."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from omni_ui.client import BadRequest, BrokenAnswer, NothingMade, OmniClient, OmniError, ServerFailed, SpeechRequest
from omni_ui.core.audio.audio_stream import Listening
from omni_ui.core.files import Json, keep, shown
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, RunResult, Updates
from omni_ui.core.updating_run import UpdatingRun
from omni_ui.features.speech.pieces import Piece
from omni_ui.features.speech.request import SpokenText
from omni_ui.features.speech.run import DRAWN, Spoken, Stage, show_file, speed_facts, with_reference
from omni_ui.features.speech.words.subtitles import Cue, srt, vtt
from omni_ui.features.speech.words.word_times import cue, shown_words
from omni_ui.media.audio import join, peaks, save_pcm
from omni_ui.media.recording import read_recording

AT_ONCE = 3
"""Parts that are spoken at the same time when nobody listens; a server makes better use of itself then."""

OF_THE_PART = (BadRequest, BrokenAnswer, NothingMade, ServerFailed)
"""Errors that may concern one part alone. After any other one the rest is not tried."""


@dataclass(frozen=True)
class Part:
    """The state of one part of a long text. seconds: of speech."""

    number: int
    piece: Piece
    state: Literal["waiting", "speaking", "done", "failed"] = "waiting"
    path: Path | None = None
    seconds: float = 0.0
    peaks: list[int] = field(default_factory=list)
    trouble: str = ""
    seed: int | None = None

    def row(self) -> Json:
        """What the page shows of it."""
        file = {"file": shown(self.path)} if self.path else {}
        about = {"number": self.number, "speaker": self.piece.speaker, "text": self.piece.text, "state": self.state}
        return about | {"seconds": self.seconds, "peaks": self.peaks, "trouble": self.trouble} | file


@dataclass(frozen=True)
class Made:
    """A long text and what became of its parts; kept in the session, so that parts can be spoken again."""

    request: SpokenText
    parts: list[Part]


class LongTextRun(UpdatingRun[SpokenText]):
    """Speaks the parts of a text. again: those parts of the text before that `entered` names."""

    def __init__(self, request: SpokenText, stage: Stage, listening: Listening, again: bool = False) -> None:
        self.request = request
        self._stage = stage
        self._listening = listening
        self._parts = [Part(number, piece) for number, piece in enumerate(request.pieces(), 1)]
        self._again = again
        self._made = RunResult()
        self._shown = 0.0
        self._error: OmniError | None = None
        self._first: float | None = None
        self._took = 0.0

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Updates]:
        request = await with_reference(self.request)
        todo = self._wanted() if self._again else [part.number for part in self._parts]
        for number in todo:
            earlier = self._parts[number - 1]
            # A part that is not liked is spoken with another seed; one that failed with its own.
            seed = secrets.randbelow(2**31) if earlier.path else earlier.seed or request.seed
            self._set(number, state="waiting", trouble="", seed=seed)
        self.has_partial_result = not self._again  # of a text that is taken up again, what there is of it stays
        yield ({self._stage.player: ""} if self._again else self._stage.cleared()) | self._view()
        began = time.monotonic()
        speak = self._in_order if request.stream else self._side_by_side
        async with aclosing(speak(omni, request, todo, reporter)) as updates:
            async for update in updates:
                yield update
        self._took = time.monotonic() - began
        missing = [part for part in self._parts if not part.path]
        yield self._view() if missing or self._error else await self._joined()
        if self._error:
            raise self._trouble(self._error, missing)

    def _wanted(self) -> list[int]:
        """Takes up the parts of the text before; those to speak now: the one named, or all that are missing."""
        earlier: Made = self.entered["made"]
        self._parts = list(earlier.parts)
        named = (self.entered["parts"] or {}).get("again")
        return [part.number for part in self._parts if part.number == named or (not named and not part.path)]

    async def _in_order(
        self, omni: OmniClient, request: SpokenText, todo: list[int], reporter: RetryReporter
    ) -> AsyncGenerator[Updates]:
        """One after the other, heard as one stream."""
        stream = None
        try:
            for number in todo:
                piece = self._parts[number - 1].piece
                spoken = Spoken(self._listening, self, stream)
                self._set(number, state="speaking")
                yield self._view()
                try:
                    async with aclosing(spoken.streamed(omni, self._asked(number, request), reporter)) as chunks:
                        async for _ in chunks:
                            stream = spoken.stream
                            self._first = self._first if self._first is not None else spoken.first
                            yield {self._stage.player: stream.element} if stream else {}
                    path = await save_pcm(bytes(spoken.pcm), spoken.rate, spoken.channels, f"part-{number}")
                    await self._done(number, path)
                    spoken.silence(piece.pause)
                except OmniError as error:
                    if not self._failed(number, error):
                        return
                yield self._view()
            if stream:
                stream.close(whole=all(part.path for part in self._parts))
        finally:
            if stream:
                stream.close()

    async def _side_by_side(
        self, omni: OmniClient, request: SpokenText, todo: list[int], reporter: RetryReporter
    ) -> AsyncGenerator[Updates]:
        """A few at a time; each is shown as soon as it is there."""
        limit, news = asyncio.Semaphore(AT_ONCE), asyncio.Event()
        going = True

        async def one(number: int) -> None:
            nonlocal going
            async with limit:
                if not going:
                    return
                self._set(number, state="speaking")
                news.set()
                try:
                    speech = await omni.speech(self._asked(number, request), on_wait=reporter)
                    await self._done(number, await keep(speech.data, f"part-{number}{speech.suffix}"))
                except OmniError as error:
                    going = self._failed(number, error) and going
                news.set()

        tasks = [asyncio.create_task(one(number)) for number in todo]
        every = asyncio.gather(*tasks)
        every.add_done_callback(lambda _: news.set())
        try:
            while not every.done():
                await news.wait()
                news.clear()
                yield self._view()
            await every
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _asked(self, number: int, request: SpokenText) -> SpeechRequest:
        part = self._parts[number - 1]
        return request.request_for(part.piece, part.seed)

    def _set(self, number: int, **news: Any) -> None:
        self._parts[number - 1] = replace(self._parts[number - 1], **news)
        ready = sum(part.path is not None for part in self._parts)
        self.note = f"Speaking, {ready} of {len(self._parts)} parts are ready"

    async def _done(self, number: int, path: Path) -> None:
        try:
            sound = await read_recording(path, "input", longest=DRAWN)
        except Invalid as wrong:
            raise BrokenAnswer(f"The server sent a sound that cannot be read: {wrong}") from None
        drawn = await asyncio.to_thread(peaks, sound.mono)
        self._set(number, state="done", path=path, seconds=sound.seconds, peaks=drawn)

    def _failed(self, number: int, error: OmniError) -> bool:
        """Whether the others are worth a try."""
        self._error = self._error or error
        kept = self._parts[number - 1].path  # an earlier take is better than none
        self._set(number, state="done" if kept else "failed", trouble=error.sentence)
        return isinstance(error, OF_THE_PART)

    def _view(self) -> Updates:
        """The current list. One that is long is not sent again for every part."""
        now, running = time.monotonic(), any(part.state == "speaking" for part in self._parts)
        if running and now - self._shown < len(self._parts) / 100:
            return {}
        self._shown = now
        parts = (
            self._parts
            if running
            else [replace(p, state="waiting") if p.state == "speaking" else p for p in self._parts]
        )
        return {
            self._stage.parts: {"rows": [part.row() for part in parts]},
            self._stage.made: Made(self.request, list(parts)),
        }

    async def _joined(self) -> Updates:
        """All parts as one file, and its subtitles."""
        pieces = [(part.path, part.piece.pause) for part in self._parts if part.path]
        try:
            path, bare = await join(pieces, self.request.response_format)
        except ValueError as wrong:
            raise Invalid.because("response_format", str(wrong)) from None
        texts = [await keep(form(self._cues()).encode(), f"speech.{form.__name__}") for form in (srt, vtt)]
        updates, _ = await show_file(self._stage, path, bare)
        length = sum(part.seconds + part.piece.pause for part in self._parts) - self._parts[-1].piece.pause
        facts = [("parts", str(len(self._parts)))]
        facts += speed_facts(length, self._took, self._first) if not self._again else [("speech", f"{length:.1f} s")]
        self._made = RunResult([path, *texts], facts=facts)
        files = {self._stage.files: [str(text) for text in texts], self._stage.words: shown_words(self._cues())}
        return updates | self._view() | files

    def _cues(self) -> list[Cue]:
        cues, at = [], 0.0
        for part in self._parts:
            cues.append(cue(part.piece.text, at, at + part.seconds, speaker=part.piece.speaker))
            at += part.seconds + part.piece.pause
        return cues

    def _trouble(self, error: OmniError, missing: list[Part]) -> OmniError:
        """Why it is not whole, and what to do: the others stay."""
        kept = len(self._parts) - len(missing)
        if not missing or not kept:
            return error
        first = next(part for part in missing if part.trouble)
        which = f"Part {first.number}" if len(missing) == 1 else f"{len(missing)} parts"
        why = first.trouble if first.trouble.endswith((".", "!", "?")) else f"{first.trouble}."
        return OmniError(
            f"{which} of {len(self._parts)} could not be spoken: {why}",
            f"The other {kept} are kept below: press “Speak missing parts” there to join them all.",
            status=error.status,
            server_message=error.server_message,
        )

    def outcome(self) -> RunResult:
        return self._made
