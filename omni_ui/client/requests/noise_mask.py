"""Masks for changing a part of a video: which of its tokens are regenerated (1) and which are kept (0).

The server takes a mask as JSON, one number for each token of the video or of its sound, in the shape that the model
works in; another shape is refused. The shapes are MiniMax-H3's, the one model that takes masks in vLLM-Omni 0.30.0
(minimax_h3/encoder_processing.py:291-342, diffusion/models/minimax_h3/time_request.py:9-36).
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omni_ui.client.requests.base import JsonFile

FRAMES_PER_SECOND = 24
"""The model makes no other rate."""
SOUND_TOKENS_PER_SECOND = 40
TOKEN_SIDE = 32
"""Pixels of the side of the square that a token of the picture stands for."""
Range = tuple[float, float]
"""Seconds from and to; the end is math.inf where it is the video's."""
RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)?")


def parse_ranges(text: str) -> list[Range]:
    """Ranges of seconds such as "1-2.5, 4-". ValueError with a sentence for anything else."""
    ranges = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        match = RANGE.fullmatch(part)
        if not match:
            raise ValueError(
                f"{part[:40]!r} is not a range of seconds: write it like 1-2.5, or several like 1-2.5, 4-6."
            )
        start, end = float(match[1]), float(match[2]) if match[2] else math.inf
        if end <= start:
            raise ValueError(f"The range {part} ends before it begins: write the earlier second first.")
        ranges.append((start, end))
    return ranges


@dataclass(frozen=True)
class ClipShape:
    """The shape of a clip in tokens. width and height in pixels; frames: as many as were asked for."""

    width: int
    height: int
    frames: int

    @property
    def seconds(self) -> float:
        return self.frames / FRAMES_PER_SECOND

    @property
    def made_frames(self) -> int:
        """The model makes 17 n + 5 frames: the next such number."""
        return self.frames + (5 - self.frames) % 17

    @property
    def steps(self) -> int:
        """Tokens of the picture along the time."""
        return 2 if self.made_frames <= 5 else (self.made_frames - 5) // 17 * 5 + 2

    @property
    def rows(self) -> int:
        return self.height // TOKEN_SIDE

    @property
    def columns(self) -> int:
        return self.width // TOKEN_SIDE

    @property
    def sound_steps(self) -> int:
        return round(self.made_frames / FRAMES_PER_SECOND * SOUND_TOKENS_PER_SECOND)


def steps_within(ranges: Sequence[Range], steps: int, seconds: float) -> list[bool]:
    """Which of so many equal steps of a clip lie within the ranges, at least in part."""
    long = seconds / steps
    return [any(start < (at + 1) * long and end > at * long for start, end in ranges) for at in range(steps)]


@dataclass(frozen=True)
class PictureMask:
    """Writes a mask of the picture. painted: white is regenerated; None is the whole picture. ranges: when; none is
    always."""

    shape: ClipShape
    painted: Path | None
    ranges: tuple[Range, ...]

    def __call__(self) -> str:
        shape = self.shape
        regenerated = [[1.0] * shape.columns] * shape.rows
        if self.painted:
            regenerated = token_grid(self.painted, shape.columns, shape.rows)
        kept = [[0.0] * shape.columns] * shape.rows
        seconds = shape.made_frames / FRAMES_PER_SECOND
        within = steps_within(self.ranges, shape.steps, seconds) if self.ranges else [True] * shape.steps
        return json.dumps([regenerated if step else kept for step in within], separators=(",", ":"))


@dataclass(frozen=True)
class SoundMask:
    """Writes a mask of the sound: regenerated within the ranges."""

    shape: ClipShape
    ranges: tuple[Range, ...]

    def __call__(self) -> str:
        seconds = self.shape.made_frames / FRAMES_PER_SECOND
        return json.dumps([float(step) for step in steps_within(self.ranges, self.shape.sound_steps, seconds)])


def video_mask(shape: ClipShape, painted: Path | None, ranges: list[Range]) -> JsonFile:
    """A mask of the picture as a part of a form."""
    size = f"{shape.steps} steps × {shape.rows} rows × {shape.columns} columns"
    return JsonFile(PictureMask(shape, painted, tuple(ranges)), size)


def sound_mask(shape: ClipShape, ranges: list[Range]) -> JsonFile:
    """A mask of the sound as a part of a form."""
    return JsonFile(SoundMask(shape, tuple(ranges)), f"{shape.sound_steps} steps")


def token_grid(painted: Path, columns: int, rows: int) -> list[list[float]]:
    """How much of each token is painted, 0 to 1. Blocking."""
    from PIL import Image

    with Image.open(painted) as file:
        mask = file.convert("RGBA")
        black = Image.new("RGBA", mask.size, "black")
        black.alpha_composite(mask)
        small = black.convert("L").resize((columns, rows), Image.Resampling.BOX)
    light = small.tobytes()
    return [[round(level / 255, 2) for level in light[row * columns : (row + 1) * columns]] for row in range(rows)]
