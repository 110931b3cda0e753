"""The disk of the cache is full: results and uploads say so in one sentence."""

import errno
from pathlib import Path

import pytest

from omni_ui.core import files

FULL = "The disk for this page's files is full: the host has to free up space."


@pytest.mark.parametrize("step", ["mkdir", "write_bytes"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch, step, number):
    def refuse(*_, **__):
        raise OSError(number, "No space left on device")

    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(Path, step, refuse)
    with pytest.raises(files.CacheProblem) as raised:
        await files.keep(b"a picture", "picture.png")
    assert raised.value.sentence == FULL


async def test_a_disk_that_becomes_full_meanwhile_keeps_no_half_file(tmp_path, monkeypatch):
    def half(path, data):
        with path.open("wb") as file:
            file.write(data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(files.CacheProblem):
        await files.keep(b"a picture", "picture.png")
    assert list(tmp_path.iterdir()) == []


async def test_another_trouble_of_the_disk_is_named(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(files.CacheProblem, match=r"cannot be written \(Read-only file system"):
        await files.keep(b"a picture", "picture.png")
