"""The routes of the history. Each answers with the records of the visitor whose cookie it gets.

A cookie also comes along when another site's page asks in the visitor's name. Browsers say so, and are refused; what
changes something wants the header `x-omni` besides, which such a page cannot send unasked.
"""

import asyncio
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Form, HTTPException, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from omni_ui.core.files import Json
from omni_ui.core.heavy_work import run_heavy
from omni_ui.core.serving.kept_file import kept_file
from omni_ui.core.visitor import visitor_of
from omni_ui.features.history.export import Kept, blocking, write_export
from omni_ui.features.history.service import Recorder
from omni_ui.features.recipes import BadRecipe, Recipe, difference, download_name, labelled, link_or_reason
from omni_ui.features.waits.view import waits_row
from omni_ui.media.thumbnails import thumb
from omni_ui.store import HistoryFile, HistoryRecord, StoreFailed
from omni_ui.store.files import THUMB

SHORT = 240
"""Characters of a text in the list."""
PAGE = 60
MOST = 5000
"""Records in one zip."""
SAFE = {"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/bmp"}
"""Pictures that a browser may show. All sounds and videos are, too; anything else is a download."""
PROTECTED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=3600",
    "Vary": "Cookie",
}
GONE = "This file is no longer available."
NOT_HERE = "There is no such result: it was deleted, or belongs to another visitor."


ROUTES = APIRouter(prefix="/omni/history")
"""Of the history; `history_routes` says whose recorder they ask."""


def history_routes(recorder: Recorder) -> APIRouter:
    """The routes below /omni/history, which read and change what this recorder has written."""

    def know_recorder(request: Request) -> None:
        request.state.recorder = recorder

    router = APIRouter(dependencies=[Depends(_no_other_site), Depends(know_recorder)])
    router.include_router(ROUTES)
    return router


def _recorder(request: Request) -> Recorder:
    recorder: Recorder = request.state.recorder
    return recorder


Written = Annotated[Recorder, Depends(_recorder)]


def _asked_here(request: Request) -> None:
    if "x-omni" not in request.headers:
        raise HTTPException(403, "Changes can only be made on the page itself.")


def _visitor(request: Request) -> str:
    if (visitor := visitor_of(request)) is None:
        raise HTTPException(404, NOT_HERE)
    return visitor


Visitor = Annotated[str, Depends(_visitor)]


async def _own(id: str, mine: Visitor, recorder: Written) -> HistoryRecord:
    """The caller's own record. Somebody else's is as unknown as one that is not there."""
    try:
        record = await recorder.find(id, mine)
    except StoreFailed as problem:
        raise HTTPException(503, problem.sentence) from None
    if record is None:
        raise HTTPException(404, NOT_HERE)
    return record


Own = Annotated[HistoryRecord, Depends(_own)]


@ROUTES.get("")
async def listing(
    request: Request,
    recorder: Written,
    tab: str = "",
    words: Annotated[str, Query(max_length=500)] = "",
    starred: bool = False,
    after: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
) -> Json:
    """The newest first, with what is left of room and time. `after`: the `next` of the answer before."""
    mine = visitor_of(request)
    answer: Json = {"records": [], "next": "", "counts": {}, "room": None}
    answer |= {"trouble": recorder.problem, "known": bool(mine)}
    answer |= {"keeps": recorder.limits.seconds, "limit": recorder.limits.bytes, "oldest": None}
    if mine is None:
        return answer
    try:
        await recorder.settled()
        kept, place = recorder.store.history, _cursor(after)
        page = kept.page(mine, tab=tab, words=words, starred=starred, after=place, limit=limit + 1)
        records, answer["counts"], answer["oldest"], room = await asyncio.gather(
            page, kept.count(mine), kept.oldest(mine), kept.disk_usage(mine)
        )
        answer["room"] = {"mine": room.mine, "all": None if recorder.limits.shared else room.all}
    except StoreFailed as problem:
        return answer | {"trouble": problem.sentence}
    answer["records"] = [_brief(record) for record in records[:limit]]
    if len(records) > limit:
        answer["next"] = f"{records[limit - 1].at!r}_{records[limit - 1].id}"
    return answer


@ROUTES.get("/{id}")
async def one(record: Own) -> Json:
    """All that is known of a record."""
    link, no_link = link_or_reason(recipe) if (recipe := _recipe(record)) else ("", "")
    return _brief(record) | {
        "prompt": record.summary,
        "text": record.text,
        "error": record.error,
        "details": record.details,
        "settings": _settings(record),
        "link": link,
        "no_link": no_link,
        "facts": record.facts,
        "waits": waits_row(record.waiting),
        "files": [_file(record, place) for place in range(len(record.files))],
    }


@ROUTES.get("/{id}/against/{other}")
async def against(record: Own, other: str, mine: Visitor, recorder: Written) -> Json:
    """How the settings of two records differ; null where those of one cannot be read."""
    recipes = [_recipe(record), _recipe(await _own(other, mine, recorder))]
    recipes_found = [recipe for recipe in recipes if recipe]
    return {"difference": difference(*recipes_found).as_dict() if len(recipes_found) == 2 else None}


@ROUTES.api_route("/{id}/{place}", methods=["GET", "HEAD"])
async def file(record: Own, recorder: Written, place: int, download: bool = False) -> Response:
    """A file of a record, with ranges."""
    entry = _entry(record, place)
    try:
        kept = await recorder.store.files.find(entry.name)
    except StoreFailed as problem:
        raise HTTPException(503, problem.sentence) from None
    if kept is None:
        raise HTTPException(404, recorder.store.files.gone)
    seen = entry.kind in SAFE or entry.kind.startswith(("audio/", "video/"))
    media_type = entry.kind if seen else "application/octet-stream"
    title = entry.title
    if entry.role == "result":
        title = download_name((record.recipe or {}).get("request", {}), title)
    return kept_file(kept, entry.name, media_type, title, inline=seen and not download, headers=PROTECTED)


@ROUTES.get("/{id}/{place}/thumb")
async def small(record: Own, recorder: Written, place: int) -> FileResponse:
    """A picture, a video or the waveform of a sound as a small WebP, made when it is first looked at."""
    entry, files = _entry(record, place), recorder.store.files
    try:
        thumbnail = await files.fetch(f"{entry.name}{THUMB}")
        if thumbnail is None:
            path = await files.fetch(entry.name)
            thumbnail = await run_heavy(thumb, path, entry.kind) if path else None
            if thumbnail:
                await files.keep_thumb(entry.name)
    except StoreFailed as problem:
        raise HTTPException(503, problem.sentence) from None
    if thumbnail is None:
        raise HTTPException(404, "There is no thumbnail of this.")
    return FileResponse(thumbnail, media_type="image/webp", headers=PROTECTED)


@ROUTES.post("/keepsake")
async def take_home(
    mine: Visitor, recorder: Written, ids: Annotated[str, Form(max_length=200_000)] = ""
) -> StreamingResponse:
    """A zip of these records (ids with commas between), or of all, with a page that shows them offline."""
    try:
        await recorder.settled()
        if ids:
            records = await recorder.store.history.many(ids.split(",")[:MOST], mine)
        else:
            records = await recorder.store.history.page(mine, limit=MOST)
    except StoreFailed as problem:
        raise HTTPException(503, problem.sentence) from None
    if not records:
        raise HTTPException(404, "There is nothing to download yet.")
    kept = [Kept(record, _settings(record)) for record in records]
    find = blocking(recorder.store.history.fetch)
    name = quote(f"omni-ui-{len(kept)}-results.zip")
    head = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(write_export(kept, find), media_type="application/zip", headers=head)


@ROUTES.post("/{id}/star", dependencies=[Depends(_asked_here)])
async def star(record: Own, recorder: Written, on: Annotated[bool, Body(embed=True)]) -> Json:
    try:
        await recorder.store.history.star(record.id, record.visitor, on)
    except StoreFailed as problem:
        raise HTTPException(503, problem.sentence) from None
    return {"id": record.id, "starred": on}


@ROUTES.delete("", dependencies=[Depends(_asked_here)])
async def delete(
    mine: Visitor,
    recorder: Written,
    ids: Annotated[list[str] | None, Body(embed=True)] = None,
    all: Annotated[bool, Body(embed=True)] = False,
) -> Json:
    """Removes these records, or all of this visitor."""
    try:
        await recorder.settled()
        doomed = await recorder.store.history.all_of(mine)
        if not all:
            doomed = [item for item in doomed if item[0] in set(ids or [])]
        await recorder.remove(doomed)
    except StoreFailed as problem:
        raise HTTPException(503, problem.sentence) from None
    return {"deleted": len(doomed)}


def _no_other_site(request: Request) -> None:
    """Gradio lets any page on localhost read what an app on localhost answers; this history is not for them."""
    asked_by = request.headers.get("sec-fetch-site", "same-origin")
    if asked_by not in ("same-origin", "none") and request.headers.get("sec-fetch-mode") != "navigate":
        raise HTTPException(403, "Only the page itself can request this.")


def _entry(record: HistoryRecord, place: int) -> HistoryFile:
    entry = record.files[place] if 0 <= place < len(record.files) else None
    if entry is None or not entry.name:
        raise HTTPException(404, GONE)
    return entry


def _cursor(text: str) -> tuple[float, str] | None:
    at, _, id = text.partition("_")
    try:
        return (float(at), id) if id else None
    except ValueError:
        return None


def _brief(record: HistoryRecord) -> Json:
    """What the list shows of a record."""
    return {
        "id": record.id,
        "tab": record.tab,
        "at": record.at,
        "starred": record.starred,
        "error": record.error[:SHORT],
        "prompt": record.summary[:SHORT],
        "text": record.text[:SHORT],
        "model": record.model,
        "seconds": record.seconds,
        "files": [_file(record, place) for place, file in enumerate(record.files) if file.role == "result"],
    }


def _file(record: HistoryRecord, place: int) -> Json:
    file = record.files[place]
    return {
        "place": place,
        "role": file.role,
        "title": file.title,
        "kind": file.kind,
        "bytes": file.bytes,
        "here": bool(file.name),
    }


def _settings(record: HistoryRecord) -> list[tuple[str, str]]:
    """What was sent, as labels and values."""
    recipe = _recipe(record)
    return labelled(recipe) if recipe else []


def _recipe(record: HistoryRecord) -> Recipe | None:
    try:
        return Recipe.from_dict(record.recipe) if record.recipe else None
    except BadRecipe:  # of an older or a newer version of this page
        return None
