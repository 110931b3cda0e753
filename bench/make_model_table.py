"""Makes the table of models that vLLM-Omni deploys: omni_ui/client/server/deployed_models.json and docs/models.md.

    pip download --no-deps -d wheels vllm-omni==0.30.0 …
    python -m bench.make_model_table --docs supported_models.md wheels/*.whl

Wheels, or folders that one was installed to, of any number of versions; nothing in them is run. --docs: upstream's
docs/models/supported_models.md, --at: the commit that it is of. Without wheels docs/models.md alone is written anew,
from the data as they are and from what omni_ui/client/server/known_models.py knows beside them.
"""

import argparse
import ast
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from omni_ui.client.server.deployed import DATA, deployed_models
from omni_ui.client.server.discovery import ModelInfo, judge
from omni_ui.client.tabs import TABS

DOCS = Path(__file__).parents[1] / "docs" / "models.md"
ID = re.compile(r"(?<![\w./-])([A-Za-z][\w-]{1,40}/[A-Za-z][\w.-]*[A-Za-z0-9])(?![\w/])")
PARTS = re.compile(r"Tokenizer|ForcedAligner|Guardrail|xcodec|^Qwen3-VL$")
"""Parts of other models, which nobody serves alone."""
DEPLOY = ("vllm_omni/deploy/", "vllm_omni/model_executor/stage_configs/")
Data = dict[str, object]


class Wheel:
    """The text files of one version, out of a wheel or an installed folder."""

    def __init__(self, path: Path) -> None:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if name.endswith((".py", ".yaml"))]
                self.files = {name: archive.read(name).decode("utf-8", "replace") for name in names if _wanted(name)}
            self.version = path.name.split("-")[1]
        else:
            found = {file.relative_to(path).as_posix(): file for file in (path / "vllm_omni").rglob("*.*")}
            read = {name: file for name, file in found.items() if _wanted(name) and file.suffix in (".py", ".yaml")}
            self.files = {name: file.read_text("utf-8", "replace") for name, file in read.items()}
            self.version = next(path.glob("vllm_omni-*.dist-info")).name.split("-")[1].removesuffix(".dist")

    def trees(self, end: str) -> Iterator[ast.Module]:
        for name, text in self.files.items():
            if name.endswith(end):
                yield ast.parse(text)


def _wanted(name: str) -> bool:
    parts = ("pipeline.py", "pipeline_config.py", "pipeline_registry.py", "diffusion/registry.py", "model_metadata.py")
    return name.startswith(DEPLOY) or name.endswith(parts) or "tts_adapters/" in name


def pipelines(wheel: Wheel) -> dict[str, Data]:
    """By the name that a deploy configuration gives: what its stages are called, and what comes out of it."""
    by_variable: dict[str, Data] = {}
    for end in ("pipeline.py", "pipeline_config.py"):
        for tree in wheel.trees(end):
            for node in ast.walk(tree):
                call = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "PipelineConfig":
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    by_variable[getattr(target, "id", "")] = _read_pipeline(call)
    named = {str(entry["type"]): entry for entry in by_variable.values()}
    for tree in wheel.trees("pipeline_registry.py"):
        for node in ast.walk(tree):
            for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else []:
                if isinstance(key, ast.Constant) and isinstance(value, ast.Name) and value.id in by_variable:
                    named[str(key.value)] = by_variable[value.id]
    return named


def _read_pipeline(call: ast.Call) -> Data:
    texts: dict[str, list[str]] = {"final_output_type": [], "model_stage": [], "model_arch": [], "model_type": []}
    for node in ast.walk(call):
        if isinstance(node, ast.keyword) and node.arg in texts and isinstance(node.value, ast.Constant):
            texts[node.arg].append(str(node.value.value))
    return {
        "type": (texts["model_type"] or [""])[0],
        "outputs": sorted(set(texts["final_output_type"])),
        "stages": list(dict.fromkeys(texts["model_stage"])),
        "architectures": sorted(set(texts["model_arch"])),
    }


def speech_stages(wheel: Wheel) -> set[str]:
    """The stages by which the route of speech knows a model that it serves."""
    keys: set[str] = set()
    for tree in (ast.parse(text) for name, text in wheel.files.items() if "tts_adapters/" in name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "stage_keys":
                keys |= {str(leaf.value) for leaf in ast.walk(node.value) if isinstance(leaf, ast.Constant)}
    return keys


def diffusion_outputs(wheel: Wheel) -> dict[str, str]:
    """The pipelines of diffusion models by class, with what comes out where upstream states it."""
    names: dict[str, str] = {}
    for end, table in (
        ("diffusion/registry.py", "_DIFFUSION_MODELS"),
        ("model_metadata.py", "_DIFFUSION_MODEL_METADATA"),
    ):
        for tree in wheel.trees(end):
            for node in ast.walk(tree):
                target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
                value = getattr(node, "value", None)
                if getattr(target, "id", "") == table and isinstance(value, ast.Dict):
                    for key, entry in zip(value.keys, value.values, strict=True):
                        output = [
                            keyword.value.value
                            for keyword in getattr(entry, "keywords", [])
                            if keyword.arg == "final_output_type" and isinstance(keyword.value, ast.Constant)
                        ]
                        if isinstance(key, ast.Constant):
                            names[str(key.value)] = str(output[0]) if output else names.get(str(key.value), "")
    return names


def deployments(wheel: Wheel) -> dict[str, Data]:
    """The deploy configurations by name."""
    known, speaking, entries = pipelines(wheel), speech_stages(wheel), {}
    for name, text in wheel.files.items():
        if not name.startswith(DEPLOY) or not name.endswith(".yaml"):
            continue
        config = yaml.safe_load(text) or {}
        stem = Path(name).stem
        pipeline = known.get(str(config.get("pipeline") or stem)) or _longest(known, stem)
        ids = {match for match in ID.findall(text) if _is_model(match)}
        entries[stem] = {
            "outputs": pipeline["outputs"] if pipeline else [],
            "architectures": pipeline["architectures"] if pipeline else [],
            "speech": bool(pipeline and speaking & set(map(str, pipeline["stages"]))),  # type: ignore[call-overload]
            "models": sorted(ids),
        }
    return entries


def _is_model(id: str) -> bool:
    """Whether words with a slash between them are the id of a model: "Qwen/Qwen3-ASR-1.7B", not "prefill/decode"."""
    owner, name = id.split("/")
    distinct = bool(re.search(r"[A-Z0-9]", name)) and "-" in name and owner not in ("docs", "tests", "recipes")
    return distinct and not PARTS.search(name) and not name.endswith((".py", ".yaml", ".md", ".json"))


def _longest(known: dict[str, Data], stem: str) -> Data | None:
    """A configuration for another machine is named after the usual one: qwen3_tts_high_concurrency."""
    names = sorted((name for name in known if name and stem.startswith(name)), key=len)
    return known[names[-1]] if names else None


def listed(text: str) -> dict[str, Data]:
    """The models of upstream's list, by id."""
    models: dict[str, Data] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 3 and "`" in cells[2]:
            name = re.sub(r"<[^>]*>[^<]*</[^>]*>", "", cells[1]).strip()
            for id in re.findall(r"`([\w.-]+/[\w.-]+)`", cells[2]):
                models[id] = {"name": name, "architectures": re.findall(r"`(\w+)`", cells[0])}
    return models


def gather(wheels: list[Wheel], docs: str, at: str) -> Data:
    """All of it as data. The newest version that has an entry says what it is."""
    wheels = sorted(wheels, key=lambda wheel: [int(part) for part in re.findall(r"\d+", wheel.version)])
    tables: dict[str, dict[str, Data]] = {"deployments": {}, "diffusion": {}}
    for wheel in wheels:
        found = {"deployments": deployments(wheel)}
        found["diffusion"] = {name: {"output": output} for name, output in diffusion_outputs(wheel).items()}
        for table, entries in found.items():
            for name, entry in entries.items():
                first = tables[table].get(name, {}).get("first", wheel.version)
                tables[table][name] = entry | {"first": first, "last": wheel.version}
    made_from = {
        "vllm-omni": [wheel.version for wheel in wheels],
        "list": f"upstream's list of supported models (commit {at})",
    }
    return {"made_from": made_from, "models": dict(sorted(listed(docs).items()))} | {
        table: dict(sorted(entries.items())) for table, entries in tables.items()
    }


def docs_page() -> str:
    """docs/models.md: each model and each deploy configuration, its tabs, and why."""
    made_from = json.loads(DATA.read_text(encoding="utf-8"))["made_from"]
    newest = made_from["vllm-omni"][-1]
    lines = [
        "# Which tab a model belongs to",
        "",
        "Every model that vLLM-Omni publishes: those of its own list, and those that its deploy configurations name.",
        "The reason is the sentence that the Server tab shows. A model that is not here is judged by what its name",
        "says, and said to be a guess; where it says nothing, the tabs that its server has routes for may try it.",
        "",
        f"Made by `python -m bench.make_model_table` from vllm-omni {', '.join(made_from['vllm-omni'])} and",
        f"{made_from['list']}. What upstream does not publish, such as limits and recommended settings,",
        "stands by hand in `omni_ui/client/server/known_models.py`, which holds first.",
        "",
        "## Models",
        "",
        "| model | tabs | why | named in |",
        "| --- | --- | --- | --- |",
        *(_row(id, source) for id, source in deployed_models().items()),
        "",
        f"## Deploy configurations of {newest} that name no model",
        "",
        "Configurations for other machines, which begin with the same name, are left out.",
        "",
        "| configuration | tabs | why |",
        "| --- | --- | --- |",
        *(_row(name) for name in unnamed_deployments(newest)),
    ]
    return "\n".join(lines) + "\n"


def unnamed_deployments(version: str) -> list[str]:
    """The deploy configurations of a version that name no model; of several with one beginning, the shortest."""
    entries = json.loads(DATA.read_text(encoding="utf-8"))["deployments"]
    names = [name for name, entry in entries.items() if entry["last"] == version and not entry["models"]]
    return [name for name in names if not any(other != name and name.startswith(other) for other in entries)]


def _row(id: str, source: str = "") -> str:
    abilities = judge([ModelInfo(id, max_model_len=32_768)], ())
    able = [tab for tab in TABS if abilities[tab].can]
    # Makers of pictures answer a chat too: what they are for says more.
    first = next((tab for tab in able if tab != "chat"), "chat")
    cells = [f"`{id}`", ", ".join(tab.capitalize() for tab in able) or "none", abilities[first].reason]
    return f"| {' | '.join([*cells, *([source] if source else [])])} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the table of models that vLLM-Omni deploys.")
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--at", default="an unnamed commit")
    parser.add_argument("wheels", type=Path, nargs="*")
    args = parser.parse_args()
    if args.wheels:
        data = gather([Wheel(path) for path in args.wheels], args.docs.read_text("utf-8") if args.docs else "", args.at)
        DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    deployed_models.cache_clear()
    DOCS.write_text(docs_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
