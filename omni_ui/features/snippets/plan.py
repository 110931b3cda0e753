"""What all languages need to know of a call: what comes back, how the results are named, which files it reads."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Literal
from uuid import uuid4

from omni_ui.client import FileRef, WireCall, replace_files, type_of_file

Kind = Literal["pictures", "chat", "sound", "speech_events", "batch", "video_job", "video", "live_video", "json"]
USUAL_ADDRESS = "http://localhost:8091"
WAIT = 1800
"""Seconds. The server sends nothing before it is done, so a reader must be patient."""
EXACT = 2**53
"""The largest whole number up to which JavaScript counts exactly."""


@dataclass(frozen=True)
class Attachment:
    """A file as the code names it, and its media type."""

    name: str
    media_type: str


@dataclass(frozen=True)
class Plan:
    """kind: what the answer is. stem, suffix: of the names of the results. base_url: None when it is not shown."""

    call: WireCall
    kind: Kind
    stem: str
    suffix: str
    base_url: str | None
    attached: dict[Path, Attachment]

    @property
    def json(self) -> dict[str, object]:
        return self.call.json or {}

    @property
    def form(self) -> list[tuple[str, object]]:
        return self.call.form or []

    @property
    def files(self) -> list[tuple[str, Attachment]]:
        parts = [(field, Attachment(f"{field}.json", "application/json")) for field, _ in self.call.json_files]
        return [(field, self.attached[path]) for field, path in self.call.files] + parts

    @property
    def streams(self) -> bool:
        return self.json.get("stream") is True

    @cached_property
    def refs(self) -> list[FileRef]:
        """The files that go into JSON as base64, in their order."""
        references: list[FileRef] = []
        replace_files([self.call.json, [value for _, value in self.form]], references.append)
        return references


def plan_for(call: WireCall, base_url: str | None) -> Plan:
    """Looks at a call. Only its files' names and first bytes are read; a file that is gone keeps its name."""
    call = _whole_answer(call)
    kind, stem, suffix = _result(call)
    plan = Plan(call, kind, stem, suffix, _address(base_url), {})
    paths = [path for _, path in call.files] + [ref.path for ref in plan.refs]
    attached = _name(list(dict.fromkeys(paths)))
    names = {file.name.rpartition(".")[0] for file in attached.values()}
    while any(name == stem or name.startswith(f"{stem}-") for name in names):
        stem = f"new-{stem}"
    return replace(plan, stem=stem, attached=attached)


def _whole_answer(call: WireCall) -> WireCall:
    """An edit's stream carries what the model thinks; code wants the pictures, which come whole either way."""
    if call.path == "/v1/images/edits" and call.form is not None:
        return replace(call, form=[field for field in call.form if field[0] != "stream"])
    return call


def _address(base_url: str | None) -> str | None:
    return base_url.rstrip("/").removesuffix("/v1") if base_url else None


def _result(call: WireCall) -> tuple[Kind, str, str]:
    body = call.json or dict(call.form or [])
    picture = {"jpeg": "jpg", "jpg": "jpg", "webp": "webp"}.get(body.get("output_format", "png"), "png")
    sound_format: str = body.get("response_format", "wav")
    sound = {"opus": "ogg"}.get(sound_format, sound_format)
    streams = body.get("stream") is True and body.get("stream_format") != "audio"
    results: dict[str, tuple[Kind, str, str]] = {
        "/v1/images/generations": ("pictures", "picture", picture),
        "/v1/images/edits": ("pictures", "edited", picture),
        "/v1/chat/completions": ("chat", "answer", "png"),
        "/v1/audio/speech": ("speech_events" if streams else "sound", "speech", sound),
        "/v1/audio/speech/batch": ("batch", "speech", "wav"),
        "/v1/audio/generate": ("sound", "sound", sound),
        "/v1/videos": ("video_job", "video", "mp4"),
        "/v1/videos/generations": ("video_job", "video", "mp4"),
        "/v1/videos/sync": ("video", "video", "mp4"),
        "/v1/realtime/video": ("live_video", "video", "mp4"),
    }
    return results.get(call.path, ("json", "answer", "json"))


def _name(paths: list[Path]) -> dict[Path, Attachment]:
    """A name for each file: its own, made different where two files share one (pasted pictures often do)."""
    taken: set[str] = set()
    named: dict[Path, Attachment] = {}
    for path in paths:
        pure = PurePath(path.name)
        name, number = pure.name, 2
        while name in taken:
            name, number = f"{pure.stem}-{number}{pure.suffix}", number + 1
        taken.add(name)
        named[path] = Attachment(name, _media_type(path))
    return named


def _media_type(path: Path) -> str:
    try:
        return type_of_file(path)
    except OSError:
        return type_of_file(path, b"")


def json_pieces(value: object, indent: int | None = None) -> list[str | FileRef]:
    """The JSON text of a value, cut where the content of a file belongs (inside a string)."""
    refs: list[FileRef] = []
    mark = uuid4().hex

    def put_mark(ref: FileRef) -> str:
        refs.append(ref)
        return mark

    texts = json.dumps(replace_files(value, put_mark), ensure_ascii=False, indent=indent).split(mark)
    return [*[piece for pair in zip(texts, refs, strict=False) for piece in pair], texts[-1]]


def too_long_for_javascript(value: object) -> bool:
    """Whether a whole number in it would be rounded by JavaScript (seeds have 64 bits)."""
    if isinstance(value, dict):
        return any(too_long_for_javascript(item) for item in value.values())
    if isinstance(value, list):
        return any(too_long_for_javascript(item) for item in value)
    return isinstance(value, int) and abs(value) > EXACT
