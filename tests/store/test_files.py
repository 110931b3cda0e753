import pytest

from omni_ui.store.database import StoreTrouble
from omni_ui.store.files import Files


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path / "files")


def test_a_file_is_found_by_its_name_with_its_bytes(files):
    name = files.write(b"bytes", ".mp4")
    assert files.path(name).read_bytes() == b"bytes"
    assert name.endswith(".mp4")
    assert files.used() == 5


def test_the_same_bytes_twice_are_two_files(files):
    first, second = files.write(b"bytes", ".mp4"), files.write(b"bytes", ".mp4")
    files.remove(first)
    assert files.path(first) is None
    assert files.path(second).read_bytes() == b"bytes"
    files.remove(first)


def test_what_is_still_being_written_is_not_there_and_goes_with_the_next_start(files):
    path = files.incoming(".mp4")
    path.write_bytes(b"half")
    assert files.path(f"incoming/{path.name}") is None
    assert files.used() == 0
    Files(files.folder)
    assert not path.exists()


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "..", "", "ab/../../secret.txt", "ab"])
def test_names_do_not_lead_out(files, name):
    (files.folder.parent / "secret.txt").write_text("secret")
    files.write(b"x", ".mp4")
    assert files.path(name) is None
    files.remove(name)
    assert (files.folder.parent / "secret.txt").exists()


def test_a_disk_that_does_not_take_it_leaves_no_half_file(files, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("omni_ui.store.files.os.fsync", full)
    with pytest.raises(StoreTrouble, match="full: make room there"):
        files.write(b"bytes", ".mp4")
    assert [path for path in files.folder.rglob("*") if path.is_file()] == []
