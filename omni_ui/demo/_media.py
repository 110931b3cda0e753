"""What the routes share: reading references, checking JSON, naming what was given."""

import base64
import binascii
import io
from typing import Any

import httpx
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from PIL import Image


def json_only(request: Request) -> None:
    """The real server's check: 400, not 415."""
    if request.headers.get("content-type", "").lower().split(";")[0].strip() != "application/json":
        raise RequestValidationError(["Unsupported Media Type: Only 'application/json' is allowed"])


def given(**params: Any) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in params.items() if value is not None}


async def fetch(url: str, seconds: float = 60) -> bytes:
    """The bytes behind a data or http(s) URL; redirects are not followed. ValueError, or httpx.HTTPError."""
    if url.startswith("data:"):
        try:
            return base64.b64decode(url.partition(",")[2], validate=True)
        except binascii.Error as wrong:
            raise ValueError(f"Invalid base64 data: {wrong}") from wrong
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"Unsupported input: {url[:100]}")
    async with httpx.AsyncClient(timeout=seconds) as client:
        answer = await client.get(url)
        answer.raise_for_status()
        return answer.content


def decode(content: bytes) -> Image.Image:
    """A picture with its pixels read. OSError when it is none, or too large to be one."""
    try:
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except Image.DecompressionBombError as wrong:
        raise OSError(str(wrong)) from wrong
    return picture


def describe(picture: Image.Image) -> str:
    """How a picture stands in the record of the engine."""
    return f"<PIL {picture.mode} {picture.width}x{picture.height}>"
