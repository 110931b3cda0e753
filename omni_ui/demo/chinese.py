"""Chinese prompts in the words that the demo knows (chinese.txt). What stands of it in no line is left out."""

import re
from pathlib import Path


def _table() -> dict[str, str]:
    rows = Path(__file__).with_name("chinese.txt").read_text(encoding="utf-8").splitlines()
    pairs = (row.split(": ", 1) for row in rows if row and not row.startswith("#"))
    return dict(pairs)


ENGLISH = _table()
KNOWN = re.compile("|".join(sorted(map(re.escape, ENGLISH), key=len, reverse=True)))
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
MARKS = str.maketrans("，、。；：？！", ",,.;:?!")


def in_english(text: str) -> str:
    """The text with its Chinese in English words; as it is when there is none."""
    if not CHINESE.search(text):
        return text
    words = CHINESE.sub(lambda run: f" {' '.join(ENGLISH[word] for word in KNOWN.findall(run[0]))} ", text)
    return " ".join(words.translate(MARKS).split())
