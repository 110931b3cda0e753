"""Pictures of a visitor's camera, checked before a server sees them."""

import asyncio
import base64
import io
import time
from contextlib import suppress

from PIL import Image

LARGEST_FRAME = 400_000
"""Characters of base64 of one picture. The page sends JPEG of at most 640 points, some 30 kB."""
LARGEST_SIDE = 1280
FREQUENCY = 2.0
"""Pictures a second that are passed on; the page sends one."""


class FrameCheck:
    """Lets pictures of one call through: JPEG or PNG, of bounded size and number."""

    def __init__(self) -> None:
        self._allowance, self._last = FREQUENCY, time.monotonic()

    async def read(self, data: object) -> bytes | None:
        """The picture's bytes; None for what is no picture, too large, or one too many."""
        if not isinstance(data, str) or not data or len(data) > LARGEST_FRAME or not self._admit():
            return None
        return await asyncio.to_thread(_decoded, data)

    def _admit(self) -> bool:
        now = time.monotonic()
        self._allowance = min(FREQUENCY, self._allowance + (now - self._last) * FREQUENCY)
        self._last = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


def _decoded(data: str) -> bytes | None:
    with suppress(ValueError, OSError, SyntaxError, Image.DecompressionBombError):
        content = base64.b64decode(data, validate=True)
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if max(image.size) <= LARGEST_SIDE:
                return content
    return None
