"""One SQLite file, used off the event loop by one thread.

The file belongs to one app at a time (locking_mode=EXCLUSIVE): two apps on it would each follow the same jobs. The
lock goes with the process, also when it is killed.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakValueDictionary

from omni_ui.store.database import Row, Statement, StoreFailed, T, Value, clean, explain
from omni_ui.store.sqlite_search import FOUND, prepare, threes_of

PATIENCE = 3.0
"""Seconds to wait for another program to let go of the file."""


class SqliteDatabase:
    """A Database (see there) in one file. Set `path` before `open`.

    migrations: scripts that are run once each and in order; how many have run stands in `user_version`.
    """

    shared = False
    skip_locked = ""

    def __init__(self, migrations: Sequence[str], path: Path = Path()) -> None:
        self._migrations = migrations
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="omni-store")
        self._file: sqlite3.Connection | None = None
        self.path = path
        self.problem = ""
        self._has_search = False
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self) -> None:
        """Opens or makes the file. One that is damaged, newer or not ours is left untouched."""
        await self._do(self._open)

    async def read(self, statement: str, **values: Value) -> list[Row]:
        return await self._do(lambda: self._rows(statement, values))

    async def write(self, *statements: Statement, patience: float | None = None) -> list[int]:
        def run() -> list[int]:
            with self._opened as file:  # commits, or rolls back
                file.execute("BEGIN IMMEDIATE")
                return [file.execute(statement, clean(values)).rowcount for statement, values in statements]

        return await self._do(run)

    async def change(self, statement: str, **values: Value) -> list[Row]:
        def run() -> list[Row]:
            with self._opened as file:
                file.execute("BEGIN IMMEDIATE")
                return self._rows(statement, values)

        return await self._do(run)

    def indexed(self, words: Sequence[str]) -> tuple[str, dict[str, Value]]:
        threes = threes_of(words) if self._has_search else ""
        return (FOUND, {"threes": threes}) if threes else ("history", {})

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        async with self._locks.setdefault(name, asyncio.Lock()):
            yield

    async def close(self) -> None:
        def close() -> None:
            if self._file:
                self._file.close()
                self._file = None

        await asyncio.get_running_loop().run_in_executor(self._thread, close)

    def _rows(self, statement: str, values: dict[str, Value]) -> list[Row]:
        cursor = self._opened.execute(statement, clean(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._file is None:
            raise StoreFailed("The store is not open.")
        return self._file

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            done = await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError) as wrong:
            self.problem = explain(wrong, self.path)
            raise StoreFailed(self.problem) from wrong
        self.problem = ""
        return done

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            # Looked at before the first pragma that writes.
            if (verdict := file.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(f"malformed: {verdict}")
            version = file.execute("PRAGMA user_version").fetchone()[0]
            if version > len(self._migrations):
                raise StoreFailed(
                    f"The records in {self.path} were written by a newer Omni UI and were left "
                    "unchanged: update this one, or set OMNI_DATA_DIR to another folder."
                )
            file.create_function("database_time", 0, time.time)
            file.execute("PRAGMA locking_mode = EXCLUSIVE")
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            for number, script in enumerate(self._migrations[version:], version + 1):
                file.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")
            # Takes the lock, and shows that the file can be written.
            file.execute("BEGIN IMMEDIATE")
            file.execute(f"PRAGMA user_version = {len(self._migrations)}")
            file.execute("COMMIT")
            self._has_search = prepare(file)
        except BaseException:
            file.close()
            raise
        self._file = file
