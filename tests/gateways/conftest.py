"""The servers behind the gateways, and the table of outcomes: `--write-servers` puts it into docs/servers.md."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from omni_ui.client.connection import retries
from omni_ui.demo import DemoServer
from tests.gateways.tabs import TABS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "servers.md"
BEGIN, END = "<!-- gateways -->", "<!-- /gateways -->"
OUTCOMES = pytest.StashKey[dict[str, dict[str, str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-servers", action="store_true", help="write the table of gateways into docs/servers.md")


@pytest.fixture(autouse=True)
def _own_budget() -> None:
    retries._budgets.clear()


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """A vLLM-Omni server with a model for each tab."""
    with DemoServer(latency=0.0, stub=True) as server:
        yield server.url


@pytest.fixture
def note(request: pytest.FixtureRequest):
    """Notes the outcome of a tab behind a gateway for the table."""

    def _note(gateway: str, tab: str, outcome: str) -> None:
        request.config.stash.setdefault(OUTCOMES, {}).setdefault(gateway, {})[tab] = outcome

    return _note


def table(outcomes: dict[str, dict[str, str]]) -> str:
    """Markdown: a row for each gateway, a column for each tab; the sentences that people read below it."""
    rows = ["| in front of the server | " + " | ".join(TABS) + " |", "| --- " * (len(TABS) + 1) + "|"]
    notes: list[str] = []
    for gateway, tabs in outcomes.items():
        cells = []
        for tab in TABS:
            outcome = tabs.get(tab, "not run")
            if outcome not in ("works", "not run"):
                notes += [outcome] if outcome not in notes else []
                outcome = f"[{notes.index(outcome) + 1}]"
            cells.append(outcome)
        rows.append(f"| {gateway} | " + " | ".join(cells) + " |")
    told = [f"{number}. {sentence}" for number, sentence in enumerate(notes, 1)]
    day = f"Made by `pytest tests/gateways --write-servers` on {date.today().isoformat()}."
    return "\n".join([*rows, "", "What a person reads:", "", *told, "", day])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    outcomes = config.stash.get(OUTCOMES, {})
    if not outcomes:
        return
    text = table(outcomes)
    for line in text.splitlines():
        terminalreporter.write_line(line)
    if config.getoption("--write-servers"):
        before, _, rest = DOCS.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        DOCS.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
