"""A record of the history back in its tab: what was entered, what came of it, its facts, its settings and its code."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from omni_ui.parts import status
from omni_ui.parts.code import code_view
from omni_ui.parts.files import shown
from omni_ui.parts.picture_field import PictureForm
from omni_ui.parts.recipes import settings_view
from omni_ui.parts.run import Outcome, Updates
from omni_ui.parts.videos import lend
from omni_ui.recipes import BadRecipe, Medium, Recipe
from omni_ui.store import HistoryFile, HistoryRecord

if TYPE_CHECKING:
    from omni_ui.parts.tab import OmniTab

FILLED = "An earlier result; its settings and inputs are filled in. Run makes it once more."


@dataclass(frozen=True)
class Opened:
    """A record whose files lie where the page may show them.

    results: what came of it, as far as it is still there. entered: what stood in the controls. told: a conversation.
    session: that of the page which opens it.
    """

    record: HistoryRecord
    results: list[Path]
    entered: dict[str, Any]
    told: Any
    session: str

    @property
    def request(self) -> dict[str, Any]:
        """The wire fields that were sent, files aside."""
        return (self.record.recipe or {}).get("request", {})


Reopen = Callable[[Opened], Awaitable[Updates]]
"""What a tab shows of a result beside its controls."""


async def reopen(
    tab: "OmniTab", record: HistoryRecord, find: Callable[[HistoryFile], Path | None], session: str
) -> Updates:
    """Values for the tab's components. find: where a file is kept."""
    lent: dict[int, Path] = {}
    for number, file in enumerate(record.files):
        if path := find(file):
            lent[number] = await lend(path, Path(file.title).name or "file")
    results = [lent[number] for number, file in enumerate(record.files) if file.role == "result" and number in lent]
    entered = with_files(record.entered, lent)
    opened = Opened(record, results, entered, with_files(record.told, lent), session)
    if (seed := opened.request.get("seed")) is not None:
        entered["seed"] = str(seed)
    updates: Updates = {
        part: fitting(tab, name, entered.get(name))
        for name, part in tab.inputs.items()
        if not isinstance(part, gr.State)
    }
    if record.error:
        return updates | {tab.status: status.failed(record.error, record.details)}
    by_hash = {file.sha: lent[number] for number, file in enumerate(record.files) if file.sha and number in lent}
    facts = status.facts_of(record.seconds, seed, record.facts, record.model)
    updates |= {tab.status: status.done([("", FILLED), *facts])}
    updates |= await asyncio.to_thread(_recipe_views, tab, opened, by_hash)
    return updates | (await tab.reopen(opened) if tab.reopen else {})


def reopened(tab: "OmniTab") -> list[gr.blocks.Block]:
    """What `reopen` may set, beside the inputs."""
    return [tab.status, tab.settings, tab.code, *tab.reopened]


def _recipe_views(tab: "OmniTab", opened: Opened, by_hash: dict[str, Path]) -> Updates:
    """What stands below a result that was just made. Blocking."""
    record = opened.record
    row = tab.sends.row(tab.name, record.id, Outcome(opened.results, record.text)) if tab.sends else ""

    def find(medium: Medium) -> Path:
        if medium.sha256 not in by_hash:
            raise BadRecipe(f"{medium.name} is not here any more.")
        return by_hash[medium.sha256]

    try:
        recipe = Recipe.from_dict(record.recipe)
    except BadRecipe:  # of a version that is gone
        return {tab.settings: row, tab.code: ""}
    settings = {tab.settings: row + settings_view(recipe, opened.results)}
    try:
        call = recipe.to_request(find).wire(recipe.model)
    except BadRecipe as wrong:
        return settings | {tab.code: f'<p class="omni-quiet">{wrong}</p>'}
    return settings | {tab.code: code_view(call, tab.backends.shown_address(tab.name, opened.session))}


def with_files(value: Any, lent: dict[int, Path]) -> Any:
    """A stored value with paths where files stand; those that are gone are left out."""
    if isinstance(value, dict):
        if "file" in value and set(value) <= {"file", "as"}:
            return str(lent[value["file"]]) if value["file"] in lent else None
        return {name: with_files(one, lent) for name, one in value.items()}
    if isinstance(value, list):
        return [one for one in (with_files(inner, lent) for inner in value) if one is not None]
    return value


def fitting(tab: "OmniTab", name: str, value: Any) -> Any:
    """A value as the control takes it: pictures as file data, settings that are objects as JSON text."""
    if isinstance(tab.form, PictureForm) and name in tab.form.pictures:
        return [shown(path) for path in (value if isinstance(value, list) else [value] if value else [])]
    if isinstance(tab.inputs[name], gr.Textbox):
        return "" if value is None else json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return value
