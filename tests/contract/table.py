"""The table of cases, and the table of their outcomes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.contract.places import MODES, numbers
from tests.contract.scene import Scene

Run = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    name: str
    part: str
    modes: tuple[str, ...]
    run: Run
    last: bool
    since: str
    client: bool

    def holds_on(self, version: str) -> bool:
        """Whether what it says is so on this version of vLLM-Omni, such as 0.24.0."""
        return numbers(version) >= numbers(self.since)


CASES: list[Case] = []


def case(*modes: str, last: bool = False, since: str = "0.20", client: bool = False) -> Callable[[Run], Run]:
    """Adds a case to the table: the function, its name, and the modes that it runs in.

    last: it ends the server, so it runs after all others of its mode.
    since: the first version of vLLM-Omni on which it holds (0.20 is the oldest that was tried).
    client: it judges our client, and not the wire alone; these run on the older versions too.
    """
    unknown = set(modes) - set(MODES)
    if unknown or not modes:
        raise ValueError(f"unknown modes: {unknown}")

    def add(run: Run) -> Run:
        part = run.__module__.rpartition(".")[2].removeprefix("cases_")
        CASES.append(Case(run.__name__, part, modes, run, last, since, client))
        return run

    return add


def draw(outcomes: dict[tuple[str, str, str], str]) -> list[str]:
    """Lines of the table. outcomes: (case, mode, kind) to "ok", "FAIL" or "skip"; in a cell demo stands before real."""
    modes = [mode for mode in MODES if any(mode == one[1] for one in outcomes)]
    cases = [one for one in CASES if any(one.name == key[0] for key in outcomes)]
    if not cases:
        return []
    width = max(len(one.name) for one in cases)
    marks = {"ok": "+", "FAIL": "X", "skip": "s", "": " "}
    head = f"{'case':{width}}  " + " ".join(f"{mode:>9}" for mode in modes)
    lines = ["contract (each cell: demo, real; + as agreed, X not, s skipped)", head]
    for one in sorted(cases, key=lambda c: c.part):
        cells = [
            (marks[outcomes.get((one.name, m, "demo"), "")] + " " + marks[outcomes.get((one.name, m, "real"), "")])
            for m in modes
        ]
        lines.append(f"{one.name:{width}}  " + " ".join(f"{cell:>9}" for cell in cells))
    for kind in ("demo", "real"):
        of_kind = [state for key, state in outcomes.items() if key[2] == kind]
        good, bad = of_kind.count("ok"), of_kind.count("FAIL")
        lines.append(f"{kind}: {good} as agreed, {bad} not, {of_kind.count('skip')} skipped")
    return lines


def main() -> int:
    """Runs the suite and prints its table: `python -m tests.contract.table [pytest options]`."""
    import sys
    from pathlib import Path

    import pytest

    return int(pytest.main([str(Path(__file__).parent), *sys.argv[1:]]))


if __name__ == "__main__":
    raise SystemExit(main())
