"""Results in a bucket. What is finished is never lost with the bucket's absence: it waits on this machine's disk.

A file goes to the spool first, and from there to the bucket, for which its maker waits a moment, so that a record that
is written down has its file there. While the bucket is away it stays in the spool, is served from there, and is
uploaded when the bucket is back, or by the next start. Deletions are made sure of in the same way, and once more within
the next hour, since another process may have had the file in its spool.
"""

import asyncio
import logging
import re
import time
from contextlib import suppress
from pathlib import Path

from omni_ui.settings_files import Bucket
from omni_ui.store.bucket.client import BucketClient
from omni_ui.store.bucket.disk import FULL, IN_USE, NAME, Disk
from omni_ui.store.bucket.reader import GONE, BucketReader
from omni_ui.store.database import StoreFailed
from omni_ui.store.files import THUMB, RemoteFile, RemoveCopies, link_or_copy, new_name, write_whole

log = logging.getLogger(__name__)
PATIENCE = 10.0
"""Seconds that the maker of a file waits for its upload."""
LAST_WAIT = 0.6
"""Seconds that the end of the app waits for uploads that are under way."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 4.0
"""Seconds between two tries while the bucket is away."""
AGAIN, SURE = 1200.0, 3600.0
"""Seconds after which a deletion is repeated, and after which it is not any more."""
SWEEP_EVERY, COPIES_STAY = 600.0, 3600.0
"""Seconds between two looks for old copies, and seconds after which one that nobody asks for is deleted."""
AT_ONCE = 2
"""Uploads at one time."""


class BucketFiles:
    """bucket: where results are kept. folder: of this machine, for what waits and for copies.

    earlier: a folder of results of a time without the bucket, which are uploaded as well. For the rest see LocalFiles.
    """

    gone = GONE

    def __init__(
        self,
        bucket: Bucket,
        folder: Path,
        on_remove: RemoveCopies | None = None,
        *,
        old: float = 0.0,
        earlier: Path | None = None,
    ) -> None:
        self.folder = folder
        self._on_remove = on_remove
        self._earlier = earlier
        self._wake = asyncio.Event()
        self._client = BucketClient(bucket, self._wake.set)
        self._disk = Disk(folder, bucket.room, old)
        self._reader = BucketReader(self._client, self._disk)
        self._uploading = asyncio.Semaphore(AT_ONCE)
        self._uploads: dict[str, asyncio.Task[None]] = {}
        self._due: dict[str, float] = {}
        """Deletions to be made sure of, with the time of the next try."""
        self._next_sweep = 0.0
        self._worker: asyncio.Task[None] | None = None

    @property
    def problem(self) -> str:
        return self._client.problem

    async def open(self) -> None:
        await asyncio.to_thread(self._disk.open, self._earlier)
        self._due = dict.fromkeys(await asyncio.to_thread(self._disk.removed), 0.0)
        with suppress(StoreFailed):  # said by `problem`
            await self._client.try_writing(new_name(".txt"))
        self._wake.set()
        self._worker = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Ends. What is not uploaded within a moment is uploaded by the next start."""
        if self._uploads and not self.problem:
            await asyncio.wait(set(self._uploads.values()), timeout=LAST_WAIT)
        tasks = [task for task in (self._worker, *self._uploads.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self._reader.close(), return_exceptions=True)

    async def check(self) -> None:
        """As long as the disk can be written nothing is lost, whatever the bucket does."""
        await asyncio.to_thread(self._disk.check)

    def incoming(self, suffix: str) -> Path:
        return self._disk.incoming(suffix)

    async def keep(self, path: Path) -> str:
        name = _name_for(path.suffix)
        try:
            await asyncio.to_thread(self._disk.to_spool, path, name)
        except (OSError, StoreFailed):
            await self._straight(name, path)
            await asyncio.to_thread(path.unlink, missing_ok=True)
        else:
            await self._deliver(name)
        return name

    async def take(self, path: Path) -> tuple[str, int]:
        if (source := self._disk.cached_name(path)) and (copied := await self._copy(source, path)):
            return copied
        copy = self.incoming(path.suffix)
        try:
            size = await asyncio.to_thread(link_or_copy, path, copy)
        except OSError:
            await asyncio.to_thread(self._disk.sweep, IN_USE)
            name = _name_for(path.suffix)
            return name, await self._straight(name, path)
        return await self.keep(copy), size

    async def write(self, data: bytes, suffix: str) -> str:
        path = self.incoming(suffix)
        try:
            await asyncio.to_thread(write_whole, path, data)
        except OSError:
            await asyncio.to_thread(self._disk.sweep, IN_USE)
            name = _name_for(suffix)
            await self._straight(name, data)
            return name
        return await self.keep(path)

    async def keep_thumb(self, name: str) -> None:
        """The thumbnail of a file of the spool is uploaded with it."""
        path = self.path(f"{name}{THUMB}")
        if path and self._disk.cached_name(path):
            with suppress(StoreFailed):  # it is made again by whoever looks next
                await self._client.put(f"{name}{THUMB}", path)

    def path(self, name: str) -> Path | None:
        return self._disk.path(name)

    def has(self, name: str) -> bool:
        return self._disk.path(name) is not None or self._may_be_there(name)

    def _may_be_there(self, name: str) -> bool:
        return bool(NAME.fullmatch(name)) and name not in self._due and not self._reader.is_missing(name)

    async def fetch(self, name: str) -> Path | None:
        if path := self._disk.path(name):
            return path
        return await self._reader.copy_here(name) if self._may_be_there(name) else None

    async def find(self, name: str) -> Path | RemoteFile | None:
        if path := self._disk.path(name):
            return path
        return await self._reader.find(name) if self._may_be_there(name) else None

    async def remove(self, *names: str, everywhere: bool = False) -> None:
        mains = {name.removesuffix(THUMB) for name in names if NAME.fullmatch(name)}
        paths = [path for name in mains if (path := self._disk.path(name))]
        if everywhere and self._on_remove and paths:
            await asyncio.to_thread(self._on_remove, paths)
        self._due |= dict.fromkeys(mains, 0.0)
        await asyncio.to_thread(self._disk.remove, [*mains, *(f"{name}{THUMB}" for name in mains)])
        if self.problem:
            self._wake.set()
            return
        with suppress(StoreFailed):  # it is done later
            await self._delete(sorted(mains))

    async def _copy(self, source: str, path: Path) -> tuple[str, int] | None:
        """Keeps a second one of a file that is in the bucket already, without sending it once more."""
        name = _name_for(path.suffix)
        with suppress(StoreFailed, OSError):
            size = (await asyncio.to_thread(path.stat)).st_size
            if not self.problem and await self._client.copy(source, name):
                await asyncio.to_thread(self._disk.link_copy, source, name)
                return name, size
        return None

    async def _straight(self, name: str, source: Path | bytes) -> int:
        """Uploads what the disk here does not take; its bytes. StoreFailed."""
        try:
            size = len(source) if isinstance(source, bytes) else (await asyncio.to_thread(source.stat)).st_size
        except OSError as wrong:
            raise StoreFailed(FULL) from wrong
        async with self._uploading:
            await self._client.put(name, source)
        return size

    async def _deliver(self, name: str) -> None:
        """Begins to upload what is in the spool, and waits for it unless the bucket is known to be away."""
        task = self._begin_upload(name)
        if not self.problem:
            await asyncio.wait({task}, timeout=PATIENCE)

    def _begin_upload(self, name: str) -> asyncio.Task[None]:
        task = self._uploads.get(name)
        if task is None:
            task = self._uploads[name] = asyncio.create_task(self._upload(name))
            task.add_done_callback(lambda _: self._uploads.pop(name, None))
        return task

    async def _upload(self, name: str) -> None:
        """Never raises: what fails is tried again by `_work`."""
        async with self._uploading:
            path = self._disk.spooled(name)
            if path is None:
                return
            try:
                await self._client.put(name, path)
                if not await asyncio.to_thread(self._disk.uploaded, name) and name.removesuffix(THUMB) in self._due:
                    self._due[name.removesuffix(THUMB)] = 0.0
                    self._wake.set()
            except StoreFailed:
                self._wake.set()

    async def _work(self) -> None:
        """Uploads what waits, and deletes what is to be deleted, as long as this process lives."""
        pause = FIRST_PAUSE
        while True:
            with suppress(TimeoutError):
                soonest = min([*self._due.values(), self._next_sweep]) - time.monotonic()
                async with asyncio.timeout(max(0.0, soonest)):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._catch_up()
                pause = FIRST_PAUSE
            except StoreFailed:
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
                self._wake.set()
            except Exception:  # a fault of our own must not end the uploads of all later results
                log.exception("uploading results failed in the app itself")
                await asyncio.sleep(LONGEST_PAUSE)

    async def _catch_up(self) -> None:
        """StoreFailed as soon as the bucket does not answer."""
        if time.monotonic() >= self._next_sweep:
            await asyncio.to_thread(self._disk.sweep, COPIES_STAY)
            self._next_sweep = time.monotonic() + SWEEP_EVERY
        if self.problem:
            await self._client.try_writing(new_name(".txt"))
        failed = ""
        for name in await asyncio.to_thread(self._disk.waiting):
            await asyncio.shield(self._begin_upload(name))
            if self.problem:
                failed = self.problem
                await self._client.try_writing(new_name(".txt"))  # else it is this file that is not taken
        now = time.monotonic()
        due = sorted(name for name, at in self._due.items() if at <= now)
        for begin in range(0, len(due), 400):
            await self._delete(due[begin : begin + 400])
        if failed:
            raise StoreFailed(failed)

    async def _delete(self, names: list[str]) -> None:
        """Deletes objects with their small pictures. They are deleted once more later, see the top."""
        if not names:
            return
        await self._client.delete([*names, *(f"{name}{THUMB}" for name in names)])
        for name in names:
            if await asyncio.to_thread(self._disk.forget_removed, name, SURE):
                self._due.pop(name, None)
            else:
                self._due[name] = time.monotonic() + AGAIN
        self._wake.set()  # for the time of the next try


def _name_for(suffix: str) -> str:
    return new_name(suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,16}", suffix) else "")
