"""What is spoken of an answer in Markdown: its words without code and formulas, by sentences while it arrives."""

import re

from omni_ui.features.speech.pieces import complete, sentences

FENCE = "```"
FORMULA = r"\$(?=[^\s$])[^$\n]*[^\s$\n]\$(?!\d)|\\\(.*?\\\)|\\\[.*?(?:\\\]|\Z)|\$\$.*?(?:\$\$|\Z)"
SILENT = re.compile(rf"```.*?(?:```|\Z)|{FORMULA}", re.S)
"""What is not read: blocks of code and formulas, also those that are not closed yet."""
ADDRESS = re.compile(r"(?<=\])\([^)\n]*(?:\)|\Z)")
"""The address of a link: its dots end no sentence."""
MARKS = (
    (SILENT, " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^\s*(?:#{1,6}|>|[-*+]|\d+\.)\s+", re.M), ""),
    (re.compile(r"[*_`|~]+"), ""),
)
"""What of Markdown is not spoken: code, formulas, addresses, marks."""


def spoken_text(markdown: str) -> str:
    """The words of a Markdown text as they are read aloud."""
    for pattern, becomes in MARKS:
        markdown = pattern.sub(becomes, markdown)
    return markdown.strip()


def without_silent(markdown: str) -> str:
    """The text with spaces where code and formulas stand, so that every letter keeps its place."""
    return SILENT.sub(lambda part: re.sub(r"[^\n]", " ", part[0]), markdown)


class AnswerFeed:
    """Gives what is complete of an answer in Markdown, as sentences to speak. left_out: whether it skipped anything."""

    def __init__(self) -> None:
        self._rest = ""
        self._in_code = False
        self.left_out = False

    def take(self, text: str, done: bool = False) -> list[str]:
        """The sentences that the next piece of the answer completes. done: it was the last piece."""
        before = len(self._rest)
        self._rest += text
        if self._in_code:  # a long block is not gone through again for each of its words
            close = self._rest.find(FENCE, max(len(FENCE), before - 2))
            if close < 0 and not done:
                return []
            self._in_code, self._rest = False, f"\n\n{self._rest[close + 3 :]}" if close > 0 else ""
        plain = without_silent(self._rest)
        readable = ADDRESS.sub(lambda part: " " * len(part[0]), plain)
        end = len(plain) if done else complete(readable)
        opened = re.search(r"\[[^\]\n]*(?:\]\([^)\n]*)?\Z", plain[:end])  # half of a link
        end = opened.start() if opened and not done else end
        if self._rest.count(FENCE) % 2 and not done:
            end = max(end, self._rest.rindex(FENCE))  # what stands before a block is complete
            self._in_code = self.left_out = True
        self.left_out = self.left_out or bool(SILENT.search(self._rest[:end]))
        spoken, self._rest = plain[:end], self._rest[end:]
        return [piece.text for piece in sentences(spoken_text(spoken))]
