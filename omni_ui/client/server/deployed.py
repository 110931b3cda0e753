"""The models that vLLM-Omni publishes, and what comes out of them: data made by bench/make_model_table.py.

known_models.py is the hand-written table beside it, with limits and recommended settings; it holds first. What stands
here alone, such as a model of a newer version, still lands on its tab.
"""

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

from omni_ui.client.server.model_facts import Facts, KnownModel, chat, edit, image, sound, speech, video

DATA = Path(__file__).with_name("deployed_models.json")


WORDS = {"text": "text", "audio": "sounds", "image": "pictures", "video": "videos", "action": "movements"}


class Published(TypedDict):
    """outputs: text, audio, image, video or action. speech: the route of speech serves it."""

    outputs: list[str]
    speech: bool


@cache
def _data() -> dict[str, dict[str, dict[str, object]]]:
    data: dict[str, dict[str, dict[str, object]]] = json.loads(DATA.read_text(encoding="utf-8"))
    return data


@cache
def deployed_models() -> dict[str, str]:
    """Each published model by its id, and where upstream names it."""
    models = dict.fromkeys(_data()["models"], "list of models")
    for name, entry in _data()["deployments"].items():
        for id in _list(entry["models"]):
            models.setdefault(id, f"{name}.yaml")
    return dict(sorted(models.items(), key=lambda item: item[0].lower()))


def published(name: str) -> KnownModel | None:
    """What upstream states of a model, by its id with or without its owner; None where it states nothing."""
    id = _names().get(name.lower()) or _names().get(name.lower().rpartition("/")[2])
    if id is None:
        return None
    entry = _entry(id)
    can = _can(entry)
    return KnownModel("", "This model", _does(entry, can), can) if entry["outputs"] else None


def _does(entry: Published, can: dict[str, Facts]) -> str:
    if "speech" in can:
        return "speaks"
    if entry["outputs"] == ["text"]:
        return "answers in text"
    return "makes " + " and ".join(WORDS[output] for output in entry["outputs"]) if can else "steers a robot"


@cache
def _names() -> dict[str, str]:
    """Ids and deploy configurations by the lower-cased names that a server may list them under."""
    names = {name.lower(): name for name in _data()["deployments"]}
    return names | {key: id for id in deployed_models() for key in (id.lower(), id.lower().rpartition("/")[2])}


def _entry(id: str) -> Published:
    architectures = set(_list(_data()["models"].get(id, {}).get("architectures", [])))
    outputs: set[str] = set()
    speaks = False
    for name, entry in _data()["deployments"].items():
        if name == id or id in _list(entry["models"]) or architectures & set(_list(entry["architectures"])):
            outputs |= set(_list(entry["outputs"]))
            speaks = speaks or bool(entry["speech"])
    for architecture in architectures & set(_data()["diffusion"]):
        outputs |= {str(_data()["diffusion"][architecture]["output"])} - {""}
    return {"outputs": sorted(output.rstrip("s") for output in outputs), "speech": speaks}


def _can(entry: Published) -> dict[str, Facts]:
    outputs = set(entry["outputs"])
    if entry["speech"] and "text" not in outputs:
        return speech(clones=True)
    if "text" in outputs:
        talks = chat("text image audio video", " ".join(sorted(outputs & {"text", "audio", "image"})))
        return (image() if "image" in outputs else {}) | talks
    can: dict[str, Facts] = {}
    can |= image() | edit(None) if "image" in outputs else {}
    can |= video("text image") if "video" in outputs else {}
    return can | (sound() if "audio" in outputs else {})


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
