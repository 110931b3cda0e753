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
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from omni_ui.core.files import Json
from omni_ui.store import HistoryFile, HistoryRecord, StoreTrouble

PIECE = 1 << 20
"""Bytes that are read and handed on at a time."""
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; }
body { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem; }
article { border: 1px solid #8888; border-radius: 8px; padding: 1rem; margin: 1rem 0; }
h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
.prompt, pre { white-space: pre-wrap; overflow-wrap: anywhere; } .error { color: #b42318; }
img, video { max-width: 100%; max-height: 80vh; border-radius: 6px; } audio { width: 100%; }
table { border-collapse: collapse; font-size: .9rem; } th { text-align: left; font-weight: 500; padding-right: 1rem; }
td { overflow-wrap: anywhere; } footer, time { opacity: .7; font-size: .9rem; }
@media (prefers-color-scheme: dark) { .error { color: #fda29b; } }
"""


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
        with suppress(StoreTrouble):
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


def _page(kept: list[Kept], names: list[list[str]]) -> str:
    body = "".join(_article(item, listed) for item, listed in zip(kept, names, strict=True))
    count = f"{len(kept)} result{'s' * (len(kept) != 1)}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Omni UI: '
        f'{count}</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file: data:; "
        "media-src 'self' file:; style-src 'unsafe-inline'\">"
        f"<style>{STYLE}</style></head><body><h1>{count}</h1>{body}"
        "<footer>Made with Omni UI. The same as data: results.json</footer></body></html>"
    )


def _article(kept: Kept, names: list[str]) -> str:
    record = kept.record
    moment = datetime.fromtimestamp(record.at, UTC)
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in kept.settings)
    media = "".join(_media(file.kind, name) for file, name in zip(record.files, names, strict=True) if name)
    if any(not name for name in names):
        media += "<p>A file of this result was not there any more, or could not be reached.</p>"
    text = f"<pre>{escape(record.text)}</pre>" if record.text else ""
    error = f'<p class="error">{escape(record.error)}</p>' if record.error else ""
    return (
        f'<article><h2>{escape(record.tab.capitalize())} <time datetime="{moment.isoformat()}">'
        f'{moment:%Y-%m-%d %H:%M} UTC</time></h2><p class="prompt">{escape(record.summary)}</p>{error}{media}{text}'
        f"<details><summary>Settings</summary><table>{rows}</table></details></article>"
    )


def _media(kind: str, name: str) -> str:
    address, words = quote(name), escape(name.rpartition("/")[2])
    if kind.startswith("image/"):
        return f'<p><img src="{address}" alt="{words}" loading="lazy"></p>'
    if kind.startswith(("audio/", "video/")):
        tag = kind.partition("/")[0]
        return f'<p><{tag} src="{address}" controls preload="none"></{tag}> {words}</p>'
    return f'<p><a href="{address}" download>{words}</a></p>'
