"""New files in memory: for some seconds, and within a room."""

import asyncio
from pathlib import Path

from omni_ui.core.serving import fresh_files
from omni_ui.core.serving.fresh_files import FreshFiles

A, B = Path("/cache/a/picture.png"), Path("/cache/b/picture.png")


async def test_a_file_is_there_until_it_lies_on_the_disk(monkeypatch):
    monkeypatch.setattr(fresh_files, "KEPT", 0.05)
    files = FreshFiles()
    files.hold({A: b"new"})
    assert files.get(str(A)) == b"new"
    assert files.get(str(B)) is None
    await asyncio.sleep(0.2)
    assert files.get(str(A)) is None


async def test_the_oldest_goes_when_there_is_no_room(monkeypatch):
    monkeypatch.setattr(fresh_files, "ROOM", 10)
    files = FreshFiles()
    files.hold({A: b"1234567"})
    files.hold({A: b"123456"})  # the same file again takes no more room
    files.hold({B: b"1234"})
    assert (files.get(str(A)), files.get(str(B))) == (b"123456", b"1234")
    files.hold({B: b"12345"})
    assert (files.get(str(A)), files.get(str(B))) == (None, b"12345")
