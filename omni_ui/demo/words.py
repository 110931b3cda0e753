"""Reads a prompt: which scene, hour, weather, style and subjects it names, by whole words, the longest phrase first."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from omni_ui.demo.chinese import in_english

V = TypeVar("V")


def lexicon() -> dict[str, dict[str, str]]:
    """words.txt as {kind: {name: "phrase, phrase"}}."""
    entries: dict[str, dict[str, str]] = {}
    for row in Path(__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("["):
            entries[row.strip("[]")] = kind = {}
        elif row and not row.startswith("#"):
            name, phrases = row.split(": ")
            kind[name] = phrases
    return entries


LEXICON = lexicon()
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "pair": 2, "couple": 2, "three": 3, "trio": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "several": 4, "some": 3, "few": 3, "many": 7,
    "dozen": 12, "group": 5, "flock": 7, "school": 8, "herd": 5, "fleet": 5, "lots": 8, "hundreds": 12,
}  # fmt: skip
IRREGULAR = {
    "women": "woman", "men": "man", "people": "person", "wolves": "wolf", "leaves": "leaf", "mice": "mouse",
    "geese": "goose", "children": "child", "cacti": "cactus", "knives": "knife", "loaves": "loaf", "sheep": "sheep",
    "shelves": "shelf",
}  # fmt: skip
NOT = {"no", "without", "except"}
OLD = {"old", "elderly", "aged", "grandmother", "grandma", "granny", "grandfather", "grandpa"}
GREY_HAIR = "c9ccd2"


def singular(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(x|ch|sh|ss|zz)es$", word):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def tokens(text: str) -> list[str]:
    """Lower-case words in the singular; a comma, full stop or semicolon is a token of its own."""
    return [singular(word) for word in spelled(text)]


def spelled(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[&'][^\W_]+)*|[,.;:]", in_english(text).lower())


def phrases(entries: dict[str, str]) -> dict[tuple[str, ...], str]:
    """`{"sea": "sea, ocean"}` as `{("sea",): "sea", ("ocean",): "sea"}`."""
    return {tuple(tokens(phrase)): name for name, text in entries.items() for phrase in text.split(", ")}


def find(words: list[str], table: Mapping[tuple[str, ...], V]) -> Iterator[tuple[int, int, V]]:
    """Yields (place, length, value) of each phrase of `table` in `words`, the longest first at every place."""
    longest, place = max(map(len, table)), 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            value = table.get(tuple(words[place : place + length]))
            if value is not None:
                yield place, length, value
                place += length - 1
                break
        place += 1


TABLES = {kind: phrases(entries) for kind, entries in LEXICON.items()}
EVERY: dict[tuple[str, ...], list[tuple[str, str]]] = {}
for _kind, _table in TABLES.items():
    for _phrase, _name in _table.items():
        EVERY.setdefault(_phrase, []).append((_kind, _name))


@dataclass
class Subject:
    name: str
    count: int = 1
    colour: str | None = None
    rider: "Subject | None" = None


@dataclass
class Wish:
    """What a prompt asks for. The lists keep the order of the words; `key` is a number of its own for every prompt."""

    key: int = 0
    scene: list[str] = field(default_factory=list)
    hour: list[str] = field(default_factory=list)
    weather: list[str] = field(default_factory=list)
    feature: list[str] = field(default_factory=list)
    season: list[str] = field(default_factory=list)
    style: list[str] = field(default_factory=list)
    colour: list[str] = field(default_factory=list)
    subject: list[Subject] = field(default_factory=list)

    def has(self, *names) -> bool:
        return any(name in group for name in names for group in (self.scene, self.weather, self.feature, self.season))


def read(prompt: str, negative: str | None = None) -> Wish:
    """What `prompt` names, less what `negative`, or the prompt itself after "no" or "without", names."""
    words = tokens(prompt)
    wanted: list[tuple[str, str | Subject, int]] = []
    banned: set[tuple[str, str]] = set()
    plural = [said != word for said, word in zip(spelled(prompt), words, strict=True)]
    wish = Wish(int.from_bytes(hashlib.sha256(" ".join(words).encode()).digest()[:6]))
    for _, _, meanings in find(tokens(negative or ""), EVERY):
        banned.update(meanings)
    # The subject, where its words end, its entry: two nouns in a row are one thing, named by the second.
    last: tuple[Subject, int, tuple[str, str | Subject, int]] | None = None
    for place, length, meanings in find(words, EVERY):
        if any(word in NOT for word in words[max(0, place - 2) : place]):
            banned.update(meanings)
            continue
        for kind, name in meanings:
            if kind != "subject":
                wanted.append((kind, name, place))
                continue
            thing = Subject(name, *_described(words, place, last[1] if last else 0, length))
            if name in ("woman", "man") and OLD.intersection(words[max(0, place - 2) : place + length]):
                thing.colour = thing.colour or GREY_HAIR
            if last and last[1] == place:
                wanted.remove(last[2])
            elif last and "riding" in words[last[1] : place]:
                wanted.remove(last[2])
                thing.rider = last[0]
            entry: tuple[str, str | Subject, int] = (kind, thing, place)
            wanted.append(entry)
            last = (thing, place + length, entry)
            head = words.index("of", place, place + length) if "of" in words[place : place + length] else place + length
            if thing.count == 1 and (plural[head - 1] or name == "fish"):
                thing.count = 5 if name == "fish" else 3
    for kind, value, _ in wanted:
        name = value.name if isinstance(value, Subject) else value
        group = getattr(wish, kind)
        names = [item.name if isinstance(item, Subject) else item for item in group]
        if (kind, name) not in banned and name not in names:
            group.append(value)
    if "portrait" in wish.feature and not wish.subject and ("subject", "woman") not in banned:
        wish.subject.append(Subject("woman"))
    return wish


def _described(words, place, start, length) -> tuple[int, str | None]:
    """The count and the colour said in the few words before a subject, or by its own plural."""
    count, colour = 1, None
    for word in words[max(start, place - 4) : place]:
        if word in {",", ".", ";", "and", "with", "in", "on"}:
            count, colour = 1, None
        count = int(word) if word.isdigit() and 0 < int(word) < 13 else NUMBERS.get(word, count)
        colour = TABLES["colour"].get((word,), colour)
    return count, colour
