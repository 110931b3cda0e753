"""The files of a message: chosen, dropped, pasted or recorded; shown small, removed one by one.

The browser's half is chat.js. A file is uploaded into Gradio's cache at once; only files there are taken.
"""

from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ListFiles
from markupsafe import Markup

from omni_ui.core.files import FileRefused, Json, own_path, shown
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file
from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import FileHTML

PICKER = Markup(
    '<div class="omni-pick"><input type="file" accept="{accept}" aria-label="{label}" hidden>'
    '<button type="button">{label}</button></div>'
)


class MessageFiles(gr.HTML, metaclass=ComponentClass):
    """The files of a message. In the API a list of files."""

    def preprocess(self, payload: Any) -> Any:
        """A list of paths in the cache. gr.Error for a file that was not uploaded."""
        return [uploaded(file) for file in payload or []]

    def postprocess(self, value: Any) -> Any:
        """Takes a list of paths in the cache, or None."""
        return None if value is None else [shown(path) for path in value]

    def api_info(self) -> Json:
        """Gradio's description of a list of files."""
        return ListFiles.model_json_schema()

    def example_payload(self) -> list[str]:
        """No files."""
        return []

    example_value = example_payload


def attach_field(elem_id: str) -> MessageFiles:
    """Hands on a list of paths in the cache. Set it with the same."""
    return MessageFiles(
        None, label="Files", **mounted(html_file("widgets/message_files.html"), "message_files"), elem_id=elem_id
    )


def uploaded(value: object) -> str:
    """The path of an uploaded file. Any other path that a caller may name is refused."""
    try:
        return str(own_path(value["path"] if isinstance(value, dict) and isinstance(value.get("path"), str) else ""))
    except FileRefused:
        raise gr.Error("Files must be uploaded: a path or an address cannot be sent.", print_exception=False) from None


class FilePicker(FileHTML, metaclass=ComponentClass):
    """A button that asks for one file."""

    def preprocess(self, payload: object) -> str | None:
        """The path in the cache. gr.Error for a file that was not uploaded."""
        return uploaded(payload) if payload else None


def pick_field(label: str, accept: str, elem_id: str, min_width: int) -> FilePicker:
    """A button that asks for one file; its event `upload` comes with the path in the cache."""
    html = PICKER.format(accept=accept, label=label)
    return FilePicker(None, label=label, **mounted(html, "file_picker"), elem_id=elem_id, min_width=min_width)


class FileDownload(gr.HTML, metaclass=ComponentClass):
    """A file for the browser to save, and for a program that uses the API."""

    def postprocess(self, value: Any) -> Any:
        """Takes a path in the cache."""
        return shown(value) if value else None

    def api_info(self) -> Json:
        """Gradio's description of a file."""
        return FileData.model_json_schema()


def download_field(elem_id: str) -> FileDownload:
    """Unseen."""
    return FileDownload(None, visible=False, elem_id=elem_id, label="File")
