"""One SQLite file, used off the event loop by one thread.

The file belongs to one app at a time (locking_mode=EXCLUSIVE): two apps on it would each follow the same jobs. The
lock goes with the process, also when it is killed.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 3.0
"""Seconds to wait for another program to let go of the file."""

Statement = tuple[str, Sequence[Any]]


class StoreTrouble(Exception):
    """The store cannot do what was asked; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Database:
    """`open` it before use. Every call raises StoreTrouble and nothing else.

    migrations: scripts that are run once each and in order; how many have run stands in `user_version`.
    """

    def __init__(self, migrations: Sequence[str]) -> None:
        self._migrations = migrations
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="omni-store")
        self._file: sqlite3.Connection | None = None
        self._path = Path()
        self.trouble = ""
        """The sentence of the last call that failed, "" again after one that worked."""

    async def open(self, path: Path) -> None:
        """Opens or makes the file. One that is damaged, newer or not ours is left untouched."""
        self._path = path
        await self._do(self._open)

    async def read(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """The rows that a SELECT gives."""
        return await self._do(lambda: self._opened.execute(statement, values).fetchall())

    async def write(self, *statements: Statement) -> None:
        """Runs the statements, each with its values: all of them or none."""

        def run() -> None:
            with self._opened as file:  # commits, or rolls back
                file.execute("BEGIN IMMEDIATE")
                for statement, values in statements:
                    file.execute(statement, values)

        await self._do(run)

    async def close(self) -> None:
        """Lets go of the file. It may be opened again."""

        def close() -> None:
            if self._file:
                self._file.close()
                self._file = None

        await asyncio.get_running_loop().run_in_executor(self._thread, close)

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._file is None:
            raise StoreTrouble("The store is not open.")
        return self._file

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            done = await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError) as wrong:
            self.trouble = explain(wrong, self._path)
            raise StoreTrouble(self.trouble) from wrong
        self.trouble = ""
        return done

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)
        try:
            file.row_factory = sqlite3.Row
            # Looked at before the first pragma that writes.
            if (verdict := file.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(f"malformed: {verdict}")
            version = file.execute("PRAGMA user_version").fetchone()[0]
            if version > len(self._migrations):
                raise StoreTrouble(
                    f"The records in {self._path} were written by a newer Omni UI and stay untouched: "
                    "update this one, or set OMNI_DATA_DIR to another folder."
                )
            file.execute("PRAGMA locking_mode = EXCLUSIVE")
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            for number, script in enumerate(self._migrations[version:], version + 1):
                file.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")
            # Takes the lock, and shows that the file can be written.
            file.execute("BEGIN IMMEDIATE")
            file.execute(f"PRAGMA user_version = {len(self._migrations)}")
            file.execute("COMMIT")
        except BaseException:
            file.close()
            raise
        self._file = file


def explain(wrong: Exception, path: Path) -> str:
    """An error of SQLite or of the disk as one sentence."""
    code = getattr(wrong, "sqlite_errorcode", None)
    name = getattr(wrong, "sqlite_errorname", "") or ""
    number = getattr(wrong, "errno", None)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"The records in {path} are in use by another program, perhaps another Omni UI: "
            "end it, or set OMNI_DATA_DIR to another folder."
        )
    if code == sqlite3.SQLITE_FULL or number in (28, 122):
        return f"The disk that holds {path.parent} is full: make room there. Nothing that was kept is lost."
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")) or "malformed" in str(wrong):
        return f"The records in {path} are damaged and stay untouched: move that file away to begin anew."
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")) or number in (1, 2, 13, 17, 20, 30):
        return f"The folder {path.parent} cannot be written: allow it, or set OMNI_DATA_DIR to another folder."
    return f"The records in {path} cannot be used ({wrong}): check the disk, or set OMNI_DATA_DIR to another folder."
