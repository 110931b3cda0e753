"""Every text that the page may show, found by reading the sources: what a catalogue must and may hold."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
GAP = "\0"
"""A changing part of a text while it is collected; at the end it is {1}, {2}, …"""

APART = (
    "cli/",  # speaks on the terminal
    "demo/",  # a server of its own, that answers as vLLM-Omni does
    "features/snippets/",  # code
    "settings.py",  # speaks on the terminal, as the next does
    "settings_files.py",
    "settings_servers.py",
    "store/migrations/",
    "store/postgres.py",
    "store/schema.py",
    "store/history.py",
    "store/ignored.py",
    "store/jobs.py",
    "store/records.py",
    "store/sqlite_search.py",
    "store/timings.py",
    "store/unfinished.py",
    "store/usage.py",
    "features/history/export.",  # a file to take home, in English
    "features/operating/move_records.py",  # speaks on the terminal
    "features/recipes/words.py",  # the words of A1111's format
)
"""Modules whose texts do not reach the page."""
SHOWN = ("demo/about.py", "features/snippets/traps.py")
"""And those among them whose texts do."""


VENDORED = ("katex", "photoswipe")


def sources() -> Iterator[Path]:
    """The modules and scripts whose texts reach the page. Of the demo server only what it says of its settings does."""
    for path in sorted((ROOT / "omni_ui").rglob("*.py")):
        place = path.relative_to(ROOT / "omni_ui").as_posix()
        if place in SHOWN or (not place.startswith(APART) and place not in APART):
            yield path
    yield from sorted(
        path for path in (ROOT / "omni_ui").rglob("*.js") if path.parent.name not in ("katex", "photoswipe")
    )
    yield from sorted((ROOT / "omni_ui" / "client").rglob("*.toml"))
    for path in sorted([*(ROOT / "omni_ui").rglob("*.html"), *(ROOT / "omni_ui").rglob("*.html.jinja")]):
        if not path.relative_to(ROOT / "omni_ui").as_posix().startswith(APART):
            yield path


def texts(path: Path) -> set[str]:
    """All strings of one file, as keys: f-strings with {1}, {2} …, markup taken apart."""
    source = path.read_text(encoding="utf-8")
    found = READERS[path.suffix](source)
    return {key for one in found for text in (one, *_markup(one)) if (key := as_key(text))}


def as_key(text: str) -> str:
    """The text with numbered gaps and single spaces; "" when it has no letters besides the gaps."""
    text = " ".join(text.split())
    if not re.search(r"[A-Za-z]", text):
        return ""
    parts = text.split(GAP)
    return parts[0] + "".join(f"{{{n}}}{part}" for n, part in enumerate(parts[1:], 1))


def _python(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    skip = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):  # docstrings, also those of attributes
            skip |= {id(one.value) for one in body if isinstance(one, ast.Expr)}
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "re.")):
            skip |= {id(one) for arg in node.args for one in ast.walk(arg)}
        if isinstance(node, ast.JoinedStr | ast.BinOp) and id(node) not in skip and (whole := _joined(node)):
            skip |= {id(one) for one in ast.walk(node) if isinstance(one, ast.Constant) and _part_of(one, node)}
            yield whole
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            yield from _with_gaps(node.value)
            if "=>" in node.value or "const " in node.value:
                yield from _script(node.value)


def _table(source: str) -> Iterator[str]:
    """All strings of a table in TOML (answers/known_errors.toml)."""
    for row in tomllib.loads(source)["replies"]:
        for value in row.values():
            if isinstance(value, str):
                yield from _with_gaps(value)


def _with_gaps(text: str) -> Iterator[str]:
    """A text as it stands, and with gaps where str.format fills it."""
    yield text
    if re.search(r"\{\d\}|\{\{", text):
        yield re.sub(r"\{\d\}", GAP, text).replace("{{", "{").replace("}}", "}")


def _part_of(constant: ast.Constant, whole: ast.expr) -> bool:
    """Whether the constant is a piece of the text itself, and not of an expression in one of its gaps."""
    if isinstance(whole, ast.JoinedStr):
        return constant in whole.values
    return isinstance(whole, ast.BinOp) and any(
        constant is s or _part_of(constant, s) for s in (whole.left, whole.right)
    )


def _joined(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else GAP for one in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [
            s.value if isinstance(s, ast.Constant) and isinstance(s.value, str) else _joined(s)
            for s in (node.left, node.right)
        ]
        return "".join(side or GAP for side in sides) if any(sides) else ""
    return ""


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=[(,=:!&|?{};\n])\s*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*|`|\$\{|[{}]|\s+|.""",
    re.S,
)


def _script(source: str) -> Iterator[str]:
    """Strings and templates of a script; pieces joined with + are one text."""
    at = 0

    def piece(opened: str) -> tuple[list[str], str]:
        """Texts from here to the end of a block; templates within templates too."""
        nonlocal at
        found: list[str] = []
        run = ""  # the pieces joined so far
        joined = True
        while at < len(source):
            match = TOKEN.match(source, at)
            token = match.group()
            at = match.end()
            if token == "}" and opened == "${":
                break
            if token == "{":
                inner, _ = piece("${")
                found += inner
                run and found.append(run)
                run, joined = "", False
            elif token == "`":
                text, more = template()
                found += more
                if not joined and run:
                    found.append(run)
                    run = ""
                run, joined = run + text, False
            elif token[0] in "\"'" and len(token) > 1:
                if not joined and run:
                    found.append(run)
                    run = ""
                run, joined = run + ast.literal_eval(token.replace("\n", "")), False
            elif token == "+" and run:
                joined = True
            elif token.isspace() or token.startswith(("//", "/*")):
                continue
            else:
                if run:
                    found.append(run)
                run, joined = "", False
        if run:
            found.append(run)
        return found, ""

    def template() -> tuple[str, list[str]]:
        nonlocal at
        text, found = "", []
        while at < len(source) and source[at] != "`":
            if source.startswith("${", at):
                at += 2
                inner, _ = piece("${")
                found += inner
                text += GAP
            elif source[at] == "\\":
                text += {"n": "\n"}.get(source[at + 1], source[at + 1])
                at += 2
            else:
                text += source[at]
                at += 1
        at += 1
        return text, found

    yield from piece("")[0]


PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
"""Of a Jinja template: an expression, a statement, a comment."""


def _template(source: str) -> Iterator[str]:
    """The HTML of a template as one text, with gaps for its expressions; and the strings in these."""
    html, rest = "", 0
    for place in PLACE.finditer(source):
        html += source[rest : place.start()]
        rest = place.end()
        if place[0].startswith("{{"):
            html += GAP
        elif html.rfind("<") <= html.rfind(">"):
            html += "<!---->"  # what stands before and after it is not one text
        if not place[0].startswith("{#"):
            yield from (double or single for double, single in re.findall(r"\"([^\"]*)\"|'([^']*)'", place[0]))
    yield html + source[rest:]


class _Fragments(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if name in ("title", "placeholder", "aria-label", "alt") and value
        ]


def _markup(text: str) -> Iterable[str]:
    if not re.search(r"</?[a-z]", text):
        return []
    parser = _Fragments()
    parser.feed(text)
    return parser.found


READERS: dict[str, Callable[[str], Iterator[str]]] = {
    ".py": _python, ".toml": _table, ".js": _script, ".html": _template, ".jinja": _template
}  # fmt: skip


def words(path: Path) -> set[str]:
    """The texts of one file that surely are for a person, also those of a single word: what markup shows, and what
    begins with a capital letter in a script."""
    source = path.read_text(encoding="utf-8")
    script = path.suffix == ".js"
    if path.suffix == ".toml":
        return set()
    found = {as_key(part) for one in READERS[path.suffix](source) for part in _markup(one)}
    found = {key for key in found if re.search("[A-Za-z]{2}", key) and not re.search(r"[<>$=/]|\{\D|\{0\}", key)}
    return found | {key for key in texts(path) if script and re.fullmatch(r"[A-Z][a-z]+[.:!?…]?( \{1\}.?)?", key)}


def is_sentence(key: str) -> bool:
    """Whether a text is surely meant for a person: it begins like a sentence and has words."""
    words = re.sub(r"\{\d+\}", "", key)
    return (
        bool(re.match(r"([A-Z0-9“{][^\s]*|\{1\}) ", key))
        and len(re.findall(r"\b[a-z]{2,}", words)) > 1
        and not re.search(r"[<>=]|\.\*|\.\{\d|\(\?|\\[a-z]|\{0\}", key)
    )


def fitting(key: str) -> re.Pattern[str]:
    """What a text made from this key looks like."""
    return re.compile(".*?".join(re.escape(part) for part in re.split(r"\{\d+\}", key)), re.S)
