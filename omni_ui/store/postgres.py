"""The store in PostgreSQL, for several processes at one time. Imported only with OMNI_DATABASE_URL.

Through SQLAlchemy's engine, which keeps the connections, and asyncpg: alone among the drivers it names the kind of an
error also when the connection is refused (psycopg has but the server's words there, in the server's language), and its
protocol is read in C.
"""

import asyncio
import logging
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from urllib.parse import unquote, urlsplit
from weakref import WeakValueDictionary

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from omni_ui.store.database import Row, Statement, StoreFailed, T, Value, clean
from omni_ui.store.migrations import REVISIONS, migrate
from omni_ui.store.postgres_errors import BUSY, NEWER, explain_postgres, is_passing

log = logging.getLogger(__name__)

CONNECTIONS, LOCKS = 8, 4
"""Connections of one process at most: for statements, and for blocks that run alone."""
START_PATIENCE, READ_PATIENCE, WRITE_PATIENCE = 15.0, 5.0, 45.0
"""Seconds for which a call goes on while the database is away: somebody waits for what is read; what is written was
finished, and a restarted database is there after 20 s."""
MOST_WAITING = 2000
"""Calls of one process at one time, most of which wait for a connection."""
CONNECTING, ANSWERING = 4.0, 30.0
"""Seconds for one connection, and for one statement."""
MIGRATION_LOCK = 0x6F6D6E69
"""The advisory lock of those that bring the tables to this version: "omni"."""
SESSION = """
SET plan_cache_mode = force_custom_plan;
SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
SET idle_in_transaction_session_timeout = '10min';
"""
"""A plan for any word would read all records; one for this word knows whether the index is worth it. Locks of a machine
that is gone are let go after 25 s, and those of a process that stands still after 10 minutes."""
ERRORS = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class PostgresDatabase:
    """A Database (see there) at an address such as postgresql://user:password@host/name.

    Connections that were lost are made anew. What the address says beyond that (sslmode, several hosts) is libpq's.
    """

    shared = True
    skip_locked = " FOR UPDATE SKIP LOCKED"

    def __init__(self, url: str) -> None:
        self._url = url
        parts = urlsplit(url)
        self.place = f"{parts.netloc.rpartition('@')[2]}/{unquote(parts.path.lstrip('/'))}"
        """Without user and password, for the log."""
        self.problem = ""
        self._away_since = 0.0
        self._waiting = 0
        self._engine: AsyncEngine | None = None
        self._locks: AsyncEngine | None = None
        self._is_current = False
        self._preparing = asyncio.Lock()
        self._local: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self) -> None:
        """Connects and migrates. What fails now is tried again by the calls that follow."""
        self._engine = self._make_engine(CONNECTIONS)
        self._locks = self._make_engine(LOCKS)
        await self._patiently(self._prepare, START_PATIENCE)

    async def read(self, statement: str, **values: Value) -> list[Row]:
        async def run() -> list[Row]:
            async with self._opened.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                return await _rows(connection, statement, values)

        return await self._patiently(run, READ_PATIENCE)

    async def write(self, *statements: Statement, patience: float | None = None) -> list[int]:
        async def run() -> list[int]:
            async with self._opened.begin() as connection:
                counts = []
                for statement, values in statements:
                    done = await connection.execute(text(statement), clean(values, zeros=False))
                    counts.append(done.rowcount)
                return counts

        return await self._patiently(run, WRITE_PATIENCE if patience is None else patience)

    async def change(self, statement: str, **values: Value) -> list[Row]:
        async def run() -> list[Row]:
            async with self._opened.begin() as connection:
                return await _rows(connection, statement, values)

        return await self._patiently(run, WRITE_PATIENCE)

    def indexed(self, words: Sequence[str]) -> tuple[str, dict[str, Value]]:
        return "history", {}  # LIKE itself uses the index of pg_trgm

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """An advisory lock, which goes with its connection. Within the process those of one name wait in line, so
        that they need one connection."""
        async with self._local.setdefault(name, asyncio.Lock()):
            connection = await self._patiently(lambda: self._lock(name), WRITE_PATIENCE)
            try:
                yield
            finally:
                with suppress(*ERRORS):  # a connection that is gone holds no lock
                    await connection.close()

    async def close(self) -> None:
        for engine in (self._engine, self._locks):
            if engine:
                with suppress(*ERRORS):
                    await engine.dispose()
        self._engine = self._locks = None
        self._is_current = False

    def _make_engine(self, connections: int) -> AsyncEngine:
        async def connect() -> "asyncpg.Connection[asyncpg.Record]":
            named = {"application_name": "omni-ui"}
            connection = await asyncpg.connect(
                self._url, timeout=CONNECTING, command_timeout=ANSWERING, server_settings=named
            )
            await connection.execute(SESSION)
            return connection

        # Parameters are hidden: what visitors wrote belongs into no log.
        return create_async_engine(
            "postgresql+asyncpg://", async_creator=connect, hide_parameters=True, pool_size=connections,
            max_overflow=0, pool_timeout=WRITE_PATIENCE,
        )  # fmt: skip

    @property
    def _opened(self) -> AsyncEngine:
        if self._engine is None:
            raise StoreFailed("The store is not open.")
        return self._engine

    async def _patiently(self, work: Callable[[], Awaitable[T]], patience: float) -> T:
        """Does something, again and again while the database is away. StoreFailed."""
        if self._away_since and time.monotonic() - self._away_since > patience and self._waiting:
            raise StoreFailed(self.problem)  # it has been away for longer, and others try already
        if self._waiting >= MOST_WAITING:
            raise StoreFailed(BUSY)
        self._waiting += 1
        try:
            return await self._again_and_again(work, patience)
        except StoreFailed as problem:
            self.problem = problem.sentence
            raise
        finally:
            self._waiting -= 1

    async def _again_and_again(self, work: Callable[[], Awaitable[T]], patience: float) -> T:
        began, pause = time.monotonic(), 0.1
        while True:
            try:
                if not self._is_current and work != self._prepare:
                    await self._prepare()
                done = await work()
            except ERRORS as wrong:
                self._log(wrong)
                self.problem = explain_postgres(wrong)
                self._away_since = (self._away_since or began) if is_passing(wrong) else 0.0
                if not is_passing(wrong) or time.monotonic() - began + pause > patience:
                    raise StoreFailed(self.problem) from wrong
            else:
                self.problem, self._away_since = "", 0.0
                return done
            await asyncio.sleep(pause)
            pause = min(1.0, 2 * pause)

    def _log(self, wrong: BaseException) -> None:
        """Once while the same is wrong."""
        sentence = explain_postgres(wrong)
        if self.problem != sentence:
            words = str(getattr(wrong, "orig", None) or wrong).strip().splitlines()
            log.warning("%s It is %s. (%s)", sentence, self.place, words[0] if words else type(wrong).__name__)

    async def _prepare(self) -> None:
        """Brings the tables to this version; of several processes that start at one time one does it."""
        async with self._preparing:
            if self._is_current:
                return
            async with self._opened.begin() as connection:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                revision = await _revision(connection)
                if revision and revision not in REVISIONS:
                    raise StoreFailed(NEWER)
                if revision != REVISIONS[-1]:
                    await connection.run_sync(migrate)
            self._is_current = True

    async def _lock(self, name: str) -> AsyncConnection:
        if self._locks is None:
            raise StoreFailed("The store is not open.")
        connection = await self._locks.connect()
        try:
            key = zlib.crc32(name.encode())  # two names with one key wait for each other, no more
            await connection.execute(text("SELECT pg_advisory_xact_lock(:room, :key)"), _key_of(key))
        except BaseException:
            await connection.close()
            raise
        return connection


def _key_of(number: int) -> dict[str, int]:
    """As the two signed numbers of 32 bits that an advisory lock has."""
    return {"room": MIGRATION_LOCK, "key": number - 2**32 if number >= 2**31 else number}


async def _rows(connection: AsyncConnection, statement: str, values: dict[str, Value]) -> list[Row]:
    done = await connection.execute(text(statement), clean(values, zeros=False))
    return [dict(row) for row in done.mappings()]


async def _revision(connection: AsyncConnection) -> str | None:
    """What Alembic has noted; None for an empty database."""
    if (await connection.execute(text("SELECT to_regclass('alembic_version')::text"))).scalar() is None:
        return None
    revision: str | None = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    return revision
