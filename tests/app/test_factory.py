"""The app from outside: health, settings that are wrong, servers that are not there, sub-paths, many visitors."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from tests.fakes import SlowServer, free_port
from tests.pace import allowed
from tests.running import ROOT, App, served_by


@pytest.fixture(scope="module")
def slow():
    yield from served_by(SlowServer(latency=1))


def ask(app: App, **values) -> tuple:
    return Client(app.url, verbose=False).predict(**{"prompt": "a boat"} | values, api_name="/image")


def refusal(app: App, **values) -> str:
    with pytest.raises(Exception) as raised:  # noqa: PT011  gradio_client raises its own class
        ask(app, **values)
    return str(raised.value)


def test_health_tells_the_version_and_that_the_server_answers(slow):
    health = httpx.get(slow.app.url + "/health").json()
    assert health["status"] == "ok"
    assert health["version"]
    assert health["servers"] == [{"reachable": True, "detail": ""}]


def test_the_api_takes_the_wire_names_and_leaves_the_rest_to_defaults(slow):
    pictures, *_, facts = ask(slow.app, prompt="a red fox", size="512x512", seed=7)
    body = slow.seen[-1].body
    assert (body["prompt"], body["size"], body["seed"], body["n"]) == ("a red fox", "512x512", 7, 1)
    assert "num_inference_steps" not in body
    assert body["output_compression"] < 100, "the server's own default stores a PNG raw"
    assert Path(pictures[0]["image"]).read_bytes() == slow.picture
    assert facts["request"]["seed"] == 7


def test_without_a_seed_one_is_drawn_sent_and_told(slow):
    *_, first = ask(slow.app)
    *_, second = ask(slow.app)
    assert first["request"]["seed"] != second["request"]["seed"] == slow.seen[-1].body["seed"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"prompt": ""}, "Prompt is empty"),
        ({"size": "0x0"}, "too small"),
        ({"n": 11}, "from 1 to 10"),
        ({"seed": 1.5}, "whole number"),
        ({"lora": "{"}, "not valid JSON"),
    ],
)
def test_bad_values_are_refused_in_one_sentence_before_any_request(slow, values, says):
    before = len(slow.seen)
    assert says in refusal(slow.app, **values)
    assert len(slow.seen) == before


def test_fifty_visitors_are_served_side_by_side(slow):
    clients = [Client(slow.app.url, verbose=False) for _ in range(3)]
    clients = [clients[i % 3] for i in range(50)]
    began = time.monotonic()
    jobs = [client.submit(prompt="a boat", api_name="/image") for client in clients]
    results = [job.result() for job in jobs]
    assert len(results) == 50
    assert time.monotonic() - began < allowed(15), "one after the other would take 50 s"


def test_the_limit_of_runs_holds_and_those_in_line_are_served(monkeypatch):
    with SlowServer(latency=0.5) as server, App(OMNI_BASE_URL=server.url, OMNI_MAX_CONCURRENCY="2") as app:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _: ask(app), range(6)))
        spans = sorted((one.began, one.ended) for one in server.seen)
        assert len(spans) == 6
        for began, _ in spans:
            assert sum(start <= began < end for start, end in spans) <= 2


def test_nothing_at_the_address_is_said_and_the_app_keeps_serving():
    with App(OMNI_BASE_URL=f"http://127.0.0.1:{free_port()}") as app:
        began = time.monotonic()
        health = httpx.get(app.url + "/health", timeout=30)
        assert health.status_code == 200
        assert time.monotonic() - began < allowed(2.5)
        assert not health.json()["servers"][0]["reachable"]
        assert "Nothing answers" in refusal(app) or "reach" in refusal(app)
        assert httpx.get(app.url).status_code == 200


def test_a_space_does_not_tell_where_its_server_is():
    port = free_port()
    with App(OMNI_BASE_URL=f"http://127.0.0.1:{port}", SPACE_ID="a/b", OMNI_HOST="127.0.0.1") as app:
        kept = httpx.get(app.url + "/omni/history", headers={"Cookie": f"omni_visitor={'v' * 32}"}).json()
        assert (kept["keeps"], kept["limit"], kept["room"]["all"]) == (86400, 10**10, None)
        told = [refusal(app), httpx.get(app.url + "/health").text, httpx.get(app.url + "/omni/status").text]
        assert not [text for text in told if str(port) in text]


class _Bakery(BaseHTTPRequestHandler):
    """A web server that is not vLLM-Omni."""

    def do_GET(self):
        body = b"<html><body>Fresh bread</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  the name that http.server calls

    def log_message(self, *_):
        pass


def test_another_web_server_is_recognised_as_not_vllm_omni():
    bakery = ThreadingHTTPServer(("127.0.0.1", 0), _Bakery)
    threading.Thread(target=bakery.serve_forever, daemon=True).start()
    with App(OMNI_BASE_URL=f"http://127.0.0.1:{bakery.server_port}") as app:
        assert "is not a vLLM-Omni server" in refusal(app)
    bakery.shutdown()


@pytest.mark.parametrize("path", ["/omni", "/some/where"])
def test_below_a_sub_path_the_page_and_the_api_work(path):
    with SlowServer(latency=0) as server, App(OMNI_BASE_URL=server.url, OMNI_ROOT_PATH=path) as app:
        assert httpx.get(app.url + path + "/health").status_code == 200
        page = httpx.get(app.url + path + "/", follow_redirects=True)
        assert page.status_code == 200
        assert path in page.text
        modules = re.findall(r'rel="modulepreload" (?:crossorigin )?href="\.(/[^"]+)"', page.text)
        assert len(modules) > 5
        for taken_off in ("", path):
            for module in modules:
                assert httpx.get(app.url + taken_off + module).status_code == 200
            assert httpx.get(f"{app.url}{taken_off}/omni/status").json()["image"]["can"]
        app.url += path
        pictures, *_ = ask(app)
        assert Path(pictures[0]["image"]).read_bytes() == server.picture


@pytest.mark.parametrize(
    ("name", "value"), [("OMNI_BASE_URL", "not a url"), ("OMNI_PORT", "many"), ("OMNI_ROOT_PATH", "x")]
)
def test_a_wrong_setting_ends_the_start_with_one_sentence(name, value):
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=os.environ | {name: value}, capture_output=True, text=True, timeout=99
    )
    assert done.returncode != 0
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_port_that_is_taken_ends_the_start_with_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env=os.environ | {"OMNI_PORT": port}, capture_output=True, text=True
        )
    assert done.returncode != 0
    assert port in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_health_does_not_wait_for_a_server_that_does_not_answer():
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, App(OMNI_BASE_URL=f"http://127.0.0.1:{silent.getsockname()[1]}") as app:
        began = time.monotonic()
        assert not httpx.get(app.url + "/health", timeout=30).json()["servers"][0]["reachable"]
        assert time.monotonic() - began < allowed(2)


def test_closed_doors():
    """What Gradio leaves open by default is shut: run history, monitoring; uploads have a limit."""
    with App(OMNI_MAX_UPLOAD_MB="1") as app:
        assert httpx.get(app.url + "/gradio_api/runs").status_code == 404
        assert httpx.get(app.url + "/monitoring/summary").status_code in (403, 404)
        sent = httpx.post(app.url + "/gradio_api/upload", files={"files": ("a.bin", b"0" * 2_000_000)})
        assert sent.status_code == 413
        assert not re.search(r"\bsk-", httpx.get(app.url + "/config").text)
