"""The bar that shows where the time of a run went, and its legend. Used below results, in Compare and in Grid."""

from markupsafe import Markup

from omni_ui.core.files import Json
from omni_ui.core.servers.waiting import Part, Waiting, in_memory
from omni_ui.core.templates import NOTHING, render

NAMES = {
    "line": "in this page's queue",
    "network": "network",
    "queue": "in the server's queue",
    "together": "stages, side by side",
    "answer": "answer and network (not separable)",
    "server": "server (no details)",
    "page": "this page",
}
UNTOLD = "The server does not report how long its stages took."
QUEUE_UNTOLD = "The server does not report how long this waited in its queue."


def waits_view(waiting: Waiting | None, prefix: str = "") -> Markup:
    """HTML of the bar with its legend; "" where nothing is known. prefix: a name before it, such as "A"."""
    shares = _rounded(waiting) if waiting else []
    if not waiting or not shares:
        return NOTHING
    unknown = UNTOLD if not waiting.reported else QUEUE_UNTOLD if not waiting.queue_reported else ""
    return render(
        "features/waits/view.html.jinja",
        shares=shares,
        whole=sum(seconds for _, seconds in shares),
        prefix=prefix,
        names=NAMES,
        stages=", ".join(f"{name} {seconds:.2f} s" for name, seconds in waiting.within),
        unknown=unknown,
    )


def waits_row(waiting: Json | None) -> dict[str, str]:
    """The same as a row of a table: seconds by heading, and the server's own names of its stages."""
    kept = Waiting.from_dict(waiting) if waiting else None
    row = {(part.name or NAMES[part.kind]): f"{seconds:.2f} s" for part, seconds in (_rounded(kept) if kept else [])}
    return row | ({"peak memory": in_memory(kept.peak_mb)} if kept and kept.peak_mb else {})


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
