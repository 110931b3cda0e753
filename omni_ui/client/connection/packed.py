"""Packed answers (Content-Encoding): which are taken, and how much may come out of them.

A few kilobytes can be packed zeros of many megabytes. httpx unpacks each piece of a body at once and knows no limit, so
a packed body is handed to it in small pieces, and what comes out is counted.
"""

from collections.abc import AsyncIterator

import httpx

from omni_ui.client.errors import BrokenAnswer

ACCEPTED = "gzip, deflate"
"""What is asked for. A byte becomes at most 1,032 (deflate); other packings know no such limit."""
PIECE = 4096
"""Bytes of a packed body that are unpacked at once: 4 MB come out at most."""
LONGEST_ANSWER = 512_000_000
"""Bytes of an answer that is held in memory."""


async def is_packed(response: httpx.Response) -> bool:
    """Whether the body has to be unpacked. BrokenAnswer for a packing that nobody asked for, or for several in one;
    the answer is then closed."""
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "deflate"):
        await response.aclose()
        raise BrokenAnswer(f"The server's answer is compressed in an unexpected way ({packing[:40]}).")
    return packing in ("gzip", "deflate")


def in_small_pieces(part: bytes) -> list[bytes]:
    """A part of a packed body, cut."""
    return [part[at : at + PIECE] for at in range(0, len(part), PIECE)]


async def counted(pieces: AsyncIterator[bytes], most: int = LONGEST_ANSWER) -> AsyncIterator[bytes]:
    """The pieces of a body that is held in memory. BrokenAnswer when they are more than `most` bytes."""
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > most:
            raise BrokenAnswer(f"The server's answer is longer than {most // 1_000_000} MB.")
        yield piece


async def read_whole(response: httpx.Response, most: int = LONGEST_ANSWER) -> httpx.Response:
    """The same answer with its body in memory, unpacked. BrokenAnswer when that is too much."""
    content = b"".join([piece async for piece in counted(response.aiter_bytes(), most)])
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
    return httpx.Response(response.status_code, headers=headers, content=content, request=response.request)
