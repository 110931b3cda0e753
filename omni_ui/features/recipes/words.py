"""A recipe in words: rows for people, and the `parameters` text that tools for A1111's pictures read.

That text is the prompt, a line "Negative prompt: …", and a line of "Name: value" pairs; readers want three of these.
Its form is described in the wiki of AUTOMATIC1111/stable-diffusion-webui (infotext).
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from pydantic import ValidationError

from omni_ui.client import PROMPT_FIELDS, TimelineEvent, ui_option
from omni_ui.core.files import Json
from omni_ui.features.recipes.recipe import Medium, Recipe

MADE_BY = "Omni UI"
MODEL_DEFAULT = "model default"
"""What is written where the server chose and did not tell: readers of such texts want a line that begins with steps,
and a sampler in it. A diffusion server has the one sampler of its pipeline, which has no name here."""
LONGEST_NAME = 60
"""Characters, the ending among them."""
FIRST = ("Steps", "CFG scale", "Seed", "Size")
"""How a line of settings begins, by which readers know it; what else a field says by `elsewhere` follows."""
TEXTS = (*PROMPT_FIELDS, "messages")
"""The fields that hold what was asked for."""


@dataclass(frozen=True)
class Row:
    """One setting. name: on the wire. value: as people read it. exact: equal where two settings are the same, which
    the values of files need not tell: two files may have one name."""

    name: str
    label: str
    value: str
    exact: object


def labelled(recipe: Recipe) -> list[tuple[str, str]]:
    """Each setting as (label, value), files by their names, as a table for people."""
    before = [(f"{_label(recipe, name)}, as you wrote it", text) for name, text in recipe.original.items()]
    return [*((row.label, row.value) for row in rows(recipe)), *before]


def _label(recipe: Recipe, name: str) -> str:
    info = recipe.fields.model_fields.get(name)
    return (info.title if info else None) or name


def rows(recipe: Recipe) -> list[Row]:
    """Each setting that says something, the model first. A message of a chat is named by who said it and when."""
    listed = [Row("model", "Model", recipe.model or "", recipe.model)]
    for name, info in recipe.fields.model_fields.items():
        label = info.title or name
        if unit := ui_option(info, "unit"):
            label = f"{label} ({unit})"
        if name == "messages":
            listed += _messages(recipe)
        elif name in recipe.media:
            files = recipe.media[name]
            listed.append(
                Row(name, label, ", ".join(medium.name for medium in files), [medium.sha256 for medium in files])
            )
        elif name in recipe.request and ui_option(info, "place") != "hidden":
            listed.append(Row(name, label, _written(recipe.request[name]), _written(recipe.request[name])))
    return [row for row in listed if row.value]


def _messages(recipe: Recipe) -> list[Row]:
    said: Counter[str] = Counter()
    listed = []
    for message in recipe.request.get("messages", []):
        who = _who(message)
        said[who] += 1
        exact = _by_content(message.get("content"), recipe.media.get("messages", []))
        listed.append(Row(f"messages:{who}:{said[who]}", who, _said(message), exact))
    return listed


def _by_content(value: object, files: list[Medium]) -> object:
    """The same value with each file's SHA-256 in place of its number."""
    if isinstance(value, dict):
        if "$media" in value:
            return files[value["$media"]].sha256
        return {name: _by_content(item, files) for name, item in value.items()}
    return [_by_content(item, files) for item in value] if isinstance(value, list) else value


def parameters(recipe: Recipe, size: tuple[int, int] | None = None) -> str:
    """The text of `parameters`. size: of the picture itself, in pixels, where the recipe leaves it to the model."""
    request = recipe.request
    lines = [_asked(recipe)]
    if request.get("negative_prompt"):
        lines.append(f"Negative prompt: {request['negative_prompt']}")
    pictures = "num_inference_steps" in recipe.fields.model_fields and recipe.tab != "sound"
    pairs: Json = dict.fromkeys(FIRST)
    for name, info in recipe.fields.model_fields.items():
        if (called := ui_option(info, "elsewhere", {}).get("a1111")) and pairs.get(called) is None:
            pairs[called] = request.get(name)
    if pictures and pairs["Steps"] is None:
        pairs["Steps"] = MODEL_DEFAULT
    pairs["Size"] = pairs["Size"] or (f"{size[0]}x{size[1]}" if size else None)
    pairs |= {
        "Model": recipe.model,
        "Sampler": MODEL_DEFAULT if pictures else None,
        # Not by `elsewhere`: how many were made at once is written, and not read, since a file holds one of them.
        "Batch size": request.get("n", 1),
        "Task": recipe.tab,
        "Version": MADE_BY,
    }
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in pairs.items() if value is not None))
    return "\n".join(lines).replace("\x00", " ")


def _asked(recipe: Recipe) -> str:
    text = next((recipe.request[name] for name in TEXTS if name in recipe.request), "")
    return text if isinstance(text, str) else "\n".join(_said(message) for message in text if message["role"] == "user")


def _said(message: Json) -> str:
    content = message.get("content")
    parts = [{"text": content}] if isinstance(content, str) else content or []
    return " ".join(part.get("text") or "(file)" for part in parts)


def _who(message: Json) -> str:
    return {"user": "You", "assistant": "Answer"}.get(message.get("role", ""), "System prompt")


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_change(item) if isinstance(item, dict) else str(item) for item in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else _number(value)


def _change(item: Json) -> str:
    """A change of a video's timeline in words."""
    try:
        return TimelineEvent.model_validate(item).summary()
    except ValidationError:
        return json.dumps(item, ensure_ascii=False)


def _number(value: object) -> str:
    """7 and not 7.0, as people write it."""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _quoted(value: object) -> str:
    text = _number(value)
    return json.dumps(text, ensure_ascii=False) if any(sign in text for sign in ',:\n"') else text


def download_name(request: Json, name: str) -> str:
    """The name of a download: `picture-2.png` of a request for a red fox becomes `A-red-fox-7-2.png`.

    request: the wire fields that were sent. What follows the first hyphen of `name` stays, since it tells the files of
    one result apart. A request without words leaves the name as it is.
    """
    prompt = next((value for field in PROMPT_FIELDS if isinstance(value := request.get(field), str)), "")
    words = re.sub(r"[\W_]+", "-", re.sub("['’]", "", prompt[: 4 * LONGEST_NAME])).strip("-")
    if not words:
        return name
    path = PurePath(name)
    _, hyphen, part = path.stem.partition("-")
    seed = request.get("seed")
    rest = f"{'' if seed is None else f'-{seed}'}{hyphen}{part}{path.suffix}"
    room = max(1, LONGEST_NAME - len(rest))
    if len(words) > room:
        whole, _, _ = words[: room + 1].rpartition("-")
        words = whole or words[:room]
    return f"{words}{rest}"
