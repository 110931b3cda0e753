"""Runs of the Sound tab: a sound or an effect as one file, and a song that is heard while it is made."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from omni_ui.client import Ability, OmniClient, SoundRequest, Speech
from omni_ui.core.audio.audio_stream import Listening, Stream
from omni_ui.core.files import keep, shown
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, RunResult, Updates
from omni_ui.core.updating_run import UpdatingRun
from omni_ui.features.speech.run import Spoken, save_arrived, speed_facts
from omni_ui.media.recording import Recording, read_recording
from omni_ui.media.waveform import draw
from omni_ui.widgets.audio_player import drawing_of
from omni_ui.widgets.fields import Component

LONGEST = 2400.0
"""Seconds that are drawn: the longest that the form lets through, at the slowest speed."""
UNFINISHED = "song-unfinished"
"""What a file is called that holds what had arrived."""
FindAbility = Callable[[str | None], Awaitable[Ability | None]]
HEARD_EARLY = ("wav", "pcm")
"""Formats in which a song can be heard while it is made."""


@dataclass(frozen=True)
class SoundStage:
    """The components that a run shows. player: of a song that is being made."""

    result: Component
    drawing: Component
    player: Component

    @property
    def all(self) -> list[Component]:
        return [self.result, self.drawing, self.player]

    async def show(self, path: Path) -> tuple[Updates, list[tuple[str, str]]]:
        """A finished file, heard and drawn; what is said about it."""
        plain: Updates = {self.result: shown(path), self.drawing: None, self.player: ""}
        if path.suffix == ".pcm":
            size = (await asyncio.to_thread(path.stat)).st_size
            return plain, [("", f"{size:,} bytes PCM")]
        try:
            heard = await read_recording(path, "response_format", longest=LONGEST)
        except Invalid as wrong:
            return plain, [("not drawn", str(wrong))]
        drawn = await draw(heard.samples, heard.rate)
        return plain | {self.drawing: drawing_of(drawn, heard.seconds, heard.channels)}, sound_facts(heard)

    async def show_stopped(self, stream: Stream) -> tuple[Updates, list[Path]]:
        """After Stop: what had arrived of the song that was listened to, as a file."""
        path = await save_arrived(stream, UNFINISHED)
        return ((await self.show(path))[0], [path]) if path else ({}, [])


class SoundRun(UpdatingRun[SoundRequest]):
    """A sound, a song or an effect. ability: gives what the model of a session can do."""

    def __init__(self, request: SoundRequest, stage: SoundStage, listening: Listening, ability: FindAbility) -> None:
        self.request = request
        self._stage = stage
        self._listening = listening
        self._ability = ability
        self._made = RunResult()

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[Updates]:
        check_length(self.request, await self._ability(self.session))
        early = self.request.make == "song" and self.request.response_format in HEARD_EARLY
        steps = self._streamed(omni, reporter) if early else self._whole(omni, reporter)
        async with aclosing(steps) as updates:
            async for update in updates:
                yield update

    async def _whole(self, omni: OmniClient, reporter: RetryReporter) -> AsyncGenerator[Updates]:
        sound: Speech = await omni.sound(self.request, on_wait=reporter)
        path = await keep(sound.data, f"{self.request.make or 'sound'}{sound.suffix}")
        self._made.files = [path]
        if self.request.audio_start and self.request.audio_length is None:
            self._made.facts.append(("note", "the start had no effect: it needs a length"))
        updates, facts = await self._stage.show(path)
        self._made.facts += facts
        yield updates

    async def _streamed(self, omni: OmniClient, reporter: RetryReporter) -> AsyncGenerator[Updates]:
        song, stage = Spoken(self._listening, self), self._stage

        async def keep_part() -> Updates:
            return (await stage.show(await self._keep(song, UNFINISHED)))[0]

        def begin(element: str) -> Updates:
            return {stage.player: element, stage.result: None, stage.drawing: None}

        def note(seconds: float) -> str:
            return f"Singing, {seconds:.1f} s so far"

        events = omni.speech_stream(self.request.as_song(), on_wait=reporter)
        async with aclosing(song.updates(events, note, begin, keep_part)) as updates:
            async for update in updates:
                yield update
        result_updates, facts = await stage.show(await self._keep(song, "song"))
        self._made.facts += [*speed_facts(song.length, song.seconds, song.first)[1:], *facts]
        yield result_updates

    async def _keep(self, song: Spoken, stem: str) -> Path:
        bare = self.request.response_format == "pcm" and stem == "song"
        self._made.files = [await (keep(bytes(song.pcm), f"{stem}.pcm") if bare else song.save(stem))]
        return self._made.files[0]

    def outcome(self) -> RunResult:
        return self._made


def sound_facts(heard: Recording) -> list[tuple[str, str]]:
    """Length, rate, channels and format for the line below the result."""
    channels = {1: "mono", 2: "stereo"}.get(heard.channels, f"{heard.channels} channels")
    return [("sound", f"{heard.seconds:.1f} s"), ("", f"{heard.rate:,} Hz {channels}"), ("", heard.kind)]


def check_length(request: SoundRequest, ability: Ability | None) -> None:
    """The server makes what it is asked for, or fails late; where the model's limit is known, we say it."""
    most = ability.detail.get("max_seconds") if ability and not ability.guess else None
    if most and (request.audio_length or 0) > most:
        raise Invalid.because(
            "audio_length",
            f"Length is {request.audio_length:g} s, and this model makes at most {most:g} s. Shorten it.",
            {"field": "audio_length", "value": most},
        )
