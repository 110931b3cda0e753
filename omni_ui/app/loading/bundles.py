"""Our modules put together, so that a page asks for one script instead of forty.

A bundle is the text of a module that the page, or another module, loads by its name, with all that it imports. Each
module becomes a function that runs once and puts what it exports under its path in `omni.modules`. A bundle that comes
later holds only what the entry does not have, and what two of them share is run once, by the first that comes.
"""

import re
from collections.abc import Callable, Iterable
from posixpath import dirname, join, normpath, relpath

IMPORT = re.compile(r"""^import\s+(?:(\{[^}]*\}|\w+)\s+from\s+)?["'](\.[^"']+)["'];""", re.M)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:const|class|function))", re.M)
NAMED = re.compile(r"^export\s+(?:async\s+)?(?:const|class|function\*?)\s+(?:(\w+)|\{([^}]*)\})", re.M)
LIST = re.compile(r"^export\s*\{([^}]*)\};", re.M)
OTHER_EXPORT = re.compile(r"^export\b", re.M)
LOADED = re.compile(r"""\bimport\(["'](\.[^"']+)["']\)""")
"""An import when the need arises: what it names is the root of a bundle of its own."""
AS = re.compile(r"\s+as\s+")
OWN_ADDRESS = "import.meta.url"
FOREIGN = ".min.js"
"""Ends the names of modules of others, which are loaded as they are."""
REGISTRY = "const bundled = (omni.modules ??= {});\n"
Read = Callable[[str], str]
"""From the path of a module to its source."""


class Bundles:
    """All bundles of a set of modules. ValueError when a module is written in a way that cannot be put together."""

    def __init__(self, entry: str, names: Iterable[str], read: Read) -> None:
        self._read = read
        self._names = set(names)
        self.entry = entry
        self.roots = {entry} | {path for name in self._names for path in _paths(name, LOADED, read(name))}
        self._begun = set(self._with_imports(entry))

    def text(self, root: str) -> str:
        """The bundle of a root; any other module as it is (a worklet has no page around it)."""
        if root not in self.roots or root.endswith(FOREIGN):
            return self._read(root)
        names = [name for name in self._with_imports(root) if root == self.entry or name not in self._begun]
        foreign = "".join(self._foreign_imports(root, name) for name in names)
        exports = ", ".join(_exported(root, self._read(root)))
        end = f'export const {{ {exports} }} = bundled["{root}"];\n' if exports else ""
        return foreign + REGISTRY + "".join(self._scoped(root, name) for name in names) + end

    def inline(self, root: str) -> str:
        """A module with all that it needs, as a script that stands in the page's HTML and runs there at once."""
        return (
            "{\nwindow.omni ??= {};\n"
            + REGISTRY
            + "".join(self._scoped(root, name) for name in self._with_imports(root))
            + "}\n"
        )

    def _with_imports(self, root: str) -> list[str]:
        """A module and all that it needs, each after what it imports itself."""
        order: list[str] = []

        def add(name: str, way: tuple[str, ...]) -> None:
            if name in way:
                raise ValueError(f"modules import in a circle: {' '.join((*way, name))}")
            if name not in order and not name.endswith(FOREIGN):
                for path in _paths(name, IMPORT, self._read(name), group=2):
                    add(path, (*way, name))
                order.append(name)

        add(root, ())
        return order

    def _foreign_imports(self, root: str, name: str) -> str:
        imports = IMPORT.findall(self._read(name))
        paths = [(names, normpath(join(dirname(name), path))) for names, path in imports]
        return "".join(
            f'import {names} from "{_relative(root, path)}";\n' for names, path in paths if path.endswith(FOREIGN)
        )

    def _scoped(self, root: str, name: str) -> str:
        """The module as a function of its own; addresses are relative to the bundle."""
        source = self._read(name)
        exports = _exported(name, source)

        def bound(match: re.Match[str]) -> str:
            names, path = match[1], normpath(join(dirname(name), match[2]))
            if not names or path.endswith(FOREIGN):
                return ""
            return f'const {AS.sub(": ", names)} = bundled["{path}"];'

        def moved(match: re.Match[str]) -> str:
            return f'import("{_relative(root, normpath(join(dirname(name), match[1])))}")'

        body = LOADED.sub(moved, LIST.sub("", EXPORT.sub("", IMPORT.sub(bound, source))))
        body = body.replace(OWN_ADDRESS, f'new URL("{_relative(root, name)}", import.meta.url)')
        return f'bundled["{name}"] ??= (() => {{\n{body}\nreturn {{ {", ".join(exports)} }};\n}})();\n'


def _exported(name: str, source: str) -> list[str]:
    """The names that a module exports. ValueError for an export of another form."""
    match = NAMED.findall(source)
    lists = LIST.findall(source)
    if len(match) + len(lists) != len(OTHER_EXPORT.findall(source)):
        raise ValueError(f"{name} exports in a way that bundles do not know")
    texts = [single or several for single, several in match] + lists
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _paths(name: str, pattern: re.Pattern[str], source: str, group: int = 1) -> list[str]:
    return [normpath(join(dirname(name), match[group])) for match in pattern.finditer(source)]


def _relative(root: str, path: str) -> str:
    address = relpath(path, dirname(root) or ".")
    return address if address.startswith(".") else f"./{address}"
