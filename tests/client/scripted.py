"""Servers that answer as a test tells them to: an ASGI app, and a bare socket for what ASGI cannot do."""

import asyncio
import base64
import io
import json
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from omni_ui.client import OmniClient


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"{}"
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def as_json(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})


def as_events(*events: Any, done: bool = True) -> Answer:
    """Each event is JSON for a `data:` line, or a (name, JSON) pair."""
    text = ""
    for event in events:
        name, data = event if isinstance(event, tuple) else (None, event)
        text += (f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n"
    return Answer(body=(text + ("data: [DONE]\n\n" if done else "")).encode(), kind="text/event-stream")


MODELS = {"data": [{"id": "Qwen/Qwen-Image", "max_model_len": None, "root": "Qwen/Qwen-Image"}]}


class Scripted:
    """An ASGI app. `answers` maps "METHOD /path" to an Answer, to a list of them (used up, the last one stays), or to a
    function of the request."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = {"GET /v1/models": as_json(MODELS), **answers}
        self.seen: list[Seen] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        seen = Seen(scope["method"], scope["path"], scope["query_string"].decode(), headers, body)
        self.seen.append(seen)
        found = self.answers.get(f"{seen.method} {seen.path}", as_json({"detail": "Not Found"}, 404))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        answer = found(seen) if callable(found) else found
        sent = [(b"content-type", answer.kind.encode())]
        sent += [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": sent})
        await send({"type": "http.response.body", "body": answer.body})

    def last(self, path: str) -> Seen:
        return [one for one in self.seen if one.path == path][-1]

    def count(self, path: str) -> int:
        return sum(one.path == path for one in self.seen)

    def client(self, **options: Any) -> OmniClient:
        http = httpx.AsyncClient(transport=httpx.ASGITransport(self))
        return OmniClient("http://test", http=http, **options)


def form_of(seen: Seen) -> tuple[dict[str, list[str]], list[tuple[str, str, str, bytes]]]:
    """Text fields, and files as (field, filename, type, bytes), of a multipart or urlencoded body."""
    kind = seen.headers["content-type"]
    if "urlencoded" in kind:
        from urllib.parse import parse_qs

        return parse_qs(seen.body.decode(), keep_blank_values=True), []
    from email.parser import BytesParser
    from email.policy import HTTP

    parsed = BytesParser(policy=HTTP).parsebytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + seen.body)
    fields: dict[str, list[str]] = {}
    files = []
    for part in parsed.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if filename := part.get_filename():
            files.append((name, filename, part.get_content_type(), payload))
        else:
            fields.setdefault(name, []).append(payload.decode())
    return fields, files


@asynccontextmanager
async def socket_server(talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> AsyncIterator[str]:
    """The address of a server on a free port that hands each connection to `talk`."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Request line and body of the next request of a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
    return head, await reader.readexactly(length)


def http_head(length: int | None, kind: str = "application/json", status: str = "200 OK", extra: str = "") -> bytes:
    size = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
    return f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{size}\r\n{extra}\r\n".encode()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def png(size: tuple[int, int] = (8, 8), form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form)
    return out.getvalue()


def wav(frames: bytes = b"\x01\x00\x02\x00", rate: int = 24000, channels: int = 1, endless: bool = False) -> bytes:
    size = 0xFFFFFFFF if endless else len(frames)
    riff = 0xFFFFFFFF if endless else 36 + len(frames)
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels, 2 * channels, 16)
    return (
        b"RIFF"
        + struct.pack("<I", riff)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", size)
        + frames
    )


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def pictures(*data: bytes, **more: Any) -> dict[str, Any]:
    return {
        "created": 1,
        "data": [{"b64_json": b64(one)} for one in data],
        "output_format": "png",
        "size": "8x8",
        **more,
    }


@asynccontextmanager
async def streaming_server(begin: bytes) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A server whose answers begin so and never end: its address, and what is set when one was left."""
    left = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await read_request(reader)
        if head.startswith("GET"):  # what the server is and has
            writer.write(http_head(0, status="404 Not Found", extra="connection: close\r\n"))
            return writer.close()
        writer.write(http_head(None, "text/event-stream") + chunk(begin))
        await writer.drain()
        await reader.read()
        left.set()

    async with socket_server(talk) as address:
        yield address, left
