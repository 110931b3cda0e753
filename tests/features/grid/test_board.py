"""What the bytes of the cells tell of a setting."""

from types import SimpleNamespace

import pytest

from omni_ui.features.grid.board import Board
from omni_ui.features.grid.plan import Axis, Plan, Planned
from omni_ui.features.grid.runner import digest

STEPS, SCALE = Axis("steps", "Steps", (4, 8, 12)), Axis("scale", "True CFG scale", (1, 2))


def board_of(*rows: str, across: Axis = STEPS) -> Board:
    """A letter for the bytes of each cell, a space for one that failed."""
    axes = (across,) if len(rows) == 1 else (across, SCALE)
    places = [(c, r)[: len(axes)] for r in range(len(rows)) for c in range(len(rows[0]))]
    board = Board("1", Plan(axes, tuple(Planned(at, SimpleNamespace(), {}) for at in places), 7), "")
    for cell, letter in zip(board.cells, "".join(rows), strict=True):
        cell.state, cell.digest = ("failed", "") if letter == " " else ("done", letter)
    return board


@pytest.mark.parametrize(
    ("rows", "ignored", "heeded"),
    [
        (["aaa"], ["steps"], []),
        (["abc"], [], ["steps"]),
        (["aba"], [], ["steps"]),
        (["a a"], ["steps"], []),
        (["a  "], [], []),
        (["   "], [], []),
        (["aaa", "bbb"], ["steps"], ["scale"]),
        (["abc", "abc"], ["scale"], ["steps"]),
        (["aaa", "aaa"], ["steps", "scale"], []),
        (["a  ", "  a"], [], []),
        (["aaa", "b c"], [], ["steps", "scale"]),
    ],
)
def test_a_setting_is_ignored_when_no_two_values_differ(rows, ignored, heeded):
    assert board_of(*rows).finish("demo/painter") == (ignored, heeded)


def test_it_is_said_which_model_ignores_what():
    board = board_of("abc", "abc")
    board.finish("demo/painter")
    assert board.remarks == ["demo/painter ignores true CFG scale: other values gave the same result, byte for byte."]
    assert board.as_value()["over"]


def test_two_equal_values_among_others_are_named():
    board = board_of("abb")
    board.finish(None)
    assert board.remarks == ["Steps: 8 and 12 gave the same result, byte for byte."]


def test_a_limit_that_cut_nothing_is_not_said_to_be_ignored():
    board = board_of("aaa", across=Axis("max_tokens", "Longest answer", (10, 20, 30)))
    assert board.finish("a model") == ([], [])
    assert board.remarks == ["Longest answer: 10 and 20 gave the same result, byte for byte."]
    assert board_of("abb", across=board.plan.axes[0]).finish("a model") == ([], ["max_tokens"])


def test_the_text_of_an_answer_counts_as_well_as_its_files(tmp_path):
    sound = tmp_path / "answer.wav"
    sound.write_bytes(b"RIFF")
    assert digest([]) == digest([], "") == ""
    assert len({digest([sound], "Yes."), digest([sound], "No."), digest([sound]), digest([], "Yes.")}) == 4
    assert digest([], "Yes.") == digest([], "Yes.")
