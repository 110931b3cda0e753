"""Image runs that SIGKILL cut off, and a failing one's traces in what the app prints."""

import time

import httpx
import pytest
from gradio_client import Client

from tests.fakes import SlowServer
from tests.running import App

COOKIE = {"Cookie": "omni_visitor=" + "visitor0" * 4}
KEY, PROMPT = "secret-key-of-the-test", "a prompt that nobody else may read"


def records(app: App, number: int) -> list[dict[str, object]]:
    """The history of the visitor, once it has so many records."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = httpx.get(f"{app.url}/omni/history", headers=COOKIE, timeout=30).json()["records"]
        if len(found) >= number:
            return found
        time.sleep(0.1)
    raise AssertionError(f"the history has {len(found)} records, and not {number}")


def test_a_run_that_a_kill_cut_off_stands_in_the_history_after_the_next_start_and_no_log_holds_its_words():
    with SlowServer(latency=300) as server, App(OMNI_BASE_URL=server.url, OMNI_API_KEY=KEY) as app:
        client = Client(app.url, headers=COOKIE, verbose=False)
        client.submit(prompt=PROMPT, api_name="/image")
        until = time.monotonic() + 60
        while not server.seen and time.monotonic() < until:
            time.sleep(0.02)
        assert server.seen
        time.sleep(0.5)  # the note is written while the server works, and the test cannot see it
        app.kill()
        app.start()
        (record,) = records(app, 1)
        assert record["tab"] == "image"
        assert "was ended before this run was done" in str(record["error"])
        server.latency = 0
        client = Client(app.url, headers=COOKIE, verbose=False)
        client.predict(prompt="a second one", api_name="/image")
        assert len(records(app, 2)) == 2
        server.picture = b"no picture"
        with pytest.raises(Exception, match=r"\w"):
            client.predict(prompt=PROMPT, api_name="/image")
        printed = app.stop()
        app.start()
        assert len(records(app, 3)) == 3, "runs that came to their end are not noted once more"
    for output in (printed, app.output):
        assert KEY not in output
        assert PROMPT not in output
