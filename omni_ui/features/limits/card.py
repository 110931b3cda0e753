"""The host's limits as a small card at the top of the page."""

import math

from markupsafe import Markup

from omni_ui.core.limits import HostLimits
from omni_ui.core.templates import NOTHING, render

LINES = {
    "size": "Size",
    "steps": "Inference steps",
    "n": "Results at once",
    "seconds": "Seconds of sound or video",
    "frames": "Frames of a video",
    "tokens": "Tokens of an answer",
    "text": "Characters of a text",
    "runs": "Runs a minute",
}
"""By the name of a limit: what the card calls it."""


def limits_card(limits: HostLimits) -> Markup:
    """HTML that folds out; empty where the host sets no limits."""
    if not limits.caps:
        return NOTHING
    rows = [(title, _written(name, limits.caps[name])) for name, title in LINES.items() if name in limits.caps]
    return render("features/limits/card.html.jinja", rows=rows)


def _written(name: str, most: float) -> str:
    if name != "size":
        return f"{most:,g}"
    side = math.isqrt(int(most))
    return f"{side}x{side}" if side * side == most else f"{most:,.0f} px"
