"""What fragmented MP4 says of itself: the codec, and how long each piece is (ISO/IEC 14496-12, 8.8; -15, 5.3.3)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from omni_ui.client.errors import BrokenAnswer

CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex")
DEPTH = 8
NO_VIDEO = "The server sent something else in the middle of the video."


@dataclass
class Fragments:
    """Reads pieces in the order in which they come. codec: for `video/mp4; codecs=…`, once the first piece is read."""

    codec: str = ""
    timescale: int = 0
    usual_duration: int = 0

    def read(self, data: bytes) -> float:
        """Takes in a piece and gives its length in seconds. BrokenAnswer when it is no MP4, or half a piece."""
        try:
            ticks = self._read(data)
        except (struct.error, IndexError):
            raise BrokenAnswer(NO_VIDEO) from None
        if not self.timescale:
            raise BrokenAnswer(NO_VIDEO)
        return ticks / self.timescale

    def _read(self, data: bytes) -> int:
        ticks = usual = 0
        for kind, body in _boxes(data, 0, len(data), 0):
            if kind == b"mdhd":
                self.timescale = struct.unpack_from(">I", data, body + (20 if data[body] else 12))[0]
            elif kind == b"trex":
                self.usual_duration = struct.unpack_from(">I", data, body + 12)[0]
            elif kind == b"avc1":
                self.codec = _avc_codec(data, body)
            elif kind == b"tfhd":
                usual = _usual_duration(data, body) or self.usual_duration
            elif kind == b"trun":
                ticks += _run_duration(data, body, usual)
        return ticks


def _boxes(data: bytes, at: int, end: int, depth: int) -> Iterator[tuple[bytes, int]]:
    """The kind of each box and where its body begins, those within others too."""
    while at < end:
        size, kind = struct.unpack_from(">I4s", data, at)
        body = at + 8
        if size == 1:
            size, body = struct.unpack_from(">Q", data, at + 8)[0], at + 16
        if size < 8 or at + size > end or depth > DEPTH:
            raise BrokenAnswer(NO_VIDEO)
        yield kind, body
        if kind in CONTAINERS:
            yield from _boxes(data, body, at + size, depth + 1)
        elif kind == b"stsd":
            yield from _boxes(data, body + 8, at + size, depth + 1)
        at += size


def _avc_codec(data: bytes, body: int) -> str:
    """Such as avc1.42c01e: profile, constraints and level stand in the box avcC, behind 78 bytes of the entry."""
    end = body - 8 + struct.unpack_from(">I", data, body - 8)[0]
    for kind, inner in _boxes(data, body + 78, end, DEPTH):
        if kind == b"avcC":
            return f"avc1.{data[inner + 1 : inner + 4].hex()}"
    return ""


def _usual_duration(data: bytes, body: int) -> int:
    flags = struct.unpack_from(">I", data, body)[0]
    if not flags & 0x8:
        return 0
    skipped = 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    duration: int = struct.unpack_from(">I", data, body + 8 + skipped)[0]
    return duration


def _run_duration(data: bytes, body: int, usual: int) -> int:
    flags, samples = struct.unpack_from(">II", data, body)
    flags &= 0xFFFFFF
    if not flags & 0x100:
        return int(samples * usual)
    first = body + 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    size = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    return sum(struct.unpack_from(">I", data, first + size * number)[0] for number in range(samples))
