"""Arguments of a tool as the values of a tab's controls. Files come as data: URLs, or are here already."""

import base64
import binascii
import copy
import mimetypes
from urllib.parse import unquote

import gradio as gr

from omni_ui.client import ui_option
from omni_ui.client.requests.files import FILE_KINDS
from omni_ui.core.files import FileRefused, Json, keep, own_path
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Values
from omni_ui.features.mcp.schema import fields_of
from omni_ui.features.tab_context import TabContext

FILES = "/gradio_api/file="
MOST_FILES = 16


async def read_arguments(tab: TabContext, arguments: Json) -> Values:
    """The values of all inputs of the tab, by name. Raises Invalid for a name or a file that cannot be taken."""
    offered = fields_of(tab)
    for name in arguments:
        if name not in offered:
            raise Invalid.because(name, f"There is no setting called {name!r} here: there are {', '.join(offered)}.")
    values: Values = {
        name: copy.deepcopy(part.value) if isinstance(part, gr.State) else None for name, part in tab.inputs.items()
    }
    for name, value in arguments.items():
        values[name] = await _with_files(name, value) if _holds_files(tab, name) and value else value
    return values


def _holds_files(tab: TabContext, name: str) -> bool:
    info = tab.form.model.model_fields.get(name)
    return name == "files" if info is None else ui_option(info, "kind") in FILE_KINDS


async def _with_files(name: str, value: object) -> str | list[str]:
    """The paths of files that come as data URLs, paths or addresses. Raises Invalid."""
    if isinstance(value, list):
        if len(value) > MOST_FILES:
            raise Invalid.because(name, f"At most {MOST_FILES} files at once.")
        return [await _path(name, item) for item in value]
    return await _path(name, value)


async def _path(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid.because(name, "A file is given as text: a data: URL, or the path of a file that is here.")
    if value.startswith("data:"):
        return await _write(name, value)
    _, is_address, path = value.partition(FILES)
    try:
        return str(own_path(unquote(path) if is_address else value))
    except FileRefused as refused:
        raise Invalid.because(name, f"{refused} Its data: URL can be given too.") from None


async def _write(name: str, url: str) -> str:
    head, comma, data = url[len("data:") :].partition(",")
    kind, *options = head.split(";")
    if not comma or "base64" not in options:
        raise Invalid.because(name, "A data: URL has to hold base64, such as data:image/png;base64,iVBORw0…")
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid.because(
            name, "The base64 of this data: URL is not complete, or holds other characters."
        ) from None
    return str(await keep(content, f"{name}{mimetypes.guess_extension(kind.strip()) or '.bin'}"))
