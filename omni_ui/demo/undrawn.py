"""What a prompt names that the painter does not know: it draws some hundred things, and says what it left out."""

import re

from omni_ui.demo.words import EVERY, NUMBERS, find, singular, spelled


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENDS = word_set(
    "with without in on at of and or under over near by beside behind between from into through against above below "
    "to for is are was wearing holding riding playing standing sitting walking flying that who while during across "
    ", . ; :"
)
"""Words and marks before which a noun phrase ends; the noun is its last word."""
NO_THING = word_set(
    "a an the some this that its his her their my your it he she they i you we one front back side left right top "
    "bottom middle centre center light lights background foreground photo photograph picture image render rendering "
    "style quality detail details colour color colours colors view scene shot art illustration angle lens focus depth "
    "exposure composition mood atmosphere texture resolution 4k 8k hd camera look way time day kind of very calm deep "
    "soft small large big little long short high low beautiful realistic detailed bright dark warm cold old young new "
    "logo design made wearing holding day all each other out up down away air ground distance something anything "
    "word words white black"
)
"""What ends a phrase without naming a thing to draw."""
MOST = 6
ACTION = re.compile(r"(ing|ed|ly)$")


def undrawn(prompt: str) -> list[str]:
    """The nouns of the prompt that are not drawn, in their order, at most six. A word is taken for a noun when a
    phrase ends with it."""
    spellings = spelled(prompt)
    words = [singular(word) for word in spellings]
    covered: set[int] = set()
    for place, length, _ in find(words, EVERY):
        covered.update(range(place, place + length))
    left_out: list[str] = []
    for place, word in enumerate(words):
        ends = place + 1 == len(words) or words[place + 1] in ENDS
        plain = word.isalpha() and word not in NO_THING and word not in ENDS and word not in NUMBERS
        if (
            ends
            and plain
            and place not in covered
            and not ACTION.search(word)
            and spellings[place][:40] not in left_out
        ):
            left_out.append(spellings[place][:40])
    return left_out[:MOST]
