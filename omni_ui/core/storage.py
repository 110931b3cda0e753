"""The cache folder: its size, quotas of visitors, and when files are deleted.

A folder of the cache goes when nobody has a page open whose visitor it belongs to and it has not been needed for some
time; when it is older than the host lets results be; or when all room is taken, the oldest first. A result that is kept
in the history is a second name (hard link) for the same file there, takes no room here, and is deleted here with it.
"""

import filecmp
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from omni_ui.core.files import FOLDER, cache_folder
from omni_ui.core.visitor import mark_of

DAY = 86_400.0
MOST_OWNERS = 50_000
"""Visitors whose uploads are counted; the one who began to upload the longest ago goes first."""
YOUNG = 600.0
"""Seconds for which a folder of an open page stays, even when all room is taken."""


class StorageRefused(Exception):
    """An upload for which there is no room; the text is one sentence for the visitor."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class StorageLimits:
    """What the host allows. None is without a limit.

    unused_seconds: after which a folder goes that no open page uses. seconds: how old any file may become. bytes: for
    the results and this cache together. uploads_per_day: bytes for each visitor.
    """

    unused_seconds: float
    seconds: float | None = None
    bytes: int | None = None
    uploads_per_day: int | None = None


@dataclass(frozen=True)
class _Entry:
    path: Path
    mark: str | None
    """The visitor's; None for programs and for what Gradio itself put there."""
    at: float
    bytes: int
    """That the folder takes by itself: a file that the history has, too, is counted there."""


class Storage:
    """visitors: gives those who have a page open (None for programs)."""

    def __init__(self, limits: StorageLimits, visitors: Callable[[], set[str | None]] = set) -> None:
        self.limits = limits
        self.used = 0
        """Bytes of the results and of the cache, as of the last sweep, and what was uploaded since."""
        self._visitors = visitors
        self._uploads: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def check_upload(self, owner: str, length: int) -> None:
        """Before an upload of so many bytes (0: not known). StorageRefused."""
        most = self.limits.uploads_per_day
        if most is not None and self._uploaded(owner) + length > most:
            raise StorageRefused(429, f"One visitor may upload {most / 1e6:g} MB a day: try again tomorrow.")
        if self.limits.bytes is not None and self.used + length > self.limits.bytes:
            raise StorageRefused(
                507, "There is no space for uploads now: try again later. The host can raise OMNI_MAX_STORAGE."
            )

    def count_upload(self, owner: str, length: int) -> None:
        """So many bytes have arrived. StorageRefused when that is too many."""
        began, before = self._uploads.get(owner, (time.time(), 0))
        if time.time() - began > DAY:
            began, before = time.time(), 0
        self._uploads[owner] = began, before + length
        while len(self._uploads) > MOST_OWNERS:
            self._uploads.popitem(last=False)
        self.used += length
        self.check_upload(owner, 0)

    def _uploaded(self, owner: str) -> int:
        began, amount = self._uploads.get(owner, (0.0, 0))
        return amount if time.time() - began <= DAY else 0

    def sweep(self, results: int = 0) -> int:
        """Deletes what has to go; how many folders that were. Blocking. results: bytes that the history takes."""
        now = time.time()
        in_use = {mark_of(visitor) if visitor else None for visitor in self._visitors()}
        entries = sorted(_entries(cache_folder()), key=lambda entry: entry.at)
        oldest = self.limits.seconds
        doomed = [
            entry
            for entry in entries
            if (entry.mark not in in_use and now - entry.at > self.limits.unused_seconds)
            or (oldest is not None and now - entry.at > oldest)
        ]
        gone = set(doomed)
        left = [entry for entry in entries if entry not in gone]
        total = results + sum(entry.bytes for entry in left)
        if self.limits.bytes is not None:
            for entry in sorted(left, key=lambda entry: entry.mark in in_use):
                if total <= self.limits.bytes:
                    break
                if entry.bytes and (entry.mark not in in_use or now - entry.at > YOUNG):
                    doomed.append(entry)
                    total -= entry.bytes
        for entry in doomed:
            shutil.rmtree(entry.path, ignore_errors=True)
        self.used = total
        return len(doomed)

    def remove_copies(self, paths: Iterable[Path]) -> None:
        """Deletes every name of these files in the cache, and their owner's copies of them. Blocking.

        A file with the same bytes that another visitor has, or another result of the history, stays.
        """
        wanted: dict[int, list[Path]] = {}
        for path in paths:
            if path.is_file():
                wanted.setdefault(path.stat().st_size, []).append(path)
        if not wanted:
            return
        links: list[Path] = []
        copies: list[Path] = []
        for file in cache_folder().glob("*/*"):
            try:
                originals = wanted.get(file.stat().st_size, []) if file.is_file() else []
                if any(file.samefile(path) for path in originals):
                    links.append(file)
                elif file.stat().st_nlink == 1 and any(filecmp.cmp(file, path, shallow=False) for path in originals):
                    copies.append(file)
            except OSError:  # somebody else has just removed it
                continue
        owners = {_mark(file.parent) for file in links}
        for file in [*links, *(file for file in copies if not links or _mark(file.parent) in owners)]:
            with suppress(OSError):  # somebody else has just removed it
                file.unlink()


def _mark(folder: Path) -> str | None:
    match = FOLDER.fullmatch(folder.name)
    return match["mark"] if match else None


def _entries(folder: Path) -> Iterator[_Entry]:
    """The folders of the cache, each with all that it takes."""
    for path in folder.glob("*"):
        try:
            at = path.stat().st_mtime
            inner = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
            sizes = [info.st_size for info in (file.stat() for file in inner) if info.st_nlink == 1]
        except OSError:  # it has just gone
            continue
        match = FOLDER.fullmatch(path.name)
        yield _Entry(path, match["mark"] if match else None, at, sum(sizes))
