"""A trace of each run for OpenTelemetry, when the standard variables ask for one and its packages are there.

Without those variables nothing of it is imported.
"""

import logging
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from omni_ui.core.reports.run_report import RunReport

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

log = logging.getLogger(__name__)
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
EXPORTER, DISABLED = "OTEL_TRACES_EXPORTER", "OTEL_SDK_DISABLED"
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
HTTP = "http/protobuf"
FLUSH = 1.5
"""Seconds that the last traces get at the end of the app."""


class Tracing:
    """An observer of runs: a span for each, whose context goes to the server as `traceparent`."""

    def __init__(self, exporter: "SpanExporter") -> None:
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        name = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "omni-ui"}
        # Its own hook at the exit of the process may wait for half a minute; `close` does not.
        self._provider: TracerProvider = TracerProvider(resource=Resource.create(name), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("omni_ui")
        self._propagator = TraceContextTextMapPropagator()
        self._spans: dict[str, Span] = {}

    def begin(self, report: RunReport) -> None:
        from opentelemetry.trace import SpanKind, set_span_in_context

        span = self._tracer.start_span(f"run {report.tab}", kind=SpanKind.CLIENT)
        self._spans[report.request_id] = span
        self._propagator.inject(report.headers, set_span_in_context(span))

    def end(self, report: RunReport) -> None:
        from opentelemetry.trace import Status, StatusCode

        span = self._spans.pop(report.request_id, None)
        if span is None:  # a job that went on from before the app began
            return
        values: dict[str, str | int | float | None] = {
            "omni.tab": report.tab,
            "omni.status": report.status,
            "omni.request_id": report.request_id,
            "omni.waited_seconds": round(report.waited, 3),
            "omni.result_bytes": report.bytes,
            "server.address": report.server,
            "gen_ai.request.model": report.model,
            "error.type": report.error or None,
            "http.response.status_code": report.http_status,
        }
        span.set_attributes({name: value for name, value in values.items() if value is not None})
        if report.status == "failed":
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def close(self) -> None:
        """Sends what is left, for a moment at most. Blocking."""
        # A thread that may be left behind: the exporter tries again for as long as it likes.
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(FLUSH)


def tracing_from(environment: Mapping[str, str]) -> Tracing | None:
    """What the standard variables ask for; None when they ask for nothing, or for what is not there: the log says so.

    https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    wanted = environment.get(EXPORTER, "").strip().lower()
    asked = bool(wanted) or any(environment.get(name) for name in ENDPOINTS)
    if not asked or wanted == "none" or environment.get(DISABLED, "").strip().lower() == "true":
        return None
    if wanted not in ("", "otlp", "console"):
        log.warning("%s is %r: no traces are sent, since only otlp and console are known here.", EXPORTER, wanted)
        return None
    protocol = next((value for name in PROTOCOLS if (value := environment.get(name))), HTTP)
    if wanted != "console" and protocol != HTTP:
        log.warning("OTLP by %s is not known here, so no traces are sent: set it to %s.", protocol, HTTP)
        return None
    try:
        return Tracing(_exporter(wanted))
    except ImportError as missing:
        log.warning("No traces are sent: %s is not installed (pip install omni-ui[operating]).", missing.name)
        return None


def _exporter(kind: str) -> "SpanExporter":
    if kind == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()
