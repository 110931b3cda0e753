"""The cache folder: what is deleted when, who may add to it, and that a deleted result is gone under every name."""

import os
import time

import pytest

from omni_ui.core.files import new_folder
from omni_ui.core.storage import Storage, StorageLimits, StorageRefused
from omni_ui.store.files import LocalFiles

ANNE, BOB = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def put(visitor: str | None, data: bytes = b"x" * 100, age: float = 0):
    folder = new_folder(visitor)
    file = folder / "a.png"
    file.write_bytes(data)
    os.utime(folder, (time.time() - age,) * 2)
    return file


def test_what_no_open_page_uses_goes_after_its_time():
    hers, his, fresh = put(ANNE, age=4000), put(BOB, age=4000), put(BOB, age=10)
    assert Storage(StorageLimits(3600), lambda: {ANNE}).sweep() == 1
    assert hers.exists()
    assert not his.parent.exists()
    assert fresh.exists()


def test_retention_holds_for_open_pages_too():
    old = put(ANNE, age=5000)
    Storage(StorageLimits(3600, seconds=4500), lambda: {ANNE}).sweep()
    assert not old.exists()


def test_the_cache_counts_as_storage_and_the_oldest_goes_first():
    older, newer = put(BOB, age=50), put(BOB, age=20)
    storage = Storage(StorageLimits(3600, bytes=250))
    storage.sweep(results=60)
    assert not older.exists()
    assert newer.exists()
    assert storage.used == 160
    with pytest.raises(StorageRefused, match="no space"):
        storage.check_upload(BOB, 100)


async def test_a_result_that_the_history_has_too_takes_no_room(tmp_path):
    await (await local_files(tmp_path)).take(put(BOB))
    storage = Storage(StorageLimits(3600, bytes=250))
    storage.sweep(results=100)
    assert storage.used == 100


def test_a_visitor_s_uploads_of_a_day_have_an_end():
    storage = Storage(StorageLimits(3600, uploads_per_day=1000))
    storage.count_upload(ANNE, 900)
    with pytest.raises(StorageRefused, match="tomorrow"):
        storage.check_upload(ANNE, 200)
    with pytest.raises(StorageRefused):
        storage.count_upload(ANNE, 200)
    storage.check_upload(BOB, 200)


async def test_a_deleted_result_is_gone_under_every_name(tmp_path):
    storage = Storage(StorageLimits(3600))
    shown, copied, other = put(ANNE, b"result"), put(ANNE, b"result"), put(ANNE, b"another")
    files = await local_files(tmp_path, storage.remove_copies)
    name, _ = await files.take(shown)
    await files.remove(name, everywhere=True)
    assert files.path(name) is None
    assert not shown.exists()
    assert not copied.exists()
    assert other.exists()


async def test_the_same_bytes_of_another_visitor_and_of_another_result_stay(tmp_path):
    storage = Storage(StorageLimits(3600))
    shown, of_bob, made_again = put(ANNE, b"result"), put(BOB, b"result"), put(ANNE, b"result")
    files = await local_files(tmp_path, storage.remove_copies)
    name, again = (await files.take(shown))[0], (await files.take(made_again))[0]
    await files.remove(name, everywhere=True)
    assert not shown.exists()
    assert of_bob.exists()
    assert made_again.exists()
    assert files.path(again) is not None


async def test_a_file_whose_record_is_replaced_stays_on_the_page(tmp_path):
    shown = put(ANNE, b"answer")
    files = await local_files(tmp_path, Storage(StorageLimits(3600)).remove_copies)
    name, _ = await files.take(shown)
    await files.remove(name)
    assert files.path(name) is None
    assert shown.exists()


async def local_files(folder, *on_remove):
    files = LocalFiles(folder / "files", *on_remove)
    await files.open()
    return files
