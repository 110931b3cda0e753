"""The files of deploy/ are what Compose and Kubernetes take, and name settings and routes that are there."""

import re
from collections.abc import Iterable
from typing import Any

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose

from omni_ui.app.route_table import PROBES
from omni_ui.settings import Settings
from tests.running import ROOT

COMPOSE = (ROOT / "deploy/compose.yaml").read_text(encoding="utf-8")
KUBERNETES = list(yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text(encoding="utf-8")))
PATIENCE = 10.0
"""Seconds that the app has for its end (omni_ui/features/operating/ending.py)."""
VERSIONS = ("1.30", "1.35")
SHARED = {"secret_key", "database_url", "files_url"}
"""What all processes of a page must have in common."""


def of_kind(kind: str, name: str = "omni-ui") -> dict[str, Any]:
    (document,) = [part for part in KUBERNETES if part["kind"] == kind and part["metadata"]["name"] == name]
    return document


def settings_in(names: Iterable[str]) -> set[str]:
    return {name.removeprefix("OMNI_").lower() for name in names if name.startswith("OMNI_")}


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_each_document(version):
    for document in KUBERNETES:
        kubernetes_validate.validate(document, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(of_kind("Service") | {"spce": {}}, version, strict=True)


def test_kubernetes_runs_several_processes_that_may_end_in_their_time():
    deployment = of_kind("StatefulSet")["spec"]
    pod = deployment["template"]["spec"]
    (page,) = pod["containers"]
    assert deployment["replicas"] >= 2
    assert pod["terminationGracePeriodSeconds"] > PATIENCE
    paths = {name: probe["httpGet"]["path"] for name, probe in page.items() if name.endswith("Probe")}
    assert paths == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}
    assert set(paths.values()) < set(PROBES)
    ready = page["readinessProbe"]
    assert ready["periodSeconds"] * ready["failureThreshold"] >= 60, "a database may be started anew meanwhile"
    names = {entry["name"]: entry["value"] for entry in page["env"]}
    secrets = settings_in(of_kind("Secret")["stringData"])
    assert settings_in(names) | secrets <= set(Settings.model_fields)
    assert settings_in(names) | secrets >= SHARED
    Settings(**{name.removeprefix("OMNI_").lower(): value for name, value in names.items() if name.startswith("OMNI_")})
    (mount,) = page["volumeMounts"]
    assert mount["mountPath"] == names["OMNI_DATA_DIR"]
    (port,) = page["ports"]
    assert (
        f"dynamic a omni-ui-pages {port['containerPort']}" in of_kind("ConfigMap", "omni-ui-proxy")["data"]["Caddyfile"]
    )
    assert of_kind("Service", "omni-ui-pages")["spec"]["clusterIP"] == "None", "the proxy has to see each process"


def test_compose_takes_the_file_and_names_two_processes_as_nginx_does():
    text = re.sub(r"\$\{\w+:[-?]([^}]*)\}", r"\1", COMPOSE)  # as Compose does with variables that are not set
    document = yaml.safe_load(text)  # with its merged parts in their places
    PyCompose.from_yaml(yaml.safe_dump(document)).validate()
    document["services"]["proxy"]["ports"] = 80
    with pytest.raises(ValueError, match="ports"):
        PyCompose.from_yaml(yaml.safe_dump(document)).validate()
    services = yaml.safe_load(COMPOSE)["services"]
    assert set(services) == {"proxy", "page-1", "page-2", "database", "bucket", "vllm-omni"}
    nginx = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for number in ("1", "2"):
        page = services[f"page-{number}"]
        assert SHARED | {"process_name"} <= settings_in(page["environment"]) <= set(Settings.model_fields)
        name = page["environment"]["OMNI_PROCESS_NAME"]
        assert f"{name} page_{name};" in nginx
        assert f"server page-{name}:7860" in nginx
        for argument in page["build"]["args"]:
            assert f"ARG {argument}=" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
        assert int(page["stop_grace_period"].removesuffix("s")) > PATIENCE
        assert "/health" in page["healthcheck"]["test"][-1]
        assert page["environment"]["OMNI_DATA_DIR"] == page["volumes"][0].partition(":")[2]
    folders = {services[name]["volumes"][0].partition(":")[0] for name in ("page-1", "page-2")}
    assert len(folders) == 2, "each process has a folder of its own"


def test_the_page_on_deploying_says_what_is_measured_and_names_each_file():
    text = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
    assert all(f"`deploy/{path.name}`" in text for path in (ROOT / "deploy").iterdir())
    resources = of_kind("StatefulSet")["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert (resources["requests"]["memory"], resources["limits"]["memory"]) == ("512Mi", "2Gi")
    assert "512 MB asked for and 2 GB as the limit" in text
    assert set(re.findall(r"`(OMNI_\w+)`", text)) <= {f"OMNI_{name.upper()}" for name in Settings.model_fields}
