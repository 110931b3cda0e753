"""The store when all is well, and when it is full, locked, damaged, newer or not to be written."""

import asyncio
import sqlite3
import subprocess
import sys

import pytest

from omni_ui.store import Store
from omni_ui.store.database import StoreFailed
from omni_ui.store.schema import MIGRATIONS
from omni_ui.store.sqlite import SqliteDatabase

ONE = "CREATE TABLE words (word TEXT);"
TWO = "ALTER TABLE words ADD COLUMN length INTEGER;"


@pytest.fixture
async def database(tmp_path):
    made = SqliteDatabase([ONE], tmp_path / "a" / "omni.sqlite3")
    await made.open()
    yield made
    await made.close()


async def test_what_was_written_is_there_after_opening_again(tmp_path):
    path = tmp_path / "omni.sqlite3"
    first, second = SqliteDatabase([ONE], path), SqliteDatabase([ONE], path)
    await first.open()
    await first.write(("INSERT INTO words VALUES (:word)", {"word": "sea"}))
    await first.close()
    await second.open()
    assert [row["word"] for row in await second.read("SELECT word FROM words")] == ["sea"]
    await second.close()


async def test_what_was_written_survives_a_kill(tmp_path):
    path = tmp_path / "omni.sqlite3"
    program = (
        "import asyncio, os, signal, sys, pathlib\n"
        "from omni_ui.store.sqlite import SqliteDatabase\n"
        "async def main():\n"
        "    database = SqliteDatabase([sys.argv[2]], pathlib.Path(sys.argv[1]))\n"
        "    await database.open()\n"
        "    await database.write(('INSERT INTO words VALUES (:word)', {'word': 'sea'}))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())"
    )
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program, str(path), ONE])
    assert ended.returncode == -9
    again = SqliteDatabase([ONE], path)
    await again.open()
    assert len(await again.read("SELECT word FROM words")) == 1
    await again.close()


async def test_statements_are_written_together_or_not_at_all(database):
    with pytest.raises(StoreFailed):
        await database.write(("INSERT INTO words VALUES ('sea')", {}), ("INSERT INTO nowhere VALUES (1)", {}))
    assert await database.read("SELECT * FROM words") == []
    assert database.problem == ""  # the next call that works takes the sentence back


async def test_a_newer_app_brings_its_tables_along(tmp_path):
    path = tmp_path / "omni.sqlite3"
    old, new = SqliteDatabase([ONE], path), SqliteDatabase([ONE, TWO], path)
    await old.open()
    await old.write(("INSERT INTO words VALUES ('sea')", {}))
    await old.close()
    await new.open()
    await new.write(("UPDATE words SET length = 3", {}))
    assert await new.read("SELECT * FROM words") == [{"word": "sea", "length": 3}]
    await new.close()


async def test_records_of_a_newer_app_stay_untouched(tmp_path):
    path = tmp_path / "omni.sqlite3"
    new, old = SqliteDatabase([ONE, TWO], path), SqliteDatabase([ONE], path)
    await new.open()
    await new.close()
    before = path.read_bytes()
    with pytest.raises(StoreFailed, match="newer Omni UI"):
        await old.open()
    assert path.read_bytes() == before


async def test_a_migration_that_fails_changes_nothing(tmp_path):
    path = tmp_path / "omni.sqlite3"
    bad, good = SqliteDatabase([ONE, "CREATE TABLE more (x); CREATE NONSENSE"], path), SqliteDatabase([ONE], path)
    with pytest.raises(StoreFailed):
        await bad.open()
    await good.open()
    assert [row["name"] for row in await good.read("SELECT name FROM sqlite_master")] == ["words"]
    await good.close()


@pytest.mark.parametrize("content", [b"This is no database. " * 500, b"SQLite format 3\x00" + b"\x07" * 8000])
async def test_a_damaged_file_is_said_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "omni.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StoreFailed, match="damaged"):
        await SqliteDatabase([ONE], path).open()
    assert path.read_bytes() == content


async def test_a_page_damaged_in_the_middle_is_noticed(tmp_path):
    path = tmp_path / "omni.sqlite3"
    database = SqliteDatabase([ONE], path)
    await database.open()
    for _ in range(40):
        await database.write(("INSERT INTO words VALUES (:word)", {"word": "x" * 2000}))
    await database.close()
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(StoreFailed, match="damaged"):
        await SqliteDatabase([ONE], path).open()
    assert path.read_bytes() == content


async def test_a_full_disk_is_said_and_what_was_there_can_be_read(database):
    await database.write(("INSERT INTO words VALUES ('sea')", {}))
    await database.read("PRAGMA max_page_count = 3")
    with pytest.raises(StoreFailed, match="full") as raised:
        await database.write(("INSERT INTO words VALUES (:word)", {"word": "x" * 100_000}))
    assert "\n" not in raised.value.sentence
    assert len(await database.read("SELECT * FROM words")) == 1


async def test_the_file_belongs_to_one_app(database, monkeypatch):
    monkeypatch.setattr("omni_ui.store.sqlite.PATIENCE", 0.1)
    with pytest.raises(StoreFailed, match="in use by another program"):
        await SqliteDatabase([ONE], database.path).open()
    await database.write(("INSERT INTO words VALUES ('sea')", {}))


async def test_a_file_that_another_program_locks(tmp_path, monkeypatch):
    monkeypatch.setattr("omni_ui.store.sqlite.PATIENCE", 0.1)
    path = tmp_path / "omni.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreFailed, match="in use by another program"):
        await SqliteDatabase([ONE], path).open()
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.parametrize("where", ["/proc/omni-ui", "file"])
async def test_a_folder_that_cannot_be_written_is_said_and_the_app_works_on(tmp_path, where):
    (tmp_path / "file").write_bytes(b"not a folder")
    folder = tmp_path / where  # an absolute path stays itself
    store = Store(folder)
    await store.open()
    assert "cannot be written" in store.problem
    assert "temporary folder" in store.problem
    name = await store.files.write(b"data", ".bin")
    assert store.files.path(name).read_bytes() == b"data"
    assert await store.jobs.of_nobody() == []
    await store.close()
    assert store.files.path(name) is None
    assert (tmp_path / "file").read_bytes() == b"not a folder"


async def test_a_damaged_store_is_said_and_the_app_works_on(tmp_path):
    (tmp_path / "omni.sqlite3").write_bytes(b"nonsense " * 500)
    store = Store(tmp_path)
    await store.open()
    assert "damaged" in store.problem
    assert await store.jobs.of_visitor("someone") == []
    assert "damaged" in store.problem  # it is still so
    await store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["omni.sqlite3"]
    assert (tmp_path / "omni.sqlite3").read_bytes() == b"nonsense " * 500


async def test_without_a_folder_nothing_is_left_behind():
    store = Store(None)
    await store.open()
    folder = store.files.folder
    assert folder.is_dir()
    assert store.problem == ""
    await store.close()
    assert not folder.exists()


def test_migrations_are_only_ever_added():
    assert MIGRATIONS[0].lstrip().startswith("CREATE TABLE video_jobs")
