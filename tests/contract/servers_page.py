"""The table of version by tab in docs/servers.md, made of the outcomes of contract runs.

python -m pytest -m real tests/contract --omni-version 0.24.0 --outcomes runs/0.24.0.json
python -m tests.contract.servers_page runs/*.json
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.contract.places import numbers
from tests.contract.table import CASES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "servers.md"
TABS = {
    "Chat": ("chat", "omni-image"),
    "Image": ("image", "layered"),
    "Edit": ("edit",),
    "Speech": ("tts", "tts-base"),
    "Sound": ("audio",),
    "Video": ("video",),
}
"""The modes of the real server that stand for a tab."""
SECTION = re.compile(r"(<!-- versions -->\n).*?(<!-- /versions -->)", re.DOTALL)


def outcomes_of(outcomes: dict[tuple[str, str, str], str], version: str, day: str) -> dict[str, Any]:
    """The outcomes on the real server as JSON: {"version", "date", "modes": {mode: {case: "ok" | "FAIL" | "skip"}}}."""
    modes: dict[str, dict[str, str]] = {}
    for (name, mode, kind), state in outcomes.items():
        if kind == "real":
            modes.setdefault(mode, {})[name] = state
    return {"version": version, "date": day, "modes": modes}


def table(runs: list[dict[str, Any]]) -> str:
    """Markdown: a line for each run, newest version first; in a cell how many client cases held of those that ran."""
    lines = [f"| vLLM-Omni | tried | {' | '.join(TABS)} |", "| --- | --- |" + " --- |" * len(TABS)]
    for run in sorted(runs, key=lambda run: numbers(run["version"]), reverse=True):
        cells = [_cell(run, modes) for modes in TABS.values()]
        lines.append(f"| {run['version']} | {run['date']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(run: dict[str, Any], modes: tuple[str, ...]) -> str:
    judging = {case.name for case in CASES if case.client}
    states = [state for mode in modes for name, state in run["modes"].get(mode, {}).items() if name in judging]
    if not states:
        return "not tried"
    good = states.count("ok")
    return f"all {good}" if good == len(states) else f"{good} of {len(states)}"


def main(paths: list[str]) -> None:
    runs = [json.loads(Path(path).read_text()) for path in paths]
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(SECTION.sub(lambda found: found[1] + table(runs) + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    from tests.contract import conftest  # noqa: F401  (it reads in the cases)

    main(sys.argv[1:])
