"""A grid of sounds or videos to take home: a zip with the files as they are, and a page with a table of players."""

import html
import io
import re
import zipfile
from urllib.parse import quote

from omni_ui.client import type_of_file
from omni_ui.parts.grid.sheet import Entry, Sheet

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; }
body { margin: 1.5rem; } div { overflow-x: auto; } table { border-collapse: collapse; }
th, td { border: 1px solid #8888; padding: .5rem .75rem; text-align: left; vertical-align: top; }
td { min-width: 16rem; } audio, video, img { width: 16rem; max-width: 100%; } .error { color: #b42318; }
@media (prefers-color-scheme: dark) { .error { color: #fda29b; } }
"""


def pack(sheet: Sheet) -> bytes:
    """The zip. Blocking. OSError when a file is gone."""
    file = io.BytesIO()
    names = {one.at: _name(sheet, one) for one in sheet.entries if one.path}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as target:
        for one in sheet.entries:
            if one.path:
                target.write(one.path, names[one.at])
        target.writestr("index.html", page(sheet, names), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def page(sheet: Sheet, names: dict[tuple[int, int], str]) -> str:
    """The page; names: of the files beside it, by place."""
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


def _cell(entry: Entry | None, names: dict[tuple[int, int], str]) -> str:
    if entry is None:
        return "<td></td>"
    name = names.get(entry.at)
    if not name or not entry.path:
        return f"<td{' class=error' if entry.failed else ''}>{html.escape(entry.words)}</td>"
    kind = type_of_file(entry.path).partition("/")[0]
    address = quote(name)
    if kind in ("audio", "video"):
        return f'<td><{kind} controls preload="metadata" src="{address}"></{kind}></td>'
    return f'<td><a href="{address}">{html.escape(name)}</a></td>'


def _name(sheet: Sheet, entry: Entry) -> str:
    """The file of a cell is called as its values are."""
    values = [f"{sheet.across[0]} {sheet.across[1][entry.at[0]]}"]
    values += [f"{sheet.down[0]} {sheet.down[1][entry.at[1]]}"] if any(sheet.down[1]) else []
    words = re.sub(r"[^\w.-]+", "-", ", ".join(values))[:80].strip("-.")
    suffix = entry.path.suffix if entry.path else ""
    return f"{entry.at[1] + 1}-{entry.at[0] + 1}-{words}{suffix}"
