"""What was measured, as a table for people and as JSON for programs."""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

PACKAGES = ("gradio", "httpx", "starlette", "uvicorn", "playwright")
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
WAYS = ("direct", "bare", "plain", "ours")
SLACK = 1.5
"""How much worse than its aim a figure may be in CI."""
OF_TIME = (" ms", " s", " %")
"""The units of figures that a slow machine makes worse."""


@dataclass(frozen=True)
class Check:
    """A figure and its aim. at_least: True when more is better. held: CI fails when it is missed by far."""

    words: str
    value: float
    aim: float
    at_least: bool = False
    unit: str = ""
    held: bool = True

    @property
    def worse(self) -> float:
        """How many times worse than the aim; 1 or less is met."""
        if self.at_least:
            return self.aim / self.value if self.value > 0 else float("inf")
        return self.value / self.aim

    @property
    def met(self) -> bool:
        return self.worse <= 1

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        return f"{self.words} {self.value:.3g}{self.unit} ({bound} {self.aim:g}{self.unit}): {_verdict(self.met)}"


def _verdict(met: bool) -> str:
    return "met" if met else "**missed**"


@dataclass
class Row:
    """One measurement. Samples by way ("direct", "bare", "plain", "ours"), all in `unit`, taken in turns in one run."""

    what: str
    unit: str
    samples: dict[str, list[float]]
    checks: list[Check] = field(default_factory=list)
    note: str = ""

    def median(self, way: str) -> float:
        return statistics.median(self.samples[way])

    @property
    def ratio(self) -> float:
        """How many times more the plain way takes than ours."""
        return self.median("plain") / self.median("ours")

    def shown(self, way: str) -> str:
        """Median, and smallest to largest."""
        found = self.samples.get(way)
        if not found:
            return "-"
        return f"{statistics.median(found):.3g} ({min(found):.3g} to {max(found):.3g})"


def machine() -> dict[str, Any]:
    chromium = subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 2),
        "processor": platform.machine(),
        "python": sys.version.split()[0],
        "chromium": chromium.split()[1] if chromium else "",
        **{name: version(name) for name in PACKAGES},
    }


def markdown(rows: Sequence[Row], about: dict[str, Any]) -> str:
    lines = [
        "| what | unit | direct | a bare page | plain Gradio | Omni UI | plain / ours | aims |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        ratio = f"{row.ratio:.1f}" if row.samples.get("plain") and row.samples.get("ours") else "-"
        aims = "; ".join(str(one) for one in row.checks) + (f" {row.note}" if row.note else "")
        cells = [
            row.what,
            row.unit,
            *(row.shown(way) for way in ("direct", "bare", "plain", "ours")),
            ratio,
            aims.strip(),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    told = ", ".join(f"{name} {value}" for name, value in about.items())
    return "\n".join([*lines, "", f"Median (smallest to largest). {told}.", ""])


def into(text: str, table: str) -> str:
    """A page of Markdown with the table in its place. ValueError when it has none."""
    before, found, rest = text.partition(BEGIN)
    if not found or END not in rest:
        raise ValueError("no place for the table")
    return f"{before}{BEGIN}\n{table.strip()}\n{rest[rest.index(END) :]}"


def as_json(rows: Sequence[Row], about: dict[str, Any]) -> str:
    told = [
        {
            "what": row.what,
            "unit": row.unit,
            "samples": row.samples,
            "note": row.note,
            "checks": [{"words": c.words, "value": c.value, "aim": c.aim, "met": c.met} for c in row.checks],
        }
        for row in rows
    ]
    return json.dumps({"machine": about, "rows": told}, indent=1)


def too_slow(rows: Sequence[Row], slowness: float = 1.0) -> list[str]:
    """The figures that are worse than their aims by half.

    slowness: how many times longer than usual this machine takes for the same work (tests/pace.py). Times may be so
    much worse; ratios of one run and sizes may not.
    """
    return [
        f"{row.what}: {check}"
        for row in rows
        for check in row.checks
        if check.held and check.worse > SLACK * (slowness if check.unit in OF_TIME else 1)
    ]
