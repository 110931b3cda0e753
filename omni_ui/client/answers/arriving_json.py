"""JSON with pictures in it, read as it arrives: base64 becomes bytes piece by piece, and is never whole in memory.

A picture of 3 MB would otherwise stand there four times: as pieces of the answer, as the answer, as text, as bytes.
"""

import io
import re
import secrets
from collections.abc import Callable

import pybase64
from pydantic_core import from_json

from omni_ui.client.answers.valid_text import read_json

MARK = re.compile(rb'(?<!\\)"b64_json"\s*:\s*"')
FIRST_SIZE = 1 << 19
"""Bytes of a buffer at first; from 128 kB on the C library maps memory of its own for it (mallopt(3))."""
LONGEST_MARK = 64
"""Bytes of a mark that may lie in two pieces."""
OnMedium = Callable[[bytes], None]


class ArrivingJson:
    """Feed it the pieces of a JSON text; `finish` gives the value, with `bytes` where base64 stood under b64_json.

    What is not plain base64 (escapes, line breaks, a `data:` head) stays the text that it is.

    on_medium: called with the bytes of each medium at its end. The text around it may still turn out to be no JSON.
    """

    def __init__(self, on_medium: OnMedium | None = None) -> None:
        self._on_medium = on_medium
        self._text = bytearray()
        self._searched = 0
        self._stem = f"media-{secrets.token_hex(8)}-"
        self._media: list[bytes] = []
        self._decoded: io.BytesIO | None = None
        """The bytes of the medium that is arriving; None between two."""
        self._size = 0
        self._held = b""
        """Up to seven characters: of a group of four that is not whole, or whose padding must be the end."""

    def feed(self, piece: bytes) -> None:
        """Takes in the next piece, of any length."""
        while piece:
            piece = self._outside(piece) if self._decoded is None else self._inside(piece)

    @property
    def text_size(self) -> int:
        """Bytes of what is left to be parsed."""
        return len(self._text)

    def finish(self) -> object:
        """The value. ValueError when the text is not JSON, or breaks off."""
        if self._decoded is not None:
            raise ValueError("breaks off in a medium")
        try:
            value = from_json(bytes(self._text), cache_strings="none")
        except ValueError:
            value = read_json(bytes(self._text), constants=True)
        return self._with_media(value) if self._media else value

    def _outside(self, piece: bytes) -> bytes:
        self._text += piece
        mark = MARK.search(self._text, self._searched)
        if mark is None:
            self._searched = max(self._searched, len(self._text) - LONGEST_MARK)
            return b""
        rest = bytes(self._text[mark.end() :])
        del self._text[mark.end() :]
        self._decoded, self._held, self._size = _buffer(), b"", 0
        return rest

    def _inside(self, piece: bytes) -> bytes:
        end = piece.find(b'"')
        content = piece if end < 0 else piece[:end]
        if self._decode(content, last=end >= 0):
            return b"" if end < 0 else self._close(piece[end:])
        self._put_back()
        return piece

    def _decode(self, content: bytes, last: bool) -> bool:
        """Whether this was base64 throughout; then it is decoded as far as it can be."""
        assert self._decoded is not None
        held = self._held + content if self._held else content
        whole = len(held) if last else len(held) - len(held) % 4
        if not last and held[:whole].endswith(b"="):
            whole -= 4  # padding belongs to the end, and this may not be it
            if held[:whole].endswith(b"="):
                return False
        try:
            decoded = pybase64.b64decode(held[:whole] if whole < len(held) else held, validate=True)
        except ValueError:
            return False
        self._size += self._decoded.write(decoded)
        self._held = held[whole:]
        return True

    def _close(self, rest: bytes) -> bytes:
        assert self._decoded is not None
        self._text += f"{self._stem}{len(self._media)}".encode()
        self._searched = len(self._text)
        self._media.append(self._taken())
        if self._on_medium:
            self._on_medium(self._media[-1])
        return rest

    def _taken(self) -> bytes:
        """What was decoded, without a copy: BytesIO hands over its buffer when it has the right size."""
        assert self._decoded is not None
        self._decoded.truncate(self._size)
        taken = self._decoded.getvalue()
        self._decoded = None
        return taken

    def _put_back(self) -> None:
        """Makes text again of what was decoded so far: this is no plain base64. JSON's reader finds its end."""
        self._text += pybase64.b64encode(self._taken()) + self._held
        self._searched = len(self._text)

    def _with_media(self, value: object) -> object:
        if isinstance(value, str) and value.startswith(self._stem):
            return self._media[int(value.removeprefix(self._stem))]
        if isinstance(value, dict):
            return {name: self._with_media(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._with_media(item) for item in value]
        return value


def _buffer() -> io.BytesIO:
    """A buffer that begins large: such a block of memory grows in place, where a small one is copied as it grows."""
    buffer = io.BytesIO()
    buffer.seek(FIRST_SIZE - 1)
    buffer.write(b"\0")
    buffer.seek(0)
    return buffer
