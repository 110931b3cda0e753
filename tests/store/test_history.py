"""Records and their files: kept together, found by their owner alone, and removed without a trace."""

import asyncio
import hashlib
import os
import random
import sqlite3
from pathlib import Path

import pytest

from omni_ui.store import DiskUsage, HistoryRecord, Source, Store, StoreFailed
from omni_ui.store.schema import MIGRATIONS

ANNE, BOB = "a" * 32, "b" * 32


def source(folder: Path, data: bytes, role="result", name="picture.png") -> Source:
    path = folder / f"{hashlib.sha256(data).hexdigest()[:8]}-{role}" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return Source(path, role, name, "image/png")


def record(visitor=ANNE, at=1000.0, **more) -> HistoryRecord:
    return HistoryRecord(**{"visitor": visitor, "tab": "image", "at": at} | more)


def files_in(store: Store) -> list[str]:
    return sorted(one.name for one in store.files.folder.glob("??/*"))


async def test_a_record_comes_back_as_it_was_and_its_file_with_the_same_bytes(store, tmp_path):
    made = record(summary="a fox", recipe={"tab": "image", "request": {"prompt": "a fox", "seed": 7}})
    made = made.but(entered={"prompt": "a fox", "n": 1, "on": False}, told=[{"role": "user"}], facts=[("seed", "7")])
    kept = await store.history.keep(made, [source(tmp_path, b"picture"), source(tmp_path, b"photo", "input")])
    found = await store.history.find(made.id, ANNE)
    assert found == kept
    assert [(await store.history.fetch(one)).read_bytes() for one in found.files] == [b"picture", b"photo"]
    assert found.files[1].sha == hashlib.sha256(b"photo").hexdigest()


async def test_it_is_there_after_the_app_was_closed(store, open_store, tmp_path):
    kept = await store.history.keep(record(), [source(tmp_path, b"picture")])
    await store.close()
    again = await open_store()
    assert await again.history.find(kept.id, ANNE) == kept
    assert (await again.history.fetch(kept.files[0])).read_bytes() == b"picture"


async def test_a_fact_can_follow_and_only_on_ones_own_record(store, tmp_path):
    made = await store.history.keep(record(facts=[("", "64 × 64 PNG")], version="0.30.0"), [source(tmp_path, b"a")])
    await store.history.add_fact(made.id, BOB, "repeated", "not theirs")
    await store.history.add_fact(made.id, ANNE, "repeated", 'Identical. "Ü"')
    found = await store.history.find(made.id, ANNE)
    assert found == made.but(facts=[("", "64 × 64 PNG"), ("repeated", 'Identical. "Ü"')])


async def test_another_visitor_finds_counts_and_changes_nothing(store, tmp_path):
    kept = await store.history.keep(record(), [source(tmp_path, b"picture")])
    assert await store.history.find(kept.id, BOB) is None
    assert await store.history.page(BOB) == []
    assert await store.history.many([kept.id], BOB) == []
    assert await store.history.all_of(BOB) == []
    assert await store.history.count(BOB) == {}
    assert not await store.history.star(kept.id, BOB, True)
    assert (await store.history.disk_usage(BOB)).mine == 0
    assert not (await store.history.find(kept.id, ANNE)).starred


async def test_pages_are_newest_first_and_meet_without_gap_or_overlap(store):
    for number in range(25):
        await store.history.keep(record(at=1000.0 + number // 3, summary=str(number)))
    seen, after = [], None
    while page := await store.history.page(ANNE, after=after, limit=7):
        seen += page
        after = page[-1].at, page[-1].id
    assert len({one.id for one in seen}) == 25
    assert [one.at for one in seen] == sorted((one.at for one in seen), reverse=True)


async def test_what_is_used_is_counted_along_whatever_is_kept_and_deleted(store, tmp_path):
    luck, photos = random.Random(3), [source(tmp_path, bytes([one]) * 500 * one, "input") for one in (1, 2, 3)]
    for number in range(60):
        visitor, id = luck.choice([ANNE, BOB]), str(luck.randint(0, 12))
        if luck.random() < 0.35:
            await store.history.delete([id, str(luck.randint(0, 12))])
        elif luck.random() < 0.2:
            await store.history.add_fact(f"{visitor}{id}", visitor, "a fact", "x" * number)
        else:
            tab, files = luck.choice(["image", "video"]), [*luck.sample(photos, 2), source(tmp_path, b"r" * number)]
            thread = luck.choice(["", "", "talk:1"])
            await store.history.keep(record(visitor, number, id=f"{visitor}{id}", tab=tab, thread=thread), files)
            await store.history.delete([f"{visitor}{luck.randint(0, 12)}"])
    kept = {visitor: await store.history.page(visitor, limit=200) for visitor in (ANNE, BOB)}
    assert all(len(records) > 2 for records in kept.values())
    rooms = []
    for visitor, records in kept.items():
        tabs = [one.tab for one in records]
        assert await store.history.count(visitor) == {tab: tabs.count(tab) for tab in set(tabs)}
        files = {file.name: file.bytes for one in records for file in one.files}
        [sizes] = await store.database.read(
            "SELECT SUM(LENGTH(facts) + LENGTH(words)) AS size FROM history WHERE visitor = :visitor", visitor=visitor
        )
        rooms.append(sum(files.values()) + int(sizes["size"]))
        assert len(files_in(store)) >= len(files)
    assert await store.history.disk_usage(ANNE) == DiskUsage(rooms[0], sum(rooms))
    assert await store.history.disk_usage(BOB) == DiskUsage(rooms[1], sum(rooms))
    for visitor in kept:
        await store.history.delete([id for id, _ in await store.history.all_of(visitor)])
    assert await store.history.disk_usage(ANNE) == DiskUsage(0, 0)
    assert files_in(store) == []


async def test_filters_by_tab_and_star(store):
    for tab in ("image", "video"):
        await store.history.keep(record(id=tab, tab=tab))
    await store.history.star("video", ANNE, True)
    assert [one.id for one in await store.history.page(ANNE, tab="image")] == ["image"]
    assert [one.id for one in await store.history.page(ANNE, starred=True)] == ["video"]
    assert await store.history.count(ANNE) == {"image": 1, "video": 1}


async def test_of_a_thread_the_newest_stays_with_its_star_and_the_old_files_go(store, tmp_path):
    first = await store.history.keep(record(thread="talk:1"), [source(tmp_path, b"one")])
    await store.history.star(first.id, ANNE, True)
    other = await store.history.keep(record(visitor=BOB, thread="talk:1"), [source(tmp_path, b"his")])
    second = await store.history.keep(record(at=2000, thread="talk:1"), [source(tmp_path, b"two")])
    assert [one.id for one in await store.history.page(ANNE)] == [second.id]
    assert (await store.history.find(second.id, ANNE)).starred
    assert await store.history.find(other.id, BOB)
    assert len(files_in(store)) == 2


async def test_an_input_of_many_records_is_one_file_until_the_last_is_gone(store, tmp_path):
    photo = source(tmp_path, b"photo", "input")
    first, second = [await store.history.keep(record(at=at), [photo]) for at in (1, 2)]
    his = await store.history.keep(record(visitor=BOB), [photo])
    assert first.files[0].name == second.files[0].name != his.files[0].name
    await store.history.delete([first.id])
    assert (await store.history.fetch(second.files[0])).read_bytes() == b"photo"
    await store.history.delete([second.id])
    assert await store.history.fetch(second.files[0]) is None
    assert (await store.history.fetch(his.files[0])).read_bytes() == b"photo"


async def test_results_are_never_shared_and_the_original_is_left_alone(store, tmp_path):
    same = source(tmp_path, b"same")
    first, second = [await store.history.keep(record(at=at), [same]) for at in (1, 2)]
    await store.history.delete([first.id])
    assert (await store.history.fetch(second.files[0])).read_bytes() == b"same"
    assert same.path.read_bytes() == b"same"


async def test_on_another_disk_the_bytes_are_copied(store, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    kept = await store.history.keep(record(), [source(tmp_path, b"far away")])
    assert (await store.history.fetch(kept.files[0])).read_bytes() == b"far away"


async def test_a_file_that_is_gone_is_left_out_and_the_record_stays(store, tmp_path):
    lost = source(tmp_path, b"lost")
    lost.path.unlink()
    kept = await store.history.keep(record(), [lost, source(tmp_path, b"here")])
    assert [one.name != "" for one in kept.files] == [False, True]
    assert await store.history.fetch(kept.files[0]) is None


async def test_room_counts_shared_files_once_and_says_whose(store, tmp_path):
    photo = source(tmp_path, b"x" * 50_000, "input")
    for at in (1, 2):
        await store.history.keep(record(at=at), [photo])
    await store.history.keep(record(visitor=BOB), [source(tmp_path, b"y" * 10_000)])
    room = await store.history.disk_usage(ANNE)
    assert 50_000 <= room.mine < 53_000
    assert 60_000 <= room.all < 64_000
    assert await store.history.disk_usage(BOB) == DiskUsage(room.all - room.mine, room.all)


async def test_the_oldest_without_a_star_go_first(store):
    for at in range(4):
        await store.history.keep(record(id=str(at), at=at))
    await store.history.star("0", ANNE, True)
    assert await store.history.oldest_unstarred(2) == [("1", ""), ("2", "")]
    assert [id for id, _ in await store.history.older_than(2)] == ["0", "1"]


async def test_when_the_disk_is_full_nothing_is_left_behind(store, tmp_path, monkeypatch):
    async def full(*_):
        raise StoreFailed("The disk is full.")

    monkeypatch.setattr(store.database, "write", full)
    with pytest.raises(StoreFailed, match="full"):
        await store.history.keep(record(), [source(tmp_path, b"picture")])
    monkeypatch.undo()
    assert files_in(store) == []
    assert await store.history.page(ANNE) == []


async def test_a_result_that_takes_long_to_keep_holds_up_no_other_record(store, tmp_path, monkeypatch):
    begun, may_go_on, take = asyncio.Event(), asyncio.Event(), store.files.take

    async def slowly(path: Path) -> tuple[str, int]:
        begun.set()
        await may_go_on.wait()
        return await take(path)

    monkeypatch.setattr(store.files, "take", slowly)
    keeping = asyncio.create_task(store.history.keep(record(at=2), [source(tmp_path, b"long")]))
    await begun.wait()
    quick = await asyncio.wait_for(store.history.keep(record(at=1)), 60)
    assert await store.history.page(ANNE) == [quick]
    may_go_on.set()
    long = await keeping
    assert await store.history.page(ANNE) == [long, quick]


async def test_half_characters_and_zeros_harm_nothing(store):
    kept = await store.history.keep(record(summary="half \ud83d, zero \x00", text="\ud800"))
    assert (await store.history.find(kept.id, ANNE)).summary == "half ?, zero \x00"


async def test_a_store_of_the_version_before_gets_the_new_tables(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    old = sqlite3.connect(folder / "omni.sqlite3")
    old.executescript(f"{MIGRATIONS[0]}; PRAGMA user_version = 1;")
    facts = '{"server": "demo", "request": {"prompt": "a sea"}}'
    old.execute("INSERT INTO video_jobs VALUES ('t', ?, 'done', 1, ?)", (ANNE, facts))
    old.commit()
    old.close()
    store = Store(folder)
    await store.open()
    try:
        assert store.problem == ""
        await store.history.keep(record())
        assert [one.ticket for one in await store.jobs.without_record()] == ["t"]
    finally:
        await store.close()
