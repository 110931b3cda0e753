"""What was entered and said as JSON for the history: each file in it becomes its number, and a source to be kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from omni_ui.client import FILE_KINDS, PROMPT_FIELDS, FileRef, Request, type_of_file, ui_option
from omni_ui.core.files import Json, cache_folder
from omni_ui.core.run import Values
from omni_ui.features.recipes import Recipe
from omni_ui.store import Source


def result_of(path: Path, title: str = "") -> Source:
    return Source(path, "result", title or path.name, type_of_file(path))


def as_files(name: str, value: object, model: type[Request] | None) -> Any:
    """A value of a control that holds files, with Paths for them. No other text is ever taken for a path.

    A caller may name any path: only what was uploaded counts. (Another visitor's is refused before, see request_guard.)
    """
    info = model.model_fields.get(name) if model else None
    if not value or not (name == "files" or (info and ui_option(info, "kind") in FILE_KINDS)):
        return value
    uploads = cache_folder()
    listed = value if isinstance(value, list) else [value]
    named = [item.get("path") if isinstance(item, dict) else item for item in listed]
    paths = [Path(item) for item in named if isinstance(item, str) and uploads in Path(item).resolve().parents]
    return paths if isinstance(value, list) else paths[0] if paths else None


class Pack:
    """Turns values into JSON; each file in them becomes its number, and a source to be kept."""

    def __init__(self, sources: list[Source]) -> None:
        self.sources = list(sources)

    def plain(self, value: object) -> Any:
        return plain(value, {Path: self._number, FileRef: lambda ref: {**self._number(ref.path), "as": ref.as_}})

    def _number(self, path: Path) -> dict[str, int | None]:
        for number, source in enumerate(self.sources):
            if source.path == path:
                return {"file": number}
        try:
            kind = type_of_file(path)
        except OSError:
            return {"file": None}
        self.sources.append(Source(path, "input", path.name, kind))
        return {"file": len(self.sources) - 1}


def recipe_json(request: Request, model: str | None) -> Json | None:
    """Blocking. None when a file of the request is gone."""
    try:
        return Recipe.of(request, model).as_dict()
    except OSError:
        return None


def plain(value: object, files: dict[type, Callable[[Any], object]]) -> object:
    """A value as JSON; what cannot be one (a conversation that the page holds) is left out."""
    for kind, number in files.items():
        if isinstance(value, kind):
            return number(value)
    if isinstance(value, dict):
        entries = {str(name): plain(item, files) for name, item in value.items()}
        return {name: item for name, item in entries.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item, files) for item in value]
    return value if isinstance(value, (str, int, float, bool)) else None


def summary_of(entered: Values, recipe: Json | None) -> str:
    """What was asked for: the words that a person would know it by. Of a conversation, the message answered."""
    sent = (recipe or {}).get("request", {})
    for values in (entered, sent):
        for name in (*PROMPT_FIELDS, "text"):  # "text" is the message box of a chat
            text = values.get(name)
            if isinstance(text, str) and text.strip():
                return text.strip()[:2000]
    for message in reversed(sent.get("messages", [])):
        if message.get("role") == "user":
            content = message.get("content")
            parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
            return " ".join(str(part["text"]) for part in parts if part.get("type") == "text").strip()[:2000]
    return ""
