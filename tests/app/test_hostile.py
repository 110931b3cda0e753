"""Every event of the page, with a file of the host in every input: its content comes out nowhere."""

import re
import secrets
from pathlib import Path
from typing import Any

import httpx
import pytest

from omni_ui.app.file_routes import MOST_FILES
from tests.fakes import SlowServer, png
from tests.running import App

VISITOR = {"Cookie": "omni_visitor=" + "stranger" * 4}


@pytest.fixture(scope="module")
def app():
    with SlowServer(latency=0) as server, App(OMNI_BASE_URL=server.url) as app:
        yield app


@pytest.fixture(scope="module")
def hidden(app, tmp_path_factory):
    """A file in the data folder and one in the temporary folder; both say the same."""
    secret = "content " + secrets.token_hex(16)
    places = [Path(app.env["OMNI_DATA_DIR"]) / "a.txt", tmp_path_factory.mktemp("elsewhere") / "a.png"]
    for place in places:
        place.write_text(secret)
    return secret, places


def shapes(path: Path) -> list[Any]:
    """Gradio's own object for a file: alone, in lists and in fields."""
    marked = {"path": str(path), "meta": {"_type": "gradio.FileData"}, "orig_name": path.name}
    return [marked, [marked], {"a": [{"b": marked}]}, [{"image": marked, "caption": None}]]


def run(client: httpx.Client, fn: int, data: list[Any]) -> str:
    """All that the app answers to an event."""
    session = secrets.token_hex(5)
    joined = client.post("/gradio_api/queue/join", json={"data": data, "fn_index": fn, "session_hash": session})
    if joined.status_code != 200:
        return joined.text
    text = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
        for line in answer.iter_lines():
            text += line
            if "process_completed" in line or "close_stream" in line:
                break
    return text


@pytest.mark.parametrize("headers", [{}, VISITOR], ids=["program", "visitor"])
def test_no_event_gives_out_a_file_of_the_host(app, hidden, headers):
    secret, places = hidden
    with httpx.Client(base_url=app.url, headers=headers, timeout=60) as client:
        config = client.get("/config").json()
        tried = 0
        for event in config["dependencies"]:
            if not event["backend_fn"]:
                continue
            inputs = event["inputs"]
            for number, _ in enumerate(inputs):
                for shape in shapes(places[number % 2]):
                    data: list[Any] = [None] * len(inputs)
                    data[number] = shape
                    answer = run(client, event["id"], data)
                    tried += 1
                    assert secret not in answer
                    for word in answer.replace("\\", "").split('"'):
                        if "/gradio_api/file=" in word or word.startswith(app.env["OMNI_DATA_DIR"] + "/cache/"):
                            path = word.rpartition("/gradio_api/file=")[2]
                            assert secret not in client.get(f"/gradio_api/file={path}").text
        assert tried > 2000
        for path in (Path(app.env["OMNI_DATA_DIR"]) / "cache").rglob("*"):
            assert not (path.is_file() and secret in path.read_text(errors="replace")), path


def test_an_object_that_half_looks_like_a_file_is_refused_in_words(hidden):
    _, (place, _) = hidden
    with (
        SlowServer(latency=0) as server,
        App(OMNI_BASE_URL=server.url) as app,
        httpx.Client(base_url=app.url) as client,
    ):
        config = client.get("/config").json()
        (event,) = [event for event in config["dependencies"] if event["api_name"] == "speech"]
        empty: list[Any] = [None] * len(event["inputs"])
        fill = {"path": str(place)}
        answers = [run(client, event["id"], [*empty[:at], fill, *empty[at + 1 :]]) for at in range(len(empty))]
    assert any("upload it first" in answer for answer in answers)
    assert "Traceback" not in app.output


def test_only_files_of_the_cache_are_served_and_only_to_their_visitor(app, hidden):
    _, places = hidden
    with httpx.Client(base_url=app.url) as client:
        for path in [*places, Path(app.env["OMNI_DATA_DIR"]) / "omni.sqlite3", Path("app.py").absolute()]:
            for address in (f"/gradio_api/file={path}", f"/gradio_api/file/{path}", f"/file={path}"):
                assert client.get(address).status_code in (403, 404), address
        sent = client.post("/gradio_api/upload", files={"files": ("a.txt", b"mine")}, headers=VISITOR)
        (path,) = sent.json()
        assert Path(path).read_bytes() == b"mine"
        own = client.get(f"/gradio_api/file={path}", headers=VISITOR)
        assert own.content == b"mine"
        assert own.headers["cache-control"].startswith("private")
        assert client.get(f"/gradio_api/file={path}").status_code == 403
        other = {"Cookie": "omni_visitor=" + "somebody" * 4}
        assert client.get(f"/gradio_api/file={path}", headers=other).status_code == 403


def test_a_visitor_gets_results_and_hands_in_what_was_uploaded(app):
    with httpx.Client(base_url=app.url, headers=VISITOR, timeout=60) as client:
        config = client.get("/config").json()
        by_name = {event["api_name"]: event for event in config["dependencies"]}
        names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        (upload,) = client.post("/gradio_api/upload", files={"files": ("a.png", png())}).json()
        own = {"path": upload, "meta": {"_type": "gradio.FileData"}}
        for name, entered in (("image", {}), ("edit", {"edit-image": [own]})):
            event = by_name[name]
            entered = {f"{name}-prompt": "a boat"} | entered
            values = {part["id"]: part["props"].get("value") for part in config["components"]}
            data = [entered.get(names[id], values[id]) for id in event["inputs"]]
            answer = run(client, event["id"], data)
            assert "upload it first" not in answer
            if name == "image":
                path = re.search(r'"path":"([^"]+)"', answer)[1]
                assert client.get(f"/gradio_api/file={path}").content == png()
                assert httpx.get(f"{app.url}/gradio_api/file={path}").status_code == 403


@pytest.mark.parametrize("name", ["", " ", "..", "a/b/../c.txt", "\\\\x\\y.txt", "x" * 400, "ä\x00.txt"])
def test_an_upload_may_have_any_name(app, name):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="'
        + name.encode()
        + b'"\r\n\r\nmine\r\n--b--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    sent = httpx.post(app.url + "/gradio_api/upload", content=body, headers=headers)
    assert sent.status_code == 200
    (path,) = sent.json()
    cache = Path(app.env["OMNI_DATA_DIR"]) / "cache"
    assert Path(path).parent.parent == cache.resolve()
    assert Path(path).read_bytes() == b"mine"


def test_an_upload_has_few_parts(app):
    part = b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    for number, status in ((MOST_FILES, 200), (MOST_FILES + 1, 413)):
        body = part * number + b"--b--\r\n"
        assert httpx.post(app.url + "/gradio_api/upload", content=body, headers=headers).status_code == status


def test_an_upload_that_breaks_off_leaves_nothing(app):
    cache = Path(app.env["OMNI_DATA_DIR"]) / "cache"
    before = set(cache.iterdir())
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nmine\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    sent = httpx.post(app.url + "/gradio_api/upload", content=body, headers=headers)
    assert sent.status_code == 400
    assert "cut off" in sent.text
    assert set(cache.iterdir()) == before
