"""Records of the history, their files, and how they stand in the database."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from pydantic_core import from_json

from omni_ui.store.database import Row, Statement, parts
from omni_ui.store.usage import count_records

LONGEST_WORDS = 20_000
"""Characters of a record that are searched."""
COLUMNS = ("id", "visitor", "thread", "tab", "at", "starred")
READ = ", ".join((*COLUMNS, "facts"))
"""What `read_row` needs: the words that are searched, half of a record, are not read with it."""
_ALL = (*COLUMNS, "words", "facts", "size")
INSERT = f"INSERT INTO history ({', '.join(_ALL)}) VALUES ({', '.join(f':{name}' for name in _ALL)})"
INSERT_FILE = (
    "INSERT INTO history_files (record, place, name, bytes, sha) VALUES (:record, :place, :name, :bytes, :sha)"
)

Role = Literal["result", "input"]


@dataclass(frozen=True)
class HistoryFile:
    """A file of a record. name: in Files. title: what a person calls it. kind: its media type. sha: SHA-256, of
    inputs alone: the same input of several records is one file."""

    role: Role
    title: str
    kind: str
    name: str = ""
    bytes: int = 0
    sha: str = ""


@dataclass(frozen=True)
class Source:
    """A file to be kept, with its present path. Its bytes are kept as they are, and it stays where it is."""

    path: Path
    role: Role
    title: str
    kind: str


@dataclass(frozen=True)
class HistoryRecord:
    """One result, or one failed try.

    at: seconds since 1970. thread: of several records of one thread only the newest is kept, such as the answers of
    one conversation; "" for none. error: the sentence of a failed try, details the server's own words. text: what the
    server wrote. recipe: what was sent (features/recipes), None when nothing could be. entered: what stood in the
    controls, by name, and told: a whole conversation, where the tab has one; in these a file is {"file": its place in
    `files`}. facts: for the line below a result. summary: what was asked for, in the visitor's words.
    """

    visitor: str
    tab: str
    at: float
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    starred: bool = False
    thread: str = ""
    error: str = ""
    details: str = ""
    text: str = ""
    summary: str = ""
    model: str | None = None
    version: str | None = None
    """Of the server, None when it did not tell."""
    seconds: float | None = None
    recipe: dict[str, Any] | None = None
    entered: dict[str, object] = field(default_factory=dict)
    told: object = None
    facts: list[tuple[str, str]] = field(default_factory=list)
    files: list[HistoryFile] = field(default_factory=list)
    waiting: dict[str, object] | None = None
    """Where its time went (core/servers/waiting.py)."""

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    @property
    def results(self) -> list[HistoryFile]:
        return [file for file in self.files if file.role == "result"]


def insert(record: HistoryRecord) -> list[Statement]:
    """The statements that write a record down in the place of one with its id."""
    facts = {name: value for name, value in asdict(record).items() if name not in COLUMNS}
    texts = [record.summary, record.text, record.error, record.model or "", record.tab]
    texts += [*_texts((record.recipe or {}).get("request")), *_texts(record.entered), *_texts(record.told)]
    words = _whole(" ".join(dict.fromkeys(texts))[:LONGEST_WORDS].casefold()).replace("\0", " ")
    packed = _whole(json.dumps(facts, ensure_ascii=False))
    columns = {name: getattr(record, name) for name in COLUMNS} | {"starred": int(record.starred)}
    return [
        *remove([record.id]),
        (INSERT, {**columns, "words": words, "facts": packed, "size": len(words) + len(packed)}),
        *(
            (
                INSERT_FILE,
                {"record": record.id, "place": place, "name": file.name, "bytes": file.bytes, "sha": file.sha},
            )
            for place, file in enumerate(record.files)
        ),
        *count_records(1, "(:id)", {"id": record.id}),
    ]


def remove(ids: Sequence[str]) -> list[Statement]:
    """The statements that take records away. Their files stay."""
    statements: list[Statement] = []
    for marks, items in parts(ids):
        statements += count_records(-1, marks, items)
        statements.append((f"DELETE FROM history_files WHERE record IN {marks}", items))
        statements.append((f"DELETE FROM history WHERE id IN {marks}", items))
    return statements


def _whole(text: str) -> str:
    """Half characters (lone surrogates), which no database and no answer in UTF-8 takes, become question marks."""
    return text.encode(errors="replace").decode()


def _texts(value: object) -> list[str]:
    """All that is text in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []


def read_row(row: Row) -> HistoryRecord:
    facts = from_json(row["facts"], cache_strings="keys")
    fields = {name: value for name, value in facts.items() if name in HistoryRecord.__dataclass_fields__}
    fields["files"] = [HistoryFile(**file) for file in fields.get("files", [])]
    fields["facts"] = [(name, value) for name, value in fields.get("facts", [])]
    columns = {name: row[name] for name in COLUMNS} | {"starred": bool(row["starred"])}
    return HistoryRecord(**columns, **fields)
