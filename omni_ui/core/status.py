"""What a tab says about a run: one element, announced to screen readers, always at the same place."""

import secrets
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from omni_ui.client import Wait
from omni_ui.core.templates import NOTHING, fragment

TEMPLATE = "core/templates/status.html.jinja"


def empty(
    sentence: str,
    examples: Iterable[str] = (),
    target: str = "",
    cards: Markup = NOTHING,
    instead: Mapping[str, tuple[str, str]] | None = None,
) -> Markup:
    """Before the first run: what will appear here, and examples that a click runs.

    target: the elem_id of the field that an example fills in, such as "chat-text". cards: examples as HTML, in place of
    those. instead: by example what a model must answer with, and what stands there for one that does not.
    """
    listed, others = list(examples), instead or {}
    return fragment(TEMPLATE, "empty", sentence=sentence, examples=listed, target=target, cards=cards, instead=others)


def working(note: str = "Working", place: int = 0, wait: Wait | None = None, started: float = 0.0) -> Markup:
    """While it runs. The page's script counts the seconds, so this is sent only when the note changes.

    started: seconds since the run began when this is sent.
    """
    note = progress_text(note, place, wait)
    return fragment(TEMPLATE, "working", note=note, started=started)


def progress_text(note: str, place: int = 0, wait: Wait | None = None) -> str:
    """The progress of a run as a sentence; the reason for which it waits comes first."""
    if wait:
        return f"{wait.reason} Trying again in {wait.seconds:.0f} s"
    return f"{_nth(place)} in line" if place else note


def done(facts: list[tuple[str, str]], more: Markup = NOTHING) -> Markup:
    """A finished run: its facts in one line, such as ("seed", "42"). more: HTML that follows."""
    return fragment(TEMPLATE, "done", facts=facts, more=more)


def facts_of(
    seconds: float | None, seed: object, facts: list[tuple[str, str]], model: str | None, seed_name: str = "seed"
) -> list[tuple[str, str]]:
    """The facts of a result for `done`, in their order. seconds: that it took."""
    time = [("", f"{seconds:.1f} s")] if seconds is not None else []
    drawn = [(seed_name, str(seed))] if seed is not None else []
    return [*time, *drawn, *facts, *([("model", model)] if model else [])]


def seed_name(pictures: int) -> str:
    """What the seed of a result with so many pictures is called in its facts: one seed makes all of them."""
    return f"seed of all {pictures} pictures" if pictures > 1 else "seed"


Faults = list[tuple[str, str]]
"""Of several settings at fault each wire name, with its sentence."""


def failed(
    sentence: str, details: str = "", field: str = "", more: Markup = NOTHING, faults: Faults | None = None
) -> Markup:
    """A failed run: what happened and what to do; the server's own words folded away.

    field: the wire name of the setting at fault, which the page marks. more: HTML that follows, such as buttons.
    faults: where several are at fault.
    """
    if details.strip() in sentence:  # an empty text is in every other
        details = ""
    details = details if len(details) < 2000 else details[:2000] + " …"
    return fragment(
        TEMPLATE, "failed", sentence=sentence, details=details, field=field, more=more, faults=_several(faults)
    )


def unfilled(sentence: str, field: str, hello: Markup, faults: Faults | None = None) -> Markup:
    """A run that lacks what must be there, such as a prompt: said calmly, and the examples stay.

    hello: what stood there before the first run, from `empty`. faults: where several are at fault.
    """
    # Another mark each time: what is told once more after it was filled in and emptied again is a change of the page.
    several, mark = _several(faults), secrets.token_hex(4)
    return fragment(TEMPLATE, "unfilled", sentence=sentence, field=field, hello=hello, told=mark, faults=several)


def _several(faults: Faults | None) -> Faults | None:
    return faults if faults and len(faults) > 1 else None


def stopped(note: str = "Stopped. What you entered is still here.") -> Markup:
    return Markup('<div class="omni-status" data-state="stopped"><p>{}</p></div>').format(note)


def _nth(number: int) -> str:
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
