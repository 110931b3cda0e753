"""The example of docs/adding-a-tab.md, done as it says in a copy of the package: a tab in four places."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.house.measure import ROOT

PROGRAM = """
import json, sys
from starlette.testclient import TestClient
from omni_ui.app.factory import create_app
from omni_ui.settings import Settings
settings = Settings(data_dir=sys.argv[1], sketch_model="demo/painter", demo_latency=0)
with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
    config, api = client.get("/config").json(), client.get("/gradio_api/info").json()
    parameters = api["named_endpoints"]["/sketch"]["parameters"]
    values = {part["parameter_name"]: part.get("parameter_default") for part in parameters}
    values |= {"prompt": "a boat", "n": 2}
    event = client.post("/gradio_api/call/sketch", json={"data": list(values.values())}).json()["event_id"]
    answer = client.get(f"/gradio_api/call/sketch/{event}").text
    print(json.dumps({
        "elements": [part["props"].get("elem_id") for part in config["components"]],
        "parameters": list(values),
        "settings": sorted(type(settings).model_fields),
        "status": sorted(client.get("/omni/status").json()),
        "answer": answer,
    }))
"""


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docs/adding-a-tab.md").read_text(encoding="utf-8").split("## A tab of another form")[0]


@pytest.fixture(scope="module")
def told(text, tmp_path_factory) -> dict:
    """What the app says of itself with the tab of the example."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "omni_ui", copy / "omni_ui")  # with what is compiled of it: half a minute on a slow machine
    shutil.copytree(ROOT / "assets", copy / "assets")
    for path, body in re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.S):
        assert not (copy / path).exists()
        (copy / path).write_text(body, encoding="utf-8")
    path, hunks = re.search(r"```diff\n--- a/(\S+)\n\+\+\+ .*?\n(.*?)```", text, re.S).groups()
    (copy / path).write_text(patched((copy / path).read_text(encoding="utf-8"), hunks), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OMNI_")}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(copy / "data")], cwd=copy, env=environment | {"PYTHONPATH": str(copy)},
        capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def patched(source: str, hunks: str) -> str:
    for hunk in re.split(r"^@@.*\n", hunks, flags=re.M)[1:]:
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        assert source.count(before) == 1, before
        source = source.replace(before, "".join(line[1:] for line in lines if line[0] != "-"))
    return source


def test_it_takes_four_places(text):
    assert len(re.findall(r"^\d\. \*\*", text, re.M)) == 4


def test_the_tab_its_settings_its_endpoint_and_its_server_are_there(told):
    for element in ("sketch-tab", "sketch-prompt", "sketch-strokes", "sketch-run", "sketch-status", "server-sketch"):
        assert element in told["elements"]
    assert {"prompt", "n", "strokes"} <= set(told["parameters"])
    assert {"sketch_url", "sketch_api_key", "sketch_model"} <= set(told["settings"])
    assert "sketch" in told["status"]


def test_it_runs(told):
    assert "event: complete" in told["answer"]
    assert told["answer"].count(".png") >= 2
