"""One visitor with many runs in line does not keep the others waiting; runs that nobody reads are ended."""

import time

import httpx
import pytest
from gradio_client import Client

from tests.fakes import SlowServer
from tests.running import App


def visitor(app: App, name: str) -> Client:
    return Client(app.url, verbose=False, headers={"Cookie": f"omni_visitor={name * 32}"}, max_workers=300)


def wait_until(condition, within: float) -> bool:
    until = time.monotonic() + within
    while not (reached := condition()) and time.monotonic() < until:
        time.sleep(0.05)
    return reached


def image_status(app: App) -> dict:
    return httpx.get(app.url + "/omni/status").json()["image"]


def test_with_200_runs_of_one_visitor_in_line_another_s_run_of_1_s_does_not_wait_for_them():
    """The aim is 2.5 s, which a quiet machine meets by a hair: it is printed, and the bound holds on a busy one too.

    Behind the 200 it would take 50 s.
    """
    with SlowServer(latency=1) as server, App(OMNI_BASE_URL=server.url, OMNI_MAX_CONCURRENCY="4") as app:
        greedy, patient = visitor(app, "g"), visitor(app, "p")
        jobs = [greedy.submit(prompt=f"greedy {number}", api_name="/image") for number in range(280)]
        assert wait_until(lambda: image_status(app)["waiting"] >= 200, 60)
        waiting = image_status(app)["waiting"]
        took = []
        for _ in range(3):
            began = time.monotonic()
            patient.predict(prompt="patient", api_name="/image")
            took.append(time.monotonic() - began)
        print(f"{waiting} runs in line, another's run of 1 s took {', '.join(f'{one:.2f} s' for one in took)}")
        for job in jobs:
            job.cancel()
    assert max(took) < 10


def test_a_public_page_takes_3_runs_at_one_time_and_10_in_line_from_each_visitor():
    with SlowServer(latency=30) as server, App(OMNI_BASE_URL=server.url, OMNI_PUBLIC="true") as app:
        greedy = visitor(app, "g")
        jobs = [greedy.submit(prompt=f"greedy {number}", api_name="/image") for number in range(13)]
        assert wait_until(lambda: (image_status(app)["running"], image_status(app)["waiting"]) == (3, 10), 30)
        with pytest.raises(Exception, match="10 of your runs are waiting already"):
            greedy.predict(prompt="one too many", api_name="/image")
        server.latency = 0
        assert visitor(app, "p").predict(prompt="patient", api_name="/image")
        for job in jobs:
            job.cancel()


def test_a_run_whose_answer_nobody_opens_is_ended_after_10_s_and_one_that_is_read_goes_on():
    with SlowServer(latency=14) as server, App(OMNI_BASE_URL=server.url) as app:
        read = visitor(app, "r").submit(prompt="read", api_name="/image")
        assert wait_until(lambda: len(server.seen) == 1, 10)
        info = httpx.get(app.url + "/gradio_api/info").json()["named_endpoints"]["/image"]["parameters"]
        values = {part["parameter_name"]: part["parameter_default"] for part in info if part["parameter_has_default"]}
        data = [(values | {"prompt": "unread"})[part["parameter_name"]] for part in info]
        sent = httpx.post(app.url + "/gradio_api/call/image", json={"data": data})
        assert sent.status_code == 200, sent.text
        assert wait_until(lambda: len(server.seen) == 2, 10)
        unread = server.wait_for("aborted", 13, number=1)
        assert 9 < unread.ended - unread.began < 12
        assert read.result()
        assert server.seen[0].how == "done"
