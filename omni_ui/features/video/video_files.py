"""Videos and what they are made from: sizes that follow a picture, references that can be sent, results to hand out."""

import asyncio
import re
from pathlib import Path

import soundfile

from omni_ui.core.files import CacheProblem, new_path
from omni_ui.core.invalid import Invalid
from omni_ui.media.container import identify
from omni_ui.media.decoding import in_words
from omni_ui.media.recording import as_wav, read_recording, resample
from omni_ui.media.video import look_at_video
from omni_ui.store import VideoRecord
from omni_ui.store.files import link_or_copy

USUAL_AREA = 832 * 480
"""Pixels of a video whose size nobody set: what most open models were made for."""
MULTIPLE = 16
"""Sides of a video are multiples of this for most models."""
LONGEST_REFERENCE = 120.0
"""Seconds. Models work from a few; the server reads the whole file into its memory."""
LARGEST_SOUND = 700_000
"""Bytes: a sound travels as base64 in a text field of at most 1 MiB (WIRE.md 6)."""
VIDEO_READERS = ("mp4", "matroska", "avi")
"""Containers of videos that servers read as a reference."""
DAMAGED = "is damaged: it cannot be played. Save it again as MP4."
SPOKEN_RATE = 24_000
STRETCHED = 1.03
"""From here on a picture that does not fit its video is seen to be stretched."""


def size_like(width: int, height: int, area: int = USUAL_AREA, multiple: int = MULTIPLE) -> str:
    """The shape of a picture as a size that models take: at most `area` pixels, never larger than the picture."""
    scale = min(1.0, (area / (width * height)) ** 0.5)
    return "x".join(str(max(multiple, round(side * scale / multiple) * multiple)) for side in (width, height))


def area_of(size: str | None) -> int:
    """Pixels of a size such as the one that a model's makers recommend; the usual ones without any."""
    match = re.fullmatch(r"(\d+)x(\d+)", size or "")
    return int(match[1]) * int(match[2]) if match else USUAL_AREA


def size_words(width: int, height: int, size: str | None, usual: str | None) -> str:
    """How a first frame of this size is changed; `size` is what is set, "" for the model's own."""
    match = re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", (size or "").strip().lower())
    if not match:
        return f"The size follows the picture: {size_like(width, height, area_of(usual)).replace('x', ' × ')}."
    off = (int(match[1]) / int(match[2])) / (width / height)
    if 1 / STRETCHED < off < STRETCHED:
        return ""
    return (
        f"The picture ({width} × {height}) will be stretched to {match[1]} × {match[2]}. To keep "
        "its shape, set the size to Model default."
    )


async def check_video(path: Path, field: str, largest: int) -> None:
    """Raises Invalid for a video that cannot be sent. largest: bytes."""
    await asyncio.to_thread(_check_video, path, field, largest)


def _check_video(path: Path, field: str, largest: int) -> None:
    def refuse(what: str) -> Invalid:
        return Invalid.because(field, f"{path.name} {what}")

    if path.stat().st_size > largest:
        raise refuse(f"has {path.stat().st_size // 1000000} MB; the limit is {largest // 1000000} MB.")
    container = identify(path)
    if container.kind != "video":
        raise refuse("holds no video.")
    if container.reader is None:
        raise refuse(DAMAGED)
    if container.reader not in VIDEO_READERS:
        raise refuse("is not a video that servers read. Save it as MP4 or WebM.")
    try:
        facts = look_at_video(path, container)
    except ImportError:
        return  # the server will say what is wrong with it
    if facts is None:
        raise refuse(DAMAGED)
    if facts.seconds > LONGEST_REFERENCE:
        raise refuse(f"is {in_words(facts.seconds)} long; the limit is {in_words(LONGEST_REFERENCE)}: trim it first.")


async def small_sound(path: str | Path, field: str) -> Path:
    """A recording that fits into the request: itself, or an MP3 with one channel. Raises Invalid."""
    recording = await read_recording(path, field)
    plain = await as_wav(recording)
    if plain.stat().st_size <= LARGEST_SOUND:
        return plain

    def shrink() -> Path:
        target = new_path(f"{recording.path.stem}.mp3")
        samples = resample(recording.mono[:, None], recording.rate, SPOKEN_RATE)
        soundfile.write(target, samples.clip(-1, 1), SPOKEN_RATE, format="MP3", compression_level=0.6)
        return target

    small = await asyncio.to_thread(shrink)
    if small.stat().st_size > LARGEST_SOUND:
        fits = recording.seconds * LARGEST_SOUND / small.stat().st_size
        raise Invalid.because(
            field,
            f"{recording.path.name} is {in_words(recording.seconds)} long; a request holds about "
            f"{in_words(fits)}. Trim it first.",
        )
    return small


def video_facts(job: VideoRecord) -> list[tuple[str, str]]:
    """What is known of a finished video, for the line below it."""
    facts = []
    if size := job.request.get("size"):
        facts.append(("", size.replace("x", " × ")))
    if frames := job.facts.get("frames"):
        facts.append(("", f"{frames} frames"))
    if job.facts.get("duration") and job.facts.get("fps"):
        facts.append(("", f"{job.facts['duration']:.1f} s at {job.facts['fps']:g} fps"))
    return facts


async def publish_file(path: Path, name: str) -> Path:
    """A kept file under a path that Gradio may show: the same file on one disk, else a copy.

    OmniError for a full disk.
    """

    def give() -> Path:
        target = new_path(name)
        try:
            link_or_copy(path, target)
        except OSError as wrong:
            raise CacheProblem.of(wrong) from wrong
        return target

    return await asyncio.to_thread(give)


async def is_video(path: Path, field: str) -> bool:
    """Whether it is a video rather than a picture. Raises Invalid for a recording."""
    kind = (await asyncio.to_thread(identify, path)).kind
    if kind == "audio":
        raise Invalid.because(field, f"{path.name} is a recording, not a picture or a video.")
    return kind == "video"
