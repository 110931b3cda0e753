"""Reads files of a bucket: piece by piece for an answer, or whole as a copy on this machine."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

from omni_ui.store.bucket.client import AWAY, BucketClient, BucketFailed
from omni_ui.store.bucket.disk import FULL, IN_USE, Disk
from omni_ui.store.database import StoreFailed

WINDOWS = (256 * 1024, 2 * 1024 * 1024)
"""Bytes that are read from the bucket at one time: at first, and later."""
AT_ONCE = 2
"""Copies that are made at one time."""
MISSING = 60.0
"""Seconds for which an object that was not there is taken as not there."""
MOST_MISSING = 1000
"""Names of such objects that are kept in mind."""
ELSEWHERE = "This file is in the bucket for results, which cannot be reached: try again in a minute."
GONE = "This file is not available: it was deleted, or is still being uploaded."


class BucketReader:
    """Calls raise StoreFailed and nothing else. Names were checked before."""

    def __init__(self, client: BucketClient, disk: Disk) -> None:
        self._client = client
        self._disk = disk
        self._places = asyncio.Semaphore(AT_ONCE)
        self._copies: dict[str, asyncio.Task[Path | None]] = {}
        self._missing: dict[str, float] = {}

    def is_missing(self, name: str) -> bool:
        """Whether it was not there when it was asked for lately."""
        return time.monotonic() - self._missing.get(name, -MISSING) < MISSING

    async def close(self) -> None:
        for task in (copies := list(self._copies.values())):
            task.cancel()
        await asyncio.gather(*copies, return_exceptions=True)

    async def find(self, name: str) -> "ObjectOfBucket | None":
        """An object to be read; None when there is none."""
        if self._client.problem == AWAY:
            raise StoreFailed(ELSEWHERE)
        try:
            size = await self._client.size(name)
        except BucketFailed as problem:
            raise StoreFailed(ELSEWHERE) from problem
        if size is not None:
            return ObjectOfBucket(self._client, name, size)
        self._missing[name] = time.monotonic()
        while len(self._missing) > MOST_MISSING:
            del self._missing[next(iter(self._missing))]
        return None

    async def copy_here(self, name: str) -> Path | None:
        """A copy on this machine, made once for all who ask; None when there is no such object."""
        task = self._copies.get(name)
        if task is None:
            task = self._copies[name] = asyncio.create_task(self._copy_here(name))
            task.add_done_callback(lambda _: self._copies.pop(name, None))
        return await asyncio.shield(task)

    async def _copy_here(self, name: str) -> Path | None:
        async with self._places:
            remote = await self.find(name)
            if remote is None:
                return None
            await asyncio.to_thread(self._disk.make_room, remote.size)
            try:
                return await self._write(remote, name)
            except OSError:  # others have filled the disk, or our copies have
                await asyncio.to_thread(self._disk.sweep, IN_USE)
            try:
                return await self._write(remote, name)
            except OSError as wrong:
                raise StoreFailed(FULL) from wrong

    async def _write(self, remote: "ObjectOfBucket", name: str) -> Path:
        """OSError, StoreFailed."""
        part = self._disk.incoming(".part")
        try:
            with await asyncio.to_thread(part.open, "wb") as file:
                async for data in remote.pieces(0, remote.size):
                    await asyncio.to_thread(file.write, data)
            return await asyncio.to_thread(self._disk.to_cache, part, name)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)


class ObjectOfBucket:
    """A file that is read from the bucket in windows: whoever reads slowly holds no connection there."""

    def __init__(self, client: BucketClient, name: str, size: int) -> None:
        self.size = size
        self._client = client
        self._name = name

    async def pieces(self, start: int, end: int) -> AsyncIterator[bytes]:
        window = WINDOWS[0]
        while start < end:
            stop = min(end, start + window)
            data = await self._client.read(self._name, start, stop)
            if len(data) != stop - start:
                raise StoreFailed(GONE)
            yield data
            start, window = stop, WINDOWS[1]
