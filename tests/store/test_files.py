import os
import subprocess
import sys
import time

import pytest

from omni_ui.store.database import StoreFailed
from omni_ui.store.files import LocalFiles


@pytest.fixture
async def files(tmp_path):
    files = LocalFiles(tmp_path / "files")
    await files.open()
    return files


async def test_a_file_is_found_by_its_name_with_its_bytes(files):
    name = await files.write(b"bytes", ".mp4")
    assert (await files.fetch(name)).read_bytes() == b"bytes"
    assert files.has(name)
    assert name.endswith(".mp4")
    assert files.used() == 5


async def test_the_same_bytes_twice_are_two_files(files):
    first, second = await files.write(b"bytes", ".mp4"), await files.write(b"bytes", ".mp4")
    await files.remove(first)
    assert await files.fetch(first) is None
    assert (await files.fetch(second)).read_bytes() == b"bytes"
    await files.remove(first)


async def test_what_is_still_being_written_is_not_there_and_goes_with_the_next_start(files):
    path = files.incoming(".mp4")
    path.write_bytes(b"half")
    assert await files.fetch(f"incoming/{path.name}") is None
    assert files.used() == 0
    await LocalFiles(files.folder).open()
    assert not path.exists()


async def test_a_process_leaves_what_another_one_is_writing(files):
    written, left = files.incoming(".mp4"), files.incoming(".mp4")
    for path in (written, left):
        path.write_bytes(b"half")
    os.utime(left, (time.time() - 7200,) * 2)
    await LocalFiles(files.folder, old=3600).open()
    assert written.exists()
    assert not left.exists()


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "..", "", "ab/../../secret.txt", "ab"])
async def test_names_do_not_lead_out(files, name):
    (files.folder.parent / "secret.txt").write_text("secret")
    await files.write(b"x", ".mp4")
    assert await files.fetch(name) is None
    await files.remove(name)
    assert (files.folder.parent / "secret.txt").exists()


async def test_a_disk_that_does_not_take_it_leaves_no_half_file(files, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("omni_ui.store.files.os.fsync", full)
    with pytest.raises(StoreFailed, match="full: free up space"):
        await files.write(b"bytes", ".mp4")
    assert [path for path in files.folder.rglob("*") if path.is_file()] == []


def test_a_page_that_keeps_all_on_its_disk_loads_nothing_for_buckets_and_postgresql():
    more = "{'obstore', 'sqlalchemy', 'asyncpg', 'alembic'}"
    code = f"import sys, omni_ui.settings, omni_ui.store as s; s.Store(None); print({more} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
