"""One labelled picture of a grid, and the zip for what is heard."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from omni_ui.features.grid.export import pack
from omni_ui.features.grid.sheet import Entry, Sheet, draw


@pytest.fixture
def pictures(tmp_path):
    made = []
    for number, colour in enumerate(["red", "lime", "blue"]):
        made.append(tmp_path / f"{number}.png")
        Image.new("RGB", (300, 200), colour).save(made[-1])
    return made


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def middle(picture: Image.Image, colour) -> tuple[float, float]:
    """The middle of all pixels of a colour."""
    found = [
        (x, y) for x in range(0, picture.width, 5) for y in range(0, picture.height, 5)
        if picture.getpixel((x, y)) == colour
    ]  # fmt: skip
    assert found, f"nothing is {colour}"
    return sum(x for x, _ in found) / len(found), sum(y for _, y in found) / len(found)


def test_every_picture_stands_in_its_row_and_column(pictures):
    entries = [Entry((0, 0), pictures[0]), Entry((1, 0), pictures[1]), Entry((0, 1), pictures[2])]
    made = opened(draw(Sheet("A fox", ("Steps", ("4", "8")), ("Scale", ("1", "2")), entries)))
    red, lime, blue = (middle(made, one) for one in [(255, 0, 0), (0, 255, 0), (0, 0, 255)])
    assert red[0] == pytest.approx(blue[0], abs=5)
    assert red[1] == pytest.approx(lime[1], abs=5)
    assert lime[0] - red[0] == pytest.approx(310, abs=5)
    assert blue[1] - red[1] == pytest.approx(210, abs=5)


def test_the_labels_are_in_it(pictures):
    def ink(values):
        made = opened(draw(Sheet("", ("", values), entries=[Entry((0, 0), pictures[0])])))
        return int((np.asarray(made.convert("L")) < 60).sum())

    assert ink(("12",)) > ink(("",)) + 20


@pytest.mark.parametrize("words", ["a " * 500, "小狐狸在雪地里" * 30, "x" * 400, "\n\n", "<b>"])
def test_any_words_are_drawn_and_the_sheet_stays_within_bounds(pictures, words):
    sheet = Sheet(words, (words, (words, "2")), (words, (words,)), [Entry((0, 0), pictures[0])], (words,))
    made = opened(draw(sheet))
    assert made.width < 1200
    assert made.height < 1200


def test_a_failed_cell_is_told_and_one_that_cannot_be_read_too(pictures, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    entries = [Entry((0, 0), tmp_path / "broken.png"), Entry((1, 0), words="The server is busy.", failed=True)]
    made = opened(draw(Sheet("", ("Steps", ("4", "8")), entries=entries)))
    red, green, _ = np.moveaxis(np.asarray(made), -1, 0)
    assert ((red > 150) & (green < 90)).any()  # the words


def test_thirty_six_large_pictures_make_a_sheet_of_bounded_size(pictures):
    entries = [Entry((c, r), pictures[0]) for c in range(6) for r in range(6)]
    made = opened(draw(Sheet("", ("A", tuple("123456")), ("B", tuple("123456")), entries)))
    assert made.width < 3500


def test_a_zip_with_a_page_of_players_and_the_files_as_they_are(tmp_path):
    (tmp_path / "speech.wav").write_bytes(b"RIFF....WAVEfmt ")
    entries = [Entry((0, 0), tmp_path / "speech.wav"), Entry((1, 0), words="<b>no</b>", failed=True)]
    sheet = Sheet('Speed "of" <speech>', ("Speed", ("0.5", "a/../b")), entries=entries, notes=("Seed 7",))
    with zipfile.ZipFile(io.BytesIO(pack(sheet))) as packed:
        (name,) = [one for one in packed.namelist() if one != "index.html"]
        page = packed.read("index.html").decode()
        assert packed.read(name) == b"RIFF....WAVEfmt "
    assert not [part for part in ("/", "..") if part in name]
    assert "<audio controls" in page
    assert "Speed 0.5" in page
    assert not [tag for tag in ("<b>no", "<speech>") if tag in page]


def test_answers_stand_in_the_page_with_all_that_belongs_to_them(pictures, tmp_path):
    (tmp_path / "answer.wav").write_bytes(b"RIFF....WAVEfmt ")
    whole = Entry((0, 0), pictures[0], text="Here <it> is.\nLook.", more=[tmp_path / "answer.wav"])
    sheet = Sheet("", ("Temperature", ("0", "1")), entries=[whole, Entry((1, 0), text="No.")])
    with zipfile.ZipFile(io.BytesIO(pack(sheet))) as packed:
        page = packed.read("index.html").decode()
        assert packed.namelist() == ["1-1-Temperature-0.png", "1-1-Temperature-0-2.wav", "index.html"]
    assert '<div class="text">Here &lt;it&gt; is.\nLook.</div>' in page
    assert '<img src="1-1-Temperature-0.png"' in page
    assert 'src="1-1-Temperature-0-2.wav"' in page
    assert '<td><div class="text">No.</div></td>' in page
