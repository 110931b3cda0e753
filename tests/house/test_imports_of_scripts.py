"""Every file that a script or a test of a script imports is there (mypy and lint-imports check those of Python)."""

import re
from collections import Counter

from tests.house.measure import ROOT

IMPORT = re.compile(r"""(?:\bfrom\s*|^import\s*|\bimport\(\s*|\bnew URL\(\s*)["'](\.[^"'\n]+)["']""", re.M)
OTHERS = {"katex", "photoswipe"}


def test_every_file_that_a_script_imports_is_there():
    scripts = [*(ROOT / "omni_ui").rglob("*.js"), *(ROOT / "tests/js").rglob("*.mjs")]
    imports = [
        (path.relative_to(ROOT).as_posix(), address)
        for path in scripts
        if not OTHERS & set(path.parts)
        for address in IMPORT.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(imports) > 150
    assert not [(name, address) for name, address in imports if not ((ROOT / name).parent / address).is_file()]


def test_what_a_script_exports_another_one_or_a_test_imports():
    scripts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "omni_ui").rglob("*.js")}
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.mjs"))
    exports = [
        (path, name)
        for path, text in scripts.items()
        if not OTHERS & {*path.parts, path.stem.partition(".")[0]}
        for name in re.findall(r"^export (?:async )?(?:const|let|class|function\*?) (\w+)", text, re.M)
    ]
    assert len(exports) > 150
    files = Counter(word for text in (*scripts.values(), tests) for word in set(re.findall(r"\w+", text)))
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in exports if files[name] == 1] == []
