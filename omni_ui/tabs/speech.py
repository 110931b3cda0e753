"""The Speech tab: text to speech, heard while it is made; voices copied and saved; long texts and scripts."""

import asyncio
from functools import partial
from typing import cast

import gradio as gr

from omni_ui.client import ui_option
from omni_ui.client.server.model_rules import task_to_set
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import AnyRun, Updates, Values
from omni_ui.core.scripts import call
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.i18n.languages import drawn
from omni_ui.features.speech.fields import cast_field, parts_list, second_speaker, typing_field, words_field
from omni_ui.features.speech.long_text import LongTextRun, Made
from omni_ui.features.speech.pieces import not_spoken, speakers
from omni_ui.features.speech.request import MAX_LONG, SpokenText
from omni_ui.features.speech.run import PCM_RATE, SpeechRun, Stage, show_file, show_stopped
from omni_ui.features.speech.typed_text import TypedTexts
from omni_ui.features.speech.words.read_along import ReadingAlong, can_read_along
from omni_ui.features.speech.words.subtitles import read_vtt
from omni_ui.features.speech.words.word_times import shown_words, spread_words, timed
from omni_ui.features.stage.examples import hello
from omni_ui.features.tab_services import TabServices
from omni_ui.features.voices.cards import voice_cards, wire_cards
from omni_ui.features.voices.panel import VoicesPanel
from omni_ui.features.voices.reference import Reference
from omni_ui.features.voices.samples import cards_of
from omni_ui.features.voices.voices import SAMPLE, Known, fetch, warning
from omni_ui.media.audio import Bare
from omni_ui.tabs.base import OmniTab
from omni_ui.tabs.result_actions import keep_after_stop
from omni_ui.widgets.audio_player import sound_drawing, sound_player
from omni_ui.widgets.components import ObjectField
from omni_ui.widgets.events import PRIVATE, trigger
from omni_ui.widgets.fields import Component

HELLO = "Your speech plays here while it is made."
CLONE = "Copy a voice from a recording"
TASKS = {
    "CustomVoice": "This model speaks with voices of its own; it does not copy others.",
    "VoiceDesign": "This model creates a voice from a description: write one in Instructions.",
    "Base": "This model copies voices: add a recording to copy, or choose a saved voice.",
}


class SpeechTab(OmniTab):
    """The frame, and the voices of the server in everything that lists them."""

    panel: VoicesPanel
    clone: gr.Accordion
    reference: Reference
    typing: Component
    cards: ObjectField

    async def show_model(self, session: str | None) -> Updates:
        """What the model is made for, and its voices."""
        task = await self._task(session)
        note = {self.model_note: TASKS[task]} if task in TASKS else await super().show_model(session)
        return (
            note
            | await self.list_voices(session)
            | await self.show_cards(session)
            | {self.form.controls["reading"]: await self._readings(session)}
            | {self.clone: await self._clone_fold(session)}
        )

    async def _clone_fold(self, session: str | None) -> Updates:
        """The fold of the recording to copy: open where there is nothing else to speak with."""
        task, voices = await self._task(session), await fetch(self.backends, session)
        alone = task == "Base" and voices is not None and not any(value for _, value in voices.choices)
        return gr.update(open=True) if alone else gr.skip()

    async def _readings(self, session: str | None) -> Updates:
        """The ways to read a text; while it is typed only where the server speaks over an open connection."""
        backend, ability = self.backends.for_tab("speech", session), await self.ability(session)
        offers = backend is not None and ability is not None and ability.can and await can_read_along(backend)
        ways = ui_option(SpokenText.model_fields["reading"], "presets")
        return gr.update(choices=[(drawn(words), way) for words, way in ways if way != "live" or offers])

    async def recommended(self, session: str | None) -> Values:
        """Listening while it is spoken, and the task that the model is made for."""
        task, recommended = task_to_set(await self.ability(session)), await super().recommended(session)
        wanted: dict[str, object] = {"stream": True}
        if task:  # a run fills it in as well (client/model_rules.py), for programs and opened settings
            wanted["task_type"] = task
        return recommended | {"fields": wanted | recommended.get("fields", {})}

    async def _task(self, session: str | None) -> str | None:
        ability = await self.ability(session)
        return ability.detail.get("task") if ability and ability.can else None

    @property
    def model_components(self) -> list[gr.blocks.Block]:
        return [*super().model_components, *self.listing, self.cards, self.form.controls["reading"], self.clone]

    @property
    def listing(self) -> list[gr.components.Component]:
        """The components that `list_voices` updates."""
        return [self.panel.list, self.panel.warning, self.form.controls["voice"], self.form.controls["cast"]]

    async def list_voices(self, session: str | None) -> Updates:
        """The voices of the server as they are now. The choices stay as they are while it cannot be asked."""
        saved = await fetch(self.backends, session)
        if saved is None:
            return {}
        ability = await self.ability(session)
        choices = [(words if value else drawn(words), value) for words, value in saved.choices]
        return {
            self.form.controls["voice"]: gr.Dropdown(choices=choices),
            self.form.controls["cast"]: gr.HTML(voices=saved.choices),
            self.panel.list: gr.HTML(voices=saved.rows),
            self.panel.warning: warning(ability),
        }

    async def show_cards(self, session: str | None) -> Updates:
        """The voices of the server as cards; they stay as they are while it cannot be asked."""
        voices = await fetch(self.backends, session)
        if voices is None:
            return {self.cards: gr.skip()}
        backend, public = self.backends.for_tab("speech", session), bool(self.backends.settings.public)
        return {self.cards: gr.HTML(cards=cards_of(voices, bool(backend and backend.demo), public))}


def _add_voice_controls(tab: SpeechTab) -> None:
    """The controls below the text: who speaks it, and the recording of a voice to copy."""
    tab.form.controls["cast"] = cast_field("speech-cast")
    tab.typing = typing_field("speech-typing")
    with gr.Accordion(CLONE, open=False, elem_id="speech-clone", elem_classes="omni-advanced") as tab.clone:
        recording, transcript = tab.form.add("ref_audio"), tab.form.add("ref_text", lines=2)
        timbre = tab.form.add("x_vector_only_mode")
        tab.reference = Reference(tab.backends, "ref_audio", recording, transcript, timbre, saves=True)
        tab.reference.listen(recording, transcript)
        second_speaker(tab.form)


def _add_stage() -> Stage:
    return Stage(
        result=sound_player("speech-result"),
        drawing=sound_drawing("speech-drawing", "speech-result"),
        player=gr.HTML(elem_id="speech-player", padding=False),
        # Not seen: Download below lists them. Programs get them from here.
        files=gr.File(label="Subtitles", file_count="multiple", visible=False, elem_id="speech-files"),
        parts=parts_list("speech-parts"),
        made=gr.State(None),
        words=words_field("speech-words"),
    )


def build(services: TabServices) -> SpeechTab:
    listening, typed = services.listening, services.typed
    tab = SpeechTab(SpokenText, services.backends, hello("speech", HELLO, "speech-input"))
    tab.also_recommended = ["stream", "task_type"]
    with tab.frame():
        with tab.controls():
            _add_voice_controls(tab)
        with tab.stage():
            stage = _add_stage()
        with tab.stage_column:
            tab.cards = voice_cards()
    tab.form.controls["ref_audio_2"] = tab.form.controls.pop("ref_audio_2")  # last in the API
    with tab.opened:
        tab.panel = VoicesPanel(tab.backends)
    wire_cards(tab.cards, cast(gr.Dropdown, tab.form.controls["voice"]))
    tab.panel.wire(tab.list_voices, tab.listing, tab.form.controls["voice"])
    tab.panel.take_over(tab.reference.save, tab.form.controls["ref_audio"], tab.form.controls["ref_text"])

    longest = int(tab.backends.limits.caps.get("text", MAX_LONG))

    def make(request: SpokenText) -> AnyRun:
        if request.reading == "live":
            return ReadingAlong(request, stage, listening, typed, longest)
        return (SpeechRun if request.reading == "whole" else LongTextRun)(request, stage, listening)

    def again(request: SpokenText) -> AnyRun:
        return LongTextRun(request, stage, listening, again=True)

    def read_again(entered: Values) -> SpokenText:
        earlier: Made | None = entered["made"]
        if earlier is None:
            raise Invalid.because("input", "There are no parts yet: press Run first.")
        return earlier.request

    def read_sample(entered: Values) -> SpokenText:
        if not entered["saved"]:
            raise Invalid.because("voice", "Choose a voice in the list first.")
        return SpokenText(input=SAMPLE, voice=str(entered["saved"]).lower(), stream=True)

    tab.later_results = [stage.words]
    tab.runs(make, stage.all)
    redo = trigger(stage.parts, "redo")
    tab.runs(again, stage.all, more={"made": stage.made, "parts": stage.parts}, read=read_again, on=redo)
    tab.runs(make, stage.all, more={"saved": tab.panel.list}, read=read_sample, on=tab.panel.listen.click)

    async def show_restored(restored: RestoredResult) -> Updates:
        return await show_again(stage, restored)

    tab.show_restored, tab.restored_components = show_restored, stage.seen
    keep_after_stop(tab, listening, stage.player, [stage.result, stage.drawing], partial(show_stopped, stage))
    _wire(tab)
    _wire_typing(tab, typed)
    return tab


async def show_again(stage: Stage, restored: RestoredResult) -> Updates:
    """A result of the history: its file, its subtitles, and its words with their times."""
    updates_shown: Updates = {stage.player: "", stage.parts: None, stage.words: None}
    updates_shown[stage.files] = [str(path) for path in restored.results[1:]] or None
    if not restored.results:
        return updates_shown | {stage.result: None, stage.drawing: None}
    path = restored.results[0]
    bare = Bare(restored.request.get("sample_rate") or PCM_RATE) if path.suffix == ".pcm" else None
    updates, seconds = await show_file(stage, path, bare)
    subtitles = next((file for file in restored.results if file.suffix == ".vtt"), None)
    if subtitles:
        updates_shown[stage.words] = shown_words(timed(read_vtt(await asyncio.to_thread(subtitles.read_text, "utf-8"))))
    elif seconds and restored.request.get("input"):
        updates_shown[stage.words] = shown_words(spread_words(str(restored.request["input"]), seconds))
    return updates_shown | updates


def _wire_typing(tab: SpeechTab, typed: TypedTexts) -> None:
    """While a text is read along, the page writes into a place of its own (typed_text)."""
    reading = cast(gr.Dropdown, tab.form.controls["reading"])

    async def follow(way: str, request: gr.Request) -> Updates:
        session = request.session_hash
        if way != "live" or not session:
            return {tab.typing: None}
        return {tab.typing: {"ticket": typed.open(session).ticket}}

    reading.change(follow, reading, tab.typing, **PRIVATE)


def _wire(tab: SpeechTab) -> None:
    """What happens between the controls, without a run."""
    form = tab.form.controls

    async def list_voices(request: gr.Request) -> Updates:
        return await tab.list_voices(request.session_hash)

    async def find_speakers(text: str, reading: str, cast: dict[str, str] | None, request: gr.Request) -> object:
        if reading != "script":
            return gr.HTML(speakers=[], left=[])
        names = speakers(text or "")
        voices = await fetch(tab.backends, request.session_hash) or Known([], [])
        return gr.HTML(
            value=cast_for(names, cast or {}, [value for _, value in voices.choices if value]),
            speakers=names,
            left=not_spoken(text or "")[:12],
        )

    async def show_cards(request: gr.Request) -> Updates:
        return await tab.show_cards(request.session_hash)

    tab.opened.select(list_voices, None, tab.listing, **PRIVATE)
    # Also when one was saved or deleted, which the panel says.
    gr.on([tab.opened.select, tab.panel.status.change], show_cards, None, tab.cards, **PRIVATE)
    gr.on(
        [cast(gr.Textbox, form["input"]).blur, form["reading"].change],  # a link that is opened changes it too
        find_speakers,
        [form["input"], form["reading"], form["cast"]],
        form["cast"],
        trigger_mode="always_last",
        **PRIVATE,
    )
    # Only WAV and PCM at speed 1 can be heard while they are made: the switch follows, in the browser.
    waits = [form["response_format"], form["speed"]]
    for control in waits:
        trigger(control, "input")(
            None, [*waits, form["stream"]], form["stream"], js=call("listen_or_wait"), queue=False,
            api_visibility="private",
        )  # fmt: skip
        trigger(control, "change")(None, waits, None, js=call("say_what_waits"), queue=False, api_visibility="private")


def cast_for(names: list[str], chosen: dict[str, str], voices: list[str]) -> dict[str, str]:
    """A voice for each speaker: the one chosen, else one of the same name, else the next that is not taken."""
    same = {voice.lower(): voice for voice in voices}
    wanted = {name: chosen.get(name) or same.get(name.lower(), "") for name in names}
    for name in names:
        if not wanted[name]:
            free = [voice for voice in voices if voice not in wanted.values()] or voices
            wanted[name] = free[0] if free else ""
    return wanted
