"""A call as it is reported to the page's operators: as a run of the tab Talk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from omni_ui.client.connection.call_labels import LABELS, CallLabels
from omni_ui.client.live import CallEnded
from omni_ui.core.reports.run_report import RunReport
from omni_ui.core.servers.backend import Backend


@contextmanager
def reported_call(backend: Backend, waited: float) -> Iterator[RunReport]:
    """A call that begins now, after so many seconds in line. What it sends to the server carries its id."""
    report = backend.reports.begin(RunReport("talk", backend.known_as, waited=waited))
    token = LABELS.set(CallLabels(report.request_id, report.headers, report.note_answer))
    began = time.monotonic()
    try:
        yield report
    finally:
        LABELS.reset(token)
        report.seconds = time.monotonic() - began
        backend.reports.end(report)


def note_end(report: RunReport, ended: CallEnded, error: BaseException | None = None) -> None:
    """Takes in how a call ended. error: why it could not be opened."""
    if error is not None:
        report.fail(error)
    elif ended.failed:
        report.status, report.error, report.from_server = "failed", "CallEnded", True
    else:
        report.status = "done"
