"""A look at a video before it is sent: its length, and whether its first picture can be decoded."""

from dataclasses import dataclass
from pathlib import Path

from omni_ui.media.container import Container

MOST_PIXELS = 80_000_000
"""Of one picture; a decoder gets no room for more."""
MOST_PACKETS = 500
"""In which the first picture must stand: a damaged beginning is skipped, a whole film of damage is not read."""


@dataclass(frozen=True)
class VideoFacts:
    """seconds: 0 when the file does not say. width, height: of its first picture, in pixels."""

    seconds: float
    width: int
    height: int


def look_at_video(path: Path, container: Container) -> VideoFacts | None:
    """What a video holds; None when no picture of it can be decoded. Blocking. ImportError when PyAV is missing."""
    import av  # optional: the app runs without it

    try:
        with path.open("rb") as file, av.open(file, "r", format=container.reader) as opened:
            cover = av.stream.Disposition.attached_pic
            stream = next(stream for stream in opened.streams.video if not stream.disposition & cover)
            if stream.width * stream.height > MOST_PIXELS:
                return None
            stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
            seconds = (opened.duration or 0) / av.time_base
            for number, packet in enumerate(opened.demux(stream)):
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    frames = []
                if frames:
                    return VideoFacts(seconds, frames[0].width, frames[0].height)
                if number > MOST_PACKETS:
                    break
    except Exception:  # whatever a decoder raises, the visitor gets a sentence
        return None
    return None
