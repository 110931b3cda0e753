"""Python with websockets: a video that is read while it is made, and changed meanwhile. See `live_video.py.jinja`."""

from omni_ui.core.templates import render_code
from omni_ui.features.snippets import literals
from omni_ui.features.snippets.plan import Plan
from omni_ui.features.snippets.python_httpx import address, literal

LARGEST = 16 * 2**20
"""Bytes of a frame, as the server's own limit (WIRE.md 14)."""


def write(plan: Plan) -> str:
    return render_code(
        "features/snippets/live_video.py.jinja",
        reads_files=bool(plan.refs),
        base=address(plan),
        path=plan.call.path,
        start=literal(plan, plan.json, 0),
        later=literals.python([[second, message] for second, message in plan.call.later], _no_file),
        largest=LARGEST,
        stem=plan.stem,
        suffix=plan.suffix,
        rate=f"{plan.json.get('fps') or 24:g}",
    )


def _no_file(ref: object) -> str:
    raise TypeError("A change of a video holds no file.")
