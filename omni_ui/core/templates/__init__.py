"""HTML from Jinja2 templates, which stand beside the Python that fills them in.

Values are escaped, unless they are HTML already, which their type says: `Markup`. What makes HTML returns `Markup`, so
that mypy notices plain text where HTML is wanted. A line or less needs no file: `Markup("<b>{}</b>").format(text)`.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from zlib import crc32

from jinja2 import BaseLoader, BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

PACKAGE = Path(__file__).parents[2]
NOTHING = Markup()
"""No HTML."""
LINE_BREAK = re.compile(r"(^|>)\s*\n\s*(?=<|$)")
"""Between two tags, or beside a place of the template."""
MARK = f"{sys.implementation.cache_tag}-{crc32(Path(__file__).read_bytes()):08x}"
"""In the names of compiled templates: they follow from this module too."""


class _LineBreaks(Extension):
    """Leaves out line breaks with their indentation beside tags, as JSX does: they are there for who reads it."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        return self._joined(stream)

    def _joined(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            is_html = token.type == "data"
            yield Token(token.lineno, token.type, LINE_BREAK.sub(r"\1", token.value)) if is_html else token


class _CompiledBeside(BytecodeCache):
    """Compiled templates in `__pycache__`, as Python keeps its modules: else each start compiles ten, in 27 ms."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja compares it with the template's text, and with the versions of Python and of itself."""
        with suppress(OSError), _compiled(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps nothing where the package cannot be written to."""
        path = _compiled(bucket)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            with unfinished.open("wb") as file:
                bucket.write_bytecode(file)
            unfinished.replace(path)


def _compiled(bucket: Bucket) -> Path:
    return Path(__file__).parent / "__pycache__" / f"{bucket.key}.{MARK}"


def make_environment(loader: BaseLoader) -> Environment:
    """How templates are read."""
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False, extensions=[_LineBreaks],
        bytecode_cache=None if sys.dont_write_bytecode else _CompiledBeside(),
    )  # fmt: skip


_ENVIRONMENT = make_environment(FileSystemLoader(PACKAGE))
_CODE = Environment(
    loader=FileSystemLoader(PACKAGE), autoescape=False, undefined=StrictUndefined, auto_reload=False,
    trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
)  # fmt: skip


@cache
def template_of(name: str) -> Template:
    """Compiled when it is first used."""
    return _ENVIRONMENT.get_template(name)


def render(name: str, /, **values: object) -> Markup:
    """A template filled in. name: its path in the package, such as "features/recipes/panel.html.jinja"."""
    return Markup(template_of(name).render(values))


def fragment(name: str, macro: str, /, **values: object) -> Markup:
    """One of the macros of a template that has several: parts of one thing, each a few lines."""
    return Markup(getattr(template_of(name).module, macro)(**values))


@cache
def _code_template(name: str) -> Template:
    return _CODE.get_template(name)


def render_code(name: str, /, **values: object) -> str:
    """A program for a visitor: nothing is escaped, so values come as the language writes them. name: as in `render`."""
    return _code_template(name).render(values)


@cache
def html_file(name: str) -> Markup:
    """HTML in which nothing changes. name: its path in the package, such as "features/talk/call.html"."""
    return Markup(LINE_BREAK.sub(r"\1", (PACKAGE / name).read_text(encoding="utf-8").strip()))
