"""A grid of sounds, videos or answers for download: a zip with the files as they are, and a page that shows them."""

import html
import io
import re
import zipfile
from pathlib import Path
from urllib.parse import quote

from omni_ui.client import type_of_file
from omni_ui.features.grid.sheet import Entry, Sheet

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; }
body { margin: 1.5rem; } div { overflow-x: auto; } table { border-collapse: collapse; }
th, td { border: 1px solid #8888; padding: .5rem .75rem; text-align: left; vertical-align: top; }
td { min-width: 16rem; } audio, video, img { width: 16rem; max-width: 100%; } .error { color: #b42318; }
.text { min-width: 20rem; max-height: 32rem; overflow-y: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { .error { color: #fda29b; } }
"""


def pack(sheet: Sheet) -> bytes:
    """The zip. Blocking. OSError when a file is gone."""
    file = io.BytesIO()
    names: dict[Path, str] = {}
    for entry in sheet.entries:
        for number, path in enumerate(_files(entry)):
            names[path] = _name(sheet, entry, path, number)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as target:
        for path, name in names.items():
            target.write(path, name)
        target.writestr("index.html", page(sheet, names), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def page(sheet: Sheet, names: dict[Path, str]) -> str:
    """The page; names: what the files beside it are called."""
    across, down = sheet.across, sheet.down
    heads = "".join(f'<th scope="col">{html.escape(f"{across[0]} {value}")}</th>' for value in across[1])
    corner = "<td></td>" if any(down[1]) else ""
    found = {one.at: one for one in sheet.entries}
    rows = ""
    for row, value in enumerate(down[1]):
        head = f'<th scope="row">{html.escape(f"{down[0]} {value}")}</th>' if corner else ""
        cells = "".join(_cell(found.get((column, row)), names) for column in range(len(across[1])))
        rows += f"<tr>{head}{cells}</tr>"
    notes = "".join(f"<p>{html.escape(one)}</p>" for one in sheet.notes)
    title = html.escape(sheet.title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>"
        f"<div><table><thead><tr>{corner}{heads}</tr></thead><tbody>{rows}</tbody></table></div>{notes}</body></html>"
    )


def _cell(entry: Entry | None, names: dict[Path, str]) -> str:
    if entry is None:
        return "<td></td>"
    text = f'<div class="text">{html.escape(entry.text)}</div>' if entry.text else ""
    content = text + "".join(_shown(path, names[path]) for path in _files(entry))
    if not content:
        return f"<td{' class=error' if entry.failed else ''}>{html.escape(entry.words)}</td>"
    return f"<td>{content}</td>"


def _shown(path: Path, name: str) -> str:
    kind, address = type_of_file(path).partition("/")[0], quote(name)
    if kind in ("audio", "video"):
        return f'<{kind} controls preload="metadata" src="{address}"></{kind}>'
    if kind == "image":
        return f'<a href="{address}"><img src="{address}" alt="{html.escape(name)}"></a>'
    return f'<a href="{address}">{html.escape(name)}</a>'


def _files(entry: Entry) -> list[Path]:
    return [*([entry.path] if entry.path else []), *entry.more]


def _name(sheet: Sheet, entry: Entry, path: Path, number: int) -> str:
    """A file is called as the values of its cell are."""
    values = [f"{sheet.across[0]} {sheet.across[1][entry.at[0]]}"]
    values += [f"{sheet.down[0]} {sheet.down[1][entry.at[1]]}"] if any(sheet.down[1]) else []
    words = re.sub(r"[^\w.-]+", "-", ", ".join(values))[:80].strip("-.")
    several = f"-{number + 1}" if number else ""
    return f"{entry.at[1] + 1}-{entry.at[0] + 1}-{words}{several}{path.suffix}"
