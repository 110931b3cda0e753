import pytest

from omni_ui.widgets.pictures.gallery import captions, gallery_of


@pytest.mark.parametrize(
    ("count", "pictures", "named"),
    [
        (1, 1, [None]),
        (2, 2, ["Picture 1", "Picture 2"]),
        (3, 1, ["Layer 1", "Layer 2", "Layer 3"]),
        (4, 2, ["Picture 1, layer 1", "Picture 1, layer 2", "Picture 2, layer 1", "Picture 2, layer 2"]),
        (5, 2, [f"Picture {number}" for number in range(1, 6)]),
    ],
)
def test_entries_of_an_answer_are_named_by_picture_and_layer(count, pictures, named):
    assert captions(count, pictures) == named


def test_a_gallery_holds_files_with_their_captions(tmp_path):
    files = [tmp_path / "a.png", tmp_path / "b.png"]
    made = gallery_of(files, 2)
    assert [(one["image"]["path"], one["caption"]) for one in made] == [
        (str(files[0]), "Picture 1"),
        (str(files[1]), "Picture 2"),
    ]
