"""What a feature knows of the tab that it serves. `OmniTab` in tabs/base.py is one; features never import it."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from omni_ui.client import Ability, Request
from omni_ui.core.backends import Backends
from omni_ui.core.run import AnyRun, RunResult, Updates, Values
from omni_ui.core.servers.backend import Backend
from omni_ui.features.history.restored_result import ShowRestored
from omni_ui.features.history.service import Recorder
from omni_ui.features.repeat.repeat import Repeat
from omni_ui.settings import Tab
from omni_ui.widgets.components import ValueHTML
from omni_ui.widgets.form import Form

MakeRun = Callable[[Any], AnyRun]
"""From a request to its run."""
Read = Callable[[Values], Request | Awaitable[Request]]
"""From all values by name to a request; raises Invalid."""


class ResultButtons(Protocol):
    """The buttons below a result, such as those that send it to another tab."""

    def row(self, made_by: str, record: str, outcome: RunResult) -> Markup: ...


class TabContext(Protocol):
    """The parts of one tab: its form, its servers, its components, and how a run of it is begun and kept."""

    name: Tab
    title: str
    hello: Markup
    hello_stays: bool
    form: Form
    backends: Backends
    inputs: dict[str, Component]
    """All that a run takes, by the name that the API gives it."""
    recorder: Recorder | None
    sends: ResultButtons | None
    show_restored: ShowRestored | None
    restored_components: list[Component]
    make: MakeRun | None
    read: Read
    fork_inputs: Callable[[Values], Values]
    follows: Callable[[Values, str | None], Awaitable[Values]]
    repeat: Repeat
    repeated: Values
    also_recommended: list[str]
    conversation: Component | None
    take_back: Callable[[Values], Awaitable[Updates]] | None
    model_note: gr.HTML
    estimate: gr.HTML
    settings: gr.HTML
    grid: ValueHTML
    code: gr.HTML
    status: gr.HTML
    facts: gr.JSON
    stop_button: gr.Button
    first: list[str]
    more: gr.HTML | None
    loras: gr.Dropdown | None

    def label(self, name: str) -> str: ...

    async def ability(self, session: str | None) -> Ability | None: ...

    async def recommended(self, session: str | None) -> Values: ...

    def begin(
        self, make: MakeRun, asked: Request, values: Values, request: gr.Request, backend: Backend, model: str | None
    ) -> AnyRun: ...

    async def keep(self, run: AnyRun, outcome: RunResult, seconds: float) -> str: ...

    async def keep_failure(self, run: AnyRun, error: Exception | None, backend: Backend) -> str: ...
