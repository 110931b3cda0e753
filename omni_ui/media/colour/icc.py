"""ICC profiles made from primaries and a transfer function, for files that state their colours by numbers.

ICC.1:2010, version 2: a matrix with one curve for all three colours.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
POINTS = 1024
SDR_WHITE = 203.0
"""Candela per square metre of white in HDR pictures (ITU-R BT.2408); what is brighter is cut off."""

Values = np.ndarray[tuple[int], np.dtype[np.float64]]
Transfer = float | Literal["srgb", "pq", "hlg"]


@lru_cache(maxsize=16)
def matrix_profile(primaries: tuple[float, ...], transfer: Transfer, name: str) -> bytes:
    """primaries: x and y of red, green, blue and white. LinAlgError when they span no colours."""
    columns = _matrix(primaries)
    tags = {b"desc": _description(name), b"wtpt": _xyz(D50), b"cprt": b"text\0\0\0\0\0"}
    tags |= {name: _xyz(columns[:, at]) for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(transfer))
    return _profile(tags)


def _matrix(primaries: Sequence[float]) -> np.ndarray:
    """RGB to XYZ under D50, as columns."""
    xyz = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in zip(primaries[::2], primaries[1::2], strict=True)]).T
    colours, white = xyz[:, :3], xyz[:, 3]
    scaled = colours * np.linalg.solve(colours, white)
    ratio = (BRADFORD @ D50) / (BRADFORD @ white)
    return np.linalg.solve(BRADFORD, ratio[:, None] * (BRADFORD @ scaled))


def _curve(transfer: Transfer) -> bytes:
    signal = np.linspace(0, 1, POINTS)
    linear = np.clip(_linear(transfer, signal), 0, 1)
    table: bytes = np.round(linear * 65535).astype(">u2").tobytes()
    return b"curv\0\0\0\0" + struct.pack(">I", POINTS) + table


def _linear(transfer: Transfer, signal: Values) -> Values:
    if transfer == "srgb":
        return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    if transfer == "pq":  # SMPTE ST 2084
        root = signal ** (1 / 78.84375)
        top = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        return np.asarray(top ** (1 / 0.1593017578125) * 10_000 / SDR_WHITE)
    if transfer == "hlg":  # ITU-R BT.2100; its white stands at 75 % of the signal
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        return np.asarray(light**1.2 / 0.265**1.2)
    return signal**transfer


def _xyz(values: Sequence[float] | np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _description(name: str) -> bytes:
    text = name.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    table, body, places = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        if content not in places:
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", places[content], len(content))
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(24)
    head += struct.pack(">I", 0) + struct.pack(">3i", *(round(value * 65536) for value in D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
