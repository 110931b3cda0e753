"""Long texts and scripts in pieces that a speech model speaks well: sentences, and turns of several speakers.

A piece that is a little long does no harm, a cut in the wrong place is heard. So in doubt nothing is cut.
"""

import re
from dataclasses import dataclass

from omni_ui.features.speech.script_text import read_script

MOST = 300
"""How long a piece may be. A letter counts 1; a sign that is a syllable or a word (Chinese, Japanese, Korean) 3."""

AFTER_SENTENCE, AFTER_TURN, AFTER_PARAGRAPH = 0.25, 0.4, 0.6
"""Seconds of silence between the pieces."""

NEAR = 40
"""Letters before and after an end mark that are looked at."""

DENSE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CLOSING = "(?:[\"'”’»›)\\]』」）》】]|[ \u00a0\u202f]»)*"  # French sets a space before »
_END = re.compile(
    rf"[.!?…]+{_CLOSING}(?=\s|$)"  # Latin, Cyrillic, Greek: only before a space
    rf"|[。！？｡…]+{_CLOSING}"  # Chinese and Japanese write no space
    rf"|[।॥؟۔።։]+{_CLOSING}(?=\s|$)"  # Hindi, Arabic, Urdu, Amharic, Armenian
)
_CLAUSE = re.compile(r"[,;:—–]+(?=\s)|[，、；：،؛]+")
_SHORT_FORMS = (
    "mr mrs ms mx dr prof st sr jr rev hon gen col capt lt sgt mt ft vs etc approx inc ltd co corp est cf "  # English
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "hr fr str bzw usw vgl evtl ggf inkl zzgl tel geb gest "  # German
    "mme mlle mm me env av sra srta dra ud uds avda sig dott avv ing "  # French, Spanish, Portuguese, Italian
    "г ул д рис им проф тов гг вв"  # Russian
)
_BEFORE_NUMBERS = "no nos nr vol fig eq ch sec art abs bd max min ca ex pág pag núm стр"
"""Short forms only before a number; else they are words that may end a sentence ("He said no.")."""


@dataclass(frozen=True)
class Piece:
    """One thing to speak. pause: seconds of silence after it. speaker: "" outside of scripts."""

    text: str
    speaker: str = ""
    pause: float = AFTER_SENTENCE


def sentences(text: str, most: int = MOST) -> list[Piece]:
    """The sentences of a text in order. Paragraphs are told by empty lines."""
    pieces: list[Piece] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        cut = [part for sentence in _split(_unwrap(paragraph)) for part in _shorten(sentence, most)]
        pieces += [Piece(part) for part in cut[:-1]]
        pieces += [Piece(part, pause=AFTER_PARAGRAPH) for part in cut[-1:]]
    return pieces


def complete(text: str, settled: bool = False) -> int:
    """How many letters of a text that is still being written can be spoken: up to the last certain end of a sentence.

    An end is certain when something follows it, since that may go on with the sentence ("Dr. Who", "3.5");
    settled: nothing was written for a moment, so an end mark at the end counts. A sentence that grows too long is cut.
    """
    end = 0
    for mark in _END.finditer(text):
        follows = text[mark.end() :].strip() or (settled or re.match(f"[{DENSE}。！？]", mark[0]))
        if follows and _is_end(text, mark):
            end = mark.end()
    for line in re.finditer(r"\n\s*(?=\S)", text):  # a line that goes on in small letters was only wrapped
        if "\n" in line[0].strip(" ")[1:] or not text[line.end()].islower():
            end = max(end, line.start())
    if weight(text[end:]) > 2 * MOST:
        cuts = [cut.end() for cut in re.finditer(rf"{_CLAUSE.pattern}|\s+", text[end:])]
        end += max((cut for cut in cuts if weight(text[end : end + cut]) <= MOST), default=MOST)
    return end


def script(text: str, most: int = MOST) -> list[Piece]:
    """The turns of a script (see `script_text`); lines without a name go on with the turn before.

    A turn is one piece unless it is too long. What stands before the first name has the speaker "".
    """
    pieces: list[Piece] = []
    for turn in read_script(text).turns:
        cut = _gather(_split(turn.text), most)
        pieces += [Piece(part, turn.speaker) for part in cut[:-1]]
        pause = AFTER_TURN if turn.pause is None else turn.pause
        pieces += [Piece(part, turn.speaker, pause) for part in cut[-1:]]
    return pieces


def not_spoken(text: str) -> list[str]:
    """What of a script is left out: stage directions, and lines about the scene."""
    return read_script(text).left_out


def speakers(text: str) -> list[str]:
    """The names in a script, in the order in which they first speak."""
    return list(dict.fromkeys(piece.speaker for piece in script(text) if piece.speaker))


def weight(text: str) -> int:
    """How long a text is to speak, see MOST."""
    return len(text) + 2 * len(re.findall(f"[{DENSE}]", text))


def _unwrap(paragraph: str) -> str:
    """Joins lines that were only wrapped: the next one goes on in small letters. Others end a sentence."""
    lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
    text = ""
    for line in lines:
        text += ("" if not text else " " if line[0].islower() else "\n") + line
    return text


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for line in text.splitlines():
        start = 0
        for end in _END.finditer(line):
            if _is_end(line, end):
                parts.append(line[start : end.end()].strip())
                start = end.end()
        parts.append(line[start:].strip())
    return _join_wordless([sentence for sentence in parts if sentence])


def _is_end(line: str, end: re.Match[str]) -> bool:
    # A look at the neighbourhood alone: the whole line each time would take half a minute for a long one.
    rest = line[end.end() : end.end() + NEAR].lstrip().lstrip("\"'“‘«„([¿¡—– ")
    if rest[:1].islower():
        return False  # "Really?" he said; e.g. this one
    if end[0] != ".":
        return True
    before = re.search(r"[\w.]+$", line[max(0, end.start() - NEAR) : end.start()])
    word = before[0] if before else ""
    if len(word) == 1 and word.isalpha() and not re.match(f"[{DENSE}]", word):
        return word == "I" or not rest  # initials: J. R. R. Tolkien
    if re.fullmatch(r"(\w\.)+\w", word):
        return not rest  # U.S. Army, z.B. Berlin
    if re.fullmatch(r"\d{1,2}", word):
        return not rest  # am 3. Mai, 1. Turn it on
    if rest[:1].isdigit() and word.lower() in _BEFORE_NUMBERS.split():
        return False
    return word.lower().strip(".") not in _SHORT_FORMS.split()


def _join_wordless(parts: list[str]) -> list[str]:
    """Signs alone ("…", "***") cannot be spoken: they go with what stands before them, or with what follows."""
    joined: list[str] = []
    for part in parts:
        if joined and not (_has_word(part) and _has_word(joined[-1])):
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return [part for part in joined if _has_word(part)]


def _has_word(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _shorten(sentence: str, most: int) -> list[str]:
    """The sentence in parts of at most `most`: cut between clauses, else between words, else anywhere."""
    if weight(sentence) <= most:
        return [sentence]
    clauses, start = [], 0
    for mark in _CLAUSE.finditer(sentence):
        clauses.append(sentence[start : mark.end()])
        start = mark.end()
    clauses.append(sentence[start:])
    words = [
        word for clause in clauses for word in ([clause] if weight(clause) <= most else re.findall(r"\S+\s*", clause))
    ]
    size = max(most // 3, 1)
    atoms: list[str] = []
    for word in words:
        step = size if weight(word) > most else max(len(word), 1)  # the last clause may be empty
        atoms += [word[at : at + step] for at in range(0, len(word), step)]
    return _pack(atoms, most)


def _gather(parts: list[str], most: int) -> list[str]:
    """As few pieces as hold these sentences."""
    return _pack([f"{part} " for part_text in parts for part in _shorten(part_text, most)], most)


def _pack(parts: list[str], most: int) -> list[str]:
    packed: list[str] = []
    for part in parts:
        if packed and weight(packed[-1] + part) <= most:
            packed[-1] += part
        else:
            packed.append(part)
    return [text.strip() for text in packed if text.strip()]
