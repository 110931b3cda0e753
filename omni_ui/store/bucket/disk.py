"""The part of a bucket on this machine's disk: results that wait to be uploaded, copies of others, and deletions.

`spool` holds files that are not in the bucket yet; they stay until they are. `cache` holds copies, of which those go
first that were not asked for the longest. `removed` holds an empty file for each deletion that has to be made sure of.
All calls block; they raise StoreFailed, OSError where it is said.
"""

import os
import re
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from omni_ui.store.database import StoreFailed
from omni_ui.store.files import in_words, incoming_path, make_incoming, try_to_write

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}(\.[A-Za-z0-9]{1,16})?(\.thumb\.webp)?")
"""What a kept file can be called. Nothing else is looked for, on the disk or in the bucket."""
IN_USE = 60.0
"""Seconds for which a copy that was asked for is not deleted."""
FULL = (
    "The space on this machine for results waiting to be uploaded is full: try again in a minute. "
    "The host can raise OMNI_FILES_ROOM."
)


class Disk:
    """room: bytes for the spool and the cache together. Files that pages show as well take no room by themselves."""

    def __init__(self, folder: Path, room: int, old: float) -> None:
        self.folder = folder
        self.room = room
        self._old = old
        self._spool, self._cache, self._removed = folder / "spool", folder / "cache", folder / "removed"
        self._used = 0
        """Bytes, at most: counted anew when there seems to be no room."""
        self._lock = threading.Lock()

    def open(self, earlier: Path | None = None) -> None:
        """Makes the folders. earlier: results of a time without the bucket, which are to be uploaded as well."""
        with in_words(self.folder):
            make_incoming(self.folder, self._old)
            for folder in (self._spool, self._cache, self._removed):
                folder.mkdir(exist_ok=True)
            for path in earlier.glob("??/*") if earlier and earlier.is_dir() else ():
                if NAME.fullmatch(f"{path.parent.name}/{path.name}"):
                    _move(path, self._spool / path.parent.name / path.name)
            self._used = self._count()

    def check(self) -> None:
        """Writes a byte and takes it away again."""
        try_to_write(self.folder)

    def incoming(self, suffix: str) -> Path:
        return incoming_path(self.folder, suffix)

    def path(self, name: str) -> Path | None:
        """The path of a file on this disk."""
        if not NAME.fullmatch(name):
            return None
        for path in (self._spool / name, self._cache / name):
            with suppress(OSError):  # it is not there, or has just been moved
                os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
                return path
        return None

    def cached_name(self, path: Path) -> str:
        """The name of a copy in the cache, "" for any other path."""
        name = f"{path.parent.name}/{path.name}"
        return name if path == self._cache / name and NAME.fullmatch(name) else ""

    def waiting(self) -> list[str]:
        """The names of what is to be uploaded, the oldest first."""
        files = []
        for path in self._spool.glob("??/*"):
            with suppress(OSError):
                files.append((path.stat().st_mtime, f"{path.parent.name}/{path.name}"))
        return [name for _, name in sorted(files) if NAME.fullmatch(name)]

    def spooled(self, name: str) -> Path | None:
        path = self._spool / name
        return path if path.is_file() else None

    def to_spool(self, path: Path, name: str) -> None:
        """Takes over a file that is to be uploaded. OSError when it cannot be, StoreFailed without room."""
        self.make_room(path.stat().st_size)
        _move(path, self._spool / name)

    def uploaded(self, name: str) -> bool:
        """What waited is in the bucket now and becomes a copy; False when it was deleted meanwhile."""
        try:
            _move(self._spool / name, self._cache / name)
        except FileNotFoundError:
            return (self._cache / name).is_file()
        except OSError:
            (self._spool / name).unlink(missing_ok=True)
        return True

    def to_cache(self, path: Path, name: str) -> Path:
        """Takes over a file that was fetched. OSError."""
        _move(path, self._cache / name)
        return self._cache / name

    def link_copy(self, name: str, copy: str) -> None:
        """Gives a copy in the cache a second name."""
        with suppress(OSError):  # it is fetched when it is asked for
            (self._cache / copy).parent.mkdir(exist_ok=True)
            os.link(self._cache / name, self._cache / copy)

    def make_room(self, size: int) -> None:
        """Deletes copies until a file of this size fits. StoreFailed when they are all in use."""
        with self._lock:
            if self._used + size > self.room:
                self._used = self._count()
            if self._used + size > self.room:
                self._evict(size)
            self._used += size

    def _evict(self, size: int) -> None:
        now = time.time()
        copies = []
        for path in self._cache.glob("??/*"):
            with suppress(OSError):
                info = path.stat()
                if info.st_nlink == 1 and now - info.st_atime > IN_USE:
                    copies.append((info.st_atime, info.st_size, path))
        for _, taken, path in sorted(copies):
            if self._used + size <= self.room:
                return
            path.unlink(missing_ok=True)
            self._used -= taken
        if self._used + size > self.room:
            raise StoreFailed(FULL)

    def sweep(self, age: float) -> None:
        """Deletes copies that were not read within so many seconds: another process may have deleted the result.

        One that a page shows stays as long as it does, so that deleting the result finds it.
        """
        for path in self._cache.glob("??/*"):
            with suppress(OSError):
                info = path.stat()
                if info.st_nlink == 1 and time.time() - info.st_atime > age:
                    path.unlink()

    def _count(self) -> int:
        used = 0
        for path in (*self._spool.glob("??/*"), *self._cache.glob("??/*")):
            with suppress(OSError):
                info = path.stat()
                used += info.st_size if info.st_nlink == 1 else 0
        return used

    def remove(self, names: Iterable[str]) -> None:
        """Deletes files from this disk, and notes that they are to be deleted in the bucket."""
        for name in names:
            with suppress(OSError):  # a full disk: what is in memory is enough as long as the process lives
                (self._removed / name.replace("/", "-")).touch(exist_ok=False)
            for folder in (self._spool, self._cache):
                with suppress(OSError):
                    (folder / name).unlink(missing_ok=True)

    def removed(self) -> list[str]:
        """The names of what is to be deleted."""
        names = [path.name.replace("-", "/", 1) for path in self._removed.iterdir()]
        return [name for name in names if NAME.fullmatch(name)]

    def forget_removed(self, name: str, after: float) -> bool:
        """Whether a deletion is this many seconds old; it is not kept in mind any longer then."""
        marker = self._removed / name.replace("/", "-")
        try:
            if time.time() - marker.stat().st_mtime < after:
                return False
        except FileNotFoundError:
            return True
        marker.unlink(missing_ok=True)
        return True


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    path.replace(target)
