"""Results as files, each under an id of its own. A file appears whole or not at all.

No file is shared between results, even when their bytes are the same, so that deleting one never touches another.
"""

import asyncio
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from omni_ui.store.database import StoreFailed, explain

INCOMING = "incoming"
THUMB = ".thumb.webp"
"""What the name of the small picture of a kept file ends with."""
RemoveCopies = Callable[[list[Path]], None]
"""Deletes the copies of these files that pages show. Blocking."""


class RemoteFile(Protocol):
    """A kept file in a bucket, to be read piece by piece."""

    size: int
    """Bytes."""

    def pieces(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, which is not among them. StoreFailed."""


class Files(Protocol):
    """Where results are kept. Calls raise StoreFailed and nothing else; none of them blocks the event loop."""

    folder: Path
    gone: str
    """What a visitor is told who asks for a file that is not here."""

    @property
    def problem(self) -> str:
        """What is wrong with the place, as one sentence; "" when nothing is."""

    async def open(self) -> None:
        """Before the first use. Makes the folders, and goes on with what an earlier start left."""

    async def close(self) -> None: ...

    async def check(self) -> None:
        """Tries to write. StoreFailed when that cannot be done."""

    def incoming(self, suffix: str) -> Path:
        """A path to write to, on the same disk as what waits to be kept."""

    async def keep(self, path: Path) -> str:
        """Takes over a finished file of `incoming`; the name by which it is found again."""

    async def take(self, path: Path) -> tuple[str, int]:
        """Keeps the bytes of a file that stays where it is; the name, and how many bytes they are."""

    async def write(self, data: bytes, suffix: str) -> str:
        """Keeps bytes as they are; the name."""

    async def keep_thumb(self, name: str) -> None:
        """Keeps the small picture that was made beside what `fetch` gave for this name."""

    def path(self, name: str) -> Path | None:
        """The path of a kept file on this machine; None when it is not here. No name leads out of the folder."""

    def has(self, name: str) -> bool:
        """Whether such a file is kept, as far as is known without asking anybody."""

    async def fetch(self, name: str) -> Path | None:
        """A kept file on this machine, brought here if need be, for a minute at least; None when there is none."""

    async def find(self, name: str) -> Path | RemoteFile | None:
        """A kept file, on this machine or in the bucket; None when there is none."""

    async def remove(self, *names: str, everywhere: bool = False) -> None:
        """Deletes kept files; one that is gone already is no error.

        everywhere: also from where pages show them: for a result that a visitor deletes or that is too old, and not
        for one whose place another record of the same result takes.
        """


class LocalFiles:
    """A folder of results.

    on_remove: called with the files that are about to be deleted everywhere. old: seconds for which a file in
    `incoming` was not written to before it counts as left by a process that was killed; 0 where there is one process.
    """

    problem = ""
    gone = "This file is no longer available."

    def __init__(self, folder: Path, on_remove: RemoveCopies | None = None, old: float = 0.0) -> None:
        self.folder = folder
        self._on_remove = on_remove
        self._old = old

    async def open(self) -> None:
        await asyncio.to_thread(self._open)

    def _open(self) -> None:
        with in_words(self.folder):
            make_incoming(self.folder, self._old)
        self._check()

    async def close(self) -> None: ...

    async def check(self) -> None:
        await asyncio.to_thread(self._check)

    def _check(self) -> None:
        try_to_write(self.folder)

    def incoming(self, suffix: str) -> Path:
        return incoming_path(self.folder, suffix)

    async def keep(self, path: Path) -> str:
        return await asyncio.to_thread(self._keep, path)

    def _keep(self, path: Path) -> str:
        name = new_name(path.suffix)
        with in_words(self.folder):
            (self.folder / name).parent.mkdir(exist_ok=True)
            path.replace(self.folder / name)
        return name

    async def take(self, path: Path) -> tuple[str, int]:
        """On the same disk that is a second name for the file, which takes no time and no room."""
        return await asyncio.to_thread(self._take, path)

    def _take(self, path: Path) -> tuple[str, int]:
        copy = self.incoming(path.suffix)
        with in_words(self.folder):
            size = link_or_copy(path, copy)
        return self._keep(copy), size

    async def write(self, data: bytes, suffix: str) -> str:
        return await asyncio.to_thread(self._write, data, suffix)

    def _write(self, data: bytes, suffix: str) -> str:
        path = self.incoming(suffix)
        with in_words(self.folder):
            write_whole(path, data)
        return self._keep(path)

    async def keep_thumb(self, name: str) -> None:
        """It is in its place already."""

    def path(self, name: str) -> Path | None:
        folder = self.folder.resolve()
        path = (folder / name).resolve()
        inside = folder in path.parents and path.parent.name != INCOMING
        return path if inside and path.is_file() else None

    def has(self, name: str) -> bool:
        return self.path(name) is not None

    async def fetch(self, name: str) -> Path | None:
        return self.path(name)

    async def find(self, name: str) -> Path | RemoteFile | None:
        return self.path(name)

    async def remove(self, *names: str, everywhere: bool = False) -> None:
        await asyncio.to_thread(self._remove, names, everywhere)

    def _remove(self, names: tuple[str, ...], everywhere: bool) -> None:
        paths = [path for name in names if (path := self.path(name))]
        with in_words(self.folder):
            if everywhere and self._on_remove and paths:
                self._on_remove(paths)
            for path in paths:
                path.unlink(missing_ok=True)

    def used(self) -> int:
        """Bytes of all kept files. Blocking."""
        return sum(file.stat().st_size for file in self.folder.glob("??/*") if file.is_file())


def new_name(suffix: str) -> str:
    """An unguessable name: in a folder of its first two digits."""
    id = secrets.token_hex(16)
    return f"{id[:2]}/{id}{suffix}"


def incoming_path(folder: Path, suffix: str) -> Path:
    """A path of its own for a file that is being made."""
    return folder / INCOMING / f"{secrets.token_hex(8)}{suffix}"


def try_to_write(folder: Path) -> None:
    """Writes a byte and takes it away again. Blocking. StoreFailed."""
    with in_words(folder):
        probe = incoming_path(folder, ".txt")
        try:
            probe.write_bytes(b"1")
        finally:
            probe.unlink(missing_ok=True)


def make_incoming(folder: Path, old: float) -> None:
    """The folder for what is being written, without what a killed process left there. Blocking; OSError."""
    incoming = folder / INCOMING
    incoming.mkdir(parents=True, exist_ok=True)
    for left in incoming.iterdir():
        try:
            if not old or time.time() - left.stat().st_mtime > old:
                left.unlink()
        except FileNotFoundError:  # another process has just removed it
            continue


def link_or_copy(path: Path, copy: Path) -> int:
    """Gives a file a second name, or copies it to another disk; its bytes. Blocking; OSError leaves nothing behind."""
    try:
        try:
            os.link(path, copy)
        except OSError:  # another disk, or one that knows no second names
            shutil.copyfile(path, copy)
        return copy.stat().st_size
    except OSError:
        copy.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file to the disk itself. Blocking; OSError leaves nothing behind."""
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """A block whose OSErrors come out as StoreFailed."""
    try:
        yield
    except OSError as wrong:
        raise StoreFailed(explain(wrong, folder / "file")) from wrong
