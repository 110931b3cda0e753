"""Every file that a script or a test of a script imports is there (mypy and lint-imports check those of Python)."""

import re

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
