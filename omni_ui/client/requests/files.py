"""Fields that hold local files, and the requests that carry them in a form."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from omni_ui.client.answers.formats import type_of_file
from omni_ui.client.requests.base import Request, WireCall, ui_option

FILE_KINDS = ("image", "audio", "video")


def _check(path: Path, kinds: tuple[str, ...], wanted: str) -> Path:
    if not path.is_file():
        raise ValueError(f"The file {path.name} is no longer available: choose it again.")
    if not path.stat().st_size:
        raise ValueError(f"The file {path.name} is empty: choose another one.")
    if not type_of_file(path).startswith(kinds):
        raise ValueError(f"The file {path.name} is not {wanted}.")
    return path


def _check_image(path: Path) -> Path:
    return _check(path, ("image/",), "a picture: choose a PNG, JPEG or WebP file")


def _check_audio(path: Path) -> Path:
    # MP4 and WebM may hold sound alone; only a decoder could tell.
    return _check(path, ("audio/", "video/"), "a recording: choose a WAV, MP3, FLAC or OGG file")


def _check_video(path: Path) -> Path:
    path = _check(path, ("video/",), "a video: choose an MP4 or MOV file")
    if path.suffix.lower() not in (".mp4", ".mov"):  # the server goes by the name (helpers.py:584-593)
        raise ValueError(f"The file {path.name} is not an MP4 or MOV file: save it as one.")
    return path


def _check_visual(path: Path) -> Path:
    return _check(path, ("image/", "video/"), "a picture or a video: choose a PNG, JPEG, WebP or MP4 file")


def _check_media(path: Path) -> Path:
    return _check(path, FILE_KINDS, "a picture, a video or a recording: choose another one")


def _blank_to_none(value: object) -> object:
    return None if value in ("", []) else value


def _as_list(value: object) -> object:
    """One path is a list of one; the page gives None for none."""
    if value is None or value == "":
        return []
    return [value] if isinstance(value, (str, Path)) else value


MaybeFile = BeforeValidator(_blank_to_none)
ImageFile = Annotated[Path, AfterValidator(_check_image)]
AudioFile = Annotated[Path, AfterValidator(_check_audio)]
VisualFile = Annotated[Path, AfterValidator(_check_visual)]
MaybeImage = Annotated[ImageFile | None, MaybeFile]
MaybeAudio = Annotated[AudioFile | None, MaybeFile]
MaybeVisual = Annotated[VisualFile | None, MaybeFile]
MaybeVideo = Annotated[Annotated[Path, AfterValidator(_check_video)] | None, MaybeFile]
VideoFiles = Annotated[list[Annotated[Path, AfterValidator(_check_video)]], BeforeValidator(_as_list)]
ImageFiles = Annotated[list[ImageFile], BeforeValidator(_as_list)]
MediaFiles = Annotated[list[Annotated[Path, AfterValidator(_check_media)]], BeforeValidator(_as_list)]


class FormRequest(Request):
    """A request that is sent as a form: files are parts of their own, objects are JSON text.

    Media never goes into a text field: the server refuses one of more than 1 MiB (WIRE.md 6).
    """

    def wire(self, model: str | None = None) -> WireCall:
        form = [("model", model)] if model else []
        files: list[tuple[str, Path]] = []
        sent = self.payload()
        for name, info in type(self).model_fields.items():
            if name in self.own:
                continue
            if ui_option(info, "kind") in FILE_KINDS:
                value = getattr(self, name)
                files += [(name, path) for path in (value if isinstance(value, list) else [value]) if path]
            elif name in sent:
                value = sent[name]
                # A list is the same field several times.
                form += [(name, as_text(item)) for item in (value if isinstance(value, list) else [value])]
        return WireCall("POST", self.path, form=form, files=files)


def as_text(value: object) -> str:
    """A form's text for a value, as the server reads it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
