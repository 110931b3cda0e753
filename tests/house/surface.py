"""What other people's programs and tests hold on to: endpoints of the API, ids of elements, routes.

`python -m tests.house.surface` prints it as JSON that does not depend on the machine; `--add` writes what is new into
surface.json, and leaves what is there as it is. What is gone or changed fails tests/house/test_surface.py.
"""

import json
import re
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from omni_ui.app.factory import create_app
from omni_ui.settings import Settings

SNAPSHOT = Path(__file__).with_name("surface.json")
Surface = dict[str, dict[str, Any]]


def surface() -> Surface:
    """The surface of this code, by kind. No server is asked: nothing of it depends on one."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(base_url="http://127.0.0.1:9", data_dir=Path(folder), visitor_servers=True))
        client = TestClient(app, base_url="http://127.0.0.1")  # not entered: the app is described, and not started
        config, info = client.get("/config").json(), client.get("/gradio_api/info").json()
        with warnings.catch_warnings(action="ignore"):  # FastAPI on routes that answer GET and HEAD
            routes = app.openapi()["paths"]
    elements = [
        (part["props"]["elem_id"], part["type"]) for part in config["components"] if part["props"].get("elem_id")
    ]
    return {
        "elements": elements_by_id(sorted(elements)),
        "endpoints": {name: _endpoint(told) for name, told in sorted(info["named_endpoints"].items())},
        "routes": {
            path: sorted(ways) for path, ways in sorted(routes.items()) if path.startswith(("/omni", "/health"))
        },
    }


def elements_by_id(elements: list[tuple[str, str]]) -> dict[str, str]:
    """Types by id. elements: (id, type). A parameter named as a part of each tab, such as "stop", would take its id."""
    if twice := sorted(elem_id for elem_id, count in Counter(elem_id for elem_id, _ in elements).items() if count > 1):
        raise ValueError(f"Two elements have the same id: {', '.join(twice)}")
    return dict(elements)


def _endpoint(info: dict[str, Any]) -> dict[str, Any]:
    """Parameters and results in their order, with their types; descriptions may change."""
    return {
        "parameters": [
            {
                "name": part["parameter_name"],
                "has_default": part["parameter_has_default"],
                "component": part["component"],
                "type": _type(part["type"]),
            }
            for part in info["parameters"]
        ],
        "returns": [
            {"label": re.sub(r"^value_\d+$", "value", part["label"]), "component": part["component"]}
            for part in info["returns"]
        ],
    }


def _moved(was: Any, now: Any) -> str:
    """The first new parameter that stands before one that was there; empty when there is none, or more has changed."""
    if not isinstance(was, dict) or "parameters" not in was:
        return ""
    known = [part["name"] for part in was["parameters"]]
    names = [part["name"] for part in now.get("parameters", [])]
    if [name for name in names if name in known] != known:
        return ""
    return next((name for name in names[: len(known)] if name not in known), "")


def _type(schema: Any) -> Any:
    return schema.get("type", "any") if isinstance(schema, dict) else schema


def snapshot() -> Surface:
    """The surface that was written down."""
    kept: Surface = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    return kept


def broken(before: Surface, now: Surface) -> list[str]:
    """What programs that know `before` would miss, as sentences."""
    lines = []
    for kind, entries in before.items():
        for name, was in entries.items():
            if name not in now.get(kind, {}):
                lines.append(f"{kind}: {name} is gone")
            elif moved := _moved(was, now[kind][name]):
                lines.append(f"{kind}: {name}: a new parameter goes after the last one, and {moved} does not")
            elif not _holds(was, now[kind][name]):
                lines.append(f"{kind}: {name} was {json.dumps(was)}, and is {json.dumps(now[kind][name])}")
    return lines


def _holds(was: Any, now: Any) -> bool:
    """Whether the entry still serves those who knew it: a list may grow at its end, by what has a default."""
    if isinstance(was, dict) and isinstance(now, dict):
        return was.keys() <= now.keys() and all(_holds(was[key], now[key]) for key in was)
    if isinstance(was, list) and isinstance(now, list):
        new = now[len(was) :]
        optional = all(not isinstance(part, dict) or part.get("has_default", True) for part in new)
        return len(was) <= len(now) and optional and all(map(_holds, was, now))
    return bool(was == now)


def with_new(before: Surface, now: Surface) -> Surface:
    """The snapshot with what came since, new parameters of an endpoint too; what was changed or is gone stays in it."""
    merged = {}
    for kind, entries in now.items():
        was = before.get(kind, {})
        kept = {name: was[name] for name in was if name not in entries or not _holds(was[name], entries[name])}
        merged[kind] = dict(sorted((entries | kept).items()))
    return merged


def not_written(before: Surface, now: Surface) -> list[str]:
    """Parameters of endpoints that the snapshot does not guard yet, as "/image: refiner_steps"."""
    lines = []
    for name, entry in now["endpoints"].items():
        guarded = {part["name"] for part in before["endpoints"].get(name, {}).get("parameters", [])}
        lines += [f"{name}: {part['name']}" for part in entry["parameters"] if part["name"] not in guarded]
    return lines


def main() -> None:
    """Prints the surface, or adds what is new to the snapshot."""
    now = surface()
    if "--add" in sys.argv:
        now = with_new(snapshot() if SNAPSHOT.exists() else {}, now)
        SNAPSHOT.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    else:
        print(json.dumps(now, indent=1))


if __name__ == "__main__":
    main()
