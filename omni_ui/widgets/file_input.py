"""The files of a message: chosen, dropped, pasted or recorded; shown small, removed one by one.

The browser's half is chat.js. A file is uploaded into Gradio's cache at once; only files there are taken.
"""

from html import escape
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ListFiles

from omni_ui.core.files import FileRefused, own_path, shown
from omni_ui.core.scripts import mounted
from omni_ui.widgets.fields import Component

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


def attach_field(elem_id: str, **more: Any) -> Component:
    """Hands on a list of paths in the cache. Set it with the same."""
    made = gr.HTML(None, label="Files", **mounted(TEMPLATE, "message_files"), elem_id=elem_id, **more)
    made.preprocess = lambda value: [uploaded(one) for one in value or []]
    made.postprocess = lambda paths: [shown(path) for path in paths or []]
    made.api_info = ListFiles.model_json_schema
    made.example_payload = made.example_value = list
    return made


def uploaded(value: Any) -> str:
    """The path of an uploaded file. Any other path that a caller may name is refused."""
    try:
        return str(own_path(value["path"] if isinstance(value, dict) and isinstance(value.get("path"), str) else ""))
    except FileRefused:
        raise gr.Error("Files must be uploaded: a path or an address cannot be sent.", print_exception=False) from None


def pick_field(label: str, accept: str, elem_id: str, **more: Any) -> Component:
    """A button that asks for one file; its event `upload` comes with the path in the cache."""
    template = (
        f'<div class="omni-pick"><input type="file" accept="{escape(accept)}" aria-label="{escape(label)}" '
        f'tabindex="-1"><button type="button">{escape(label)}</button></div>'
    )
    made = gr.HTML(None, label=label, **mounted(template, "file_picker"), elem_id=elem_id, **more)
    made.preprocess = lambda value: uploaded(value) if value else None
    made.api_info = FileData.model_json_schema
    made.example_payload = made.example_value = lambda: None
    return made


def download_field(elem_id: str) -> Component:
    """Unseen: a file for the browser to save, and for a program that uses the API."""
    made = gr.HTML(None, visible=False, elem_id=elem_id, label="File")
    made.postprocess = lambda path: shown(path) if path else None
    made.api_info = FileData.model_json_schema
    return made
