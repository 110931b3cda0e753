"""What holds wherever results are kept: on this machine's disk, or in a bucket."""

import asyncio
import os
from pathlib import Path

import pytest

from omni_ui.core.storage import Storage, StorageLimits
from omni_ui.store import Files
from omni_ui.store.files import THUMB, LocalFiles
from tests.store.bucket.test_bucket_files import whole


@pytest.fixture(params=["disk", "bucket"])
async def files(request, tmp_path, make_files) -> Files:
    removed: list[Path] = []
    if request.param == "disk":
        files: Files = LocalFiles(tmp_path / "files", removed.extend)
        await files.open()
    else:
        files = await make_files(on_remove=removed.extend)
    files.told = removed
    return files


async def test_what_is_kept_is_found_whole(files, tmp_path):
    incoming = files.incoming(".mp4")
    incoming.write_bytes(b"video")
    shown = tmp_path / "shown.png"
    shown.write_bytes(os.urandom(300_000))
    kept = await files.keep(incoming)
    taken, size = await files.take(shown)
    written = await files.write(b"sound", ".wav")
    assert not incoming.exists()
    assert size == 300_000
    assert [Path(name).suffix for name in (kept, taken, written)] == [".mp4", ".png", ".wav"]
    expected = [b"video", shown.read_bytes(), b"sound"]
    assert [(await files.fetch(name)).read_bytes() for name in (kept, taken, written)] == expected
    assert [await whole(await files.find(name)) for name in (kept, taken, written)] == expected
    assert all(files.has(name) for name in (kept, taken, written))
    assert not files.problem
    await files.check()


async def test_the_same_bytes_twice_are_two_files_and_deleting_one_leaves_the_other(files):
    first, second = await files.write(b"bytes", ".png"), await files.write(b"bytes", ".png")
    await files.remove(first)
    await files.remove(first)
    assert [files.has(first), await files.fetch(first), await files.find(first)] == [False, None, None]
    assert await whole(await files.find(second)) == b"bytes"
    assert files.told == []


async def test_a_small_picture_is_kept_beside_its_file_and_goes_with_it(files):
    name = await files.write(b"picture", ".png")
    path = await files.fetch(name)
    path.with_name(f"{path.name}{THUMB}").write_bytes(b"small")
    await files.keep_thumb(name)
    assert await whole(await files.find(f"{name}{THUMB}")) == b"small"
    await files.remove(name, f"{name}{THUMB}", everywhere=True)
    assert await files.find(f"{name}{THUMB}") is None
    assert path in files.told


async def test_many_at_one_time_are_all_kept(files):
    names = await asyncio.gather(*(files.write(bytes([number]) * 1000, ".bin") for number in range(30)))
    assert len(set(names)) == 30
    assert [(await whole(await files.find(name)))[0] for name in names] == list(range(30))


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "..", "", "ab/../../secret.txt", "ab", "incoming/x"])
async def test_names_do_not_lead_out(files, name):
    (files.folder.parent / "secret.txt").write_text("secret")
    assert [files.path(name), await files.fetch(name), await files.find(name), files.has(name)] == [None] * 3 + [False]
    await files.remove(name, everywhere=True)
    assert (files.folder.parent / "secret.txt").exists()


async def test_a_deleted_result_is_gone_from_pages_too(make_files, tmp_path, monkeypatch):
    monkeypatch.setattr("omni_ui.core.storage.cache_folder", lambda: tmp_path / "cache")
    shown = tmp_path / "cache" / ("0" * 16 + "-" + "1" * 32) / "result.png"
    shown.parent.mkdir(parents=True)
    shown.write_bytes(b"result")
    files = await make_files(on_remove=Storage(StorageLimits(3600)).remove_copies)
    name, _ = await files.take(shown)
    await files.remove(name, everywhere=True)
    assert not shown.exists()
