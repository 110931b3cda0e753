"""One run of the Speech tab that speaks a text while it is being written, over one connection (WIRE.md 13)."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from weakref import WeakKeyDictionary

from omni_ui.client import AudioChunk, BadRequest, NotFound, OmniClient, OmniError, SpeechRequest
from omni_ui.client.live import SpeechSession, Word, WordTimes
from omni_ui.core.audio.audio_stream import Listening, Stream
from omni_ui.core.files import keep
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, RunResult, Updates
from omni_ui.core.servers.backend import Backend
from omni_ui.core.updating_run import UpdatingRun
from omni_ui.features.speech.long_text import OF_THE_PART
from omni_ui.features.speech.pieces import Piece
from omni_ui.features.speech.request import MAX_LONG, SpokenText
from omni_ui.features.speech.run import UNFINISHED, Stage, show_file, speed_facts, with_reference
from omni_ui.features.speech.typed_text import SentenceFeed, TypedText, TypedTexts
from omni_ui.features.speech.words.subtitles import Cue, srt, vtt
from omni_ui.features.speech.words.word_times import cue, shown_words
from omni_ui.media.audio import join, save_pcm

SETTLED = 0.7
"""Seconds without a key after which an end mark at the end of the text ends a sentence."""
IDLE = 60.0
"""Seconds without a key after which the text counts as finished: a run holds a place on the server."""
NO_ROUTE = "Choose “Sentence by sentence” above to speak the finished text."
KNOWN_FOR, PROBE = 60.0, 2.0
"""Seconds for which it is remembered whether a server has the route, and that it may take to say so."""
_ASKED: WeakKeyDictionary[Backend, tuple[float, bool]] = WeakKeyDictionary()
MOST_TROUBLE = 3
"""Sentences in a row that may fail before the rest is not tried."""


async def can_read_along(backend: Backend) -> bool:
    """Whether a server speaks over an open connection: asked, at most once a minute."""
    asked, can = _ASKED.get(backend, (-KNOWN_FOR, False))
    if time.monotonic() - asked > KNOWN_FOR:
        can = False
        with suppress(OmniError, TimeoutError):
            async with asyncio.timeout(PROBE), await backend.client.open_speech(SpeechRequest(input="-")):
                can = True
        _ASKED[backend] = time.monotonic(), can
    return can


class ReadingAlong(UpdatingRun[SpokenText]):
    """Speaks each sentence when it is complete. longest: characters that the host allows."""

    timed = False  # it takes as long as somebody writes

    def __init__(
        self, request: SpokenText, stage: Stage, listening: Listening, typed: TypedTexts, longest: int = MAX_LONG
    ) -> None:
        self.request = request
        self._stage, self._listening, self._typed, self._longest = stage, listening, typed, longest
        self._stream: Stream | None = None
        self._pcm, self._rate = bytearray(), 0
        self._cues: list[Cue] = []
        self._said = 0.0
        self._shown = 0
        self._trouble: list[tuple[int, OmniError]] = []
        self._first: float | None = None
        self._working = 0.0
        self._made = RunResult()

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Updates]:
        request = await with_reference(self.request)
        page = None if self.in_background or self.again else self._typed.of(self.session)
        if page:
            page.begin(request.input)
        try:
            session = await omni.open_speech(request.request_for(Piece("-")))
        except NotFound as missing:
            raise NotFound(missing.what, NO_ROUTE, server_message=missing.server_message) from None
        try:
            async with session, aclosing(self._read(session, page, request.input)) as updates:
                async for update in updates:
                    yield update
            if self._stream:
                self._stream.close(whole=not self._trouble)
            yield await self._finished()
            if self._trouble:
                raise self._why(*self._trouble[0])
        except (OmniError, Invalid):
            if self._pcm and not self._made.files:
                yield await self._save(UNFINISHED)
            raise
        finally:
            if self._stream:
                self._stream.close()

    async def _read(self, session: SpeechSession, page: TypedText | None, written: str) -> AsyncGenerator[Updates]:
        """Sentences as they are completed, until the text is finished. page: None for a program's whole text."""
        feed, settled, quiet = SentenceFeed(), False, 0.0
        while True:
            text, done = (page.text, page.done or quiet >= IDLE) if page else (written, True)
            self._note_text(text)
            pieces = feed.take(text[: self._longest], settled, done or len(text) > self._longest)
            for piece in pieces:
                async with aclosing(self._speak(session, piece)) as updates:
                    async for update in updates:
                        yield update
            if len(text) > self._longest:
                most = f"{self._longest:,}"
                raise Invalid.because(
                    "input", f"Text is too long: {len(text):,} characters; the limit is {most}. What fits was spoken."
                )
            if pieces:
                settled, quiet = False, 0.0
                continue
            if done or page is None:
                return
            self.note = "Waiting for the next sentence" if self._cues else "Waiting for the first sentence"
            yield {}
            settled = not await page.changed(SETTLED)
            quiet = quiet + SETTLED if settled else 0.0

    def _note_text(self, text: str) -> None:
        """The recipe, and what comes back after Stop, hold the text as it was written in the end."""
        if text.strip():
            self.entered["input"] = text
            self.typed = {"input": text}
            self.request = self.request.model_copy(update=self.typed)

    async def _speak(self, session: SpeechSession, piece: Piece) -> AsyncGenerator[Updates]:
        began, start = time.monotonic(), self._seconds
        words: tuple[Word, ...] = ()
        self.note = f"Reading sentence {len(self._cues) + 1}"
        try:
            async with aclosing(session.speak(piece.text)) as events:
                async for event in events:
                    if isinstance(event, WordTimes):
                        words = event.words
                        continue
                    self._first = self._first if self._first is not None else time.monotonic() - began
                    yield self._hear(event)
        except OmniError as error:
            self._failed(error)
        self._working += time.monotonic() - began
        if self._seconds > start:
            yield self._note_words(piece, start, words)

    def _failed(self, error: OmniError) -> None:
        """Takes note of a sentence that failed; raises where the others are not worth a try."""
        number = len(self._cues) + len(self._trouble) + 1
        nothing = not self._pcm and isinstance(error, BadRequest)  # such as a voice that is not there: all would fail
        if nothing or not isinstance(error, OF_THE_PART) or len(self._trouble) + 1 >= MOST_TROUBLE:
            raise error
        self._trouble.append((number, error))

    def _hear(self, chunk: AudioChunk) -> Updates:
        if not self._stream:
            self._rate = chunk.rate
            self._stream = self._listening.open(chunk.rate)
            self._stream.run = self
        self._stream.feed(chunk.pcm)
        self._pcm += chunk.pcm
        if self.has_partial_result:
            return {}
        self.has_partial_result = True
        return self._stage.cleared() | {self._stage.player: self._stream.element}

    def _note_words(self, piece: Piece, start: float, heard: tuple[Word, ...]) -> Updates:
        """The words of a finished sentence, and the rest after it. A long text is not sent again for each sentence."""
        self._cues.append(cue(piece.text, start, self._seconds, heard))
        silence = bytes(2 * round(piece.pause * self._rate))
        self._pcm += silence
        if self._stream:
            self._stream.feed(silence)
        now = time.monotonic()
        if now - self._said < len(self._cues) / 100:
            return {}
        self._said = now
        return {self._stage.words: shown_words(self._cues)}

    @property
    def _seconds(self) -> float:
        return len(self._pcm) / 2 / self._rate if self._rate else 0.0

    async def _finished(self) -> Updates:
        if not self._pcm:
            raise self._trouble[0][1] if self._trouble else Invalid.because("input", "There is no text to speak.")
        return await self._save(UNFINISHED if self._trouble else "speech")

    def _why(self, number: int, error: OmniError) -> OmniError:
        """Of a text that has been spoken but for some sentences."""
        which = f"Sentence {number}" if len(self._trouble) == 1 else f"{len(self._trouble)} sentences"
        return OmniError(
            f"{which} could not be spoken: {error.what}",
            "The others are kept below.",
            status=error.status,
            server_message=error.server_message,
        )

    async def _save(self, stem: str) -> Updates:
        """All that was spoken as one file, with its subtitles."""
        path = await save_pcm(bytes(self._pcm), self._rate, 1, stem)
        form, bare = self.request.response_format, None
        if form != "wav" and stem != UNFINISHED:
            path, bare = await join([(path, 0.0)], form)
        texts = [await keep(write(self._cues).encode(), f"{stem}.{write.__name__}") for write in (srt, vtt)]
        updates, _ = await show_file(self._stage, path, bare)
        facts = [("sentences", str(len(self._cues))), *speed_facts(self._seconds, self._working, self._first)]
        self._made = RunResult([path, *texts], facts=facts)
        return updates | {self._stage.files: [str(text) for text in texts], self._stage.words: shown_words(self._cues)}

    def outcome(self) -> RunResult:
        return self._made
