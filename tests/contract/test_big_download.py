"""A download of 200 MB, which neither server can make: from a scripted one that breaks off on the way."""

import asyncio
import re
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from omni_ui.client import OmniClient, OmniError

SIZE = 200_000_000
BLOCK = b"\0" * 1_000_000
HEAD = b"\0\0\0\x18ftypisom" + b"\0" * 12


class Store:
    """Serves one mp4 of SIZE bytes; breaks off once at each of `breaks` and, with `ranges`, goes on where asked.

    stuck: breaks off after the first bytes, and then at once, for ever.
    """

    def __init__(self, breaks: list[int], ranges: bool = True, stuck: bool = False):
        self.breaks, self.ranges, self.stuck, self.asked = breaks, ranges, stuck, []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            found = re.search(r"range: bytes=(\d+)-", head, re.IGNORECASE)
            start = int(found[1]) if found and self.ranges else 0
            self.asked.append(start)
            status = "206 Partial Content" if start else "200 OK"
            lines = [f"HTTP/1.1 {status}", "content-type: video/mp4", f"content-length: {SIZE - start}", 'etag: "one"']
            lines += [f"content-range: bytes {start}-{SIZE - 1}/{SIZE}"] if start else []
            writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode())
            stop = next((at for at in self.breaks if at > start), SIZE)
            self.breaks = [at for at in self.breaks if at > stop]
            stop = len(HEAD) if self.stuck else stop
            sent = start
            if start == 0:
                writer.write(HEAD)
                sent = len(HEAD)
            while sent < stop:
                writer.write(BLOCK[: stop - sent])
                sent += len(BLOCK[: stop - sent])
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.asked.append(-1)
        finally:
            writer.close()


@asynccontextmanager
async def serving(store: Store) -> AsyncIterator[OmniClient]:
    server = await asyncio.start_server(store, "127.0.0.1", 0)
    async with server, OmniClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as omni:
        yield omni


async def test_200_mb_come_in_constant_memory(tmp_path):
    store, path = Store(breaks=[80_000_000]), tmp_path / "big.mp4"
    async with serving(store) as omni:
        tracemalloc.start()
        try:
            got = await omni.video_content("one", path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert got == path.stat().st_size == SIZE
    assert store.asked[0] == 0
    assert len(store.asked) == 2
    assert 0 < store.asked[1] <= 80_000_000
    assert peak < 20_000_000


async def test_a_server_without_ranges_starts_again(tmp_path):
    store, path = Store(breaks=[5_000_000], ranges=False), tmp_path / "big.mp4"
    async with serving(store) as omni:
        assert await omni.video_content("one", path) == SIZE
    assert store.asked == [0, 0]
    with path.open("rb") as file:
        assert file.read(len(HEAD)) == HEAD


async def test_a_server_that_always_breaks_is_given_up(tmp_path):
    store, path = Store(breaks=[], stuck=True), tmp_path / "big.mp4"
    async with serving(store) as omni:
        with pytest.raises(OmniError):
            await omni.video_content("one", path, deadline=20)
    assert not list(tmp_path.iterdir())
