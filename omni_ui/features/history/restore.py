"""A record of the history back in its tab: what was entered, its result, its facts, its settings and its code.

It can be made once more as if it had just been made, as long as all its files are here.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from omni_ui.core import status
from omni_ui.core.files import shown
from omni_ui.core.run import RunResult, Updates
from omni_ui.core.servers.waiting import Waiting
from omni_ui.core.templates import NOTHING
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.recipes import BadRecipe, Recipe
from omni_ui.features.recipes.panel import settings_view
from omni_ui.features.snippets.view import code_view
from omni_ui.features.tab_context import TabContext
from omni_ui.features.video.video_files import publish_file
from omni_ui.features.waits.view import waits_view
from omni_ui.store import HistoryFile, HistoryRecord
from omni_ui.widgets.pictures.image_input import PictureForm

FILLED = "An earlier result. Its settings and inputs are filled in; press Run to make it again."
QUIET = Markup('<p class="omni-quiet">{}</p>')


Fetch = Callable[[HistoryFile], Awaitable[Path | None]]
"""Brings a kept file to this machine; None when it is not there any more. StoreFailed."""


async def open_record(record: HistoryRecord, fetch: Fetch, session: str) -> RestoredResult:
    """Puts its files where the page may show them. StoreFailed."""
    published: dict[int, Path] = {}
    for number, file in enumerate(record.files):
        if path := await fetch(file):
            published[number] = await publish_file(path, Path(file.title).name or "file")
    results = [
        published[number] for number, file in enumerate(record.files) if file.role == "result" and number in published
    ]
    entered = with_files(record.entered, published)
    restored = RestoredResult(record, published, results, entered, with_files(record.told, published), session)
    if (seed := restored.request.get("seed")) is not None:
        entered["seed"] = str(seed)
    return restored


async def restore(tab: TabContext, record: HistoryRecord, fetch: Fetch, session: str) -> Updates:
    """Values for the tab's components. StoreFailed."""
    restored = await open_record(record, fetch, session)
    updates: Updates = {
        part: fitting(tab, name, restored.entered.get(name))
        for name, part in tab.inputs.items()
        if not isinstance(part, gr.State)
    }
    if record.error:
        return updates | {tab.status: status.failed(record.error, record.details)}
    request = restored.request
    name = status.seed_name(request.get("n", 1))
    facts = status.facts_of(record.seconds, request.get("seed"), record.facts, record.model, name)
    updates |= {tab.status: status.done([("", FILLED), *facts], waits_view(Waiting.from_dict(record.waiting)))}
    views = await asyncio.to_thread(_recipe_views, tab, restored)
    updates |= views | {tab.settings: repeat_buttons(tab, restored) + views[tab.settings]}
    return updates | (await tab.show_restored(restored) if tab.show_restored else {})


def restored_components(tab: TabContext) -> list[gr.blocks.Block]:
    """What `restore` may set, beside the inputs."""
    return [tab.status, tab.settings, tab.code, *tab.restored_components]


def repeat_buttons(tab: TabContext, restored: RestoredResult, apart: bool = False) -> Markup:
    """HTML of the buttons that make it once more, or why there are none. apart: see Repeat.row."""
    record = restored.record
    gone = [file.title for at, file in enumerate(record.files) if at not in restored.published]
    try:
        if gone:
            raise BadRecipe(f"{gone[0]} is no longer available.")
        request = restored.asked()
    except BadRecipe as wrong:
        return QUIET.format(f"This cannot be repeated. {wrong}")
    entered = {name: restored.entered.get(name) for name in tab.inputs}
    outcome = RunResult(restored.results, record.text)
    repetition = tab.repeat.made(request, entered, outcome, record.model, record.version)
    return tab.repeat.row(restored.session, repetition, record.id, apart)


def _recipe_views(tab: TabContext, restored: RestoredResult) -> Updates:
    """The views below a new result. Blocking."""
    record = restored.record
    row = tab.sends.row(tab.name, record.id, RunResult(restored.results, record.text)) if tab.sends else NOTHING
    try:
        recipe = Recipe.from_dict(record.recipe)
    except BadRecipe:  # of a version that is gone
        return {tab.settings: row, tab.code: NOTHING}
    settings = {tab.settings: row + settings_view(recipe, restored.results)}
    try:
        request = restored.asked()
    except BadRecipe as wrong:
        return settings | {tab.code: QUIET.format(wrong)}
    return settings | {
        tab.code: code_view(request.wire(recipe.model), tab.backends.shown_address(tab.name, restored.session))
    }


def with_files(value: object, published: dict[int, Path]) -> Any:
    """A stored value with paths where files stand; those that are gone are left out."""
    if isinstance(value, dict):
        if "file" in value and set(value) <= {"file", "as"}:
            return str(published[value["file"]]) if value["file"] in published else None
        return {name: with_files(item, published) for name, item in value.items()}
    if isinstance(value, list):
        return [item for item in (with_files(inner, published) for inner in value) if item is not None]
    return value


def fitting(tab: TabContext, name: str, value: Any) -> object:
    """A value as the control takes it: pictures as file data, settings that are objects as JSON text."""
    if isinstance(tab.form, PictureForm) and name in tab.form.pictures:
        return [shown(path) for path in (value if isinstance(value, list) else [value] if value else [])]
    if isinstance(tab.inputs[name], gr.Textbox):
        return "" if value is None else json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return value
