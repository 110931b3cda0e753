"""The Sound tab: sounds and music from words."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from omni_ui.client import Ability, OmniClient, SoundRequest, Speech
from omni_ui.core import status
from omni_ui.core.backends import Backends
from omni_ui.core.files import keep, shown
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Outcome, Tell, Updates, Work
from omni_ui.features.history.opened import Opened
from omni_ui.media.recording import Recording, read_recording
from omni_ui.media.waveform import draw
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.audio_player import drawing_of, sound_drawing, sound_player

HELLO = "Your sound will appear here, with its waveform and its spectrogram."
EXAMPLES = ["Rain on a tin roof, distant thunder", "A calm piano melody", "Birds at dawn by a small stream"]
LONGEST = 2400.0
"""Seconds that are drawn: the longest that the form lets through, at the slowest speed."""


def build(backends: Backends) -> OmniTab:
    tab = OmniTab(SoundRequest, "Sound", backends, status.empty(HELLO, EXAMPLES, "sound-input"))
    with tab.frame():
        with tab.controls():
            pass
        with tab.stage():
            result = sound_player("sound-result")
            drawing = sound_drawing("sound-drawing", "sound-result")

    async def on_stage(path: Path) -> tuple[Updates, list[tuple[str, str]]]:
        """A finished file, heard and drawn; what is said about it."""
        plain: Updates = {result: shown(path), drawing: None}
        if path.suffix == ".pcm":
            size = (await asyncio.to_thread(path.stat)).st_size
            return plain, [("", f"{size:,} bytes PCM")]
        try:
            heard = await read_recording(path, "response_format", longest=LONGEST)
        except Invalid as wrong:
            return plain, [("not drawn", str(wrong))]
        drawn = await draw(heard.samples, heard.rate)
        return plain | {drawing: drawing_of(drawn, heard.seconds, heard.channels)}, sound_facts(heard)

    async def reopen(opened: Opened) -> Updates:
        return (await on_stage(opened.results[0]))[0] if opened.results else {result: None, drawing: None}

    class Sounding(Work):
        """Asks once; the answer is one file, which is drawn before it is shown."""

        request: SoundRequest

        def __init__(self, request: SoundRequest) -> None:
            self.request = request
            self._made = Outcome()

        async def events(self, omni: OmniClient, tell: Tell) -> AsyncIterator[Speech]:
            _check_length(self.request, await tab.ability(self.session))
            yield await omni.sound(self.request, on_wait=tell)

        async def show(self, events: list[Speech]) -> Updates:
            sound = events[-1]
            path = await keep(sound.data, f"sound{sound.suffix}")
            self._made.files = [path]
            if self.request.audio_start and self.request.audio_length is None:
                self._made.facts.append(("note", "the start had no effect: it needs a length"))
            updates, facts = await on_stage(path)
            self._made.facts += facts
            return updates

        def outcome(self) -> Outcome:
            return self._made

    tab.runs(Sounding, [result, drawing])
    tab.reopen, tab.reopened = reopen, [result, drawing]
    return tab


def sound_facts(heard: Recording) -> list[tuple[str, str]]:
    """Length, rate, channels and format for the line below the result."""
    channels = {1: "mono", 2: "stereo"}.get(heard.channels, f"{heard.channels} channels")
    return [("sound", f"{heard.seconds:.1f} s"), ("", f"{heard.rate:,} Hz {channels}"), ("", heard.kind)]


def _check_length(request: SoundRequest, ability: Ability | None) -> None:
    """The server makes what it is asked for, or fails late; where the model's limit is known, we say it."""
    most = ability.detail.get("max_seconds") if ability and not ability.guess else None
    if most and (request.audio_length or 0) > most:
        raise Invalid.because(
            "audio_length",
            f"Length is {request.audio_length:g} s, and this model makes at most {most:g} s. Shorten it.",
            {"field": "audio_length", "value": most},
        )
