"""How alike two results are: to the byte, nearly (and how nearly), or different. Needs nothing of the page."""

import difflib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from PIL import Image

from omni_ui.client import type_of_file
from omni_ui.core.heavy_work import run_heavy

if TYPE_CHECKING:
    from av.container import InputContainer

IDENTICAL, NEARLY, DIFFERENT, UNKNOWN = "identical", "nearly", "different", "unknown"
NEAR_PICTURE = 30.0
"""PSNR in dB from which two pictures are nearly the same: what a strong JPEG keeps of one."""
NEAR_SOUND = 0.95
"""Correlation of the samples from which two sounds are: what an MP3 keeps of one."""
SHORT = 0.1
"""Seconds by which one of them may be longer."""
NEAR_TEXT = 0.9
"""Share of the characters that agree, in their order."""
BAND = 256
"""Rows of a picture that are compared at a time, which bounds the memory."""
LONG_TEXT = 20_000
"""Characters from which only the beginnings of two texts are compared: the rest takes time by the square."""
MOST_SAMPLES = 60_000_000


@dataclass(frozen=True)
class Similarity:
    """verdict: one of identical, nearly, different, unknown. words: how nearly, as one sentence."""

    verdict: str
    words: str


async def compare_results(
    before: Sequence[Path], after: Sequence[Path], texts: tuple[str, str] = ("", "")
) -> Similarity:
    """Compares two results, file by file and by their texts, off the event loop."""
    return await run_heavy(_compare, before, after, texts)


def _compare(before: Sequence[Path], after: Sequence[Path], texts: tuple[str, str]) -> Similarity:
    if len(before) != len(after):
        return Similarity(DIFFERENT, f"{len(after)} files now, {len(before)} before.")
    if missing := [path.name for path in (*before, *after) if not path.is_file()]:
        return Similarity(UNKNOWN, f"{missing[0]} is no longer available, so it cannot be compared.")
    parts = [alike_files(*pair) for pair in zip(before, after, strict=True)]
    if any(texts) or not parts:
        parts.append(alike_texts(*texts))
    order = (IDENTICAL, NEARLY, DIFFERENT, UNKNOWN)
    worst = max(parts, key=lambda part: order.index(part.verdict))
    if len(parts) == 1 or worst.verdict == IDENTICAL:
        return worst
    same = sum(part.verdict == IDENTICAL for part in parts)
    return Similarity(
        worst.verdict, f"{same} of {len(parts)} parts are identical. The one that differs most: {worst.words}"
    )


def alike_texts(before: str, after: str) -> Similarity:
    """Two texts, by the characters that agree."""
    if before == after:
        return Similarity(IDENTICAL, f"All {len(after):,} characters are the same.")
    longest = max(len(before), len(after))
    shortest = min(len(before), len(after))
    first = next((n for n in range(shortest) if before[n] != after[n]), shortest)
    if longest > LONG_TEXT:
        return Similarity(DIFFERENT, f"The first {first:,} of {longest:,} characters agree.")
    match = difflib.SequenceMatcher(None, before, after, autojunk=False)
    agree = sum(block.size for block in match.get_matching_blocks())
    words = f"{agree:,} of {longest:,} characters agree, the first {first:,} without a break."
    return Similarity(NEARLY if agree >= NEAR_TEXT * longest else DIFFERENT, words)


def alike_files(before: Path, after: Path) -> Similarity:
    """Two files, by what they hold when their bytes differ."""
    if _same_bytes(before, after):
        return Similarity(IDENTICAL, "Every byte is the same.")
    kinds = [type_of_file(path).partition("/")[0] for path in (before, after)]
    compare = {"image": alike_pictures, "audio": alike_sounds, "video": alike_videos}.get(kinds[0])
    if kinds[0] != kinds[1] or compare is None:
        return Similarity(DIFFERENT, "The bytes of the two files differ.")
    try:
        return compare(before, after)
    except ImportError:
        return Similarity(
            DIFFERENT, "The bytes differ; the pictures were not compared, since the package av is missing."
        )
    except (OSError, ValueError, soundfile.SoundFileError):
        return Similarity(DIFFERENT, "The bytes differ, and one of the files cannot be opened to compare it.")


def _same_bytes(before: Path, after: Path) -> bool:
    if before.stat().st_size != after.stat().st_size:
        return False
    with before.open("rb") as earlier, after.open("rb") as later:
        while piece := earlier.read(1 << 20):
            if piece != later.read(1 << 20):
                return False
    return True


class _Difference:
    """Adds up the differences of pixels, 0..255 in each channel."""

    def __init__(self) -> None:
        self.count = 0
        self.absolute = 0
        self.squared = 0

    def add(self, before: np.ndarray, after: np.ndarray) -> None:
        """Two arrays of the same shape (rows, columns, channels), uint8."""
        for top in range(0, len(before), BAND):
            off = before[top : top + BAND].astype(np.int32) - after[top : top + BAND]
            self.count += off.size
            self.absolute += int(np.abs(off).sum())
            self.squared += int((off * off).sum())

    def verdict(self, what: str) -> Similarity:
        if not self.squared:
            return Similarity(IDENTICAL, f"{what} the same; only the bytes around them differ.")
        psnr = 10 * math.log10(255**2 * self.count / self.squared)
        words = f"Pixels differ by {self.absolute / self.count:.2g} of 255 on average (PSNR {psnr:.1f} dB)."
        return Similarity(NEARLY if psnr >= NEAR_PICTURE else DIFFERENT, words)


def alike_pictures(before: Path, after: Path) -> Similarity:
    """Two pictures, by the mean absolute difference of their pixels and its PSNR."""
    with Image.open(before) as earlier, Image.open(after) as later:
        if earlier.size != later.size:
            return Similarity(DIFFERENT, f"{_size(later.size)} pixels now, {_size(earlier.size)} before.")
        difference = _Difference()
        difference.add(np.asarray(earlier.convert("RGBA")), np.asarray(later.convert("RGBA")))
    return difference.verdict("All pixels are")


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"


def alike_sounds(before: Path, after: Path) -> Similarity:
    """Two sounds after decoding, by the correlation of their samples and the ratio of sound to difference in dB."""
    (earlier, rate), (later, rate_now) = _samples(before), _samples(after)
    if rate != rate_now or earlier.shape[1] != later.shape[1]:
        return Similarity(DIFFERENT, "The two sounds differ in sample rate or number of channels.")
    frames = min(len(earlier), len(later))
    off = abs(len(earlier) - len(later)) / rate
    length = f" One is {off:.2f} s longer." if len(earlier) != len(later) else ""
    first, second = earlier[:frames].astype(np.float64).ravel(), later[:frames].astype(np.float64).ravel()
    noise, power = float(((first - second) ** 2).sum()), float((first**2).sum())
    if not noise:
        verdict = IDENTICAL if not length else NEARLY if off < SHORT else DIFFERENT
        return Similarity(verdict, f"{'All samples' if not length else 'The samples of both'} are the same.{length}")
    scale = math.sqrt(power * float((second**2).sum()))
    correlation = float((first * second).sum()) / scale if scale else 0.0
    decibel = f"{10 * math.log10(power / noise):.1f} dB" if power else "none, since the first is silent"
    words = f"Correlation of the samples {correlation:.3f}, sound to difference {decibel}.{length}"
    return Similarity(NEARLY if correlation >= NEAR_SOUND and off < SHORT else DIFFERENT, words)


def _samples(path: Path) -> tuple[np.ndarray, int]:
    """Float samples (frames, channels) and frames per second. Bare PCM is 16 bits; its rate does not matter here."""
    if path.suffix == ".pcm":
        return (np.fromfile(path, "<i2") / 32768.0)[:, None].astype(np.float32), 24_000
    with soundfile.SoundFile(path) as file:
        if file.frames * file.channels > MOST_SAMPLES:
            raise ValueError("too long to be compared")
        return file.read(dtype="float32", always_2d=True), file.samplerate


def alike_videos(before: Path, after: Path) -> Similarity:
    """Two videos, frame by frame. ImportError without av."""
    import av  # optional: the app runs without it

    difference = _Difference()
    try:
        with av.open(str(before), "r", format="mp4") as earlier, av.open(str(after), "r", format="mp4") as later:
            for count, (frame, now) in enumerate(zip_longest(_frames(earlier), _frames(later))):
                if frame is None or now is None:
                    return Similarity(DIFFERENT, f"One has more frames than the other; the shorter has {count}.")
                if frame.shape != now.shape:
                    return Similarity(
                        DIFFERENT, f"{_size(now.shape[1::-1])} pixels now, {_size(frame.shape[1::-1])} before."
                    )
                difference.add(frame, now)
    except av.error.FFmpegError:
        raise ValueError("cannot be decoded") from None
    return difference.verdict("All frames are")


def _frames(container: "InputContainer") -> Iterator[np.ndarray]:
    for frame in container.decode(video=0):
        yield frame.to_ndarray(format="rgb24")
