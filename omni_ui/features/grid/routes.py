"""What of a grid goes over routes of our own: the sheet or the zip to take home, and which settings have no effect."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field

from omni_ui.core.backends import Backends
from omni_ui.core.files import Json
from omni_ui.core.heavy_work import run_heavy
from omni_ui.features.grid import export, sheet
from omni_ui.features.grid.board import LONGEST
from omni_ui.features.grid.values import too_many
from omni_ui.features.recipes.panel import in_cache
from omni_ui.settings import TABS
from omni_ui.store import Store, StoreFailed

Words = Annotated[str, Field(max_length=2000)]
Place = Annotated[int, Field(ge=0)]


class Axis(BaseModel):
    label: Words = ""
    values: list[Words] = Field(default=[""], min_length=1)


class Cell(BaseModel):
    """file: a result by its place in Gradio's cache; "" without one. words: instead of a result.

    text, more: the words of an answer, and its files besides the first.
    """

    at: tuple[Place, Place]
    file: Words = ""
    words: Words = ""
    failed: bool = False
    text: str = Field(default="", max_length=LONGEST + 10)
    more: list[Words] = Field(default=[], max_length=20)


class Home(BaseModel):
    """A grid as the page shows it."""

    title: Words
    axes: list[Axis] = Field(min_length=1, max_length=2)
    cells: list[Cell]
    notes: list[Words] = Field(default=[], max_length=20)

    def as_sheet(self, most: int) -> sheet.Sheet:
        """most: cells that a grid may have. HTTPException for more, and for a file that is not a result here."""
        axes = [(axis.label, axis.values) for axis in (*self.axes, Axis())][:2]
        columns, rows = (len(values) for _, values in axes)
        if columns * rows > most or len(self.cells) > most:
            raise HTTPException(422, too_many(columns * rows, most))
        entries = [
            sheet.Entry(
                cell.at, _file(cell.file), cell.words, cell.failed, cell.text, [in_cache(name) for name in cell.more]
            )
            for cell in self.cells
            if cell.at[0] < columns and cell.at[1] < rows
        ]
        return sheet.Sheet(self.title, axes[0], axes[1], entries, self.notes)


def grid_routes(backends: Backends, store: Store) -> APIRouter:
    router = APIRouter(prefix="/omni/grid")
    most = backends.settings.max_grid

    @router.post("/sheet")
    async def one_picture(grid: Home) -> Response:
        """A PNG of all pictures with their values. The guard keeps others' results out."""
        picture = await run_heavy(sheet.draw, grid.as_sheet(most))
        return Response(picture, media_type="image/png", headers=_named("grid.png"))

    @router.post("/page")
    async def one_page(grid: Home) -> Response:
        """A zip with the files and a page that plays them."""
        try:
            archive = await asyncio.to_thread(export.pack, grid.as_sheet(most))
        except OSError:
            raise HTTPException(404, "A result is gone: run the comparison again.") from None
        return Response(archive, media_type="application/zip", headers=_named("grid.zip"))

    @router.get("/ignored")
    async def ignored(request: Request) -> Json:
        """By tab: the wire names of the settings that its model was seen to ignore, for the session that asks."""
        names_by_tab: Json = {}
        for tab in TABS:
            backend = backends.for_tab(tab, request.headers.get("x-omni-session"))
            ability = await backend.ability(tab) if backend else None
            try:
                if backend and ability:
                    names_by_tab[tab] = await store.ignored.of(backend.known_as, ability.model, tab)
            except StoreFailed:  # said by the store itself
                return {}
        return names_by_tab

    return router


def _file(name: str) -> Path | None:
    return in_cache(name) if name else None


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
