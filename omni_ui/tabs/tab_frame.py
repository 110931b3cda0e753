"""The frame of every tab with a form: settings on the left, the result on the right."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import cast

import gradio as gr
from markupsafe import Markup

from omni_ui.client import Request, ui_option
from omni_ui.client.tabs import FACTS
from omni_ui.core.backends import Backends
from omni_ui.core.run import Updates, Values
from omni_ui.features.estimate import estimate
from omni_ui.features.grid.view import grid_view
from omni_ui.features.history.restored_result import ShowRestored
from omni_ui.features.history.service import Recorder
from omni_ui.features.loras.loras import lora_choice
from omni_ui.features.recipes.panel import preset_bar, settings_place
from omni_ui.features.repeat.repeat import Repeat
from omni_ui.features.servers.note import server_note
from omni_ui.features.stage.drawer import drawer_bar
from omni_ui.features.stage.more_settings import more_head, shape_chips, wire_shapes
from omni_ui.features.tab_context import MakeRun, Read, ResultButtons
from omni_ui.settings import Tab
from omni_ui.widgets.form import Form

STAGED = ("image", "edit", "video")
"""Tabs whose result is seen: it stands on a stage as tall as the window, and what is said of it lies over it."""


class TabFrame:
    """The parts of one tab while it is built, made in the order in which the tab's module calls for them."""

    def __init__(self, model: type[Request], backends: Backends, hello: Markup) -> None:
        self.name = cast(Tab, model.tab)
        self.title = FACTS[self.name].title
        self.backends = backends
        self.hello = hello
        """What the status says before the first run: HTML of status.empty."""
        self.hello_stays = self.name != "chat"
        """Whether it is said again when Run lacks a prompt; in Chat a conversation stands there."""
        self.form = Form(backends.limits.narrow(model))
        self.inputs: dict[str, gr.components.Component] = {}
        """All that a run takes, by the name that the API gives it."""
        self.recorder: Recorder | None = None
        self.sends: ResultButtons | None = None
        """Set by the page when all tabs are there: who writes down what is made, and where it can be sent."""
        self.show_restored: ShowRestored | None = None
        self.restored_components: list[gr.components.Component] = []
        """How a result of the history is shown once more, and the components that this sets."""
        self.conversation: gr.components.Component | None = None
        self.take_back: Callable[[Values], Awaitable[Updates]] | None = None
        """The conversation as JSON, and how one that the browser kept is gone on with (features/drafts)."""
        self.make: MakeRun | None = None
        self.read: Read = self.form.read
        """How Run goes from values to a request, and from that to work: for those who run it with other values."""
        self.fork_inputs: Callable[[Values], Values] = lambda entered: entered
        """What a cell of a grid takes in place of what is entered: nothing that a run changes may be the page's own."""
        self.follows: Callable[[Values, str | None], Awaitable[Values]] = _nothing
        """From what is entered, in a session, to the fields that a run fills in by itself before it sends."""
        self.repeat = Repeat(self.name)
        self.repeated: Values = {}
        """What is entered, in place of what had been, when the result that is shown is repeated."""
        self.loras: gr.Dropdown | None = None
        self.later_results: list[gr.components.Component] = []
        """Further components that the work shows: they stand last in the API, for programs that know the others."""
        self.model_note: gr.HTML
        self.more: gr.HTML | None = None
        self.first: list[str] = []
        """The line that unfolds more settings, and the settings that are always seen."""
        self.also_recommended: list[str] = []
        """Fields that this tab's own `recommended` may name, besides those that makers recommend."""

    @contextmanager
    def frame(self) -> Iterator[None]:
        """The tab itself. `with tab.frame(): with tab.controls(): … with tab.stage(): …`"""
        with gr.Tab(self.title, id=self.name, elem_id=f"{self.name}-tab") as self.opened:
            if self.name == "chat":  # whose settings are folded away
                server_note(self.name, self.backends.settings)
            with gr.Row(elem_classes="omni-columns", equal_height=False):
                yield

    @contextmanager
    def controls(self, buttons: bool = True) -> Iterator[None]:
        """The left column. What the module adds stands first, then Run and Stop, then the settings.

        buttons: False when the module places them elsewhere (`add_buttons`).
        """
        with gr.Column(scale=36, min_width=300, elem_classes="omni-controls"):
            self.form.add_all(self.form.names("main"))
            if self.name != "chat":  # it is seen above the prompt, but comes after it for the Tab key
                server_note(self.name, self.backends.settings)
            yield
            if buttons:
                self.add_buttons()
            _add_settings(self) if self.name == "chat" else _add_folded_settings(self)

    def add_buttons(self, run: str = "Run") -> None:
        with gr.Row(elem_classes="omni-buttons"):
            self.run_button = gr.Button(run, variant="primary", elem_id=f"{self.name}-run", scale=3)
            self.stop_button = gr.Button("Stop", elem_id=f"{self.name}-stop", scale=1, min_width=72)
            self.estimate = estimate.estimate_line(self.name)

    @contextmanager
    def stage(self, status: bool = True) -> Iterator[None]:
        """The right column: what the module adds is the result; with it the status, below it actions and code.

        status: False when the module places it elsewhere (`add_status`).
        """
        classes = ["omni-screen", "omni-big"] if self.name in STAGED else ["omni-screen"]
        with gr.Column(scale=64, min_width=320, elem_classes="omni-stage") as self.stage_column:
            if status:
                with gr.Column(elem_classes=classes):
                    yield
                    self.add_status()
            else:
                yield
            self.settings = settings_place(self.name)
            drawer_bar(self.name)
            self.grid = grid_view(self.form)
            self.code = gr.HTML(
                label="Code", elem_id=f"{self.name}-code", elem_classes="omni-code-place", padding=False
            )
            self.facts = gr.JSON(visible=False, elem_id=f"{self.name}-facts", label="Facts")

    def add_status(self) -> None:
        self.status = gr.HTML(
            self.hello, label="Status", elem_id=f"{self.name}-status", elem_classes="omni-status-line", padding=False
        )

    def label(self, name: str) -> str:
        """A field's title within a sentence."""
        title = self.form.model.model_fields[name].title or name
        return title[:1].lower() + title[1:]


async def _nothing(entered: Values, session: str | None) -> Values:
    return {}


def _add_settings(tab: TabFrame) -> None:
    """All settings: presets, the card, and the rest folded away."""
    preset_bar(tab.name)
    with gr.Row(elem_classes="omni-card"):
        tab.form.add_all(tab.form.names("card"))
    _add_advice(tab)
    _add_fold(tab, "Advanced")


def _add_folded_settings(tab: TabFrame) -> None:
    """Shape, number and seed; presets and all others behind "More settings"."""
    card = tab.form.names("card")
    raised = [name for name in card if ui_option(tab.form.model.model_fields[name], "raised")]
    first = [name for name in card if name not in raised]
    chips = shape_chips(tab.form) if "size" in first else None
    with gr.Row(elem_classes="omni-card"):
        tab.form.add_all(first)
    if chips:
        wire_shapes(chips, cast(gr.Dropdown, tab.form.controls["size"]))
    tab.first = list(tab.form.controls)
    tab.more = more_head(tab.name)
    preset_bar(tab.name)
    if raised:
        with gr.Row(elem_classes="omni-card omni-raised"):
            tab.form.add_all(raised)
    for name in card:  # the API has its parameters in the order of the request model
        tab.form.controls[name] = tab.form.controls.pop(name)
    _add_advice(tab)
    _add_fold(tab, "More settings")


def _add_advice(tab: TabFrame) -> None:
    tab.model_note = gr.HTML(elem_id=f"{tab.name}-advice", elem_classes="omni-recommended")


def _add_fold(tab: TabFrame, words: str) -> None:
    if advanced := tab.form.names("advanced"):
        with gr.Accordion(words, open=False, elem_classes=["omni-advanced", "omni-fold"]):
            tab.form.add_all(advanced)
            tab.loras = lora_choice(tab.form, f"{tab.name}-loras")
