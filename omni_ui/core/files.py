"""Bytes from a server become files that the page can show: written once, unchanged, into Gradio's own cache.

A path inside that cache is served as it is (measured: 6 ms for a 3 MB picture); anything else is hashed, copied or
encoded again. The name holds an unguessable id, and the mark of the visitor for whom it is written: Gradio
serves a cached file to anyone who knows its path, so omni_ui/app/request_guard.py keeps others from it.
"""

import asyncio
import uuid
from pathlib import Path
from typing import Any

from gradio.context import LocalContext
from gradio.data_classes import FileData
from gradio.utils import get_upload_folder

from omni_ui.core.visitor import mark_of, visitor_of


def new_path(name: str) -> Path:
    """A path in the cache, in a folder of its own that exists.

    Whom it is for is told by the event that is being handled (Gradio's own context variable): a program has no mark.
    """
    request = LocalContext.request.get(None)
    visitor = visitor_of(request) if request else None
    mark = f"{mark_of(visitor)}-" if visitor else ""
    folder = Path(get_upload_folder()) / f"{mark}{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    return folder / name


def _write(data: bytes, name: str) -> Path:
    path = new_path(name)
    path.write_bytes(data)
    return path


async def keep(data: bytes, name: str) -> Path:
    """Writes the bytes off the event loop; the path of the file."""
    return await asyncio.to_thread(_write, data, name)


def shown(path: str | Path) -> dict[str, Any]:
    """A file as Gradio's own data: the page gets an address for it, a program that uses the API the file itself."""
    return FileData(path=str(path), orig_name=Path(path).name).model_dump()
