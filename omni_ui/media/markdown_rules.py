"""What models write beyond CommonMark: mathematics, emphasis beside Chinese, Japanese and Korean letters.

Mathematics stands in the HTML as it was written, marked for KaTeX, so that it can be read without it too.
"""

import re
import unicodedata
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

LONGEST_FORMULA = 5000
"""Characters; what is longer stays text."""
INLINE = {"\\(": "\\)", "\\[": "\\]", "$$": "$$", "$": "$"}
BLOCK = {"\\[": "\\]", "$$": "$$"}
SIGNS = re.compile(r"[\\^_={}<>+*/|≤≥∈∑∫√→]")


def add_rules(reader: MarkdownIt) -> None:
    """Teaches a reader mathematics and emphasis that is friendly to letters without spaces between words."""
    reader.inline.ruler.before("escape", "math", _inline_math)
    reader.block.ruler.before("fence", "math", _block_math, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    inline = _FriendlyInline()
    inline.ruler, inline.ruler2 = reader.inline.ruler, reader.inline.ruler2
    reader.inline = inline


def math_html(token: Token) -> str:
    """The formula with its delimiters, marked; KaTeX draws it in the browser."""
    display = token.meta["display"]
    opening, closing = ("\\[", "\\]") if display else ("\\(", "\\)")
    mark = ' data-display="true"' if display else ""
    return f'<span class="omni-math"{mark}>{escape(opening + token.content + closing)}</span>'


def render_math(
    renderer: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:  # the signature of markdown-it
    html = math_html(tokens[idx])
    return f"<p>{html}</p>\n" if tokens[idx].type == "math_block" else html


def _inline_math(state: StateInline, silent: bool) -> bool:
    opening = next((mark for mark in INLINE if state.src.startswith(mark, state.pos)), None)
    if opening is None:
        return False
    begin = state.pos + len(opening)
    closing = INLINE[opening]
    end = state.src.find(closing, begin, min(state.posMax, begin + LONGEST_FORMULA))
    if end < 0 or not state.src[begin:end].strip():
        return False
    content = state.src[begin:end]
    if opening == "$" and not _is_math(content, state.src[end + 1 : end + 2]):
        return False
    if not silent:
        token = state.push("math_inline", "span", 0)
        token.content = content
        token.meta = {"display": opening in BLOCK}
    state.pos = end + len(closing)
    return True


def _is_math(content: str, after: str) -> bool:
    """Whether the text between two dollars is a formula and no amount: `$5 and then $10` is none."""
    if content != content.strip() or after.isdigit() or "\n\n" in content:
        return False
    if SIGNS.search(content):
        return not re.match(r"\d[\d.,]*\s+[A-Za-z]{2,}\s", content)
    return bool(re.fullmatch(r"-?[A-Za-zα-ωΑ-Ω]{1,2}'*|-?\d[\d.,]*[A-Za-z]?|[A-Za-z]\([A-Za-z0-9, ]{1,12}\)", content))


def _block_math(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    begin = state.bMarks[first] + state.tShift[first]
    opening = state.src[begin : begin + 2]
    if opening not in BLOCK or state.is_code_block(first):
        return False
    closing = BLOCK[opening]
    limit = min(state.eMarks[last - 1], begin + LONGEST_FORMULA)
    end = state.src.find(closing, begin + 2, limit)
    inside = state.src[begin + 2 : max(end, begin)]
    line = first + inside.count("\n")
    if end < 0 or not inside.strip() or re.search(r"\n[ \t>]*\n", inside) or line >= last:
        return False
    if state.src[end + 2 : state.eMarks[line]].strip():
        return False
    if silent:
        return True
    state.line = line + 1
    token = state.push("math_block", "span", 0)
    written = state.getLines(first, state.line, state.blkIndent, False)
    token.content = written.partition(opening)[2].rpartition(closing)[0]
    token.map, token.meta = [first, state.line], {"display": True}
    return True


class _FriendlyState(StateInline):
    """Emphasis marks may stand between punctuation and a letter of a script that writes no spaces.

    The rule is that of the "CJK friendly" amendment to CommonMark's flanking runs (section 6.2).
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        position, marker = start, self.src[start]
        before = self.src[start - 1] if start > 0 else " "
        while position < self.posMax and self.src[position] == marker:
            position += 1
        after = self.src[position] if position < self.posMax else " "
        scanned = super().scanDelims(start, canSplitWord)
        if marker != "*" or not (_is_wide(before) or _is_wide(after)):
            return scanned
        left = not isWhiteSpace(ord(after)) and (not _is_sign(after) or _is_wide(before) or _is_wide(after))
        right = not isWhiteSpace(ord(before)) and (not _is_sign(before) or _is_wide(after) or _is_wide(before))
        return Scanned(left or scanned.can_open, right or scanned.can_close, scanned.length)


class _FriendlyInline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _FriendlyState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _is_sign(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _is_wide(char: str) -> bool:
    """A letter or sign of Chinese, Japanese or Korean, and quotes as Chinese sets them."""
    return unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—" or "\u1100" <= char <= "\u11ff"
