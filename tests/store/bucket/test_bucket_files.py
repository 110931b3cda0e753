"""Results in a bucket, against a real S3 server: what is kept, where it is found, and what is deleted."""

import asyncio
import os
from pathlib import Path

import pytest

from omni_ui.store import StoreFailed
from omni_ui.store.bucket import BucketFiles, disk
from omni_ui.store.bucket import files as bucket_files
from omni_ui.store.files import THUMB
from tests.s3_server import KEY, SECRET


async def whole(file) -> bytes:
    """The bytes of what `find` gave."""
    if isinstance(file, Path):
        return file.read_bytes()
    return b"".join([piece async for piece in file.pieces(0, file.size)])


async def until(check, seconds=15.0) -> None:
    async with asyncio.timeout(seconds):
        while not check():  # noqa: ASYNC110 (files on a disk)
            await asyncio.sleep(0.02)


def left_on_disk(files: BucketFiles, *folders: str) -> list[str]:
    return [path.name for folder in folders for path in (files.folder / folder).rglob("*") if path.is_file()]


async def test_a_file_kept_by_one_process_is_found_by_another_and_deleted_for_both(make_files):
    mine, yours = await make_files("mine"), await make_files("yours")
    data = os.urandom(600_000)
    name = await mine.write(data, ".png")
    assert left_on_disk(mine, "spool", "incoming") == []
    assert (await mine.fetch(name)).read_bytes() == data
    found = await yours.find(name)
    assert (found.size, await whole(found)) == (len(data), data)
    assert b"".join([piece async for piece in found.pieces(300_000, 300_010)]) == data[300_000:300_010]
    first, second = await asyncio.gather(yours.fetch(name), yours.fetch(name))
    assert first == second
    assert first.read_bytes() == data
    await yours.remove(name, everywhere=True)
    assert await yours.find(name) is None
    assert left_on_disk(yours, "cache", "spool", "incoming") == []
    assert await (await make_files("third")).find(name) is None


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
async def test_what_is_not_set_comes_from_the_usual_variables(make_files, s3_server, monkeypatch, name):
    monkeypatch.setenv(name, f"http://127.0.0.1:{s3_server.port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    files = await make_files(endpoint=None, access_key=None, secret_key=None)
    assert files.problem == ""
    assert await whole(await (await make_files("other")).find(await files.write(b"1", ".png"))) == b"1"


async def test_taking_a_file_leaves_it_and_a_second_record_of_it_sends_nothing(make_files, proxy, tmp_path):
    files = await make_files(proxy=proxy)
    video = tmp_path / "video.mp4"
    video.write_bytes(os.urandom(3_000_000))
    name, size = await files.take(video)
    assert size == 3_000_000
    sent = proxy.sent
    again, size = await files.take(await files.fetch(name))
    assert size == 3_000_000
    assert proxy.sent - sent < 100_000
    await files.remove(name)
    other = await make_files("other")
    assert await whole(await other.find(again)) == video.read_bytes()


async def test_a_small_picture_goes_with_its_file(make_files):
    files, other = await make_files(), await make_files("other")
    name = await files.write(b"picture", ".png")
    path = await files.fetch(name)
    path.with_name(f"{path.name}{THUMB}").write_bytes(b"small")
    await files.keep_thumb(name)
    assert await whole(await other.find(f"{name}{THUMB}")) == b"small"
    await other.remove(name, f"{name}{THUMB}")
    assert await (await make_files("third")).find(f"{name}{THUMB}") is None


@pytest.mark.parametrize(
    "name", ["", "..", "../secret.txt", "/etc/passwd", "ab", "ab/../../secret.txt", f"ab/{'0' * 32}/../x", "ab/%2e%2e"]
)
async def test_names_that_are_none_are_looked_for_nowhere(make_files, proxy, tmp_path, name):
    (tmp_path / "secret.txt").write_text("secret")
    files = await make_files(proxy=proxy)
    sent = proxy.sent
    assert not files.has(name)
    assert files.path(name) is await files.fetch(name) is await files.find(name) is None
    await files.remove(name, everywhere=True)
    assert proxy.sent == sent
    assert (tmp_path / "secret.txt").exists()


async def test_a_visitor_s_file_name_is_no_part_of_a_key(make_files, tmp_path):
    odd = tmp_path / "a.b c?#%"
    odd.write_bytes(b"bytes")
    name, _ = await (await make_files()).take(odd)
    assert disk.NAME.fullmatch(name)
    assert await whole(await (await make_files("other")).find(name)) == b"bytes"


async def test_copies_keep_to_their_room_and_those_in_use_stay(make_files, monkeypatch):
    monkeypatch.setattr(disk, "IN_USE", 0.0)
    files = await make_files(room=1_000_000)
    names = [await files.write(os.urandom(400_000), ".bin") for _ in range(4)]
    assert len(left_on_disk(files, "cache")) == 2
    assert [len(await whole(await files.find(name))) for name in names] == [400_000] * 4
    monkeypatch.setattr(disk, "IN_USE", 60.0)
    other = await make_files("other", room=500_000)
    await other.fetch(names[0])
    with pytest.raises(StoreFailed, match="OMNI_FILES_ROOM"):
        await other.fetch(names[1])
    assert await whole(await other.find(names[1]))


async def test_copies_that_nobody_asks_for_are_deleted_since_the_result_may_be(make_files, monkeypatch, tmp_path):
    monkeypatch.setattr(bucket_files, "SWEEP_EVERY", 0.05)
    files = await make_files()
    shown = tmp_path / "shown.png"
    shown.write_bytes(b"picture")
    name, on_a_page = await files.write(b"result", ".png"), (await files.take(shown))[0]
    for path in (files.path(name), files.path(on_a_page)):
        os.utime(path, (1.7e9, 1.7e9))
    await until(lambda: left_on_disk(files, "cache") == [on_a_page.split("/")[1]])
    assert await whole(await files.find(name)) == b"result"


async def test_a_disk_that_takes_nothing_sends_results_straight_to_the_bucket(make_files, monkeypatch, tmp_path):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    files = await make_files()
    finished = files.incoming(".mp4")
    finished.write_bytes(b"video")
    shown = tmp_path / "shown.png"
    shown.write_bytes(b"picture")
    monkeypatch.setattr(disk, "_move", full)
    monkeypatch.setattr(bucket_files, "write_whole", full)
    monkeypatch.setattr(bucket_files, "link_or_copy", full)
    names = [await files.keep(finished), (await files.take(shown))[0], await files.write(b"sound", ".wav")]
    assert [await whole(await files.find(name)) for name in names] == [b"video", b"picture", b"sound"]
    assert left_on_disk(files, "spool", "cache", "incoming") == []


async def test_a_disk_that_copies_have_filled_is_cleared_of_those_that_are_not_in_use(make_files, monkeypatch):
    files, other = await make_files(), await make_files("other")
    names = [await other.write(bytes([number]), ".png") for number in range(3)]
    old, used = [await files.fetch(name) for name in names[:2]]
    os.utime(old, (1.7e9, 1.7e9))
    move = disk._move

    def full(path: Path, target: Path) -> None:
        if old.exists():
            raise OSError(28, "No space left on device")
        move(path, target)

    monkeypatch.setattr(disk, "_move", full)
    assert (await files.fetch(names[2])).read_bytes() == b"\2"
    assert used.exists()
    assert left_on_disk(files, "incoming") == []


async def test_results_of_a_time_without_the_bucket_are_uploaded(make_files, tmp_path):
    earlier = tmp_path / "files"
    name = f"ab/{'ab' * 16}.png"
    (earlier / "ab").mkdir(parents=True)
    (earlier / name).write_bytes(b"old")
    files = await make_files(earlier=earlier)
    assert (await files.fetch(name)).read_bytes() == b"old"
    await until(lambda: not left_on_disk(files, "spool"))
    assert await whole(await (await make_files("other")).find(name)) == b"old"
