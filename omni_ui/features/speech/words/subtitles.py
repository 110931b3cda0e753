"""Subtitles of spoken pieces: SRT, and WebVTT as the W3C describes it. Known times of words stand inside the cues."""

import re
import textwrap
from dataclasses import dataclass
from html import escape, unescape

from omni_ui.client.live import Word
from omni_ui.features.speech.pieces import weight

LINE = 42
"""Letters in a line; two lines stand on the screen at once."""


@dataclass(frozen=True)
class Cue:
    """What is said from `start` to `end`, in seconds. words: each with the space after it; estimated: their times."""

    start: float
    end: float
    text: str
    speaker: str = ""
    words: tuple[Word, ...] = ()
    estimated: bool = True


def screens(cue: Cue) -> list[Cue]:
    """A long cue as several that fit the screen, each shown while its words are heard.

    Without words each is shown as long as its share of the text takes.
    """
    dense = weight(cue.text) > 2 * len(cue.text)
    width = LINE // 2 if dense else LINE
    lines = textwrap.wrap(cue.text, width, break_long_words=True) or [cue.text]
    texts = ["\n".join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
    whole = sum(len(text) for text in texts)
    parts, start, passed = [], cue.start, 0
    for number, text in enumerate(texts, 1):
        words, passed = _words_within(cue.words, passed, text)
        end = start + (cue.end - cue.start) * len(text) / whole
        if words:
            end = words[-1].end
        parts.append(Cue(start, cue.end if number == len(texts) else end, text, cue.speaker, words, cue.estimated))
        start = parts[-1].end
    return parts


def _words_within(words: tuple[Word, ...], first: int, text: str) -> tuple[tuple[Word, ...], int]:
    """The words from number `first` on that make up this text, and the number of the next one."""
    letters, last = len("".join(text.split())), first
    while last < len(words) and letters > 0:
        letters -= len("".join(words[last].text.split()))
        last += 1
    return words[first:last], last


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
        text = escape(cue.text, quote=False) if cue.estimated else _timed(cue)
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{name}{text}\n")
    return "\n".join(blocks)


def _timed(cue: Cue) -> str:
    """The words, each after the time at which it is heard, as WebVTT writes it; in lines as the text."""
    breaks = cue.text.split("\n")[0]
    parts, passed = [], 0
    for word in cue.words:
        newline = passed and passed == len("".join(breaks.split())) and "\n" in cue.text
        stamp = f"<{_clock(word.start, '.')}>" if word.start > cue.start else ""
        parts.append(("\n" if newline else "") + stamp + escape(word.text, quote=False))
        passed += len("".join(word.text.split()))
    return "".join(parts).replace(" \n", "\n").strip()


CLOCK = r"\d+:\d\d:\d\d\.\d{3}"
CUE = re.compile(rf"({CLOCK}) --> ({CLOCK})")


def read_vtt(text: str) -> list[Cue]:
    """The cues of a file that `vtt` wrote, with the times of their words where it holds them; else nothing."""
    cues = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        head, _, body = block.strip().partition("\n")
        if not (times := CUE.fullmatch(head)):
            continue
        start, end = map(_seconds, times.groups())
        voice = re.match(r"<v ([^>]*)>", body)
        parts = re.split(rf"<({CLOCK})>", " ".join(body[voice.end() if voice else 0 :].split("\n")))
        texts = [unescape(part) for part in parts[::2]]
        begins = [start, *map(_seconds, parts[1::2])]
        words = tuple(map(Word, texts, begins, [*begins[1:], end])) if len(texts) > 1 else ()
        cues.append(Cue(start, end, "".join(texts), unescape(voice[1]) if voice else "", words, not words))
    return cues


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _all_screens(cues: list[Cue]) -> list[Cue]:
    return [part for cue in cues for part in screens(cue)]


def _clock(seconds: float, point: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}{point}{whole % 1000:03}"
