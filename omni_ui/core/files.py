"""Bytes from a server become files that the page can show: written once, unchanged, into Gradio's cache folder.

A path inside that folder is served as it is (measured: 6 ms for a 3 MB picture); anything else is hashed, copied or
encoded again. Each file lies in a folder of its own, whose name holds the mark of the visitor whom it belongs to and an
unguessable id. A folder without a mark belongs to the programs that use the API: they have no cookie, so whoever knows
the id may have the file, but no visitor.
"""

import asyncio
import json
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from gradio.data_classes import FileData

from omni_ui.client import OmniError
from omni_ui.core.visitor import current_visitor, mark_of
from omni_ui.settings import BadSetting

FOLDER = re.compile(r"(?:(?P<mark>[0-9a-f]{16})-)?[0-9a-f]{32}")
"""The name of a folder that holds one visitor's file, or the few files that were made at once."""
FILE_TYPE = "gradio.FileData"
"""What Gradio writes into `meta` of an object that it takes for a file."""
FILE_KEYS = {"path", "url", "meta", "_type", "is_file", "is_stream"}
"""The names by which Gradio and its client know an object that stands for a file."""
NOT_OWN = "This file was not uploaded by you or made for you: upload it first."
FILE_ROUTE = "gradio_api/file="
"""What stands before a path of the cache in its address, below the root of the page (Gradio's guide on files)."""
NO_SPACE = (28, 122)
"""errno of a full disk, and of a user's quota that is used up."""
T = TypeVar("T")
Json = dict[str, Any]
"""A JSON object."""


class FileRefused(Exception):
    """A path or an address that the visitor may not use; the text is one sentence."""

    def __init__(self) -> None:
        super().__init__(NOT_OWN)


def cache_folder() -> Path:
    """Gradio's cache: the only folder whose files are served. Gradio documents the variable, and where it is else."""
    return _resolved(os.environ.get("GRADIO_TEMP_DIR") or os.path.join(tempfile.gettempdir(), "gradio"))


@cache
def _resolved(folder: str) -> Path:
    """A folder without links on the way to it. Each part of that way costs a question to the disk, so it is kept."""
    return Path(folder).resolve()


def use_cache_folder(folder: Path) -> None:
    """Lets Gradio keep its cache there. Call it before the page is built."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)


def place_cache(data: Path | None) -> Path | None:
    """Puts Gradio's cache beside the results, on the same disk; else into a temporary folder, which is returned.

    BadSetting when neither can be written.
    """
    if data:
        with suppress(OSError):
            use_cache_folder(data / "cache")
            return None
    try:
        temporary = Path(tempfile.mkdtemp(prefix="omni-ui-cache-"))
    except OSError as wrong:
        raise BadSetting(
            f"Neither {data or 'a folder for results'} nor the temporary folder can be written "
            f"({wrong.strerror or wrong}): allow it, free up space, or set OMNI_DATA_DIR and TMPDIR to other folders."
        ) from None
    use_cache_folder(temporary)
    return temporary


def new_folder(visitor: str | None) -> Path:
    """An empty folder in the cache that belongs to a visitor, or to programs. OSError."""
    folder = _folder_of(visitor)
    folder.mkdir(parents=True)
    return folder


def _folder_of(visitor: str | None) -> Path:
    mark = f"{mark_of(visitor)}-" if visitor else ""
    return cache_folder() / f"{mark}{uuid.uuid4().hex}"


def new_path(name: str) -> Path:
    """A path in a new folder of the cache, for the visitor whose event is being handled. OmniError for a full disk."""
    return _plainly(lambda: new_folder(current_visitor())) / name


def future_path(name: str) -> Path:
    """The same for a file that `write_all` will write: there is no folder yet, so nothing waits for the disk."""
    return _folder_of(current_visitor()) / name


def owned_path(text: str, visitor: str | None) -> Path:
    """The file that a path names, when it exists and belongs to this visitor (None: to programs). FileRefused."""
    root = cache_folder()
    try:
        path = Path(text)
        if not path.is_absolute():
            raise FileRefused
        path = path.resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise FileRefused
    except (OSError, ValueError, RuntimeError):  # a name that is too long, holds a NUL, or a circle of links
        raise FileRefused from None
    if not belongs_to(path.relative_to(root).parts[0], visitor):
        raise FileRefused
    return path


def own_path(text: str) -> Path:
    """`owned_path` for the visitor whose event is being handled."""
    return owned_path(text, current_visitor())


def belongs_to(folder: str, visitor: str | None) -> bool:
    """Whether a folder of the cache, by its name, is this visitor's (None: one of the programs')."""
    match = FOLDER.fullmatch(folder)
    return match is not None and match["mark"] == (mark_of(visitor) if visitor else None)


def is_file_object(value: object) -> bool:
    """Whether Gradio would take a value for a file: at least those that it does, and those that it nearly does."""
    if not isinstance(value, dict) or not isinstance(meta := value.get("meta"), dict):
        return False
    return str(meta.get("_type", "")).strip().lower() == FILE_TYPE.lower()


def as_plain_json(value: object) -> object:
    """What a visitor typed, as an output may show it: neither Gradio nor gradio_client takes any of it for a file.

    An object that names a `path` or the like (a LoRA, for example) becomes its JSON text.
    """
    if isinstance(value, dict):
        if any(str(name).strip().lower() in FILE_KEYS for name in value):
            return json.dumps(value, ensure_ascii=False, default=str)
        return {name: as_plain_json(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain_json(inner) for inner in value]
    return value


def _plainly(write: Callable[[], T]) -> T:
    """Runs it; an OSError comes out as an OmniError with a sentence."""
    try:
        return write()
    except OSError as wrong:
        raise CacheProblem.of(wrong) from wrong


class CacheProblem(OmniError):
    """The cache folder cannot be written."""

    @classmethod
    def of(cls, wrong: OSError) -> "CacheProblem":
        if wrong.errno in NO_SPACE:
            return cls("The disk for this page's files is full: the host has to free up space.")
        return cls(f"The folder for the files of this page cannot be written ({wrong.strerror or wrong}).")


def _write(data: bytes, path: Path) -> Path:
    try:
        _plainly(lambda: path.write_bytes(data))
    except CacheProblem:
        shutil.rmtree(path.parent, ignore_errors=True)  # half a file would take the room that others need
        raise
    return path


async def keep(data: bytes, name: str) -> Path:
    """Writes the bytes off the event loop; the path of the file. OmniError for a full disk."""
    return await asyncio.to_thread(lambda: _write(data, new_path(name)))


async def write_all(files: dict[Path, bytes]) -> None:
    """Writes files, each in a folder of its own (`future_path`), off the event loop. OmniError for a full disk."""

    def write(path: Path, data: bytes) -> None:
        _plainly(lambda: path.parent.mkdir(parents=True))
        _write(data, path)

    await asyncio.gather(*(asyncio.to_thread(write, path, data) for path, data in files.items()))


def shown(path: str | Path) -> dict[str, object]:
    """A file as Gradio's own data: the page gets an address for it, a program that uses the API the file itself."""
    return FileData(path=str(path), orig_name=Path(path).name).model_dump()
