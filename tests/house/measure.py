"""Counts what the plan of the code limits: sizes, names, `Any`, patches, private parts of Gradio, `!important`.

`python -m tests.house.measure` prints every number beside its limit; `--lower` writes those that fell into limits.json.
A limit is raised only by hand, with a reason in the commit.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMITS = Path(__file__).with_name("limits.json")
FILES_IN_A_FOLDER, LINES_IN_A_FILE, LINES_IN_A_FUNCTION = 15, 300, 60
CODE = {".py", ".js", ".css", ".html", ".jinja"}
"""What counts as a file of a folder. Pictures, fonts and tables are data."""
VENDORED = {"katex", "photoswipe"}
"""Folders with the work of others."""
VAGUE = {"one", "found", "made", "told", "given", "shown", "known"}
VAGUE_IN_SCRIPTS = re.compile(
    rf"\b(?:const|let|var) (?:{'|'.join(VAGUE)})\b|\((?:\w+, )*(?:{'|'.join(VAGUE)})(?:, \w+)*\) =>"
)
HOOKS = {"preprocess", "postprocess", "api_info", "example_payload", "example_value", "get_config", "get_block_name",
         "file_types", "as_example"}  # fmt: skip
"""Methods and attributes of a Gradio component. A subclass defines them; nothing sets them on one component."""
PUBLIC_GRADIO = ("gradio.data_classes", "gradio.components", "gradio.events", "gradio.themes", "gradio.helpers")
"""Modules that Gradio's guides tell people to import from, such as the one on custom components."""
PRIVATE_GRADIO = re.compile(
    r"^\s*(from gradio\.(?!data_classes|components|events|themes|helpers)\w|from gradio import"
    r" (state_holder|routes|utils|context|queueing|processing_utils|component_meta|blocks)|(from|import) gradio_client"
    r"|import gradio\.)|\b(page|demo|blocks?|component)\._\w+|\.default_config\b|state_holder\."
    r"|\.(post|pre)process_data\b|\.process_api\b|\.state_session_capacity\b|\.i18n_instance\b|\.skip_api\b"
    r"|gr\.(routes|utils|context|state_holder|queueing)\.|gradio_config|gradio_api_info|templates/frontend"
)
PRIVATE_PACKAGE = "omni_ui/app/gradio_private"
"""Each of its modules is one way into what Gradio does not document; docs/gradio.md lists them."""
HTML_TAG = re.compile(
    r"<(div|span|p|a|b|i|br|button|ul|ol|dl|li|dt|dd|section|article|main|form|fieldset|details|summary|table|tr|th|td"
    r"|img|audio|video|svg|path|input|select|option|textarea|label|pre|code|dialog"
    r"|header|footer|figure|template|h[1-6])[ >]"
)
GLOBAL = re.compile(r"\bwindow\.(omni\w+)\s*=[^=]")


def python_files(*, demo: bool = True) -> list[Path]:
    """All modules of the package, in a fixed order."""
    paths = sorted((ROOT / "omni_ui").rglob("*.py"))
    return [path for path in paths if demo or "demo" not in path.parts]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its number of lines, from `def` to the last."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{_name(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def large_folders() -> dict[str, int]:
    """Folders with more files than they should have: code, templates and styles. `__init__.py` does not count."""
    counts: dict[str, int] = {}
    for path in sorted((ROOT / "omni_ui").rglob("*")):
        if path.is_file() and path.name != "__init__.py" and path.suffix in CODE:
            counts[_name(path.parent)] = counts.get(_name(path.parent), 0) + 1
    return {folder: count for folder, count in counts.items() if count > FILES_IN_A_FOLDER}


def long_files() -> dict[str, int]:
    """Files over 300 lines, by name: of the package in all its languages, its tests and its measurements."""
    folders = ("omni_ui", "tests", "bench")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.suffix in CODE]
    written = [path for path in paths if not VENDORED & set(path.parts)]
    sizes = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written}
    return {name: lines for name, lines in sizes.items() if lines > LINES_IN_A_FILE}


def long_functions() -> dict[str, int]:
    """Functions over 60 lines, by file and name."""
    return {name: lines for path in python_files() for name, lines in functions(path) if lines > LINES_IN_A_FUNCTION}


def vague_names() -> int:
    """Times that a variable or a parameter gets one of the names that say nothing of what it is."""
    count = 0
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            bound = node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""
            count += (node.arg if isinstance(node, ast.arg) else bound) in VAGUE
    return count


def vague_names_of_scripts() -> int:
    """The same in the page's scripts: each line that declares such a name."""
    lines = (line for path in _own("*.js") for line in path.read_text(encoding="utf-8").splitlines())
    return sum(bool(VAGUE_IN_SCRIPTS.search(line)) for line in lines)


def uses_of_any() -> int:
    """Times that `Any` stands in the code, imports aside."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in python_files())
    return sum(isinstance(node, ast.Name) and node.id == "Any" for tree in trees for node in ast.walk(tree))


def component_patches() -> int:
    """Lines that set a method or attribute of Gradio's on a component that exists already."""
    count = 0
    for path in python_files(demo=False):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in node.targets if isinstance(node, ast.Assign) else []:
                if isinstance(target, ast.Attribute) and target.attr in HOOKS:
                    count += not (isinstance(target.value, ast.Name) and target.value.id == "self")
    return count


def private_ways() -> list[str]:
    """The modules of the package that reaches into Gradio, each a way of its own."""
    return [_name(path) for path in sorted((ROOT / PRIVATE_PACKAGE).glob("*.py")) if path.name != "__init__.py"]


def private_gradio() -> dict[str, int]:
    """Ways into what Gradio does not document, by place: modules of the package for them, and files elsewhere.

    Elsewhere each file is a place, with the lines that do it.
    """
    counts = {PRIVATE_PACKAGE: len(private_ways())}
    for path in python_files(demo=False):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if PRIVATE_GRADIO.search(line)]
        if lines and not _name(path).startswith(f"{PRIVATE_PACKAGE}/"):
            counts[_name(path)] = len(lines)
    return counts


def html_in_python() -> int:
    """Lines of strings that hold tags of HTML, docstrings aside. Templates are for it (omni_ui/core/templates/)."""
    count = 0
    for path in python_files(demo=False):
        source = path.read_text(encoding="utf-8")
        tree, lines = ast.parse(source), source.splitlines()
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr)]
        numbers = {
            number
            for node in strings
            if id(node) not in said and (isinstance(node, ast.JoinedStr) or isinstance(node.value, str))
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }
        count += sum(bool(HTML_TAG.search(lines[number - 1])) for number in numbers)
    return count


def script_globals() -> int:
    """Names that the page's scripts put on `window`, each once."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "omni_ui").rglob("*.js")]
    return len({name for text in texts for name in GLOBAL.findall(text)})


def important() -> int:
    """Times that a style sheet says `!important`."""
    return sum(path.read_text(encoding="utf-8").count("!important") for path in _own("*.css"))


def _own(names: str) -> list[Path]:
    """Files of ours; KaTeX and PhotoSwipe are not."""
    return [path for path in (ROOT / "omni_ui").rglob(names) if not VENDORED & set(path.parts)]


def type_errors() -> dict[str, int]:
    """Errors of mypy by room, with the rules of pyproject.toml: strict, and plain for the demo server.

    The first run takes a quarter of a minute, later ones three seconds.
    """
    ran = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    if ran.returncode not in (0, 1):
        raise RuntimeError(ran.stdout + ran.stderr)
    rooms = re.findall(r"^omni_ui/(\w+).*: error: ", ran.stdout, re.M)
    return {room: rooms.count(room) for room in sorted(set(rooms))}


def code_lines() -> int:
    """Lines of Python, scripts and styles of the app, without the demo server."""
    texts = [path.read_text(encoding="utf-8") for path in (*python_files(demo=False), *_own("*.js"), *_own("*.css"))]
    return sum(len(text.splitlines()) for text in texts)


MEASURES = {
    "folders with more than 15 files": large_folders,
    "files over 300 lines": long_files,
    "functions over 60 lines": long_functions,
    "errors of mypy": type_errors,
    "vague names": vague_names,
    "vague names of scripts": vague_names_of_scripts,
    "uses of Any": uses_of_any,
    "patches on components": component_patches,
    "private parts of Gradio": private_gradio,
    "globals of scripts": script_globals,
    "!important": important,
    "lines of HTML in Python": html_in_python,
}


def limits() -> dict[str, int | dict[str, int]]:
    """The table: a number, or numbers by file where each exception is listed."""
    table: dict[str, int | dict[str, int]] = json.loads(LIMITS.read_text(encoding="utf-8"))
    return table


def over(measured: int | dict[str, int], limit: int | dict[str, int]) -> list[str]:
    """What went beyond its limit, as sentences; empty when nothing did."""
    if isinstance(measured, int):
        return [] if isinstance(limit, int) and measured <= limit else [f"{measured}, and the limit is {limit}"]
    listed = limit if isinstance(limit, dict) else {}
    return [
        f"{name}: {number}, and the limit is {listed.get(name, 'not to be in the table at all')}"
        for name, number in measured.items()
        if number > listed.get(name, 0)
    ]


def lowered(measured: int | dict[str, int], limit: int | dict[str, int]) -> int | dict[str, int]:
    """The limit after what fell: never above the one before."""
    if isinstance(measured, int) and isinstance(limit, int):
        return min(measured, limit)
    if isinstance(measured, dict) and isinstance(limit, dict):
        return {name: min(number, limit[name]) for name, number in sorted(measured.items()) if name in limit}
    raise TypeError("a measure and its limit are of different kinds")


def main() -> None:
    """Prints the table; with --lower writes down what fell."""
    table = limits()
    for name, measure in MEASURES.items():
        measured = measure()
        total = measured if isinstance(measured, int) else f"{sum(measured.values())} in {len(measured)}"
        print(f"{name}: {total}")
        if isinstance(measured, dict):
            print("".join(f"    {where}: {number}\n" for where, number in measured.items()), end="")
        if "--lower" in sys.argv:
            table[name] = lowered(measured, table[name])
    print(f"lines of the app, without demo: {code_lines()}")
    if "--lower" in sys.argv:
        LIMITS.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
