"""Results as files, each under an id of its own. A file appears whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from omni_ui.store.database import StoreTrouble, explain

INCOMING = "incoming"
THUMB = ".thumb.webp"
"""What the name of the small picture of a kept file ends with."""


class Files:
    """A folder of results. Blocking: call it in a thread. Raises StoreTrouble.

    No file is shared between results, even when their bytes are the same, so that deleting one never touches another.
    """

    def __init__(self, folder: Path, on_remove: Callable[[list[Path]], None] | None = None) -> None:
        self.folder = folder
        self._on_remove = on_remove
        with _plainly(folder):
            self._incoming.mkdir(parents=True, exist_ok=True)
            for left in self._incoming.iterdir():  # of an app that was killed
                left.unlink()
        self.try_folder()

    def try_folder(self) -> None:
        """Writes a byte and takes it away again. StoreTrouble when that cannot be done."""
        with _plainly(self.folder):
            probe = self.incoming(".txt")
            try:
                probe.write_bytes(b"1")
            finally:
                probe.unlink(missing_ok=True)

    @property
    def _incoming(self) -> Path:
        return self.folder / INCOMING

    def incoming(self, suffix: str) -> Path:
        """A path to write to, on the same disk as the results."""
        return self._incoming / f"{secrets.token_hex(8)}{suffix}"

    def keep(self, path: Path) -> str:
        """Takes over a finished file of `incoming`; the name by which it is found again."""
        id = secrets.token_hex(16)
        name = f"{id[:2]}/{id}{path.suffix}"
        with _plainly(self.folder):
            (self.folder / id[:2]).mkdir(exist_ok=True)
            path.replace(self.folder / name)
        return name

    def take(self, path: Path) -> tuple[str, int]:
        """Keeps the bytes of a file that stays where it is; the name, and how many bytes they are.

        On the same disk that is a second name for the file, which takes no time and no room.
        """
        copy = self.incoming(path.suffix)
        with _plainly(self.folder):
            try:
                try:
                    os.link(path, copy)
                except OSError:  # another disk, or one that knows no second names
                    shutil.copyfile(path, copy)
                size = copy.stat().st_size
            except OSError:
                copy.unlink(missing_ok=True)
                raise
        return self.keep(copy), size

    def write(self, data: bytes, suffix: str) -> str:
        """Keeps bytes as they are; the name."""
        path = self.incoming(suffix)
        with _plainly(self.folder):
            try:
                with path.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                path.unlink(missing_ok=True)
                raise
        return self.keep(path)

    def path(self, name: str) -> Path | None:
        """Where a kept file lies, None when it is not there. Names that lead out of the folder are not there."""
        folder = self.folder.resolve()
        path = (folder / name).resolve()
        inside = folder in path.parents and path.parent.name != INCOMING
        return path if inside and path.is_file() else None

    def remove(self, *names: str, everywhere: bool = False) -> None:
        """Deletes kept files; one that is gone already is no error.

        everywhere: also from where pages show them, by `on_remove`: for a result that a visitor deletes or that is too
        old, and not for one whose place another record of the same result takes.
        """
        paths = [path for name in names if (path := self.path(name))]
        with _plainly(self.folder):
            if everywhere and self._on_remove and paths:
                self._on_remove(paths)
            for path in paths:
                path.unlink(missing_ok=True)

    def used(self) -> int:
        """Bytes of all kept files."""
        return sum(one.stat().st_size for one in self.folder.glob("??/*") if one.is_file())


class _plainly:
    """A block whose OSErrors come out as StoreTrouble."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, wrong: BaseException | None, trace: object) -> None:
        if isinstance(wrong, OSError):
            raise StoreTrouble(explain(wrong, self._folder / "file")) from wrong
