"""Which of Gradio's scripts and styles a page begins with.

Gradio's entry asks for its core when it runs, that one for the page, and this one for what each component needs: five
waves, each of which waits for the one before. All of it stands in lists that Vite, its bundler, wrote into the scripts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import gradio

FOLDER = Path(gradio.__file__).parent / "templates/frontend/assets"
ENTRY = re.compile(r'src="\./assets/(index-[\w-]+\.js)"')
FILES = re.compile(r"\(m\.f=\[([^\]]*)\]\)")
"""In a script of Vite's: the files that it may load, of which imports give the numbers."""
NUMBERS = r"`\)[^\[]{0,60}?__vite__mapDeps\(\[([\d,]*)\]\)"
"""What follows the name of a script that is imported."""
CORE, PAGE, PARTS = (re.compile(rf"`\./({name}-[\w-]+\.js)`") for name in ("core", "Index", "Blocks"))


@dataclass(frozen=True)
class Assets:
    """Names of scripts and style sheets. begin: for any page. drawn: for what is drawn, whose styles come later."""

    entry: str
    begin: tuple[str, ...]
    drawn: tuple[str, ...]

    def scripts(self) -> list[str]:
        return [name for name in (self.entry, *self.begin, *self.drawn) if name.endswith(".js")]


def needed(html: str, types: Iterable[str]) -> Assets:
    """ValueError when Gradio's scripts are written in another form.

    html: the page as Gradio writes it. types: of the components that are drawn.
    """
    entry = _name(ENTRY, html)
    source = _source(entry)
    core, page = _name(CORE, source), _name(PAGE, source)
    page_source, core_source = _source(page), _source(core)
    parts = _name(PARTS, page_source)
    begin = [core, page, *_loads(source, page), *_loads(source, core)]
    drawn = [parts, *_loads(page_source, parts)]
    for kind in types:
        drawn += _component(core_source, kind)
    gone = {entry, *begin}
    return Assets(
        entry,
        tuple(name for name in dict.fromkeys(begin) if name != entry),
        tuple(name for name in dict.fromkeys(drawn) if name not in gone),
    )


def _source(name: str) -> str:
    try:
        return (FOLDER / name).read_text(encoding="utf-8")
    except OSError as wrong:
        raise ValueError(f"no script {name}") from wrong


def _name(pattern: re.Pattern[str], source: str) -> str:
    match = pattern.search(source)
    if not match:
        raise ValueError(f"no {pattern.pattern}")
    return match[1]


def _component(source: str, kind: str) -> list[str]:
    """Nothing for a kind that Gradio has no script for."""
    script = r"component:\(\)=>\w+\(\(\)=>import\(`\./([\w-]+\.js)"
    match = re.search(rf"[{{,]{re.escape(kind)}:\{{[^}}]*?{script}{NUMBERS}", source)
    return [match[1], *_numbered(source, match[2])] if match else []


def _loads(source: str, name: str) -> list[str]:
    match = re.search(rf"import\(`\./{re.escape(name)}{NUMBERS}", source)
    if not match:
        raise ValueError(f"nobody loads {name}")
    return _numbered(source, match[1])


def _numbered(source: str, numbers: str) -> list[str]:
    files = _name(FILES, source).replace('"', "").split(",")
    try:
        return [files[int(number)].removeprefix("./") for number in numbers.split(",") if number]
    except IndexError as wrong:
        raise ValueError("a number without a file") from wrong
