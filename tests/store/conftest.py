"""Stores on both databases: a test that takes `store` runs on SQLite and on a real PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from omni_ui.store import Store
from tests.store.postgres_server import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; a test that stops it starts it again."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[Store]]]:
    """Opens a store, each time on the same records: to see what outlives a process. On SQLite one at a time."""
    url = None
    if request.param == "postgres":
        url = await request.getfixturevalue("postgres").with_tables()
    stores: list[Store] = []

    async def open_one() -> Store:
        store = Store(tmp_path / "data", url)
        await store.open()
        assert store.problem == ""
        stores.append(store)
        return store

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
async def store(open_store: Callable[[], Awaitable[Store]]) -> Store:
    return await open_store()
