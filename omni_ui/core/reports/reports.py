"""Reports each run to the page's operators, and ends all runs when the app shuts down."""

from typing import Protocol

from omni_ui.core.reports.run_report import RunReport


class RunObserver(Protocol):
    """Called for each run on the event loop, so it must not block."""

    def begin(self, report: RunReport) -> None:
        """A run begins; `report.headers` may be added to."""

    def end(self, report: RunReport) -> None:
        """A run is over, however it ended."""


class Reports:
    """ending: the app is told to stop, so every run ends at its next look, at most half a second later."""

    def __init__(self) -> None:
        self.observers: list[RunObserver] = []
        self.active: dict[str, RunReport] = {}
        """Runs in line and under way, by their ids."""
        self.ending = False

    def begin(self, report: RunReport) -> RunReport:
        self.active[report.request_id] = report
        for observer in self.observers:
            observer.begin(report)
        return report

    def end(self, report: RunReport, announce: bool = True) -> None:
        """announce: whether observers are told; somebody else tells them of a job that goes on."""
        self.active.pop(report.request_id, None)
        if announce:
            for observer in self.observers:
                observer.end(report)

    def end_all(self) -> None:
        """Cancels all runs, and each new one."""
        self.ending = True
