"""What a tab says about a run: one element, announced to screen readers, always at the same place."""

from collections.abc import Iterable
from html import escape

from omni_ui.client import Wait

EMPTY, WORKING, DONE, FAILED, STOPPED = "empty", "working", "done", "failed", "stopped"


def _box(state: str, body: str, attributes: str = "") -> str:
    return f'<div class="omni-status" data-state="{state}"{attributes}>{body}</div>'


def empty(sentence: str, examples: Iterable[str] = (), target: str = "", cards: str = "") -> str:
    """Before the first run: what will appear here, and examples that a click runs.

    target: the elem_id of the field that an example fills in, such as "chat-text". cards: examples as HTML, in place of
    those.
    """
    marks = f'data-target="{escape(target)}" data-run="{escape(target.partition("-")[0])}"'
    buttons = "".join(
        f'<button type="button" class="omni-example" {marks}>{escape(example)}</button>' for example in examples
    )
    tries = f'<p class="omni-quiet">Try one of these:</p><div class="omni-examples">{buttons}</div>' if buttons else ""
    return _box(EMPTY, f"<p>{escape(sentence)}</p>{tries}{cards}")


def working(note: str = "Working", place: int = 0, wait: Wait | None = None, started: float = 0.0) -> str:
    """While it runs. The page's script counts the seconds, so this is sent only when the note changes.

    started: seconds since the run began when this is sent.
    """
    note = told(note, place, wait)
    clock = f'<span class="omni-clock" data-since="{started:.2f}">{started:.1f} s</span>'
    return _box(WORKING, f"<p><span class='omni-note'>{escape(note)}</span> {clock}</p>")


def told(note: str, place: int = 0, wait: Wait | None = None) -> str:
    """What a run does, in words: why it waits comes before everything else."""
    if wait:
        return f"{wait.reason} Trying again in {wait.seconds:.0f} s"
    return f"{_nth(place)} in line" if place else note


def done(facts: list[tuple[str, str]], more: str = "") -> str:
    """A finished run: its facts in one line, such as ("seed", "42"). more: HTML that follows."""
    line = "".join(
        f'<span class="omni-fact"><span class="omni-quiet">{escape(name)}</span> '
        f'<b data-fact="{escape(name.partition(" of ")[0])}">{escape(value)}</b></span>'
        for name, value in facts
    )
    return _box(DONE, f'<p class="omni-facts">{line}</p>{more}')


def facts_of(
    seconds: float | None, seed: object, facts: list[tuple[str, str]], model: str | None, seed_name: str = "seed"
) -> list[tuple[str, str]]:
    """The facts of a result for `done`, in their order. seconds: that it took."""
    time = [("", f"{seconds:.1f} s")] if seconds is not None else []
    drawn = [(seed_name, str(seed))] if seed is not None else []
    return [*time, *drawn, *facts, *([("model", model)] if model else [])]


def failed(sentence: str, details: str = "", field: str = "") -> str:
    """A failed run: what happened and what to do; the server's own words folded away.

    field: the wire name of the setting at fault, which the page marks.
    """
    folded = ""
    if details and details.strip() not in sentence:
        words = escape(details if len(details) < 2000 else details[:2000] + " …")
        folded = f"<details><summary>Server message</summary><pre>{words}</pre></details>"
    return _box(FAILED, f'<p class="omni-error">{escape(sentence)}</p>{folded}', _at(field))


def unfilled(sentence: str, field: str, hello: str) -> str:
    """A run that lacks what must be there, such as a prompt: said calmly, and the examples stay.

    hello: what stood there before the first run, from `empty`.
    """
    return _box(FAILED, f'<p class="omni-missing">{escape(sentence)}</p>{hello}', _at(field, calm=True))


def _at(field: str, calm: bool = False) -> str:
    """Attributes that name the setting at fault. calm: it only has to be filled in."""
    named = f' data-field="{escape(field)}"' if field else ""
    return named + ' data-calm="yes"' if calm else named


def stopped(note: str = "Stopped. What you entered is still here.") -> str:
    return _box(STOPPED, f"<p>{escape(note)}</p>")


def _nth(number: int) -> str:
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
