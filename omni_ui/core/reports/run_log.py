"""One line of JSON for each run, on standard output, for whatever collects the logs."""

import json
import logging
import sys
from datetime import UTC, datetime

from omni_ui.core.reports.run_report import RunReport

log = logging.getLogger("omni_ui.runs")


class RunLog:
    """prompts: whether the words of each request stand in its line."""

    def __init__(self, prompts: bool = False) -> None:
        self.prompts = prompts
        if not log.handlers:
            handler = logging.StreamHandler(sys.stdout)
            handler.setFormatter(logging.Formatter("%(message)s"))
            log.addHandler(handler)
            log.setLevel(logging.INFO)
            log.propagate = False

    def begin(self, report: RunReport) -> None:
        """Does nothing: a run is logged when it ends."""

    def end(self, report: RunReport) -> None:
        log.info(line_of(report, self.prompts))


def line_of(report: RunReport, prompts: bool) -> str:
    """The line. What is empty is left out."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": "run",
        "request_id": report.request_id,
        "tab": report.tab,
        "server": report.server,
        "model": report.model,
        "status": report.status,
        "seconds": round(report.seconds, 3),
        "waited": round(report.waited, 3) or None,
        "calls": report.calls,
        "files": report.files or None,
        "bytes": report.bytes or None,
        "characters": report.characters or None,
        "error": report.error or None,
        "http_status": report.http_status,
        "prompt": report.prompt if prompts else None,
    }
    return json.dumps({name: value for name, value in line.items() if value is not None}, ensure_ascii=False)
