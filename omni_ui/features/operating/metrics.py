"""Counts of the page in Prometheus' form. Imported only when the host sets OMNI_METRICS_TOKEN."""

import hmac
from collections.abc import Iterator

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from omni_ui.core.backends import Backends
from omni_ui.core.reports.run_report import RunReport
from omni_ui.features.operating.counted import Counted

BUCKETS = (0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640, 1280)
"""Seconds: from a word to a long video."""


class Metrics:
    """An observer of runs that counts them. `registry` belongs to this app alone."""

    def __init__(self, gauges: Collector) -> None:
        self.registry = CollectorRegistry()
        self.runs = Counter("omni_runs", "Runs that ended.", ["tab", "status"], registry=self.registry)
        self.seconds = Histogram(
            "omni_run_seconds", "Seconds that finished runs took, without the queue.", ["tab"],
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.waited = Histogram(
            "omni_run_wait_seconds", "Seconds in the queue.", ["tab"], buckets=BUCKETS, registry=self.registry
        )
        self.errors = Counter(
            "omni_upstream_errors", "Runs that failed at a server or on the way to it.", ["tab", "error"],
            registry=self.registry,
        )  # fmt: skip
        self.bytes = Counter(
            "omni_result_bytes", "Bytes of the files that runs produced.", ["tab"], registry=self.registry
        )
        self.registry.register(gauges)
        ProcessCollector(registry=self.registry)

    def begin(self, report: RunReport) -> None:
        """A run counts when it is over; those under way are gauges."""

    def end(self, report: RunReport) -> None:
        self.runs.labels(report.tab, report.status).inc()
        self.waited.labels(report.tab).observe(report.waited)
        if report.status == "done":
            self.seconds.labels(report.tab).observe(report.seconds)
            self.bytes.labels(report.tab).inc(report.bytes)
        if report.from_server:
            self.errors.labels(report.tab, report.error).inc()


class Gauges(Collector):
    """What is so at the moment, read when it is asked for.

    sessions: how many pages are open. jobs: video jobs that are followed.
    """

    def __init__(self, backends: Backends, sessions: Counted, jobs: Counted) -> None:
        self._backends, self._sessions, self._jobs = backends, sessions, jobs

    def collect(self) -> Iterator[Metric]:
        running = GaugeMetricFamily("omni_runs_running", "Runs in progress.", labels=["server"])
        waiting = GaugeMetricFamily("omni_runs_waiting", "Runs in the queue.", labels=["server"])
        up = GaugeMetricFamily("omni_server_up", "1 if the server was healthy at the last check.", labels=["server"])
        for backend in self._backends.all():
            running.add_metric([backend.known_as], backend.gate.running)
            waiting.add_metric([backend.known_as], backend.gate.waiting)
            up.add_metric([backend.known_as], backend.is_well)
        yield from (running, waiting, up)
        yield GaugeMetricFamily("omni_sessions_open", "Open pages.", self._sessions.open_count)
        yield GaugeMetricFamily("omni_video_jobs_open", "Video jobs being followed.", self._jobs.open_count)


def metrics_routes(metrics: Metrics, token: str) -> APIRouter:
    router = APIRouter()
    wanted = f"Bearer {token}".encode()

    @router.get("/metrics")
    async def read(request: Request) -> Response:
        """Counts since the start of the app, for callers with the token."""
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted):
            raise HTTPException(401, "Send the token: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics.registry), media_type=kind, headers={"Cache-Control": "no-store"})

    return router
