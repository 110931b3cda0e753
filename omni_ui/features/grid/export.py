"""A grid of sounds, videos or answers for download: a zip with the files as they are, and a page that shows them."""

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from omni_ui.client import type_of_file
from omni_ui.core.files import Json
from omni_ui.core.templates import render
from omni_ui.features.grid.sheet import Entry, Sheet


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


def page(sheet: Sheet, names: dict[Path, str]) -> Markup:
    """The page; names: what the files beside it are called."""
    entries = {entry.at: entry for entry in sheet.entries}
    columns = range(len(sheet.across[1]))
    rows = [
        (value, [_cell(entries.get((column, row)), names) for column in columns])
        for row, value in enumerate(sheet.down[1])
    ]
    return render("features/grid/export.html.jinja", sheet=sheet, has_rows=any(sheet.down[1]), rows=rows)


def _cell(entry: Entry | None, names: dict[Path, str]) -> Json | None:
    """What the template shows of a run; None where none was made."""
    if entry is None:
        return None
    files = [
        {"kind": type_of_file(path).partition("/")[0], "address": quote(names[path]), "name": names[path]}
        for path in _files(entry)
    ]
    return {"text": entry.text, "files": files, "failed": entry.failed, "words": entry.words}


def _files(entry: Entry) -> list[Path]:
    return [*([entry.path] if entry.path else []), *entry.more]


def _name(sheet: Sheet, entry: Entry, path: Path, number: int) -> str:
    """A file is called as the values of its cell are."""
    values = [f"{sheet.across[0]} {sheet.across[1][entry.at[0]]}"]
    values += [f"{sheet.down[0]} {sheet.down[1][entry.at[1]]}"] if any(sheet.down[1]) else []
    words = re.sub(r"[^\w.-]+", "-", ", ".join(values))[:80].strip("-.")
    several = f"-{number + 1}" if number else ""
    return f"{entry.at[1] + 1}-{entry.at[0] + 1}-{words}{several}{path.suffix}"
