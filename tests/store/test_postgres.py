"""What goes wrong with a PostgreSQL database is one sentence; one that comes back loses nothing."""

import asyncio
import signal
import sys

import asyncpg
import pytest

from omni_ui.features.operating.store_of import store_of
from omni_ui.settings import BadSetting, Settings
from omni_ui.store import HistoryRecord, Source, Store, StoreFailed
from omni_ui.store import postgres as module
from omni_ui.store.postgres import PostgresDatabase
from omni_ui.store.postgres_errors import explain_postgres, is_passing
from tests.fakes import free_port
from tests.store.postgres_server import PASSWORD, USER


async def sentence_of(url: str) -> str:
    """What the store says that opens it, and why it is not ready."""
    store = Store(None, url)
    await store.open()
    try:
        with pytest.raises(StoreFailed) as raised:
            await store.try_database()
        assert raised.value.sentence == store.problem
        return store.problem
    finally:
        await store.close()


async def test_each_fault_is_one_sentence_without_address_and_password(postgres, monkeypatch, caplog):
    monkeypatch.setattr(module, "START_PATIENCE", 0.2)
    monkeypatch.setattr(module, "WRITE_PATIENCE", 0.2)
    url = await postgres.with_tables()
    name = url.rpartition("/")[2]
    await postgres.ask(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    newer = await postgres.new_database()
    await postgres.ask("CREATE TABLE alembic_version (version_num TEXT)", newer.rpartition("/")[2])
    await postgres.ask("INSERT INTO alembic_version VALUES ('9999')", newer.rpartition("/")[2])
    foreign = await postgres.new_database()
    await postgres.ask("CREATE TABLE history (year INT)", foreign.rpartition("/")[2])
    await postgres.ask("CREATE ROLE guest LOGIN PASSWORD 'a-password'")
    guest = (await postgres.new_database()).replace(f"//{USER}:", "//guest:")
    try:
        sentences = {
            "away": await sentence_of(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/omni"),
            "password": await sentence_of(postgres.url(name, "another-password")),
            "missing": await sentence_of(postgres.url("nowhere")),
            "read only": await sentence_of(url),
            "newer": await sentence_of(newer),
            "foreign": await sentence_of(foreign),
            "rights": await sentence_of(guest),
        }
    finally:
        await postgres.ask(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    for fault, beginning in {
        "away": "does not answer", "password": "refuses its user or the password", "missing": "does not exist",
        "read only": "is read-only", "newer": "newer Omni UI", "foreign": "not those of this app",
        "rights": "does not allow its user",
    }.items():  # fmt: skip
        assert beginning in sentences[fault]
        assert PASSWORD not in sentences[fault]
        assert "\n" not in sentences[fault]
        assert "127.0.0.1" not in sentences[fault]
        assert any(sentences[fault] in line and "127.0.0.1:" in line for line in caplog.messages) or fault == "newer"
    assert PASSWORD not in caplog.text
    assert await postgres.ask("SELECT * FROM history", foreign.rpartition("/")[2]) == []


@pytest.mark.parametrize(
    ("error", "passes", "says"),
    [
        (asyncpg.DiskFullError("could not extend file"), False, "disk of the database is full"),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), True, "no connections or memory left"),
        (asyncpg.OutOfMemoryError("out of memory"), False, "no connections or memory left"),
        (asyncpg.QueryCanceledError("canceling statement"), False, "took too long"),
        (asyncpg.CannotConnectNowError("the database system is starting up"), True, "does not answer"),
        (asyncpg.AdminShutdownError("terminating connection"), True, "does not answer"),
        (asyncpg.DeadlockDetectedError("deadlock detected"), True, "the log of this app"),
        (asyncpg.UndefinedColumnError("column does not exist"), False, "the log of this app"),
        (ConnectionResetError(104, "Connection reset by peer"), True, "does not answer"),
        (TimeoutError(), True, "does not answer"),
    ],
)
def test_what_cannot_be_tried_here_is_told_apart_by_its_kind(error, passes, says):
    assert is_passing(error) is passes
    assert says in explain_postgres(error)


async def test_what_is_finished_while_the_database_is_started_anew_is_kept(postgres, tmp_path, monkeypatch):
    missed = asyncio.Event()
    monkeypatch.setattr(module, "is_passing", lambda wrong: missed.set() or is_passing(wrong))
    store = Store(tmp_path, await postgres.with_tables())
    await store.open()
    await store.history.keep(HistoryRecord(visitor="anne", tab="image", at=1, id="before"))
    await asyncio.to_thread(postgres.stop, signal.SIGQUIT)  # as a crash
    try:
        keeping = [
            asyncio.create_task(store.history.keep(HistoryRecord(visitor="anne", tab="image", at=at, id=f"r{at}")))
            for at in range(20)
        ]
        await asyncio.wait_for(missed.wait(), 60)
        assert "does not answer" in store.problem
    finally:
        await asyncio.to_thread(postgres.start)
    await asyncio.gather(*keeping)
    assert len(await store.history.page("anne")) == 21
    assert store.problem == ""
    await store.close()


async def test_a_database_that_comes_later_is_taken_up(postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "START_PATIENCE", 0.2)
    monkeypatch.setattr(module, "WRITE_PATIENCE", 0.2)
    url = await postgres.with_tables()
    await asyncio.to_thread(postgres.stop)
    store = Store(tmp_path, url)
    try:
        await store.open()
        assert "does not answer" in store.problem
        with pytest.raises(StoreFailed, match="does not answer"):
            await store.jobs.delete("t")
    finally:
        await asyncio.to_thread(postgres.start)
    await store.jobs.delete("t")
    assert store.problem == ""
    await store.close()


async def test_while_the_database_is_away_readers_wait_once_and_calls_are_bounded(postgres, monkeypatch):
    monkeypatch.setattr(module, "READ_PATIENCE", 0.3)
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    database = PostgresDatabase(await postgres.with_tables())
    await database.open()
    await asyncio.to_thread(postgres.stop)
    try:
        writing = asyncio.create_task(database.write(("DELETE FROM ignored", {})))
        with pytest.raises(StoreFailed, match="does not answer"):
            await database.read("SELECT 1 AS n")
        monkeypatch.setattr(module, "READ_PATIENCE", 0.0)
        with monkeypatch.context() as nobody_is_asked:
            nobody_is_asked.setattr(database, "_again_and_again", None)
            with pytest.raises(StoreFailed, match="does not answer"):
                await database.read("SELECT 1 AS n")
        more = [asyncio.create_task(database.write(("DELETE FROM ignored", {}))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(StoreFailed, match="takes too long"):
            await database.write(("DELETE FROM ignored", {}))
    finally:
        await asyncio.to_thread(postgres.start)
    assert await asyncio.gather(writing, *more) == [[0]] * 3
    assert await database.read("SELECT 1 AS n") == [{"n": 1}]
    assert database.problem == ""
    await database.close()


def test_a_missing_package_is_said_at_the_start(monkeypatch):
    monkeypatch.delitem(sys.modules, "omni_ui.store.postgres")
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(BadSetting, match="needs asyncpg, which is not installed"):
        store_of(Settings(database_url="postgresql://omni@host/omni"))


async def test_connections_are_bounded_and_calls_wait_in_line(postgres):
    database = PostgresDatabase(await postgres.with_tables())
    await database.open()
    counting = "SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'omni-ui') AS n, pg_sleep(0.01)"
    rows = await asyncio.gather(*(database.read(counting) for _ in range(60)))
    assert max(row["n"] for [row] in rows) <= module.CONNECTIONS
    await database.close()


async def test_blocks_of_one_name_run_one_at_a_time_also_in_two_processes(postgres):
    """Two databases of one process stand for two processes: they share nothing but the server."""
    url = await postgres.with_tables()
    databases = [PostgresDatabase(url), PostgresDatabase(url)]
    for database in databases:
        await database.open()
    inside: list[str] = []
    most = 0

    async def enter(database: PostgresDatabase, name: str) -> None:
        nonlocal most
        async with database.alone(name):
            inside.append(name)
            most = max(most, inside.count(name))
            await database.read("SELECT pg_sleep(0.005)")
            inside.remove(name)

    work = [enter(databases[number % 2], f"history of {number % 3}") for number in range(36)]
    await asyncio.wait_for(asyncio.gather(*work), 60)
    assert most == 1
    for database in databases:
        await database.close()


async def test_an_input_that_two_processes_take_up_and_delete_is_never_lost(postgres, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"photo")
    source = Source(photo, "input", "photo.png", "image/png")
    url = await postgres.with_tables()
    stores = [Store(tmp_path / "data", url), Store(tmp_path / "data", url)]
    for store in stores:
        await store.open()

    async def make_and_delete(number: int) -> None:
        kept = await stores[number % 2].history.keep(
            HistoryRecord(visitor="anne", tab="image", at=number, id=f"r{number}"), [source]
        )
        if number % 3:
            await stores[(number + 1) % 2].history.delete([kept.id])

    await asyncio.gather(*(make_and_delete(number) for number in range(18)))
    left = await stores[0].history.page("anne")
    assert len(left) == 6
    for record in left:
        [row] = await stores[0].database.read("SELECT name FROM history_files WHERE record = :id", id=record.id)
        assert (tmp_path / "data" / "files" / row["name"]).read_bytes() == b"photo"
    for store in stores:
        await store.close()
