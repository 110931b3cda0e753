"""What operators are told of a run: the line, the trace, and one sentence where a package is missing."""

import json
import logging
import sys

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from omni_ui.client import ChatRequest, ImageRequest, NotReachable, SpeechRequest, VideoRequest
from omni_ui.core.reports.prompts import prompt_of
from omni_ui.core.reports.run_log import RunLog, line_of
from omni_ui.core.reports.run_report import RunReport
from omni_ui.features.operating.observers import metrics_for
from omni_ui.features.operating.tracing import Tracing, tracing_from
from omni_ui.settings import BadSetting, Settings

WORDS = "a fox\nthat nobody else may read"


def report() -> RunReport:
    return RunReport.of(ImageRequest(prompt=WORDS), "http://server:8091", "a-model")


def test_a_line_says_how_a_run_went_and_not_what_was_asked():
    run = report()
    run.fail(NotReachable("Nothing answers at http://server:8091 for a fox."))
    line = json.loads(line_of(run, prompts=False))
    assert (line["tab"], line["status"], line["error"]) == ("image", "failed", "NotReachable")
    assert "fox" not in line_of(run, prompts=False)
    assert json.loads(line_of(run, prompts=True))["prompt"] == WORDS
    assert "\n" not in line_of(run, prompts=True), "it stays one line"


def test_lines_go_to_standard_output_once(monkeypatch, capsys):
    log = logging.getLogger("omni_ui.runs")
    monkeypatch.setattr(log, "handlers", [])
    for observer in (RunLog(), RunLog(prompts=True)):
        observer.end(report())
    lines = capsys.readouterr().out.splitlines()
    assert ["prompt" in json.loads(line) for line in lines] == [False, True]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (SpeechRequest(input="to be said"), "to be said"),
        (VideoRequest(prompt="waves"), "waves"),
        (ChatRequest(messages=[{"role": "user", "content": "a question"}]), "a question"),
        (ChatRequest(messages=[{"role": "user", "content": [{"type": "text", "text": "in parts"}]}]), "in parts"),
        (ImageRequest(prompt="x" * 5000), "x" * 2000),
    ],
)
def test_the_words_of_a_request(request_, words):
    assert prompt_of(request_) == words


def test_a_trace_of_each_run_goes_on_at_the_server():
    exporter = InMemorySpanExporter()
    tracing, run, other = Tracing(exporter), report(), report()
    tracing.begin(run)
    tracing.begin(other)
    run.status, run.bytes = "done", 7
    other.fail(NotReachable("Nothing answers."))
    for ended in (run, other, report()):
        tracing.end(ended)
    tracing.close()
    done, failed = exporter.get_finished_spans()
    assert (done.name, done.attributes["omni.status"], done.attributes["omni.result_bytes"]) == ("run image", "done", 7)
    assert run.headers["traceparent"].split("-")[1] == f"{done.context.trace_id:032x}"
    assert (failed.status.is_ok, failed.attributes["error.type"]) == (False, "NotReachable")
    assert WORDS not in str(done.attributes)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"}, ""),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "only otlp and console are known here"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "set it to http/protobuf"),
    ],
)
def test_no_trace_where_none_is_asked_for_and_one_sentence_where_it_cannot_be(environment, says, caplog):
    assert tracing_from(environment) is None
    assert len(caplog.records) == bool(says)
    assert says in caplog.text


def test_a_trace_is_made_where_the_standard_variables_ask_for_it():
    tracing = tracing_from({"OTEL_TRACES_EXPORTER": "console"})
    assert tracing is not None
    tracing.close()


def test_a_missing_package_is_said_in_one_sentence(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    assert tracing_from({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}) is None
    assert "is not installed (pip install omni-ui[operating])" in caplog.text
    monkeypatch.delitem(sys.modules, "omni_ui.features.operating.metrics", raising=False)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(BadSetting, match=r"needs prometheus_client, which is not installed: pip install"):
        metrics_for(Settings(metrics_token="a"), *[None] * 3)
    assert metrics_for(Settings(), *[None] * 3) is None
