"""What the app leaves when it is killed and when it is told to stop, and what its operators are told meanwhile."""

import json
import re
import time

import httpx
import pytest
from gradio_client import Client
from prometheus_client.parser import text_string_to_metric_families

from omni_ui.core.run import ENDING
from tests.fakes import SlowServer
from tests.pace import allowed
from tests.running import App

COOKIE = {"Cookie": "omni_visitor=" + "visitor0" * 4}
KEY, PROMPT, TOKEN = "secret-key-of-the-test", "a prompt that nobody else may read", "token-of-the-test"


def records(app: App, number: int) -> list[dict[str, object]]:
    """The history of the visitor, once it has so many records."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = httpx.get(f"{app.url}/omni/history", headers=COOKIE, timeout=30).json()["records"]
        if len(found) >= number:
            return found
        time.sleep(0.1)
    raise AssertionError(f"the history has {len(found)} records, and not {number}")


def counts(app: App) -> dict[str, float]:
    """What /metrics says, by name and labels."""
    text = httpx.get(f"{app.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status().text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in samples}


def test_runs_that_a_kill_or_sigterm_cuts_off_stand_in_the_history_and_operators_see_each_run_without_its_words():
    settings = {"OMNI_API_KEY": KEY, "OMNI_METRICS_TOKEN": TOKEN}
    with SlowServer(latency=300) as server, App(OMNI_BASE_URL=server.url, **settings) as app:
        client = Client(app.url, headers=COOKIE, verbose=False)
        client.submit(prompt=PROMPT, api_name="/image")
        server.wait_for("running", 60)
        time.sleep(0.5)  # the note is written while the server works, and the test cannot see it
        app.kill()
        app.start()
        (record,) = records(app, 1)
        assert record["tab"] == "image"
        assert "closed before this run finished" in str(record["error"])
        server.latency = 0
        client = Client(app.url, headers=COOKIE, verbose=False)
        client.predict(prompt="a second one", api_name="/image")
        assert len(records(app, 2)) == 2
        picture, server.picture = server.picture, b"no picture"
        with pytest.raises(Exception, match=r"\w"):
            client.predict(prompt=PROMPT, api_name="/image")
        server.picture = picture

        for headers in ({}, {"Authorization": "Bearer another"}, {"Authorization": TOKEN}):
            assert httpx.get(f"{app.url}/metrics", headers=headers).status_code == 401
        seen = counts(app)
        assert seen["omni_runs_total done image"] == seen["omni_runs_total failed image"] == 1
        assert seen["omni_result_bytes_total image"] == len(picture)
        assert seen["omni_run_seconds_count image"] == 1
        assert seen[f"omni_runs_waiting {server.url}"] == seen[f"omni_runs_running {server.url}"] == 0
        assert seen[f"omni_server_up {server.url}"] == 1
        assert seen["omni_sessions_open"] >= 1
        ready = httpx.get(f"{app.url}/ready")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert {name: check["ok"] for name, check in ready.json()["checks"].items()} == dict.fromkeys(
            ("app", "database", "files", "server"), True
        )

        server.latency = 300
        client.submit(prompt=PROMPT, api_name="/image")
        running = server.wait_for("running", 60)
        told = time.monotonic()
        printed = app.stop()
        assert time.monotonic() - told < allowed(10)
        assert app.process.returncode == -15, "as a process ends that SIGTERM ends, and not cut off"
        assert running.how == "aborted"
        app.start()
        newest = records(app, 4)[0]
        assert newest["error"] == ENDING, "runs that came to their end are not noted once more"
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines] == ["done", "failed", "called off"]
    done, failed, called_off = lines
    assert (done["tab"], done["server"], done["model"]) == ("image", server.url, "Qwen/Qwen-Image")
    assert (done["files"], done["bytes"]) == (1, len(picture))
    assert 0 < done["seconds"] < 30
    assert failed["error"]
    assert re.fullmatch(re.escape(called_off["request_id"]) + r"-\d+", running.request_id)
    assert len({seen.request_id for seen in server.seen}) == len(server.seen), "no two calls have the same id"
    for output in (printed, app.output):
        assert KEY not in output
        assert PROMPT not in output
        assert TOKEN not in output
    assert "Traceback" not in printed.partition('"called off"')[2], "open answers end without a trace"
