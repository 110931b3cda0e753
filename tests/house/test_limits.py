"""What the plan limits does not grow: `python -m tests.house.measure` shows the numbers."""

import ast
import subprocess
import sysconfig
from pathlib import Path

import pytest
from grimp import build_graph

from tests.house.measure import MEASURES, ROOT, limits, lowered, over


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_stays_within_its_limit(name):
    beyond = over(MEASURES[name](), limits()[name])
    assert not beyond, f"{name}: {'; '.join(beyond)}"


def test_imports_point_downward_only():
    """The contracts stand in pyproject.toml; `lint-imports` says which line breaks one."""
    program = Path(sysconfig.get_path("scripts")) / "lint-imports"
    ran = subprocess.run([program], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_modules_import_each_other_in_a_circle():
    """Imports for types alone count."""
    graph = build_graph("omni_ui", exclude_type_checking_imports=False)
    left = {module: graph.find_modules_directly_imported_by(module) & graph.modules for module in graph.modules}
    while free := [module for module, imported in left.items() if not imported & left.keys()]:
        for module in free:
            del left[module]
    assert not sorted(left)


def test_imports_for_types_alone_are_of_packages_that_may_be_missing():
    """Ours would hide a circle."""
    files = (path for folder in ("omni_ui", "tests", "bench") for path in (ROOT / folder).rglob("*.py"))
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}
    modules = {
        (name, part.module if isinstance(part, ast.ImportFrom) else part.names[0].name)
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for part in node.body
    }
    assert {name for name, module in modules if module.split(".")[0] not in ("av", "obstore", "opentelemetry")} == set()


def test_a_number_may_only_fall():
    assert over(4, 3)
    assert not over(3, 3)
    assert lowered(2, 3) == 2
    assert lowered(4, 3) == 3


def test_an_exception_may_shrink_and_go_but_none_may_come():
    assert over({"a": 4}, {"a": 3})
    assert over({"b": 1}, {"a": 3})
    assert not over({"a": 2}, {"a": 3})
    assert lowered({"a": 2, "b": 9}, {"a": 3, "c": 1}) == {"a": 2}
