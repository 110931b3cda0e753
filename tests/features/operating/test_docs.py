"""docs/operating.md says what is so: its settings, its line, its metrics, its answer of /ready."""

import json
import re
from types import SimpleNamespace

from prometheus_client import ProcessCollector

from omni_ui.core.reports.run_log import line_of
from omni_ui.core.reports.run_report import STATUSES, RunReport
from omni_ui.features.operating.metrics import Gauges, Metrics
from omni_ui.settings import Settings
from tests.running import ROOT

TEXT = (ROOT / "docs/operating.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    return TEXT.split(f"<!-- {mark} -->\n")[1].split(f"<!-- /{mark} -->")[0]


def test_the_settings_are_there_and_take_their_examples():
    rows = re.findall(r"^\| `(OMNI_\w+)` \| `([^`]*)` \|", TEXT, re.M)
    assert {"OMNI_RUN_LOG", "OMNI_RUN_LOG_PROMPTS", "OMNI_METRICS_TOKEN"} <= {name for name, _ in rows}
    Settings(**{name.removeprefix("OMNI_").lower(): example for name, example in rows})


def test_the_line_of_the_example_is_one_of_ours():
    example = json.loads(between("line").strip().strip("`").removeprefix("json\n"))
    report = RunReport("image", "http://host:8091", "Qwen/Qwen-Image", example["request_id"])
    report.status, report.seconds, report.waited, report.calls = "done", 6.214, 1.5, 1
    report.files, report.bytes = 1, 1048576
    line = json.loads(line_of(report, prompts=False))
    assert list(line) == list(example)
    assert line | {"time": ""} == example | {"time": ""}
    assert all(f"`{status}`" in TEXT for status in STATUSES)


def test_the_table_of_metrics_is_what_is_served():
    nothing = SimpleNamespace(all=lambda: [], open_count=0)
    metrics = Metrics(Gauges(nothing, nothing, nothing))
    kept = [part for part in metrics.registry._collector_to_names if not isinstance(part, ProcessCollector)]
    families = [(family, part) for part in kept for family in part.collect()]
    rows = {
        family.name: (
            family.type,
            ", ".join(getattr(part, "_labelnames", ()) or family._labelnames),
            family.documentation,
        )
        for family, part in families
    }
    listed = re.findall(r"^\| `(\w+)` \| (\w+) \| ([\w, ]*) \| (.*) \|$", between("metrics"), re.M)
    assert {name: (kind, labels.strip(), words) for name, kind, labels, words in listed} == rows


def test_the_answer_of_ready_has_the_checks_of_the_example():
    example = json.loads(between("ready").strip().strip("`").removeprefix("json\n"))
    source = (ROOT / "omni_ui/features/operating/probes.py").read_text(encoding="utf-8")
    assert all(f'"{name}": ' in source for name in example["checks"])
    assert example["checks"]["database"]["problem"] in source
