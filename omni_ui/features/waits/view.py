"""The bar that shows where the time of a run went, and its legend. Used below results, in Compare and in Grid."""

from html import escape

from omni_ui.core.files import Json
from omni_ui.core.servers.waiting import Part, Waiting, in_memory

NAMES = {
    "line": "in this page's queue",
    "network": "network",
    "queue": "in the server's queue",
    "together": "stages, side by side",
    "answer": "answer and network, not told apart",
    "server": "server, not told further",
    "page": "this page",
}
UNTOLD = "The server does not say what its stages took."
QUEUE_UNTOLD = "The server does not say how long it let this wait."


def waits_view(waiting: Waiting | None, prefix: str = "") -> str:
    """HTML of the bar with its legend; "" where nothing is known. prefix: a name before it, such as "A"."""
    shares = _rounded(waiting) if waiting else []
    if not waiting or not shares:
        return ""
    whole = sum(seconds for _, seconds in shares)
    bar = "".join(
        f'<i data-kind="{part.kind}" data-turn="{turn % 4}" style="flex-grow: {seconds * 100:.0f}"></i>'
        for turn, (part, seconds) in enumerate(shares)
    )
    legend = "".join(
        f'<li><i data-kind="{part.kind}" data-turn="{turn % 4}" aria-hidden="true"></i>{_name(part)} '
        f"<b>{seconds:.2f} s</b></li>"
        for turn, (part, seconds) in enumerate(shares)
    )
    before = f"<b>{escape(prefix)}</b> " if prefix else ""
    return (
        f'<details class="omni-waits">'
        f'<summary><span class="omni-waits-bar" aria-hidden="true">{bar}</span>'
        f'<span class="omni-waits-title">{before}<span>Where the time went</span></span></summary>'
        f'<ul class="omni-waits-legend">{legend}<li class="omni-waits-sum"><span>in all</span> '
        f"<b>{whole:.2f} s</b></li></ul>{_notes(waiting)}</details>"
    )


def waits_row(waiting: Json | None) -> dict[str, str]:
    """The same as a row of a table: seconds by heading, and the server's own names of its stages."""
    kept = Waiting.from_dict(waiting) if waiting else None
    row = {(part.name or NAMES[part.kind]): f"{seconds:.2f} s" for part, seconds in (_rounded(kept) if kept else [])}
    return row | ({"peak memory": in_memory(kept.peak_mb)} if kept and kept.peak_mb else {})


def _name(part: Part) -> str:
    return f'<span translate="no">{escape(part.name)}</span>' if part.name else f"<span>{NAMES[part.kind]}</span>"


def _notes(waiting: Waiting) -> str:
    notes = []
    if waiting.within:
        stages = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in waiting.within)
        notes.append(f'<span>By the server\'s own clock:</span> <span translate="no">{escape(stages)}</span>')
    if not waiting.reported:
        notes.append(f"<span>{UNTOLD}</span>")
    elif not waiting.queue_reported:
        notes.append(f"<span>{QUEUE_UNTOLD}</span>")
    return "".join(f'<p class="omni-quiet">{note}</p>' for note in notes)


def _rounded(waiting: Waiting) -> list[tuple[Part, float]]:
    """The parts in hundredths of a second that add up to the whole, rounded; parts of nothing are left out."""
    exact = [part.seconds * 100 for part in waiting.parts if part.kind == "stage" or part.kind in NAMES]
    parts = [part for part in waiting.parts if part.kind == "stage" or part.kind in NAMES]
    floors = [int(hundredths) for hundredths in exact]
    missing = round(sum(exact)) - sum(floors)
    by_rest = sorted(range(len(exact)), key=lambda place: floors[place] - exact[place])
    for place in by_rest[: max(0, missing)]:
        floors[place] += 1
    return [(part, hundredths / 100) for part, hundredths in zip(parts, floors, strict=True) if hundredths]
