"""A video job as it is reported to the page's operators: as a run, when the job is over."""

from omni_ui.client import VideoRequest
from omni_ui.core.reports.reports import Reports
from omni_ui.core.reports.run_report import RunReport
from omni_ui.features.video.jobs.active_job import ActiveJob

STATUSES = {"done": "done", "failed": "failed", "cancelled": "stopped"}


def report_job(reports: Reports, job: ActiveJob) -> None:
    """Reports a finished job under the id of the run that asked for it."""
    record = job.record
    request = VideoRequest.model_construct(prompt=str(record.request.get("prompt", "")))
    report = RunReport.of(request, record.server, record.model)
    if job.labels:
        report.request_id, report.calls = job.labels.request_id, job.labels.calls
    report.status = STATUSES.get(record.state, record.state)
    report.waited = max(0.0, (record.started or record.created) - record.created)
    report.seconds = max(0.0, (record.ended or record.created) - record.created - report.waited)
    report.files, report.bytes = (1, record.bytes or 0) if record.file else (0, 0)
    if record.state == "failed":
        report.error, report.from_server = "JobFailed", True
    reports.end(report)
