"""The files of a message: chosen, dropped, pasted or recorded; shown small, removed one by one.

The browser's half is chat.js. A file is uploaded into Gradio's cache at once; only files there are taken.
"""

from html import escape
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ListFiles

from omni_ui.core.files import FileRefused, Json, own_path, shown
from omni_ui.core.scripts import mounted
from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import FileHTML

TEMPLATE = """<div class="omni-attach" role="group" aria-label="Files of the message">
<ul class="omni-chips" aria-label="Attached files"></ul>
<input type="file" multiple accept="image/*,audio/*,video/*" aria-label="Attach files" tabindex="-1">
<button type="button" data-act="choose" title="Attach">
<svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
<path d="M13 7.5l-5.2 5.2a3 3 0 0 1-4.3-4.3l5.5-5.5a2 2 0 0 1 2.9 2.9l-5.4 5.4a1 1 0 0 1-1.5-1.4L9.8 5"/></svg>
<span>Attach</span></button>
<button type="button" data-act="record" title="Record">
<svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
<rect x="5.8" y="1.5" width="4.4" height="8" rx="2.2"/><path d="M3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.5"/></svg>
<span>Record</span></button>
<span class="omni-quiet" role="status"></span></div>"""


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
    return MessageFiles(None, label="Files", **mounted(TEMPLATE, "message_files"), elem_id=elem_id)


def uploaded(value: Any) -> str:
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
    template = (
        f'<div class="omni-pick"><input type="file" accept="{escape(accept)}" aria-label="{escape(label)}" '
        f'tabindex="-1"><button type="button">{escape(label)}</button></div>'
    )
    return FilePicker(None, label=label, **mounted(template, "file_picker"), elem_id=elem_id, min_width=min_width)


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
