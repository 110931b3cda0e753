"""The host's limits as a small card at the top of the page."""

import math
from html import escape

from omni_ui.core.limits import HostLimits

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


def limits_card(limits: HostLimits) -> str:
    """HTML that folds out; empty where the host sets no limits."""
    if not limits.caps:
        return ""
    rows = "".join(
        f"<dt>{escape(title)}</dt><dd>{_written(name, limits.caps[name])}</dd>"
        for name, title in LINES.items()
        if name in limits.caps
    )
    return (
        '<details class="omni-limits" id="omni-limits"><summary><span>Limits of this page</span></summary>'
        f"<dl>{rows}</dl></details>"
    )


def _written(name: str, most: float) -> str:
    if name != "size":
        return f"{most:,g}"
    side = math.isqrt(int(most))
    return f"{side}x{side}" if side * side == most else f"{most:,.0f} px"
