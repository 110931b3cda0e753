"""Files that were made a moment ago, in memory: the page asks for them while they are still written to the disk."""

import asyncio
from pathlib import Path

KEPT = 5.0
"""Seconds after which a file is on the disk, and comes from there."""
ROOM = 64_000_000
"""Bytes of all of them; the oldest goes first."""


class FreshFiles:
    """The bytes of new files by their paths in Gradio's cache."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._size = 0

    def hold(self, files: dict[Path, bytes]) -> None:
        """Keeps them for some seconds. Call it in the event loop."""
        for path, data in files.items():
            self.drop(str(path))
            self._files[str(path)] = data
            self._size += len(data)
            asyncio.get_running_loop().call_later(KEPT, self.drop, str(path))
        while self._size > ROOM:
            self.drop(next(iter(self._files)))

    def get(self, path: str) -> bytes | None:
        """The bytes of a file that is held. Whose it is, the caller has to look at."""
        return self._files.get(path)

    def drop(self, path: str) -> None:
        """Forgets a file; nothing happens for one that is not held."""
        self._size -= len(self._files.pop(path, b""))
