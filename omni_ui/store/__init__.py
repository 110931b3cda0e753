"""What outlives a page and a restart: records in SQLite or PostgreSQL, results as files. It knows neither Gradio nor
the page.

store = Store(settings.data_folder)
await store.open()      # never raises: `store.problem` says in one sentence what is wrong, "" when all is well
"""

import asyncio
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from omni_ui.settings_files import Bucket
from omni_ui.store.database import Database, StoreFailed
from omni_ui.store.files import Files, LocalFiles, RemoteFile, RemoveCopies
from omni_ui.store.history import DiskUsage, History
from omni_ui.store.ignored import Ignored
from omni_ui.store.jobs import Jobs, Lease, VideoRecord
from omni_ui.store.processes import Processes
from omni_ui.store.records import HistoryFile, HistoryRecord, Source
from omni_ui.store.schema import MIGRATIONS
from omni_ui.store.sqlite import SqliteDatabase
from omni_ui.store.timings import Timings
from omni_ui.store.unfinished import Unfinished

__all__ = [
    "DiskUsage",
    "Files",
    "History",
    "HistoryFile",
    "HistoryRecord",
    "Lease",
    "RemoteFile",
    "Source",
    "Store",
    "StoreFailed",
    "VideoRecord",
]  # fmt: skip

SHARED = 3600.0
"""Seconds after which a file that was being written counts as left behind, where processes may share a folder."""


class Store:
    """One folder: `omni.sqlite3` and `files/`. None is a temporary one, which goes with the app.

    A folder that cannot be used is left as it is, and the app works on in a temporary one. With the address of a
    PostgreSQL database the records are there, and several processes share them; when it is away nothing takes its
    place: calls raise StoreFailed until it is back. Without its packages the constructor raises ImportError.
    bucket: where results are kept instead of `files/`; what waits to be uploaded lies in `bucket/`.
    """

    def __init__(self, folder: Path | None, database_url: str | None = None, bucket: Bucket | None = None) -> None:
        self.folder = folder
        self.bucket = bucket
        self.database = _shared(database_url) if database_url else SqliteDatabase(MIGRATIONS)
        self.jobs = Jobs(self.database)
        self.timings = Timings(self.database)
        self.ignored = Ignored(self.database)
        self.processes = Processes(self.database)
        """This process among those that share the database; `processes.id` is the holder of its leases."""
        self.unfinished = Unfinished(self.database, self.processes)
        self.history = History(self.database, lambda: self.files)
        self.files: Files = LocalFiles((folder or Path()) / "files")
        """Not to be used before `open`, which takes another one."""
        self.on_remove: RemoveCopies | None = None
        """Called with the files that are about to be deleted. Set it before `open`."""
        self._temporary: Path | None = None
        self._refused = ""

    @property
    def problem(self) -> str:
        """What is wrong with keeping things, as one sentence for a person; "" when nothing is."""
        return self._refused or self.database.problem or self.files.problem

    async def open(self) -> None:
        if self.folder is not None:
            try:
                # The records first: once they are ours, nobody else writes files there.
                await self._open_database(self.folder)
                self.files = await self._open_files(self.folder)
                return
            except StoreFailed as problem:
                if not self.database.shared:
                    await self.database.close()
                self._refused = f"{problem.sentence} Until the app ends, results are kept in a temporary folder."
        self._temporary = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="omni-ui-"))
        self.files = await self._open_files(self._temporary)
        if self.folder is None or not self.database.shared:
            await self._open_database(self._temporary)

    async def _open_database(self, folder: Path) -> None:
        if isinstance(self.database, SqliteDatabase):
            self.database.path = folder / "omni.sqlite3"
            await self.database.open()
        else:
            with suppress(StoreFailed):  # said by the database itself, which is tried again with each call
                await self.database.open()
        await self.processes.begin()

    async def _open_files(self, folder: Path) -> Files:
        files: Files
        old = SHARED if self.database.shared else 0.0
        if self.bucket:
            from omni_ui.store.bucket import BucketFiles  # needs obstore

            files = BucketFiles(self.bucket, folder / "bucket", self.on_remove, old=old, earlier=folder / "files")
        else:
            files = LocalFiles(folder / "files", self.on_remove, old)
        await files.open()
        return files

    async def try_database(self) -> None:
        """Writes a record and takes it away again. StoreFailed when that cannot be done in our folder."""
        if self._refused:
            raise StoreFailed(self._refused)
        await self.unfinished.try_to_write()

    async def close(self) -> None:
        await self.files.close()
        await self.processes.end()
        await self.database.close()
        if self._temporary:
            await asyncio.to_thread(shutil.rmtree, self._temporary, ignore_errors=True)


def _shared(url: str) -> Database:
    from omni_ui.store.postgres import PostgresDatabase  # half a second to import, and most hosts have SQLite

    return PostgresDatabase(url)
