"""Recipes on the page: seen under a result, copied as a link, put into a download, opened again; and presets.

The browser's half is omni_ui/features/recipes/recipes.js. Opening fills in the controls and runs nothing.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import gradio as gr
from fastapi import APIRouter, Body, HTTPException, Response
from fastapi.responses import FileResponse
from markupsafe import Markup

from omni_ui.client import Request
from omni_ui.client.requests.timeline import as_json
from omni_ui.core.files import FileRefused, Json, cache_folder, own_path
from omni_ui.core.run import Updates
from omni_ui.core.scripts import call, mounted
from omni_ui.core.templates import html_file, render
from omni_ui.features.recipes import (
    BadRecipe,
    CannotHold,
    OpenedSettings,
    Recipe,
    can_hold,
    download_name,
    labelled,
    link_or_reason,
    media_fields,
    names_files,
    open_settings,
    unpack,
    with_settings,
)
from omni_ui.features.recipes.presets import shipped
from omni_ui.features.tab_context import TabContext
from omni_ui.widgets.components import ObjectCarrier
from omni_ui.widgets.fields import Component, kind_of
from omni_ui.widgets.file_input import uploaded

OPENER = Markup('<div class="omni-opened" role="status" aria-live="polite" hidden></div>')
INCOMPLETE = "A file that was sent was deleted, so these settings are incomplete."
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".wav": "audio/wav", ".flac": "audio/flac",
         ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".mp4": "video/mp4"}  # fmt: skip


def settings_place(tab: str) -> gr.HTML:
    """Where the recipe of the last result is seen."""
    return gr.HTML(elem_id=f"{tab}-settings", padding=False, elem_classes="omni-recipe-place")


def preset_bar(tab: str) -> Component:
    """Presets of this tab, those that came with the app and the visitor's own, which only the browser knows."""
    presets = [{"name": name, "recipe": recipe.as_json()} for name, recipe in shipped(tab)]
    return gr.HTML(
        None, **mounted(html_file("features/recipes/presets.html"), "presets", tab=tab),
        elem_id=f"{tab}-presets", elem_classes="omni-presets-place", shipped=presets, padding=False,
    )  # fmt: skip


async def settings_of(request: Request, model: str | None, files: list[Path]) -> Markup:
    """HTML of the recipe of a result. Hashes the request's files, if it has any, in a thread."""
    try:
        reads = names_files(request)
        recipe = await asyncio.to_thread(Recipe.of, request, model) if reads else Recipe.of(request, model)
    except OSError:
        return Markup('<p class="omni-quiet">{}</p>').format(INCOMPLETE)
    return settings_view(recipe, files)


def settings_view(recipe: Recipe, files: list[Path]) -> Markup:
    """HTML: buttons to take the result home, and its settings as a table and as JSON."""
    link, no_link = link_or_reason(recipe)
    downloads = _downloads(files, recipe)
    return render(
        "features/recipes/panel.html.jinja",
        recipe=recipe,
        link=link,
        no_link=no_link,
        downloads=downloads,
        can_hold=any(file.holds for file in downloads),
        settings=labelled(recipe),
        json=json.dumps(recipe.as_dict(), ensure_ascii=False, indent=2),
    )


@dataclass(frozen=True)
class Download:
    """A file of a result. place: its path below Gradio's cache, never the cache itself. holds: it can hold settings.

    saved_as: its name on the visitor's disk.
    """

    place: str
    name: str
    holds: bool
    saved_as: str


def _downloads(files: list[Path], recipe: Recipe) -> list[Download]:
    uploads = cache_folder()
    places = [(path, path.resolve()) for path in files]
    return [
        Download(str(place.relative_to(uploads)), path.name, can_hold(path), download_name(recipe.request, path.name))
        for path, place in places
        if place.is_relative_to(uploads)
    ]


def recipe_routes() -> APIRouter:
    router = APIRouter(prefix="/omni")

    @router.post("/take")
    async def take(
        file: Annotated[str, Body(max_length=1000)], recipe: Annotated[Json | None, Body()] = None
    ) -> Response:
        """A file of a result as a download: with a recipe inside, or its bytes as they are without one."""
        path = in_cache(file)
        if recipe is None:
            return FileResponse(path, filename=path.name, media_type="application/octet-stream")
        try:
            data = await asyncio.to_thread(with_settings, path, Recipe.from_dict(recipe))
        except (BadRecipe, CannotHold) as wrong:
            raise HTTPException(422, str(wrong)) from None
        named = f"attachment; filename*=UTF-8''{quote(path.name)}"
        kind = TYPES.get(path.suffix.lower(), "application/octet-stream")
        return Response(data, media_type=kind, headers={"Content-Disposition": named})

    return router


def in_cache(file: str) -> Path:
    """A file of a result by the name that `_downloads` gave it, and no other file."""
    try:
        return own_path(str(cache_folder() / file))
    except FileRefused:
        raise HTTPException(404, "This file is no longer available: run it again.") from None


class Recipes:
    """Opens recipes in their tabs. Made inside the page, above the tabs, since it says there what it did."""

    def __init__(self) -> None:
        self.tabs: dict[str, TabContext] = {}
        self.opener = ObjectCarrier(
            None, **mounted(OPENER, "recipe_opener"), elem_id="omni-opener", note=None, padding=False
        )

    def wire(self, tabs: Sequence[TabContext], strip: gr.Tabs, loaded: gr.events.Dependency) -> None:
        """loaded: the event after which a link that opened the page may fill in its controls."""
        self.tabs = {tab.name: tab for tab in tabs}
        parts = [part for tab in tabs for part in _fillable(tab).values()]
        common: Json = {
            "inputs": self.opener,
            "outputs": [strip, self.opener, *parts],
            "api_visibility": "private",
            "show_progress": "hidden",
            "show_progress_on": self.opener,  # see page.py: each target costs time with every message of any run
            "queue": False,
        }

        async def open_it(what: Json | None) -> Updates:
            if not what:
                return {self.opener: gr.skip()}
            try:
                opened = await asyncio.to_thread(_read, what)
            except BadRecipe as wrong:
                return {self.opener: gr.HTML(note={"said": str(wrong), "bad": True})}
            recipe = opened.recipe
            note = gr.HTML(note={"said": filled_in_message(recipe, opened.left_out, opened.maker, opened.loras)})
            return {strip: gr.Tabs(selected=recipe.tab), self.opener: note, **fill(self.tabs[recipe.tab], recipe)}

        self.opener.input(open_it, **common)
        loaded.then(open_it, js=call("linked_recipe"), **common)


def _read(what: Json) -> OpenedSettings:
    """What the browser hands over: the fragment of a link, an uploaded file, or a preset."""
    if isinstance(link := what.get("link"), str):
        return OpenedSettings(unpack(link))
    if isinstance(preset := what.get("recipe"), str):
        return OpenedSettings(Recipe.from_json(preset))
    try:
        path = Path(uploaded(what.get("file")))
    except gr.Error:
        raise BadRecipe("The file did not arrive. Try again.") from None
    return open_settings(path)


def filled_in_message(recipe: Recipe, left: list[str], maker: str = "", loras: list[str] | None = None) -> str:
    """What was filled in, who made it, and what is still missing."""
    words = ["The settings are filled in. Press Run to start."]
    if maker:
        words.append(f"The file was made by {maker}{f' with the model {recipe.model}' if recipe.model else ''}.")
    if loras:
        words.append(f"It used the LoRA {', '.join(loras)}: to use it here, enter its path on the server.")
    if names := [medium.name for listed in recipe.media.values() for medium in listed]:
        words.append(f"Settings do not include files, so add yours: {', '.join(dict.fromkeys(names))}.")
    if left:
        words.append(f"Not applied, since this page has no such setting: {', '.join(left)}.")
    return " ".join(words)


def _fillable(tab: TabContext) -> dict[str, Component]:
    """The controls that a recipe may fill, by name. Files are chosen by the visitor alone."""
    files = media_fields(tab.form.model)
    parts = {name: part for name, part in tab.form.controls.items() if name not in files}
    return parts | {name: tab.inputs[name] for name in ("text", "system") if tab.name == "chat" and name in tab.inputs}


def fill(tab: TabContext, recipe: Recipe) -> Updates:
    """Values for all of a tab's settings; those that the recipe does not name go back to what the page starts with."""
    fields = tab.form.model.model_fields
    values = {
        name: info.get_default(call_default_factory=True) for name, info in fields.items() if not info.is_required()
    }
    values |= recipe.values()
    contents = {
        message["role"]: message["content"]
        for message in values.get("messages", [])
        if message["role"] in ("system", "user")
    }
    values |= {"text": _text(contents.get("user", "")), "system": _text(contents.get("system", ""))}
    return {
        part: as_shown(kind_of(fields[name]) if name in fields else "text", values.get(name), part)
        for name, part in _fillable(tab).items()
    }


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content if "text" in part)


def as_shown(kind: str, value: Any, part: Component) -> object:
    """A value as its control takes it."""
    if kind == "json" and isinstance(part, gr.Textbox):
        return "" if value is None else json.dumps(value, ensure_ascii=False, indent=1)
    if kind in ("slider", "number"):
        return None if value is None else float(value) if isinstance(value, str) else value
    if kind == "switch":
        return bool(value)
    if kind == "choices":
        return value or []
    if kind in ("choice", "size"):
        return "" if value is None else value
    if kind == "timeline":
        return as_json(value or [])
    if kind == "json":
        return value
    return "" if value is None else str(value)
