"""The actions below a result: repeat it, send it to another tab, download it; its settings and its code.

It always belongs to what is shown: a run puts its own there when it shows something, and not before.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from omni_ui.client import Request
from omni_ui.core.audio.audio_stream import Listening, Stream
from omni_ui.core.run import AnyRun, RunResult, Updates
from omni_ui.core.templates import NOTHING
from omni_ui.features.recipes.panel import settings_of
from omni_ui.features.repeat.repeat import Shown
from omni_ui.features.snippets.view import code_view
from omni_ui.features.tab_context import TabContext
from omni_ui.widgets.events import PRIVATE
from omni_ui.widgets.fields import Component

ShowStopped = Callable[[Stream], Awaitable[tuple[Updates, list[Path]]]]
"""Shows what had arrived of a stream, and gives its files; none when the stream was complete."""


async def result_actions(
    tab: TabContext, run: AnyRun, outcome: RunResult, record: str = "", now: Shown | None = None
) -> Updates:
    """The actions below a result so far. record: its id in the history. now: what its repetition will need.

    A run that streams shows settings and code before its end too, where they are most often the same.
    """
    again = tab.repeat.row(run.session, now, record) if now else NOTHING
    kept = run.actions
    if kept is None or kept[0] is not run.request or kept[1] != outcome.files:
        texts = await _settings_and_code(tab, run.request, run.model, run.session, outcome.files)
        kept = run.actions = (run.request, list(outcome.files), texts)
    settings, code = kept[2]
    return {tab.settings: again + _sends(tab, record, outcome) + settings, tab.code: code}


async def actions_of_result(
    tab: TabContext, request: Request, model: str | None, session: str | None, outcome: RunResult, record: str = ""
) -> Updates:
    """The actions below a result, which may be an earlier one. Only one with a record can be sent."""
    settings, code = await _settings_and_code(tab, request, model, session, outcome.files)
    return {tab.settings: _sends(tab, record, outcome) + settings, tab.code: code}


def _sends(tab: TabContext, record: str, outcome: RunResult) -> Markup:
    return tab.sends.row(tab.name, record, outcome) if tab.sends else NOTHING


async def _settings_and_code(
    tab: TabContext, request: Request, model: str | None, session: str | None, files: list[Path]
) -> tuple[Markup, Markup]:
    call = tab.backends.call_for(tab.name, session, request, model)
    code = code_view(call, tab.backends.shown_address(tab.name, session))
    return await settings_of(request, model, files), code


def keep_after_stop(
    tab: TabContext, listening: Listening, player: Component, shows: list[Component], show: ShowStopped
) -> None:
    """After Stop, what had arrived of a sound that was listened to stays as a file. shows: the components of `show`."""

    async def keep_what_arrived(element: str | None) -> Updates:
        stream = listening.shown_in(element)
        if stream is None or not stream.run or not stream.run.has_partial_result:
            return {shows[0]: gr.skip()}
        updates, files = await show(stream)
        return updates | await result_actions(tab, stream.run, RunResult(files)) if files else {shows[0]: gr.skip()}

    tab.stop_button.click(keep_what_arrived, player, [*shows, tab.settings, tab.code], queue=False, **PRIVATE)
