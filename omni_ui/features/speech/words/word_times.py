"""When each word of a text is heard: from the server's aligner, else estimated from letters and pauses.

An estimate spreads the words over the real length of what was spoken; the page marks it as estimated.
"""

import re
from collections.abc import Sequence

from omni_ui.client.live import Word
from omni_ui.features.speech.pieces import DENSE, Piece, sentences, weight
from omni_ui.features.speech.words.subtitles import Cue

WORD = re.compile(rf"(?:[{DENSE}][^\w\s]*|[^\s{DENSE}]+)\s*")
"""A word with its punctuation and the space after it; a sign of Chinese, Japanese or Korean is one."""
PAUSES = {",": 4, ";": 4, ":": 4, "，": 4, "、": 4, "；": 4, "：": 4, "—": 4, ".": 8, "!": 8, "?": 8, "…": 8, "。": 8,
          "！": 8, "？": 8}  # fmt: skip
"""How long the voice rests after a mark, in letters."""


def words_of(text: str) -> list[str]:
    """The words of a text as they are shown; joined they are the text, with single spaces."""
    return [re.sub(r"\s+$", " ", word) for word in WORD.findall(text.strip())]


def estimated(text: str, start: float, end: float) -> tuple[Word, ...]:
    """The words of a text between two times in seconds, by their letters and the pauses after their marks."""
    pieces = words_of(text)
    lengths = [weight(word.strip()) + 1 for word in pieces]
    rests = [PAUSES.get(word.strip()[-1:], 0) for word in pieces]
    rests[-1:] = [0] if pieces else []
    total = (sum(lengths) + sum(rests)) or 1
    words, passed = [], 0
    for word, length, rest in zip(pieces, lengths, rests, strict=True):
        times = [start + (end - start) * share / total for share in (passed, passed + length)]
        words.append(Word(word, *times))
        passed += length + rest
    return tuple(words)


def aligned(text: str, heard: Sequence[Word], start: float) -> tuple[Word, ...]:
    """The words of a text with the times that an aligner gave, counted from `start`.

    The aligner drops punctuation and may cut words; where its words are not those of the text they stand as they are.
    """
    words, position, last = [], 0, 0.0
    for word in words_of(text):
        wanted, spoken, begin = _plain(word), "", None
        while position < len(heard) and spoken != wanted and wanted.startswith(spoken + _plain(heard[position].text)):
            spoken += _plain(heard[position].text)
            begin = heard[position].start if begin is None else begin
            last = heard[position].end
            position += 1
        if spoken != wanted:
            return tuple(Word(f"{other.text} ", start + other.start, start + other.end) for other in heard)
        words.append(Word(word, start + (last if begin is None else begin), start + last))
    return tuple(words)


def _plain(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


def cue(text: str, start: float, end: float, heard: Sequence[Word] = (), speaker: str = "") -> Cue:
    """What is said from `start` to `end`, word by word. heard: what an aligner says of it."""
    words = aligned(text, heard, start) if heard else estimated(text, start, end)
    return Cue(start, end, text, speaker, words, not heard)


def spread_words(text: str, seconds: float) -> list[Cue]:
    """The sentences of a text that was spoken in one piece, by their share of its length."""
    pieces = sentences(text) or [Piece(text)]
    shares = [weight(piece.text) + 8 for piece in pieces]
    cues, at = [], 0.0
    for piece, share in zip(pieces, shares, strict=True):
        end = at + seconds * share / sum(shares)
        cues.append(cue(piece.text, at, end))
        at = end
    return cues


def timed(cues: Sequence[Cue]) -> list[Cue]:
    """Cues that were read from a file, those without words with estimated ones."""
    return [c if c.words else cue(c.text, c.start, c.end, speaker=c.speaker) for c in cues]


def shown_words(cues: Sequence[Cue]) -> dict[str, object]:
    """The value of a `words_field`: for each cue its speaker and its words as [text, start, end]."""
    rows = [
        {"speaker": c.speaker, "words": [[w.text, round(w.start, 3), round(w.end, 3)] for w in c.words]} for c in cues
    ]
    return {"estimated": any(c.estimated for c in cues), "cues": rows}
