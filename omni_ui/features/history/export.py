"""Results to take home: a zip with the files as they are, and a page that shows them without any server."""

import asyncio
import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from omni_ui.core.files import Json
from omni_ui.core.templates import render
from omni_ui.store import HistoryFile, HistoryRecord, StoreFailed

PIECE = 1 << 20
"""Bytes that are read and handed on at a time."""


@dataclass(frozen=True)
class Kept:
    """A record, and its settings as labels and values."""

    record: HistoryRecord
    settings: list[tuple[str, str]]


class _Sink(io.RawIOBase):
    """Takes what a zip writes, to be handed on piece by piece: the whole is never in memory or on disk."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def blocking(
    fetch: Callable[[HistoryFile], Coroutine[None, None, Path | None]],
) -> Callable[[HistoryFile], Path | None]:
    """`fetch` for `write_export`, which runs in another thread. A file that cannot be reached is None."""
    loop = asyncio.get_running_loop()

    def find(file: HistoryFile) -> Path | None:
        with suppress(StoreFailed):
            return asyncio.run_coroutine_threadsafe(fetch(file), loop).result()
        return None

    return find


def write_export(kept: list[Kept], find: Callable[[HistoryFile], Path | None]) -> Iterator[bytes]:
    """The zip in pieces. A file is stored as it is, under a folder for its record. Blocking.

    find: where a file lies on this machine, None for one that is gone; asked for each file when its turn comes.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as target:
        names = [_names(item, number) for number, item in enumerate(kept, 1)]
        for item, listed in zip(kept, names, strict=True):
            for place, (kept_file, name) in enumerate(zip(item.record.files, listed, strict=True)):
                path = find(kept_file) if name else None
                if path is None:
                    listed[place] = ""
                    continue
                info = zipfile.ZipInfo(name, time.gmtime(item.record.at)[:6])
                info.external_attr = 0o644 << 16
                try:
                    with path.open("rb") as file, target.open(info, "w", force_zip64=True) as entry:
                        while piece := file.read(PIECE):
                            entry.write(piece)
                            yield sink.taken()
                except FileNotFoundError:  # deleted meanwhile; the page says so
                    listed[place] = ""
        target.writestr("index.html", _page(kept, names), zipfile.ZIP_DEFLATED)
        entries = [_as_json(item, listed) for item, listed in zip(kept, names, strict=True)]
        target.writestr("results.json", json.dumps(entries, indent=1), zipfile.ZIP_DEFLATED)
        yield sink.taken()
    yield sink.taken()


def _names(kept: Kept, number: int) -> list[str]:
    """The names of a record's files in the zip; "" for one that is gone."""
    folder = f"{number:04d}-{kept.record.tab}"
    names = []
    for place, file in enumerate(kept.record.files):
        title = re.sub(r"[^\w.\- ]", "_", Path(file.title).name)[-80:].lstrip(".") or "file"
        names.append(f"{folder}/{file.role}-{place + 1}-{title}" if file.name else "")
    return names


def _as_json(kept: Kept, names: list[str]) -> Json:
    record = kept.record
    entry = {
        "made": datetime.fromtimestamp(record.at, UTC).isoformat(timespec="seconds"),
        "tab": record.tab,
        "model": record.model,
        "seconds": record.seconds,
        "prompt": record.summary,
        "text": record.text,
        "error": record.error,
        "settings": record.recipe,
        "conversation": record.told,
        "files": [name for name in names if name],
    }
    return {name: value for name, value in entry.items() if value}


def _page(kept: list[Kept], names: list[list[str]]) -> Markup:
    count = f"{len(kept)} result{'s' * (len(kept) != 1)}"
    results = [_shown(item, listed) for item, listed in zip(kept, names, strict=True)]
    return render("features/history/export.html.jinja", count=count, results=results)


def _shown(kept: Kept, names: list[str]) -> Json:
    """What the page shows of a record."""
    files = [
        {"kind": file.kind.partition("/")[0], "address": quote(name), "name": name.rpartition("/")[2]}
        for file, name in zip(kept.record.files, names, strict=True)
        if name
    ]
    return {
        "record": kept.record,
        "moment": datetime.fromtimestamp(kept.record.at, UTC),
        "settings": kept.settings,
        "files": files,
        "incomplete": not all(names),
    }
