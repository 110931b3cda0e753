"""Copies the records of a SQLite file into an empty PostgreSQL database.

The file stays as it is but for the tables of this version; results (files) are not touched.
"""

import asyncio
from pathlib import Path

from omni_ui.store.database import Row, Statement, StoreFailed
from omni_ui.store.postgres import PostgresDatabase
from omni_ui.store.schema import MIGRATIONS
from omni_ui.store.sqlite import SqliteDatabase

TABLES = ("video_jobs", "timings", "ignored", "unfinished", "usage", "history_files", "history")
"""The history at last: until it is there the database counts as empty, and the copy can be made again."""
PAGE = 500


async def move(file: Path, url: str) -> dict[str, int]:
    """Copies all rows; how many of each table. StoreFailed, also when the database has records already."""
    source, target = SqliteDatabase(MIGRATIONS, file), PostgresDatabase(url)
    try:
        if not await asyncio.to_thread(file.is_file):
            raise StoreFailed(f"There are no records in {file}: set OMNI_DATA_DIR to the folder that has them.")
        await source.open()
        await target.open()
        if await target.read("SELECT 1 FROM history LIMIT 1"):
            raise StoreFailed(f"The database {target.place} has records already: name an empty one.")
        await target.write(*((f"DELETE FROM {table}", {}) for table in TABLES))
        return {table: await _copy(table, source, target) for table in TABLES}
    finally:
        await source.close()
        await target.close()


async def _copy(table: str, source: SqliteDatabase, target: PostgresDatabase) -> int:
    count = 0
    while rows := await source.read(f"SELECT * FROM {table} ORDER BY rowid LIMIT {PAGE} OFFSET {count}"):
        await target.write(*(_insert(table, row) for row in rows))
        count += len(rows)
    if table == "timings":  # its numbers go on after those that were copied
        await target.read("SELECT setval(pg_get_serial_sequence('timings', 'id'), MAX(id)) FROM timings")
    return count


def _insert(table: str, row: Row) -> Statement:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", dict(row)
