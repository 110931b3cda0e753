"""The tables of both databases are the same, and those of earlier versions come along with what they hold."""

import asyncio
import sqlite3

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from omni_ui.features.operating import move_records
from omni_ui.store import DiskUsage, HistoryFile, HistoryRecord, Store
from omni_ui.store import migrations as postgres_migrations
from omni_ui.store.postgres import PostgresDatabase
from omni_ui.store.schema import MIGRATIONS
from omni_ui.store.sqlite import SqliteDatabase
from omni_ui.store.timings import Load

KINDS = {"REAL": "double precision", "INTEGER": "bigint", "TEXT": "text"}
"""Types of SQLite's columns, as PostgreSQL names what holds the same."""
RECORD = (
    "INSERT INTO history (id, visitor, thread, tab, at, starred, words, facts) "
    "VALUES ('r', 'anne', '', 'image', 5, 1, 'a fox', '{\"summary\": \"a fox\", \"files\": "
    '[{"role": "result", "title": "p.png", "kind": "image/png", "name": "ab/c.png", "bytes": 7}]}\')'
)
FILE = "INSERT INTO history_files (record, place, name, bytes, sha) VALUES ('r', 0, 'ab/c.png', 7, '')"
JOB = (
    "INSERT INTO video_jobs (ticket, visitor, state, created, facts) VALUES ('t', 'anne', 'done', 1, "
    '\'{"server": "demo", "request": {}, "file": "ab/v.mp4", "bytes": 5000000000, "expected": null}\')'
)


async def of_sqlite(path) -> dict[str, object]:
    database = SqliteDatabase(MIGRATIONS, path)
    await database.open()
    await database.close()
    file = sqlite3.connect(path)
    schema: dict[str, object] = {}
    for (table,) in file.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'history_search%'"
    ).fetchall():
        columns = file.execute(f"PRAGMA table_info({table})").fetchall()
        schema[table] = {name: (KINDS[kind], bool(required or key)) for _, name, kind, required, _, key in columns}
        schema[f"{table}, key"] = [name for _, name, *_, key in sorted(columns, key=lambda row: row[5]) if key]
    for name, table in file.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql != ''"):
        schema[f"index {name} of {table}"] = [row[2] for row in file.execute(f"PRAGMA index_info({name})").fetchall()]
    triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    assert {name for (name,) in triggers} == {"history_search_add", "history_search_remove"}
    file.close()
    return schema


async def of_postgres(url: str) -> dict[str, object]:
    connection = await asyncpg.connect(url)
    schema: dict[str, object] = {}
    for table, name, kind, free in await connection.fetch(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name != 'alembic_version' ORDER BY table_name, ordinal_position"
    ):
        schema.setdefault(table, {})[name] = (kind, free == "NO")
    for table, name, primary, columns in await connection.fetch(
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisprimary, "
        "(SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY k (number, place) "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number) "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relname != 'alembic_version'"
    ):
        schema[f"{table}, key" if primary else f"index {name} of {table}"] = columns
    await connection.close()
    return schema


async def test_both_have_the_same_tables_columns_and_indexes(postgres, tmp_path):
    ours, theirs = await of_sqlite(tmp_path / "omni.sqlite3"), await of_postgres(await postgres.with_tables())
    assert len(ours) > 15
    assert theirs.pop("index history_words of history") == ["words"]  # SQLite's is a table of its own
    assert theirs == ours


async def check_records_of_before(store: Store) -> None:
    assert store.problem == ""
    record = await store.history.find("r", "anne")
    assert record == HistoryRecord(
        id="r", visitor="anne", tab="image", at=5, starred=True, summary="a fox",
        files=[HistoryFile("result", "p.png", "image/png", "ab/c.png", 7)],
    )  # fmt: skip
    [job] = await store.jobs.of_visitor("anne")
    assert (job.file, job.bytes) == ("ab/v.mp4", 5_000_000_000)
    [facts] = await store.database.read("SELECT LENGTH(facts) AS length FROM history")
    whole = 5_000_000_000 + 7 + facts["length"] + len("a fox")
    assert await store.history.disk_usage("anne") == DiskUsage(whole, whole)
    assert await store.history.count("anne") == {"image": 1}
    assert [one.id for one in await store.history.page("anne", words="fox")] == ["r"]
    await store.history.delete(["r"])
    assert await store.history.disk_usage("anne") == DiskUsage(5_000_000_000, 5_000_000_000)
    assert await store.database.read("SELECT * FROM history_files") == []


async def test_a_file_of_the_version_before_keeps_what_it_holds(tmp_path):
    old = sqlite3.connect(tmp_path / "omni.sqlite3")
    old.executescript(f"{';'.join(MIGRATIONS[:4])}; PRAGMA user_version = 4; {RECORD}; {FILE}; {JOB};")
    old.close()
    store = Store(tmp_path)
    await store.open()
    await check_records_of_before(store)
    await store.close()


async def test_records_move_from_a_file_to_an_empty_database(postgres, tmp_path, monkeypatch, capsys):
    old = sqlite3.connect(tmp_path / "omni.sqlite3")
    old.executescript(f"{';'.join(MIGRATIONS[:4])}; PRAGMA user_version = 4; {RECORD}; {FILE}; {JOB};")
    old.close()
    first = Store(tmp_path)
    await first.open()
    for seconds in (1, 2, 3):
        await first.timings.note("s", "m", Load("image", 1), seconds)
    await first.close()
    url = await postgres.new_database()
    monkeypatch.setenv("OMNI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OMNI_DATABASE_URL", url)
    await asyncio.to_thread(move_records.main)
    assert "video_jobs: 1, timings: 3, " in capsys.readouterr().out
    store = Store(tmp_path, url)
    await store.open()
    await store.timings.note("s", "m", Load("image", 1), 4)
    assert (await store.timings.estimate("s", "m", Load("image", 1))).runs == 4
    with pytest.raises(SystemExit, match="has records already"):
        await asyncio.to_thread(move_records.main)
    await check_records_of_before(store)
    await store.close()


async def test_a_database_of_the_first_revision_keeps_what_it_holds(postgres, tmp_path):
    url = await postgres.new_database()
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    first = ScriptDirectory.from_config(config()).get_revision("0001").module
    await connection.execute(f"{first.TABLES}; INSERT INTO alembic_version VALUES ('0001'); {RECORD}; {FILE}; {JOB}")
    await connection.close()
    store = Store(tmp_path, url)
    await store.open()
    await check_records_of_before(store)
    await store.close()


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", postgres_migrations.__path__[0])
    return settings


def test_the_list_of_revisions_is_that_of_alembic():
    revisions = ScriptDirectory.from_config(config()).walk_revisions()
    assert tuple(revision.revision for revision in revisions)[::-1] == postgres_migrations.REVISIONS


async def test_of_processes_that_start_at_one_time_one_makes_the_tables(postgres):
    url = await postgres.new_database()
    databases = [PostgresDatabase(url) for _ in range(3)]
    await asyncio.gather(*(database.open() for database in databases))
    assert [await database.read("SELECT COUNT(*) AS n FROM history") for database in databases] == [[{"n": 0}]] * 3
    for database in databases:
        await database.close()
