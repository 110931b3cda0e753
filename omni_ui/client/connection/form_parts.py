"""The files of a form as httpx sends them."""

import io
from contextlib import ExitStack
from typing import IO

from omni_ui.client.answers.formats import type_of_file
from omni_ui.client.requests.base import WireCall

FilePart = tuple[str, tuple[str, IO[bytes], str]]
"""Field, and the file's name, content and type."""


def file_parts(call: WireCall, opened: ExitStack) -> list[FilePart]:
    """The parts of a call that are files; those on disk stay open as long as `opened`. Blocking."""
    parts: list[FilePart] = [
        (name, (path.name, opened.enter_context(path.open("rb")), _part_type(name, type_of_file(path))))
        for name, path in call.files
    ]
    return parts + [
        (name, (f"{name}.json", io.BytesIO(part.write().encode()), "application/json"))
        for name, part in call.json_files
    ]


def _part_type(field: str, kind: str) -> str:
    """The type that a file part declares. WebM and MP4 may hold sound alone; voices are refused as video."""
    return kind.replace("video/", "audio/") if "audio" in field else kind
