"""Runs the table: a parameter for each case on each server, one server at a time; the table of outcomes at the end."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from tests.contract.places import MODES, NEWEST, REAL, Place, Zygote, demo_place, real_place
from tests.contract.scene import Scene
from tests.contract.servers_page import outcomes_of
from tests.contract.table import CASES, Case, draw

for _part in (
    "server",
    "pictures",
    "edits",
    "speech",
    "speech_stream",
    "sound",
    "videos",
    "video_streams",
    "chat",
    "diffusion_chat",
    "fields",
    "listening",
    "versions",
    "talk",
):
    import_module(f"tests.contract.cases_{_part}")

OUTCOMES = pytest.StashKey[dict[tuple[str, str, str], str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--omni-version", default=NEWEST, help="The vLLM-Omni version of the real server, such as 0.24.0.")
    parser.addoption("--outcomes", help="A file for the outcomes on the real server, as JSON (servers_page.py).")
    parser.addoption("--all-cases", action="store_true", help="Also those that are said not to hold on that version.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "contract_case" not in metafunc.fixturenames:
        return
    rows = []
    version, everything = metafunc.config.getoption("--omni-version"), metafunc.config.getoption("--all-cases")
    for kind in ("demo", "real"):
        for mode in MODES:
            mine = [one for one in CASES if mode in one.modes]
            if kind == "real" and version != NEWEST and not everything:
                mine = [one for one in mine if one.client and one.holds_on(version)]
            if kind == "real" and version != NEWEST and MODES[mode].newest_only:
                mine = []
            mine.sort(key=lambda one: one.last)
            for one in mine:
                # The timeout holds for a case; the start of the real server is allowed 110 s of its own.
                marks = [pytest.mark.real, pytest.mark.timeout(180)] if kind == "real" else []
                rows.append(pytest.param((kind, mode), one, marks=marks, id=f"{kind}-{mode}-{one.name}"))
    metafunc.parametrize(("where", "contract_case"), rows)


class Servers:
    """Keeps one server running: the cases come in the order of their servers, so each is started once."""

    def __init__(self, folders: pytest.TempPathFactory, version: str):
        self.folders, self.stack, self.version = folders, ExitStack(), version
        self.running: Place | None = None
        self.zygote: Zygote | None = None

    def at(self, kind: str, mode: str) -> Place:
        if self.running is None or (self.running.kind, self.running.mode) != (kind, mode):
            self.stop()
            self.running = self.stack.enter_context(demo_place(mode) if kind == "demo" else self._real(mode))
        return self.running

    def _real(self, mode: str) -> AbstractContextManager[Place]:
        self.zygote = self.zygote or Zygote(self.version, self.folders.mktemp("zygote"))
        return real_place(mode, self.folders.mktemp(f"real-{mode}"), self.zygote)

    def stop(self) -> None:
        self.running = None
        self.stack.close()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Servers]:
    kept = Servers(tmp_path_factory, pytestconfig.getoption("--omni-version"))
    yield kept
    kept.stop()
    if kept.zygote:
        kept.zygote.stop()


@pytest.fixture
def place(where: tuple[str, str], servers: Servers) -> Place:
    if where[0] == "real" and not REAL.is_dir():
        pytest.skip("../shared/real-server is not there")
    return servers.at(*where)


@pytest.fixture
async def scene(place: Place, tmp_path) -> AsyncIterator[Scene]:
    async with httpx.AsyncClient(base_url=place.url, verify=False) as http:
        await http.post("/_stub/config", json={"clear": True, "fail_rate": 0, "revive": True})
    made = Scene(place, tmp_path)
    yield made
    await made.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    spec = getattr(item, "callspec", None)
    found = spec.params.get("contract_case") if spec else None
    if isinstance(found, Case) and (report.when == "call" or report.outcome != "passed"):
        kind, mode = spec.params["where"]
        state = {"passed": "ok", "skipped": "skip"}.get(report.outcome, "FAIL")
        item.config.stash.setdefault(OUTCOMES, {})[found.name, mode, kind] = state
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    outcomes = config.stash.get(OUTCOMES, {})
    for line in draw(outcomes):
        terminalreporter.write_line(line)
    if path := config.getoption("--outcomes"):
        version = config.getoption("--omni-version")
        Path(path).write_text(json.dumps(outcomes_of(outcomes, version, date.today().isoformat()), indent=1))
