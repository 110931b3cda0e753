"""The Sound tab: sounds, songs and effects from words."""

from typing import cast

import gradio as gr

from omni_ui.client import SoundRequest
from omni_ui.client.server.model_rules import made_by
from omni_ui.core.run import Updates, Values
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.i18n.languages import drawn
from omni_ui.features.sound.lyrics import lyrics_help
from omni_ui.features.sound.run import SoundRun, SoundStage
from omni_ui.features.stage.examples import hello
from omni_ui.features.tab_services import TabServices
from omni_ui.tabs.base import OmniTab
from omni_ui.tabs.result_actions import keep_after_stop
from omni_ui.widgets.audio_player import sound_drawing, sound_player
from omni_ui.widgets.events import PRIVATE

HELLO = "Your sound will appear here."
CHOICES = {"sound": "Sound", "song": "Song", "effect": "Effect"}
PROMPTS = {"sound": "Prompt", "song": "Lyrics", "effect": "Prompt"}


class SoundTab(OmniTab):
    """The frame, and the choice between what the model makes."""

    lyrics: gr.components.Component

    async def recommended(self, session: str | None) -> Values:
        recommended, makes = await super().recommended(session), made_by(await self.ability(session))
        return recommended | {"fields": {"make": makes[0]} | recommended.get("fields", {})}

    async def show_model(self, session: str | None) -> Updates:
        makes = made_by(await self.ability(session))
        choices = [(drawn(CHOICES[make]), make) for make in makes]
        return await super().show_model(session) | {
            self.form.controls["make"]: gr.Dropdown(choices=choices, visible=len(makes) > 1),
            **self.fields_for(makes[0] if len(makes) == 1 else None),
        }

    def fields_for(self, make: str | None) -> Updates:
        """The controls of what is made; None leaves them as they are."""
        if make is None:
            return {}
        song = make == "song"
        return {
            self.form.controls["input"]: gr.Textbox(label=PROMPTS[make]),
            self.form.controls["instructions"]: gr.Textbox(visible=song),
            self.lyrics: gr.HTML(visible=song),
        }

    @property
    def following(self) -> list[gr.components.Component]:
        """The components that `fields_for` updates."""
        return [self.form.controls["input"], self.form.controls["instructions"], self.lyrics]

    @property
    def model_components(self) -> list[gr.blocks.Block]:
        return [*super().model_components, self.form.controls["make"], *self.following]


def build(services: TabServices) -> SoundTab:
    tab = SoundTab(SoundRequest, services.backends, hello("sound", HELLO, "sound-input"))
    tab.also_recommended = ["make"]
    with tab.frame():
        with tab.controls():
            tab.form.controls["instructions"].visible = False
            tab.lyrics = lyrics_help("sound-lyrics", "sound-input")
        with tab.stage():
            stage = SoundStage(
                result=sound_player("sound-result"),
                drawing=sound_drawing("sound-drawing", "sound-result"),
                player=gr.HTML(elem_id="sound-player", padding=False),
            )

    async def show_restored(restored: RestoredResult) -> Updates:
        if restored.results:
            return (await stage.show(restored.results[0]))[0]
        return {stage.result: None, stage.drawing: None, stage.player: ""}

    for name in ("make", "instructions"):  # last in the API, for programs that know the order of the others
        tab.form.controls[name] = tab.form.controls.pop(name)
    tab.later_results = [stage.player]
    tab.runs(lambda request: SoundRun(request, stage, services.listening, tab.ability), [stage.result, stage.drawing])
    keep_after_stop(tab, services.listening, stage.player, stage.all, stage.show_stopped)
    tab.show_restored, tab.restored_components = show_restored, stage.all
    make = cast(gr.Dropdown, tab.form.controls["make"])
    make.change(tab.fields_for, make, tab.following, **PRIVATE)
    return tab
