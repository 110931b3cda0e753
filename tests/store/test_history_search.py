"""Words are searched in the history, with an index and without."""

import pytest

from omni_ui.store import Store, sqlite_search
from omni_ui.store import history as module
from tests.store.test_history import ANNE, BOB, record


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("FOX", ["fox"]),
        ("red snow", ["fox"]),
        ("snow green", []),
        ("100%", ["sale"]),
        ("_", []),
        ("straße", ["street"]),
        ("夜市灯", ["night"]),
        ("夜市", ["night"]),
        ('"quoted" OR', ["night"]),
        ("it's", ["night"]),
        ("sunk", ["ship"]),
        ("hidden", ["talk"]),
        ("", ["talk", "night", "ship", "street", "sale", "fox"]),
    ],
)
async def test_search_takes_words_as_they_are(store, words, found, monkeypatch):
    texts = {"fox": "A red fox in the snow", "sale": "100% wool", "street": "Eine STRASSE", "ship": "a ship"}
    texts["night"] = '台北的夜市灯火, "quoted" or it\'s not'
    for number, (id, text) in enumerate(texts.items()):
        await store.history.keep(record(id=id, at=number, summary=text, error="It sunk." if id == "ship" else ""))
    await store.history.keep(record(id="talk", at=9, told={"messages": [{"content": [{"text": "a hidden word"}]}]}))
    await store.history.keep(record(visitor=BOB, summary="a red fox in the snow, 100% hidden, sunk, strasse"))
    assert [one.id for one in await store.history.page(ANNE, words=words)] == found
    monkeypatch.setattr(module, "READ_FIRST", 0)  # by the index alone
    assert [one.id for one in await store.history.page(ANNE, words=words)] == found


async def test_a_search_of_many_records_finds_old_ones_in_order_and_page_by_page(store, monkeypatch):
    monkeypatch.setattr(module, "READ_FIRST", 20)
    for number in range(60):
        word = "lantern" if number % 4 == 0 else "window"
        await store.history.keep(record(id=f"{number:02}", at=1000 + number, summary=f"a {word} {number}"))
    await store.history.delete(["08", "16"])
    found, after = [], None
    while page := await store.history.page(ANNE, words="LANTERN a", after=after, limit=6):
        found += page
        after = page[-1].at, page[-1].id
    assert [int(one.id) for one in found] == [number for number in range(56, -1, -4) if number not in (8, 16)]
    await store.history.keep(found[-1].but(summary="a door"))  # in the place of the one with the lantern
    assert len(await store.history.page(ANNE, words="lantern")) == len(found) - 1
    assert len(await store.history.page(ANNE, words="door")) == 1


async def test_where_sqlite_has_no_index_the_records_are_read_and_the_index_is_made_when_it_has(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "READ_FIRST", 0)
    with monkeypatch.context() as without:
        without.setattr(sqlite_search, "has_fts5", lambda file: False)
        store = Store(tmp_path)
        await store.open()
        await store.history.keep(record(id="first", summary="a lantern"))
        assert [one.id for one in await store.history.page(ANNE, words="lant")] == ["first"]
        await store.close()
    for also_without in (False, True):
        with monkeypatch.context() as patched:
            if also_without:
                patched.setattr(sqlite_search, "has_fts5", lambda file: False)
            await store.open()
            assert (store.database.indexed(["lant"])[0] == "history") is also_without
            await store.history.keep(record(id=f"kept {also_without}", at=2000 + also_without, summary="a lantern"))
            found = [one.id for one in await store.history.page(ANNE, words="lant")]
            assert found == ["kept True", "kept False", "first"][1 - also_without :]
            await store.close()
    await store.open()
    assert len(await store.history.page(ANNE, words="lant")) == 3
    await store.close()
