"""One run of the Speech tab: a text in one piece, heard while it is made. (Long texts: `reading`.)"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from omni_ui.client import AudioChunk, Failed, OmniClient, OmniError, SpeechEvent, SpeechRequest
from omni_ui.core.audio.audio_stream import LISTEN, Listening, Stream
from omni_ui.core.files import keep, shown
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun, RetryReporter, RunResult, Updates
from omni_ui.core.updating_run import UpdatingRun
from omni_ui.features.speech.request import SpokenText
from omni_ui.features.speech.words.word_times import shown_words, spread_words
from omni_ui.features.voices.reference_check import checks, sendable
from omni_ui.media.audio import Bare, save_pcm
from omni_ui.media.recording import read_recording
from omni_ui.media.waveform import draw
from omni_ui.widgets.audio_player import drawing_of
from omni_ui.widgets.fields import Component

PCM_RATE = 24000
"""Frames per second of bare PCM, which does not tell: the rate of Qwen3-TTS."""
DRAWN = 1200.0
"""Seconds of speech that are drawn at most: the drawing takes 400 KB of memory for each second."""


UNFINISHED = "speech-unfinished"
"""What a file is called that holds what had arrived."""


@dataclass(frozen=True)
class Stage:
    """The components that a run shows. made: the state that holds the parts of the last long text.

    words: the text, word by word, with the times at which it is heard.
    """

    player: Component
    result: Component
    drawing: Component
    parts: Component
    files: Component
    made: gr.State
    words: Component

    @property
    def all(self) -> list[Component]:
        return [self.result, self.files, self.player, self.drawing, self.parts, self.made]

    @property
    def seen(self) -> list[Component]:
        """What a result that is opened again sets."""
        return [self.result, self.files, self.player, self.drawing, self.parts, self.words]

    def cleared(self) -> Updates:
        """Nothing is left of what was shown before."""
        return {self.result: None, self.files: None, self.player: "", self.drawing: None, self.parts: None,
                self.words: None}  # fmt: skip


async def with_reference(request: SpokenText) -> SpokenText:
    """The request with a reference recording that servers can decode. Raises Invalid for one that cannot be used."""
    if request.ref_audio is None:
        return request
    recording = await read_recording(request.ref_audio, "ref_audio")
    timbre = bool(request.x_vector_only_mode or request.ref_audio_2)  # models of two speakers read no transcript
    for check in await asyncio.to_thread(checks, recording, request.ref_text, timbre_only=timbre):
        if check.level == "stop":
            raise Invalid.because("ref_text" if check.about == "words" else "ref_audio", check.sentence)
    files = {"ref_audio": await sendable(recording)}
    if request.ref_audio_2:
        files["ref_audio_2"] = await _second_speaker(request.ref_audio_2)
    return request.model_copy(update=files)


async def _second_speaker(path: Path) -> Path:
    recording = await read_recording(path, "ref_audio_2")
    for check in await asyncio.to_thread(checks, recording, None, timbre_only=True):
        if check.level == "stop":
            raise Invalid.because("ref_audio_2", check.sentence)
    return await sendable(recording)


class Spoken:
    """Asks for one speech and measures it. first: seconds to the first sound, None when it was not streamed."""

    def __init__(self, listening: Listening, run: AnyRun, stream: Stream | None = None) -> None:
        self.listening = listening
        self.run = run
        self.stream = stream
        self.first: float | None = None
        self.seconds = 0.0
        self.rate, self.channels = PCM_RATE, 1
        self.pcm = bytearray()

    async def updates(
        self,
        events: AsyncGenerator[SpeechEvent],
        note: Callable[[float], str],
        begin: Callable[[str], Updates],
        keep_part: Callable[[], Awaitable[Updates]],
    ) -> AsyncGenerator[Updates]:
        """What the page shows of one stream of sound while it arrives. Failures are raised, after what is kept of it.

        note: what is said of the seconds so far. begin: the first update, with the element that plays the stream.
        keep_part: keeps and shows what had arrived when the stream failed.
        """
        try:
            async with aclosing(self.heard(events)) as chunks:
                async for _ in chunks:
                    self.run.note = note(self.length)
                    if not self.run.has_partial_result and self.stream:
                        self.run.has_partial_result = True
                        yield begin(self.stream.element)
                    else:
                        yield {}
            if self.stream:
                self.stream.close(whole=True)
        except OmniError:
            if self.pcm:  # what arrived stays; its name says that it is not all
                yield await keep_part()
            raise
        finally:
            if self.stream:
                self.stream.close()

    async def save(self, stem: str) -> Path:
        """What arrived, as a WAV file."""
        return await save_pcm(bytes(self.pcm), self.rate, self.channels, stem)

    async def streamed(
        self, omni: OmniClient, request: SpeechRequest, reporter: RetryReporter
    ) -> AsyncGenerator[AudioChunk]:
        """`heard` of a request's speech."""
        async with aclosing(self.heard(omni.speech_stream(request, on_wait=reporter))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def heard(self, arriving: AsyncGenerator[SpeechEvent]) -> AsyncGenerator[AudioChunk]:
        """Hands the sound to the listener as it arrives. A failure in mid-stream is raised after the last chunk."""
        began = time.monotonic()
        async with aclosing(arriving) as events:
            async for event in events:
                if isinstance(event, AudioChunk):
                    if self.first is None:
                        self.first = time.monotonic() - began
                    self.rate, self.channels = event.rate, event.channels
                    self.stream = self.stream or self.listening.open()
                    self.stream.begin(event.rate, event.channels)
                    self.stream.run = self.run
                    self.stream.feed(event.pcm)
                    self.pcm += event.pcm
                    yield event
                elif isinstance(event, Failed):
                    raise event.error
        self.seconds = time.monotonic() - began

    def silence(self, seconds: float) -> None:
        if self.stream:
            self.stream.feed(bytes(round(seconds * self.rate) * 2 * self.channels))

    @property
    def length(self) -> float:
        return len(self.pcm) / (2 * self.channels * self.rate)


def speed_facts(length: float, took: float, first: float | None = None) -> list[tuple[str, str]]:
    """Length, time to first sound, and the real-time factor: seconds of work for a second of speech."""
    facts = [("speech", f"{length:.1f} s")]
    facts += [("first sound", f"{first:.2f} s")] if first is not None else []
    facts += [("real-time factor", f"{took / length:.2f}")] if length else []
    return facts


async def show_file(stage: Stage, path: Path, bare: Bare | None = None) -> tuple[Updates, float | None]:
    """A finished file on the stage, and its seconds. bare: what the player must know of a file without a header."""
    value = shown(path) | ({"mime_type": bare.media_type} if bare else {})
    if bare:
        samples, rate = await asyncio.to_thread(lambda: bare.samples(path.read_bytes())), bare.rate
    else:
        try:
            recording = await read_recording(path, "response_format", longest=DRAWN)
        except Invalid:  # longer than is drawn: it can be heard all the same
            return {stage.result: value, stage.drawing: None}, None
        samples, rate = recording.samples, recording.rate
    length = len(samples) / rate
    drawn = await draw(samples, rate) if 0 < length <= DRAWN else None
    return {stage.result: value, stage.drawing: drawing_of(drawn, length, samples.shape[1]) if drawn else None}, length


async def save_arrived(stream: Stream, stem: str) -> Path | None:
    """After Stop: what had arrived of a stream, as a file; None when it is whole, or nothing had."""
    async for _ in stream.chunks():  # to its end: the run is only just being called off
        pass
    if stream.whole or not stream.pcm:
        return None
    return await save_pcm(stream.pcm, stream.rate, stream.channels, stem)


async def show_stopped(stage: Stage, stream: Stream) -> tuple[Updates, list[Path]]:
    """After Stop: what had arrived of the stream that was listened to, as a file."""
    path = await save_arrived(stream, UNFINISHED)
    if path is None:
        return {}, []
    updates, _ = await show_file(stage, path)
    return updates, [path]


class SpeechRun(UpdatingRun[SpokenText]):
    """A text in one piece."""

    def __init__(self, request: SpokenText, stage: Stage, listening: Listening) -> None:
        self.request = request
        self._stage = stage
        self._listening = listening
        self._made = RunResult()

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Updates]:
        request = await with_reference(self.request)
        steps = self._streamed(omni, request, reporter) if request.stream else self._whole(omni, request, reporter)
        async with aclosing(steps) as updates:
            async for update in updates:
                yield update

    async def _whole(self, omni: OmniClient, request: SpokenText, reporter: RetryReporter) -> AsyncGenerator[Updates]:
        speech = await omni.speech(request, on_wait=reporter)
        path = await keep(speech.data, f"speech{speech.suffix}")
        bare = Bare(request.sample_rate or PCM_RATE) if speech.suffix == ".pcm" else None
        updates, length = await show_file(self._stage, path, bare)
        self._made = RunResult([path], facts=speed_facts(length, speech.seconds) if length else [])
        yield self._stage.cleared() | updates | self._words(request, length)

    async def _streamed(
        self, omni: OmniClient, request: SpokenText, reporter: RetryReporter
    ) -> AsyncGenerator[Updates]:
        spoken = Spoken(self._listening, self, None if self.in_background else self._listening.open())
        # The page waits for the sound while the server is asked.
        if spoken.stream and not self.push(LISTEN, spoken.stream.ticket):
            yield {self._stage.player: spoken.stream.element}

        async def keep_part() -> Updates:
            self._made = RunResult([await spoken.save(UNFINISHED)])
            return (await show_file(self._stage, self._made.files[0]))[0]

        def begin(element: str) -> Updates:
            return self._stage.cleared() | {self._stage.player: element}

        def note(seconds: float) -> str:
            return f"Speaking, {seconds:.1f} s so far"

        events = omni.speech_stream(request, on_wait=reporter)
        async with aclosing(spoken.updates(events, note, begin, keep_part)) as updates:
            async for update in updates:
                yield update
        bare = Bare(spoken.rate, spoken.channels) if request.response_format == "pcm" else None
        path = await (keep(bytes(spoken.pcm), "speech.pcm") if bare else spoken.save("speech"))
        finished, _ = await show_file(self._stage, path, bare)
        self._made = RunResult([path], facts=speed_facts(spoken.length, spoken.seconds, spoken.first))
        yield finished | self._words(request, spoken.length)

    def _words(self, request: SpokenText, seconds: float | None) -> Updates:
        return {self._stage.words: shown_words(spread_words(request.input, seconds)) if seconds else None}

    def outcome(self) -> RunResult:
        return self._made
