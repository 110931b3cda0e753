"""What the store asks of a database. The same SQL runs on SQLite (sqlite.py) and on PostgreSQL (postgres.py).

Portable SQL means here: named parameters (`:name`), `ON CONFLICT … DO UPDATE`, `RETURNING`, no JSON functions, no
triggers, and `database_time()` for the present: seconds since 1970 by the clock of the database, which both have.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Value = str | int | float | None
Row = Mapping[str, Any]
Statement = tuple[str, Mapping[str, Value]]
"""SQL, and the values of its parameters."""
LIST_LENGTH = 500
"""Values that one `IN (…)` holds at most."""


class StoreFailed(Exception):
    """The store cannot do what was asked; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Database(Protocol):
    """`open` it before use. Every call raises StoreFailed and nothing else."""

    problem: str
    """The sentence of the last call that failed, "" again after one that worked."""
    shared: bool
    """Whether several processes use it at one time."""
    skip_locked: str
    """What a SELECT in an UPDATE ends with, so that two processes never take the same rows."""

    async def open(self) -> None:
        """Connects, and brings the tables to this version. One that is newer or not ours is left untouched."""

    async def read(self, statement: str, **values: Value) -> list[Row]:
        """The rows that a SELECT gives."""

    async def write(self, *statements: Statement, patience: float | None = None) -> list[int]:
        """Runs the statements: all of them or none. How many rows each has changed.

        patience: seconds to wait for a database that is away; by default as long as one needs to restart.
        """

    async def change(self, statement: str, **values: Value) -> list[Row]:
        """Runs one statement that changes rows; those that its RETURNING names."""

    def indexed(self, words: Sequence[str]) -> tuple[str, dict[str, Value]]:
        """What a search reads in place of `history`, with all records that may hold the words, and its values."""

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """A block that runs in one place at a time among all that use the database. Blocks of one name only."""

    async def close(self) -> None:
        """Lets go of it. It may be opened again."""


def clean(values: Mapping[str, Value], *, zeros: bool = True) -> dict[str, Value]:
    """Values that a database takes: half characters (lone surrogates) and, without `zeros`, U+0000 are replaced."""
    cleaned = dict(values)
    for name, value in values.items():
        if isinstance(value, str) and not value.isascii():
            cleaned[name] = value = value.encode(errors="replace").decode()
        if isinstance(value, str) and not zeros and "\0" in value:
            cleaned[name] = value.replace("\0", "\ufffd")
    return cleaned


def parts(values: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """A list for `IN`, cut into pieces: each as SQL, such as `(:item0, :item1)`, and the values of its parameters."""
    for start in range(0, len(values), LIST_LENGTH):
        items = {f"item{place}": value for place, value in enumerate(values[start : start + LIST_LENGTH])}
        yield f"({', '.join(f':{name}' for name in items)})", items


def explain(wrong: Exception, path: Path) -> str:
    """An error of SQLite or of the disk as one sentence."""
    code = getattr(wrong, "sqlite_errorcode", None)
    name = getattr(wrong, "sqlite_errorname", "") or ""
    number = getattr(wrong, "errno", None)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"The records in {path} are in use by another program, perhaps another Omni UI: close "
            "it, or set OMNI_DATA_DIR to another folder."
        )
    if code == sqlite3.SQLITE_FULL or number in (28, 122):
        return f"The disk that holds {path.parent} is full: free up space. Nothing that was saved is lost."
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")) or "malformed" in str(wrong):
        return f"The records in {path} are damaged and were left unchanged: move that file away to start again."
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")) or number in (1, 2, 13, 17, 20, 30):
        return f"The folder {path.parent} cannot be written: allow it, or set OMNI_DATA_DIR to another folder."
    return f"The records in {path} cannot be used ({wrong}): check the disk, or set OMNI_DATA_DIR to another folder."
