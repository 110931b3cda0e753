"""Markdown that a model wrote, as HTML that is safe to show: no raw HTML, no remote pictures, only plain links."""

import time
from collections.abc import Sequence
from html import escape
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from omni_ui.media.markdown_rules import add_rules, render_math

SCHEMES = ("http://", "https://", "mailto:")
REST = 4.0
"""Rendering a growing answer may take this part of the time at most: one share of work, four of rest."""


class _Renderer(RendererHTML):
    """What differs from the ordinary HTML of Markdown."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<a href="{escape(str(tokens[idx].attrs["href"]))}" target="_blank" rel="noopener noreferrer nofollow">'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A link: to load a picture from elsewhere would tell its host who reads this."""
        token = tokens[idx]
        name = self.renderInlineAsText(token.children or [], options, env) or "picture"
        source = escape(str(token.attrs["src"]))
        return f'<a href="{source}" target="_blank" rel="noopener noreferrer nofollow">{escape(name)} (picture)</a>'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<h{_level(tokens[idx])}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"</h{_level(tokens[idx])}>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        language = tokens[idx].info.split(maxsplit=1)[0] if tokens[idx].info.strip() else ""
        return (
            f'<div class="omni-fence"><div class="omni-fence-head"><span>{escape(language)}</span>'
            '<button type="button" data-act="copy-code">Copy</button></div>'
            f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre></div>\n'
        )

    code_block = fence
    math_inline = math_block = render_math

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A number and no link: the names of places would clash with those of other answers."""
        return f"<sup>[{int(tokens[idx].meta['id']) + 1}]</sup>"

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return ""

    def footnote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<li>"

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="omni-table" tabindex="0"><table>'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"


def _level(token: Token) -> int:
    """An answer's headings stand below those of the page."""
    return min(6, int(token.tag[1]) + 2)


def _reader(footnotes: bool) -> MarkdownIt:
    options = {"html": False, "breaks": True, "linkify": True}
    reader = MarkdownIt("commonmark", options, renderer_cls=_Renderer).enable(["table", "strikethrough", "linkify"])
    reader.validateLink = lambda url: url.strip().lower().startswith(SCHEMES)  # type: ignore[method-assign]
    if reader.linkify:
        reader.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    tasklists_plugin(reader)
    if footnotes:
        footnote_plugin(reader)
        renderer = cast(_Renderer, reader.renderer)
        for name in ("footnote_ref", "footnote_anchor", "footnote_open"):
            renderer.rules[name] = getattr(renderer, name)  # the plugin puts its own in their place
    add_rules(reader)
    return reader


READER = _reader(footnotes=False)
WHOLE = _reader(footnotes=True)
"""Footnotes stand at the end of a text, so they wait for it."""


def render(text: str) -> Markup:
    """HTML of a whole text."""
    return Markup(WHOLE.render(text))


class GrowingMarkdown:
    """A text that is still being written, as HTML blocks of which only the last one changes.

    A block of Markdown is finished when another one has begun after it, so only the last is rendered again. (What a
    later line would change in an earlier block, such as a link's address given at the end, waits for `render`.)
    """

    def __init__(self) -> None:
        self._done: list[str] = []
        self._rest = ""
        self._last = ""
        self._env: EnvType = {}
        self._again_at = 0.0

    def add(self, text: str) -> None:
        self._rest += text.replace("\r", "")

    def blocks(self) -> list[str]:
        """The HTML so far. A block that takes long to render is left as it was for a moment."""
        began = time.monotonic()
        if began >= self._again_at:
            self._read()
            self._again_at = time.monotonic() + REST * (time.monotonic() - began)
        return [*self._done, self._last] if self._last else list(self._done)

    def _read(self) -> None:
        tokens = READER.parse(self._rest, self._env)
        last = max((i for i, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0), default=0)
        if last and (place := tokens[last].map):
            self._done.append(READER.renderer.render(tokens[:last], READER.options, self._env))
            self._rest = "\n".join(self._rest.split("\n")[place[0] :])
            tokens = tokens[last:]
        self._last = READER.renderer.render(tokens, READER.options, self._env)
