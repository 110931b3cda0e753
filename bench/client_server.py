"""The server of bench/client.py: one picture of 1024x1024 in JSON, 2,000 chunks of a chat, a video of 200 MB.

Answers are made once; sending is all it does. `python -m bench.client_server PORT`.
"""

import asyncio
import base64
import io
import json
import os
import sys

from PIL import Image

CHUNKS, VIDEO = 2000, 200_000_000
BLOCK = b"\x00\x00\x00\x18ftypmp42" + bytes(1 << 20)


def picture_answer() -> bytes:
    """A photo-like picture, as the server sends it at compression 66 or so: noise does not compress."""
    file = io.BytesIO()
    Image.frombytes("RGB", (1024, 1024), os.urandom(3 << 20)).save(file, "PNG", compress_level=1)
    data = [{"b64_json": base64.b64encode(file.getvalue()).decode(), "url": None, "revised_prompt": None}]
    return json.dumps({"created": 1, "data": data, "output_format": "png", "size": "1024x1024"}).encode()


def stream_answer() -> bytes:
    """Chunks as vLLM-Omni writes them (WIRE.md 8)."""
    lines = []
    for number in range(CHUNKS):
        choice = {"index": 0, "delta": {"content": f"word{number} "}, "logprobs": None, "finish_reason": None}
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        lines.append("data: " + json.dumps({**chunk, "modality": "text"}) + "\n\n")
    end = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    last = {**end, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return ("".join(lines) + "data: " + json.dumps(last) + "\n\ndata: [DONE]\n\n").encode()


class Answers:
    def __init__(self) -> None:
        self.picture, self.stream = picture_answer(), stream_answer()
        card = {"id": "m", "object": "model", "created": 1, "owned_by": "vllm", "root": "m", "max_model_len": 1}
        self.models = json.dumps({"object": "list", "data": [card]}).encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                sizes = [line[15:] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
                await reader.readexactly(int(sizes[0]) if sizes else 0)
                await self._answer(head.split(" ")[1], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path.endswith("/content"):
            writer.write(self._head("video/mp4", VIDEO))
            left = VIDEO
            while left:
                part = BLOCK[: min(left, len(BLOCK))]
                writer.write(part)
                await writer.drain()
                left -= len(part)
            return
        if path == "/v1/chat/completions":
            writer.write(self._head("text/event-stream", None))
            for at in range(0, len(self.stream), 16_000):
                piece = self.stream[at : at + 16_000]
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            writer.write(b"0\r\n\r\n")
        elif path == "/v1/images/generations":
            writer.write(self._head("application/json", len(self.picture)) + self.picture)
        elif path == "/v1/models":
            writer.write(self._head("application/json", len(self.models)) + self.models)
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()

    def _head(self, kind: str, length: int | None) -> bytes:
        size = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
        return f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n{size}\r\n\r\n".encode()


async def main(port: int) -> None:
    server = await asyncio.start_server(Answers().serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
