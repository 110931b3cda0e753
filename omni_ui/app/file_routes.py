"""Uploads and files in the place of Gradio's own routes for them, at the same addresses.

An upload belongs to its visitor from its first byte; a file goes to the visitor it belongs to and to nobody else. No
folder but the cache is ever looked at.
"""

import asyncio
import mimetypes
import shutil
from pathlib import Path
from typing import Annotated, BinaryIO

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, PlainTextResponse
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from omni_ui.app.gradio_private.uploads import UploadProgress, stored_name
from omni_ui.core.files import NO_SPACE, CacheProblem, FileRefused, belongs_to, new_folder, owned_path
from omni_ui.core.serving.fresh_files import FreshFiles
from omni_ui.core.storage import Storage, StorageRefused
from omni_ui.core.visitor import visitor_of

PROTECTED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=3600",
    "Vary": "Cookie",
}
INLINE = {"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/bmp", "text/plain"}
"""What a browser may show, besides sounds and videos; anything else is a download."""
MOST_FILES = 100
"""Files in one upload."""
LONGEST_HEADER = 8000
BATCH = 512 * 1024
"""Bytes that are written at one time, off the event loop."""


class BadUpload(Exception):
    """An upload that is not taken; the text is one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class UploadWriter:
    """Writes the files of a multipart body into folders of the visitor's. Blocking.

    most: bytes that one file may have. Raises BadUpload and OSError; `undo` removes what was written until then.
    """

    def __init__(self, boundary: bytes, visitor: str | None, most: int) -> None:
        self.paths: list[Path] = []
        self._visitor = visitor
        self._most = most
        self._folders: list[Path] = []
        self._headers = b""
        self._field = self._value = b""
        self._name: str | None = None
        self._size = 0
        self._parts = 0
        self._file: BinaryIO | None = None
        self.ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    def write(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError:
            raise BadUpload(400, "The upload is broken: send it again.") from None

    def close(self) -> list[Path]:
        """The paths of the files. BadUpload when the body ended before its end."""
        if not self.ended:
            raise BadUpload(400, "The upload was cut off: send it again.")
        return self.paths

    def undo(self) -> None:
        if self._file:
            self._file.close()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _begin(self) -> None:
        self._headers = self._field = self._value = b""
        self._name, self._size = None, 0
        self._parts += 1
        if self._parts > MOST_FILES:
            raise BadUpload(413, f"More than {MOST_FILES} files at one time: upload fewer.")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]
        self._check_header()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._check_header()

    def _check_header(self) -> None:
        if len(self._field) + len(self._value) + len(self._headers) > LONGEST_HEADER:
            raise BadUpload(400, "The upload is broken: send it again.")

    def _header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            if options.get(b"name") == b"files":
                self._name = options.get(b"filename", b"").decode("utf-8", "replace")
        self._headers += self._field + self._value
        self._field = self._value = b""

    def _headers_finished(self) -> None:
        if self._name is None:
            return
        folder = new_folder(self._visitor)
        self._folders.append(folder)
        self.paths.append(folder / safe_name(self._name))
        self._file = self.paths[-1].open("wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            return
        self._size += end - start
        if self._size > self._most:
            raise BadUpload(413, f"The file is too large: {self._most // 1_000_000} MB are allowed.")
        self._file.write(data[start:end])

    def _end(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _finish(self) -> None:
        self.ended = True


def safe_name(name: str) -> str:
    """The last part of a file's name without what no file system takes; "file" when nothing is left of it."""
    plain = stored_name(Path(name.replace("\\", "/")).name).strip(" .")
    return plain[-150:] or "file"


def file_routes(storage: Storage, max_file_size: int, fresh: FreshFiles) -> APIRouter:
    """max_file_size: bytes. fresh: files that may not be written yet."""
    router = APIRouter()
    progress = UploadProgress()

    @router.post("/gradio_api/upload")
    async def upload(request: Request, upload_id: Annotated[str, Query(max_length=100)] = "") -> Response:
        """Files into folders of the visitor's own; their paths, as Gradio's page and client expect."""
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            return PlainTextResponse("An upload is sent as multipart/form-data.", 400)
        visitor = visitor_of(request)
        try:
            storage.check_upload(visitor or _address(request), _length(request))
            writer = UploadWriter(options[b"boundary"], visitor, max_file_size)
            paths = await _receive(request, writer, storage, progress, upload_id)
        except (BadUpload, StorageRefused) as refused:
            return PlainTextResponse(str(refused), refused.status, {"Connection": "close"})
        except OSError as wrong:
            status = 507 if wrong.errno in NO_SPACE else 503
            return PlainTextResponse(CacheProblem.of(wrong).sentence, status, {"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            progress.done(upload_id)
        return JSONResponse([str(path) for path in paths])

    @router.api_route("/gradio_api/file={path:path}", methods=["GET", "HEAD"])
    async def file(path: str, request: Request) -> Response:
        """A file of the caller's, with ranges. One that was made a moment ago comes whole, out of memory."""
        data, kind = fresh.get(path), mimetypes.guess_type(path)[0]
        if data and kind in INLINE and belongs_to(Path(path).parent.name, visitor_of(request)):
            return Response(data, media_type=kind, headers=PROTECTED)
        try:
            owned = await asyncio.to_thread(owned_path, path, visitor_of(request))
        except FileRefused:
            raise HTTPException(403, "This file is not yours, or is no longer available.") from None
        media_type = mimetypes.guess_type(owned.name)[0] or "application/octet-stream"
        inline = media_type in INLINE or media_type.startswith(("audio/", "video/"))
        return FileResponse(
            owned,
            media_type=media_type if inline else "application/octet-stream",
            filename=owned.name,
            content_disposition_type="inline" if inline else "attachment",
            headers=PROTECTED,
        )

    return router


async def _receive(
    request: Request, writer: UploadWriter, storage: Storage, progress: UploadProgress, upload_id: str
) -> list[Path]:
    """Hands the body to the writer, in threads. What was written is removed when anything goes wrong."""
    owner = visitor_of(request) or _address(request)
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            storage.count_upload(owner, len(chunk))
            waiting += chunk
            if len(waiting) >= BATCH:
                await asyncio.to_thread(writer.write, bytes(waiting))
                progress.add(upload_id, writer.paths[-1].name if writer.paths else "", bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(writer.write, bytes(waiting))
        return writer.close()
    except BaseException:
        await asyncio.to_thread(writer.undo)
        raise


def _length(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _address(request: Request) -> str:
    """Whom uploads of programs are counted for."""
    return f"program at {request.client.host if request.client else ''}"
