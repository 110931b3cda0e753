"""A recipe: one request of one tab as JSON. Files are named by their SHA-256; their bytes are never in it.

    {"omni": 1, "tab": "edit", "model": "Qwen/Qwen-Image-Edit", "request": {"prompt": "make it night", "seed": 7},
     "media": {"image": [{"sha256": "…", "name": "photo.jpg"}]}}

`request` holds the wire fields that were set. In the messages of a chat, a file stands as {"$media": 0, "as": …},
the number being its place in media["messages"].
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from omni_ui.client import FILE_KINDS, ChatRequest, FileRef, Request, problems, replace_files, tabs, ui_option
from omni_ui.client.answers.valid_text import read_json, valid_values
from omni_ui.client.requests.base import MAX_PROMPT
from omni_ui.core.files import Json
from omni_ui.features.recipes.originals import ORIGINALS
from omni_ui.features.speech.request import SpokenText

VERSION = 1
LONGEST = 512 * 1024
"""Characters of a recipe as JSON. The longest prompts of all fields together have a quarter of it."""
MOST_MEDIA = 64
REQUESTS: dict[str, type[Request]] = {**tabs.REQUESTS, "speech": SpokenText}
"""What each tab asks for. Speech has its own: how a long text is read is part of its settings."""
ROLES = ("system", "developer", "user", "assistant")
PARTS = {"image_url": "url", "audio_url": "url", "video_url": "url", "input_audio": "data"}
"""The parts of a message that may hold a file, and under which name."""


class BadRecipe(ValueError):
    """It cannot be used; the text is one sentence for the person who opened it."""


@dataclass(frozen=True)
class Medium:
    """A file that was sent: which bytes, and what it was called."""

    sha256: str
    name: str


@dataclass(frozen=True)
class Recipe:
    """Checked: made by `of`, or read by `from_json` from anywhere. media: by wire name."""

    tab: str
    request: Json
    media: dict[str, list[Medium]] = field(default_factory=dict)
    model: str | None = None
    original: dict[str, str] = field(default_factory=dict)
    """By field: what the visitor wrote before the prompt helper rewrote it. It is kept, and never sent."""

    @classmethod
    def of(cls, request: Request, model: str | None = None) -> Self:
        """The recipe of a request that can be sent. Reads its files to name them: call it off the event loop."""
        kinds = media_fields(type(request))
        values = request.model_dump(mode="json", exclude_none=True, exclude={*kinds, "messages"})
        values = {name: value for name, value in values.items() if value != []}
        media = {name: [_medium(path) for path in _paths(getattr(request, name))] for name in kinds}
        if isinstance(request, ChatRequest):
            media["messages"] = []
            values["messages"] = replace_files(request.messages, lambda ref: _hold(ref, media["messages"]))
        kept = {name: listed for name, listed in media.items() if listed}
        return cls(request.tab, values, kept, model, ORIGINALS.of_fields(values))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Reads and checks; raises BadRecipe."""
        if len(text) > LONGEST:
            raise BadRecipe("These settings are too long, so they were not read.")
        try:
            value = read_json(text)
        except (ValueError, RecursionError):
            raise BadRecipe("These settings cannot be read: they are incomplete, or not from this page.") from None
        return cls.from_dict(value)

    @classmethod
    def from_dict(cls, value: Any) -> Self:
        """Checks every part; raises BadRecipe with one sentence."""
        if not isinstance(value, dict) or "omni" not in value:
            raise BadRecipe("These are not settings of this page.")
        try:
            value = valid_values(value)
        except ValueError:
            raise BadRecipe("These settings are nested too deeply, so they were not read.") from None
        if value["omni"] != VERSION or isinstance(value["omni"], bool):
            raise BadRecipe(
                f"These settings are of version {_short(value['omni'])}; this page reads version {VERSION}. "
                "Open them where they were made, or update this page."
            )
        if unknown := sorted(set(value) - {"omni", "tab", "model", "request", "media", "original"}):
            raise BadRecipe(f"These settings contain something unknown: {_short(unknown[0])}.")
        tab, model, request = value.get("tab"), value.get("model"), value.get("request")
        if not isinstance(tab, str) or tab not in REQUESTS:
            raise BadRecipe(f"These settings are for a tab that this page does not have: {_short(tab)}.")
        if model is not None and not (isinstance(model, str) and 0 < len(model) <= 300 and model.isprintable()):
            raise BadRecipe("The model name in these settings is not valid.")
        if not isinstance(request, dict):
            raise BadRecipe("These settings contain no request.")
        media, original = _read_media(tab, value.get("media", {})), _read_original(value.get("original", {}))
        recipe = cls(tab, request, media, model, original)
        recipe.values()
        return recipe

    def as_dict(self) -> Json:
        entries: Json = {"omni": VERSION, "tab": self.tab}
        entries |= {"model": self.model} if self.model else {}
        entries["request"] = self.request
        if self.media:
            entries["media"] = {name: [asdict(medium) for medium in listed] for name, listed in self.media.items()}
        if self.original:
            entries["original"] = self.original
        return entries

    def as_json(self, *, ascii_only: bool = False) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=ascii_only, separators=(",", ":"))

    @property
    def fields(self) -> type[Request]:
        return REQUESTS[self.tab]

    def values(self) -> Json:
        """The wire fields with their values as the request model takes them, files aside. Raises BadRecipe.

        Each is put into an empty request in the order of the model, so that the model's own rules judge it, the ones
        between two fields included; a file that is not here yet does not fail it.
        """
        fields = self.fields.model_fields
        if unknown := [name for name in self.request if name not in fields]:
            raise BadRecipe(f"These settings contain something that {self.tab} does not have: {_short(unknown[0])}.")
        kinds = media_fields(self.fields)
        if named := [name for name in self.request if name in kinds]:
            raise BadRecipe(f"Settings cannot contain files ({fields[named[0]].title}): choose them yourself.")
        if "messages" in self.request:
            _check_messages(self.request["messages"], len(self.media.get("messages", [])))
        stand_ins: Json = {
            name: Path(listed[0].name) for name, listed in self.media.items() if name in kinds and listed
        }
        empty = self.fields.model_construct(**stand_ins)
        validator = self.fields.__pydantic_validator__
        for name, info in fields.items():
            if name not in self.request:
                if info.is_required():
                    raise BadRecipe(f"These settings are incomplete: {info.title or name} is missing.")
                continue
            try:
                validator.validate_assignment(empty, name, self.request[name], strict=True)
            except ValidationError as wrong:
                raise BadRecipe(problems(wrong, self.fields)[0].sentence) from None
            except (RecursionError, OverflowError):
                raise BadRecipe(f"{info.title or name} cannot be read.") from None
        return {name: getattr(empty, name) for name in fields if name in self.request}

    def to_request(self, find: Callable[[Medium], Path]) -> Request:
        """The request itself. find: where the file with this hash is; it may raise. Raises BadRecipe."""
        values = self.values()
        for name in media_fields(self.fields):
            paths = [find(entry) for entry in self.media.get(name, [])]
            if paths:
                values[name] = paths if _is_list(self.fields, name) else paths[0]
        if "messages" in values:
            values["messages"] = _release(values["messages"], [find(entry) for entry in self.media.get("messages", [])])
        try:
            return self.fields(**values)
        except ValidationError as wrong:
            raise BadRecipe(" ".join(entry.sentence for entry in problems(wrong, self.fields))) from None


def media_fields(model: type[Request]) -> list[str]:
    """The fields of a request model that hold files."""
    return [name for name, info in model.model_fields.items() if ui_option(info, "kind") in FILE_KINDS]


def names_files(request: Request) -> bool:
    """Whether a request holds files, which its recipe has to read."""
    if any(_paths(getattr(request, name)) for name in media_fields(type(request))):
        return True
    refs: list[FileRef] = []
    if isinstance(request, ChatRequest):
        replace_files(request.messages, refs.append)
    return bool(refs)


def _is_list(model: type[Request], name: str) -> bool:
    return "list" in str(model.model_fields[name].annotation)


def _paths(value: Any) -> list[Path]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _medium(path: Path) -> Medium:
    with path.open("rb") as file:
        return Medium(hashlib.file_digest(file, "sha256").hexdigest(), path.name)


def _hold(ref: FileRef, media: list[Medium]) -> Json:
    media.append(_medium(ref.path))
    return {"$media": len(media) - 1, "as": ref.as_}


def _release(value: object, paths: list[Path]) -> object:
    """Messages with FileRefs in the places of their stand-ins."""
    if isinstance(value, dict):
        if set(value) == {"$media", "as"}:
            return FileRef(paths[value["$media"]], value["as"])
        return {name: _release(item, paths) for name, item in value.items()}
    return [_release(item, paths) for item in value] if isinstance(value, list) else value


def _read_original(value: object) -> dict[str, str]:
    """What was written before, by field. Raises BadRecipe."""
    texts = value if isinstance(value, dict) and len(value) <= 4 else {"": None}
    if not all(isinstance(text, str) and len(text) <= MAX_PROMPT and len(name) < 60 for name, text in texts.items()):
        raise BadRecipe("The original prompt in these settings is not valid.")
    return dict(texts)


def _read_media(tab: str, value: object) -> dict[str, list[Medium]]:
    names = {*media_fields(REQUESTS[tab]), *(["messages"] if tab == "chat" else [])}
    if not isinstance(value, dict) or not set(value) <= names:
        raise BadRecipe("The list of files in these settings is not valid.")
    media: dict[str, list[Medium]] = {}
    for name, listed in value.items():
        if not isinstance(listed, list) or len(listed) > MOST_MEDIA:
            raise BadRecipe("The list of files in these settings is not valid.")
        media[name] = [_read_medium(entry) for entry in listed]
    return {name: listed for name, listed in media.items() if listed}


def _read_medium(value: object) -> Medium:
    if not isinstance(value, Mapping) or set(value) != {"sha256", "name"}:
        raise BadRecipe("A file in these settings must have only a hash and a name.")
    digest, name = value["sha256"], value["name"]
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise BadRecipe("A file in these settings has an invalid hash.")
    if not isinstance(name, str) or not 0 < len(name) <= 255 or re.search(r"[/\\\x00-\x1f\x7f]", name) or name in "..":
        raise BadRecipe("A file name in these settings contains a path.")
    return Medium(digest, name)


def _check_messages(messages: object, media: int) -> None:
    """Text, and stand-ins for files. Addresses are refused: the server would fetch what a stranger's link names."""
    if not isinstance(messages, list) or not all(isinstance(entry, dict) for entry in messages):
        raise BadRecipe("The conversation in these settings is not valid.")
    for message in messages:
        if set(message) - {"role", "content", "name"} or message.get("role") not in ROLES:
            raise BadRecipe("A message in these settings is not valid.")
        content = message.get("content")
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content or [None]:
            if not _is_part(part, media):
                raise BadRecipe("A message in these settings contains something other than text and files.")


def _is_part(part: object, media: int) -> bool:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        return False
    if part["type"] == "text":
        return set(part) == {"type", "text"} and isinstance(part["text"], str)
    inside, place = part.get(part["type"]), PARTS.get(part["type"])
    if place is None or set(part) != {"type", part["type"]} or not isinstance(inside, dict):
        return False
    held, rest = inside.get(place), set(inside) - {place, "format"}
    if rest or not isinstance(inside.get("format", ""), str) or not isinstance(held, dict):
        return False
    number = held.get("$media")
    proper = set(held) == {"$media", "as"} and held["as"] in ("data_url", "base64")
    return proper and type(number) is int and 0 <= number < media


def _short(value: object) -> str:
    """A value of a stranger in a sentence: short, on one line."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    text = "".join(char if char.isprintable() else " " for char in text[:60])
    return f"{text} …" if len(str(value)) > 60 else text
