"""What a call needs besides its sound to be asked again: the voice that it was given, and the camera's pictures."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

VOICE = "voice.wav"
PNG = b"\x89PNG"
MOST_PICTURES = 100
"""As many as questions are asked again (questions.py)."""
LARGEST = 4 * 2**20
"""Bytes of one file in it that are read; pictures of the page have some 30 kB, a voice at most 1.5 MB."""


class CallInputs:
    """Keeps the voice sample, and of the camera the picture that was there when a question was asked."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "call.zip"
        self._newest: tuple[int, bytes] | None = None
        self._count = 0

    def add_voice(self, content: bytes | None) -> None:
        if content:
            with self._open() as file:
                file.writestr(VOICE, content)

    def show(self, picture: bytes, at_ms: int) -> None:
        """A picture that the model sees from now on."""
        self._newest = (at_ms, picture)

    def asked(self) -> None:
        """A question was asked: the picture that it is about is kept."""
        if self._newest and self._count < MOST_PICTURES:
            at_ms, picture = self._newest
            self._newest = None
            self._count += 1
            suffix = "png" if picture.startswith(PNG) else "jpg"
            with self._open() as file:
                file.writestr(f"{at_ms:09}.{suffix}", picture)

    @contextmanager
    def _open(self) -> Iterator[zipfile.ZipFile]:
        with zipfile.ZipFile(self.path, "a") as file:
            yield file


@dataclass(frozen=True)
class KeptInputs:
    """What was kept. pictures: by the time of the call in milliseconds, in their order."""

    voice: bytes | None = None
    pictures: list[tuple[int, bytes]] = field(default_factory=list)

    def picture_at(self, at_ms: int) -> bytes | None:
        """The last picture that was shown by then."""
        return next((picture for shown_at, picture in reversed(self.pictures) if shown_at <= at_ms), None)


def read_inputs(path: Path | None) -> KeptInputs:
    """Nothing where there is no file, or none of a call."""
    if path is None:
        return KeptInputs()
    try:
        with zipfile.ZipFile(path) as file:
            names = [info.filename for info in file.infolist() if info.file_size <= LARGEST][: MOST_PICTURES + 1]
            voice = file.read(VOICE) if VOICE in names else None
            pictures = [(int(Path(name).stem), file.read(name)) for name in sorted(names) if name != VOICE]
    except (OSError, ValueError, zipfile.BadZipFile):
        return KeptInputs()
    return KeptInputs(voice, pictures)
