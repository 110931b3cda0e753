"""Gradio's uploads, which a route of ours takes: how far one is, as its page asks, and the names of files."""

from gradio import routes
from gradio_client.utils import strip_invalid_filename_characters

MOST_UPLOADS = 1000
"""Uploads whose progress is kept at one time."""


def stored_name(name: str) -> str:
    """The name under which Gradio would keep an uploaded file: without what no file system takes, and not too long."""
    return str(strip_invalid_filename_characters(name))


class UploadProgress:
    """Where the page's progress of an upload comes from. AttributeError when Gradio keeps it elsewhere."""

    def __init__(self) -> None:
        statuses = routes.file_upload_statuses
        self._append, self._set_done, self._known = statuses.append, statuses.set_done, statuses._statuses

    def add(self, upload_id: str, name: str, data: bytes) -> None:
        if upload_id and (upload_id in self._known or len(self._known) < MOST_UPLOADS):
            self._append(upload_id, name, data)

    def done(self, upload_id: str) -> None:
        if upload_id and (upload_id in self._known or len(self._known) < MOST_UPLOADS):
            self._set_done(upload_id)
