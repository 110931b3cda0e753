"""Serves a stored file, with HTTP ranges: a video can be played from any position."""

import asyncio
import hashlib
import logging
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from omni_ui.store import RemoteFile, StoreFailed

log = logging.getLogger(__name__)
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
"""One range. Whoever asks for several gets the whole file, as RFC 9110 (14.2) allows."""


def kept_file(
    file: Path | RemoteFile, name: str, media_type: str, title: str, *, inline: bool, headers: Mapping[str, str]
) -> Response:
    """The answer with a kept file.

    name: what it is kept as. title: what a download is called. inline: shown by the browser instead of downloaded.
    """
    disposition = "inline" if inline else "attachment"
    # The same wherever it lies: a name is never used for other bytes.
    headers = {**headers, "ETag": f'"{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()}"'}
    if isinstance(file, Path):
        return FileResponse(
            file, media_type=media_type, filename=title, content_disposition_type=disposition, headers=headers
        )
    return RemoteFileResponse(file, name, media_type, title, disposition, headers)


class RemoteFileResponse(FileResponse):
    """A file in a bucket, passed on piece by piece. Its headers are those of a file on this machine."""

    def __init__(
        self, file: RemoteFile, name: str, media_type: str, title: str, disposition: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(
            name, media_type=media_type, filename=title, content_disposition_type=disposition, headers=headers
        )
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, size = Headers(scope=scope), self._file.size
        span = (0, size)
        if asked.get("if-range", self.etag) == self.etag and (part := _span(asked.get("range", ""), size)):
            span = part
            if not span[0] < span[1]:
                refusal = Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
                return await refusal(scope, receive, send)
            self.status_code = 206
            self.headers["content-range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
        self.headers["content-length"] = str(span[1] - span[0])
        if scope["method"] == "HEAD":
            return await self._send(send, _nothing())
        sending = asyncio.create_task(self._send(send, self._file.pieces(*span)))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            leaving.cancel()

    @property
    def etag(self) -> str:
        return self.headers["etag"]

    async def _send(self, send: Send, pieces: AsyncIterator[bytes]) -> None:
        """The first piece is fetched before anything is sent, so that an error can still be said."""
        try:
            piece = await anext(pieces, b"")
        except StoreFailed as problem:
            refusal = Response(problem.sentence, 503, {"Cache-Control": "no-store"}, "text/plain")
            await send({"type": "http.response.start", "status": 503, "headers": refusal.raw_headers})
            await send({"type": "http.response.body", "body": refusal.body})
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while piece:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            try:
                piece = await anext(pieces, b"")
            except StoreFailed as problem:
                log.warning("A file was cut off while it was sent. %s", problem.sentence)
                return  # without its end, so that the browser asks for the rest
        await send({"type": "http.response.body", "body": b""})


def _span(text: str, size: int) -> tuple[int, int] | None:
    """Start and end of what is asked for: "bytes=5-", "bytes=5-9" or "bytes=-5"; None for anything else."""
    match = RANGE.fullmatch(text)
    if match is None:
        return None
    first, last = match.groups()
    if first:
        return int(first), min(int(last) + 1, size) if last else size
    return (max(0, size - int(last)), size) if last else None


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _nothing() -> AsyncIterator[bytes]:
    yield b""
