"""Subtitles of spoken pieces: SRT, and WebVTT as the W3C describes it."""

import textwrap
from dataclasses import dataclass
from html import escape

from omni_ui.features.speech.pieces import weight

LINE = 42
"""Letters in a line; two lines stand on the screen at once."""


@dataclass(frozen=True)
class Cue:
    """What is said from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str
    speaker: str = ""


def screens(cue: Cue) -> list[Cue]:
    """A long cue as several that fit the screen, each shown as long as its share of the text takes."""
    dense = weight(cue.text) > 2 * len(cue.text)
    width = LINE // 2 if dense else LINE
    lines = textwrap.wrap(cue.text, width, break_long_words=True) or [cue.text]
    shown = ["\n".join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
    whole = sum(len(one) for one in shown)
    made, start = [], cue.start
    for one in shown:
        end = start + (cue.end - cue.start) * len(one) / whole
        made.append(Cue(start, end, one, cue.speaker))
        start = end
    return made


def srt(cues: list[Cue]) -> str:
    """SubRip: the speaker stands before the words."""
    blocks = []
    for number, cue in enumerate(_all_screens(cues), 1):
        name = f"{cue.speaker}: " if cue.speaker else ""
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{name}{cue.text}\n")
    return "\n".join(blocks)


def vtt(cues: list[Cue]) -> str:
    """WebVTT: the speaker is a voice tag."""
    blocks = ["WEBVTT\n"]
    for cue in _all_screens(cues):
        name = f"<v {escape(cue.speaker, quote=False)}>" if cue.speaker else ""
        text = escape(cue.text, quote=False)
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{name}{text}\n")
    return "\n".join(blocks)


def _all_screens(cues: list[Cue]) -> list[Cue]:
    return [one for cue in cues for one in screens(cue)]


def _clock(seconds: float, point: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}{point}{whole % 1000:03}"
