"""The files of deploy/ are what Compose, Kubernetes and nginx take, and name settings and routes that are there."""

import asyncio
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL, Popen
from typing import Any

import httpx
import kubernetes_validate
import pytest
import uvicorn
import yaml
from compose_spec import PyCompose
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from omni_ui.app.route_table import PROBES
from omni_ui.settings import Settings
from tests.fakes import free_port
from tests.running import ROOT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
COMPOSE = (ROOT / "deploy/compose.yaml").read_text(encoding="utf-8")
KUBERNETES = list(yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text(encoding="utf-8")))
PATIENCE = 10.0
"""Seconds that the app has for its end (omni_ui/features/operating/ending.py)."""
VERSIONS = ("1.30", "1.35")


def of_kind(kind: str) -> dict[str, Any]:
    (document,) = [part for part in KUBERNETES if part["kind"] == kind]
    return document


def settings_in(names: Iterator[str]) -> set[str]:
    return {name.removeprefix("OMNI_").lower() for name in names if name.startswith("OMNI_")}


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_each_document(version):
    assert [part["kind"] for part in KUBERNETES] == ["Secret", "PersistentVolumeClaim", "Deployment", "Service"]
    for document in KUBERNETES:
        kubernetes_validate.validate(document, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(of_kind("Service") | {"spce": {}}, version, strict=True)


def test_kubernetes_runs_one_process_that_may_end_in_its_time():
    deployment = of_kind("Deployment")["spec"]
    pod = deployment["template"]["spec"]
    (page,) = pod["containers"]
    assert (deployment["replicas"], deployment["strategy"]) == (1, {"type": "Recreate"})
    assert pod["terminationGracePeriodSeconds"] > PATIENCE
    paths = {name: probe["httpGet"]["path"] for name, probe in page.items() if name.endswith("Probe")}
    assert paths == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}
    assert set(paths.values()) < set(PROBES)
    names = {entry["name"]: entry["value"] for entry in page["env"]}
    given = settings_in(iter(names)) | settings_in(iter(of_kind("Secret")["stringData"]))
    assert given <= set(Settings.model_fields)
    Settings(**{name.removeprefix("OMNI_").lower(): value for name, value in names.items()})
    (mount,) = page["volumeMounts"]
    assert mount["mountPath"] == names["OMNI_DATA_DIR"]


def test_compose_takes_the_file_and_runs_one_process():
    text = re.sub(r"\$\{\w+:[-?]([^}]*)\}", r"\1", COMPOSE)  # as Compose does with variables that are not set
    PyCompose.from_yaml(text).validate()
    with pytest.raises(ValueError, match="ports"):
        PyCompose.from_yaml(text.replace('ports: ["80:8080"]', "ports: 80")).validate()
    services = yaml.safe_load(COMPOSE)["services"]
    assert set(services) == {"proxy", "page", "vllm-omni"}
    page = services["page"]
    assert "deploy" not in page, "never two"
    assert settings_in(iter(page["environment"])) <= set(Settings.model_fields)
    assert f"ARG {next(iter(page['build']['args']))}=" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert int(page["stop_grace_period"].removesuffix("s")) > PATIENCE
    assert "/health" in page["healthcheck"]["test"][-1]
    assert page["environment"]["OMNI_DATA_DIR"] == page["volumes"][0].partition(":")[2]


def test_the_page_on_deploying_says_what_is_measured_and_names_each_file():
    text = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
    assert all(f"`deploy/{path.name}`" in text for path in (ROOT / "deploy").iterdir())
    resources = of_kind("Deployment")["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert (resources["requests"]["memory"], resources["limits"]["memory"]) == ("512Mi", "2Gi")
    assert "512 MB asked for and 2 GB as the limit" in text
    assert set(re.findall(r"`(OMNI_\w+)`", text)) <= {f"OMNI_{name.upper()}" for name in Settings.model_fields}


@contextmanager
def page(release: threading.Event) -> Iterator[int]:
    """The port of a server in the page's place."""

    async def echo(request: Request) -> JSONResponse:
        size = sum([len(part) async for part in request.stream()])
        return JSONResponse({"host": request.headers["host"], "path": request.url.path, "size": size})

    async def slowly(request: Request) -> StreamingResponse:
        async def parts():
            yield b"first"
            await asyncio.to_thread(release.wait, 20)
            yield b"last"

        return StreamingResponse(parts(), media_type="text/plain")

    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    routes = [Route("/slowly", slowly), WebSocketRoute("/omni/talk", talk)]
    routes.append(Route("/{path:path}", echo, methods=["GET", "POST"]))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(5)


@contextmanager
def nginx(folder, upstream: int) -> Iterator[int]:
    """The port of nginx with the file as it is, but for ports, names and folders."""
    assert NGINX, "nginx is not installed: run tests/need_programs.sh"
    port, text = free_port(), (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for old, new in (("listen 8080", f"listen 127.0.0.1:{port}"), ("page:7860", f"127.0.0.1:{upstream}")):
        assert old in text
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text.replace("/tmp/", f"{folder}/"))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off; master_process off;"]
    with Popen(command, stderr=DEVNULL) as process:
        until = time.monotonic() + 20
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.02)
        yield port
        process.terminate()
        process.wait(10)


def test_nginx_passes_on_streams_websockets_and_uploads_and_keeps_what_is_the_host_s(tmp_path):
    release = threading.Event()
    with page(release) as upstream, nginx(tmp_path, upstream) as port:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as web:
            seen = web.get("/anything", headers={"Host": "omni.example.com"}).json()
            assert (seen["host"], seen["path"]) == ("omni.example.com", "/anything")
            assert [web.get(path).status_code for path in ("/metrics", "/ready", "/health")] == [404, 404, 200]
            assert web.post("/upload", content=b"x" * 5_000_000).json()["size"] == 5_000_000
            with web.stream("GET", "/slowly") as answer:
                parts = answer.iter_raw()
                assert next(parts) == b"first", "it comes before the answer is whole"
                release.set()
                assert b"".join(parts) == b"last"
        with connect(f"ws://127.0.0.1:{port}/omni/talk") as socket:
            socket.send("hello")
            assert socket.recv(10) == "hello"
