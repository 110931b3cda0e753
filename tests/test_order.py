"""What decides how long all tests take: the order of their files, and constants of the app that a test shortens."""

from types import SimpleNamespace

import pytest

from omni_ui.core.serving import fresh_files
from tests.app_with_constants import set_constant
from tests.conftest import HERE, LONGEST, pytest_collection_modifyitems


def test_the_longest_files_are_there():
    assert [name for name in LONGEST if not (HERE / name).is_file()] == []


def test_a_process_of_several_begins_with_the_longest_files_and_then_with_those_of_most_tests():
    def items() -> list[SimpleNamespace]:
        return [SimpleNamespace(path=HERE / name) for name in ("b.py", "a.py", "a.py", LONGEST[1], LONGEST[0])]

    def names(config: SimpleNamespace) -> list[str]:
        pytest_collection_modifyitems(config, sorted_items := items())
        return [item.path.relative_to(HERE).as_posix() for item in sorted_items]

    assert names(SimpleNamespace(workerinput={})) == [LONGEST[0], LONGEST[1], "a.py", "a.py", "b.py"]
    assert names(SimpleNamespace()) == ["b.py", "a.py", "a.py", LONGEST[1], LONGEST[0]], "alone they keep their order"


def test_a_constant_is_set_and_one_that_is_not_there_ends_the_start(monkeypatch):
    monkeypatch.setattr(fresh_files, "KEPT", fresh_files.KEPT)
    set_constant("omni_ui.core.serving.fresh_files:KEPT=0.5")
    assert fresh_files.KEPT == 0.5
    with pytest.raises(AttributeError):
        set_constant("omni_ui.core.serving.fresh_files:HELD=0.5")
    with pytest.raises(TypeError, match="no number"):
        set_constant("omni_ui.core.serving.fresh_files:FreshFiles=1")
