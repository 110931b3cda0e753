import pytest

from omni_ui.core.files import new_path
from omni_ui.core.invalid import Invalid
from omni_ui.widgets.pictures.image_input import paths_of, seen
from tests.fakes import png


@pytest.fixture
def uploads(tmp_path, monkeypatch):
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def test_paths_are_read_from_file_data_and_from_bare_paths(uploads):
    file = new_path("a.png")
    file.write_bytes(png())
    path = str(file)
    assert paths_of([{"path": path, "meta": {"_type": "gradio.FileData"}}, path], "image") == [path, path]
    assert paths_of({"path": path}, "image") == [path]
    assert paths_of(None, "image") == paths_of([], "image") == []


@pytest.mark.parametrize("path", ["/etc/hostname", "{}/../secret.png", "relative.png", 7, None])
def test_nothing_but_uploaded_files_is_taken(uploads, path):
    given = path.format(uploads) if isinstance(path, str) else path
    with pytest.raises(Invalid, match="Upload the picture before using it") as refused:
        paths_of([{"path": given}], "mask_image")
    assert refused.value.problems[0].field == "mask_image"


def test_a_link_out_of_the_folder_is_not_followed(uploads, tmp_path):
    (tmp_path / "secret.png").write_bytes(png())
    (uploads / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(Invalid):
        paths_of([str(uploads / "link.png")], "image")


async def test_what_is_seen_of_a_picture(uploads):
    good, bad = uploads / "a.png", uploads / "b.png"
    good.write_bytes(png(30, 20))
    bad.write_text("no picture")
    assert await seen(str(good), "image") == {
        "of": str(good),
        "path": str(good),
        "width": 30,
        "height": 20,
        "note": None,
    }
    assert "not a picture" in (await seen(str(bad), "image"))["wrong"]
