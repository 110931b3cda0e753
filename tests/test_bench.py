"""The benchmark's table, and its server's pictures. (The figures themselves are `make bench`.)"""

import base64
import json
from pathlib import Path

import pytest
from PIL import Image

from bench.server import number_of, picture, picture_body, tail
from bench.table import BEGIN, END, Check, Row, as_json, into, markdown, too_slow

ABOUT = {"date": "2026-01-01", "cores": 2}


def row(ours, aim, plain=None, **more):
    samples = {"ours": ours} | ({"plain": plain} if plain else {})
    made = Row("picture", "ms", samples)
    made.checks.append(Check("added", made.median("ours"), aim, unit=" ms", **more))
    return made


def test_a_figure_is_a_median_with_its_spread():
    assert row([100, 300, 110], 150).shown("ours") == "110 (100 to 300)"
    assert row([100], 150).shown("plain") == "-"


def test_the_ratio_is_that_of_the_medians():
    made = row([100, 100, 900], 150, plain=[400, 300, 200])
    assert made.ratio == 3
    assert "| 3.0 |" in markdown([made], ABOUT)


@pytest.mark.parametrize(
    ("value", "aim", "at_least", "met", "slow"),
    [
        (150, 150, False, True, False),
        (151, 150, False, False, False),
        (226, 150, False, False, True),
        (3, 3, True, True, False),
        (2.1, 3, True, False, False),
        (1.9, 3, True, False, True),
        (0, 3, True, False, True),
    ],
)
def test_what_is_worse_by_half_is_too_slow(value, aim, at_least, met, slow):
    made = row([value], aim, at_least=at_least)
    assert made.checks[0].met is met
    assert bool(too_slow([made])) is slow
    assert ("**missed**" in markdown([made], ABOUT)) is not met


@pytest.mark.parametrize(("unit", "slow"), [(" ms", False), (" s", False), (" %", False), (" MB", True), ("", True)])
def test_times_may_be_worse_by_as_much_as_the_machine_is_slow(unit, slow):
    made = Row("a figure", "", {"ours": [400]}, [Check("ours", 400, 100, unit=unit)])
    assert too_slow([made])
    assert bool(too_slow([made], 3.0)) is slow


def test_an_aim_that_ci_does_not_hold_is_still_shown():
    made = row([300], 30, held=False)
    assert not too_slow([made])
    assert "**missed**" in markdown([made], ABOUT)


def test_the_table_names_the_machine_and_the_json_holds_all_samples():
    made = row([1, 2, 3], 5)
    assert "date 2026-01-01, cores 2" in markdown([made], ABOUT)
    told = json.loads(as_json([made], ABOUT))
    assert told["machine"] == ABOUT
    assert told["rows"][0]["samples"] == {"ours": [1, 2, 3]}


def test_the_table_takes_its_place_in_the_readme():
    page = f"# Title\n{BEGIN}\nan old table\n{END}\nmore\n"
    once = into(page, "| a new one |\n")
    assert once == f"# Title\n{BEGIN}\n| a new one |\n{END}\nmore\n"
    assert into(once, "| a new one |") == once
    with pytest.raises(ValueError, match="no place"):
        into("# Title", "| a |")


def test_the_readme_shows_the_last_run():
    readme, latest = Path("README.md").read_text(), Path("bench/results/latest.md").read_text()
    assert latest.strip() in readme


def test_pictures_of_the_server_are_whole_and_differ(tmp_path):
    answers = [json.loads(picture_body("64x48", 2, number)) for number in (1, 3)]
    made = [[base64.b64decode(one["b64_json"]) for one in answer["data"]] for answer in answers]
    assert [len(one) for one in made] == [2, 2]
    assert [number_of(one[0]) for one in made] == [1, 3]
    assert made[0][0] == picture(64, 48, 0) + tail(1)
    pixels = []
    for number, (data, _) in enumerate(made):
        path = tmp_path / f"{number}.png"
        path.write_bytes(data)
        with Image.open(path) as opened:
            opened.load()
            assert opened.size == (64, 48)
            pixels.append(opened.tobytes())
    assert pixels[0] != pixels[1]
